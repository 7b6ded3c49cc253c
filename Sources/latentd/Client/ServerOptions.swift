import ArgumentParser
import Foundation

/// Which daemon a command asks, and with which token.
struct ServerOptions: ParsableArguments {
    static let serverVariable = "LATENTD_SERVER"
    static let tokenVariable = "LATENTD_TOKEN"
    static let tokenFileVariable = "LATENTD_TOKEN_FILE"
    /// What is no setting of the daemon's although it is called so.
    static let variables = [serverVariable, tokenVariable, tokenFileVariable]

    static let standardAddress = "http://127.0.0.1:8080"

    @Option(help: "The daemon's address (default: \(serverVariable), else \(standardAddress)).")
    var server: String?

    @Option(
        help: "A file that holds the token (default: \(tokenFileVariable); \(tokenVariable) is the token itself).")
    var tokenFile: String?

    func client(environment: [String: String] = ProcessInfo.processInfo.environment) throws(ValidationError)
        -> APIClient
    {
        APIClient(
            address: try Self.address(server ?? environment[Self.serverVariable] ?? Self.standardAddress),
            token: try token(environment))
    }

    static func address(_ text: String) throws(ValidationError) -> URL {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
            url.host?.isEmpty == false, ["", "/"].contains(url.path), url.query == nil, url.user == nil
        else { throw ValidationError("'\(text)' is no daemon's address; expected something like \(standardAddress).") }
        guard text.hasSuffix("/") else { return url }
        return try address(String(text.dropLast()))
    }

    /// A file that somebody names comes before the environment's.
    private func token(_ environment: [String: String]) throws(ValidationError) -> String? {
        if tokenFile == nil, let token = environment[Self.tokenVariable], !token.isEmpty { return try checked(token) }
        guard let file = tokenFile ?? environment[Self.tokenFileVariable] else { return nil }
        guard let content = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw ValidationError("The token's file '\(file)' cannot be read.")
        }
        return try checked(content)
    }

    /// Also takes the line that `curl -H @FILE` wants.
    private func checked(_ content: String) throws(ValidationError) -> String {
        let text = content.trimmingCharacters(in: .whitespacesAndNewlines)
        let token = text.hasPrefix(Self.field) ? String(text.dropFirst(Self.field.count)) : text
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw ValidationError("The token is empty or no token; 'latentd token create' makes one.")
        }
        return token
    }

    private static let field = "Authorization: Bearer "
}
