import Foundation
import Synchronization

/// A mirror on a port of this machine that misbehaves as the first part of the path says. One thread a connection.
final class MirrorServer: Sendable {
    enum Behavior: String, CaseIterable, Sendable {
        /// Delivers the file.
        case good
        /// Says nothing at all.
        case mute
        /// Sends the head and half of the body, then nothing.
        case stalling
        /// Promises twice what it sends, then closes.
        case truncating
        /// Sends a whole gzip stream of other content.
        case lying
        /// Sends half of the gzip stream as if that were all.
        case halving
        case notGzip = "not-gzip"
        case missing
        case broken
        /// Redirects to the good one.
        case redirecting
        /// Redirects to itself.
        case looping
        /// Redirects to a file of this machine.
        case local
        /// Promises more than is allowed.
        case promisingMuch = "promising-much"
        /// Sends more than is allowed without having promised anything.
        case sendingMuch = "sending-much"
    }

    let port: UInt16
    private let listener: Int32
    private let files: [String: [UInt8]]
    private let other: [UInt8]
    private let requested = Mutex<[String]>([])

    /// The paths asked for so far.
    var requests: [String] { requested.withLock { $0 } }

    struct CannotListen: Error { let code: Int32 }

    /// - Parameters:
    ///   - files: what `good` delivers by file name.
    ///   - other: what `lying` delivers.
    init(files: [String: [UInt8]], other: [UInt8]) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = self.listener
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else { throw CannotListen(code: errno) }
        port = UInt16(bigEndian: address.sin_port)
        self.files = files
        self.other = other
        Thread.detachNewThread { [self] in accept() }
    }

    /// The address of a mirror that behaves so.
    func mirror(_ behavior: Behavior) -> String { "http://127.0.0.1:\(port)/\(behavior.rawValue)/" }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func accept() {
        while true {
            let connection = Glibc.accept(listener, nil, nil)
            guard connection >= 0 else { break }
            Thread.detachNewThread { [self] in
                serve(connection)
                close(connection)
            }
        }
        close(listener)
    }

    private func serve(_ connection: Int32) {
        guard let path = readPath(connection) else { return }
        requested.withLock { $0.append(path) }
        let parts = path.split(separator: "/").map(String.init)
        guard parts.count == 2, let behavior = Behavior(rawValue: parts[0]), let body = files[parts[1]] else {
            return answer(connection, "404 Not Found", [])
        }
        let ok = "200 OK"
        switch behavior {
        case .good: answer(connection, ok, body)
        case .mute: waitForClose(connection)
        case .stalling:
            answer(connection, ok, Array(body.prefix(body.count / 2)), promising: body.count)
            waitForClose(connection)
        case .truncating: answer(connection, ok, body, promising: body.count * 2)
        case .lying: answer(connection, ok, other)
        case .halving: answer(connection, ok, Array(body.prefix(body.count / 2)))
        case .notGzip: answer(connection, ok, Array("<html>Welcome to the hotel's network</html>".utf8))
        case .missing: answer(connection, "404 Not Found", Array("no".utf8))
        case .broken: answer(connection, "500 Internal Server Error", [])
        case .redirecting: redirect(connection, mirror(.good) + parts[1])
        case .looping: redirect(connection, mirror(.looping) + parts[1])
        case .local: redirect(connection, "file:///etc/hostname")
        case .promisingMuch:
            answer(connection, ok, [], promising: 1 << 40)
            waitForClose(connection)
        case .sendingMuch:
            send(connection, Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".utf8))
            while send(connection, [UInt8](repeating: 0x1F, count: 64 << 10)) {}
        }
    }

    private func readPath(_ connection: Int32) -> String? {
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8), head.count < 8192 {
            guard recv(connection, &byte, 1, 0) == 1 else { return nil }
            head.append(byte)
        }
        return String(decoding: head, as: UTF8.self).split(separator: " ").dropFirst().first.map(String.init)
    }

    private func redirect(_ connection: Int32, _ address: String) {
        answer(connection, "302 Found", [], fields: "Location: \(address)\r\n")
    }

    private func answer(
        _ connection: Int32, _ status: String, _ body: [UInt8], promising: Int? = nil, fields: String = ""
    ) {
        let head =
            "HTTP/1.1 \(status)\r\nContent-Length: \(promising ?? body.count)\r\n\(fields)Connection: close\r\n\r\n"
        send(connection, Array(head.utf8) + body)
    }

    @discardableResult
    private func send(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            start += count
        }
        return true
    }

    private func waitForClose(_ connection: Int32) {
        var byte: UInt8 = 0
        while recv(connection, &byte, 1, 0) > 0 {}
    }
}
