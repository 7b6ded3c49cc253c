import COpenSSL
import Glibc

/// A certificate, its key, and the rules of the TLS connections that are made with them: TLS 1.2 and 1.3 with forward
/// secrecy and authenticated encryption only, ALPN `http/1.1`, no renegotiation and no compression.
///
/// It never changes: to renew a certificate, another is made, and connections made from this one live on.
public final class TLSContext: Sendable {
    // Set once. What OpenSSL counts and renews in it is atomic, or used by the one thread that shakes hands.
    nonisolated(unsafe) let raw: OpaquePointer

    /// Reads PEM files.
    ///
    /// - Parameters:
    ///   - certificate: the server's certificate, followed by those that link it to an authority.
    ///   - key: its private key, without a passphrase.
    ///   - clientAuthority: certificates of authorities; with it, only clients with a certificate by one of them are let in.
    public init(certificate: String, key: String, clientAuthority: String? = nil) throws(TLSError) {
        for path in [certificate, key, clientAuthority].compactMap({ $0 }) { try Self.check(path) }
        var fault = tls_fault_none
        guard let raw = tls_context_create(certificate, key, clientAuthority, &fault) else {
            switch fault {
            case tls_fault_certificate: throw .noCertificate(path: certificate)
            case tls_fault_weak: throw .weakCertificate(path: certificate)
            case tls_fault_key: throw .noKey(path: key)
            case tls_fault_mismatch: throw .mismatch(certificate: certificate, key: key)
            case tls_fault_client_ca: throw .noCertificate(path: clientAuthority ?? "")
            default: throw .unavailable
            }
        }
        self.raw = raw
    }

    deinit {
        tls_context_free(raw)
    }

    /// OpenSSL would only say that something failed.
    private static func check(_ path: String) throws(TLSError) {
        let fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard fd >= 0 else { throw .unreadable(path: path, code: errno) }
        let file = OwnedDescriptor(takingOver: fd)
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw .unreadable(path: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path: path, code: EINVAL) }
    }
}

/// Why TLS could not be set up; `description` is one line that a person can act on.
public enum TLSError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file could not be opened or is no file, with the `errno` that says how.
    case unreadable(path: String, code: Int32)
    /// Not a certificate in PEM.
    case noCertificate(path: String)
    /// Clients would refuse the certificate: its key is too short or its signature too weak.
    case weakCertificate(path: String)
    /// Not a private key in PEM, or one that needs a passphrase.
    case noKey(path: String)
    /// The key belongs to another certificate.
    case mismatch(certificate: String, key: String)
    /// OpenSSL refused, which on a healthy machine means that memory ran out.
    case unavailable

    public var description: String {
        switch self {
        case .unreadable(let path, let code): "'\(path)' cannot be read: \(SocketError.text(of: code))."
        case .noCertificate(let path): "'\(path)' has no certificate in PEM."
        case .weakCertificate(let path):
            "The certificate in '\(path)' is too weak: it takes RSA of 2048 bits, P-256 or better, and SHA-256."
        case .noKey(let path): "'\(path)' has no private key in PEM that can be read without a passphrase."
        case .mismatch(let certificate, let key):
            "The key in '\(key)' is not the one of the certificate in '\(certificate)'."
        case .unavailable: "OpenSSL cannot set up TLS."
        }
    }
}
