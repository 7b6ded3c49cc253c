import Glibc

/// Why a socket could not be set up.
public enum SocketError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Another process listens there.
    case addressInUse(address: String)
    /// The address is not one of this machine's.
    case addressNotAvailable(address: String)
    /// Ports below 1024 need a privilege.
    case permissionDenied(address: String)
    /// Not an IPv4 or IPv6 literal nor `localhost`: names are not looked up.
    case invalidHost(String)
    /// Any other failed call, with its `errno`.
    case system(operation: String, code: Int32)

    public var description: String {
        switch self {
        case .addressInUse(let address): "Cannot listen on \(address): the address is already in use."
        case .addressNotAvailable(let address): "Cannot listen on \(address): this machine has no such address."
        case .permissionDenied(let address): "Cannot listen on \(address): permission denied."
        case .invalidHost(let host): "Host '\(host)' is not an IPv4 or IPv6 address or 'localhost'."
        case .system(let operation, let code): "\(operation) failed: \(Self.text(of: code))."
        }
    }

    static func text(of code: Int32) -> String {
        guard let text = strerror(code) else { return "error \(code)" }
        return String(cString: text)
    }

    static func listening(on address: String, code: Int32) -> SocketError {
        switch code {
        case EADDRINUSE: .addressInUse(address: address)
        case EADDRNOTAVAIL: .addressNotAvailable(address: address)
        case EACCES, EPERM: .permissionDenied(address: address)
        default: .system(operation: "Listening on \(address)", code: code)
        }
    }
}
