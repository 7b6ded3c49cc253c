import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Why a call of a daemon's API gave nothing; `description` is the one line for people.
enum ClientError: Error, Equatable, CustomStringConvertible {
    /// Nobody answers, or the connection broke.
    case unreachable(address: String, reason: String)
    /// The daemon's own refusal.
    case refused(status: Int, code: String, message: String, retryAfter: Int?)
    /// What answers is no daemon of ours.
    case unreadable(address: String, reason: String)

    var description: String {
        switch self {
        case .unreachable(let address, let reason):
            "No daemon answers at \(address) (\(reason)). Start one with 'latentd serve', or name another with --server."
        case .refused(_, let code, let message, let retryAfter):
            "\(message) (\(code))" + (retryAfter.map { " Try again in \($0) s." } ?? "")
        case .unreadable(let address, let reason): "What answers at \(address) is not latentd: \(reason)."
        }
    }
}

/// Calls of a daemon's API. Blocks the calling thread, for as long as it takes.
struct APIClient {
    let address: URL
    let token: String?
    /// The daemon says something on a stream every 15 s.
    var patience = 60.0

    private static let largestAnswer = 64 << 20

    /// The answer's body, which is JSON.
    func call(
        _ method: String, _ path: String, body: Data? = nil, fields: [String: String] = [:]
    ) throws(ClientError) -> Data {
        var answer = Data()
        try exchange(request(method, path, body: body, fields: fields)) { bytes throws(ClientError) in
            answer += bytes
            guard answer.count <= Self.largestAnswer else { throw unreadable("its answer has no end") }
        }
        return answer
    }

    func get<Value: Decodable>(_ path: String, as type: Value.Type = Value.self) throws(ClientError) -> Value {
        try decode(try call("GET", path))
    }

    func decode<Value: Decodable>(_ json: Data) throws(ClientError) -> Value {
        do { return try JSONDecoder().decode(Value.self, from: json) } catch {
            throw unreadable("its answer is not understood")
        }
    }

    /// Follows a stream of events until it ends; 204 is one that has ended already.
    ///
    /// - Parameter last: the number of the last event that is known.
    func events(
        _ path: String, after last: Int, _ take: (StreamedEvent) throws(ClientError) -> Void
    ) throws(ClientError) {
        let fields = ["Accept": "text/event-stream", "Last-Event-ID": last == 0 ? nil : String(last)]
        var parser = EventParser()
        try exchange(request("GET", path, fields: fields.compactMapValues { $0 })) { bytes throws(ClientError) in
            for event in parser.take(bytes) { try take(event) }
        }
    }

    private func request(_ method: String, _ path: String, body: Data? = nil, fields: [String: String]) -> URLRequest {
        var request = URLRequest(url: URL(string: address.absoluteString + path) ?? address)
        request.httpMethod = method
        request.httpBody = body
        if body != nil { request.setValue("application/json", forHTTPHeaderField: "Content-Type") }
        request.setValue("application/json", forHTTPHeaderField: "Accept")
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        for (name, value) in fields { request.setValue(value, forHTTPHeaderField: name) }
        return request
    }

    /// Gives the pieces of an answer's body, if it is one of success.
    private func exchange(
        _ request: URLRequest, _ take: (Data) throws(ClientError) -> Void
    ) throws(ClientError) {
        var (status, retryAfter) = (0, Int?.none)
        var refusal = Data()
        var outcome = Result<Void, ClientError>.success(())
        Exchange.run(request, patience: patience) { piece in
            do throws(ClientError) {
                switch piece {
                case .head(let code, let seconds): (status, retryAfter) = (code, seconds)
                case .bytes(let data) where (200..<300).contains(status): try take(data)
                case .bytes(let data): if refusal.count < 1 << 16 { refusal += data }
                case .end: return false
                case .broken(let reason):
                    throw ClientError.unreachable(address: address.absoluteString, reason: reason)
                }
                return true
            } catch {
                outcome = .failure(error)
                return false
            }
        }
        try outcome.get()
        guard (200..<300).contains(status) else { throw self.refusal(status, refusal, retryAfter) }
    }

    private func refusal(_ status: Int, _ body: Data, _ retryAfter: Int?) -> ClientError {
        struct Answer: Decodable {
            struct Content: Decodable { let code, message: String }
            let error: Content
        }
        guard let error = try? JSONDecoder().decode(Answer.self, from: body).error else {
            return unreadable("it says \(status)")
        }
        return .refused(status: status, code: error.code, message: error.message, retryAfter: retryAfter)
    }

    private func unreadable(_ reason: String) -> ClientError {
        .unreadable(address: address.absoluteString, reason: reason)
    }
}
