import Glibc

/// The names by which clients may call this server.
///
/// A page of a foreign site can let its own name point to this machine and then read the answers as its own (DNS
/// rebinding). Its requests still carry that name, so a name that is not in the list is refused.
public struct HostNames: Sendable {
    private let names: Set<String>
    private let acceptsAll: Bool

    /// The names of loopback, the bound address (where that is every address, all of this machine's), and further ones.
    ///
    /// - Parameter further: names or addresses without ports, one or several with commas an entry; `*` accepts every name.
    public init(bound: String, further: [String] = []) {
        var names: Set<String> = ["localhost", "127.0.0.1", "::1", Self.name(of: bound)]
        if Self.isEveryAddress(bound) { names.formUnion(Self.addressesOfThisMachine()) }
        let further = further.flatMap { $0.split { $0 == "," || $0 == " " } }
        for entry in further { names.insert(Self.name(of: String(entry))) }
        self.names = names
        acceptsAll = further.contains("*")
    }

    /// Whether a request may name this host, with or without a port. A request without a host is HTTP/1.0 and not a
    /// browser's, so it may.
    func accepts(_ authority: String) -> Bool {
        if acceptsAll || authority.isEmpty { return true }
        // As nearly every client writes it: the name itself and perhaps a port.
        let end = authority.utf8.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
        let plain = String(authority[..<end])
        return names.contains(plain) || names.contains(Self.name(of: authority))
    }

    /// Whether only this machine can reach what is bound to the address.
    public static func isLoopback(_ bound: String) -> Bool {
        let name = name(of: bound)
        return name == "localhost" || name == "::1" || (name.hasPrefix("127.") && isAddress(name, AF_INET))
    }

    /// Without port, brackets and trailing dot, in lower case, IPv6 in its shortest form.
    static func name(of authority: String) -> String {
        let colon = UInt8(ascii: ":")
        var text = authority[...]
        if text.hasPrefix("[") {
            text = text.dropFirst().prefix { $0 != "]" }
        } else if let first = text.utf8.firstIndex(of: colon), first == text.utf8.lastIndex(of: colon) {
            text = text[..<first]
        }
        if text.hasSuffix(".") { text = text.dropLast() }
        let name = text.lowercased()
        guard name.utf8.contains(colon) else { return name }
        var address = in6_addr()
        var shortest = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_pton(AF_INET6, name, &address) == 1,
            inet_ntop(AF_INET6, &address, &shortest, socklen_t(shortest.count)) != nil
        else { return name }
        return String(decoding: shortest.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func isEveryAddress(_ bound: String) -> Bool { ["0.0.0.0", "::"].contains(name(of: bound)) }

    private static func isAddress(_ text: String, _ family: Int32) -> Bool {
        var address = in_addr()
        return inet_pton(family, text, &address) == 1
    }

    private static func addressesOfThisMachine() -> [String] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var found: [String] = []
        var next = first
        while let interface = next?.pointee {
            next = interface.ifa_next
            guard let address = interface.ifa_addr else { continue }
            let length: Int
            switch Int32(address.pointee.sa_family) {
            case AF_INET: length = MemoryLayout<sockaddr_in>.size
            case AF_INET6: length = MemoryLayout<sockaddr_in6>.size
            default: continue
            }
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let status = getnameinfo(
                address, socklen_t(length), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            guard status == 0 else { continue }
            let host = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            // A link-local address carries its interface, which clients do not send.
            found.append(name(of: String(host.prefix { $0 != "%" })))
        }
        return found
    }
}
