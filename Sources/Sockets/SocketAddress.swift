import Glibc

/// An IPv4 or IPv6 address and port.
public struct SocketAddress: Sendable, Equatable, CustomStringConvertible {
    /// The host in its literal form, IPv6 without brackets.
    public let host: String
    /// The port, 0 for "any free one".
    public let port: UInt16
    /// Whether the host is an IPv6 address.
    public let isIPv6: Bool

    /// Reads an IPv4 or IPv6 literal (with or without brackets) or `localhost`; looks nothing up.
    public init(host: String, port: UInt16) throws(SocketError) {
        var literal = host == "localhost" ? "127.0.0.1" : host
        if literal.hasPrefix("["), literal.hasSuffix("]") {
            literal = String(literal.dropFirst().dropLast())
        }
        var four = in_addr()
        var six = in6_addr()
        if !literal.utf8.contains(0), inet_pton(AF_INET, literal, &four) == 1 {
            isIPv6 = false
        } else if !literal.utf8.contains(0), inet_pton(AF_INET6, literal, &six) == 1 {
            isIPv6 = true
        } else {
            throw .invalidHost(host)
        }
        self.host = literal
        self.port = port
    }

    /// Reads what accept or getsockname filled in; nil for another family.
    init?(storage: sockaddr_storage) {
        var copy = storage
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN) + 1)
        let family = Int32(storage.ss_family)
        let rawPort: UInt16? = withUnsafeBytes(of: &copy) { bytes in
            if family == AF_INET {
                var address = bytes.loadUnaligned(as: sockaddr_in.self)
                return inet_ntop(AF_INET, &address.sin_addr, &text, socklen_t(text.count)) == nil
                    ? nil : address.sin_port
            }
            if family == AF_INET6 {
                var address = bytes.loadUnaligned(as: sockaddr_in6.self)
                return inet_ntop(AF_INET6, &address.sin6_addr, &text, socklen_t(text.count)) == nil
                    ? nil : address.sin6_port
            }
            return nil
        }
        guard let rawPort else { return nil }
        host = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        port = UInt16(bigEndian: rawPort)
        isIPv6 = family == AF_INET6
    }

    /// `127.0.0.1:8080` or `[::1]:8080`.
    public var description: String {
        isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Lends the C form to a call.
    func withSocketAddress<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        if isIPv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            _ = inet_pton(AF_INET6, host, &address.sin6_addr)
            return Self.lend(&address, to: body)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        _ = inet_pton(AF_INET, host, &address.sin_addr)
        return Self.lend(&address, to: body)
    }

    private static func lend<Address, R>(
        _ address: inout Address, to body: (UnsafePointer<sockaddr>, socklen_t) -> R
    ) -> R {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}
