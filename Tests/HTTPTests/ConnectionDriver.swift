import HTTP
import Sockets

/// Drives a state machine with instants of its own: seconds since the connection was accepted.
struct ConnectionDriver {
    var state: ConnectionState
    var now = MonotonicInstant(nanoseconds: 0)

    init(_ limits: HTTPLimits = HTTPLimits()) {
        state = ConnectionState(limits: limits, at: now)
    }

    mutating func at(_ seconds: Double) {
        now = MonotonicInstant(nanoseconds: Int64(seconds * 1e9))
    }

    mutating func receive(_ text: String) {
        Array(text.utf8).withUnsafeBytes { state.received($0, at: now) }
    }

    /// The next action by name, with what matters of it.
    mutating func next() -> String {
        switch state.nextAction(at: now) {
        case .read: "read"
        case .route(let head): "route \(head.target.raw)"
        case .sendContinue: "continue"
        case .handle(let head, let body): "handle \(head.target.raw) \(String(decoding: body, as: UTF8.self))"
        case .answerFault(let fault): "fault \(fault.status.code)"
        case .awaitResponse: "await"
        case .write: "write"
        case .stream: "stream"
        case .sendHeartbeat: "heartbeat"
        case .endStream(let ending): "end \(ending)"
        case .shutdownSending: "shutdown"
        case .close: "close"
        }
    }

    /// From a whole request to its answer's last byte.
    mutating func answer() -> [String] {
        var names = [next()]
        state.admit(bodyLimit: 100, at: now)
        names.append(next())
        return names + respond()
    }

    mutating func respond() -> [String] {
        state.responseReady(at: now)
        let name = next()
        state.responseFinished(at: now)
        return [name]
    }

    var deadline: Double? { state.deadline.map { Double($0.nanoseconds) / 1e9 } }
}

/// What tests of a connection send.
protocol SendsRequests {}

extension SendsRequests {
    func get(_ path: String, _ fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
    }

    func post(_ path: String, _ fields: String, _ body: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\(body)"
    }
}
