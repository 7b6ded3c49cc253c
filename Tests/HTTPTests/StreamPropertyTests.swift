import Dispatch
import Glibc
import HTTP
import Sockets
import Synchronization
import Testing

/// How often each stream was told of its end.
private final class Tally: Sendable {
    private let counts = Mutex<[Int]>([])

    var all: [Int] { counts.withLock { $0 } }

    func add() -> Int {
        counts.withLock { counts in
            counts.append(0)
            return counts.count - 1
        }
    }

    func count(_ number: Int) { counts.withLock { $0[number] += 1 } }
}

@Suite("Streams under everything at once", .timeLimit(.minutes(2)))
struct StreamPropertyTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `Whatever threads, clients and the server's end do, each stream ends once`(seed: UInt64) throws {
        let tally = Tally()
        let streams = Mutex<[ResponseStream]>([])
        let statistics = ServerStatistics()
        var router = Router()
        router.add(.get, "/stream") { request in
            let number = tally.add()
            let stream = ResponseStream(
                for: request, heartbeat: .init(bytes: [0x3A], interval: .milliseconds(2)),
                onClose: { _ in tally.count(number) })
            streams.withLock { $0.append(stream) }
            return .events(stream)
        }
        var configuration = ServerConfiguration()
        configuration.statistics = statistics
        configuration.handlerThreads = 3
        configuration.limits.streams = 12
        configuration.limits.streamBufferBytes = 4096
        configuration.limits.halfCloseGrace = .milliseconds(3)
        configuration.limits.writeStallTimeout = .milliseconds(20)
        let server = try Server(router: router, configuration: configuration)
        let port = try server.start()

        let group = DispatchGroup()
        for thread in 0..<3 as Range<UInt64> {
            group.enter()
            try SystemThread.start(name: "client") {
                Self.comeAndGo(port: port, seed: seed * 10 + thread)
                group.leave()
            }
        }
        let isOver = Atomic<Bool>(false)
        for thread in 3..<6 as Range<UInt64> {
            group.enter()
            try SystemThread.start(name: "producer") {
                var random = SeededGenerator(state: seed * 10 + thread)
                while !isOver.load(ordering: .acquiring) {
                    usleep(20)
                    guard let stream = streams.withLock({ $0.suffix(20).randomElement(using: &random) }) else {
                        continue
                    }
                    switch Int.random(in: 0..<40, using: &random) {
                    case 0: stream.end()
                    case 1: stream.send([UInt8](repeating: 1, count: 100_000))
                    case 2..<6: _ = stream.offer([UInt8](repeating: 2, count: 4000))
                    default: stream.send("event\n")
                    }
                }
                group.leave()
            }
        }
        // The first streams are all over the place when the server stops, and clients still come.
        for _ in 0..<20_000 where tally.all.count < 150 { usleep(500) }
        #expect(server.stop(drain: .seconds(10)))
        isOver.store(true, ordering: .releasing)
        #expect(group.wait(timeout: .now() + 30) == .success)
        let counts = tally.all
        #expect(counts.count >= 150 && counts.allSatisfy { $0 == 1 }, "\(counts)")
        #expect(statistics.streams == 0 && streams.withLock { $0.allSatisfy { !$0.isOpen && $0.bufferedBytes == 0 } })
        #expect(statistics.streamEndings.count >= 3, "\(statistics.streamEndings)")
    }

    /// Opens streams and leaves them in every way, until nobody listens any more.
    private static func comeAndGo(port: UInt16, seed: UInt64) {
        var random = SeededGenerator(state: seed)
        var kept: [ClientSocket] = []
        while let client = try? ClientSocket(port: port) {
            let version = Int.random(in: 0...1, using: &random)
            let head = "GET /stream HTTP/1.\(version)\r\nHost: a\r\n\r\n"
            client.send(Bool.random(using: &random) ? head : head + head)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: client.resetOnClose()
            case 1: client.finishSending()
            case 2: kept.append(client)
            default: _ = client.receive()
            }
            if kept.count > 8 { kept.remove(at: Int.random(in: 0..<8, using: &random)) }
        }
    }
}
