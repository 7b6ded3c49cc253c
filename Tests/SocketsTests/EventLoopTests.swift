import Glibc
import Synchronization
import Testing

@testable import Sockets

/// A connected pair of non-blocking sockets.
private struct Pair: ~Copyable {
    let near: OwnedDescriptor
    let far: OwnedDescriptor

    init() {
        var numbers: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        _ = socketpair(AF_UNIX, kind, 0, &numbers)
        near = OwnedDescriptor(takingOver: numbers[0])
        far = OwnedDescriptor(takingOver: numbers[1])
    }

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { far.send($0, UnsafeRawBufferPointer(start: nil, count: 0)) }
    }
}

private final class ManualClock {
    var now = MonotonicInstant(nanoseconds: 0)
}

@Suite("Event loop")
struct EventLoopTests {
    private func events(_ loop: EventLoop) throws -> [EventLoop.Event] {
        var events: [EventLoop.Event] = []
        try loop.turn(maximumWait: .zero) { events.append($0) }
        return events
    }

    @Test func `Reading is reported once when it begins`() throws {
        let loop = try EventLoop(waker: Waker())
        let pair = Pair()
        let registration = try loop.add(pair.near.rawValue, interest: .everythingOnce)
        #expect(try events(loop) == [.ready(registration, .writing)])
        #expect(try events(loop).isEmpty)
        pair.write("a")
        #expect(try events(loop) == [.ready(registration, [.reading, .writing])])
        #expect(try events(loop).isEmpty)
        pair.far.shutdownSending()
        #expect(try events(loop) == [.ready(registration, [.reading, .writing, .peerFinished])])
    }

    @Test func `An event for a removed descriptor is dropped, though its slot is used again`() throws {
        let loop = try EventLoop(waker: Waker())
        let first = Pair()
        let second = Pair()
        first.write("a")
        second.write("a")
        var registrations = [
            try loop.add(first.near.rawValue, interest: .reading),
            try loop.add(second.near.rawValue, interest: .reading),
        ]
        var seen = 0
        let third = Pair()
        try loop.turn(maximumWait: .zero) { event in
            seen += 1
            guard case .ready(let registration, _) = event,
                let other = registrations.first(where: { $0 != registration })
            else { return }
            // The other's event is in hand already.
            loop.remove(other)
            guard let reused = try? loop.add(third.near.rawValue, interest: .reading) else { return }
            #expect(reused.slot == other.slot && reused != other)
            registrations = []
        }
        #expect(seen == 1)
    }

    @Test func `Deadlines are reported once, in any order set, and can be moved and cleared`() throws {
        let clock = ManualClock()
        let loop = try EventLoop(waker: Waker(), clock: { clock.now })
        let first = Pair()
        let second = Pair()
        let third = Pair()
        let one = try loop.add(first.near.rawValue, interest: .reading)
        let two = try loop.add(second.near.rawValue, interest: .reading)
        let three = try loop.add(third.near.rawValue, interest: .reading)
        loop.setDeadline(MonotonicInstant(nanoseconds: 300), for: one)
        loop.setDeadline(MonotonicInstant(nanoseconds: 100), for: two)
        loop.setDeadline(MonotonicInstant(nanoseconds: 200), for: three)
        loop.setDeadline(MonotonicInstant(nanoseconds: 400), for: two)
        loop.setDeadline(nil, for: three)
        clock.now.nanoseconds = 299
        #expect(try events(loop).isEmpty)
        clock.now.nanoseconds = 300
        #expect(try events(loop) == [.deadline(one)])
        #expect(try events(loop).isEmpty)
        clock.now.nanoseconds = 1000
        #expect(try events(loop) == [.deadline(two)])
        loop.setDeadline(MonotonicInstant(nanoseconds: 1), for: three)
        loop.remove(three)
        #expect(try events(loop).isEmpty)
    }

    @Test func `Another thread wakes a wait that has no end`() throws {
        let waker = try Waker()
        let loop = try EventLoop(waker: waker)
        try SystemThread.start(name: "test-waker") { waker.wake() }
        var events: [EventLoop.Event] = []
        try loop.turn { events.append($0) }
        #expect(events == [.wakeup])
    }

    @Test func `A full socket takes part of a write, and a broken one is an error and no signal`() throws {
        let pair = Pair()
        let large = [UInt8](repeating: 1, count: 8 << 20)
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        let first = large.withUnsafeBytes { pair.near.send($0, none) }
        guard case .transferred(let count) = first, count < large.count else {
            Issue.record("\(first)")
            return
        }
        #expect(large.withUnsafeBytes { pair.near.send($0, none) } == .wouldBlock)
        pair.far.shutdownBoth()
        #expect(large.withUnsafeBytes { pair.near.send($0, none) } == .failed(EPIPE))
    }

    @Test func `Instants do not overflow`() {
        let last = MonotonicInstant(nanoseconds: .max)
        #expect(last.advanced(by: .seconds(1)) == last)
        #expect(MonotonicInstant(nanoseconds: 1).advanced(by: .seconds(Int64.max)) == last)
    }

    @Test func `A descriptor is closed with its owner`() {
        var numbers: [Int32] = [-1, -1]
        _ = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &numbers)
        let far = OwnedDescriptor(takingOver: numbers[1])
        do {
            let near = OwnedDescriptor(takingOver: numbers[0])
            #expect(near.rawValue == numbers[0])
        }
        var byte: UInt8 = 0
        #expect(withUnsafeMutableBytes(of: &byte) { far.receive(into: $0) } == .endOfStream)
    }
}
