import Autoencoders
import HTTP
import HTTPTypes
import Images
import Tensors

/// Images on their way out, as JSON, as a picture, as bare numbers or as an NPY file.
struct ImageResult {
    /// [n, channels, height, width]
    let images: Tensor
    let request: Request

    static let offered: [MediaType] = [.json, .png, .octets, .npy]

    /// The whole answer; in JSON, `fields` come with the images.
    func response(_ fields: (inout JSONWriter) throws -> Void = { _ in }) throws -> Response {
        let type = try MediaType.wanted(request, offered: Self.offered)
        switch type {
        case .json:
            var writer = JSONWriter(capacity: 512 + images.values.count * 11)
            writer.beginObject()
            try Self.write(images, key: "images", into: &writer)
            try fields(&writer)
            writer.endObject()
            return .json(writer.bytes)
        case .png: return try png()
        case .octets, .npy: return try Self.numbers(images, as: type)
        }
    }

    /// Rows for one channel, planes of rows for more.
    static func write(_ images: Tensor, key: String, into writer: inout JSONWriter) throws {
        writer.key(key)
        try writer.floats(images.values[...], shape: rowsShape(images), name: key)
    }

    static func rowsShape(_ images: Tensor) -> [Int] {
        var shape = images.shape.dimensions
        if shape.count == 4, shape[1] == 1 { shape.remove(at: 1) }
        return shape
    }

    /// Bare numbers, or an NPY file; both say the shape.
    static func numbers(_ tensor: Tensor, as type: MediaType, name: String = "images") throws -> Response {
        if let index = tensor.values.firstIndex(where: { !$0.isFinite }) {
            throw NonFiniteResult(output: name, row: index / max(1, tensor.rowLength))
        }
        if type == .npy {
            let file = NPYHeader.file(shape: tensor.shape.dimensions, values: tensor.values)
            return Response(contentType: type.rawValue, body: file)
        }
        var response = Response(contentType: MediaType.octets.rawValue, body: RawTensor.bytes(tensor.values))
        response.fields[.shape] = tensor.shape.dimensions.map(String.init).joined(separator: ",")
        response.fields[.elementType] = "f32"
        return response
    }

    /// Refuses an answer that cannot be given, before the work for it is done.
    static func check(count: Int, of shape: ImageShape, for request: Request) throws {
        // Wrong options are wrong whether the form asked for has a use for them or not.
        let sheet = try sheet(of: count, for: request)
        guard try MediaType.wanted(request, offered: offered) == .png else { return }
        try sheet.check(count: count, of: shape)
    }

    private func png() throws -> Response { try Self.sheet(of: images.rows, for: request).response(images) }

    private static func sheet(of count: Int, for request: Request) throws -> PictureSheet {
        let query = QueryFields(request)
        return PictureSheet(
            columns: try query.integer("columns", in: 1...Limits.rows) ?? squareSide(count),
            scale: try query.integer("scale", in: 1...64) ?? 1, padding: try query.integer("padding", in: 0...64) ?? 0)
    }

    /// The side of the smallest square that holds `count` cells.
    private static func squareSide(_ count: Int) -> Int { max(1, Int(Double(count).squareRoot().rounded(.up))) }
}

/// Images side by side in one PNG.
struct PictureSheet {
    let columns: Int
    let scale: Int
    let padding: Int

    private var grid: ImageGrid {
        ImageGrid(columns: columns, padding: padding, scale: scale, maximumPixels: Limits.pixels)
    }

    /// Refuses what cannot be drawn, and a sheet of too many pixels.
    func check(count: Int, of shape: ImageShape) throws {
        try check(channels: shape.channels)
        _ = try grid.size(of: count, width: shape.width, height: shape.height)
    }

    private func check(channels: Int) throws {
        guard (1...4).contains(channels) else {
            throw ServiceError.impossible(
                "not_a_picture", "Images of \(channels) channels cannot be drawn; take another format.", "format")
        }
    }

    /// - Parameter images: [n, channels, height, width] in 0...1; one or three channels, two and four with alpha.
    func response(_ images: Tensor) throws -> Response {
        let shape = images.shape.dimensions
        try check(channels: shape[1])
        let cells = try (0..<images.rows).map { index in
            do throws(ImageError) {
                return try PixelImage(
                    planes: images.row(index), channels: shape[1], height: shape[2], width: shape[3])
            } catch {
                if case .notANumber = error { throw NonFiniteResult(output: "images", row: index) }
                throw error
            }
        }
        let sheet = cells.count == 1 && scale == 1 ? cells[0] : try grid.tile(cells)
        return Response(
            contentType: MediaType.png.rawValue, body: try PNGEncoder.encode(sheet, compression: .fast))
    }
}
