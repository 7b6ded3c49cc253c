import Foundation

/// Reading settings: a flag wins over the environment, the environment over the file, the file over the default.
extension Settings {
    /// A value given on the command line.
    struct Flag: Equatable, Sendable {
        /// The flag as the user wrote it, e.g. `--port`.
        let name: String
        /// The key that it sets.
        let key: String
        let text: SettingKey.Text
    }

    /// The variable that names the file, where no `--config` does.
    static let fileVariable = "LATENTD_CONFIG"

    /// Where a file is looked for when nobody names one: in a checkout, then where packages install it.
    static let usualFiles = ["config/latentd.yaml", "/etc/latentd/latentd.yaml"]

    /// Reads all sources.
    ///
    /// - Parameter file: the file the user named; else `LATENTD_CONFIG`, else the first of `usualFiles` that is there.
    static func load(
        file: String? = nil, flags: [Flag] = [],
        environment: [String: String] = ProcessInfo.processInfo.environment, usualFiles: [String] = usualFiles
    ) throws(SettingsError) -> Settings {
        var settings = Settings()
        let named = file ?? environment[fileVariable]
        if let path = named ?? usualFiles.first(where: { FileManager.default.fileExists(atPath: $0) }) {
            try settings.apply(SettingsFile(path: path))
        }
        try settings.apply(environment: environment)
        for flag in flags {
            try settings.set(flag.key, flag.text, from: .flag(flag.name))
        }
        return settings
    }

    /// Takes the entries of a settings file.
    mutating func apply(_ file: SettingsFile) throws(SettingsError) {
        for entry in file.entries {
            try set(entry.key, entry.text, from: .file(file.path, line: entry.line))
        }
    }

    private mutating func apply(environment: [String: String]) throws(SettingsError) {
        let variables = SettingKey.all.map(\.environmentVariable) + [Self.fileVariable]
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("LATENTD_") {
            guard name != Self.fileVariable, !ServerOptions.variables.contains(name) else { continue }
            guard let key = SettingKey.all.first(where: { $0.environmentVariable == name }) else {
                let nearest = SettingsError.nearest(to: name, among: variables)
                throw SettingsError(source: .environment(name), problem: .unknown(name: name, nearest: nearest))
            }
            // Folders are written as in PATH.
            let parts = value.split(separator: ":").map(String.init)
            let text = key.name == "paths.data_dir" && parts.count > 1 ? SettingKey.Text.list(parts) : .one(value)
            try set(key.name, text, from: .environment(name))
        }
    }

    private mutating func set(
        _ name: String, _ text: SettingKey.Text, from source: SettingsError.Source
    ) throws(SettingsError) {
        guard let key = SettingKey.named(name) else {
            let nearest = SettingsError.nearest(to: name, among: SettingKey.all.map(\.name))
            throw SettingsError(source: source, problem: .unknown(name: name, nearest: nearest))
        }
        guard key.assign(text, &self) else {
            let actual =
                switch text {
                case .one(let text): "'\(text.prefix(100))'"
                case .list: "a list"
                }
            throw SettingsError(
                source: source, problem: .invalid(key: name, expected: key.expected, actual: actual))
        }
    }
}
