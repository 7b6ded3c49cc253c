import Testing

@testable import HTTP

@Suite struct HandlerCrewTests {
    @Test func theUsualNumberIsCalledAndNoMore() {
        var crew = HandlerCrew(threads: 16, usual: 2)
        let calls = [crew.call(), crew.call(), crew.call()]
        #expect(calls == [true, true, false])
        crew.rest(wasWorking: true)
        let answer1 = crew.call()
        #expect(answer1)
    }

    @Test(arguments: [(1, 4), (4, 0), (3, 8)])
    func neverMoreThanThereAre(threads: Int, usual: Int) {
        var crew = HandlerCrew(threads: threads, usual: usual)
        var called = 0
        for _ in 0..<20 { if crew.call() { called += 1 } }
        #expect(called == min(threads, max(1, usual)))
    }

    /// For each job that lasts one more may be at work, and when they are over the number falls again.
    @Test func whoIsStuckIsReplaced() {
        var crew = HandlerCrew(threads: 4, usual: 2)
        for thread in 0..<2 {
            let answer2 = crew.call()
            #expect(answer2)
            crew.begin(thread)
        }
        let early = [crew.look(waiting: 5), crew.look(waiting: 5)]
        #expect(early == [0, 0])
        let answer3 = crew.look(waiting: 1)
        #expect(answer3 == 1, "as many as wait")
        let answer4 = crew.look(waiting: 5)
        #expect(answer4 == 1)
        let answer5 = crew.look(waiting: 5)
        #expect(answer5 == 0, "there are no more")
        #expect((crew.working, crew.idle) == (4, 0))
        crew.end(0)
        crew.end(1)
        #expect(crew.shouldGoOn, "until the next look")
        let answer6 = crew.look(waiting: 5)
        #expect(answer6 == 0)
        #expect(!crew.shouldGoOn)
        crew.rest(wasWorking: true)
        crew.rest(wasWorking: true)
        #expect(crew.shouldGoOn)
    }

    /// Jobs that come and go between looks are nobody's trouble.
    @Test func aQuickSuccessionIsNotStuck() {
        var crew = HandlerCrew(threads: 8, usual: 1)
        let answer7 = crew.call()
        #expect(answer7)
        for _ in 0..<100 {
            crew.begin(0)
            let answer8 = crew.look(waiting: 3)
            #expect(answer8 == 0)
            crew.end(0)
        }
    }

    @Test func asidesDoNotCount() {
        var crew = HandlerCrew(threads: 3, usual: 1)
        let answer9 = crew.takeIdle()
        #expect(answer9)
        let answer10 = crew.call()
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
}
