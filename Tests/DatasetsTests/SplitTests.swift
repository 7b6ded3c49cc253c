import Datasets
import Testing

@Suite struct SplitTests {
    /// Three images of two channels, 1 x 2.
    static func split() throws -> Split {
        try Split(
            shape: PictureShape(channels: 2, height: 1, width: 2), count: 3,
            pixels: [0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6], labels: [7, 8, 9])
    }

    @Test(arguments: [
        (Split.Layout.channelsFirst, [204, 255, 1, 2, 0, 51, 102, 153]),
        (.channelsLast, [204, 1, 255, 2, 0, 102, 51, 153]),
    ])
    func aBatchIsCopiedAsFloats(layout: Split.Layout, expected: [Int]) throws {
        var floats = [Float](repeating: .nan, count: 8)
        try floats.withUnsafeMutableBufferPointer {
            try Self.split().copyBatch(indices: [1, 0], into: $0, layout: layout)
        }
        #expect(floats == expected.map { Float($0) / 255 })
    }

    @Test func wrongIndicesAndBuffersAreRefusedBeforeAnythingIsWritten() throws {
        var floats = [Float](repeating: -1, count: 8)
        floats.withUnsafeMutableBufferPointer { buffer in
            #expect(throws: DatasetError.noSuchImage(index: 3, count: 3)) {
                try Self.split().copyBatch(indices: [0, 3], into: buffer)
            }
            #expect(throws: DatasetError.noSuchImage(index: -1, count: 3)) {
                try Self.split().copyBatch(indices: [-1, 0], into: buffer)
            }
            #expect(throws: DatasetError.wrongBufferSize(expected: 4, actual: 8)) {
                try Self.split().copyBatch(indices: [0], into: buffer)
            }
        }
        #expect(floats == [Float](repeating: -1, count: 8))
    }

    @Test func anImageOutsideIsRefused() throws {
        let split = try Self.split()
        #expect(try split.image(at: 2).samples == [3, 5, 4, 6])
        #expect(throws: DatasetError.noSuchImage(index: 3, count: 3)) { try split.image(at: 3) }
        #expect(throws: DatasetError.noSuchImage(index: .min, count: 3)) { try split.image(at: .min) }
    }

    @Test func partsThatDoNotFitAreRefused() throws {
        let shape = try PictureShape(channels: 1, height: 1, width: 2)
        #expect(throws: DatasetError.wrongPixelCount(split: "s", expected: 4, actual: 3)) {
            try Split(shape: shape, count: 2, pixels: [1, 2, 3], labels: nil, name: "s")
        }
        #expect(throws: DatasetError.labelCountMismatch(split: "s", images: 2, labels: 1)) {
            try Split(shape: shape, count: 2, pixels: [1, 2, 3, 4], labels: [1], name: "s")
        }
        #expect(throws: DatasetError.unusableShape(channels: 5, height: 1, width: 1)) {
            try PictureShape(channels: 5, height: 1, width: 1)
        }
    }
}
