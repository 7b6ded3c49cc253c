import Checkpoints
import Foundation
import HTTP
import Jobs

/// Everything that `/metrics` shows; told of each answer by the server.
public struct ServerMetrics: Sendable {
    private let statistics: ServerStatistics
    let version: String
    private let requests = RequestMetrics(endpoints: RouteTable.endpoints)
    private let refusals = CounterBank(count: AccessGate.Refusal.allCases.count)
    private let batches = BatchMetrics()
    private let started = Date.now.timeIntervalSince1970

    /// - Parameters:
    ///   - statistics: the server's own, as in its configuration.
    ///   - version: the program's.
    public init(statistics: ServerStatistics = ServerStatistics(), version: String = "unknown") {
        self.statistics = statistics
        self.version = version
    }

    /// Counts an answer; quick, from any thread.
    public func observe(_ record: AccessRecord) { requests.observe(record) }

    /// Counts rows that were computed together.
    func observe(batch rows: Int) { batches.observe(rows) }

    /// Counts what the gate did not let in.
    public func count(_ refusal: AccessGate.Refusal) {
        refusals.add(to: AccessGate.Refusal.allCases.firstIndex(of: refusal) ?? 0)
    }

    /// The whole page.
    func text(_ services: Services) -> [UInt8] {
        var text = MetricsText()
        text.family("latentd_build_info", .gauge, "The running program's version.")
        text.sample(1, [("version", version)])
        requests.write(&text)
        batches.write(&text)
        InferenceMetrics(services).write(&text)
        text.family("latentd_http_requests_refused_total", .counter, "Requests that were not let in, by reason.")
        for (index, refusal) in AccessGate.Refusal.allCases.enumerated() {
            text.sample(refusals[index], [("reason", refusal.rawValue)])
        }
        text.sample(statistics.overloaded, [("reason", "overload")])
        text.sample(statistics.streamsTurnedAway, [("reason", "streams")])
        text.single(
            "latentd_http_requests_in_flight", .gauge, statistics.inFlight, "Requests handled now or about to be.")
        text.single(
            "latentd_http_requests_waiting", .gauge, statistics.waiting, "Requests that wait for a thread.")
        text.single("latentd_http_connections", .gauge, statistics.connections, "Open connections.")
        text.single(
            "latentd_http_connections_accepted_total", .counter, statistics.accepted, "Connections accepted.")
        text.single(
            "latentd_http_connections_refused_total", .counter, statistics.turnedAway,
            "Connections turned away because there were too many.")
        text.single("latentd_http_streams", .gauge, statistics.streams, "Answers that stay open.")
        text.family("latentd_http_streams_ended_total", .counter, "Answers that stayed open, by how they ended.")
        let endings = statistics.streamEndings
        for ending in ResponseStream.Ending.allCases where ending != .unused {
            text.sample(endings[ending] ?? 0, [("reason", ending.rawValue)])
        }
        let models = services.repository.list()
        text.family("latentd_models", .gauge, "Models by state.")
        let states = Dictionary(grouping: models, by: \.state.word)
        for state in ["ready", "loading", "unloading", "unloaded", "failed"] {
            text.sample(states[state]?.count ?? 0, [("state", state)])
        }
        // The rest is worth showing where the queue cannot be read.
        if let counts = try? services.jobs.counts() {
            text.family("latentd_jobs", .gauge, "Training jobs by state.")
            for status in JobStatus.allCases { text.sample(counts[status] ?? 0, [("state", status.rawValue)]) }
        }
        ProcessFacts.write(&text, started: started)
        return text.bytes
    }
}
