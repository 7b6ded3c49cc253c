import Autoencoders
import Checkpoints
import HTTP
import HTTPTypes
import Kernels
import Tensors

/// What an infer request asks of a model: rows in, outputs out.
struct InferWork: ModelWork {
    let name: OIPModel
    let model: ServedModel
    /// Images or latents, [n, ...].
    let rows: Tensor
    private let request: Request
    private let inference: InferRequest
    private let interface: OIPInterface
    private let services: Services

    static func target(of request: Request, _ services: Services) throws -> ModelTarget {
        let (name, model) = try services.servedOIPModel(request)
        return ModelTarget(name: name, model: model)
    }

    init(_ request: Request, of target: ModelTarget, _ services: Services) throws {
        (self.request, self.services) = (request, services)
        (name, model) = (target.name, target.model)
        interface = OIPInterface(model.configuration, name.verb)
        var inflated = request
        try RequestCoding.decode(
            &inflated, limit: min(Limits.bulkBody, services.maximumBody), codings: InferRoute.codings)
        inference = try InferRequest(inflated)
        try Self.check(inference.outputs, interface, name)
        let tensor = try Self.tensor(inference, inflated, interface, name)
        let reader = PointReader(
            model, datasets: services.datasets, vectors: services.vectors, resizes: false,
            owner: WorkOwner(request.turn))
        if name.verb == .decode {
            let (values, count) = try reader.latents.raw(tensor)
            rows = try Tensor(shape: [count, reader.latents.dimension], values: values)
            try Limits.check(values: count, model.configuration.input.count, parameter: interface.input.name)
        } else {
            let (values, count) = try reader.images.raw(tensor)
            rows = try reader.tensor(values, count: count)
        }
    }

    private static func check(_ outputs: [InferRequest.Output]?, _ interface: OIPInterface, _ name: OIPModel) throws {
        for (index, output) in (outputs ?? []).enumerated() {
            guard !interface.outputs.contains(where: { $0.name == output.name }) else { continue }
            let known = interface.outputs.map { "'\($0.name)'" }.joined(separator: ", ")
            throw ServiceError.outOfRange(
                "outputs[\(index)].name", actual: "'\(output.name.prefix(64))'",
                expected: "an output of '\(name.name)', which are \(known)")
        }
    }

    private static func tensor(
        _ inference: InferRequest, _ request: Request, _ interface: OIPInterface, _ name: OIPModel
    ) throws -> RawTensor {
        let port = interface.input
        guard let inputs = inference.inputs else {
            let rowBytes = port.count * InferDatatype.single.size
            guard rowBytes > 0, request.body.count % rowBytes == 0 else {
                throw ServiceError.impossible(
                    "wrong_length",
                    "The body has \(request.body.count) bytes; a row of '\(port.name)' takes \(rowBytes).", port.name)
            }
            return try InferTensor(
                name: port.name, path: port.name, shape: [request.body.count / rowBytes] + port.extents,
                datatype: .single, source: .binary(0..<request.body.count)
            ).raw(request.body, nil)
        }
        if let other = inputs.first(where: { $0.name != port.name }) {
            throw ServiceError.outOfRange(
                "\(other.path).name", actual: "'\(other.name.prefix(64))'",
                expected: "'\(port.name)', the only input of '\(name.name)'")
        }
        guard let input = inputs.first else { throw ServiceError.missing("inputs", "an array of tensors") }
        guard input.shape.count == port.shape.count else {
            throw ServiceError.impossible(
                "shape_mismatch",
                "Input '\(port.name)' of '\(name.name)' has the shape \(port.shape); '\(input.path).shape' is "
                    + "\(input.shape).", "\(input.path).shape")
        }
        return try input.raw(request.body, inference.document)
    }

    /// The outputs of the verb, in the order of the interface.
    func output() throws -> [Tensor] {
        let computation = Computation(model.autoencoder, for: request)
        switch name.verb {
        case .encode:
            let encoding = try computation.encode(rows)
            return [encoding.mean, encoding.logVariance]
        case .decode: return [try computation.decode(rows, parameter: interface.input.name)]
        case .reconstruct:
            let result = try computation.reconstruct(rows)
            let losses = try [result.reconstructionLosses, result.divergences].map {
                try Tensor(shape: [rows.rows], values: $0.map(Float.init))
            }
            return [result.images, result.encoding.mean, result.encoding.logVariance] + losses
        }
    }

    /// Reconstructions are computed alone.
    func goesTogether(with other: InferWork) -> Bool {
        model.autoencoder === other.model.autoencoder && name.verb == other.name.verb && name.verb != .reconstruct
    }

    func outputs(of rows: Tensor, counts: [Int], proceed: @escaping Autoencoder.Proceeding) throws -> [[Tensor]] {
        let ports: [[Tensor]]
        if name.verb == .decode {
            ports = [
                try model.autoencoder.decode(
                    rows, onOneWorker: true, owner: WorkOwner(request.turn), proceed: proceed
                ).split(counts)
            ]
        } else {
            let encoding = try model.autoencoder.encode(
                rows, onOneWorker: true, owner: WorkOwner(request.turn), proceed: proceed)
            ports = [try encoding.mean.split(counts), try encoding.logVariance.split(counts)]
        }
        return counts.indices.map { index in ports.map { $0[index] } }
    }

    func response(_ output: [Tensor]) throws -> Response {
        services.compression.encode(try body(output), to: request, codings: InferRoute.codings)
    }

    /// JSON, with what is wanted as bytes behind it.
    private func body(_ tensors: [Tensor]) throws -> Response {
        let all = interface.outputs.map { InferRequest.Output(name: $0.name, isBinary: inference.givesBytes) }
        var writer = JSONWriter(capacity: 4096)
        var blobs: [UInt8] = []
        var hasBlobs = false
        writer.beginObject()
        writer.key("model_name")
        writer.string(name.name)
        writer.key("model_version")
        writer.string(String(model.version))
        if let id = inference.id {
            writer.key("id")
            writer.string(id)
        }
        writer.key("outputs")
        writer.beginArray()
        for output in inference.outputs ?? all {
            guard let place = interface.outputs.firstIndex(where: { $0.name == output.name }) else { continue }
            let tensor = tensors[place]
            if let index = tensor.values.firstIndex(where: { !$0.isFinite }) {
                throw NonFiniteResult(output: output.name, row: index / max(1, tensor.rowLength))
            }
            writer.beginObject()
            writer.key("name")
            writer.string(output.name)
            writer.key("shape")
            writer.integers(tensor.shape.dimensions)
            writer.key("datatype")
            writer.string(InferDatatype.single.rawValue)
            if output.isBinary {
                let bytes = RawTensor.bytes(tensor.values)
                hasBlobs = true
                blobs += bytes
                writer.key("parameters")
                writer.beginObject()
                writer.key("binary_data_size")
                writer.integer(bytes.count)
                writer.endObject()
            } else {
                writer.key("data")
                try writer.floats(tensor.values[...], shape: [tensor.values.count], name: output.name)
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        guard hasBlobs else { return .json(writer.bytes) }
        var response = Response(contentType: MediaType.octets.rawValue, body: writer.bytes + blobs)
        response.fields[.inferenceHeaderLength] = String(writer.bytes.count)
        return response
    }
}
