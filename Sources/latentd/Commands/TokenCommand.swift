import ArgumentParser
import Foundation
import Serving

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Makes, lists and revokes the tokens that requests to the daemon need.",
        discussion: """
            As long as there is no file of tokens, requests need none. A running daemon takes changes over within a second.

            EXAMPLES
              latentd token create --name laptop --scopes infer,train
              latentd token list
              latentd token revoke laptop
            """,
        subcommands: [Create.self, List.self, Revoke.self])

    struct Place: ParsableArguments {
        @Option(help: "Settings file, as for 'latentd serve'.")
        var config: String?

        @Option(help: "Folder of the state, where the tokens are unless access.tokens_file is set.")
        var stateDir: String?

        @Option(help: "The file itself.")
        var tokensFile: String?

        func file() throws -> TokenFile {
            var flags: [Settings.Flag] = []
            if let stateDir {
                flags.append(Settings.Flag(name: "--state-dir", key: "paths.state_dir", text: .one(stateDir)))
            }
            if let tokensFile {
                flags.append(Settings.Flag(name: "--tokens-file", key: "access.tokens_file", text: .one(tokensFile)))
            }
            let settings = try Settings.load(file: config, flags: flags)
            return TokenFile(path: SettingsFolders.current(settings.paths).tokens(settings.access).path)
        }
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints a new token, this once: it is kept as a digest only.",
            discussion: """
                SCOPES
                  infer    ask models, look at them and at datasets
                  train    submit, watch and cancel training jobs
                  admin    delete jobs
                  metrics  read /metrics
                """)

        @OptionGroup var place: Place
        @Option(help: "Whom or what it is for: letters, digits, '.', '_' and '-'.")
        var name: String
        @Option(
            help: "What it is good for, with commas between: \(Scope.allCases.map(\.rawValue).joined(separator: ", "))."
        )
        var scopes: String

        func run() throws {
            let scopes = try scopes.split(separator: ",").map { word in
                guard let scope = Scope(rawValue: word.trimmingCharacters(in: .whitespaces)) else {
                    throw ValidationError("There is no scope '\(word)'.")
                }
                return scope
            }
            try oneLine {
                let file = try place.file()
                print(try file.create(name: name, scopes: scopes))
                report("kept as a digest in \(file.path); this is the only time that the token is shown")
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Prints name, scopes and date of every token.")

        @OptionGroup var place: Place

        func run() throws {
            try oneLine {
                do {
                    for token in try place.file().read() {
                        let scopes = token.scopes.map(\.rawValue).joined(separator: ",")
                        print("\(token.name)  \(scopes)  \(token.created)")
                    }
                } catch TokenError.missing {
                    report("no tokens yet, so requests need none; try: latentd token create --help")
                }
            }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes a token back.",
            discussion: "After the last one nobody gets in; who wants none asked for deletes the file and starts anew.")

        @OptionGroup var place: Place
        @Argument(help: "The name that it was made with.")
        var name: String

        func run() throws { try oneLine { try place.file().revoke(name: name) } }
    }
}

/// An error in one line on standard error, and an exit code that is not 0.
private func oneLine(_ body: () throws -> Void) throws {
    do { try body() } catch {
        report("latentd: \(error)")
        throw ExitCode.failure
    }
}
