import Foundation

/// The folders that the program works in, found from the settings and from where the program is.
///
/// What is not set is looked for in this order: the working folder if it is a checkout; the checkout that the program
/// was built in; `share/latentd` beside the `bin` that it is installed in.
struct SettingsFolders: Equatable, Sendable {
    /// Models, one folder a model.
    let models: URL
    /// Jobs, their outputs and logs.
    let state: URL
    /// Datasets, first found first used.
    let data: [URL]
    /// The web page.
    let pages: URL

    /// - Parameters:
    ///   - executable: the running program's file.
    ///   - isFolder: looks into the file system; another one in tests.
    init(
        _ paths: Settings.Paths, executable: URL, workingFolder: URL, environment: [String: String],
        isFolder: (URL) -> Bool = Self.isFolder
    ) {
        func set(_ text: String) -> URL? {
            text.isEmpty ? nil : URL(fileURLWithPath: text, relativeTo: workingFolder).standardizedFileURL
        }
        func isCheckout(_ folder: URL) -> Bool {
            isFolder(folder.appendingPathComponent("deploy/models"))
        }
        let checkout = ([workingFolder] + Self.ancestors(of: executable)).first(where: isCheckout)
        let share = executable.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("share/latentd")

        models =
            set(paths.modelsDir)
            ?? checkout?.appendingPathComponent("deploy/models") ?? share.appendingPathComponent("models")
        pages =
            set(paths.publicDir)
            ?? checkout?.appendingPathComponent("public") ?? share.appendingPathComponent("public")
        let state =
            set(paths.stateDir)
            ?? checkout?.appendingPathComponent("state") ?? Self.userState(environment, workingFolder)
        self.state = state
        let data = paths.dataDir.compactMap(set)
        self.data = data.isEmpty ? [state.appendingPathComponent("datasets")] : data
    }

    /// As a service: what systemd prepared; else where the XDG base directories put a user's state.
    private static func userState(_ environment: [String: String], _ workingFolder: URL) -> URL {
        func folder(_ name: String) -> URL? {
            // Several folders may be given; the first is the service's own.
            guard let path = environment[name]?.split(separator: ":").first, path.hasPrefix("/") else { return nil }
            return URL(fileURLWithPath: String(path))
        }
        return folder("STATE_DIRECTORY")
            ?? folder("XDG_STATE_HOME")?.appendingPathComponent("latentd")
            ?? folder("HOME")?.appendingPathComponent(".local/state/latentd")
            ?? workingFolder.appendingPathComponent("state")
    }

    /// The file of the tokens: as set, or in the state folder.
    func tokens(_ access: Settings.Access) -> URL {
        access.tokensFile.isEmpty
            ? state.appendingPathComponent("tokens.json")
            : URL(fileURLWithPath: access.tokensFile).standardizedFileURL
    }

    /// The folders to read from that were asked for and are not there, with their settings: most often a slip of the pen.
    func missing(_ paths: Settings.Paths, isFolder: (URL) -> Bool = Self.isFolder) -> [(key: String, folder: URL)] {
        let asked =
            (paths.modelsDir.isEmpty ? [] : [("paths.models_dir", models)])
            + (paths.dataDir.isEmpty ? [] : data.map { ("paths.data_dir", $0) })
        return asked.filter { !isFolder($0.1) }.map { (key: $0.0, folder: $0.1) }
    }

    private static func ancestors(of file: URL) -> [URL] {
        var folders: [URL] = []
        var folder = file.standardizedFileURL.deletingLastPathComponent()
        while folder.path != "/", folders.count < 64 {
            folders.append(folder)
            folder = folder.deletingLastPathComponent()
        }
        return folders
    }

    static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
