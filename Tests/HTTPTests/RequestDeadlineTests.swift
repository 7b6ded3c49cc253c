import HTTP
import Testing

@Suite("Whole-request deadline")
struct RequestDeadlineTests {
    @Test(arguments: ["body", "handling", "responding"])
    func `A whole request has a deadline, wherever it is`(phase: String) {
        var limits = HTTPLimits()
        (limits.requestTimeout, limits.bodyGrace, limits.writeStallTimeout) = (.seconds(5), .seconds(60), .seconds(60))
        var driver = ConnectionDriver(limits)
        driver.at(1)
        driver.receive("G")
        #expect(driver.next() == "read")
        driver.at(3)
        driver.receive("ET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na")
        #expect(driver.next() == "route /")
        driver.state.admit(bodyLimit: 10, at: driver.now)
        #expect(driver.next() == "read")
        if phase != "body" {
            driver.receive("b")
            #expect(driver.next() == "handle / ab")
        }
        if phase == "responding" {
            driver.state.responseReady(at: driver.now)
            #expect(driver.next() == "write")
        }
        #expect(driver.deadline == 6)
        driver.at(6)
        driver.state.deadlinePassed(at: driver.now)
        #expect(driver.next() == ["body": "fault 408", "handling": "await", "responding": "close"][phase])
        #expect(driver.state.isExpired == (phase == "handling") && !driver.state.isCancelled)
        if phase == "handling" { #expect(driver.respond() == ["write"]) }
    }
}
