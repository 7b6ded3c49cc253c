import Foundation
import HTTP
import Jobs
import Synchronization

/// Brings the events of jobs to those who follow them, as they are committed.
///
/// Every subscriber has a place in the job's numbered history and gets what comes after it, be it old or new. There is no
/// seam between the two at which an event could be lost or come twice: word of a change only makes the feed read on. It
/// reads on a queue of its own, so that who writes events waits for nobody.
final class JobEventFeed: Sendable {
    private struct State {
        var subscribers: [JobIdentifier: [UUID: JobSubscriber]] = [:]
        /// Of the jobs that have subscribers.
        var progress: [JobIdentifier: JobProgress] = [:]
        /// Jobs to look at.
        var due: Set<JobIdentifier> = []
        /// Jobs that will be looked at later, for progress that came too soon after the last.
        var later: Set<JobIdentifier> = []
        var isScheduled = false
    }

    /// How many events a client may be behind before it is told to list them instead.
    static let backlog = 5000

    private let store: JobStore
    private let backlog: Int
    private let onFailure: ServingApplication.FailureHandler
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "job-events")
    private let observation = Mutex<JobObservation?>(nil)

    init(
        store: JobStore, backlog: Int = backlog, onFailure: @escaping ServingApplication.FailureHandler = { _, _ in }
    ) {
        (self.store, self.backlog) = (store, backlog)
        self.onFailure = onFailure
        observation.withLock { $0 = store.observe { [weak self] id in self?.look(at: id) } }
    }

    /// A stream of what follows the event `position` of a job; 0 for everything.
    func subscribe(to job: JobIdentifier, after position: Int, for request: Request) -> ResponseStream {
        let key = UUID()
        let stream = ResponseStream(for: request, heartbeat: ServerSentEvent.heartbeat) { [weak self] in
            self?.look(at: job)
        } onClose: { [weak self] _ in
            self?.remove(key, from: job)
        }
        stream.send(ServerSentEvent(retry: .seconds(2)).bytes)
        let subscriber = JobSubscriber(stream: stream, position: position, requestID: request.id)
        state.withLock { $0.subscribers[job, default: [:]][key] = subscriber }
        look(at: job)
        return stream
    }

    /// How many follow a job.
    func subscriberCount(of job: JobIdentifier) -> Int { state.withLock { $0.subscribers[job]?.count ?? 0 } }

    private func remove(_ key: UUID, from job: JobIdentifier) {
        // What it held goes without the lock.
        _ = state.withLock { state -> JobSubscriber? in
            let removed = state.subscribers[job]?.removeValue(forKey: key)
            if state.subscribers[job]?.isEmpty == true { (state.subscribers[job], state.progress[job]) = (nil, nil) }
            return removed
        }
    }

    private func look(at job: JobIdentifier) {
        let isFirst = state.withLock { state in
            guard state.subscribers[job] != nil else { return false }
            state.due.insert(job)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isFirst { queue.async { [weak self] in self?.deliver() } }
    }

    private func look(at job: JobIdentifier, in delay: Duration) {
        guard state.withLock({ $0.later.insert(job).inserted }) else { return }
        queue.asyncAfter(deadline: .now() + delay / .seconds(1)) { [weak self] in
            _ = self?.state.withLock { $0.later.remove(job) }
            self?.look(at: job)
        }
    }

    private func deliver() {
        let due = state.withLock { state in
            defer { (state.due, state.isScheduled) = ([], false) }
            return state.due.map { ($0, Array((state.subscribers[$0] ?? [:]).values)) }
        }
        for (job, subscribers) in due { deliver(job, to: subscribers) }
    }

    private func deliver(_ id: JobIdentifier, to subscribers: [JobSubscriber]) {
        do throws(JobStoreError) {
            // Before its events: a job that has ended by now has no more than those that are read after this.
            let job = try store.job(id)
            let kept = try store.eventNumbers(of: id)
            var pages = JobEventPages(store: store, job: id, last: kept.last)
            let (progress, delay) = update(job)
            for subscriber in subscribers {
                if subscriber.isBehind(kept, backlog), !subscriber.resynchronise(kept) { continue }
                try subscriber.deliver(&pages, of: job, progress)
            }
            if let delay { look(at: id, in: delay) }
        } catch {
            for subscriber in subscribers {
                if case .notFound = error {} else { onFailure(subscriber.requestID, error) }
                subscriber.stream.end()
            }
        }
    }

    private func update(_ job: Job) -> (ProgressWord?, Duration?) {
        state.withLock { state -> (ProgressWord?, Duration?) in
            guard state.subscribers[job.id] != nil else { return (nil, nil) }
            let delay = state.progress[job.id, default: JobProgress()].update(job, at: .now)
            return (state.progress[job.id]?.latest, delay)
        }
    }
}
