/// What a child has said so far, and what of it is still to be stored. Driven by lines and instants, so that tests need
/// neither a process nor time.
struct ChildReport: Sendable {
    /// Something to store.
    enum Write: Equatable {
        case latest(progress: String?, metrics: String?)
        case event(kind: String, content: [String: JSONValue])

        var isEvent: Bool { if case .event = self { true } else { false } }

        /// What writes say together of progress and metrics: nothing, or one write.
        static func latest(of writes: [Write]) -> [Write] {
            var latest: (progress: String?, metrics: String?) = (nil, nil)
            for case .latest(let progress, let metrics) in writes {
                latest = (progress ?? latest.progress, metrics ?? latest.metrics)
            }
            return latest == (nil, nil) ? [] : [.latest(progress: latest.progress, metrics: latest.metrics)]
        }
    }

    private(set) var resultPath: String?
    private(set) var failure: JobFailure?
    private(set) var unreadableLines = 0
    private let interval: Duration
    private var progress: String?
    private var metrics: String?
    private var events: [Write] = []
    private var nextWrite: ContinuousClock.Instant?

    /// Progress is stored once an `interval` at most.
    init(interval: Duration) { self.interval = interval }

    mutating func take(_ line: [UInt8]) {
        switch ChildMessage(line: line) {
        case .progress(let progress, let metrics):
            self.progress = progress
            self.metrics = metrics ?? self.metrics
        case .event(let kind, let content, let metrics):
            events.append(.event(kind: kind, content: content))
            self.metrics = metrics ?? self.metrics
        case .finished(let path):
            resultPath = path
        case .failed(let failure):
            self.failure = self.failure ?? failure
        case nil:
            unreadableLines += 1
        }
    }

    /// When there will be something to store, if no more is said; nil when all is stored.
    var due: ContinuousClock.Instant? {
        progress == nil && metrics == nil ? nil : nextWrite
    }

    /// Takes what is to be stored at `now`: every event, and the latest progress when its time has come or at the end.
    mutating func writes(at now: ContinuousClock.Instant, isEnd: Bool = false) -> [Write] {
        var writes = events
        events = []
        guard progress != nil || metrics != nil, isEnd || nextWrite.map({ $0 <= now }) ?? true else { return writes }
        writes.append(.latest(progress: progress, metrics: metrics))
        progress = nil
        metrics = nil
        nextWrite = now + interval
        return writes
    }
}
