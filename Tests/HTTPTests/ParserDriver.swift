import HTTP
import Testing

/// What a run of bytes came to.
enum Parsed: Equatable, CustomStringConvertible {
    case request(RequestHead, [UInt8])
    case fault(HTTPFault)
    /// The bytes ended inside a request.
    case incomplete

    var status: Int? {
        guard case .fault(let fault) = self else { return nil }
        return fault.status.code
    }

    var description: String {
        switch self {
        case .request(let head, let body):
            "\(head.method) \(head.target.raw) [\(String(decoding: body, as: UTF8.self))]"
        case .fault(let fault): "\(fault.status.code) \(fault)"
        case .incomplete: "incomplete"
        }
    }
}

/// Feeds pieces to a parser, and takes request after request until a fault or the end.
func parse(_ pieces: [[UInt8]], limits: HTTPLimits = HTTPLimits(), bodyLimit: Int = 1 << 20) -> [Parsed] {
    var parser = RequestParser(limits: limits)
    var results: [Parsed] = []
    var head: RequestHead?
    do throws(HTTPFault) {
        for piece in pieces {
            parser.append(piece)
            var waits = false
            while !waits {
                switch try parser.next() {
                case .needMore: waits = true
                case .head(let found):
                    head = found
                    try parser.beginBody(limit: bodyLimit)
                case .body(let body):
                    if let head { results.append(.request(head, body)) }
                    parser.beginNextRequest()
                }
            }
        }
        if parser.isInsideRequest { results.append(.incomplete) }
    } catch {
        results.append(.fault(error))
    }
    return results
}

func parse(_ text: String, limits: HTTPLimits = HTTPLimits(), bodyLimit: Int = 1 << 20) -> [Parsed] {
    parse([Array(text.utf8)], limits: limits, bodyLimit: bodyLimit)
}

/// One row of a table: a name that quotes the rule, the bytes, and what they must come to.
struct ParserCase: CustomTestStringConvertible, Sendable {
    enum Expectation: Sendable, Equatable {
        case status(Int)
        /// The bodies of the requests, in order.
        case bodies([String])
        case incomplete
    }

    let name: String
    let text: String
    let expected: Expectation

    init(_ name: String, _ text: String, _ expected: Expectation) {
        (self.name, self.text, self.expected) = (name, text, expected)
    }

    var testDescription: String { name }

    /// What the results amount to, in the table's terms. Results before a fault do not count here.
    static func expectation(of results: [Parsed]) -> Expectation? {
        switch results.last {
        case .fault(let fault): return .status(fault.status.code)
        case .incomplete: return .incomplete
        case .request, nil:
            return .bodies(
                results.compactMap { result in
                    guard case .request(_, let body) = result else { return nil }
                    return String(decoding: body, as: UTF8.self)
                })
        }
    }
}
