/// What the header of an NPY file says: the format of NumPy's arrays, versions 1.0 to 3.0.
///
/// NumPy reads the header by evaluating it as Python. Here it is read as what it has to be, a dictionary of three known
/// keys, and nothing is evaluated.
struct NPYHeader: Equatable {
    /// The elements that are read; all are little-endian or have no order.
    enum Element: String, CaseIterable {
        case float32 = "<f4"
        case float64 = "<f8"
        case byte = "|u1"

        var size: Int {
            switch self {
            case .float32: 4
            case .float64: 8
            case .byte: 1
            }
        }
    }

    let element: Element
    /// Extents in C order, outermost first.
    let shape: [Int]
    /// Where the elements begin.
    let dataOffset: Int

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// NumPy's own limit. An array of one plain type takes 118 bytes.
    static let lengthLimit = 10_000
    private static let rankLimit = 8

    /// Reads the header and holds its shape against the number of bytes that follow it.
    init(_ file: [UInt8]) throws(NPYError) {
        guard file.starts(with: Self.magic) else { throw .notNPY }
        guard file.count >= 10 else { throw .truncated }
        let (major, minor) = (file[6], file[7])
        guard (1...3).contains(major), minor == 0 else { throw .version(major: Int(major), minor: Int(minor)) }
        let start = major == 1 ? 10 : 12
        guard file.count >= start else { throw .truncated }
        let length = file[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.lengthLimit else { throw .headerTooLong(actual: length, limit: Self.lengthLimit) }
        guard file.count >= start + length else { throw .truncated }
        var dictionary = NPYDictionary(file[start..<start + length])
        (element, shape) = try dictionary.read()
        dataOffset = start + length

        guard shape.count <= Self.rankLimit else { throw .tooManyAxes(actual: shape.count, limit: Self.rankLimit) }
        var count = 1
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow, product <= Limits.values else { throw .tooManyElements(shape: shape) }
            count = product
        }
        let expected = count * element.size
        guard file.count - dataOffset == expected else {
            throw .dataLength(expected: expected, actual: file.count - dataOffset)
        }
    }

    /// A whole file, version 1.0: floats in C order, the data aligned to 64 bytes as NumPy does it.
    static func file(shape: [Int], values: [Float]) -> [UInt8] {
        let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var header = Array("{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }".utf8)
        header += repeatElement(0x20, count: 63 - (magic.count + 4 + header.count) % 64) + [0x0A]
        var file = magic + [1, 0, UInt8(header.count & 0xFF), UInt8(header.count >> 8)]
        file.reserveCapacity(file.count + header.count + values.count * 4)
        file += header
        file += RawTensor.bytes(values)
        return file
    }
}

/// Why an NPY file cannot be taken.
enum NPYError: Error, Equatable, CustomStringConvertible {
    case notNPY
    case truncated
    case version(major: Int, minor: Int)
    case headerTooLong(actual: Int, limit: Int)
    /// The header is no dictionary of the three keys; `offset` counts from its brace.
    case syntax(offset: Int, expected: String)
    /// `descr` is a type that is not read.
    case element(String)
    case fortranOrder
    case tooManyAxes(actual: Int, limit: Int)
    case tooManyElements(shape: [Int])
    /// The bytes after the header are not those of its shape and type.
    case dataLength(expected: Int, actual: Int)

    var description: String {
        switch self {
        case .notNPY: "The body is no NPY file."
        case .truncated: "The NPY file ends inside its header."
        case .version(let major, let minor):
            "The NPY file has the version \(major).\(minor); versions 1.0, 2.0 and 3.0 are read."
        case .headerTooLong(let actual, let limit):
            "The NPY file's header has \(actual) bytes; at most \(limit) are read."
        case .syntax(let offset, let expected):
            "The NPY file's header is not valid at byte \(offset); expected \(expected)."
        case .element(let descr):
            "The NPY file's 'descr' is \(descr); it must be '<f4', '<f8' or '|u1', and objects are never read."
        case .fortranOrder:
            "The NPY file is in Fortran order; it must be in C order, as numpy.ascontiguousarray makes it."
        case .tooManyAxes(let actual, let limit): "The NPY file's shape has \(actual) axes; at most \(limit) are read."
        case .tooManyElements(let shape):
            "The NPY file's shape \(shape.map(String.init).joined(separator: "x")) holds more than \(Limits.values) "
                + "numbers."
        case .dataLength(let expected, let actual):
            "The NPY file has \(actual) bytes of data; its shape and type say \(expected)."
        }
    }
}
