import HTTP
import HTTPTypes

@testable import Serving

/// An infer request in the making: JSON, with bytes behind it where there are any.
struct InferCall {
    var json: String
    var bytes: [UInt8] = []
    /// nil leaves the field out; without a value here it is the length of the JSON where bytes follow.
    var headerLength: String??
    var fields = HTTPFields()

    init(_ json: String, bytes: [UInt8] = [], headerLength: String?? = nil) {
        (self.json, self.bytes, self.headerLength) = (json, bytes, headerLength)
    }

    func send(to daemon: TestDaemon, model: String) -> Response {
        var fields = fields
        let usual = bytes.isEmpty ? nil : String(json.utf8.count)
        if let length = headerLength ?? usual { fields[.inferenceHeaderLength] = length }
        return daemon.send(.post, "/v2/models/\(model)/infer", body: Array(json.utf8) + bytes, fields: fields)
    }
}

/// One output of an answer.
struct InferOutput {
    let name: String
    let shape: [Int]
    let datatype: String
    let values: [Float]
    let isBinary: Bool
}

extension Response {
    /// The outputs of an infer answer, as a client takes them apart.
    func inferOutputs() throws -> [InferOutput] {
        let length = fields[.inferenceHeaderLength].flatMap { Int($0) }
        let document = try JSONParser.parse(Array(body.prefix(length ?? body.count)), exactKeys: ["shape"])
        let root = try Fields(document)
        var position = length ?? body.count
        return try (root.objects("outputs", limit: 100) ?? []).map { node, path in
            let output = try Fields.object(node, of: document, path: path)
            guard case .array(let extents)? = output["shape"] else { throw ServiceError.missing(path, "a shape") }
            let shape = extents.map { if case .integer(let extent) = $0 { extent } else { -1 } }
            var values: [Float] = []
            if let size = try output.object("parameters")?.integer("binary_data_size", in: 0...Int.max, default: 0) {
                values = InferDatatype.single.floats(body, in: position..<position + size)
                position += size
            } else if case .floats(let block)? = output["data"] {
                values = document.values(of: block)
            }
            return InferOutput(
                name: try output.string("name") ?? "", shape: shape, datatype: try output.string("datatype") ?? "",
                values: values, isBinary: try output.object("parameters") != nil)
        }
    }

    /// The one string that the protocol's errors are.
    var oipError: String? {
        guard case .object(let object)? = try? JSONParser.parse(body).root, object.members.count == 1,
            case .string(let text)? = object["error"]
        else { return nil }
        return text
    }
}

extension [Float] {
    var littleEndian: [UInt8] { RawTensor.bytes(self) }
}
