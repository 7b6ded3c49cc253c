import HTTP
import Sockets
import Testing

@Suite("A peer that has ended its side")
struct HalfCloseTests: SendsRequests {
    @Test func `A half-closed peer gets a grace, then its request is cancelled`() {
        var driver = ConnectionDriver()
        driver.receive(get("/"))
        #expect(driver.next() == "route /")
        driver.state.admit(bodyLimit: 0, at: driver.now)
        #expect(driver.next() == "handle / ")
        driver.at(1)
        driver.state.peerStoppedSending(at: driver.now)
        #expect(!driver.state.isCancelled)
        #expect(driver.deadline == 2.0)
        driver.at(2.0)
        driver.state.deadlinePassed(at: driver.now)
        #expect(driver.state.isCancelled)
        #expect(driver.next() == "await")
        driver.state.responseReady(at: driver.now)
        // Without an answer, but in order: there may be answers before that it has not read yet.
        #expect([driver.next(), driver.next()] == ["shutdown", "read"])
        driver.state.peerFinished(at: driver.now)
        #expect(driver.next() == "close")
    }

    @Test func `The grace of a half-closed peer begins anew with each answer that it takes`() {
        var driver = ConnectionDriver()
        driver.receive((1...5).map { get("/\($0)") }.joined())
        driver.state.peerFinished(at: driver.now)
        for number in 1...5 {
            #expect(driver.next() == "route /\(number)")
            driver.state.admit(bodyLimit: 0, at: driver.now)
            #expect(driver.next() == "handle /\(number) ")
            driver.at(0.9 * Double(number))
            #expect(driver.deadline.map { $0 > 0.9 * Double(number) } == true)
            #expect(driver.respond() == ["write"])
        }
        #expect(driver.next() == "close")
    }

    @Test func `What a half-closed peer sent before its end is still read`() {
        var driver = ConnectionDriver()
        driver.receive(get("/1"))
        #expect(driver.next() == "route /1")
        driver.state.admit(bodyLimit: 0, at: driver.now)
        #expect(driver.next() == "handle /1 ")
        driver.state.peerStoppedSending(at: driver.now)
        #expect(driver.respond() == ["write"])
        #expect(driver.next() == "read")
        driver.receive(get("/2"))
        #expect(driver.answer() == ["route /2", "handle /2 ", "write"])
        #expect(driver.next() == "read")
        driver.state.peerFinished(at: driver.now)
        #expect(driver.next() == "close")
    }

    @Test func `A half-closed peer still gets the answers to what it pipelined`() {
        var driver = ConnectionDriver()
        driver.receive(get("/1") + get("/2"))
        driver.state.peerFinished(at: driver.now)
        #expect(driver.answer() == ["route /1", "handle /1 ", "write"])
        #expect(driver.answer() == ["route /2", "handle /2 ", "write"])
        #expect(driver.next() == "close")
    }
}
