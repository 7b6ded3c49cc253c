import Foundation

/// The table of modules in Sources/README.md.
struct ModuleTable {
    struct Row: Sendable, CustomStringConvertible {
        let layer: Int
        let module: String
        /// Modules of ours that it may import; nil means all.
        let ours: Set<String>?
        /// Packages and system modules that it may import.
        let others: Set<String>
        var description: String { module }
    }

    /// Glibc and Synchronization say nothing about layers.
    static let everywhere: Set<String> = ["Glibc", "Synchronization"]

    let rows: [Row]

    init(_ markdown: String) {
        rows = markdown.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 7, let layer = Int(cells[1]) else { return nil }
            let module = cells[2].trimmingCharacters(in: CharacterSet(charactersIn: "`"))
            return Row(
                layer: layer, module: module, ours: cells[4] == "all" ? nil : Self.names(cells[4]),
                others: Self.names(cells[5]))
        }
    }

    func row(_ module: String) -> Row? { rows.first { $0.module == module } }

    private static func names(_ cell: String) -> Set<String> {
        Set(cell.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
    }
}
