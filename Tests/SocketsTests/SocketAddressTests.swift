import Sockets
import Testing

@Suite("Socket addresses")
struct SocketAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:80"), ("0.0.0.0", "0.0.0.0:80"), ("::1", "[::1]:80"), ("[::1]", "[::1]:80"),
        ("::", "[::]:80"), ("localhost", "127.0.0.1:80"),
    ])
    func `Literals and localhost are read`(host: String, expected: String) throws {
        #expect(try SocketAddress(host: host, port: 80).description == expected)
    }

    @Test(arguments: ["", "example.org", "127.0.0.1 ", "256.0.0.1", "1.2.3", "[::1", "::1]", "127.0.0.1\0", ":::"])
    func `Everything else is an error that names it`(host: String) {
        #expect(throws: SocketError.invalidHost(host)) { try SocketAddress(host: host, port: 80) }
    }
}
