import HTTP

/// How often each route was called, with which answers, how long it took and how much went in and out.
///
/// Everything a label can be is known before the first request, so an observation is a handful of additions.
struct RequestMetrics: Sendable {
    /// Upper bounds of the histogram's buckets, in nanoseconds.
    private static let bounds = [
        100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000,
        250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
    ]
    private static let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "other"]
    private static let statuses = [
        200, 201, 204, 304, 400, 401, 403, 404, 405, 408, 409, 411, 412, 413, 414, 415, 417, 421, 422, 429, 431, 500,
        501, 503, 505,
    ]

    private struct Row {
        let route: String
        let method: String
    }

    /// One for each endpoint, one for the page's files, one for what no route answers.
    private let rows: [Row]
    private let counters: CounterBank
    private static let answerCount = methods.count * (statuses.count + 1)
    /// Answers by method and status; buckets with the open one; nanoseconds; bytes in; bytes out.
    private static let width = answerCount + bounds.count + 4
    private static let firstBucket = answerCount
    private static let nanoseconds = firstBucket + bounds.count + 1
    private static let bytesIn = nanoseconds + 1
    private static let bytesOut = bytesIn + 1

    /// - Parameter endpoints: as they were added to the router, in this order and before anything else.
    init(endpoints: [Endpoint]) {
        rows =
            endpoints.map { Row(route: $0.pattern, method: $0.method.rawValue) }
            + [Row(route: "/{file...}", method: "GET"), Row(route: "none", method: "other")]
        counters = CounterBank(count: rows.count * Self.width)
    }

    func observe(_ record: AccessRecord) {
        let row = record.routeNumber.map { min($0, rows.count - 2) } ?? rows.count - 1
        let start = row * Self.width
        let method = Self.methods.firstIndex(of: record.method) ?? Self.methods.count - 1
        let status = Self.statuses.firstIndex(of: record.status) ?? Self.statuses.count
        counters.add(to: start + method * (Self.statuses.count + 1) + status)
        counters.add(record.requestBytes, to: start + Self.bytesIn)
        counters.add(record.bodyBytes, to: start + Self.bytesOut)
        // How long a stream was open says nothing about how fast this server is.
        guard !record.isStream else { return }
        let (seconds, attoseconds) = record.duration.components
        let nanoseconds = Int(clamping: min(max(seconds, 0), 1 << 32) * 1_000_000_000 + attoseconds / 1_000_000_000)
        let bucket = Self.bounds.firstIndex { nanoseconds <= $0 } ?? Self.bounds.count
        counters.add(to: start + Self.firstBucket + bucket)
        counters.add(nanoseconds, to: start + Self.nanoseconds)
    }

    func write(_ text: inout MetricsText) {
        text.family("latentd_http_requests_total", .counter, "Requests answered.")
        for (number, row) in rows.enumerated() {
            for (method, name) in Self.methods.enumerated() {
                for status in 0...Self.statuses.count {
                    let count = counters[number * Self.width + method * (Self.statuses.count + 1) + status]
                    guard count > 0 else { continue }
                    let code = status < Self.statuses.count ? "\(Self.statuses[status])" : "other"
                    text.sample(count, [("route", row.route), ("method", name), ("status", code)])
                }
            }
        }
        text.family(
            "latentd_http_request_duration_seconds", .histogram,
            "From the end of a request's head to the handing of its answer to the kernel; without those that stay open."
        )
        for (number, row) in rows.enumerated() {
            let start = number * Self.width
            let labels = [("route", row.route), ("method", row.method)]
            let buckets = (0...Self.bounds.count).map { counters[start + Self.firstBucket + $0] }
            guard buckets.contains(where: { $0 > 0 }) else { continue }
            var sum = 0
            for (bucket, count) in buckets.enumerated() {
                sum += count
                let bound = bucket < Self.bounds.count ? "\(Double(Self.bounds[bucket]) / 1e9)" : "+Inf"
                text.sample(sum, labels + [("le", bound)], suffix: "_bucket")
            }
            text.sample(Double(counters[start + Self.nanoseconds]) / 1e9, labels, suffix: "_sum")
            text.sample(sum, labels, suffix: "_count")
        }
        for (name, place, help) in [
            ("latentd_http_request_body_bytes_total", Self.bytesIn, "Bytes of the requests' bodies."),
            ("latentd_http_response_body_bytes_total", Self.bytesOut, "Bytes of the answers' bodies."),
        ] {
            text.family(name, .counter, help)
            for (number, row) in rows.enumerated() {
                let bytes = counters[number * Self.width + place]
                if bytes > 0 { text.sample(bytes, [("route", row.route), ("method", row.method)]) }
            }
        }
    }
}
