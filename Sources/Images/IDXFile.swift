import Foundation

/// An IDX file of unsigned bytes, read from or written to memory or disk, plain or gzipped.
public struct IDXFile: Equatable, Sendable {
    /// The extents, outermost first, e.g. `[images, height, width]`.
    public let dimensions: [Int]
    /// The elements in row-major order, without the header.
    public let elements: [UInt8]

    /// The most that is read where nothing else is said: 1 GiB of elements.
    public static let defaultLimit = 1 << 30

    /// Makes a file's content from its parts. Throws `truncated` or `trailingBytes` where the count is not the dimensions'
    /// product, and `tooLarge` where an extent does not fit in the format's 32 bits.
    public init(dimensions: [Int], elements: [UInt8], name: String = "IDX file") throws(IDXError) {
        var count = 1
        for extent in dimensions {
            let product = count.multipliedReportingOverflow(by: extent)
            guard !product.overflow, (0...Int(UInt32.max)).contains(extent) else {
                throw .tooLarge(file: name, dimensions: dimensions, bytes: nil, limit: Int(UInt32.max))
            }
            count = product.partialValue
        }
        guard (1...255).contains(dimensions.count) else {
            throw .wrongRank(file: name, expected: 1...255, actual: dimensions.count)
        }
        guard elements.count >= count else { throw .truncated(file: name, expected: count, actual: elements.count) }
        guard elements.count == count else { throw .trailingBytes(file: name, expected: count, actual: elements.count) }
        self.dimensions = dimensions
        self.elements = elements
    }

    /// Reads a file from disk, plain or gzipped as its first bytes say, holding at most 256 KiB of it compressed at a time.
    ///
    /// - Parameters:
    ///   - ranks: the numbers of dimensions that are wanted, e.g. `3...4` for images.
    ///   - limit: the most elements; checked against the header before anything is allocated.
    public init(
        contentsOf file: URL, ranks: ClosedRange<Int> = 1...4, limit: Int = IDXFile.defaultLimit
    ) throws(IDXError) {
        let source = try FileSource(file)
        var reader = IDXReader(file: file.lastPathComponent, ranks: ranks, limit: limit, storedSize: source.size)
        try source.forEachPiece { piece throws(IDXError) in try reader.take(piece) }
        try self.init(reader.finish())
    }

    /// Reads a file from memory, plain or gzipped as its first bytes say; `name` is what errors call it.
    public init(
        bytes: [UInt8], name: String, ranks: ClosedRange<Int> = 1...4, limit: Int = IDXFile.defaultLimit
    ) throws(IDXError) {
        try self.init(bytes: bytes[...], name: name, ranks: ranks, limit: limit)
    }

    /// Reads a file that is a part of something in memory; see the other initialiser.
    public init(
        bytes: ArraySlice<UInt8>, name: String, ranks: ClosedRange<Int> = 1...4, limit: Int = IDXFile.defaultLimit
    ) throws(IDXError) {
        var reader = IDXReader(file: name, ranks: ranks, limit: limit, storedSize: bytes.count)
        var failure: IDXError?
        bytes.withUnsafeBytes { whole in
            do throws(IDXError) {
                for start in stride(from: 0, to: whole.count, by: 1 << 24) {
                    let end = min(whole.count, start + (1 << 24))
                    guard try reader.take(UnsafeRawBufferPointer(rebasing: whole[start..<end])) else { return }
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        try self.init(reader.finish())
    }

    private init(_ content: (header: IDXHeader, elements: [UInt8])) {
        dimensions = content.header.dimensions
        elements = content.elements
    }

    /// The file's bytes, uncompressed: the header, then the elements.
    public var bytes: [UInt8] { headerBytes + elements }

    /// What comes before the elements.
    public var headerBytes: [UInt8] {
        var bytes: [UInt8] = [0, 0, IDXElementType.unsignedByte.rawValue, UInt8(truncatingIfNeeded: dimensions.count)]
        for extent in dimensions {
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: extent >> shift)) }
        }
        return bytes
    }
}

extension IDXHeader {
    /// Reads only the header of a file on disk, plain or gzipped; the rest of the file is not looked at.
    public init(
        contentsOf file: URL, ranks: ClosedRange<Int> = 1...4, limit: Int = IDXFile.defaultLimit
    ) throws(IDXError) {
        let source = try FileSource(file, pieceSize: 4096)
        var reader = IDXReader(
            file: file.lastPathComponent, ranks: ranks, limit: limit, storedSize: source.size, stopsAfterHeader: true)
        try source.forEachPiece { piece throws(IDXError) in try reader.take(piece) }
        self = try reader.finish().header
    }
}
