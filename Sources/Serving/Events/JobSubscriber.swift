import HTTP
import Jobs
import Synchronization

/// One who follows a job, and how far.
final class JobSubscriber: Sendable {
    private struct Place {
        /// The number of the last event that was taken.
        var position: Int
        /// The number of the last word of progress.
        var progress = 0
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
    func deliver(_ pages: inout JobEventPages, of job: Job, _ progress: ProgressWord?) throws(JobStoreError) {
        var place = place.withLock { $0 }
        defer { self.place.withLock { [place] in $0 = place } }
        while let page = try pages.page(after: place.position) {
            guard stream.offer(page.bytes) == .taken else { return }
            place.position = page.last
        }
        if job.status.isFinal { return stream.end() }
        guard let progress, progress.number > place.progress else { return }
        // Lost without harm where there is no room: the next one says more.
        _ = stream.offer(progress.bytes)
        place.progress = progress.number
    }
}
