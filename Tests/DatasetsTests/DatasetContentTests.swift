import Images
import Testing

@testable import Datasets

@Suite struct DatasetContentTests {
    private static func file(_ name: String, _ bytes: [UInt8]) -> UploadedFile {
        UploadedFile(name: name, bytes: bytes[...])
    }

    private static func idx(_ dimensions: [Int], _ elements: [UInt8]? = nil) throws -> [UInt8] {
        try IDXFile(
            dimensions: dimensions, elements: elements ?? [UInt8](repeating: 1, count: dimensions.reduce(1, *))
        ).bytes
    }

    private static func content(
        train: [UInt8], labels: [UInt8]? = nil, test: [UInt8]? = nil, limit: Int = 1000
    ) throws -> DatasetContent {
        try DatasetContent(
            train: DatasetContent.IDXPart(
                images: file("train_images", train), labels: labels.map { file("train_labels", $0) }),
            test: test.map { DatasetContent.IDXPart(images: file("test_images", $0), labels: nil) }, limit: limit)
    }

    @Test func readsPlainAndGzippedFiles() throws {
        let train = try Self.idx([3, 2, 4], (0..<24).map { $0 })
        let plain = try Self.content(train: train, labels: Self.idx([3], [0, 7, 254]), test: Self.idx([1, 2, 4]))
        #expect(plain.shape.description == "1x2x4")
        #expect(plain.train.labels?.elements == [0, 7, 254] && plain.test.labels == nil)
        let packed = try Self.content(
            train: Gzip.deflate(train), labels: Gzip.deflate(Self.idx([3], [0, 7, 254])), test: Self.idx([1, 2, 4]))
        #expect(packed.train == plain.train && packed.test == plain.test)
        #expect(
            plain.files.map(\.name) == ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"])
    }

    @Test(arguments: [(2, [1]), (9, [8]), (10, [9]), (25, [9, 19])])
    func holdsOutEveryTenth(count: Int, places: [UInt8]) throws {
        let numbers = (0..<count).map { UInt8($0) }
        let content = try Self.content(
            train: Self.idx([count, 1, 1, 3], numbers.flatMap { [$0, $0, $0] }), labels: Self.idx([count], numbers))
        #expect(content.test.labels?.elements == places)
        #expect(content.test.images.elements == places.flatMap { [$0, $0, $0] })
        #expect(content.train.labels?.elements == numbers.filter { !places.contains($0) })
        #expect(content.shape.channels == 3 && content.files.first?.name == "train-images-idx4-ubyte")
    }

    @Test func saysWhatIsWrongWithAFile() throws {
        let sound = try Self.idx([3, 2, 4])
        func error(_ body: () throws -> DatasetContent) -> UploadError? {
            do {
                _ = try body()
                return nil
            } catch { return error as? UploadError }
        }
        func reason(_ bytes: [UInt8], limit: Int = 1000) -> IDXError? {
            guard case .unsoundFile(let reason) = error({ try Self.content(train: bytes, limit: limit) }) else {
                return nil
            }
            return reason
        }
        let name = "train_images"
        #expect(
            reason([]) == .wrongMagic(file: name, expected: "00 00 08 and the number of dimensions", actual: "nothing"))
        #expect(reason(sound.dropLast()) == .truncated(file: name, expected: 40, actual: 39))
        #expect(reason(sound + [0]) == .trailingBytes(file: name, expected: 40, actual: 41))
        #expect(reason(try Self.idx([24])) == .wrongRank(file: name, expected: 3...4, actual: 1))
        #expect(reason([0, 0, 13] + sound.dropFirst(3)) != nil)
        let huge: [UInt8] = [0, 0, 8, 3] + [UInt8](repeating: 255, count: 12)
        let side = Int(UInt32.max)
        #expect(
            reason(huge) == .tooLarge(file: name, dimensions: [side, side, side], bytes: nil, limit: 1000))
        #expect(reason(sound, limit: 23) == .tooLarge(file: name, dimensions: [3, 2, 4], bytes: 24, limit: 23))
        let bomb = try Gzip.deflate(try Self.idx([1, 60_000, 10]))
        #expect(reason(bomb) == .tooLarge(file: name, dimensions: [1, 60_000, 10], bytes: 600_000, limit: 1000))
        #expect(reason(try Gzip.deflate(sound).dropLast(9)).map { "\($0)".contains("breaks off") } == true)

        #expect(
            error { try Self.content(train: sound, labels: Self.idx([2])) }
                == .labelCountMismatch(file: "train_labels", expected: 3, actual: 2))
        #expect(
            error { try Self.content(train: sound, labels: Self.idx([3], [0, 0, 255])) }
                == .labelOutOfRange(file: "train_labels", index: 2, label: 255))
        #expect(
            error { try Self.content(train: sound, test: Self.idx([3, 4, 2])) }
                == .unequalSizes(file: "test_images", expected: "1x2x4", actual: "1x4x2"))
        #expect(
            error { try Self.content(train: sound, test: Self.idx([122, 2, 4]), limit: 999) }
                == .tooLarge(bytes: 1000, limit: 999))
        #expect(
            error { try Self.content(train: Self.idx([0, 2, 4])) }
                == .tooFewImages(part: .train, expected: 2, actual: 0))
        #expect(
            error { try Self.content(train: Self.idx([1, 2, 4])) }
                == .tooFewImages(part: .train, expected: 2, actual: 1))
        #expect(
            error { try Self.content(train: sound, test: Self.idx([0, 2, 4])) }
                == .tooFewImages(part: .test, expected: 1, actual: 0))
        for dimensions in [[3, 0, 4], [3, 2, 4, 5], [3, 2, 4, 0]] {
            guard case .unusableShape(name, _) = error({ try Self.content(train: Self.idx(dimensions)) }) else {
                Issue.record("\(dimensions)")
                continue
            }
        }
    }
}

@Suite struct PictureContentTests {
    private static func png(_ name: String, width: Int = 3, height: Int = 2, channels: Int = 1, value: UInt8 = 9) throws
        -> UploadedFile
    {
        let bytes = [UInt8](repeating: value, count: width * height * channels)
        let image = try PixelImage(width: width, height: height, channels: channels, bytes: bytes)
        return UploadedFile(name: name, bytes: try PNGEncoder.encode(image)[...])
    }

    @Test func greyPicturesHaveOneChannelAndAnyColourGivesThree() throws {
        let grey = try DatasetContent(
            pictures: [Self.png("a", value: 1), Self.png("b", channels: 2, value: 255)], test: [Self.png("c")],
            limit: 100)
        #expect(grey.shape.description == "1x2x3" && grey.train.images.dimensions == [2, 2, 3])
        #expect(grey.train.images.elements == [UInt8](repeating: 1, count: 6) + [UInt8](repeating: 255, count: 6))
        #expect(grey.train.labels == nil && grey.labelNames == nil)
        let colour = try DatasetContent(
            pictures: [Self.png("a"), Self.png("b")], test: [Self.png("c", channels: 3, value: 5)], limit: 100)
        #expect(colour.shape.description == "3x2x3" && colour.test.images.dimensions == [1, 2, 3, 3])
        #expect(colour.train.images.elements == [UInt8](repeating: 9, count: 36))
    }

    @Test(
        arguments: [
            (["3/a", "12/b", "3/c"], ["0/d"], [3, 12, 3], [0], nil),
            (["cat/a", "ant/b", "cat/c"], ["dog/d"], [1, 0, 1], [2], ["ant", "cat", "dog"]),
            (["01/a", "1/b"], ["1/c"], [0, 1], [1], ["01", "1"]),
            (["255/a", "1/b"], ["1/c"], [1, 0], [0], ["1", "255"]),
            (["a", "b"], ["1/c"], nil, [1], nil),
        ] as [([String], [String], [UInt8]?, [UInt8]?, [String]?)])
    func labelsComeFromFolders(
        train: [String], test: [String], learned: [UInt8]?, judged: [UInt8]?, names: [String]?
    ) throws {
        let content = try DatasetContent(
            pictures: train.map { try Self.png($0) }, test: test.map { try Self.png($0) }, limit: 1000)
        #expect(content.train.labels?.elements == learned && content.test.labels?.elements == judged)
        #expect(content.labelNames == names)
    }

    @Test func saysWhatIsWrongWithAPicture() throws {
        let sound = try Self.png("1/a")
        let damaged = UploadedFile(name: "1/b", bytes: sound.bytes.dropLast(20))
        func error(_ files: UploadedFile..., limit: Int = 1000) -> UploadError? {
            do {
                _ = try DatasetContent(pictures: files, test: [], limit: limit)
                return nil
            } catch { return error as? UploadError }
        }
        #expect(
            error(sound, try Self.png("1/b", width: 2, height: 3))
                == .unequalSizes(file: "1/b", expected: "3x2", actual: "2x3"))
        #expect(
            error(sound, UploadedFile(name: "1/b", bytes: [1, 2])) == .unsoundPicture(file: "1/b", reason: .notPNG))
        #expect(error(sound, damaged) == .unsoundPicture(file: "1/b", reason: .truncated))
        #expect(error(sound, sound, limit: 11) == .tooLarge(bytes: 12, limit: 11))
        #expect(error(sound) == .tooFewImages(part: .train, expected: 2, actual: 1))
        #expect(error() == .tooFewImages(part: .train, expected: 1, actual: 0))
        for name in ["b", "1/2/b", "/b", "1/", "\(String(repeating: "x", count: 65))/b"] {
            guard case .unusableLabel(name, _) = error(sound, try Self.png(name)) else {
                Issue.record("\(name)")
                continue
            }
        }
        let many = try (0..<256).map { try Self.png("\($0)/a") }
        #expect(throws: UploadError.tooManyLabels(limit: 255, actual: 256)) {
            try DatasetContent(pictures: many, test: [], limit: 10_000)
        }
    }
}
