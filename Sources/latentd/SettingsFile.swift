import Foundation
import Yams

/// A settings file, taken apart but not yet understood: sections of keys, in YAML.
struct SettingsFile: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        /// `section.name`
        let key: String
        let text: SettingKey.Text
        let line: Int?
    }

    let path: String
    let entries: [Entry]

    /// Larger files are refused unread.
    static let limit = 1 << 20

    init(path: String) throws(SettingsError) {
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            data = try handle.read(upToCount: Self.limit + 1) ?? Data()
        } catch {
            throw SettingsError(
                source: .file(path, line: nil), problem: .unreadable(reason: "the file is missing or not readable."))
        }
        guard data.count <= Self.limit, let text = String(validating: data, as: UTF8.self) else {
            throw SettingsError(
                source: .file(path, line: nil), problem: .unreadable(reason: "it is not a text of at most 1 MiB."))
        }
        try self.init(path: path, text: text)
    }

    /// - Parameter path: only named in errors.
    init(path: String, text: String) throws(SettingsError) {
        self.path = path
        let root: Node?
        do {
            root = try compose(yaml: text)
        } catch {
            throw Self.unreadable(path, error)
        }
        // A file of comments only sets nothing.
        guard let root, root.null == nil else {
            entries = []
            return
        }
        var entries: [Entry] = []
        for (section, value) in try Self.mapping(root, path, "the file") {
            for (name, value) in try Self.mapping(value, path, "'\(section)'") {
                let key = "\(section).\(name)"
                entries.append(Entry(key: key, text: try Self.text(value, path, key), line: value.mark?.line))
            }
        }
        self.entries = entries
    }

    private static func mapping(_ node: Node, _ path: String, _ what: String) throws(SettingsError) -> [(String, Node)]
    {
        guard case .mapping(let mapping) = node else {
            throw SettingsError(
                source: .file(path, line: node.mark?.line),
                problem: .unreadable(reason: "\(what) must hold keys and values, as in 'port: 8080'."))
        }
        var pairs: [(String, Node)] = []
        for (key, value) in mapping {
            guard let name = key.string else {
                throw SettingsError(
                    source: .file(path, line: key.mark?.line), problem: .unreadable(reason: "a key must be a word."))
            }
            // Asking for sections first would hide which word is wrong.
            if what == "the file", !SettingKey.all.contains(where: { $0.name.hasPrefix(name + ".") }) {
                let sections = Set(SettingKey.all.map { String($0.name.prefix { $0 != "." }) }).sorted()
                throw SettingsError(
                    source: .file(path, line: key.mark?.line),
                    problem: .unknown(name: name, nearest: SettingsError.nearest(to: name, among: sections)))
            }
            pairs.append((name, value))
        }
        return pairs
    }

    private static func text(_ node: Node, _ path: String, _ key: String) throws(SettingsError) -> SettingKey.Text {
        let parts = node.sequence.map { $0.map(\.scalar?.string) }
        if let one = node.scalar?.string { return .one(one) }
        if let parts, !parts.contains(nil) { return .list(parts.compactMap { $0 }) }
        throw SettingsError(
            source: .file(path, line: node.mark?.line),
            problem: .invalid(
                key: key, expected: SettingKey.named(key)?.expected ?? "a value", actual: "a nested value"))
    }

    private static func unreadable(_ path: String, _ error: any Error) -> SettingsError {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            SettingsError(source: .file(path, line: mark.line), problem: .unreadable(reason: "\(problem)."))
        case .duplicatedKeysInMapping(let duplicates, _):
            SettingsError(
                source: .file(path, line: nil),
                problem: .unreadable(reason: "'\(duplicates.joined(separator: "', '"))' is there twice."))
        default:
            SettingsError(source: .file(path, line: nil), problem: .unreadable(reason: "it is not YAML."))
        }
    }
}
