import HTTP
import HTTPTypes

extension HTTPField.Name {
    /// Extents, outermost first: `32,1,28,28`.
    static let shape = constant("X-Shape")
    /// `f32` or `u8`.
    static let elementType = constant("X-Dtype")
    /// The epoch of a map.
    static let epoch = constant("X-Epoch")
    static let idempotencyKey = constant("Idempotency-Key")
    static let lastEventID = constant("Last-Event-ID")

    /// The names above are tokens, so the fallback is never taken.
    private static func constant(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .contentDisposition }
}

/// A body of bare numbers, little-endian, described by two fields.
struct RawTensor {
    let shape: [Int]
    let values: [Float]
    /// Whether the values came as bytes, which are pixels.
    let isBytes: Bool

    /// Reads a request's `application/octet-stream` body. Bytes are divided by 255.
    init(_ request: Request) throws {
        guard let shapeText = request.fields[.shape] else {
            throw ServiceError.missing("X-Shape", "the extents, such as 32,1,28,28")
        }
        var shape: [Int] = []
        var count = 1
        for part in shapeText.split(separator: ",", omittingEmptySubsequences: false) {
            guard let extent = Int(part.trimmingSpaces()), extent >= 0, shape.count < 8 else {
                throw ServiceError.wrongType(
                    "X-Shape", actual: "'\(shapeText.prefix(64))'", expected: "extents such as 32,1,28,28")
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow, product <= Limits.values else {
                throw ServiceError.outOfRange(
                    "X-Shape", actual: "'\(shapeText.prefix(64))'", expected: "at most \(Limits.values) numbers")
            }
            (count, shape) = (product, shape + [extent])
        }
        let type = request.fields[.elementType] ?? "f32"
        guard type == "f32" || type == "u8" else {
            throw ServiceError.outOfRange("X-Dtype", actual: "'\(type.prefix(32))'", expected: "'f32' or 'u8'")
        }
        isBytes = type == "u8"
        let expected = isBytes ? count : count * 4
        guard request.body.count == expected else {
            throw ServiceError.impossible(
                "wrong_length", "The body has \(request.body.count) bytes; its X-Shape and X-Dtype say \(expected).",
                "X-Shape")
        }
        self.shape = shape
        values =
            isBytes
            ? request.body.map { Float($0) / 255 }
            : request.body.withUnsafeBytes { bytes in
                (0..<count).map {
                    Float(
                        bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
                }
            }
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            let row = index / max(1, count / max(1, shape.first ?? 1))
            throw ServiceError.impossible(
                "non_finite_value", "Row \(row) of the body holds a number that is not finite.", "[\(row)]")
        }
    }

    /// Little-endian bytes of floats.
    static func bytes(_ values: [Float]) -> [UInt8] {
        // Every platform that this builds for is little-endian.
        values.withUnsafeBytes { Array($0) }
    }
}
