import Tensors

/// The tensors of one safetensors file, wholly checked.
///
/// What is read of a mapped file counts only after its `check`.
public struct SafetensorsFile: Sendable {
    private let bytes: SafetensorsBytes
    private let dataOffset: Int
    private let entries: [String: SafetensorsHeader.Entry]
    /// The tensors' names in the order of their data.
    public let names: [String]
    public let metadata: [String: String]

    /// Takes over a file's content. Where its metadata tell the data's checksum, they must agree.
    public init(_ bytes: [UInt8]) throws(SafetensorsError) { try self.init(.read(bytes)) }

    init(_ file: MappedFile) throws(SafetensorsError) { try self.init(.mapped(file)) }

    private init(_ bytes: SafetensorsBytes) throws(SafetensorsError) {
        let header = try bytes.withUnsafeBytes { (bytes) throws(SafetensorsError) in
            let header = try SafetensorsHeader(bytes)
            if let expected = header.metadata[SafetensorsContent.checksumKey] {
                var check = CyclicRedundancyCheck()
                check.update(UnsafeRawBufferPointer(rebasing: bytes[header.dataOffset...]))
                guard check.text == expected else { throw .checksum(expected: expected, actual: check.text) }
            }
            return header
        }
        names = header.entries.map(\.name)
        entries = Dictionary(header.entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        (self.bytes, metadata, dataOffset) = (bytes, header.metadata, header.dataOffset)
    }

    public func contains(_ name: String) -> Bool { entries[name] != nil }
    public func shape(of name: String) throws(SafetensorsError) -> Shape { try entry(name).shape }
    public func element(of name: String) throws(SafetensorsError) -> SafetensorsElement { try entry(name).element }

    /// The numbers of a tensor of floating-point elements of any size, rounded to float32.
    ///
    /// - Parameter shape: what the tensor's shape must be, if it is known.
    public func floats(_ name: String, shape: Shape? = nil) throws(SafetensorsError) -> Tensor {
        let entry = try entry(name, shape: shape)
        let values: [Float]
        switch entry.element {
        case .float32: values = load(entry, UInt32.self) { Float(bitPattern: $0) }
        case .float64: values = load(entry, UInt64.self) { Float(Double(bitPattern: $0)) }
        case .bfloat16: values = load(entry, UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
        case .float16: values = load(entry, UInt16.self, Float.init(halfPrecision:))
        default:
            throw .elementMismatch(tensor: name, expected: "F32, F64, F16 or BF16", actual: entry.element)
        }
        do {
            return try Tensor(shape: entry.shape, values: values)
        } catch {
            throw .uncountable(tensor: name, shape: entry.shape)
        }
    }

    /// Where a tensor's float32 numbers begin in the file, nil where it has others or they lie at no multiple of 4 bytes.
    func placeOfFloats(_ name: String, shape: Shape) throws(SafetensorsError) -> Int? {
        let entry = try entry(name, shape: shape)
        let place = dataOffset + entry.range.lowerBound
        // The format is little-endian.
        let isAsInMemory = entry.element == .float32 && place % MemoryLayout<Float>.size == 0 && 1.littleEndian == 1
        return isAsInMemory ? place : nil
    }

    /// The numbers of a tensor of whole numbers of any size.
    public func integers(_ name: String, shape: Shape? = nil) throws(SafetensorsError) -> [Int64] {
        let entry = try entry(name, shape: shape)
        switch entry.element {
        case .int64: return load(entry, UInt64.self) { Int64(bitPattern: $0) }
        case .int32: return load(entry, UInt32.self) { Int64(Int32(bitPattern: $0)) }
        case .int16: return load(entry, UInt16.self) { Int64(Int16(bitPattern: $0)) }
        case .int8: return load(entry, UInt8.self) { Int64(Int8(bitPattern: $0)) }
        case .uint32: return load(entry, UInt32.self) { Int64($0) }
        case .uint16: return load(entry, UInt16.self) { Int64($0) }
        case .uint8, .bool: return load(entry, UInt8.self) { Int64($0) }
        default: throw .elementMismatch(tensor: name, expected: "whole numbers", actual: entry.element)
        }
    }

    private func entry(_ name: String, shape: Shape? = nil) throws(SafetensorsError) -> SafetensorsHeader.Entry {
        guard let entry = entries[name] else { throw .missingTensor(name) }
        if let shape, shape != entry.shape {
            throw .shapeMismatch(tensor: name, expected: shape, actual: entry.shape)
        }
        return entry
    }

    /// Little-endian elements, which need not lie at a multiple of their size.
    private func load<Stored: FixedWidthInteger, Value>(
        _ entry: SafetensorsHeader.Entry, _ stored: Stored.Type, _ value: (Stored) -> Value
    ) -> [Value] {
        let size = MemoryLayout<Stored>.size
        let count = entry.range.count / size
        return bytes.withUnsafeBytes { raw in
            (0..<count).map { index in
                let offset = dataOffset + entry.range.lowerBound + index * size
                return value(Stored(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Stored.self)))
            }
        }
    }
}
