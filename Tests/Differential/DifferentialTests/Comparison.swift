import HTTP
import NIOHTTP1

/// What the two readings of the same bytes say together.
enum Outcome: Equatable {
    /// Both accept, with the same meaning; both may wait for more.
    case same
    /// Both refuse, after the same requests.
    case bothRefuse(HTTPFault)
    /// We refuse where SwiftNIO goes on.
    case stricter(HTTPFault)
    /// We accept what SwiftNIO refuses, or takes for something else.
    case differs(Difference)
}

extension Outcome: CustomStringConvertible {
    var description: String {
        switch self {
        case .same: "both read the same"
        case .bothRefuse(let fault): "both refuse: \(fault.title)"
        case .stricter(let fault): "we alone refuse: \(fault.title)"
        case .differs(let difference):
            "they differ in \(difference.kind): \(difference.ours.map(\.description) ?? "nothing") here, "
                + "\(difference.theirs.map(\.description) ?? "nothing") there"
        }
    }
}

/// Where the readings part, while we accept.
struct Difference: Equatable {
    enum Kind: Equatable {
        case method, target, version, fields, persistence, body
        /// SwiftNIO has no such request, or one more, or waits where we don't.
        case ending
        case refused(HTTPParserError)
    }

    var kind: Kind
    /// The request in question, as both read it: nil where there is none.
    var ours: Message?
    var theirs: Message?
}

func compare(_ ours: Reading<HTTPFault>, _ theirs: Reading<HTTPParserError>) -> Outcome {
    for (index, request) in ours.requests.enumerated() {
        guard index < theirs.requests.count else {
            return .differs(Difference(kind: theirs.absence, ours: request, theirs: theirs.open))
        }
        if let kind = difference(request, theirs.requests[index]) {
            return .differs(Difference(kind: kind, ours: request, theirs: theirs.requests[index]))
        }
    }
    // A head is routed before its body is there, so it counts by itself.
    let count = ours.requests.count
    if let head = ours.open {
        let other = count < theirs.requests.count ? theirs.requests[count] : theirs.open
        guard let other else { return .differs(Difference(kind: theirs.absence, ours: head)) }
        if let kind = headDifference(head, other) {
            return .differs(Difference(kind: kind, ours: head, theirs: other))
        }
    }
    let stopsAtTheSame = theirs.requests.count == count
    switch (ours.ending, theirs.ending) {
    case (.rejected(let fault), .rejected): return stopsAtTheSame ? .bothRefuse(fault) : .stricter(fault)
    case (.rejected(let fault), _): return .stricter(fault)
    case (.boundary, .boundary) where stopsAtTheSame, (.closed, .closed) where stopsAtTheSame,
        (.inside, .inside) where stopsAtTheSame:
        return .same
    default:
        return .differs(Difference(kind: theirs.absence, ours: ours.open ?? ours.requests.last, theirs: theirs.open))
    }
}

extension Reading<HTTPParserError> {
    /// Why a request that we have is not here.
    fileprivate var absence: Difference.Kind {
        guard case .rejected(let error) = ending else { return .ending }
        return .refused(error)
    }
}

private func difference(_ ours: Message, _ theirs: Message) -> Difference.Kind? {
    headDifference(ours, theirs) ?? (ours.body == theirs.body ? nil : .body)
}

private func headDifference(_ ours: Message, _ theirs: Message) -> Difference.Kind? {
    if ours.method != theirs.method { return .method }
    if ours.target != theirs.target { return .target }
    if ours.minorVersion != theirs.minorVersion { return .version }
    if ours.fields.map(\.asText) != theirs.fields { return .fields }
    if ours.keepsAlive != theirs.keepsAlive { return .persistence }
    return nil
}

extension Message.Field {
    /// SwiftNIO gives values out as text, with U+FFFD for what is not UTF-8, so ours are read as text too.
    fileprivate var asText: Self {
        Self(name: name, value: Array(String(decoding: value, as: UTF8.self).utf8))
    }
}
