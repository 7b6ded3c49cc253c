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

/// A body of numbers, little-endian: bare ones described by two fields, or an NPY file, which describes itself.
struct RawTensor {
    let shape: [Int]
    let values: [Float]
    /// Whether the values came as bytes, which are pixels.
    let isBytes: Bool
    /// What the client calls its extents and its type, for errors.
    let shapeName, typeName: String

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
        (shapeName, typeName) = ("X-Shape", "X-Dtype")
        values =
            isBytes
            ? request.body.map(Self.unit)
            : Self.elements(request.body, from: 0, UInt32.self) { Float(bitPattern: $0) }
        try checkFinite()
    }

    /// Reads an NPY file. Bytes are divided by 255, doubles rounded.
    init(npy file: [UInt8]) throws {
        let header = try NPYHeader(file)
        shape = header.shape
        isBytes = header.element == .byte
        (shapeName, typeName) = ("shape", "descr")
        switch header.element {
        case .float32: values = Self.elements(file, from: header.dataOffset, UInt32.self) { Float(bitPattern: $0) }
        case .float64:
            values = Self.elements(file, from: header.dataOffset, UInt64.self) { Float(Double(bitPattern: $0)) }
        case .byte: values = file[header.dataOffset...].map(Self.unit)
        }
        try checkFinite()
    }

    private static func unit(_ byte: UInt8) -> Float { Float(byte) / 255 }

    /// Everything after `offset`, which need not be a multiple of an element's size.
    private static func elements<Stored: FixedWidthInteger>(
        _ bytes: [UInt8], from offset: Int, _ stored: Stored.Type, _ value: (Stored) -> Float
    ) -> [Float] {
        let size = MemoryLayout<Stored>.size
        return bytes.withUnsafeBytes { bytes in
            (0..<(bytes.count - offset) / size).map {
                value(Stored(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + $0 * size, as: Stored.self)))
            }
        }
    }

    private func checkFinite() throws {
        guard let index = values.firstIndex(where: { !$0.isFinite }) else { return }
        let row = index / max(1, values.count / max(1, shape.first ?? 1))
        throw ServiceError.impossible(
            "non_finite_value", "Row \(row) of the body holds a number that is not finite in float32.", "[\(row)]")
    }

    /// Little-endian bytes of floats.
    static func bytes(_ values: [Float]) -> [UInt8] {
        // Every platform that this builds for is little-endian.
        values.withUnsafeBytes { Array($0) }
    }
}
