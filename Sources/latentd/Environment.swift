import ArgumentParser
import Autoencoders
import Datasets
import Foundation
import Kernels

extension SettingsFolders {
    /// The folders of this process.
    static func current(_ paths: Settings.Paths) -> SettingsFolders {
        SettingsFolders(
            paths, executable: executable,
            workingFolder: URL(fileURLWithPath: FileManager.default.currentDirectoryPath),
            environment: ProcessInfo.processInfo.environment)
    }

    /// The running program's file, whatever it was called as.
    static var executable: URL {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: link ?? CommandLine.arguments.first ?? "latentd")
    }
}

/// Flags of the commands that compute without a daemon.
struct ComputeOptions: ParsableArguments {
    @Option(help: "Threads that compute; 0 means one a core.")
    var threads: Int?

    @Option(help: "What computes: auto, native-avx512, native-avx2, native-portable, onednn or reference.")
    var backend: String?

    @Option(parsing: .singleValue, help: "Folder of datasets; may be repeated.")
    var dataDir: [String] = []

    func settings() throws -> Settings {
        var flags: [Settings.Flag] = []
        if let threads {
            flags.append(Settings.Flag(name: "--threads", key: "compute.threads", text: .one("\(threads)")))
        }
        if let backend { flags.append(Settings.Flag(name: "--backend", key: "compute.backend", text: .one(backend))) }
        if !dataDir.isEmpty {
            flags.append(Settings.Flag(name: "--data-dir", key: "paths.data_dir", text: .list(dataDir)))
        }
        return try Settings.load(file: nil, flags: flags)
    }
}

/// The backend and the threads that everything numeric runs on.
struct Compute {
    let backend: any Backend
    let pool: KernelPool

    init(_ settings: Settings.Compute) throws {
        let backend = try settings.backend.make()
        self.backend = backend
        let workers = settings.threads == 0 ? KernelPool.availableProcessors : settings.threads
        pool = KernelPool(workers: workers) { backend.prepareThread() }
    }
}

extension DatasetCatalogue {
    convenience init(_ folders: SettingsFolders) {
        self.init(dataDirectories: folders.data, stateDirectory: folders.state)
    }
}
