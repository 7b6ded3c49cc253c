/// Why a body is not the `multipart/form-data` that it should be.
struct MultipartError: Error, Equatable, CustomStringConvertible {
    enum Reason: Equatable {
        case contentType
        case boundary
        case beginning
        case boundaryLine
        case afterEnd
        case unfinished
        case tooManyParts(limit: Int)
        case unfinishedHead(limit: Int)
        case tooManyFields(limit: Int)
        case field
        case repeatedField
        case noDisposition
        case disposition
        case unknownParameter(String)
        case noName
        case nested
        case transferEncoding
    }

    /// Counted from 1; nil where it is not about one of the parts.
    var part: Int?
    let reason: Reason

    var description: String { (part.map { "Part \($0) of the body: " } ?? "The body: ") + text + "." }

    private var text: String {
        switch reason {
        case .contentType: "its Content-Type must be multipart/form-data with one boundary"
        case .boundary: "the boundary in Content-Type must be 1 to 70 of the characters that RFC 2046 allows"
        case .beginning: "it does not begin with the boundary that Content-Type names"
        case .boundaryLine: "its boundary is not followed by a line's end"
        case .afterEnd: "there are bytes after its last boundary"
        case .unfinished: "it has no boundary at its end"
        case .tooManyParts(let limit): "it has more than \(limit) parts"
        case .unfinishedHead(let limit): "its header has no end within \(limit) bytes"
        case .tooManyFields(let limit): "its header has more than \(limit) fields"
        case .field: "a line of its header is not a name, a colon and a value without control characters"
        case .repeatedField: "its header has a field more than once"
        case .noDisposition: "its header has no Content-Disposition"
        case .disposition: "its Content-Disposition is not form-data with parameters of the form name=\"value\""
        case .unknownParameter(let name):
            "its Content-Disposition has a parameter '\(name.prefix(40))' besides name and filename"
        case .noName: "its Content-Disposition has no name"
        case .nested: "it has parts itself, which is not taken"
        case .transferEncoding: "its Content-Transfer-Encoding must be 7bit, 8bit or binary"
        }
    }
}
