import Checkpoints
import Digests
import Foundation

/// The file that tokens are kept in: JSON, readable by its owner alone, replaced whole.
public struct TokenFile: Sendable {
    public let path: String

    private static let limit = 1 << 20

    private struct Content: Codable {
        var tokens: [AccessToken]
    }

    public init(path: String) {
        self.path = path
    }

    /// Every token, in the order in which they were made.
    public func read() throws(TokenError) -> [AccessToken] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .missing(file: path) : .unreadable(file: path, reason: Self.reason)
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(file: path, reason: "it is no file")
        }
        guard status.st_mode & 0o022 == 0 else { throw .unsafe(file: path) }
        guard let data = try? handle.read(upToCount: Self.limit + 1), data.count <= Self.limit,
            let content = try? JSONDecoder().decode(Content.self, from: data),
            content.tokens.allSatisfy({ SHA256Digest(hexadecimal: $0.sha256) != nil }),
            Set(content.tokens.map(\.name)).count == content.tokens.count
        else { throw .notTokens(file: path) }
        return content.tokens
    }

    /// Adds a token and gives its text, which is kept nowhere.
    public func create(name: String, scopes: [Scope], at date: Date = .now) throws(TokenError) -> String {
        guard AccessToken.isName(name) else { throw .badName(name) }
        guard !scopes.isEmpty else { throw .noScopes }
        let secret = AccessToken.makeSecret()
        guard let digest = try? SHA256.hash(secret) else {
            throw .unwritable(file: path, reason: "SHA-256 is unavailable")
        }
        try change { tokens throws(TokenError) in
            guard !tokens.contains(where: { $0.name == name }) else { throw .nameTaken(name) }
            tokens.append(
                AccessToken(
                    name: name, scopes: Scope.allCases.filter(scopes.contains), created: date.ISO8601Format(),
                    sha256: digest.hexadecimal))
        }
        return secret
    }

    /// Removes a token. An empty file stays behind when it was the last: then nobody gets in.
    public func revoke(name: String) throws(TokenError) {
        try change { tokens throws(TokenError) in
            guard let index = tokens.firstIndex(where: { $0.name == name }) else { throw .noSuchName(name) }
            tokens.remove(at: index)
        }
    }

    /// One change at a time, whoever else runs the same command.
    private func change(_ body: (inout [AccessToken]) throws(TokenError) -> Void) throws(TokenError) {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent().path
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0 else { throw .unwritable(file: path, reason: Self.reason) }
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else { throw .unwritable(file: path, reason: Self.reason) }
        }
        var tokens: [AccessToken] = []
        do throws(TokenError) {
            tokens = try read()
        } catch {
            guard case .missing = error else { throw error }
        }
        try body(&tokens)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(Content(tokens: tokens)) else { throw .notTokens(file: path) }
        do throws(FileFault) {
            try DurableFile.write(Array(data) + [0x0A], to: url.lastPathComponent, in: folder, isPrivate: true)
        } catch {
            throw .unwritable(file: path, reason: String(cString: strerror(error.code)))
        }
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
