import ArgumentParser

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Serves models over HTTP.")
    @OptionGroup var options: SettingsOptions
    func run() throws { _ = try options.load() }
}
