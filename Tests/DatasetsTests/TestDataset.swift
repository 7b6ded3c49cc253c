import Datasets
import Digests
import Foundation
import Images

/// Folders that are removed with the value that made them.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("datasets-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a file, and the folders above it.
    func write(_ bytes: [UInt8], _ path: String) throws {
        let file = url.appendingPathComponent(path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    func contents() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
}

/// A dataset of a few images of 2 x 3 pixels; pixel p of image i is 10 i + p.
enum TestDataset {
    static func images(_ count: Int) throws -> [UInt8] {
        let pixels = (0..<count).flatMap { image in (0..<6).map { UInt8(10 * image + $0) } }
        return try IDXFile(dimensions: [count, 2, 3], elements: pixels).bytes
    }

    static func labels(_ labels: [UInt8]) throws -> [UInt8] {
        try IDXFile(dimensions: [labels.count], elements: labels).bytes
    }

    /// The four files by their usual names: 5 training and 2 test images.
    static func files() throws -> [String: [UInt8]] {
        [
            "train-images-idx3-ubyte": try images(5), "train-labels-idx1-ubyte": try labels([3, 0, 3, 1, 3]),
            "t10k-images-idx3-ubyte": try images(2), "t10k-labels-idx1-ubyte": try labels([1, 0]),
        ]
    }

    static func write(to folder: TemporaryFolder, _ path: String = "") throws {
        for (name, bytes) in try files() { try folder.write(bytes, path + name) }
    }

    /// The dataset as something that can be fetched.
    static func known(mirrors: [String]) throws -> KnownDataset {
        let order = [
            "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
        ]
        let files = try files()
        return KnownDataset(
            name: "tiny", title: "Tiny", labelNames: [],
            files: try order.map {
                KnownDataset.File(name: $0, digest: try SHA256.hash(files[$0] ?? []).hexadecimal)
            }, mirrors: mirrors)
    }
}
