import HTTP
import Sockets
import Testing

@Suite("Refusals of a connection")
struct ConnectionRefusalTests: SendsRequests {
    @Test func `A declared body over the route's cap is refused unread, then the client is let read the answer`() {
        var driver = ConnectionDriver()
        driver.receive(post("/", "Content-Length: 11\r\nExpect: 100-continue\r\n"))
        #expect(driver.next() == "route /")
        driver.state.admit(bodyLimit: 10, at: driver.now)
        #expect(driver.next() == "fault 413")
        #expect(driver.respond() == ["write"])
        #expect([driver.next(), driver.next()] == ["shutdown", "read"])
        driver.receive(get("/smuggled"))
        #expect(driver.next() == "read")
        driver.state.peerFinished(at: driver.now)
        #expect(driver.next() == "close")
    }

    @Test(arguments: [
        ("a small body is drained", "Content-Length: 3\r\n", "abc", true),
        ("small chunks are drained", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n", true),
        ("a large body closes", "Content-Length: 99999\r\n", "", false),
        ("large chunks close", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\nfffff\r\n", false),
        ("a client that waits is answered at once", "Content-Length: 3\r\nExpect: 100-continue\r\n", "", false),
    ])
    func refusal(name: String, fields: String, body: String, survives: Bool) {
        var driver = ConnectionDriver()
        driver.receive(post("/1", fields, body) + get("/2"))
        #expect(driver.next() == "route /1")
        driver.state.refuse(at: driver.now)
        #expect(driver.next() == "handle /1 ")
        #expect(driver.respond() == ["write"])
        #expect(driver.next() == (survives ? "route /2" : "shutdown"))
    }

    @Test(arguments: [
        ("a length", "Content-Length: 3\r\n", "", "abc"), ("a part of it", "Content-Length: 3\r\n", "a", "bc"),
        ("chunks", "Transfer-Encoding: chunked\r\n", "3\r\nab", "c\r\n0\r\n\r\n"),
    ])
    func `A refusal does not wait for the body, which is dropped when it comes`(
        name: String, fields: String, first: String, rest: String
    ) {
        func refused() -> ConnectionDriver {
            var driver = ConnectionDriver()
            driver.receive(post("/1", fields, first))
            #expect(driver.next() == "route /1")
            driver.state.refuse(at: driver.now)
            #expect(driver.next() == "handle /1 ")
            #expect(driver.state.persistence == .implied)
            #expect(driver.respond() == ["write"])
            #expect(driver.next() == "read")
            return driver
        }
        var driver = refused()
        driver.receive(rest + get("/2"))
        #expect(driver.next() == "route /2")

        // One that does not come ends the connection, in order and without a second answer, as its end and a fault in it do.
        driver = refused()
        driver.at(driver.deadline ?? 0)
        driver.state.deadlinePassed(at: driver.now)
        #expect([driver.next(), driver.next()] == ["shutdown", "read"])
        driver = refused()
        driver.state.peerFinished(at: driver.now)
        #expect([driver.next(), driver.next()] == ["shutdown", "close"])
        driver = refused()
        driver.state.beginDraining(at: driver.now)
        #expect(driver.deadline == 0.25)
    }

    @Test func `A fault in a body that is dropped ends the connection in order`() {
        var driver = ConnectionDriver()
        driver.receive(post("/1", "Transfer-Encoding: chunked\r\n", "x\r\n") + get("/2"))
        #expect(driver.next() == "route /1")
        driver.state.refuse(at: driver.now)
        #expect(driver.next() == "handle /1 ")
        #expect(driver.respond() == ["write"])
        #expect([driver.next(), driver.next()] == ["shutdown", "read"])
    }
}
