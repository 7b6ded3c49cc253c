import Tensors

/// Tensors on their way into a safetensors file; the same tensors give the same bytes.
public struct SafetensorsContent: Sendable {
    private struct Item {
        let name: String
        let element: SafetensorsElement
        let shape: Shape
        let bytes: [UInt8]
    }

    public var metadata: [String: String]
    private var items: [Item] = []

    public init(metadata: [String: String] = [:]) { self.metadata = metadata }

    /// Adds a float32 tensor. A name may be added once.
    public mutating func add(_ name: String, _ tensor: Tensor) throws {
        try add(name, .float32, tensor.shape, words: tensor.values.lazy.map(\.bitPattern))
    }

    /// Adds float32 numbers under a shape that holds as many.
    public mutating func add(_ name: String, shape: Shape, floats: ArraySlice<Float>) throws {
        try add(name, .float32, shape, words: floats.lazy.map(\.bitPattern))
    }

    /// Adds bytes under a shape that holds as many.
    public mutating func add(_ name: String, shape: Shape, bytes: [UInt8]) throws {
        try add(name, .uint8, shape, words: bytes)
    }

    /// Adds 64-bit whole numbers under a shape that holds as many.
    public mutating func add(_ name: String, shape: Shape, integers: [Int64]) throws {
        try add(name, .int64, shape, words: integers)
    }

    private mutating func add<Word: FixedWidthInteger>(
        _ name: String, _ element: SafetensorsElement, _ shape: Shape, words: some Collection<Word>
    ) throws {
        guard name != "__metadata__", !items.contains(where: { $0.name == name }) else {
            throw SafetensorsError.duplicateName(name)
        }
        let expected = try shape.elementCount()
        guard words.count == expected else {
            throw ShapeError.countMismatch(shape: shape, expected: expected, actual: words.count)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(words.count * element.size)
        for word in words { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
        items.append(Item(name: name, element: element, shape: shape, bytes: bytes))
    }

    /// The key in a file's metadata of the CRC-32 of its data, which a reader of ours holds against the data.
    static let checksumKey = "data_crc32"

    /// The file's bytes: larger elements first, then by name, so that every tensor is aligned to its element.
    ///
    /// - Parameter checksum: whether to add the data's CRC-32 to the metadata.
    public func bytes(checksum: Bool = false) -> [UInt8] {
        let sorted = items.sorted { ($1.element.size, $0.name) < ($0.element.size, $1.name) }
        var metadata = metadata
        if checksum {
            var check = CyclicRedundancyCheck()
            for item in sorted { item.bytes.withUnsafeBytes { check.update($0) } }
            metadata[Self.checksumKey] = check.text
        }
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var offset = 0
        for item in sorted {
            let shape = item.shape.dimensions.map(String.init).joined(separator: ",")
            members.append(
                "\(Self.quoted(item.name)):{\"dtype\":\"\(item.element.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(offset + item.bytes.count)]}")
            offset += item.bytes.count
        }
        var header = Array("{\(members.joined(separator: ","))}".utf8)
        header += repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        var file: [UInt8] = []
        file.reserveCapacity(8 + header.count + offset)
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { file.append(contentsOf: $0) }
        file += header
        for item in sorted { file += item.bytes }
        return file
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let hexadecimal = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
