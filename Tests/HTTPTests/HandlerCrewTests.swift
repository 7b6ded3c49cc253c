import Testing

@testable import HTTP

@Suite struct HandlerCrewTests {
    @Test func theUsualNumberIsCalledAndNoMore() {
        var crew = HandlerCrew(threads: 16, usual: 2)
        let calls = [crew.call(mayExceed: true), crew.call(mayExceed: true), crew.call(mayExceed: true)]
        #expect(calls == [0, 1, nil])
        crew.rest(0, wasWorking: true)
        let call = crew.call(mayExceed: true)
        #expect(call == 0, "who has rested least")
    }

    @Test(arguments: [(1, 4), (4, 0), (3, 8)])
    func neverMoreThanThereAre(threads: Int, usual: Int) {
        var crew = HandlerCrew(threads: threads, usual: usual)
        let called = (0..<20).compactMap { _ in crew.call(mayExceed: true) }
        #expect(called == Array(0..<min(threads, max(1, usual))))
    }

    /// For each job that lasts one more may be at work, and when they are over the number falls again.
    @Test func whoIsStuckIsReplaced() {
        var crew = HandlerCrew(threads: 4, usual: 2)
        begin(&crew, threads: 2)
        var woken = [crew.look(waiting: 5) { 5 }, crew.look(waiting: 5) { 5 }]
        #expect(woken == [[], []])
        woken = [crew.look(waiting: 1) { 1 }]
        #expect(woken == [[2]], "as many as wait")
        woken = [crew.look(waiting: 5) { 5 }, crew.look(waiting: 5) { 5 }]
        #expect(woken == [[3], []], "there are no more")
        #expect((crew.working, crew.idle) == (4, []))
        crew.end(0)
        crew.end(1)
        #expect(crew.shouldGoOn, "until the next look")
        woken = [crew.look(waiting: 5) { 5 }]
        #expect(woken == [[]])
        #expect(!crew.shouldGoOn)
        crew.rest(0, wasWorking: true)
        crew.rest(1, wasWorking: true)
        #expect(crew.shouldGoOn)
    }

    /// A job of several requests may take as much longer: it is no reason to put others beside it, which would only take
    /// its time.
    @Test(arguments: [1, 2, 16])
    func aJobOfManyIsGivenAMomentForEach(requests: Int) {
        var crew = HandlerCrew(threads: 4, usual: 1)
        begin(&crew, threads: 1, requests: requests)
        for look in 0..<(requests + 1) {
            let woken = crew.look(waiting: 5) { 5 }
            #expect(woken == [], "look \(look)")
        }
        let woken = crew.look(waiting: 5) { 5 }
        #expect(woken == [1])
    }

    /// Jobs that come and go between looks are nobody's trouble.
    @Test func aQuickSuccessionIsNotStuck() {
        var crew = HandlerCrew(threads: 8, usual: 1)
        begin(&crew, threads: 1)
        for _ in 0..<100 {
            let woken = crew.look(waiting: 3) { 3 }
            #expect(woken == [])
            crew.end(0)
            crew.begin(0, requests: 1)
        }
    }

    @Test func asidesDoNotCount() {
        var crew = HandlerCrew(threads: 3, usual: 1)
        let called = [crew.takeIdle(), crew.call(mayExceed: true)]
        #expect(called == [0, 1])
        var joins = crew.join()
        #expect(!joins)
        crew.rest(0, wasWorking: false)
        #expect((crew.working, crew.idle) == (1, [2, 0]))
        crew.rest(1, wasWorking: true)
        let aside = crew.takeIdle()
        #expect(aside == 1)
        joins = crew.join()
        #expect(joins)
        #expect((crew.working, crew.idle) == (1, [2, 0]))
    }

    /// Beyond the usual number only those are called that may be more.
    @Test func whoHasManyAtWorkGetsNoMore() {
        var crew = HandlerCrew(threads: 8, usual: 2)
        begin(&crew, threads: 2)
        for _ in 0..<3 { _ = crew.look(waiting: 5) { 0 } }
        let woken = [crew.look(waiting: 5) { 0 }, crew.look(waiting: 5) { 1 }]
        #expect(woken == [[], [2]])
        #expect(crew.isExceeded)
        let calls = [crew.call(mayExceed: false), crew.call(mayExceed: true)]
        #expect(calls == [nil, 3])
    }

    private func begin(_ crew: inout HandlerCrew, threads: Int, requests: Int = 1) {
        for thread in 0..<threads {
            let called = crew.call(mayExceed: false)
            #expect(called == thread)
            crew.begin(thread, requests: requests)
        }
    }
}
