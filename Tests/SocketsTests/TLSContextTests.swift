import Foundation
import Glibc
import Sockets
import Testing

@Suite("TLS contexts") struct TLSContextTests {
    private let files: Certificates

    init() throws {
        files = try Certificates()
        try files.make("server")
    }

    private func context(_ certificate: String, _ key: String, _ authority: String? = nil) throws(TLSError) {
        _ = try TLSContext(
            certificate: files.path(certificate), key: files.path(key), clientAuthority: authority.map(files.path))
    }

    @Test(arguments: ["ec", "rsa:2048", "ed25519"])
    func `A certificate and its key are taken, with and without an authority`(key: String) throws {
        try files.make("other", key: key)
        try context("other.pem", "other.key")
        try context("other.pem", "other.key", "server.pem")
    }

    @Test func `A file that is not there is named, with the reason`() {
        #expect(throws: TLSError.unreadable(path: files.path("absent.pem"), code: ENOENT)) {
            try context("absent.pem", "server.key")
        }
        #expect(throws: TLSError.unreadable(path: files.path("absent.key"), code: ENOENT)) {
            try context("server.pem", "absent.key")
        }
        #expect(throws: TLSError.unreadable(path: files.path("absent.ca"), code: ENOENT)) {
            try context("server.pem", "server.key", "absent.ca")
        }
        #expect(throws: TLSError.unreadable(path: files.path(""), code: EINVAL)) { try context("", "server.key") }
    }

    @Test(arguments: ["ec", "rsa:2048"])
    func `A key of another certificate is refused`(key: String) throws {
        try files.make("other", key: key)
        #expect(throws: TLSError.mismatch(certificate: files.path("server.pem"), key: files.path("other.key"))) {
            try context("server.pem", "other.key")
        }
    }

    @Test func `What is not PEM, or the other kind of PEM, is refused`() throws {
        try Data("nonsense".utf8).write(to: URL(fileURLWithPath: files.path("nonsense")))
        for name in ["nonsense", "server.key"] {
            #expect(throws: TLSError.noCertificate(path: files.path(name))) { try context(name, "server.key") }
            #expect(throws: TLSError.noCertificate(path: files.path(name))) {
                try context("server.pem", "server.key", name)
            }
        }
        for name in ["nonsense", "server.pem"] {
            #expect(throws: TLSError.noKey(path: files.path(name))) { try context("server.pem", name) }
        }
    }

    @Test func `A key with a passphrase is refused without asking for it`() throws {
        try files.openssl(
            ["pkey", "-aes256", "-passout", "pass:secret", "-in", files.path("server.key")]
                + ["-out", files.path("locked.key")])
        #expect(throws: TLSError.noKey(path: files.path("locked.key"))) { try context("server.pem", "locked.key") }
    }

    @Test func `A key that clients take for too short is refused`() throws {
        try files.make("short", key: "rsa:1024")
        #expect(throws: TLSError.weakCertificate(path: files.path("short.pem"))) {
            try context("short.pem", "short.key")
        }
    }
}
