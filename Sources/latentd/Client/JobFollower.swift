import Checkpoints
import Foundation

/// Follows a job to its end, over broken connections and restarts of the daemon.
struct JobFollower {
    enum News {
        case event(RemoteEvent)
        case progress(RemoteProgress, train: LossParts?)
    }

    private struct Progress: Decodable {
        let progress: RemoteProgress?
        let metrics: [String: LossParts]?
    }

    private struct Resync: Decodable { let first, last: Int }

    let client: APIClient
    let path: String
    /// How long to wait before the connection is tried again, which it is as often as there are waits.
    var waits: [Double] = [0.25, 0.5, 1, 2, 4, 5, 5, 5]
    var sleep: (Double) -> Void = { Thread.sleep(forTimeInterval: $0) }

    /// Tells everything that has happened and happens, each event once and in order; gives the job as it ended.
    func run(_ take: (News) -> Void) throws(ClientError) -> RemoteJob {
        var last = 0
        var failures = 0
        var hasAnswered = false
        while true {
            do throws(ClientError) {
                try client.events("\(path)/events", after: last) { event throws(ClientError) in
                    (failures, hasAnswered) = (0, true)
                    try handle(event, &last, take)
                }
                let job: RemoteJob = try client.get(path)
                if job.status.isFinal {
                    try catchUp(to: .max, &last, take)
                    return job
                }
                // The daemon is stopping, and says so by ending its streams.
                hasAnswered = true
            } catch {
                guard case .unreachable = error, hasAnswered, failures < waits.count else { throw error }
            }
            sleep(waits[min(failures, waits.count - 1)])
            failures += 1
        }
    }

    private func catchUp(to end: Int, _ last: inout Int, _ take: (News) -> Void) throws(ClientError) {
        while last < end {
            let page: RemotePage<RemoteEvent> = try client.get("\(path)/events?limit=999&after=\(last)")
            for event in page.data where event.sequence <= end {
                take(.event(event))
                last = event.sequence
            }
            if !page.hasMore { return }
        }
    }

    private func handle(_ event: StreamedEvent, _ last: inout Int, _ take: (News) -> Void) throws(ClientError) {
        switch event.name {
        case "progress":
            let told: Progress = try client.decode(event.data)
            if let progress = told.progress { take(.progress(progress, train: told.metrics?["train"])) }
        case "resync":
            // The stream leaves out what the list has.
            let resync: Resync = try client.decode(event.data)
            try catchUp(to: resync.last, &last, take)
            last = resync.last
        default:
            guard let number = event.id else { return }
            take(.event(try client.decode(event.data)))
            last = number
        }
    }
}
