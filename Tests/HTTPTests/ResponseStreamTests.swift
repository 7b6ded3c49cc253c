import Synchronization
import Testing

@testable import HTTP

/// A stream without a server: what its two sides see of each other.
@Suite("Response stream")
struct ResponseStreamTests {
    private final class Counts: Sendable {
        let room = Atomic<Int>(0)
        let announced = Atomic<Int>(0)
        let endings = Mutex<[ResponseStream.Ending]>([])
    }

    private let counts = Counts()

    private func stream(capacity: Int = 10) -> ResponseStream {
        var request = Request()
        request.streamBufferBytes = capacity
        let stream = ResponseStream(for: request) { [counts] in
            counts.room.add(1, ordering: .relaxed)
        } onClose: { [counts] ending in
            counts.endings.withLock { $0.append(ending) }
        }
        stream.attach { [counts] in counts.announced.add(1, ordering: .relaxed) }
        return stream
    }

    private var announced: Int { counts.announced.load(ordering: .relaxed) }
    private var endings: [ResponseStream.Ending] { counts.endings.withLock { $0 } }

    @Test func `The loop is told once, until it has looked`() {
        let stream = stream()
        #expect(stream.next() == .nothing)
        for byte in 1...3 as ClosedRange<UInt8> { #expect(stream.send([byte])) }
        #expect(announced == 1)
        #expect(stream.next() == .bytes([1, 2, 3], isLast: false))
        stream.send([4])
        stream.end()
        stream.end()
        #expect(announced == 2)
        #expect(stream.next() == .bytes([4], isLast: true))
        #expect(endings.isEmpty)
        stream.close(.ended)
        stream.close(.stalled)
        #expect(endings == [.ended])
    }

    @Test func `An end without anything before it is an end`() {
        let stream = stream()
        stream.end()
        #expect(announced == 1 && stream.next() == .bytes([], isLast: true))
    }

    @Test func `What is in hand counts, as far as it is not written`() {
        let stream = stream()
        #expect(stream.send([UInt8](repeating: 1, count: 8)))
        #expect(stream.offer([1, 2, 3]) == .full && stream.offer([1, 2]) == .taken)
        #expect(stream.next() == .bytes([UInt8](repeating: 1, count: 8) + [1, 2], isLast: false))
        // With its framing it is longer than what was sent.
        stream.wrote(left: 20)
        #expect(stream.bufferedBytes == 10 && stream.offer([1]) == .full)
        stream.wrote(left: 6)
        #expect(stream.bufferedBytes == 6 && stream.offer([1]) == .taken)
        stream.wrote(left: 0)
        #expect(counts.room.load(ordering: .relaxed) == 0)
        _ = stream.next()
        stream.wrote(left: 0)
        #expect(counts.room.load(ordering: .relaxed) == 1)
        _ = stream.offer([1])
        _ = stream.next()
        stream.wrote(left: 0)
        #expect(counts.room.load(ordering: .relaxed) == 1)
    }

    @Test func `Over the cap what waits is dropped, and the loop is told to cut`() {
        let stream = stream()
        #expect(stream.send([UInt8](repeating: 1, count: 100)))
        #expect(!stream.send([1]) && !stream.isOpen)
        #expect(stream.bufferedBytes == 0 && stream.hasOverflown)
        #expect(announced == 1)
        #expect(stream.next() == .overflow)
        #expect(stream.offer([1]) == .closed)
        stream.end()
        #expect(stream.next() == .overflow && endings.isEmpty)
    }

    @Test func `What is sent before the server has the stream is kept`() {
        let stream = ResponseStream(for: Request())
        stream.send([1])
        #expect(stream.next() == .bytes([1], isLast: false))
    }

    @Test func `A stream that answers nothing is told so when nobody has it any more`() {
        _ = stream()
        #expect(endings == [.unused])
    }

    @Test func `What the callbacks hold is let go at the end`() {
        final class Held: Sendable {}
        weak var held: Held?
        let stream: ResponseStream
        do {
            let object = Held()
            held = object
            stream = ResponseStream(for: Request(), onClose: { _ in withExtendedLifetime(object) {} })
        }
        #expect(held != nil)
        stream.close(.ended)
        #expect(held == nil)
    }
}
