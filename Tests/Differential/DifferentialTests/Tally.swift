import HTTP
import Testing

/// Counts what was found over many inputs, and keeps the first failures.
struct Tally {
    private(set) var inputs = 0
    private(set) var cuts = 0
    private(set) var same = 0
    private(set) var withKnown = 0
    private(set) var refusedByBoth: [String: Int] = [:]
    private(set) var refusedByUs: [String: Int] = [:]
    private(set) var known: [String: Int] = [:]
    private(set) var failures: [String] = []

    var accepted: Int { same + withKnown }

    /// Judges an input, and what it comes to cut into these pieces.
    mutating func add(_ bytes: [UInt8], name: String = "", cuts pieces: [[[UInt8]]] = []) {
        inputs += 1
        let whole = Readings([bytes])
        switch judge(bytes, whole) {
        case .same: same += 1
        case .bothRefuse(let fault): refusedByBoth[fault.title, default: 0] += 1
        case .stricter(let fault): refusedByUs[fault.title, default: 0] += 1
        case .known(let names):
            withKnown += 1
            for name in names { known[name, default: 0] += 1 }
        case .wrong where isFull: break
        case .wrong(let outcome):
            let small = shrink(bytes) { isWrong(judge($0), like: outcome) }
            fail("\(name) \(quoted(small)): \(Readings([small]).outcome); as it came: \(quoted(bytes))")
        }
        for pieces in pieces {
            cuts += 1
            if !isFull, Readings(pieces) != whole {
                fail("\(name) comes out differently in pieces: \(pieces.map(quoted).joined(separator: " + "))")
            }
        }
    }

    /// A parser that is broken fails everywhere; a few are enough to see how.
    private var isFull: Bool { failures.count >= 5 }

    mutating func fail(_ failure: String) {
        if !isFull { failures.append(failure) }
    }

    mutating func merge(_ other: Tally) {
        inputs += other.inputs
        cuts += other.cuts
        same += other.same
        withKnown += other.withKnown
        refusedByBoth.merge(other.refusedByBoth, uniquingKeysWith: +)
        refusedByUs.merge(other.refusedByUs, uniquingKeysWith: +)
        known.merge(other.known, uniquingKeysWith: +)
        failures += other.failures
    }

    /// Says what was found, and fails the test by what must not be.
    func report(_ title: String) {
        let (both, us) = (refusedByBoth.values.reduce(0, +), refusedByUs.values.reduce(0, +))
        print("\(title): \(inputs) inputs, also cut in \(cuts) ways")
        print("  \(same) read the same, \(withKnown) but for what is known, \(both) refused by both, \(us) by us alone")
        for (label, counts) in [("both", refusedByBoth), ("us alone", refusedByUs), ("known", known)] {
            for (name, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                print("  \(label): \(count) \(name)")
            }
        }
        for failure in failures.prefix(10) { Issue.record("\(failure)") }
    }
}

private func isWrong(_ verdict: Verdict, like outcome: Outcome) -> Bool {
    switch (verdict, outcome) {
    case (.wrong(.differs(let one)), .differs(let other)): one.kind == other.kind
    case (.wrong(.stricter(let one)), .stricter(let other)): one == other
    default: false
    }
}

extension HTTPFault {
    var title: String {
        guard case .malformed(let reason) = self else { return code }
        return "\(code): \(reason.rawValue)"
    }
}
