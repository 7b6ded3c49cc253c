import Dispatch
import Glibc
import HTTP
import Sockets
import Synchronization
import Testing

/// What clients under load saw of a server's end, and of the next one's start.
private final class Sightings: Sendable {
    struct Counts: Sendable, Equatable {
        var answers = 0
        /// Resets, and answers that ended too early: what must not be.
        var broken = 0
        /// A kept connection that ended before the first byte of an answer: the client asks again.
        var ended = 0
        /// Nobody listened between two servers: the client asks again.
        var refused = 0
    }

    private let counts = Mutex(Counts())
    private let over = Atomic<Bool>(false)

    var all: Counts { counts.withLock { $0 } }
    var isOver: Bool { over.load(ordering: .acquiring) }
    func end() { over.store(true, ordering: .releasing) }
    func count(_ path: WritableKeyPath<Counts, Int> & Sendable) { counts.withLock { $0[keyPath: path] += 1 } }

    /// One client: asks and asks again, on one connection for as long as it lives.
    func run(port: UInt16, path: String) {
        var client: ClientSocket?
        while !isOver {
            let isReused = client != nil
            do {
                let connection = try client ?? ClientSocket(port: port)
                client = connection
                connection.send(TestServer.get(path, ""))
                let head = connection.receive(until: "\r\n\r\n")
                let body = head.hasSuffix("\r\n\r\n") ? connection.receive(until: String(path.dropFirst())) : ""
                if body == path.dropFirst() {
                    count(\.answers)
                    if head.contains("Connection: close\r\n") { client = nil }
                } else {
                    count(head.isEmpty && isReused && connection.receive()?.isEmpty == true ? \.ended : \.broken)
                    client = nil
                }
            } catch {
                count(\.refused)
                client = nil
                usleep(200)
            }
        }
    }
}

@Suite("Restarts under load", .timeLimit(.minutes(2)))
struct ServerRestartTests {
    @Test(arguments: [Duration.zero, .milliseconds(20)])
    func `Clients see neither a reset nor half an answer`(delay: Duration) throws {
        let sightings = Sightings()
        let group = DispatchGroup()
        var port: UInt16 = 0
        for restart in 0..<12 {
            var configuration = ServerConfiguration()
            configuration.port = port
            configuration.handlerThreads = 2
            let server = try Server(router: TestServer.router(), configuration: configuration)
            port = try server.start()
            if restart == 0 {
                for path in ["/inline", "/pool", "/pool", "/inline"] {
                    group.enter()
                    try SystemThread.start(name: "client") { [port] in
                        sightings.run(port: port, path: path)
                        group.leave()
                    }
                }
            }
            let before = sightings.all.answers
            for _ in 0..<5000 where sightings.all.answers < before + 50 { usleep(1000) }
            #expect(server.stop(after: delay, drain: .seconds(5)))
        }
        sightings.end()
        _ = group.wait(timeout: .now() + 20)
        let counts = sightings.all
        #expect(counts.broken == 0 && counts.answers >= 12 * 50, "\(counts)")
    }

    @Test func `Who has connected and is not accepted yet is answered`() throws {
        let gate = Gate()
        try TestServer.withServer(gate: gate) {
            $0.handlesLoneRequestsOnLoop = false
        } _: { server, port in
            let busy = try ClientSocket(port: port)
            busy.send(TestServer.get("/gate"))
            gate.waitUntilEntered()
            let waiting = try (0..<30).map { _ in
                let client = try ClientSocket(port: port)
                client.send(TestServer.get("/inline", ""))
                return client
            }
            let done = Waiter()
            try SystemThread.start(name: "stop") {
                server.stop(drain: .seconds(5))
                done.signal()
            }
            for client in waiting { #expect(client.receiveAll()?.hasSuffix("inline") == true) }
            gate.open()
            #expect(busy.receiveAll()?.hasSuffix("false") == true)
            done.wait()
        }
    }

    @Test func `For the delay new clients are served, and each answer is the last`() throws {
        try TestServer.withServer { server, port in
            let kept = try ClientSocket(port: port)
            TestServer.ask(kept)
            let done = Waiter()
            try SystemThread.start(name: "stop") {
                server.stop(after: .milliseconds(300), drain: .seconds(5))
                done.signal()
            }
            var answer = ""
            while !answer.contains("Connection: close\r\n") {
                let client = try ClientSocket(port: port)
                client.send(TestServer.get("/inline", ""))
                answer = client.receive(until: "\r\n\r\ninline")
                #expect(answer.hasSuffix("inline"))
            }
            kept.send(TestServer.get("/pool", ""))
            let last = kept.receiveAll()
            #expect(last?.contains("Connection: close\r\n") == true && last?.hasSuffix("pool") == true)
            done.wait()
        }
    }
}
