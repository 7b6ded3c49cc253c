import Tensors

/// The table of contents of a safetensors file, checked as a whole before a byte of data is used.
///
/// u64 little-endian length of the header, the header as JSON, then the data without holes.
struct SafetensorsHeader {
    struct Entry: Equatable {
        let name: String
        let element: SafetensorsElement
        let shape: Shape
        /// Relative to the data.
        let range: Range<Int>
    }

    static let lengthLimit: UInt64 = 100_000_000

    /// In the order of their data.
    let entries: [Entry]
    let metadata: [String: String]
    /// Where the data begins in the file.
    let dataOffset: Int

    /// Reads the header of a whole file.
    init(_ file: UnsafeRawBufferPointer) throws(SafetensorsError) {
        guard file.count >= 8 else { throw .tooShort(bytes: file.count) }
        let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
        let limit = min(Self.lengthLimit, UInt64(file.count - 8))
        guard length <= limit else { throw .headerLength(actual: length, limit: limit) }
        dataOffset = 8 + Int(length)
        // A copy, which nobody writes to while it is scanned.
        let header = Array(file[8..<dataOffset])
        guard header.first == UInt8(ascii: "{") else {
            throw .headerSyntax(position: 0, expected: "an object")
        }
        var entries: [Entry] = []
        var metadata: [String: String] = [:]
        var scanner = HeaderScanner(header[...])
        try scanner.object { (scanner, name) throws(SafetensorsError) in
            if name == "__metadata__" {
                try scanner.object { (scanner, key) throws(SafetensorsError) in metadata[key] = try scanner.string() }
            } else {
                entries.append(try Entry(name: name, &scanner))
            }
        }
        try scanner.end()
        entries.sort {
            ($0.range.lowerBound, $0.range.upperBound, $0.name) < ($1.range.lowerBound, $1.range.upperBound, $1.name)
        }
        try Self.checkContiguous(entries, dataLength: file.count - dataOffset)
        (self.entries, self.metadata) = (entries, metadata)
    }

    private static func checkContiguous(_ entries: [Entry], dataLength: Int) throws(SafetensorsError) {
        var end = 0
        for entry in entries {
            let begin = entry.range.lowerBound
            if begin < end { throw .overlap(tensor: entry.name, expectedBegin: end, actualBegin: begin) }
            if begin > end { throw .hole(tensor: entry.name, expectedBegin: end, actualBegin: begin) }
            end = entry.range.upperBound
        }
        guard end == dataLength else { throw .dataLength(expected: end, actual: dataLength) }
    }
}

extension SafetensorsHeader.Entry {
    fileprivate init(name: String, _ scanner: inout HeaderScanner) throws(SafetensorsError) {
        var type: String?
        var dimensions: [Int]?
        var offsets: [Int] = []
        try scanner.object { (scanner, field) throws(SafetensorsError) in
            switch field {
            case "dtype": type = try scanner.string()
            case "shape": dimensions = try scanner.numbers()
            case "data_offsets": offsets = try scanner.numbers()
            default: throw scanner.unexpected("dtype, shape or data_offsets instead of '\(field)'")
            }
        }
        guard let type, let dimensions, offsets.count == 2 else {
            throw scanner.unexpected("a dtype, a shape and two data_offsets for '\(name)'")
        }
        guard let element = SafetensorsElement(rawValue: type) else {
            throw .unknownElement(tensor: name, actual: type)
        }
        let shape = Shape(dimensions)
        guard let count = try? shape.elementCount(),
            case let (bytes, overflow) = count.multipliedReportingOverflow(by: element.size), !overflow
        else { throw .uncountable(tensor: name, shape: shape) }
        guard offsets[0] <= offsets[1], offsets[1] - offsets[0] == bytes else {
            throw .rangeSize(
                tensor: name, shape: shape, element: element, expected: bytes, begin: offsets[0], end: offsets[1])
        }
        (self.name, self.element, self.shape) = (name, element, shape)
        range = offsets[0]..<offsets[1]
    }
}
