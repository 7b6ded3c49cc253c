import HTTP
import Sockets
import Testing

@Suite("Connection state of an open stream")
struct StreamStateTests {
    private var driver: ConnectionDriver

    init() {
        var limits = HTTPLimits()
        (limits.requestTimeout, limits.writeStallTimeout) = (.seconds(100), .seconds(30))
        (limits.halfCloseGrace, limits.drainIdleTimeout, limits.idleTimeout) = (.seconds(1), .seconds(2), .seconds(60))
        driver = ConnectionDriver(limits)
    }

    /// A stream that began at second 1, with heartbeats every 15.
    private mutating func open(_ version: String = "1.1", _ fields: String = "", then more: String = "") {
        driver.at(1)
        driver.receive("GET /s HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n\(more)")
        #expect(driver.next() == "route /s")
        driver.state.admit(bodyLimit: 0, at: driver.now)
        #expect([driver.next(), driver.next()] == ["handle /s ", "await"])
        driver.state.streamBegan(heartbeat: .seconds(15), at: driver.now)
        #expect(driver.next() == "stream")
    }

    private mutating func passDeadline() {
        guard let deadline = driver.deadline else {
            Issue.record("there is no deadline")
            return
        }
        driver.at(deadline)
        driver.state.deadlinePassed(at: driver.now)
    }

    private mutating func write(at second: Double) {
        driver.at(second)
        driver.state.wrote(at: driver.now)
        driver.state.streamIsIdle()
    }

    @Test mutating func `A stream has no deadline as a whole, only heartbeats between its bytes`() {
        open()
        for _ in 0..<100 {
            let due = (driver.deadline ?? 0)
            passDeadline()
            #expect([driver.next(), driver.next()] == ["heartbeat", "stream"])
            write(at: due)
            #expect(driver.deadline == due + 15)
        }
        #expect(driver.now > MonotonicInstant(nanoseconds: 1_500_000_000_000))
        let last = (driver.deadline ?? 0) - 15
        write(at: last + 7)
        #expect(driver.deadline == last + 22 && driver.next() == "stream")
    }

    @Test mutating func `Without a heartbeat nothing is due`() {
        open()
        driver.state.streamBegan(at: driver.now)
        #expect(driver.deadline == nil)
    }

    @Test mutating func `A peer that takes nothing is cut, counted from when it stopped taking`() {
        open()
        driver.at(14)
        driver.state.streamIsBlocked(at: driver.now)
        #expect(driver.deadline == 44)
        driver.at(20)
        driver.state.streamIsBlocked(at: driver.now)
        #expect(driver.deadline == 44)
        driver.at(43)
        driver.state.wrote(at: driver.now)
        #expect(driver.deadline == 73)
        passDeadline()
        #expect(driver.state.hasStalled && driver.next() == "close")
    }

    @Test(arguments: ["the peer's end", "leaving", "draining"])
    mutating func `A stream is ended once, in order, and then the connection goes on or ends`(cause: String) {
        open(then: "GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
        switch cause {
        case "leaving": driver.state.beginLeaving()
        case "draining": driver.state.beginDraining(at: driver.now)
        default:
            driver.state.peerStoppedSending(at: driver.now)
            #expect(driver.deadline == 2)
            passDeadline()
        }
        #expect(driver.next() == (cause == "the peer's end" ? "end peerLeft" : "end stopped"))
        driver.state.beginDraining(at: driver.now)
        #expect([driver.next(), driver.next()] == ["stream", "stream"])
        #expect(driver.deadline == nil)
        driver.state.responseFinished(at: driver.now)
        // The head had promised that the connection lives on, so what was pipelined is served, as the last.
        #expect(driver.next() == "route /next")
        #expect(driver.state.persistence == .close)
    }

    @Test mutating func `While draining, a stream that is not read gets little time`() {
        open()
        driver.state.streamIsBlocked(at: driver.now)
        driver.state.beginDraining(at: driver.now)
        #expect([driver.next(), driver.next()] == ["end stopped", "stream"])
        #expect(driver.deadline == 3)
        passDeadline()
        #expect(driver.next() == "close")
    }

    @Test mutating func `A stream that begins while draining is ended at once, one while leaving is not`() {
        driver.state.beginLeaving()
        open()
        driver.state.responseFinished(at: driver.now)
        #expect([driver.next(), driver.next()] == ["shutdown", "read"])
        var other = StreamStateTests()
        other.driver.state.beginDraining(at: other.driver.now)
        other.driver.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(other.driver.next() == "route /")
        other.driver.state.admit(bodyLimit: 0, at: other.driver.now)
        #expect(other.driver.next() == "handle / ")
        other.driver.state.streamBegan(at: other.driver.now)
        #expect([other.driver.next(), other.driver.next()] == ["end stopped", "stream"])
    }

    @Test(arguments: ["", "Connection: keep-alive\r\n"])
    mutating func `To HTTP 1.0 a stream ends with the connection, whatever was asked for`(fields: String) {
        open("1.0", fields)
        driver.state.responseFinished(at: driver.now)
        // What the peer sent meanwhile was not read, and must not make the end a reset.
        #expect([driver.next(), driver.next()] == ["shutdown", "read"])
        driver.state.peerFinished(at: driver.now)
        #expect(driver.next() == "close")
    }

    @Test mutating func `A reset closes an open stream, and one that began too late`() {
        open()
        driver.state.broken()
        #expect(driver.next() == "close")
        var other = StreamStateTests()
        other.driver.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(other.driver.next() == "route /")
        other.driver.state.admit(bodyLimit: 0, at: other.driver.now)
        #expect(other.driver.next() == "handle / ")
        other.driver.state.broken()
        other.driver.state.streamBegan(at: other.driver.now)
        #expect(other.driver.next() == "close")
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `Whatever happens to it, a stream is begun, ended at most once by request, and left for good`(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        for _ in 0..<2000 {
            var driver = ConnectionDriver()
            driver.receive("GET /s HTTP/1.\(Int.random(in: 0...1, using: &random))\r\nHost: a\r\n\r\n")
            _ = driver.next()
            driver.state.admit(bodyLimit: 0, at: driver.now)
            _ = driver.next()
            driver.state.streamBegan(heartbeat: .seconds(15), at: driver.now)
            var (second, ends, isOver) = (0.0, 0, false)
            for _ in 0..<40 {
                second += Double.random(in: 0...20, using: &random)
                driver.at(second)
                switch Int.random(in: 0..<12, using: &random) {
                case 0: driver.state.beginLeaving()
                case 1: driver.state.beginDraining(at: driver.now)
                case 2: driver.state.peerStoppedSending(at: driver.now)
                case 3 where Int.random(in: 0..<4, using: &random) == 0: driver.state.broken()
                case 4, 5: driver.state.streamIsBlocked(at: driver.now)
                case 6, 7: driver.state.wrote(at: driver.now)
                case 8: driver.state.streamIsIdle()
                case 9 where Int.random(in: 0..<4, using: &random) == 0: driver.state.responseFinished(at: driver.now)
                default: driver.state.deadlinePassed(at: driver.now)
                }
                let action = driver.next()
                if action.hasPrefix("end ") { ends += 1 }
                let isStream = ["stream", "heartbeat"].contains(action) || action.hasPrefix("end ")
                #expect(!(isOver && isStream), "\(action) after the end")
                if !isStream { isOver = true }
                #expect(ends <= 1)
                if action == "close" { break }
            }
        }
    }
}
