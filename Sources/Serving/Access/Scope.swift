import HTTP

/// What a token is good for. None includes another.
public enum Scope: String, CaseIterable, Codable, Sendable {
    /// Asking models and looking at them, their maps and the datasets.
    case infer
    /// Training jobs: submitting, watching and cancelling them; making and replacing named vectors.
    case train
    /// What takes something away for good.
    case admin
    /// Reading `/metrics`.
    case metrics
}

extension Access {
    /// Those who have one of these scopes.
    static func any(of scopes: Scope...) -> Access { .scopes(scopes.map(\.rawValue)) }

    static let infer = any(of: .infer)
    static let train = any(of: .train)
    static let admin = any(of: .admin)
    static let metrics = any(of: .metrics)
}
