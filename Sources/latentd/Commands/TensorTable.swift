import Checkpoints
import Foundation

/// What a model needs, what a file has, and whether the one is the other, for a person to read.
struct TensorTable {
    let rows: [TensorRow]

    var text: String {
        TextTable.text(of: [["tensor", "expected", "type", "shape", "from", ""]] + rows.map(Self.cells))
    }

    private static func cells(_ row: TensorRow) -> [String] {
        [
            row.name.onOneLine, row.expected?.description ?? "-", row.element?.rawValue ?? "-",
            row.shape?.description ?? "-",
            row.source?.onOneLine ?? "-", row.problem.map(verdict) ?? (row.isZero ? "absent, so 0" : "ok"),
        ]
    }

    private static func verdict(_ problem: TensorRow.Problem) -> String {
        switch problem {
        case .missing: "missing"
        case .unexpected: "belongs to no layer"
        case .shape: "another shape"
        case .element: "another type"
        case .ambiguous(let other): "also from \(other)"
        case .nonFinite(let index): "element \(index) is not finite"
        }
    }
}
