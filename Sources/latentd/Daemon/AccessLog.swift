import Foundation
import HTTP
import Synchronization

/// One line of JSON a request, written by a thread of its own: an answer waits neither for the disk nor for the text.
///
/// What was asked for stands in it without its query; bodies and fields never do.
final class AccessLog: Sendable {
    private struct Entry {
        let record: AccessRecord
        let time: timespec
    }

    private struct State {
        var entries: [Entry] = []
        var dropped = 0
        var isClosed = false
        var wantsReopening = false
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let path: String
    private let onFailure: @Sendable (String) -> Void

    /// Entries that may wait for the writer; more are dropped and counted.
    private static let capacity = 65_536
    private static let interval: DispatchTimeInterval = .milliseconds(200)

    /// - Parameters:
    ///   - path: a file, appended to; `stdout` is the standard output.
    ///   - onFailure: told when lines cannot be written, once until they can again.
    /// - Throws: where the file cannot be opened.
    init(path: String, onFailure: @escaping @Sendable (String) -> Void) throws(AccessLogError) {
        self.path = path
        self.onFailure = onFailure
        let descriptor = try Self.open(path)
        Thread { [self] in work(descriptor) }.start()
    }

    /// Takes an entry; never blocks for long and never fails.
    func add(_ record: AccessRecord) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let isMuch = state.withLock { state in
            guard !state.isClosed, state.entries.count < Self.capacity else {
                state.dropped += 1
                return false
            }
            state.entries.append(Entry(record: record, time: time))
            return state.entries.count == Self.capacity / 8
        }
        if isMuch { wake.signal() }
    }

    /// Opens the file anew, after it was moved away.
    func reopen() {
        state.withLock { $0.wantsReopening = true }
        wake.signal()
    }

    /// Writes what there is and ends, but waits no longer than two seconds for a reader that takes nothing.
    func close() {
        state.withLock { $0.isClosed = true }
        wake.signal()
        _ = ended.wait(timeout: .now() + 2)
    }

    private func work(_ first: Int32) {
        var descriptor = first
        var isFailing = false
        var clock = LogClock()
        while true {
            _ = wake.wait(timeout: .now() + Self.interval)
            var taken = State()
            state.withLock { state in
                taken = state
                (state.entries, state.dropped, state.wantsReopening) = ([], 0, false)
            }
            if taken.wantsReopening, path != "stdout", let fresh = try? Self.open(path) {
                Glibc.close(descriptor)
                descriptor = fresh
            }
            var line = AccessLine()
            for entry in taken.entries { line.append(entry.record, at: clock.text(entry.time)) }
            if taken.dropped > 0 { line.append(dropped: taken.dropped) }
            if !Self.write(line.bytes, to: descriptor) {
                if !isFailing { onFailure(String(cString: strerror(errno))) }
                isFailing = true
            } else if !line.bytes.isEmpty {
                isFailing = false
            }
            if taken.isClosed {
                ended.signal()
                return
            }
        }
    }

    private static func open(_ path: String) throws(AccessLogError) -> Int32 {
        if path == "stdout" { return STDOUT_FILENO }
        let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw AccessLogError(path: path, reason: String(cString: strerror(errno))) }
        return descriptor
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }
}

/// The access log cannot be begun.
struct AccessLogError: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "the access log '\(path)' cannot be opened: \(reason)." }
}
