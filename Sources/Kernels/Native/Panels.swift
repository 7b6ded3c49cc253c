/// A matrix [depth, columns] cut into panels of 64 columns, each [depth, 64], so that a product that goes down the depth
/// for some columns reads one stream of memory and not a piece of every row.
struct Panels {
    let depth, columns: Int
    private static let width = 64

    /// The last panel is filled up.
    var count: Int { (columns + Self.width - 1) / Self.width * pitch }
    private var pitch: Int { depth * Self.width }

    /// c [rows, columns] = a [rows, depth] · this
    func product(rows: Int) -> Product {
        Product(
            segments: [.init(a: 0, b: 0)], depth: depth, rows: rows, columns: columns, aRow: depth, aStep: 1,
            bStep: Self.width, cRow: columns, panels: (Self.width, pitch))
    }

    /// From a matrix [columns, depth].
    func fill(_ panels: UnsafeMutablePointer<Float>, transposing source: UnsafePointer<Float>) {
        for first in stride(from: 0, to: columns, by: Self.width) {
            Transposition.run(
                source + first * depth, rows: min(Self.width, columns - first), columns: depth,
                to: panels + first * depth, pitch: Self.width)
        }
    }

    /// From a matrix [depth, columns].
    func fill(_ panels: UnsafeMutablePointer<Float>, from source: UnsafePointer<Float>) {
        for first in stride(from: 0, to: columns, by: Self.width) {
            let count = min(Self.width, columns - first)
            for row in 0..<depth {
                (panels + first * depth + row * Self.width).update(from: source + row * columns + first, count: count)
            }
        }
    }
}
