import Digests
import Foundation
import Images

/// What an uploaded dataset's folder says about itself; a folder without it was not uploaded.
public struct DatasetManifest: Codable, Equatable, Sendable {
    public struct File: Codable, Equatable, Sendable {
        public let name: String
        public let bytes: Int
        /// SHA-256 as 64 hexadecimal digits.
        public let sha256: String
    }

    public let name: String
    /// UTC, ISO 8601 with milliseconds.
    public let createdAt: String
    public let shape: PictureShape
    /// The number of images by the names of the parts.
    public let splits: [String: Int]
    public let labelNames: [String]?
    public let files: [File]

    /// Of all files.
    public var bytes: Int {
        files.reduce(0) { sum, file in
            let (total, overflow) = sum.addingReportingOverflow(max(0, file.bytes))
            return overflow ? .max : total
        }
    }

    static let fileName = "manifest.json"

    enum CodingKeys: String, CodingKey {
        case name, shape, splits, files
        case createdAt = "created_at"
        case labelNames = "label_names"
    }
}

extension DatasetManifest {
    init(_ content: DatasetContent, name: String, now: Date = .now) throws(UploadError) {
        self.name = name
        createdAt = now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        shape = content.shape
        splits = ["train": content.train.count, "test": content.test.count]
        labelNames = content.labelNames
        do throws(DigestError) {
            var files: [File] = []
            for (name, content) in content.files {
                var digest = try SHA256()
                try digest.update(content.headerBytes)
                try digest.update(content.elements)
                let bytes = content.headerBytes.count + content.elements.count
                files.append(File(name: name, bytes: bytes, sha256: try digest.finish().hexadecimal))
            }
            self.files = files
        } catch { throw .notStored(StorageFault(step: "hashing", reason: "memory ran out", isFull: false)) }
    }

    /// Nil where the folder has none that can be read.
    init?(in folder: URL) {
        guard let file = try? FileHandle(forReadingFrom: folder.appendingPathComponent(Self.fileName)) else {
            return nil
        }
        defer { try? file.close() }
        guard let text = try? file.read(upToCount: 1 << 20),
            let manifest = try? JSONDecoder().decode(DatasetManifest.self, from: text)
        else { return nil }
        self = manifest
    }

    var text: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(self))
        }
    }

    /// Whether both hold the same images and labels.
    func hasContent(of other: DatasetManifest) -> Bool { files == other.files && labelNames == other.labelNames }
}
