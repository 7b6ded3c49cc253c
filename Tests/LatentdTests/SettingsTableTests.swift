import Foundation
import Testing

@testable import latentd

@Suite struct SettingsTableTests {
    private static let file = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("config/latentd.yaml")

    @Test func theFileHoldsEveryKeyInOrderWithItsDefault() throws {
        let file = try SettingsFile(path: Self.file.path)
        #expect(file.entries.map(\.key) == SettingKey.all.map(\.name))
        var settings = Settings()
        try settings.apply(file)
        #expect(settings == Settings())
    }

    @Test func theFileDocumentsEveryKeyAndVariable() throws {
        let lines = try String(contentsOf: Self.file, encoding: .utf8).split(separator: "\n").map(String.init)
        for key in SettingKey.all {
            let name = key.name.drop { $0 != "." }.dropFirst()
            let section = "\(key.name.prefix { $0 != "." }):"
            let start = try #require(lines.firstIndex(of: section), "\(section)")
            let line = try #require(lines[start...].firstIndex { $0.hasPrefix("  \(name):") })
            let comment = lines[..<line].reversed().prefix { $0.hasPrefix("  #") }.joined()
            #expect(comment.contains("(\(key.environmentVariable)"), "\(key.name)")
        }
    }

    @Test func namesAndVariablesAreUnique() {
        #expect(Set(SettingKey.all.map(\.name)).count == SettingKey.all.count)
        #expect(Set(SettingKey.all.map(\.environmentVariable)).count == SettingKey.all.count)
    }

    @Test func everyDefaultIsAcceptedBack() {
        for key in SettingKey.all where !key.show(Settings()).hasPrefix("[") {
            var settings = Settings()
            let shown = key.show(settings)
            #expect(key.assign(.one(shown == #""""# ? "" : shown), &settings), "\(key.name)")
            #expect(settings == Settings(), "\(key.name)")
        }
    }

    @Test func foldersComeFromTheCheckoutOrTheInstallation() {
        func folders(
            _ paths: Settings.Paths = Settings.Paths(), executable: String, working: String,
            environment: [String: String] = [:], existing: [String] = []
        ) -> SettingsFolders {
            SettingsFolders(
                paths, executable: URL(fileURLWithPath: executable), workingFolder: URL(fileURLWithPath: working),
                environment: environment, isFolder: { existing.contains($0.path) })
        }
        let inside = folders(executable: "/x/latentd", working: "/checkout", existing: ["/checkout/deploy/models"])
        #expect(inside.models.path == "/checkout/deploy/models")
        #expect(inside.state.path == "/checkout/state")
        #expect(inside.data.map(\.path) == ["/checkout/state/datasets"])
        #expect(inside.pages.path == "/checkout/public")

        let built = folders(
            executable: "/checkout/.build/release/latentd", working: "/tmp", existing: ["/checkout/deploy/models"])
        #expect(built == inside)

        let home = ["HOME": "/home/ada"]
        let installed = folders(executable: "/usr/bin/latentd", working: "/", environment: home)
        #expect(installed.models.path == "/usr/share/latentd/models")
        #expect(installed.pages.path == "/usr/share/latentd/public")
        #expect(installed.state.path == "/home/ada/.local/state/latentd")

        let service = ["HOME": "/root", "STATE_DIRECTORY": "/var/lib/latentd:/var/lib/other"]
        #expect(
            folders(executable: "/usr/bin/latentd", working: "/", environment: service).state.path
                == "/var/lib/latentd")

        var paths = Settings.Paths()
        paths.modelsDir = "models"
        paths.dataDir = ["/data", "more"]
        let set = folders(paths, executable: "/usr/bin/latentd", working: "/srv", environment: home)
        #expect(set.models.path == "/srv/models")
        #expect(set.data.map(\.path) == ["/data", "/srv/more"])
    }
}
