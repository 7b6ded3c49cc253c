/// A queue, first come, first served.
struct Line<Element>: TurnTaker {
    /// In order; those before `first` are taken.
    private var elements: [Element?] = []
    private var first = 0

    var count: Int { elements.count - first }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard first < elements.count else { return nil }
        let element = elements[first]
        elements[first] = nil
        first += 1
        compact()
        return element
    }

    /// How many stand before the first that matches; nil where none does.
    func firstPlace(where matches: (Element) -> Bool) -> Int? {
        elements[first...].firstIndex { $0.map(matches) ?? false }.map { $0 - first }
    }

    /// Takes the one with so many before it, which keep their order.
    mutating func pop(at place: Int) -> Element? {
        guard place > 0 else { return popFirst() }
        guard place < count else { return nil }
        let element = elements.remove(at: first + place)
        compact()
        return element
    }

    /// Takes those near the front that match, in their order; the others keep theirs.
    ///
    /// - Parameter looks: how many may be looked at; those that were are taken off.
    mutating func take(atMost limit: Int, looks: inout Int, where matches: (Element) -> Bool) -> [Element] {
        var (taken, kept, index) = ([Element](), first, first)
        while index < elements.count, looks > 0, taken.count < limit {
            looks -= 1
            if let element = elements[index], matches(element) {
                taken.append(element)
            } else {
                elements.swapAt(kept, index)
                kept += 1
            }
            index += 1
        }
        elements.removeSubrange(kept..<index)
        compact()
        return taken
    }

    private mutating func compact() {
        if first == elements.count {
            elements.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= 64, first * 2 >= elements.count {
            elements.removeSubrange(0..<first)
            first = 0
        }
    }
}
