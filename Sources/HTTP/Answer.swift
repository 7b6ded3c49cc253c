import HTTPTypes
import Sockets

/// A response on its way out: the bytes that begin it, and the stream that goes on after them, if there is one.
struct Answer {
    let status: HTTPResponse.Status
    let encoded: EncodedResponse
    let stream: ResponseStream?

    /// What the connection says about the answer.
    struct Terms: Sendable {
        let persistence: ResponseEncoder.Persistence
        let takesChunks: Bool
        let failureForm: FailureForm?
    }

    /// A stream takes its place here; where none is left, the answer is 503 instead.
    init(
        _ response: Response, toHead: Bool, requestID: String, terms: Terms, places: StreamPlaces, date: [UInt8]
    ) {
        var response = response
        var stream = response.stream
        if let unused = stream, toHead || ResponseEncoder.hasNoContent(response.status) {
            unused.close(.unused)
            stream = nil
        } else if let open = stream {
            if let place = places.take() {
                open.hold(place)
            } else {
                open.close(.unused)
                stream = nil
                response = .error(
                    status: .serviceUnavailable, code: "too_many_streams",
                    message: "The server has \(places.limit) streams open, as many as it allows.",
                    requestID: requestID, retryAfter: 5)
            }
        }
        response = response.inForm(terms.failureForm)
        self.stream = stream
        status = response.status
        encoded = ResponseEncoder.encode(
            response, toHead: toHead, persistence: terms.persistence, takesChunks: terms.takesChunks, date: date)
    }
}

/// A stream as the loop has it, from its head to its end.
struct OpenStream: Sendable {
    let stream: ResponseStream
    let isChunked: Bool
    /// When the request's head was there.
    let began: MonotonicInstant
    /// What will be logged at the end, when bytes and duration are known.
    var record: AccessRecord
    /// Whether the head is out, which is not counted.
    var hasBegun = false
    /// What is being written is the stream's last.
    var isLast = false
    /// Why the server itself ended it.
    var ending: ResponseStream.Ending?
}
