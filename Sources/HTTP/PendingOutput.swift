import Sockets

/// Bytes on their way out, and how far they have come.
struct PendingOutput: Sendable {
    private let response: EncodedResponse
    private(set) var sent = 0

    init(_ response: EncodedResponse) {
        self.response = response
    }

    var isFinished: Bool { sent == response.count }
    var left: Int { response.count - sent }

    enum Progress: Equatable, Sendable {
        case finished
        case blocked
        case broken
    }

    /// Sends until all is out or the socket takes no more.
    mutating func send(to transport: Transport) -> Progress {
        while !isFinished {
            let result = response.head.withUnsafeBytes { head in
                response.body.withUnsafeBytes { body in
                    transport.send(
                        UnsafeRawBufferPointer(rebasing: head.dropFirst(sent)),
                        UnsafeRawBufferPointer(rebasing: body.dropFirst(max(0, sent - head.count))))
                }
            }
            switch result {
            case .transferred(let count): sent += count
            case .wouldBlock: return .blocked
            case .endOfStream, .failed: return .broken
            }
        }
        return .finished
    }
}

extension PendingOutput {
    /// What is left of this, then another response.
    func followed(by next: EncodedResponse) -> EncodedResponse {
        let rest = (response.head + response.body).dropFirst(sent)
        return EncodedResponse(head: rest + next.head, body: next.body)
    }
}
