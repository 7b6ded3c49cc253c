import HTTP

/// Whether the daemon lives and whether it can serve. Open: who balances load or watches over a host holds no secrets, and
/// the answers tell nothing else.
enum HealthRoutes {
    static let endpoints = [
        Endpoint(
            method: .get, pattern: "/healthz", access: .open, bodyLimit: 0, execution: .inline,
            summary: "Whether the daemon is alive."
        ) { _, _ in .json(Array(#"{"status":"ok"}"#.utf8)) },
        Endpoint(
            method: .get, pattern: "/readyz", access: .open, bodyLimit: 0, execution: .inline,
            summary: "Whether the daemon can serve models."
        ) { _, services in
            try services.checkReadiness()
            return .json(Array(#"{"status":"ready"}"#.utf8))
        },
    ]
}
