import Autoencoders
import Images
import Kernels
import Synchronization

/// Reads images in all the forms that a body may give them, as floats [channels, height, width] in 0...1.
struct ImageReader {
    let model: String
    let shape: ImageShape
    /// Reads pictures of one request at the same time.
    let pool: KernelPool
    /// With whom that takes turns.
    let owner: WorkOwner
    /// Whether pictures of another size are resized instead of refused.
    var resizes = false
    /// Images that one worker reads at a time: enough that its waking pays.
    private static let imagesTogether = 8

    /// An array of images: the flat values and their number. Errors name the image: `images[3]`.
    func images(_ node: JSONNode, of document: JSONDocument, path: String) throws -> (values: [Float], count: Int) {
        let count: Int
        switch node {
        case .floats(let block): count = block.extents[0]
        case .array(let elements): count = elements.count
        default: throw ServiceError.wrongType(path, actual: node.kind, expected: "an array of images")
        }
        guard count > 0 else { throw ServiceError.outOfRange(path, actual: "empty", expected: "at least one image") }
        try check(count: count, path: path)
        try Limits.check(values: count, shape.count, parameter: path)
        if case .floats(let block) = node {
            guard block.rank > 1 else {
                throw ServiceError.wrongType("\(path)[0]", actual: "a number", expected: "an image")
            }
            if isPlanes(block.entry(0)) {
                let values = document.values(of: block)
                try checkRange(values, path: path, isBulk: true)
                return (values, count)
            }
        }
        let values = try each(count) { index in
            let path = "\(path)[\(index)]"
            switch node {
            case .floats(let block): return try image(.floats(block.entry(index)), of: document, path: path)
            case .array(let elements): return try image(elements[index], of: document, path: path)
            default: return []
            }
        }
        return (values, count)
    }

    /// Images one after another, read in groups on all of the pool's workers. Which of several wrong ones is told of does
    /// not depend on who was faster: it is the first.
    private func each(_ count: Int, _ read: (Int) throws -> [Float]) throws -> [Float] {
        let (length, group) = (shape.count, Self.imagesTogether)
        let failure = Mutex<(index: Int, error: any Error)?>(nil)
        func readGroup(_ group: Range<Int>, into values: UnsafeMutableBufferPointer<Float>) {
            for index in group {
                if let known = failure.withLock({ $0?.index }), known < index { return }
                do {
                    let place = values[index * length..<(index + 1) * length]
                    _ = UnsafeMutableBufferPointer(rebasing: place).update(
                        fromContentsOf: try read(index).prefix(length))
                } catch {
                    return failure.withLock { if index < $0?.index ?? .max { $0 = (index, error) } }
                }
            }
        }
        var values = [Float](repeating: 0, count: count * length)
        try values.withUnsafeMutableBufferPointer { values in
            guard count > group else { return readGroup(0..<count, into: values) }
            // Takes about as long as so many operations for each number.
            let cost = group * length * 1000
            try pool.run((count + group - 1) / group, owner: owner, cost: cost) { item, _ in
                readGroup(item * group..<min(count, (item + 1) * group), into: values)
            }
        }
        if let error = failure.withLock({ $0?.error }) { throw error }
        return values
    }

    /// One image: rows, planes of rows, rows of pixels, or `{"png": base64}`.
    func image(_ node: JSONNode, of document: JSONDocument, path: String) throws -> [Float] {
        switch node {
        case .floats(let block):
            let values = document.values(of: block)
            if isPlanes(block) {
                try checkRange(values, path: path, isBulk: false)
                return values
            }
            guard block.shape == [shape.height, shape.width, shape.channels] else {
                throw mismatch(path, actual: block.shape.map(String.init).joined(separator: "x"))
            }
            try checkRange(values, path: path, isBulk: false)
            let area = shape.height * shape.width
            return (0..<values.count).map { values[$0 % area * shape.channels + $0 / area] }
        case .array(let rows): throw RaggedRows.error(rows, path: path) ?? mismatch(path, actual: "not regular")
        case .object:
            let fields = try Fields.object(node, of: document, path: path)
            try fields.allow(["png"])
            guard let text = try fields.string("png") else {
                throw ServiceError.missing("\(path).png", "a PNG in base64")
            }
            guard let bytes = Base64.decode(text) else {
                throw ServiceError.impossible(
                    "invalid_base64", "'\(path).png' is not base64.", "\(path).png")
            }
            return try picture(bytes, path: "\(path).png")
        default: throw ServiceError.wrongType(path, actual: node.kind, expected: "rows of numbers or a PNG")
        }
    }

    /// One picture.
    func picture(_ png: [UInt8], path: String?) throws -> [Float] {
        // The header alone tells whether decoding is worth its time.
        let header: PNGHeader
        do throws(PNGError) { header = try PNGHeader(png) } catch { throw ServiceError(error, parameter: path) }
        guard resizes || (header.width == shape.width && header.height == shape.height) else {
            throw mismatch(path, width: header.width, height: header.height)
        }
        return try planes(decode(png, path: path), path: path)
    }

    /// A sheet of equal cells, or one picture where neither rows nor columns are given.
    func sheet(_ png: [UInt8], rows: Int?, columns: Int?, padding: Int) throws -> (values: [Float], count: Int) {
        guard rows != nil || columns != nil else { return (try picture(png, path: nil), 1) }
        let (count, overflow) = (rows ?? 1).multipliedReportingOverflow(by: columns ?? 1)
        try check(count: overflow ? Int.max : count, path: "rows")
        try Limits.check(values: count, shape.count, parameter: "rows")
        let sheet = try decode(png, path: nil, limits: PNGLimits(pixels: Limits.pixels))
        let cells: [PixelImage]
        do throws(ImageError) {
            cells = try ImageGrid.split(sheet, rows: rows ?? 1, columns: columns ?? 1, padding: padding)
        } catch { throw ServiceError(error, parameter: nil) }
        return (try cells.enumerated().flatMap { try planes($1, path: "images[\($0)]") }, cells.count)
    }

    func raw(_ tensor: RawTensor) throws -> (values: [Float], count: Int) {
        let one = [shape.channels, shape.height, shape.width]
        let plain = Array(one.dropFirst())
        let count: Int
        switch tensor.shape.count {
        case 4 where Array(tensor.shape.dropFirst()) == one: count = tensor.shape[0]
        case 3 where tensor.shape == one: count = 1
        case 3 where shape.channels == 1 && Array(tensor.shape.dropFirst()) == plain: count = tensor.shape[0]
        case 2 where shape.channels == 1 && tensor.shape == plain: count = 1
        default: throw mismatch(tensor.names.shape, actual: tensor.shape.map(String.init).joined(separator: "x"))
        }
        guard count > 0 else {
            throw ServiceError.outOfRange(tensor.names.shape, actual: "empty", expected: "at least one image")
        }
        try check(count: count, path: tensor.names.shape)
        try checkRange(tensor.values, path: tensor.names.images, isBulk: true)
        return (tensor.values, count)
    }

    private func decode(_ png: [UInt8], path: String?, limits: PNGLimits = PNGLimits()) throws -> PixelImage {
        do throws(PNGError) { return try PNGDecoder.decode(png, limits: limits) } catch {
            throw ServiceError(error, parameter: path)
        }
    }

    private func planes(_ picture: PixelImage, path: String?) throws -> [Float] {
        do throws(ImageError) {
            var picture = try picture.converted(toChannels: shape.channels)
            if resizes { picture = try picture.resized(width: shape.width, height: shape.height) }
            guard picture.width == shape.width, picture.height == shape.height else {
                throw ImageError.unusableSize(width: picture.width, height: picture.height)
            }
            return picture.planes()
        } catch {
            guard case .unusableSize(let width, let height) = error else { throw ServiceError(error, parameter: path) }
            throw mismatch(path, width: width, height: height)
        }
    }

    private func mismatch(_ path: String?, width: Int, height: Int) -> ServiceError {
        .impossible(
            "image_shape_mismatch",
            "The picture is \(width) pixels wide and \(height) high; model '\(model)' takes \(shape.width) by "
                + "\(shape.height). Add ?resize=true to have it resized.", path)
    }

    /// Whether a block is [channels, height, width], or [height, width] for one channel.
    private func isPlanes(_ block: FloatBlock) -> Bool {
        let planes = [shape.channels, shape.height, shape.width]
        return block.shape == planes || (shape.channels == 1 && block.shape == Array(planes.dropFirst()))
    }

    func check(count: Int, path: String) throws {
        guard count <= Limits.rows else {
            throw ServiceError(
                status: .contentTooLarge, code: "too_many_rows",
                message: "'\(path)' has \(count) images; the limit is \(Limits.rows) a request.", parameter: path)
        }
    }

    private func checkRange(_ values: [Float], path: String, isBulk: Bool) throws {
        guard let index = values.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) else { return }
        let place = isBulk ? "\(path)[\(index / shape.count)]" : path
        throw ServiceError.outOfRange(
            place, actual: "an image with the value \(values[index])", expected: "of values from 0 to 1")
    }

    private func mismatch(_ path: String, actual: String) -> ServiceError {
        let expected =
            shape.channels == 1 ? "\(shape.height)x\(shape.width)" : "\(shape.channels)x\(shape.height)x\(shape.width)"
        return .impossible(
            "image_shape_mismatch", "Model '\(model)' takes images of \(expected) numbers; '\(path)' is \(actual).",
            path)
    }
}
