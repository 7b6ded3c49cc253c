import ArgumentParser
import Datasets
import Foundation

struct DatasetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "Lists datasets, or fetches a well-known one.",
        subcommands: [List.self, Fetch.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Prints the datasets that are found.")

        @OptionGroup var compute: ComputeOptions

        func run() throws {
            let descriptions = try DatasetCatalogue(.current(compute.settings().paths)).descriptions()
            if descriptions.isEmpty { report("no datasets found; try: latentd dataset fetch mnist") }
            for description in descriptions {
                let splits = description.splits.map { "\($0.name.rawValue) \($0.count)" }.joined(separator: ", ")
                print("\(description.name)  \(description.shape)  \(splits)")
            }
        }
    }

    struct Fetch: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Downloads a dataset from its publishers' mirrors and checks it.",
            discussion: "EXAMPLE\n  latentd dataset fetch mnist")

        @Argument(help: "\(KnownDataset.all.map(\.name).joined(separator: " or ")).")
        var name: String
        @Option(help: "Where to put it (default: the first data folder).")
        var dataDir: String?

        func run() throws {
            let settings = try Settings.load(file: nil, flags: [])
            let folders = SettingsFolders.current(settings.paths)
            let target = dataDir.map { URL(fileURLWithPath: $0) } ?? folders.data[0]
            var last = ""
            let path = try DatasetFetcher().fetch(name, into: target) { progress in
                let line = "\(progress.file): \(progress.receivedBytes / 1024) KiB"
                if line != last, isatty(STDERR_FILENO) == 1 {
                    show("\r\u{1B}[2K\(line)")
                }
                last = line
            }
            if isatty(STDERR_FILENO) == 1 { report("") }
            print(path.path)
        }
    }
}
