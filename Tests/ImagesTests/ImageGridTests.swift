import Images
import Testing

@Suite struct ImageGridTests {
    static func image(_ value: UInt16, width: Int = 2, height: Int = 1) throws -> PixelImage {
        try PixelImage(
            width: width, height: height, channels: 1,
            samples: (0..<UInt16(width * height)).map { value + $0 })
    }

    @Test func imagesAreLaidOutRowByRow() throws {
        let sheet = try ImageGrid(columns: 2, padding: 1, background: 1).tile([
            Self.image(10), Self.image(20), Self.image(30),
        ])
        #expect(sheet.width == 5)
        #expect(sheet.height == 3)
        #expect(
            sheet.samples == [
                10, 11, 255, 20, 21,
                255, 255, 255, 255, 255,
                30, 31, 255, 255, 255,
            ])
    }

    @Test func pixelsAreRepeatedByTheScale() throws {
        let sheet = try ImageGrid(columns: 1, scale: 2).tile([Self.image(1)])
        #expect(sheet.samples == [1, 1, 2, 2, 1, 1, 2, 2])
    }

    @Test func fewerImagesThanColumnsMakeANarrowSheet() throws {
        let sheet = try ImageGrid(columns: 10).tile([Self.image(1), Self.image(5)])
        #expect(sheet.width == 4)
        #expect(sheet.height == 1)
    }

    @Test(arguments: [0, 3])
    func aSheetIsCutIntoItsImages(padding: Int) throws {
        let images = try (0..<6).map { try Self.image(UInt16($0) * 20, width: 4, height: 3) }
        let sheet = try ImageGrid(columns: 3, padding: padding).tile(images)
        #expect(try ImageGrid.split(sheet, rows: 2, columns: 3, padding: padding) == images)
    }

    @Test func impossibleSheetsAreRefused() throws {
        let image = try Self.image(1)
        #expect(throws: ImageError.noImages) { try ImageGrid(columns: 1).tile([]) }
        #expect(throws: ImageError.unusableGrid(what: "columns", value: 0)) { try ImageGrid(columns: 0).tile([image]) }
        #expect(throws: ImageError.unusableGrid(what: "padding", value: -1)) {
            try ImageGrid(columns: 1, padding: -1).tile([image])
        }
        #expect(throws: ImageError.unusableGrid(what: "scale", value: 0)) {
            try ImageGrid(columns: 1, scale: 0).tile([image])
        }
        #expect(throws: ImageError.tooManyPixels(pixels: nil, limit: 1 << 24)) {
            try ImageGrid(columns: 1, scale: Int.max / 2).tile([image, image])
        }
        #expect(throws: ImageError.tooManyPixels(pixels: 20_000, limit: 10_000)) {
            try ImageGrid(columns: 1, scale: 100, maximumPixels: 10_000).tile([image])
        }
        let other = try Self.image(1, width: 3)
        #expect(
            throws: ImageError.unequalImages(
                index: 1, expected: "2x1 with 1 channels of 8 bits", actual: "3x1 with 1 channels of 8 bits")
        ) { try ImageGrid(columns: 1).tile([image, other]) }
    }

    @Test func unequalCellsAreRefused() throws {
        let sheet = try Self.image(0, width: 10, height: 3)
        #expect(throws: ImageError.indivisible(axis: "width", size: 10, cells: 3, padding: 0)) {
            try ImageGrid.split(sheet, rows: 1, columns: 3)
        }
        #expect(throws: ImageError.unusableGrid(what: "rows", value: 0)) {
            try ImageGrid.split(sheet, rows: 0, columns: 1)
        }
        #expect(throws: ImageError.unusableGrid(what: "columns", value: 11)) {
            try ImageGrid.split(sheet, rows: 1, columns: 11)
        }
        #expect(throws: ImageError.indivisible(axis: "width", size: 10, cells: 6, padding: 2)) {
            try ImageGrid.split(sheet, rows: 1, columns: 6, padding: 2)
        }
    }
}
