import HTTP
import HTTPTypes

extension HTTPField.Name {
    /// How much of the body is JSON, where numbers follow it.
    static let inferenceHeaderLength = constant("Inference-Header-Content-Length")
}

/// An infer request taken apart: what it asks for, and where the numbers of its inputs lie.
struct InferRequest {
    struct Output: Equatable {
        let name: String
        let isBinary: Bool
    }

    /// Given back with the answer, where there is one.
    private(set) var id: String?
    /// nil where the whole body is the only input.
    private(set) var inputs: [InferTensor]?
    /// In the order asked for; nil for all of them.
    private(set) var outputs: [Output]?
    /// Whether outputs that are not named one by one are given as bytes.
    private(set) var givesBytes = false
    private(set) var document: JSONDocument?

    private static let maximumTensors = 64

    /// - Parameter request: with its body inflated.
    init(_ request: Request) throws {
        let body = request.body
        let headerLength = try Self.headerLength(request.fields[.inferenceHeaderLength], of: body)
        if headerLength == 0 {
            // There is nobody to say how the outputs are wanted: as the input came.
            givesBytes = true
            return
        }
        let document = try JSONParser.parse(
            headerLength.map { Array(body[..<$0]) } ?? body, exactKeys: ["shape"])
        self.document = document
        let fields = try Fields(document)
        id = try fields.string("id")
        if let parameters = try fields.object("parameters") {
            givesBytes = try parameters.bool("binary_data_output") ?? false
        }
        try readInputs(fields, from: headerLength ?? body.count, to: body.count)
        try readOutputs(fields)
    }

    /// nil where the field is missing, and then all of the body is JSON.
    static func headerLength(_ field: String?, of body: [UInt8]) throws(ServiceError) -> Int? {
        guard let field else { return nil }
        guard (1...18).contains(field.utf8.count), field.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let length = Int(field), length <= body.count
        else {
            throw ServiceError(
                status: .badRequest, code: "invalid_header_length",
                message:
                    "Inference-Header-Content-Length is '\(field.prefix(32))'; it must be a number of bytes from 0 to "
                    + "\(body.count), the length of the body.", parameter: "Inference-Header-Content-Length")
        }
        return length
    }

    private mutating func readInputs(_ fields: Fields, from start: Int, to end: Int) throws {
        guard let nodes = try fields.objects("inputs", limit: Self.maximumTensors), !nodes.isEmpty else {
            throw ServiceError.missing("inputs", "an array of tensors")
        }
        var inputs: [InferTensor] = []
        var position = start
        for (node, path) in nodes {
            let input = try Fields.object(node, of: fields.document, path: path)
            guard let name = try input.string("name") else { throw ServiceError.missing("\(path).name", "a string") }
            guard !inputs.contains(where: { $0.name == name }) else {
                throw ServiceError.impossible("duplicate_input", "Input '\(name.prefix(64))' is given twice.", path)
            }
            let source = try Self.source(of: input, from: position, to: end)
            if case .binary(let range) = source { position = range.upperBound }
            inputs.append(
                InferTensor(
                    name: name, path: path, shape: try Self.shape(of: input), datatype: try Self.datatype(of: input),
                    source: source))
        }
        guard position == end else {
            throw ServiceError.impossible(
                "left_over_bytes", "\(end - position) bytes of the body belong to no input.", nil)
        }
        self.inputs = inputs
    }

    private static func source(of input: Fields, from position: Int, to end: Int) throws -> InferTensor.Source {
        let parameters = try input.object("parameters")
        if parameters?["shared_memory_region"] != nil {
            throw ServiceError.impossible("not_offered", "Shared memory is not offered.", input.path)
        }
        let size = parameters?["binary_data_size"]
        guard let parameters, size != nil else {
            guard let data = input["data"] else {
                throw ServiceError.missing(input.path(of: "data"), "an array of numbers, or a binary_data_size")
            }
            return .json(data)
        }
        guard input["data"] == nil else {
            throw ServiceError.impossible(
                "conflicting_fields", "'\(input.path)' has both data and a binary_data_size.", input.path)
        }
        let count = try parameters.integer("binary_data_size", in: 0...Int.max, default: 0)
        guard count <= end - position else {
            throw ServiceError.impossible(
                "too_few_bytes", "'\(input.path)' has \(count) bytes; \(end - position) of the body are left for it.",
                input.path)
        }
        return .binary(position..<position + count)
    }

    /// Whole numbers, exactly: as floats, those over 2^24 would not be told apart.
    private static func shape(of input: Fields) throws -> [Int] {
        let path = input.path(of: "shape")
        guard let node = input["shape"] else { throw ServiceError.missing(path, "an array of extents") }
        guard case .array(let elements) = node else {
            throw ServiceError.wrongType(path, actual: node.kind, expected: "an array of extents")
        }
        guard elements.count <= 8 else {
            throw ServiceError.outOfRange(path, actual: "of \(elements.count) extents", expected: "of 8 at most")
        }
        return try elements.enumerated().map { index, element in
            guard case .integer(let extent) = element, extent >= 0 else {
                let actual = if case .integer(let extent) = element { "\(extent)" } else { element.kind }
                throw ServiceError.wrongType("\(path)[\(index)]", actual: actual, expected: "a whole number from 0 on")
            }
            return extent
        }
    }

    private static func datatype(of input: Fields) throws -> InferDatatype {
        guard let text = try input.string("datatype") else {
            throw ServiceError.missing(input.path(of: "datatype"), "a string")
        }
        guard let datatype = InferDatatype(rawValue: text) else {
            let known = InferDatatype.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw ServiceError.outOfRange(
                input.path(of: "datatype"), actual: "'\(text.prefix(32))'", expected: "one of \(known)")
        }
        return datatype
    }

    private mutating func readOutputs(_ fields: Fields) throws {
        guard let nodes = try fields.objects("outputs", limit: Self.maximumTensors), !nodes.isEmpty else { return }
        var outputs: [Output] = []
        for (node, path) in nodes {
            let output = try Fields.object(node, of: fields.document, path: path)
            guard let name = try output.string("name") else { throw ServiceError.missing("\(path).name", "a string") }
            guard !outputs.contains(where: { $0.name == name }) else {
                throw ServiceError.impossible(
                    "duplicate_output", "Output '\(name.prefix(64))' is asked for twice.", path)
            }
            let parameters = try output.object("parameters")
            for key in ["classification", "shared_memory_region"] where parameters?[key] != nil {
                throw ServiceError.impossible("not_offered", "'\(path).parameters.\(key)' is not offered.", path)
            }
            outputs.append(Output(name: name, isBinary: try parameters?.bool("binary_data") ?? givesBytes))
        }
        self.outputs = outputs
    }
}
