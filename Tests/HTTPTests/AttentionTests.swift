import Sockets
import Testing

@testable import HTTP

@Suite struct AttentionTests {
    /// Microseconds from an answer to the next request, and whether the loop stays awake after that one's answer.
    @Test(arguments: [(50, true), (199, true), (200, false), (5000, false)])
    func staysAwakeForAQuickClient(gap: Int, isAwake: Bool) {
        let start = MonotonicInstant.now
        func at(_ microseconds: Int) -> MonotonicInstant { start.advanced(by: .microseconds(microseconds)) }
        var attention = Attention()
        func awake(_ microseconds: Int) -> Bool { attention.isAwake(at: at(microseconds)) }
        attention.came(at: start)
        attention.answered(at: start)
        let afterTheFirst = awake(0)
        attention.came(at: at(gap))
        let whileHandling = awake(gap)
        attention.answered(at: at(gap + 300))
        let afterTheSecond = [300, 399, 400, 300].map { awake(gap + $0) }
        #expect(!afterTheFirst && !whileHandling)
        #expect(afterTheSecond == [isAwake, isAwake, false, false])
    }
}
