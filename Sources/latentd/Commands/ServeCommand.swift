import ArgumentParser
import Foundation

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves models, training jobs and the page over HTTP.",
        discussion: """
            EXAMPLES
              latentd serve
              latentd serve --port 9000 --state-dir ~/latentd --data-dir ~/datasets

            SETTINGS (flag, then environment, then file, then default)
            \(SettingsOptions.table)
            """)

    @OptionGroup var options: SettingsOptions

    @Flag(help: "Allow an address that others reach, without tokens or without TLS.")
    var insecure = false

    func run() throws {
        do {
            let daemon = try Daemon(try options.load(), allowsExposure: insecure)
            try daemon.run()
        } catch {
            report("latentd: \(error)")
            throw ExitCode.failure
        }
    }
}
