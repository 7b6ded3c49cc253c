import Images

/// A dataset in memory, checked: the files that it is kept as.
public struct DatasetContent: Sendable {
    /// Images `[count, height, width]` or `[count, height, width, channels]`, with a label each or without labels.
    public struct Part: Equatable, Sendable {
        public let images: IDXFile
        public let labels: IDXFile?

        public var count: Int { images.dimensions[0] }
    }

    public let shape: PictureShape
    public let train: Part
    public let test: Part
    /// What each label stands for, where labels came as names.
    public let labelNames: [String]?

    /// - Parameter test: nil holds out every tenth image of the training part, so that an order by label does no harm; of
    ///   fewer than ten, the last one.
    init(shape: PictureShape, train: Part, test: Part?, labelNames: [String]? = nil) throws(UploadError) {
        let least = test == nil ? 2 : 1
        guard train.count >= least else {
            throw .tooFewImages(part: .train, expected: least, actual: train.count)
        }
        if let test {
            guard test.count >= 1 else { throw .tooFewImages(part: .test, expected: 1, actual: 0) }
            (self.train, self.test) = (train, test)
        } else {
            (self.train, self.test) = try train.holdingOut()
        }
        self.shape = shape
        self.labelNames = labelNames
    }

    /// By the names that `DatasetFolder` knows.
    var files: [(name: String, content: IDXFile)] {
        var files: [(String, IDXFile)] = []
        for (part, images, labels) in [
            (train, DatasetFolder.Role.trainImages, DatasetFolder.Role.trainLabels), (test, .testImages, .testLabels),
        ] {
            files.append(("\(images.rawValue)-idx\(part.images.dimensions.count)-ubyte", part.images))
            if let content = part.labels { files.append((labels.usualName, content)) }
        }
        return files
    }
}

extension DatasetContent.Part {
    fileprivate func holdingOut() throws(UploadError) -> (train: Self, test: Self) {
        let isHeldOut: (Int) -> Bool = count < 10 ? { $0 == count - 1 } : { $0 % 10 == 9 }
        return (
            try selecting((0..<count).filter { !isHeldOut($0) }), try selecting((0..<count).filter(isHeldOut))
        )
    }

    private func selecting(_ indices: [Int]) throws(UploadError) -> Self {
        do throws(IDXError) {
            return Self(images: try images.selecting(indices), labels: try labels?.selecting(indices))
        } catch { throw .unsoundFile(error) }
    }
}

extension IDXFile {
    /// The entries of the outermost dimension at these places.
    fileprivate func selecting(_ indices: [Int]) throws(IDXError) -> IDXFile {
        let size = elements.count / dimensions[0]
        var selected: [UInt8] = []
        selected.reserveCapacity(indices.count * size)
        for index in indices { selected += elements[index * size..<(index + 1) * size] }
        return try IDXFile(dimensions: [indices.count] + dimensions.dropFirst(), elements: selected)
    }
}
