import Foundation

/// Cells in columns.
enum TextTable {
    /// Lines of as many cells each.
    static func text(of cells: [[String]]) -> String {
        let widths = cells.reduce(into: [Int](repeating: 0, count: cells.first?.count ?? 0)) { widths, line in
            for (column, cell) in line.enumerated() { widths[column] = max(widths[column], cell.count) }
        }
        let lines = cells.map { line in
            zip(line, widths).map { cell, width in cell.padding(toLength: width, withPad: " ", startingAt: 0) }
                .joined(separator: "  ").trimmingCharacters(in: .whitespaces)
        }
        return lines.joined(separator: "\n")
    }
}
