/// The header of one part of a form: its name and, for a file, the file's.
struct MultipartHead: Equatable {
    let name: String
    let filename: String?

    static let byteLimit = 8192
    static let fieldLimit = 16

    /// - Parameter bytes: the header's lines, each with its CR LF, without the empty one.
    init(_ bytes: ArraySlice<UInt8>) throws(MultipartError) {
        var rest = bytes
        var fields: [String: ArraySlice<UInt8>] = [:]
        var count = 0
        while !rest.isEmpty {
            count += 1
            guard count <= Self.fieldLimit else { throw MultipartError(reason: .tooManyFields(limit: Self.fieldLimit)) }
            let line = rest.prefix { $0 != 0x0D }
            rest = rest[line.endIndex...]
            guard rest.starts(with: [0x0D, 0x0A]) else { throw MultipartError(reason: .field) }
            rest = rest.dropFirst(2)
            let (name, value) = try Self.field(line)
            guard fields.updateValue(value, forKey: name) == nil else { throw MultipartError(reason: .repeatedField) }
        }
        try Self.check(fields)
        guard let field = fields["content-disposition"] else { throw MultipartError(reason: .noDisposition) }
        guard let disposition = HeaderParameters(field), disposition.word == "form-data" else {
            throw MultipartError(reason: .disposition)
        }
        if let unknown = disposition.parameters.keys.sorted().first(where: { $0 != "name" && $0 != "filename" }) {
            throw MultipartError(reason: .unknownParameter(unknown))
        }
        // Browsers and curl write a quotation mark so.
        func text(_ name: String) -> String? { disposition[name]?.replacing("%22", with: "\"") }
        guard let name = text("name"), !name.isEmpty else { throw MultipartError(reason: .noName) }
        (self.name, filename) = (name, text("filename"))
    }

    private static func field(_ line: ArraySlice<UInt8>) throws(MultipartError) -> (String, ArraySlice<UInt8>) {
        let name = line.prefix(while: HeaderParameters.isToken)
        let value = line[name.endIndex...]
        guard !name.isEmpty, value.first == 0x3A, value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw MultipartError(reason: .field)
        }
        return (String(decoding: name, as: UTF8.self).lowercased(), value.dropFirst())
    }

    /// Other fields mean nothing (RFC 7578 §4.8).
    private static func check(_ fields: [String: ArraySlice<UInt8>]) throws(MultipartError) {
        func text(_ name: String) -> String? {
            fields[name].map { String(decoding: $0, as: UTF8.self).trimmingSpaces().lowercased() }
        }
        if text("content-type")?.hasPrefix("multipart/") == true { throw MultipartError(reason: .nested) }
        if let encoding = text("content-transfer-encoding"), !["7bit", "8bit", "binary"].contains(encoding) {
            throw MultipartError(reason: .transferEncoding)
        }
    }
}
