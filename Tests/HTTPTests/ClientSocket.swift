import Glibc

/// A blocking client for tests, written without the code under test; every wait ends after 5 seconds.
final class ClientSocket {
    let descriptor: Int32
    private var isOpen = true

    struct Failure: Error { let code: Int32 }

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard status == 0 else { throw Failure(code: errno) }
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit {
        close()
    }

    func close() {
        if isOpen { _ = Glibc.close(descriptor) }
        isOpen = false
    }

    /// Whether all of it went out.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    func finishSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    /// The connection is reset when it is closed.
    func resetOnClose() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    }

    /// Some bytes; empty at the end; nil on an error or after 5 seconds.
    func receive(atMost limit: Int = 65536) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = recv(descriptor, &buffer, limit, 0)
        guard count >= 0 else { return nil }
        return Array(buffer[..<count])
    }

    /// Everything up to the end; nil if the connection was reset or nothing came for 5 seconds.
    func receiveAll() -> String? {
        var all: [UInt8] = []
        while let piece = receive() {
            if piece.isEmpty { return String(decoding: all, as: UTF8.self) }
            all += piece
        }
        return nil
    }

    /// Everything up to and with the text.
    func receive(until text: String) -> String {
        var all: [UInt8] = []
        while let piece = receive(atMost: 1), !piece.isEmpty {
            all += piece
            if all.reversed().starts(with: text.utf8.reversed()) { break }
        }
        return String(decoding: all, as: UTF8.self)
    }
}
