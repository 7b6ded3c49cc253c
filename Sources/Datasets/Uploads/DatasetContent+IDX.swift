import Images

/// A file that a client sent: what it is called, and its bytes.
public struct UploadedFile: Sendable {
    public let name: String
    public let bytes: ArraySlice<UInt8>

    public init(name: String, bytes: ArraySlice<UInt8>) {
        (self.name, self.bytes) = (name, bytes)
    }
}

extension DatasetContent {
    /// Files of images, of three dimensions or of four for colour, and of their labels; plain or gzipped.
    public struct IDXPart: Sendable {
        public let images: UploadedFile
        public let labels: UploadedFile?

        public init(images: UploadedFile, labels: UploadedFile?) {
            (self.images, self.labels) = (images, labels)
        }
    }

    /// - Parameter limit: the most bytes of all files, uncompressed.
    public init(train: IDXPart, test: IDXPart?, limit: Int) throws(UploadError) {
        let (learned, shape) = try Self.read(train, limit: limit)
        guard let test else {
            try self.init(shape: shape, train: learned, test: nil)
            return
        }
        let (judged, testShape) = try Self.read(test, limit: limit)
        guard testShape == shape else {
            throw .unequalSizes(
                file: test.images.name, expected: shape.description, actual: testShape.description)
        }
        let (bytes, overflow) = learned.images.elements.count.addingReportingOverflow(judged.images.elements.count)
        guard !overflow, bytes <= limit else { throw .tooLarge(bytes: overflow ? nil : bytes, limit: limit) }
        try self.init(shape: shape, train: learned, test: judged)
    }

    private static func read(_ part: IDXPart, limit: Int) throws(UploadError) -> (Part, PictureShape) {
        let images = try read(part.images, ranks: 3...4, limit: limit)
        let shape: PictureShape
        do throws(DatasetError) { shape = try DatasetFolder.shape(images.dimensions) } catch {
            throw .unusableShape(file: part.images.name, reason: error)
        }
        guard let file = part.labels else { return (Part(images: images, labels: nil), shape) }
        let labels = try read(file, ranks: 1...1, limit: min(limit, 1 << 24))
        let count = images.dimensions[0]
        guard labels.elements.count == count else {
            throw .labelCountMismatch(file: file.name, expected: count, actual: labels.elements.count)
        }
        let highest = UInt8(UploadError.labels.upperBound)
        if let index = labels.elements.firstIndex(where: { $0 > highest }) {
            throw .labelOutOfRange(file: file.name, index: index, label: Int(labels.elements[index]))
        }
        return (Part(images: images, labels: labels), shape)
    }

    private static func read(
        _ file: UploadedFile, ranks: ClosedRange<Int>, limit: Int
    ) throws(UploadError) -> IDXFile {
        do throws(IDXError) {
            return try IDXFile(bytes: file.bytes, name: file.name, ranks: ranks, limit: limit)
        } catch { throw .unsoundFile(error) }
    }
}
