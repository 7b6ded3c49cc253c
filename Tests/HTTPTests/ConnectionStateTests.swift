import HTTP
import Sockets
import Testing

@Suite("Connection state")
struct ConnectionStateTests: SendsRequests {
    @Test func `Pipelined requests are answered in order, one at a time (RFC 9112 §9.3.2)`() {
        var driver = ConnectionDriver()
        driver.receive(get("/1") + post("/2", "Content-Length: 2\r\n", "ab") + get("/3"))
        #expect(driver.answer() == ["route /1", "handle /1 ", "write"])
        #expect(driver.answer() == ["route /2", "handle /2 ab", "write"])
        #expect(driver.answer() == ["route /3", "handle /3 ", "write"])
        #expect(driver.next() == "read")
    }

    @Test func `Nothing of the next request is looked at before the answer`() {
        var driver = ConnectionDriver()
        driver.receive(get("/1") + "nonsense\r\n\r\n")
        #expect(driver.next() == "route /1")
        driver.state.admit(bodyLimit: 0, at: driver.now)
        #expect(driver.next() == "handle /1 ")
        #expect(driver.next() == "await")
        #expect(driver.respond() == ["write"])
        #expect(driver.next() == "fault 400")
        #expect(driver.state.persistence == .close)
        #expect(driver.respond() == ["write"])
        #expect([driver.next(), driver.next()] == ["shutdown", "read"])
    }

    @Test func `Close is kept, and said (RFC 9112 §9.6)`() {
        var driver = ConnectionDriver()
        driver.receive(get("/", "Connection: close\r\n"))
        #expect(driver.next() == "route /")
        #expect(driver.state.persistence == .close)
        driver.state.admit(bodyLimit: 0, at: driver.now)
        #expect(driver.next() == "handle / ")
        #expect(driver.respond() == ["write"])
        #expect(driver.next() == "close")
    }

    @Test func `HTTP/1.0 lives on only when asked to, and is told`() {
        for (fields, expected) in [("", ResponseEncoder.Persistence.close), ("Connection: keep-alive\r\n", .keepAlive)]
        {
            var driver = ConnectionDriver()
            driver.receive("GET / HTTP/1.0\r\n\(fields)\r\n")
            #expect(driver.next() == "route /")
            #expect(driver.state.persistence == expected)
        }
    }

    @Test func `100 Continue is sent once, and only to a client that waits (RFC 9110 §10.1.1)`() {
        var driver = ConnectionDriver()
        driver.receive(post("/", "Content-Length: 2\r\nExpect: 100-continue\r\n"))
        #expect(driver.next() == "route /")
        driver.state.admit(bodyLimit: 10, at: driver.now)
        #expect([driver.next(), driver.next()] == ["continue", "read"])
        driver.receive("ab")
        #expect(driver.next() == "handle / ab")

        driver = ConnectionDriver()
        driver.receive(post("/", "Content-Length: 2\r\nExpect: 100-continue\r\n", "a"))
        #expect(driver.next() == "route /")
        driver.state.admit(bodyLimit: 10, at: driver.now)
        #expect(driver.next() == "read")
    }

    @Test(arguments: [
        ("nothing", "", "close"), ("half a head", "GET / HT", "fault 400"), ("an empty line", "\r\n", "close"),
        ("half an empty line", "\r", "close"), ("an empty line and a byte", "\r\nG", "fault 400"),
    ])
    func `The peer's end between requests is no error, inside one it is`(name: String, sent: String, expected: String) {
        var driver = ConnectionDriver()
        driver.receive(sent)
        #expect(driver.next() == "read")
        driver.state.peerFinished(at: driver.now)
        #expect(driver.next() == expected)
    }

    @Test func `An empty line after a body begins no request that could be late (RFC 9112 §2.2)`() {
        for sent in ["\r\n", "\r"] {
            var driver = ConnectionDriver()
            driver.receive(post("/", "Content-Length: 1\r\n", "a") + sent)
            #expect(driver.answer() == ["route /", "handle / a", "write"])
            #expect(driver.next() == "read")
            #expect(!driver.state.isBusy)
            #expect(driver.deadline == 60)
            driver.at(60)
            driver.state.deadlinePassed(at: driver.now)
            #expect(driver.next() == "close")
        }
    }

    @Test(arguments: ["Content-Length: 5\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"])
    func `A truncated body is a failed request (RFC 9112 §8)`(rest: String) {
        var driver = ConnectionDriver()
        driver.receive("POST / HTTP/1.1\r\nHost: a\r\n\(rest)")
        #expect(driver.next() == "route /")
        driver.state.admit(bodyLimit: 10, at: driver.now)
        #expect(driver.next() == "read")
        driver.state.peerFinished(at: driver.now)
        #expect(driver.next() == "fault 400")
    }

    @Test func `The head has a deadline that single bytes do not move`() {
        var driver = ConnectionDriver()
        #expect(driver.deadline == 10)
        driver.at(9)
        driver.receive("G")
        #expect(driver.next() == "read")
        #expect(driver.deadline == 10)
        driver.at(10)
        driver.state.deadlinePassed(at: driver.now)
        #expect(driver.next() == "fault 408")
    }

    @Test func `A silent connection is closed without a word, an idle one later`() {
        var driver = ConnectionDriver()
        driver.at(10)
        driver.state.deadlinePassed(at: driver.now)
        #expect(driver.next() == "close")

        driver = ConnectionDriver()
        driver.receive(get("/"))
        _ = driver.answer()
        #expect(driver.next() == "read")
        #expect(driver.deadline == 60)
        driver.at(50)
        driver.receive("G")
        #expect(driver.next() == "read")
        #expect(driver.deadline == 60)
        driver.at(60)
        driver.state.deadlinePassed(at: driver.now)
        #expect(driver.next() == "fault 408")
    }

    @Test func `A body must come at the least rate`() {
        var limits = HTTPLimits()
        limits.bodyBytesPerSecond = 2
        var driver = ConnectionDriver(limits)
        driver.receive(post("/", "Content-Length: 50\r\n", "abcd"))
        #expect(driver.next() == "route /")
        driver.state.admit(bodyLimit: 100, at: driver.now)
        #expect(driver.next() == "read")
        #expect(driver.deadline == 12)
        driver.at(12)
        driver.state.deadlinePassed(at: driver.now)
        #expect(driver.next() == "fault 408")
    }

    @Test func `A client that does not read is given up, one that reads slowly is not`() {
        var driver = ConnectionDriver()
        driver.receive(get("/"))
        #expect(driver.next() == "route /")
        driver.state.admit(bodyLimit: 0, at: driver.now)
        #expect(driver.next() == "handle / ")
        #expect(driver.deadline == 300)
        driver.at(5)
        driver.state.responseReady(at: driver.now)
        #expect(driver.deadline == 35)
        driver.at(30)
        driver.state.wrote(at: driver.now)
        #expect(driver.deadline == 60)
        driver.at(60)
        driver.state.deadlinePassed(at: driver.now)
        #expect(driver.next() == "close")
    }

    @Test func `A reset cancels at once, and nothing is written`() {
        var driver = ConnectionDriver()
        driver.receive(get("/"))
        #expect(driver.next() == "route /")
        driver.state.admit(bodyLimit: 0, at: driver.now)
        #expect(driver.next() == "handle / ")
        driver.state.broken()
        #expect(driver.state.isCancelled)
        #expect(driver.next() == "await")
        driver.state.responseReady(at: driver.now)
        #expect(driver.next() == "close")
    }

    @Test func `Lingering ends by time and by bytes`() {
        var limits = HTTPLimits()
        limits.lingerBytes = 10
        for sent in ["12345678901", ""] {
            var driver = ConnectionDriver(limits)
            driver.receive("bad\r\n")
            #expect(driver.next() == "fault 400")
            #expect(driver.respond() == ["write"])
            #expect([driver.next(), driver.next()] == ["shutdown", "read"])
            #expect(driver.deadline == 2)
            driver.receive(sent)
            if sent.isEmpty {
                driver.at(2)
                driver.state.deadlinePassed(at: driver.now)
            }
            #expect(driver.next() == "close")
        }
    }

    @Test func `Draining closes the idle after a moment, and the busy after their answer`() {
        var idle = ConnectionDriver()
        idle.state.beginDraining(at: idle.now)
        #expect(idle.next() == "read")
        idle.now = idle.now.advanced(by: HTTPLimits().drainIdleTimeout)
        idle.state.deadlinePassed(at: idle.now)
        #expect([idle.next(), idle.next()] == ["shutdown", "read"])
        idle.state.peerFinished(at: idle.now)
        #expect(idle.next() == "close")

        var busy = ConnectionDriver()
        busy.receive(get("/"))
        #expect(busy.next() == "route /")
        busy.state.admit(bodyLimit: 0, at: busy.now)
        busy.state.beginDraining(at: busy.now)
        #expect(busy.next() == "handle / ")
        #expect(busy.state.persistence == .close)
        #expect(busy.respond() == ["write"])
        #expect(busy.next() == "shutdown")
    }

    @Test func `A server that leaves says so in each answer, and waits for the idle as ever`() {
        var driver = ConnectionDriver()
        driver.receive(get("/1"))
        _ = driver.answer()
        driver.state.beginLeaving()
        #expect(driver.next() == "read")
        #expect(driver.deadline == 60)
        driver.receive(get("/2"))
        #expect(driver.next() == "route /2")
        #expect(driver.state.persistence == .close)
        driver.state.admit(bodyLimit: 0, at: driver.now)
        #expect(driver.next() == "handle /2 ")
        #expect(driver.respond() == ["write"])
        #expect([driver.next(), driver.next()] == ["shutdown", "read"])
    }

    @Test func `Draining answers the request of a client that was promised another`() {
        var driver = ConnectionDriver()
        driver.receive(get("/1"))
        #expect(driver.next() == "route /1")
        driver.state.admit(bodyLimit: 0, at: driver.now)
        #expect(driver.next() == "handle /1 ")
        #expect(driver.state.persistence == .implied)
        driver.state.beginDraining(at: driver.now)
        #expect(driver.respond() == ["write"])
        #expect(driver.next() == "read")

        driver.receive(get("/2"))
        #expect(driver.next() == "route /2")
        driver.state.admit(bodyLimit: 0, at: driver.now)
        #expect(driver.next() == "handle /2 ")
        #expect(driver.state.persistence == .close)
        #expect(driver.respond() == ["write"])
        #expect(driver.next() == "shutdown")
    }
}
