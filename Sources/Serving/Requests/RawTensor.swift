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
    static func constant(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .contentDisposition }
}

/// Numbers with a shape: a body described by two fields, an NPY file, which describes itself, or an inference client's tensor.
struct RawTensor {
    /// What a client calls its parts.
    struct Names {
        var tensor = "the body"
        var shape = "X-Shape"
        var type = "X-Dtype"
        var bytes = "u8"
        var floats = "'f32'"
        /// What is in front of a row's number.
        var row = ""
        /// The images, where it holds some.
        var images = "images"
    }

    let shape: [Int]
    let values: [Float]
    /// Whether the values came as bytes, which are pixels.
    let isBytes: Bool
    let names: Names

    /// - Parameter values: as many as the shape says.
    init(shape: [Int], values: [Float], isBytes: Bool, names: Names = Names()) throws(ServiceError) {
        (self.shape, self.values, self.isBytes, self.names) = (shape, values, isBytes, names)
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            let row = index / max(1, values.count / max(1, shape.first ?? 1))
            throw ServiceError.impossible(
                "non_finite_value", "Row \(row) of \(names.tensor) holds a number that is not finite.",
                "\(names.row)[\(row)]")
        }
    }

    /// The product of extents that are not negative; nil where that is more numbers than a request may have.
    static func count(_ shape: [Int]) -> Int? {
        var count = 1
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow, product <= Limits.values else { return nil }
            count = product
        }
        return count
    }

    /// Reads a request's `application/octet-stream` body. Bytes are divided by 255.
    init(_ request: Request) throws {
        guard let shapeText = request.fields[.shape] else {
            throw ServiceError.missing("X-Shape", "the extents, such as 32,1,28,28")
        }
        var shape: [Int] = []
        for part in shapeText.split(separator: ",", omittingEmptySubsequences: false) {
            guard let extent = Int(part.trimmingSpaces()), extent >= 0, shape.count < 8 else {
                throw ServiceError.wrongType(
                    "X-Shape", actual: "'\(shapeText.prefix(64))'", expected: "extents such as 32,1,28,28")
            }
            shape.append(extent)
        }
        guard let count = Self.count(shape) else {
            throw ServiceError.outOfRange(
                "X-Shape", actual: "'\(shapeText.prefix(64))'", expected: "at most \(Limits.values) numbers")
        }
        let type = request.fields[.elementType] ?? "f32"
        guard type == "f32" || type == "u8" else {
            throw ServiceError.outOfRange("X-Dtype", actual: "'\(type.prefix(32))'", expected: "'f32' or 'u8'")
        }
        let isBytes = type == "u8"
        let expected = isBytes ? count : count * 4
        guard request.body.count == expected else {
            throw ServiceError.impossible(
                "wrong_length", "The body has \(request.body.count) bytes; its X-Shape and X-Dtype say \(expected).",
                "X-Shape")
        }
        let values =
            isBytes
            ? request.body.map(Self.unit)
            : Self.elements(request.body, in: request.body.indices, UInt32.self) { Float(bitPattern: $0) }
        try self.init(shape: shape, values: values, isBytes: isBytes)
    }

    /// Reads an NPY file. Bytes are divided by 255, doubles rounded.
    init(npy file: [UInt8]) throws {
        let header = try NPYHeader(file)
        let data = header.dataOffset..<file.count
        let values =
            switch header.element {
            case .float32: Self.elements(file, in: data, UInt32.self) { Float(bitPattern: $0) }
            case .float64: Self.elements(file, in: data, UInt64.self) { Float(Double(bitPattern: $0)) }
            case .byte: file[data].map(Self.unit)
            }
        try self.init(
            shape: header.shape, values: values, isBytes: header.element == .byte,
            names: Names(shape: "shape", type: "descr", bytes: "|u1", floats: "'<f4' or '<f8'"))
    }

    static func unit(_ byte: UInt8) -> Float { Float(byte) / 255 }

    /// Little-endian elements, which need not lie at a multiple of their size; bytes that make no whole one are left out.
    static func elements<Stored: FixedWidthInteger>(
        _ bytes: [UInt8], in range: Range<Int>, _ stored: Stored.Type, _ value: (Stored) -> Float
    ) -> [Float] {
        let size = MemoryLayout<Stored>.size
        return bytes.withUnsafeBytes { bytes in
            let bytes = UnsafeRawBufferPointer(rebasing: bytes[range])
            return (0..<bytes.count / size).map {
                value(Stored(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * size, as: Stored.self)))
            }
        }
    }

    /// Little-endian bytes of floats.
    static func bytes(_ values: [Float]) -> [UInt8] {
        // Every platform that this builds for is little-endian.
        values.withUnsafeBytes { Array($0) }
    }
}
