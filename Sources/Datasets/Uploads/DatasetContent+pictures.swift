import Images

extension DatasetContent {
    /// PNGs of one size: grey ones give images of one channel; where any is coloured, all have three. Transparent ones are
    /// laid over black. A file's folder, as in `3/a.png`, is its label.
    ///
    /// Every header is looked at before anything is decoded.
    /// - Parameters:
    ///   - test: none holds out some of `train`.
    ///   - limit: the most bytes of all images, decoded.
    ///   - proceeding: asked before each picture; what it throws ends the work.
    public init(
        pictures train: [UploadedFile], test: [UploadedFile], limit: Int, proceeding: () throws -> Void = {}
    ) throws {
        guard let first = train.first else { throw UploadError.tooFewImages(part: .train, expected: 1, actual: 0) }
        let shape = try Self.shape(of: train + test, like: first, limit: limit)
        let labels = try FolderLabels(train, test)
        func part(_ files: [UploadedFile], _ labels: [UInt8]?) throws -> Part {
            var elements: [UInt8] = []
            elements.reserveCapacity(files.count * shape.elementCount)
            for file in files {
                try proceeding()
                elements += try Self.pixels(file, channels: shape.channels)
            }
            let extents = [files.count, shape.height, shape.width] + (shape.channels == 1 ? [] : [shape.channels])
            return Part(
                images: try IDXFile(dimensions: extents, elements: elements),
                labels: try labels.map { try IDXFile(dimensions: [files.count], elements: $0) })
        }
        try self.init(
            shape: shape, train: try part(train, labels.train), test: test.isEmpty ? nil : part(test, labels.test),
            labelNames: labels.names)
    }

    private static func shape(
        of files: [UploadedFile], like first: UploadedFile, limit: Int
    ) throws(UploadError) -> PictureShape {
        let expected = try header(first)
        var isColour = false
        for file in files {
            let actual = try header(file)
            guard actual.width == expected.width, actual.height == expected.height else {
                throw .unequalSizes(
                    file: file.name, expected: "\(expected.width)x\(expected.height)",
                    actual: "\(actual.width)x\(actual.height)")
            }
            isColour = isColour || actual.isColour
        }
        let shape: PictureShape
        do throws(DatasetError) {
            shape = try PictureShape(channels: isColour ? 3 : 1, height: expected.height, width: expected.width)
        } catch { throw .unusableShape(file: first.name, reason: error) }
        let (bytes, overflow) = shape.elementCount.multipliedReportingOverflow(by: files.count)
        guard !overflow, bytes <= limit else { throw .tooLarge(bytes: overflow ? nil : bytes, limit: limit) }
        return shape
    }

    private static func header(_ file: UploadedFile) throws(UploadError) -> PNGHeader {
        do throws(PNGError) {
            let header = try PNGHeader(Array(file.bytes.prefix(33)))
            try header.check(PNGLimits())
            return header
        } catch { throw .unsoundPicture(file: file.name, reason: error) }
    }

    private static func pixels(_ file: UploadedFile, channels: Int) throws -> [UInt8] {
        let image: PixelImage
        do throws(PNGError) { image = try PNGDecoder.decode(Array(file.bytes)) } catch {
            throw UploadError.unsoundPicture(file: file.name, reason: error)
        }
        return try image.converted(toChannels: channels).bytes
    }
}

extension PNGHeader {
    /// A palette may be all grey, which its header does not tell.
    fileprivate var isColour: Bool { colorType != 0 && colorType != 4 }
}
