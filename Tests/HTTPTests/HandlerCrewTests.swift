import Testing

@testable import HTTP

@Suite struct HandlerCrewTests {
    @Test func theUsualNumberIsCalledAndNoMore() {
        var crew = HandlerCrew(threads: 16, usual: 2)
        let calls = [crew.call(mayExceed: true), crew.call(mayExceed: true), crew.call(mayExceed: true)]
        #expect(calls == [true, true, false])
        crew.rest(wasWorking: true)
        let answer1 = crew.call(mayExceed: true)
        #expect(answer1)
    }

    @Test(arguments: [(1, 4), (4, 0), (3, 8)])
    func neverMoreThanThereAre(threads: Int, usual: Int) {
        var crew = HandlerCrew(threads: threads, usual: usual)
        var called = 0
        for _ in 0..<20 { if crew.call(mayExceed: true) { called += 1 } }
        #expect(called == min(threads, max(1, usual)))
    }

    /// For each job that lasts one more may be at work, and when they are over the number falls again.
    @Test func whoIsStuckIsReplaced() {
        var crew = HandlerCrew(threads: 4, usual: 2)
        for thread in 0..<2 {
            let answer2 = crew.call(mayExceed: true)
            #expect(answer2)
            crew.begin(thread)
        }
        let early = [crew.look(waiting: 5) { 5 }, crew.look(waiting: 5) { 5 }]
        #expect(early == [0, 0])
        let answer3 = crew.look(waiting: 1) { 1 }
        #expect(answer3 == 1, "as many as wait")
        let answer4 = crew.look(waiting: 5) { 5 }
        #expect(answer4 == 1)
        let answer5 = crew.look(waiting: 5) { 5 }
        #expect(answer5 == 0, "there are no more")
        #expect((crew.working, crew.idle) == (4, 0))
        crew.end(0)
        crew.end(1)
        #expect(crew.shouldGoOn, "until the next look")
        let answer6 = crew.look(waiting: 5) { 5 }
        #expect(answer6 == 0)
        #expect(!crew.shouldGoOn)
        crew.rest(wasWorking: true)
        crew.rest(wasWorking: true)
        #expect(crew.shouldGoOn)
    }

    /// Jobs that come and go between looks are nobody's trouble.
    @Test func aQuickSuccessionIsNotStuck() {
        var crew = HandlerCrew(threads: 8, usual: 1)
        let answer7 = crew.call(mayExceed: true)
        #expect(answer7)
        for _ in 0..<100 {
            crew.begin(0)
            let answer8 = crew.look(waiting: 3) { 3 }
            #expect(answer8 == 0)
            crew.end(0)
        }
    }

    @Test func asidesDoNotCount() {
        var crew = HandlerCrew(threads: 3, usual: 1)
        let answer9 = crew.takeIdle()
        #expect(answer9)
        let answer10 = crew.call(mayExceed: true)
        #expect(answer10)
        let answer11 = crew.join()
        #expect(!answer11)
        crew.rest(wasWorking: false)
        #expect((crew.working, crew.idle) == (1, 2))
        crew.rest(wasWorking: true)
        let answer12 = crew.takeIdle()
        #expect(answer12)
        let answer13 = crew.join()
        #expect(answer13)
        #expect((crew.working, crew.idle) == (1, 2))
    }

    /// Beyond the usual number only those are called that may be more.
    @Test func whoHasManyAtWorkGetsNoMore() {
        var crew = HandlerCrew(threads: 8, usual: 2)
        for thread in 0..<2 {
            let isCalled = crew.call(mayExceed: false)
            #expect(isCalled)
            crew.begin(thread)
        }
        for _ in 0..<3 { _ = crew.look(waiting: 5) { 0 } }
        let calls = [crew.look(waiting: 5) { 0 }, crew.look(waiting: 5) { 1 }]
        #expect(calls == [0, 1])
        #expect(crew.isExceeded)
        let isCalled = [crew.call(mayExceed: false), crew.call(mayExceed: true)]
        #expect(isCalled == [false, true])
    }
}
