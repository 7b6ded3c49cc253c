import HTTP

/// The form of the protocol's errors: one string.
enum OIPFailure {
    static let form = FailureForm(below: "v2") { failure, response in
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("error")
        writer.string(failure.message)
        writer.endObject()
        response.body = writer.bytes
        // The protocol knows no difference between what cannot be read and what cannot be done.
        if response.status == .unprocessableContent { response.status = .badRequest }
    }
}
