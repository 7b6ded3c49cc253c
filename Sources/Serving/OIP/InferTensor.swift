/// The protocol's element types that are taken.
enum InferDatatype: String, CaseIterable {
    case single = "FP32"
    case half = "FP16"
    case double = "FP64"
    case byte = "UINT8"

    var size: Int {
        switch self {
        case .byte: 1
        case .half: 2
        case .single: 4
        case .double: 8
        }
    }

    /// Elements of a body; bytes are pixels, divided by 255.
    func floats(_ bytes: [UInt8], in range: Range<Int>) -> [Float] {
        switch self {
        case .byte: bytes[range].map(RawTensor.unit)
        case .half: RawTensor.elements(bytes, in: range, UInt16.self) { Float(halfPrecision: $0) }
        case .single: RawTensor.elements(bytes, in: range, UInt32.self) { Float(bitPattern: $0) }
        case .double: RawTensor.elements(bytes, in: range, UInt64.self) { Float(Double(bitPattern: $0)) }
        }
    }

    /// Numbers that came as JSON.
    func floats(_ values: [Float], path: String) throws(ServiceError) -> [Float] {
        guard self == .byte else { return values }
        if let index = values.firstIndex(where: { !($0 >= 0 && $0 <= 255 && $0 == $0.rounded()) }) {
            throw .outOfRange("\(path)[\(index)]", actual: "\(values[index])", expected: "a whole number from 0 to 255")
        }
        return values.map { $0 / 255 }
    }
}

/// An input of a request, before it is known to fit the model.
struct InferTensor {
    enum Source {
        case json(JSONNode)
        /// Where its bytes lie in the body.
        case binary(Range<Int>)
    }

    let name: String
    /// Where in the request it stands, such as `inputs[0]`.
    let path: String
    let shape: [Int]
    let datatype: InferDatatype
    let source: Source

    /// The numbers with their shape, as many as that says.
    func raw(_ body: [UInt8], _ document: JSONDocument?) throws -> RawTensor {
        guard let count = RawTensor.count(shape) else {
            throw ServiceError.outOfRange(
                "\(path).shape", actual: "\(shape)", expected: "of at most \(Limits.values) numbers")
        }
        let values: [Float]
        switch source {
        case .binary(let range):
            // The product cannot overflow: both factors are small by now.
            guard range.count == count * datatype.size else {
                throw ServiceError.impossible(
                    "wrong_length",
                    "Input '\(name)' has \(range.count) bytes; its shape and datatype say \(count * datatype.size).",
                    path)
            }
            values = datatype.floats(body, in: range)
        case .json(let node): values = try numbers(node, count: count, document)
        }
        let types = InferDatatype.allCases.filter { $0 != .byte }.map { "'\($0.rawValue)'" }
        return try RawTensor(
            shape: shape, values: values, isBytes: datatype == .byte,
            names: RawTensor.Names(
                tensor: "input '\(name)'", shape: "\(path).shape", type: "\(path).datatype",
                bytes: datatype.rawValue,
                floats: "one of \(types.joined(separator: ", "))", row: name, images: name))
    }

    /// Flat, or nested as the shape is.
    private func numbers(_ node: JSONNode, count: Int, _ document: JSONDocument?) throws -> [Float] {
        let path = "\(path).data"
        switch node {
        case .floats(let block):
            guard block.rank == 1 || block.shape == shape else {
                throw ServiceError.impossible(
                    "shape_mismatch", "'\(path)' is nested as \(block.shape); the shape is \(shape).", path)
            }
            guard block.range.count == count else {
                throw ServiceError.impossible(
                    "wrong_length", "'\(path)' has \(block.range.count) numbers; the shape \(shape) has \(count).", path
                )
            }
            return try datatype.floats(document?.values(of: block) ?? [], path: path)
        case .array(let rows):
            throw RaggedRows.error(rows, path: path)
                ?? ServiceError.wrongType(path, actual: "not regular", expected: "an array of numbers")
        default: throw ServiceError.wrongType(path, actual: node.kind, expected: "an array of numbers")
        }
    }
}
