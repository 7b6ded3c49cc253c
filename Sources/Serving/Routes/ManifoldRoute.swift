import HTTP
import LatentSpace

/// A window of latent space as one picture.
enum ManifoldRoute {
    static let endpoints = [
        Endpoint(
            method: .get, pattern: "/v1/models/{model}/manifold.png",
            query: [
                "columns", "rows", "scale", "padding", "x0", "x1", "y0", "y1", "spacing", "horizontal", "vertical",
            ], bodyLimit: 0,
            summary: "The decoded grid over a window of two latent dimensions.", decoding: handle)
    ]

    private static func handle(
        _ request: Request, _ services: Services, _ decoding: CountedDecoding
    ) throws -> Response {
        let model = decoding.model
        let query = QueryFields(request)
        let dimension = model.configuration.latentDimension
        guard dimension >= 2 else {
            throw ServiceError.impossible(
                "no_plane", "Model '\(model.name)' has one latent dimension; a grid needs two.", "model")
        }
        let columns = try query.integer("columns", in: 1...1000) ?? 20
        let rows = try query.integer("rows", in: 1...1000) ?? 20
        let (scale, padding) = (
            try query.integer("scale", in: 1...64) ?? 1, try query.integer("padding", in: 0...64) ?? 0
        )
        try Limits.check(values: columns, rows, dimension, parameter: "columns")
        try Limits.check(values: columns, rows, model.configuration.input.count, scale, scale, parameter: "columns")
        let grid = ManifoldGrid(
            columns: columns, rows: rows, left: try query.number("x0") ?? -3, right: try query.number("x1") ?? 3,
            bottom: try query.number("y0") ?? -3, top: try query.number("y1") ?? 3,
            spacing: try query.choice("spacing") ?? .uniform,
            horizontal: try query.integer("horizontal", in: 0...dimension - 1) ?? 0,
            vertical: try query.integer("vertical", in: 0...dimension - 1) ?? 1)
        guard grid.horizontal != grid.vertical else {
            throw ServiceError.outOfRange(
                "vertical", actual: "\(grid.vertical)", expected: "another dimension than 'horizontal'")
        }
        let sheet = PictureSheet(columns: columns, scale: scale, padding: padding)
        try sheet.check(count: columns * rows, of: model.configuration.input)
        let latents = try LatentSpaceError.naming(["x start": "x0", "x end": "x1", "y start": "y1", "y end": "y0"]) {
            try grid.latents(around: [Float](repeating: 0, count: dimension))
        }
        let images = try decoding.decode(latents, parameter: "columns")
        return try sheet.response(images)
    }
}
