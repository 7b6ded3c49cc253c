import COpenSSL
import Glibc

/// A TLS client over a blocking socket, by OpenSSL itself; no certificate is checked.
final class TLSClient {
    let socket: ClientSocket
    private let context: OpaquePointer?
    private let ssl: OpaquePointer?

    struct Refused: Error {}

    /// - Parameters:
    ///   - version: the only one that is offered, e.g. `TLS1_2_VERSION`; nil for all.
    ///   - protocols: what ALPN offers; empty for no ALPN.
    ///   - certificate: path of the client's own, without `.pem` and `.key`.
    init(port: UInt16, version: Int32? = nil, protocols: [String] = [], certificate: String? = nil) throws {
        socket = try ClientSocket(port: port)
        context = SSL_CTX_new(TLS_client_method())
        ssl = SSL_new(context)
        if let version {
            SSL_set_security_level(ssl, 0)
            SSL_ctrl(ssl, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(version), nil)
            SSL_ctrl(ssl, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
        }
        let names = protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !names.isEmpty { SSL_set_alpn_protos(ssl, names, UInt32(names.count)) }
        if let certificate {
            SSL_use_certificate_file(ssl, certificate + ".pem", SSL_FILETYPE_PEM)
            SSL_use_PrivateKey_file(ssl, certificate + ".key", SSL_FILETYPE_PEM)
        }
        SSL_set_fd(ssl, socket.descriptor)
        ERR_clear_error()
        guard SSL_connect(ssl) == 1 else { throw Refused() }
    }

    deinit {
        SSL_free(ssl)
        SSL_CTX_free(context)
    }

    var version: Int32 { SSL_version(ssl) }

    var agreedProtocol: String {
        var (name, count) = (UnsafePointer<UInt8>?.none, UInt32(0))
        SSL_get0_alpn_selected(ssl, &name, &count)
        return String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    /// Bytes of the server's certificate, to tell one from another.
    var serverCertificate: [UInt8] {
        let certificate = SSL_get1_peer_certificate(ssl)
        defer { X509_free(certificate) }
        var digest = [UInt8](repeating: 0, count: 64)
        var count = UInt32(0)
        X509_digest(certificate, EVP_sha256(), &digest, &count)
        return Array(digest.prefix(Int(count)))
    }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        ERR_clear_error()
        return bytes.isEmpty || SSL_write(ssl, bytes, Int32(bytes.count)) == bytes.count
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Sends close_notify; reading goes on.
    func finishSending() {
        ERR_clear_error()
        SSL_shutdown(ssl)
    }

    /// Asks for new keys, as a TLS 1.3 peer may at any time.
    func updateKeys() {
        ERR_clear_error()
        SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED)
        SSL_do_handshake(ssl)
    }

    /// Some bytes; empty where there are no more.
    func receive(atMost limit: Int = 65536) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        ERR_clear_error()
        let count = SSL_read(ssl, &buffer, Int32(limit))
        return Array(buffer.prefix(max(0, Int(count))))
    }

    /// Whether the server has said that nothing more comes, instead of only closing.
    var wasToldTheEnd: Bool { SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0 }

    func receiveAll() -> [UInt8] {
        var all: [UInt8] = []
        while case let piece = receive(), !piece.isEmpty { all += piece }
        return all
    }

    func receiveText() -> String { String(decoding: receiveAll(), as: UTF8.self) }

    func receive(until text: String) -> String {
        var all: [UInt8] = []
        while !all.reversed().starts(with: text.utf8.reversed()) {
            let piece = receive(atMost: 1)
            if piece.isEmpty { break }
            all += piece
        }
        return String(decoding: all, as: UTF8.self)
    }
}
