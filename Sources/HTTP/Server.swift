import Dispatch
import Sockets
import Synchronization

/// An HTTP server: a fixed pool of threads, one of which at a time runs the event loop of all connections.
public final class Server: Sendable {
    private struct Control {
        var started = false
        var stopping = false
    }

    private let configuration: ServerConfiguration
    private let router: Router
    private let control = Mutex(Control())
    private let mailbox: Mailbox
    private let loop = Mutex<ServerLoop?>(nil)
    private let relief = Relief()
    /// Signalled when every connection is closed, or when the drain's time is up.
    private let finished = DispatchSemaphore(value: 0)
    private let drained = Atomic<Bool>(false)

    public init(router: Router, configuration: ServerConfiguration = ServerConfiguration()) throws(SocketError) {
        self.router = router
        self.configuration = configuration
        mailbox = Mailbox(waker: try Waker())
    }

    /// Binds, starts the threads, and returns the port.
    public func start() throws(SocketError) -> UInt16 {
        ProcessSignals.ignoreBrokenPipes()
        let listener = try Listener(
            host: configuration.host, port: configuration.port, backlog: configuration.backlog)
        let port = listener.address.port
        // Beside the handlers, the event loop and its relief.
        let threads = configuration.handlerThreads + (configuration.handlesLoneRequestsOnLoop ? 2 : 1)
        let pool = HandlerPool<HandlerJob>(
            threads: threads, usual: configuration.usualHandlers, capacity: configuration.queueCapacity,
            statistics: configuration.statistics,
            practice: .init(
                together: configuration.requestsTogether, mayGoTogether: HandlerJob.mayGoTogether,
                key: \.request.turn
            ) { [mailbox] jobs in HandlerJob.run(jobs) { mailbox.post($0.map { .completed($0) }) } })
        try loop.withLock { loop throws(SocketError) in
            loop = try ServerLoop(
                listener: listener, router: router, configuration: configuration, pool: pool, mailbox: mailbox,
                relief: relief
            ) { [self] in if relief.standBy() { lead(pool) } }
        }
        try pool.start()
        control.withLock { $0.started = true }
        _ = pool.submitToIdle { [self] in lead(pool) }
        return port
    }

    /// Stops accepting, lets the requests in hand finish, closes the idle connections, and returns.
    ///
    /// - Parameters:
    ///   - delay: how long everything goes on before that, new connections too; but each answer ends its connection.
    ///   - drain: how long to wait then; after it the connections that are left are cut, their requests cancelled.
    /// - Returns: whether everything finished in time. Further calls return at once.
    @discardableResult
    public func stop(after delay: Duration = .zero, drain: Duration = .seconds(10)) -> Bool {
        let proceed = control.withLock { control in
            defer { control.stopping = true }
            return control.started && !control.stopping
        }
        guard proceed else { return drained.load(ordering: .acquiring) }
        mailbox.post(.leave)
        if delay > .zero, finished.wait(timeout: .now() + delay / .seconds(1)) == .success {
            return drained.load(ordering: .acquiring)
        }
        mailbox.post(.drain(until: MonotonicInstant.now.advanced(by: drain)))
        finished.wait()
        return drained.load(ordering: .acquiring)
    }

    /// Makes new connections with another certificate; those that are there live on. Of a server with TLS only.
    public func use(_ tls: TLSContext) {
        mailbox.post(.use(tls))
    }

    /// Runs the event loop, and lone requests, until another thread has taken it over or until the end.
    private func lead(_ pool: HandlerPool<HandlerJob>) {
        do throws(SocketError) {
            while case .handle(let job) = try turns() {
                relief.begin()
                let completion = job.run()
                relief.end()
                let isStillMine = loop.withLockIfAvailable { $0?.completeOwn(completion) } != nil
                guard isStillMine else { return mailbox.post(.completed(completion)) }
            }
        } catch {
            configuration.onNotice?(.loopFailed(error.description))
        }
        loop.withLock { $0 = nil }  // what its relief is given refers to this server
        mailbox.close()
        relief.stop()
        pool.stop()
        finished.signal()
    }

    private func turns() throws(SocketError) -> ServerLoop.Outcome? {
        let outcome = try loop.withLock { loop throws(SocketError) in try loop?.run { [self] in finished.signal() } }
        if case .drained(let complete) = outcome { drained.store(complete, ordering: .releasing) }
        return outcome
    }
}

/// What other threads tell the event loop.
final class Mailbox: Sendable {
    enum Message: Sendable {
        case completed(Completion)
        /// The connection's stream has something.
        case stream(EventLoop.Registration)
        case leave
        case drain(until: MonotonicInstant)
        case use(TLSContext)
    }

    let waker: Waker
    private let messages = Mutex<[Message]>([])
    private let isClosed = Atomic<Bool>(false)

    init(waker: Waker) {
        self.waker = waker
    }

    /// Only the first message since the last look needs to wake the loop.
    func post(_ message: Message) { post([message]) }

    func post(_ several: [Message]) {
        let isFirst = messages.withLock { messages in
            defer { messages += several }
            return messages.isEmpty && !several.isEmpty
        }
        if isFirst { waker.wake() }
        if isClosed.load(ordering: .sequentiallyConsistent) { discardAll() }
    }

    /// Nobody looks any more: streams that come now, or have just come, end.
    func close() {
        isClosed.store(true, ordering: .sequentiallyConsistent)
        discardAll()
    }

    private func discardAll() {
        for case .completed(let completion) in takeAll() {
            if case .open(let open, _) = completion.outcome { open.stream.close(.stopped) }
        }
    }

    func takeAll() -> [Message] {
        messages.withLock { messages in
            let taken = messages
            messages.removeAll()
            return taken
        }
    }
}

/// How a handler thread gave back a connection's right to write.
struct Completion: Sendable {
    enum Outcome: Sendable {
        case sent
        case blocked(PendingOutput)
        /// The answer stays open; with what is left of its head.
        case open(OpenStream, PendingOutput?)
        case broken
        /// The client had gone before the handler began.
        case dropped
    }

    let registration: EventLoop.Registration
    let outcome: Outcome
}
