/// A matrix [depth, columns] cut into panels of as many columns as a product goes down the depth for at once, each
/// [depth, width], so that it reads one stream of memory and not a piece of every row.
///
/// Columns too few to fill a vector are panels of their own: then vectors go down the depth.
struct Panels {
    let depth, columns, width: Int
    /// Of the widest vector.
    private static let lanes = 16

    /// The last panel is filled up.
    init(depth: Int, columns: Int, _ set: InstructionSet) {
        (self.depth, self.columns) = (depth, columns)
        width = columns < Self.lanes && depth >= Self.lanes ? 1 : set.columns
    }

    /// One panel of all columns where they do not fill whole ones.
    ///
    /// - Parameter stretch: of the depth, what a product takes in one segment.
    init(whole set: InstructionSet, depth: Int, columns: Int, stretch: Int) {
        (self.depth, self.columns) = (depth, columns)
        let isThin = columns < Self.lanes && stretch >= Self.lanes
        width = isThin ? 1 : columns % set.columns == 0 ? set.columns : columns
    }

    var count: Int { (columns + width - 1) / width * pitch }
    /// From a panel to the next.
    var pitch: Int { depth * width }
    /// The first columns of all panels.
    var firsts: StrideTo<Int> { stride(from: 0, to: columns, by: width) }

    /// c [rows, columns] = a [rows, depth] · this
    func product(rows: Int) -> Product {
        Product(
            segments: [.init(a: 0, b: 0)], depth: depth, rows: rows, columns: columns, aRow: depth, aStep: 1,
            bStep: width, cRow: columns, panels: (width, pitch))
    }

    /// From a matrix [columns, depth].
    func fill(_ panels: UnsafeMutablePointer<Float>, transposing source: UnsafePointer<Float>) {
        if width == 1 { return panels.update(from: source, count: count) }
        for first in firsts {
            Transposition.run(
                source + first * depth, rows: min(width, columns - first), columns: depth, to: panels + first * depth,
                pitch: width)
        }
    }

    /// From a matrix [depth, columns].
    func fill(_ panels: UnsafeMutablePointer<Float>, from source: UnsafePointer<Float>) {
        if width == 1 { return Transposition.run(source, rows: depth, columns: columns, to: panels) }
        for row in 0..<depth { fill(row, of: panels, from: source + row * columns, step: 1) }
    }

    /// One row, from elements that are `step` apart.
    func fill(_ row: Int, of panels: UnsafeMutablePointer<Float>, from source: UnsafePointer<Float>, step: Int) {
        for first in firsts {
            let target = panels + first * depth + row * width
            for column in 0..<min(width, columns - first) { target[column] = source[(first + column) * step] }
        }
    }
}
