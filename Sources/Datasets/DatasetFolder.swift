import Foundation
import Images

/// A folder that holds a dataset's IDX files, found by listing it.
struct DatasetFolder: Sendable {
    let folder: URL
    /// File names as they are in the folder, by what they hold.
    private let files: [Role: String]

    enum Role: String, CaseIterable, Sendable {
        case trainImages = "train-images"
        case trainLabels = "train-labels"
        case testImages = "t10k-images"
        case testLabels = "t10k-labels"

        /// What the file is called where nobody renamed it.
        var usualName: String {
            switch self {
            case .trainImages, .testImages: rawValue + "-idx3-ubyte"
            case .trainLabels, .testLabels: rawValue + "-idx1-ubyte"
            }
        }

        var isImages: Bool { self == .trainImages || self == .testImages }
    }

    /// Looks which of the files are there; nil unless the images of both parts are.
    init?(_ folder: URL) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else { return nil }
        var files: [Role: String] = [:]
        // Sorted, so that a plain file is preferred to its gzipped twin: ".gz" sorts last.
        for name in names.sorted() {
            if let role = Self.role(ofFile: name), files[role] == nil { files[role] = name }
        }
        guard files[.trainImages] != nil, files[.testImages] != nil else { return nil }
        self.folder = folder
        self.files = files
    }

    /// Knows `train-images-idx3-ubyte`, `train-images.idx3-ubyte`, either with `.gz`, `test-` for `t10k-`, `idx4` for colour.
    static func role(ofFile name: String) -> Role? {
        var stem = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
        stem = stem.replacingOccurrences(of: ".", with: "-")
        if stem.hasPrefix("test-") { stem = "t10k-" + stem.dropFirst(5) }
        return Role.allCases.first { role in
            stem == role.usualName || (role.isImages && stem == role.rawValue + "-idx4-ubyte")
        }
    }

    func file(_ role: Role) -> URL? { files[role].map { folder.appendingPathComponent($0) } }

    /// Changes whenever one of the files is replaced: names, sizes and times of modification.
    var fingerprint: [String] {
        Role.allCases.compactMap { role in
            guard let file = file(role) else { return nil }
            var status = stat()
            guard stat(file.path, &status) == 0 else { return file.path }
            let time = status.st_mtim
            return "\(file.path) \(status.st_ino) \(status.st_size) \(time.tv_sec).\(time.tv_nsec)"
        }
    }

    /// Reads both parts whole.
    func load(name: String, limit: Int) throws(DatasetError) -> Dataset {
        try Dataset(
            name: name, train: split(.trainImages, .trainLabels, of: name, part: "train", limit: limit),
            test: split(.testImages, .testLabels, of: name, part: "test", limit: limit),
            labelNames: labelNames(as: name))
    }

    /// What the labels stand for, where that is known.
    func labelNames(as name: String) -> [String]? {
        KnownDataset.named(name)?.labelNames ?? DatasetManifest(in: folder)?.labelNames
    }

    private func split(
        _ images: Role, _ labels: Role, of dataset: String, part: String, limit: Int
    ) throws(DatasetError) -> Split {
        let content = try read(images, of: dataset, ranks: 3...4, limit: limit)
        let shape = try Self.shape(content.dimensions)
        var pixels = content.elements
        if shape.channels > 1 { pixels = Self.channelsFirst(pixels, count: content.dimensions[0], shape: shape) }
        return try Split(
            shape: shape, count: content.dimensions[0], pixels: pixels,
            labels: file(labels) == nil ? nil : readLabels(labels, of: dataset, limit: limit),
            name: "\(dataset) \(part)")
    }

    func readLabels(_ role: Role, of dataset: String, limit: Int) throws(DatasetError) -> [UInt8] {
        try read(role, of: dataset, ranks: 1...1, limit: limit).elements
    }

    private func read(
        _ role: Role, of dataset: String, ranks: ClosedRange<Int>, limit: Int
    ) throws(DatasetError) -> IDXFile {
        guard let file = file(role) else { throw .missingFile(dataset: dataset, file: role.usualName) }
        do throws(IDXError) {
            return try IDXFile(contentsOf: file, ranks: ranks, limit: limit)
        } catch { throw .unsoundFile(dataset: dataset, reason: error) }
    }

    /// Reads only the images' header: the number of images and their shape.
    func header(_ role: Role, of dataset: String, limit: Int) throws(DatasetError) -> (count: Int, shape: PictureShape)
    {
        guard let file = file(role) else { throw .missingFile(dataset: dataset, file: role.usualName) }
        let dimensions: [Int]
        do throws(IDXError) {
            dimensions = try IDXHeader(contentsOf: file, ranks: 3...4, limit: limit).dimensions
        } catch { throw .unsoundFile(dataset: dataset, reason: error) }
        return (dimensions[0], try Self.shape(dimensions))
    }

    /// `[images, height, width]` or `[images, height, width, channels]`
    static func shape(_ dimensions: [Int]) throws(DatasetError) -> PictureShape {
        try PictureShape(
            channels: dimensions.count == 4 ? dimensions[3] : 1, height: dimensions[1], width: dimensions[2])
    }

    /// `[count, height, width, channels]` to `[count, channels, height, width]`
    private static func channelsFirst(_ interleaved: [UInt8], count: Int, shape: PictureShape) -> [UInt8] {
        let area = shape.height * shape.width
        var planes = [UInt8](repeating: 0, count: interleaved.count)
        for image in 0..<count {
            let start = image * shape.elementCount
            for channel in 0..<shape.channels {
                for position in 0..<area {
                    planes[start + channel * area + position] = interleaved[start + position * shape.channels + channel]
                }
            }
        }
        return planes
    }
}
