import Digests
import Foundation
import Synchronization

/// The tokens that a running daemon knows, kept in step with their file.
public final class TokenStore: Sendable {
    /// What a look at the file came to.
    public enum Change: Equatable, Sendable {
        case none
        /// The file is new or has changed; so many tokens are good now.
        case loaded(count: Int)
        /// The file is gone: nobody gets in until it is back.
        case gone
        /// The file cannot be used: the tokens of before stay good.
        case failed(TokenError)
    }

    private struct Known {
        let scopes: [String]
        let digest: SHA256Digest
    }

    private struct State {
        /// nil while there has never been a file: then no token is asked for.
        var tokens: [Known]?
        /// The file as it was when last looked at.
        var seen: Identity?
    }

    /// Tells one state of a file from another.
    private struct Identity: Equatable {
        var device: UInt64 = 0
        var inode: UInt64 = 0
        var size = 0
        var modified = [0, 0]
        var changed = [0, 0]
    }

    public let file: TokenFile
    private let state: Mutex<State>

    /// - Parameter isRequired: whether the file must be there; else, without it, no token is asked for.
    /// - Throws: where the file is there and cannot be used, or is required and missing.
    public init(file: TokenFile, isRequired: Bool) throws(TokenError) {
        self.file = file
        state = Mutex(State())
        if case .failed(let error) = refresh() { throw error }
        if isRequired, !isInForce { throw .missing(file: file.path) }
    }

    /// Whether requests need a token. Once they do, they do until the process ends.
    public var isInForce: Bool { state.withLock { $0.tokens != nil } }

    /// Reads the file again if it is not what it was.
    public func refresh() -> Change {
        let identity = identity()
        guard state.withLock({ $0.seen != identity }) else { return .none }
        let change: Change
        do throws(TokenError) {
            let tokens = try file.read().compactMap { token in
                SHA256Digest(hexadecimal: token.sha256).map {
                    Known(scopes: token.scopes.map(\.rawValue), digest: $0)
                }
            }
            state.withLock { $0.tokens = tokens }
            change = .loaded(count: tokens.count)
        } catch {
            if case .missing = error {
                let wasInForce = state.withLock { state in
                    defer { state.tokens = state.tokens.map { _ in [] } }
                    return state.tokens != nil
                }
                change = wasInForce ? .gone : .none
            } else {
                change = .failed(error)
            }
        }
        state.withLock { $0.seen = identity }
        return change
    }

    /// What becomes of a request with this token.
    enum Verdict: Equatable {
        /// No token is asked for.
        case notInForce
        case unknown
        case known(scopes: [String])
    }

    /// Takes as long for a token that is almost right as for one that is not: every digest is compared, to its end.
    func judge(_ secret: some StringProtocol) -> Verdict {
        guard let tokens = state.withLock({ $0.tokens }) else { return .notInForce }
        guard secret.utf8.count <= 512, let digest = try? SHA256.hash(Array(secret.utf8)) else { return .unknown }
        var found: [String]?
        for token in tokens {
            var difference: UInt8 = 0
            for (left, right) in zip(token.digest.bytes, digest.bytes) { difference |= left ^ right }
            if difference == 0 { found = token.scopes }
        }
        return found.map(Verdict.known) ?? .unknown
    }

    private func identity() -> Identity? {
        var status = stat()
        guard stat(file.path, &status) == 0 else { return nil }
        return Identity(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int(status.st_size),
            modified: [status.st_mtim.tv_sec, status.st_mtim.tv_nsec],
            changed: [status.st_ctim.tv_sec, status.st_ctim.tv_nsec])
    }
}
