import Foundation

/// Certificates for tests, made by the `openssl` command in a folder that goes away with this.
final class Certificates {
    private let folder: URL

    struct Failure: Error { let arguments: [String] }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("latentd-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// Leaves NAME.pem and NAME.key: signed by themselves, or by the other certificate of that name.
    @discardableResult
    func make(_ name: String, key: String = "ec", signedBy authority: String? = nil) throws -> String {
        let kind = key == "ec" ? ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] : [key]
        try openssl(
            ["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1"]
                + ["-newkey"] + kind + ["-keyout", path("\(name).key"), "-out", path("\(name).pem")])
        guard let authority else { return path("\(name).pem") }
        try openssl(["req", "-new", "-key", path("\(name).key"), "-subj", "/CN=\(name)", "-out", path("\(name).csr")])
        try openssl(
            ["x509", "-req", "-in", path("\(name).csr"), "-CA", path("\(authority).pem")]
                + ["-CAkey", path("\(authority).key"), "-days", "2", "-out", path("\(name).pem")])
        return path("\(name).pem")
    }

    func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(arguments: arguments) }
    }
}
