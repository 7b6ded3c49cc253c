import ArgumentParser
import Foundation
import Jobs

struct JobsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Asks a running daemon for its training jobs.",
        discussion: """
            The daemon is named by --server or LATENTD_SERVER; where it asks for tokens, one with the scope 'train' is taken from
            LATENTD_TOKEN, or from the file that --token-file or LATENTD_TOKEN_FILE names. With https:// its certificate has to be
            one that the system trusts.

            EXAMPLES
              latentd jobs submit --preset mnist-2d --dataset mnist --epochs 20 --follow
              latentd jobs list --status running
              latentd jobs tail job_01j...
              curl ... | latentd jobs submit --file -

            EXIT CODES
              0   done; of 'tail' and '--follow': the job has succeeded
              1   of 'tail' and '--follow': the job has failed or was cancelled
              2   no daemon answers, or it refuses
              64  the command line is wrong
            """,
        subcommands: [
            List.self, Show.self, Tail.self, Submit.self, Cancel.self, Pause.self, Resume.self,
        ])

    struct JobOptions: ParsableArguments {
        @OptionGroup(title: "Daemon") var server: ServerOptions
        @Argument(help: "The job's id.")
        var id: String

        var path: String { JobsCommand.path(id) }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Prints the newest jobs, one a line.")

        @OptionGroup(title: "Daemon") var server: ServerOptions
        @Option(help: "Only jobs that stand so: \(JobStatus.allCases.map(\.rawValue).joined(separator: ", ")).")
        var status: JobStatus?
        @Option(help: "Jobs at most, up to 1,000.")
        var limit = 20
        @Flag(help: "Print the daemon's JSON.")
        var json = false

        func validate() throws {
            guard (1...1000).contains(limit) else {
                throw ValidationError("--limit is \(limit); expected a number from 1 to 1000.")
            }
        }

        func run() throws {
            let client = try server.client()
            try asking {
                let query = "?limit=\(limit)" + (status.map { "&status=\($0.rawValue)" } ?? "")
                let answer = try client.call("GET", "/v1/jobs\(query)")
                guard !json else { return JobsCommand.write(answer) }
                let page: RemotePage<RemoteJob> = try client.decode(answer)
                writeLine(JobText.table(page.data))
                if page.hasMore { report("There are more; see --limit.") }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Prints one job.")

        @OptionGroup var job: JobOptions
        @Flag(help: "Print the daemon's JSON.")
        var json = false

        func run() throws {
            let client = try job.server.client()
            try asking {
                let answer = try client.call("GET", job.path)
                guard !json else { return JobsCommand.write(answer) }
                writeLine(JobText.sheet(try client.decode(answer)))
            }
        }
    }

    struct Tail: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Follows a job to its end.",
            discussion: """
                On a terminal with the progress bar of 'latentd train', else with one line an event. Over connections that break and
                restarts of the daemon it goes on where it was. Interrupted, it leaves the job alone.
                """)

        @OptionGroup var job: JobOptions

        func run() throws {
            let client = try job.server.client()
            try JobsCommand.follow(job.path, client)
        }
    }

    struct Cancel: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Ends a job that has not ended.")
        @OptionGroup var job: JobOptions
        func run() throws { try JobsCommand.ask("cancel", job) }
    }

    struct Pause: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Holds a job back; one that runs saves its state and frees its memory.")
        @OptionGroup var job: JobOptions
        func run() throws { try JobsCommand.ask("pause", job) }
    }

    struct Resume: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Puts a paused job back into the queue.")
        @OptionGroup var job: JobOptions
        func run() throws { try JobsCommand.ask("resume", job) }
    }
}

extension JobStatus: ExpressibleByArgument {}

extension JobsCommand {
    static func path(_ id: String) -> String {
        let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "_-"))
        return "/v1/jobs/" + (id.addingPercentEncoding(withAllowedCharacters: plain) ?? "-")
    }

    /// Asks for a change of a job, and prints where it stands then.
    private static func ask(_ what: String, _ options: JobOptions) throws {
        let client = try options.server.client()
        try asking {
            let job: RemoteJob = try client.decode(try client.call("POST", "\(options.path)/\(what)"))
            let isAsked = job.status == .running && what != "resume"
            writeLine("\(job.id) \(job.status.rawValue)" + (isAsked ? ", asked to \(what)" : ""))
        }
    }

    /// Shows a job until it ends, and ends with the exit code that its end means.
    static func follow(_ path: String, _ client: APIClient) throws {
        try asking {
            let begun: RemoteJob = try client.get(path)
            let view = JobView(epochs: begun.training.epochs)
            let job = try JobFollower(client: client, path: path).run(view.take)
            guard job.status == .succeeded else {
                if let error = job.error { report("latentd: job \(job.id) failed: \(error.message) (\(error.code))") }
                throw ExitCode.failure
            }
        }
    }

    static func write(_ json: Data) {
        writeLine(String(decoding: json, as: UTF8.self))
    }
}

/// An error of the daemon or the way there is one line on standard error, and an exit code of its own.
func asking(_ body: () throws -> Void) throws {
    do { try body() } catch let error as ClientError {
        report("latentd: \(error)")
        throw ExitCode(2)
    }
}
