import Glibc
import Testing

@testable import Sockets

@Suite("Listener")
struct ListenerTests {
    @Test(arguments: ["127.0.0.1", "::1", "localhost"])
    func `Port 0 gives a free port, and its number`(host: String) throws {
        let listener = try Listener(host: host, port: 0)
        #expect(listener.address.port != 0)
        guard case .wouldBlock = listener.accept() else {
            Issue.record("nobody connected")
            return
        }
    }

    @Test func `A taken port is one clear line`() throws {
        let first = try Listener(host: "127.0.0.1", port: 0)
        let address = first.address.description
        #expect(throws: SocketError.addressInUse(address: address)) {
            _ = try Listener(host: "127.0.0.1", port: first.address.port)
        }
        #expect(
            SocketError.addressInUse(address: address).description
                == "Cannot listen on \(address): the address is already in use.")
    }

    @Test func `An address of another machine is told as such`() {
        #expect(throws: SocketError.addressNotAvailable(address: "192.0.2.1:0")) {
            _ = try Listener(host: "192.0.2.1", port: 0)
        }
    }

    @Test func `An accepted connection knows its peer and carries bytes`() throws {
        let listener = try Listener(host: "127.0.0.1", port: 0)
        let client = try ClientSocket(port: listener.address.port)
        guard case .connection(let descriptor, let peer) = listener.accept() else {
            Issue.record("not accepted")
            return
        }
        #expect(peer == "127.0.0.1")
        #expect(client.send("hello"))
        var received = [UInt8](repeating: 0, count: 16)
        let result = received.withUnsafeMutableBytes { descriptor.receive(into: $0) }
        #expect(result == .transferred(5))
        #expect(received.withUnsafeMutableBytes { descriptor.receive(into: $0) } == .wouldBlock)
        let flags = fcntl(descriptor.rawValue, F_GETFD)
        #expect(flags & FD_CLOEXEC != 0)
        var (noDelay, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        #expect(getsockopt(descriptor.rawValue, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, &size) == 0 && noDelay != 0)
    }

    @Test(arguments: [
        (ECONNABORTED, Listener.AcceptErrorMeaning.retry), (EPROTO, .retry), (EHOSTUNREACH, .retry),
        (EAGAIN, .nothingWaiting), (EMFILE, .exhausted), (ENFILE, .exhausted), (ENOMEM, .exhausted),
        (EBADF, .exhausted),
    ])
    func `Accept errors mean what accept(2) says`(code: Int32, expected: Listener.AcceptErrorMeaning) {
        #expect(Listener.meaning(ofAcceptError: code) == expected)
    }
}
