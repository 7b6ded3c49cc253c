import ArgumentParser

/// The flags that give settings: those in daily use by name, every other one by `--set`.
struct SettingsOptions: ParsableArguments {
    @Option(help: "Settings file (default: $LATENTD_CONFIG, config/latentd.yaml or /etc/latentd/latentd.yaml).")
    var config: String?

    @Option(help: help("server.host"))
    var host: String?

    @Option(help: help("server.port"))
    var port: String?

    @Option(help: help("tls.certificate"))
    var tlsCertificate: String?

    @Option(help: help("tls.key"))
    var tlsKey: String?

    @Option(help: help("tls.client_ca"))
    var tlsClientCa: String?

    @Option(help: help("paths.models_dir"))
    var modelsDir: String?

    @Option(help: help("paths.state_dir"))
    var stateDir: String?

    @Option(parsing: .singleValue, help: help("paths.data_dir"))
    var dataDir: [String] = []

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Any setting, e.g. --set jobs.max_queued=5; may be repeated.", valueName: "key=value"))
    var set: [String] = []

    init() {}

    /// Reads all sources, with these flags above them.
    func load() throws -> Settings {
        try Settings.load(file: config, flags: try flags())
    }

    /// The flags that were given.
    func flags() throws(ValidationError) -> [Settings.Flag] {
        var flags: [Settings.Flag] = []
        for (name, key, value) in [
            ("--host", "server.host", host), ("--port", "server.port", port),
            ("--tls-certificate", "tls.certificate", tlsCertificate), ("--tls-key", "tls.key", tlsKey),
            ("--tls-client-ca", "tls.client_ca", tlsClientCa),
            ("--models-dir", "paths.models_dir", modelsDir), ("--state-dir", "paths.state_dir", stateDir),
        ] {
            if let value { flags.append(Settings.Flag(name: name, key: key, text: .one(value))) }
        }
        if !dataDir.isEmpty {
            flags.append(Settings.Flag(name: "--data-dir", key: "paths.data_dir", text: .list(dataDir)))
        }
        for pair in set {
            guard let equals = pair.firstIndex(of: "=") else {
                throw ValidationError("--set takes key=value, as in --set jobs.max_queued=5, not '\(pair)'.")
            }
            let value = SettingKey.Text.one(String(pair[pair.index(after: equals)...]))
            flags.append(Settings.Flag(name: "--set", key: String(pair[..<equals]), text: value))
        }
        return flags
    }

    /// A table of every setting with its variable and default, for a command's discussion.
    static var table: String {
        SettingKey.all.map { key in
            "  \(key.name) (\(key.environmentVariable), default \(key.show(Settings()))): \(key.summary)."
        }.joined(separator: "\n")
    }

    private static func help(_ name: String) -> ArgumentHelp {
        guard let key = SettingKey.named(name) else { return ArgumentHelp("") }
        let standard = key.show(Settings())
        let shown = [#""""#, "[]"].contains(standard) ? "" : " (default: \(standard))"
        return ArgumentHelp("\(key.summary)\(shown).")
    }
}
