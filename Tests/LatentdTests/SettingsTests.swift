import Foundation
import Testing

@testable import latentd

@Suite struct SettingsTests {
    @Test func theLaterSourceWins() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("a.yaml").path
        try Data("server:\n  port: 1001\n  host: file\n  threads: 3\n".utf8).write(to: URL(fileURLWithPath: file))
        let environment = ["LATENTD_PORT": "1002", "LATENTD_HOST": "environment", "HOME": "/"]
        let flags = [Settings.Flag(name: "--port", key: "server.port", text: .one("1003"))]

        let settings = try Settings.load(file: file, flags: flags, environment: environment)
        #expect(settings.server.port == 1003)
        #expect(settings.server.host == "environment")
        #expect(settings.server.threads == 3)
        #expect(settings.server.maxConnections == 1024)
        let named = try Settings.load(environment: ["LATENTD_CONFIG": file], usualFiles: [])
        #expect(named.server.port == 1001)
        #expect(try Settings.load(environment: [:], usualFiles: ["/no/such/file", file]).server.port == 1001)
        #expect(try Settings.load(environment: [:], usualFiles: []) == Settings())
    }

    @Test func everyKindOfValueIsRead() throws {
        var settings = Settings()
        try settings.apply(
            SettingsFile(
                path: "a.yaml",
                text: """
                    paths:
                      models_dir: /srv/models
                      data_dir: [/a, "/b c"]
                    compute: {backend: reference}
                    jobs: {cancel_grace_seconds: 0.5}
                    log: {level: debug}
                    """))
        #expect(settings.paths.modelsDir == "/srv/models")
        #expect(settings.paths.dataDir == ["/a", "/b c"])
        #expect(settings.compute.backend == .reference)
        #expect(settings.jobs.cancelGrace == .milliseconds(500))
        #expect(settings.log.level == .debug)
        let environment = ["LATENTD_DATA_DIR": "/a:/b"]
        #expect(try Settings.load(environment: environment, usualFiles: []).paths.dataDir == ["/a", "/b"])
    }

    @Test(arguments: [
        ("server:\n  prot: 1", "f:2: there is no setting 'server.prot'; did you mean 'server.port'?"),
        ("sever:\n  port: 1", "f:1: there is no setting 'sever'; did you mean 'server'?"),
        ("zzz:\n  port: 1", "f:1: there is no setting 'zzz'."),
        ("server:\n  port: 70000", "f:2: 'server.port' takes a whole number from 0 to 65535, not '70000'."),
        ("server:\n  port: many", "f:2: 'server.port' takes a whole number from 0 to 65535, not 'many'."),
        ("server:\n  port:", "f:2: 'server.port' takes a whole number from 0 to 65535, not ''."),
        ("server:\n  port: [1]", "f:2: 'server.port' takes a whole number from 0 to 65535, not a list."),
        ("server:\n  port: {a: 1}", "f:2: 'server.port' takes a whole number from 0 to 65535, not a nested value."),
        (
            "server:\n  port: 99999999999999999999",
            "f:2: 'server.port' takes a whole number from 0 to 65535, not '99999999999999999999'."
        ),
        (
            "shutdown: {drain_seconds: .nan}",
            "f:1: 'shutdown.drain_seconds' takes a number of seconds from 0 to 3600, not '.nan'."
        ),
        (
            "shutdown: {drain_seconds: nan}",
            "f:1: 'shutdown.drain_seconds' takes a number of seconds from 0 to 3600, not 'nan'."
        ),
        (
            "compute: {backend: gpu}",
            "f:1: 'compute.backend' takes one of auto, native-avx512, native-avx2, native-portable, "
                + "onednn, reference, not 'gpu'."
        ),
        ("- 1", "f:1: the settings cannot be read: the file must hold keys and values, as in 'port: 8080'."),
        ("server: 1", "f:1: the settings cannot be read: 'server' must hold keys and values, as in 'port: 8080'."),
        ("server:\n  port: 1\n  port: 2", "f: the settings cannot be read: 'port' is there twice."),
        ("server: [", "f:2: the settings cannot be read: did not find expected node content."),
    ])
    func aWrongFileIsNamedWithLineAndReason(_ text: String, _ message: String) {
        let error = #expect(throws: SettingsError.self) {
            var settings = Settings()
            try settings.apply(SettingsFile(path: "f", text: text))
        }
        #expect(error?.description == message)
    }

    @Test(arguments: ["", "# nothing\n", "---\n"])
    func anEmptyFileSetsNothing(_ text: String) throws {
        #expect(try SettingsFile(path: "f", text: text).entries.isEmpty)
    }

    @Test(arguments: [
        (
            "LATENTD_PROT", "1",
            "environment variable LATENTD_PROT: there is no setting 'LATENTD_PROT'; did you mean 'LATENTD_PORT'?"
        ),
        (
            "LATENTD_PORT", "x",
            "environment variable LATENTD_PORT: 'server.port' takes a whole number from 0 to 65535, not 'x'."
        ),
    ])
    func aWrongVariableIsNamed(_ name: String, _ value: String, _ message: String) {
        let error = #expect(throws: SettingsError.self) {
            try Settings.load(environment: [name: value], usualFiles: [])
        }
        #expect(error?.description == message)
    }

    @Test func aFileThatWasNamedMustBeThere() {
        let error = #expect(throws: SettingsError.self) { try Settings.load(file: "/no/such", environment: [:]) }
        #expect(error?.description == "/no/such: the settings cannot be read: the file is missing or not readable.")
    }

    @Test func flagsBecomeSettings() throws {
        let options = try SettingsOptions.parse([
            "--port", "0", "--data-dir", "/a", "--data-dir", "/b", "--set", "log.level=error",
        ])
        let settings = try Settings.load(flags: options.flags(), environment: [:], usualFiles: [])
        #expect(settings.server.port == 0)
        #expect(settings.paths.dataDir == ["/a", "/b"])
        #expect(settings.log.level == .error)
        #expect(throws: (any Error).self) { try SettingsOptions.parse(["--set", "nonsense"]).flags() }
    }

    @Test func foldersThatWereAskedForAndAreNotThereAreNamed() {
        var paths = Settings.Paths()
        let root = URL(fileURLWithPath: "/nowhere", isDirectory: true)
        func missing() -> [String] {
            SettingsFolders(
                paths, executable: root.appendingPathComponent("bin/latentd"), workingFolder: root, environment: [:]
            ) { _ in false }.missing(paths) { $0.path == "/nowhere/there" }.map { "\($0.key) \($0.folder.path)" }
        }
        #expect(missing() == [])
        paths.modelsDir = "modles"
        paths.dataDir = ["there", "dta"]
        #expect(missing() == ["paths.models_dir /nowhere/modles", "paths.data_dir /nowhere/dta"])
    }
}
