import HTTP
import Synchronization
import Testing

@testable import Serving

@Suite struct MetricsTests {
    private let daemon: TestDaemon
    private let metrics = ServerMetrics(version: "1.2.3")

    init() throws { daemon = try TestDaemon() }

    private func text(of metrics: ServerMetrics) -> String {
        let services = Services(
            repository: daemon.repository, datasets: daemon.datasets, uploads: daemon.uploads, jobs: daemon.jobs,
            events: JobEventFeed(store: daemon.jobs), run: daemon.run, vectors: daemon.vectors, metrics: metrics,
            isReady: { true })
        return String(decoding: metrics.text(services), as: UTF8.self)
    }

    private func observe(
        _ method: String, _ pattern: String?, _ status: Int, _ duration: Duration, bytes: (Int, Int) = (0, 0),
        isStream: Bool = false
    ) {
        let number = pattern.flatMap { pattern in
            daemon.router.routes.first { $0.pattern == pattern && $0.method.rawValue == method }?.number
        }
        metrics.observe(
            AccessRecord(
                requestID: "r", peer: "p", method: method, target: "/x?secret", route: pattern, routeNumber: number,
                status: status, requestBytes: bytes.0, bodyBytes: bytes.1, duration: duration,
                isStream: isStream))
    }

    @Test func countsByRouteMethodAndStatus() {
        observe("POST", "/v1/models/{model}/decode", 200, .microseconds(100), bytes: (7, 50))
        observe("POST", "/v1/models/{model}/decode", 200, .microseconds(101), bytes: (8, 60))
        observe("POST", "/v1/models/{model}/decode", 418, .seconds(20))
        observe("GET", "/scripts/main.js", 304, .zero)
        observe("-", nil, 400, .seconds(-1))
        let lines = Set(text(of: metrics).split(separator: "\n").map(String.init))
        let decode = #"route="/v1/models/{model}/decode",method="POST""#
        for line in [
            #"latentd_build_info{version="1.2.3"} 1"#, "latentd_http_requests_total{\(decode),status=\"200\"} 2",
            "latentd_http_requests_total{\(decode),status=\"other\"} 1",
            #"latentd_http_requests_total{route="/{file...}",method="GET",status="304"} 1"#,
            #"latentd_http_requests_total{route="none",method="other",status="400"} 1"#,
            "latentd_http_request_duration_seconds_bucket{\(decode),le=\"0.0001\"} 1",
            "latentd_http_request_duration_seconds_bucket{\(decode),le=\"0.00025\"} 2",
            "latentd_http_request_duration_seconds_bucket{\(decode),le=\"10.0\"} 2",
            "latentd_http_request_duration_seconds_bucket{\(decode),le=\"+Inf\"} 3",
            "latentd_http_request_duration_seconds_count{\(decode)} 3",
            "latentd_http_request_duration_seconds_sum{\(decode)} 20.000201",
            "latentd_http_request_body_bytes_total{\(decode)} 15",
            "latentd_http_response_body_bytes_total{\(decode)} 110",
            #"latentd_models{state="ready"} 2"#, #"latentd_models{state="failed"} 1"#,
            #"latentd_jobs{state="queued"} 0"#,
        ] { #expect(lines.contains(line), "\(line)") }
        #expect(!lines.contains { $0.contains("secret") })
    }

    @Test func leavesStreamsOutOfTheDurations() {
        observe("GET", "/v1/jobs/{job}/events", 200, .seconds(3000), bytes: (0, 99), isStream: true)
        observe("GET", "/v1/jobs/{job}/events", 200, .milliseconds(1), bytes: (0, 1))
        let lines = Set(text(of: metrics).split(separator: "\n").map(String.init))
        let events = #"route="/v1/jobs/{job}/events",method="GET""#
        for line in [
            "latentd_http_requests_total{\(events),status=\"200\"} 2",
            "latentd_http_request_duration_seconds_count{\(events)} 1",
            "latentd_http_response_body_bytes_total{\(events)} 100", "latentd_http_streams 0",
            #"latentd_http_streams_ended_total{reason="overflow"} 0"#,
            #"latentd_http_requests_refused_total{reason="streams"} 0"#,
        ] { #expect(lines.contains(line), "\(line)") }
    }

    @Test func countsWhatIsRefused() {
        for refusal in AccessGate.Refusal.allCases { metrics.count(refusal) }
        metrics.count(.token)
        let text = text(of: metrics)
        #expect(text.contains("refused_total{reason=\"token\"} 2\n") && text.contains("{reason=\"host\"} 1\n"))
    }

    @Test func isServedToWhoMayReadIt() {
        let answer = daemon.get("/metrics")
        #expect(answer.fields[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(RouteTable.endpoints.first { $0.pattern == "/metrics" }?.access == .scopes(["metrics"]))
    }

    @Test func labelsAndHelpAreEscaped() {
        var text = MetricsText()
        text.family("a", .gauge, "one\ntwo\\")
        text.sample(1.5, [("l", "x\"y\\z\n")])
        text.sample(.infinity)
        text.sample(.nan)
        #expect(
            String(decoding: text.bytes, as: UTF8.self)
                == "# HELP a one\\ntwo\\\\\n# TYPE a gauge\na{l=\"x\\\"y\\\\z\\n\"} 1.5\na +Inf\na NaN\n")
    }

    @Test func countersLoseNothing() async {
        let counters = CounterBank(count: 2)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { for _ in 0..<10_000 { counters.add(2, to: 1) } } }
        }
        counters.add(to: 2)
        #expect(counters[1] == 80_000 && counters[0] == 0 && counters[2] == 0)
    }
}
