import Sockets
import Testing

@testable import HTTP

@Suite("Admission")
struct AdmissionTests {
    @Test func `Each bound refuses, and what goes away gives back what it held`() {
        let admission = Admission(limits: Admission.Limits(requests: 3, requestsByShare: 2, bytes: 100))
        var permits = ["a", "a", "b"].map { Permit(admission, TurnKey(share: $0, client: "1")) }
        #expect(permits[0].takePlace() == nil && permits[0].hold(bytes: 60))
        #expect(admission.refusal(declaredBytes: 41, key: TurnKey(share: "b", client: "1")) == .bytes)
        #expect(admission.refusal(declaredBytes: 40, key: TurnKey(share: "b", client: "1")) == nil)
        #expect(permits[1].takePlace() == nil && !permits[1].hold(bytes: 41) && permits[1].hold(bytes: 40))
        #expect(admission.refusal(declaredBytes: 0, key: TurnKey(share: "a", client: "1")) == .share)
        #expect(permits[2].takePlace() == nil)
        #expect(admission.refusal(declaredBytes: 0, key: TurnKey(share: "c", client: "1")) == .requests)
        #expect(
            admission.gauges
                == Admission.Gauges(
                    requests: 3, bytes: 100, shares: ["a": 2, "b": 1], clients: ["1": 3],
                    keys: [TurnKey(share: "a", client: "1"): 2, TurnKey(share: "b", client: "1"): 1]))
        permits.removeAll()
        #expect(admission.gauges == Admission.Gauges())
    }

    @Test func `Who holds none gets in an eighth beyond a bound, who holds some does not`() {
        let admission = Admission(limits: Admission.Limits(requests: 32, requestsByShare: 16, bytes: 100))
        func place(_ share: String?, _ client: String) -> (Permit, Admission.Refusal?) {
            let permit = Permit(admission, TurnKey(share: share, client: client))
            return (permit, permit.takePlace())
        }
        var held = (0..<20).map { _ in place("a", "greedy") }
        #expect(held.count { $0.1 == nil } == 16 && held.last?.1 == .share)
        held += ["1", "2", "3"].map { place("a", $0) }
        #expect(held.suffix(3).map(\.1) == [nil, nil, .share])
        #expect(place("a", "1").1 == .share)
        held += (0..<20).map { _ in place("b", "greedy") }
        #expect(admission.gauges.requests == 32 && held.last?.1 == .requests)
        held += ["4", "5", "6", "7", "8"].map { place("b", $0) }
        #expect(held.suffix(5).map(\.1) == [nil, nil, nil, nil, .requests])
        held.removeAll()
        #expect(admission.gauges == Admission.Gauges())
    }

    @Test func `One request alone may exceed the bytes`() {
        let admission = Admission(limits: Admission.Limits(requests: 3, requestsByShare: 2, bytes: 100))
        #expect(admission.refusal(declaredBytes: 1000, key: TurnKey(share: nil, client: "1")) == nil)
        let permit = Permit(admission, TurnKey())
        #expect(permit.hold(bytes: 1000))
        #expect(admission.refusal(declaredBytes: 1, key: TurnKey(share: nil, client: "1")) == .bytes)
    }

    /// As the event loop does it, one step at a time, with a clock of its own and no threads.
    private struct Client {
        var state: ConnectionState
        var permit: Permit?
        var isHandled = false
        var left: [UInt8]
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `10,000 arrivals, cancels and ends leave every gauge at 0`(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        let admission = Admission(limits: Admission.Limits(requests: 12, requestsByShare: 5, bytes: 6000))
        var now = MonotonicInstant(nanoseconds: 0)
        var clients: [Client] = []
        var (arrived, refused, handled, peak) = (0, 0, 0, Admission.Gauges())
        while arrived < 10_000 || !clients.isEmpty {
            now = now.advanced(by: .milliseconds(Int.random(in: 0...40, using: &random)))
            if arrived < 10_000, clients.count < 60 {
                arrived += 1
                let size = Int.random(in: 0...1500, using: &random)
                let head =
                    "POST /\(Int.random(in: 0...4, using: &random)) HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n"
                clients.append(
                    Client(
                        state: ConnectionState(limits: HTTPLimits(), at: now),
                        left: Array(head.utf8) + Array(repeating: 0x61, count: size)))
            }
            guard let index = clients.indices.randomElement(using: &random) else { continue }
            switch Int.random(in: 0..<12, using: &random) {
            case 0: clients[index].state.broken()
            case 1: clients[index].state.peerFinished(at: now)
            case 2: clients[index].state.deadlinePassed(at: now)
            case 3...5 where clients[index].isHandled:
                (clients[index].isHandled, clients[index].permit) = (false, nil)
                clients[index].state.responseReady(at: now)
            default: break
            }
            if !advance(&clients[index], admission, now, &random, &refused, &handled) { clients.remove(at: index) }
            let gauges = admission.gauges
            peak.requests = max(peak.requests, gauges.requests)
            peak.bytes = max(peak.bytes, gauges.bytes)
            #expect(gauges.requests <= 12 && gauges.bytes <= 6000 && gauges.shares.counts.values.allSatisfy { $0 <= 5 })
        }
        #expect(admission.gauges == Admission.Gauges())
        // Else the run says nothing.
        #expect(
            refused > 100 && handled > 1000 && peak.requests > 5 && peak.bytes > 3000, "\(refused) \(handled) \(peak)")
    }

    /// Whether the connection lives on.
    private func advance(
        _ client: inout Client, _ admission: Admission, _ now: MonotonicInstant, _ random: inout SeededGenerator,
        _ refused: inout Int, _ handled: inout Int
    ) -> Bool {
        for _ in 0..<20 {
            switch client.state.nextAction(at: now) {
            case .read:
                guard !client.left.isEmpty else {
                    client.state.peerFinished(at: now)
                    continue
                }
                let piece = client.left.prefix(Int.random(in: 1...400, using: &random))
                client.left.removeFirst(piece.count)
                piece.withUnsafeBytes { client.state.received($0, at: now) }
                if let permit = client.permit, !permit.hold(bytes: client.state.heldBytes) {
                    client.state.giveUp(.overloaded)
                    refused += 1
                }
                return true
            case .route(let head):
                let share = head.target.rawPath
                client.permit = Permit(admission, TurnKey(share: share, client: "1"))
                if admission.refusal(
                    declaredBytes: head.framing.declaredLength, key: TurnKey(share: share, client: "1")) == nil
                {
                    client.state.admit(bodyLimit: 2000, at: now)
                } else {
                    refused += 1
                    client.state.refuse(at: now)
                }
            case .handle(_, let body):
                handled += 1
                if client.permit?.hold(bytes: body.count) == true, client.permit?.takePlace() == nil {
                    client.isHandled = true
                    return true
                }
                client.permit = nil
                client.state.responseReady(at: now)
            case .answerFault:
                client.permit = nil
                client.state.responseReady(at: now)
            case .awaitResponse: return true
            case .write: client.state.responseFinished(at: now)
            case .sendContinue, .shutdownSending, .stream, .sendHeartbeat, .endStream: break
            case .close: return false
            }
        }
        return true
    }
}
