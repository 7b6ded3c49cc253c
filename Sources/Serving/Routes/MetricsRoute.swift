import HTTP

/// The daemon in numbers, for Prometheus.
enum MetricsRoute {
    static let endpoints = [
        Endpoint(
            method: .get, pattern: "/metrics", access: .metrics, bodyLimit: 0,
            summary: "Requests, latencies, load, models, jobs and the process, as Prometheus reads them."
        ) { _, services in Response(contentType: MetricsText.contentType, body: services.metrics.text(services)) }
    ]
}
