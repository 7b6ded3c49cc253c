import Checkpoints
import HTTP
import LatentSpace
import Tensors

/// Ways through latent space: from point to point, and along one direction.
enum PathRoutes {
    static let endpoints = [
        Endpoint(
            method: .post, pattern: "/v1/models/{model}/interpolate",
            query: QueryFields.picture + QueryFields.points,
            summary: "The way between points, decoded.",
            decoding: interpolate),
        Endpoint(
            method: .post, pattern: "/v1/models/{model}/traverse",
            query: QueryFields.picture + QueryFields.points,
            summary: "One dimension or direction moved through a range around a point, decoded.", decoding: traverse),
    ]

    private static func interpolate(
        _ request: Request, _ services: Services, _ decoding: CountedDecoding
    ) throws -> Response {
        let model = decoding.model
        let fields = try ModelInput.fields(request, allowed: ["from", "to", "through", "steps", "method", "distances"])
        let nodes: [(node: JSONNode, path: String)]
        if let through = try fields.objects("through", limit: OperationLimits.points) {
            for name in ["from", "to"] where fields[name] != nil {
                throw ServiceError.impossible(
                    "conflicting_fields", "'through' and '\(name)' cannot be given together.", name)
            }
            guard through.count >= 2 else {
                throw ServiceError.outOfRange("through", actual: "\(through.count) points", expected: "at least 2")
            }
            nodes = through
        } else {
            nodes = try ["from", "to"].map { name in
                guard let node = fields[name] else { throw ServiceError.missing(name, "a point") }
                return (node, name)
            }
        }
        let steps = try fields.integer("steps", in: 2...OperationLimits.latents, default: 9)
        // In two dimensions the straight line is what the map shows; in many, the arc keeps to the prior's shell.
        let method: InterpolationMethod = try fields.choice(
            "method", default: model.configuration.latentDimension <= 2 ? .linear : .slerp)
        let dimension = model.configuration.latentDimension
        let rows = (nodes.count - 1).multipliedReportingOverflow(by: steps - 1).partialValue
        try Limits.check(values: rows, dimension, parameter: "steps")
        try Limits.check(values: rows, model.configuration.input.count, parameter: "steps")
        let points = try services.reader(of: model, for: request).points(nodes, of: fields.document)
        let latents = try Interpolation.latents(through: points, steps: steps, method: method)
        return try answer(
            latents, decoding, parameter: "steps", distances: try fields.flag("distances"))
    }

    private static func traverse(
        _ request: Request, _ services: Services, _ decoding: CountedDecoding
    ) throws -> Response {
        let model = decoding.model
        let fields = try ModelInput.fields(
            request,
            allowed: [
                "point", "dimension", "direction", "vector", "from", "to", "steps", "spacing", "distances",
            ])
        let directions = ["dimension", "direction", "vector"].filter { fields[$0] != nil }
        guard directions.count <= 1 else {
            throw ServiceError.impossible(
                "conflicting_fields", "'\(directions[1])' and '\(directions[0])' cannot be given together.",
                directions[0])
        }
        let reader = try services.reader(of: model, for: request)
        let dimension = model.configuration.latentDimension
        let steps = try fields.integer("steps", in: 1...OperationLimits.latents, default: 9)
        try Limits.check(values: steps, model.configuration.input.count, parameter: "steps")
        let start = Double(try fields.float("from", default: -3))
        let end = Double(try fields.float("to", default: 3))
        let spacing: AxisSpacing = try fields.choice("spacing", default: .uniform)
        let point =
            try fields["point"].map { try reader.points([($0, "point")], of: fields.document)[0] }
            ?? [Float](repeating: 0, count: dimension)
        let latents: Tensor
        if let direction = try direction(fields, reader) {
            latents = try LatentSpaceError.naming(Self.rangeNames) {
                try Traversal.latents(
                    around: point, along: direction, from: start, to: end, steps: steps, spacing: spacing)
            }
        } else {
            let axis = try fields.integer("dimension", in: 0...dimension - 1, default: 0)
            latents = try LatentSpaceError.naming(Self.rangeNames) {
                try Traversal.latents(
                    around: point, dimension: axis, from: start, to: end, steps: steps, spacing: spacing)
            }
        }
        return try answer(
            latents, decoding, parameter: "steps", distances: try fields.flag("distances"))
    }

    /// The numbers of a direction or of the vector of a name; nil where a dimension is moved along.
    private static func direction(_ fields: Fields, _ reader: PointReader) throws -> [Float]? {
        if let node = fields["direction"] {
            return try reader.latents.row(node, of: fields.document, path: "direction")
        }
        return try fields.string("vector").map { try reader.vector(named: $0, path: "vector") }
    }

    private static let rangeNames = ["range start": "from", "range end": "to"]

    /// Latents, what they decode to, and how usual they are under the prior.
    ///
    /// - Parameter distances: whether the distance of each to the nearest encoded sample is told as well.
    static func answer(
        _ latents: Tensor, _ decoding: CountedDecoding, parameter: String, distances: Bool,
        _ fields: (inout JSONWriter) throws -> Void = { _ in }
    ) throws -> Response {
        let (model, request) = (decoding.model, decoding.request)
        try ImageResult.check(count: latents.rows, of: model.configuration.input, for: request)
        let samples = distances ? try EncodedSamples(of: model) : nil
        try samples?.check(latents.rows)
        let images = try decoding.decode(latents, parameter: parameter)
        return try ImageResult(images: images, request: request).response { writer in
            writer.key("latents")
            try writer.floats(latents.values[...], shape: latents.shape.dimensions, name: "latents")
            try writer.priorPlaces(of: latents)
            try samples?.writeDistances(of: latents, for: request, &writer)
            try fields(&writer)
        }
    }
}
