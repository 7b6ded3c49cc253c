import HTTP
import Jobs
import Synchronization

/// One who follows a job, and how far.
final class JobSubscriber: Sendable {
    private struct Place {
        var position: Int
        var progress = ProgressThinning()
    }

    let stream: ResponseStream
    /// For the log, where something goes wrong.
    let requestID: String
    private let place: Mutex<Place>

    init(stream: ResponseStream, position: Int, requestID: String) {
        self.stream = stream
        self.requestID = requestID
        place = Mutex(Place(position: position))
    }

    /// Whether what it lacks is no longer kept, or so much that it should list it.
    func isBehind(_ kept: (first: Int, last: Int), _ backlog: Int) -> Bool {
        let position = place.withLock { $0.position }
        return position < kept.first - 1 || kept.last - position > backlog
    }

    /// Tells which events there are, and goes on after the last of them; false where there is no room yet.
    func resynchronise(_ kept: (first: Int, last: Int)) -> Bool {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("first")
        writer.integer(kept.first)
        writer.key("last")
        writer.integer(kept.last)
        writer.endObject()
        let event = ServerSentEvent(id: String(kept.last), name: "resync", data: writer.bytes)
        guard stream.offer(event.bytes) == .taken else { return false }
        place.withLock { $0.position = kept.last }
        return true
    }

    /// Gives what there is, as far as there is room, and the end once a job that has ended has no more. Without room the
    /// stream tells when to come back.
    ///
    /// - Returns: in how long to come back for progress.
    func deliver(
        _ pages: inout JobEventPages, of job: Job, at now: ContinuousClock.Instant
    ) throws(JobStoreError) -> Duration? {
        var place = place.withLock { $0 }
        defer { self.place.withLock { [place] in $0 = place } }
        while let page = try pages.page(after: place.position) {
            guard stream.offer(page.bytes) == .taken else { return nil }
            place.position = page.last
        }
        if job.status.isFinal {
            stream.end()
            return nil
        }
        switch place.progress.take(job, at: now) {
        case .nothing: return nil
        case .later(let delay): return delay
        case .send(let bytes):
            // Lost without harm where there is no room: the next one says more.
            _ = stream.offer(bytes)
            return nil
        }
    }
}

/// Progress as events, once a second at most; they have no id, since none is kept.
struct ProgressThinning {
    enum Outcome: Equatable {
        case nothing
        case later(Duration)
        case send([UInt8])
    }

    static let interval = Duration.seconds(1)
    private var last: (progress: String?, metrics: String?) = (nil, nil)
    private var due: ContinuousClock.Instant?

    /// What to tell of this job now: its progress, if it is news.
    mutating func take(_ job: Job, at now: ContinuousClock.Instant) -> Outcome {
        guard job.progress != nil || job.metrics != nil, (job.progress, job.metrics) != last else { return .nothing }
        if let due, now < due { return .later(now.duration(to: due)) }
        last = (job.progress, job.metrics)
        due = now + Self.interval
        var writer = JSONWriter()
        JobDocument.writeProgress(of: job, &writer)
        return .send(ServerSentEvent(name: "progress", data: writer.bytes).bytes)
    }
}
