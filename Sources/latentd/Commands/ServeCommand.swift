import ArgumentParser
import CLinux
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
        // glibc gives each of many threads a heap of its own, which keeps what the others could use.
        linux_limit_heaps(2)
        do {
            let daemon = try Daemon(try options.load(), allowsExposure: insecure)
            try daemon.run()
        } catch {
            report("latentd: \(error)")
            throw ExitCode.failure
        }
    }
}
