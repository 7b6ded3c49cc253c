import Foundation

/// This checkout's files.
enum Checkout {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    /// Names in a folder, sorted, hidden ones left out.
    static func folders(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            at: root.appendingPathComponent(path).resolvingSymlinksInPath(),
            includingPropertiesForKeys: [.isDirectoryKey],
            options: .skipsHiddenFiles
        )
        .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
        .map(\.lastPathComponent).sorted()
    }

    /// Paths from the root of all files below a folder, or of the file itself.
    static func files(below path: String, extensions: Set<String>? = nil) -> [String] {
        let folder = root.appendingPathComponent(path).resolvingSymlinksInPath()
        guard let found = FileManager.default.subpaths(atPath: folder.path) else { return [] }
        return found.filter { name in
            let isHidden = name.split(separator: "/").contains { $0.hasPrefix(".") }
            return !isHidden && extensions?.contains(URL(fileURLWithPath: name).pathExtension) ?? true
        }
        .map { "\(path)/\($0)" }.sorted()
    }

    /// The modules that a Swift file imports, with attributes, access levels and single declarations understood.
    static func imports(of source: String) -> Set<String> {
        let pattern =
            /^\s*(?:@\w+(?:\([^)]*\))?\s+|(?:public|package|internal|fileprivate|private)\s+)*import\s+(?:(?:struct|class|enum|protocol|typealias|func|let|var)\s+)?(\w+)/
        return Set(
            source.split(whereSeparator: \.isNewline).compactMap { try? pattern.firstMatch(in: $0)?.1 }.map(String.init)
        )
    }
}
