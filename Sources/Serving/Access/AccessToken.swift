import Digests
import Foundation

/// A bearer token as it is kept: everything but the token itself.
public struct AccessToken: Codable, Equatable, Sendable {
    /// Whom or what it was made for.
    public let name: String
    public let scopes: [Scope]
    /// ISO 8601, UTC.
    public let created: String
    /// Of the token's text, in hexadecimal digits. The token holds 256 random bits, so the digest needs no salt and
    /// cannot be guessed back.
    let sha256: String

    /// At most 64 letters, digits, `.`, `_` and `-`: fit for logs and the command line.
    public static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
    }

    /// A new token's text: a mark by which scanners of leaked secrets know it, and 256 random bits in base64url.
    static func makeSecret() -> String {
        var source = SystemRandomNumberGenerator()
        var bytes = Data()
        for _ in 0..<4 { withUnsafeBytes(of: source.next()) { bytes.append(contentsOf: $0) } }
        let text = bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        return "latentd_" + text.prefix { $0 != "=" }
    }
}

/// Why tokens cannot be read or changed.
public enum TokenError: Error, Equatable, Sendable, CustomStringConvertible {
    case missing(file: String)
    case unreadable(file: String, reason: String)
    case unwritable(file: String, reason: String)
    case notTokens(file: String)
    /// Others than its owner may write the file.
    case unsafe(file: String)
    case badName(String)
    case nameTaken(String)
    case noSuchName(String)
    case noScopes

    public var description: String {
        switch self {
        case .missing(let file): "The tokens' file '\(file)' is not there."
        case .unreadable(let file, let reason): "The tokens' file '\(file)' cannot be read: \(reason)."
        case .unwritable(let file, let reason): "The tokens' file '\(file)' cannot be written: \(reason)."
        case .notTokens(let file): "The tokens' file '\(file)' is damaged: it does not hold tokens."
        case .unsafe(let file): "The tokens' file '\(file)' can be written by others; 'chmod go-w' it."
        case .badName(let name):
            "A token's name is 1 to 64 letters, digits, '.', '_' and '-', which '\(name.prefix(80))' is not."
        case .nameTaken(let name): "There is a token '\(name)' already; revoke it first or take another name."
        case .noSuchName(let name): "There is no token '\(name.prefix(80))'."
        case .noScopes:
            "A token needs one or more scopes of \(Scope.allCases.map(\.rawValue).joined(separator: ", "))."
        }
    }
}
