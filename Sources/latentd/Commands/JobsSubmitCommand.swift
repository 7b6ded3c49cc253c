import ArgumentParser
import Autoencoders
import Foundation

extension JobsCommand {
    struct Submit: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Submits a job and prints its id.",
            discussion: """
                EXAMPLES
                  latentd jobs submit --preset mnist-2d --dataset mnist --name mine --epochs 20
                  latentd jobs submit --file job.json --follow

                A file holds what POST /v1/jobs takes; '-' is standard input.
                """)

        @OptionGroup(title: "Daemon") var server: ServerOptions

        @Option(help: "A file with the whole request (JSON), '-' for standard input, instead of the flags below.")
        var file: String?

        @OptionGroup(title: "Run") var what: RunOptions

        @Option(
            parsing: .unconditional,
            help: "-100 to 100: of the jobs that wait the highest starts first (default: 0).")
        var priority: Int?

        @Option(help: "An Idempotency-Key: sent again, the same request gives the same job.")
        var key: String?

        @Flag(help: "Follow the job to its end, as 'latentd jobs tail' does.")
        var follow = false

        @OptionGroup(title: "Training") var training: TrainingOptions

        func validate() throws {
            if file != nil {
                guard what.isEmpty, priority == nil, try training.settings() == TrainingSettings() else {
                    throw ValidationError("--file holds the whole request; give no flags of it.")
                }
                return
            }
            try what.check(otherwise: ", or give --file")
        }

        func run() throws {
            let (client, body) = (try server.client(), try body())
            var path = ""
            try asking {
                let fields = key.map { ["Idempotency-Key": $0] } ?? [:]
                let job: RemoteJob = try client.decode(
                    try client.call("POST", "/v1/jobs", body: body, fields: fields))
                writeLine(job.id)
                if let estimate = job.estimate { report("estimate: \(JobText.estimate(estimate))") }
                path = JobsCommand.path(job.id)
            }
            if follow { try JobsCommand.follow(path, client) }
        }

        /// The request, as it is in the file or as the flags say it; the daemon checks it.
        func body() throws -> Data {
            if let file { return try Self.content(of: file) }
            var request: [String: Any] = ["dataset": what.dataset ?? "", "training": try settings()]
            request["name"] = what.name
            request["priority"] = priority
            if let preset = what.preset {
                request["model"] = preset
            } else if let model = what.model {
                guard let configuration = try? JSONSerialization.jsonObject(with: try Self.content(of: model)) else {
                    throw ValidationError("The file '\(model)' is not JSON.")
                }
                request["model"] = configuration
            }
            return try JSONSerialization.data(withJSONObject: request, options: [.sortedKeys, .withoutEscapingSlashes])
        }

        /// What differs from the defaults: the rest is the daemon's to choose.
        private func settings() throws -> [String: Any] {
            func members(_ settings: TrainingSettings) throws -> [String: NSObject] {
                let json = try JSONEncoder().encode(settings)
                return try JSONSerialization.jsonObject(with: json) as? [String: NSObject] ?? [:]
            }
            let defaults = try members(TrainingSettings())
            return try members(try training.settings()).filter { defaults[$0.key] != $0.value }
        }

        private static func content(of file: String) throws -> Data {
            do {
                guard file != "-" else { return try FileHandle.standardInput.readToEnd() ?? Data() }
                return try Data(contentsOf: URL(fileURLWithPath: file))
            } catch { throw ValidationError("The file '\(file)' cannot be read.") }
        }
    }
}
