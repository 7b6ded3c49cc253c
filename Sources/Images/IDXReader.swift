/// Takes an IDX file's stored bytes piece by piece and tells what is wrong with them as soon as it shows.
struct IDXReader: ~Copyable {
    private let file: String
    private let ranks: ClosedRange<Int>
    private let limit: Int
    private let storedSize: Int
    private let stopsAfterHeader: Bool

    private var prefix: [UInt8] = []
    private var isGzip: Bool?
    private var content: Content
    private var inflater: GzipInflater?

    init(file: String, ranks: ClosedRange<Int>, limit: Int, storedSize: Int, stopsAfterHeader: Bool = false) {
        self.file = file
        self.ranks = ranks
        self.limit = limit
        self.storedSize = storedSize
        self.stopsAfterHeader = stopsAfterHeader
        content = Content(file: file, ranks: ranks, limit: limit, stopsAfterHeader: stopsAfterHeader)
    }

    /// Takes the next stored bytes; false when no more are wanted.
    mutating func take(_ piece: UnsafeRawBufferPointer) throws(IDXError) -> Bool {
        if isGzip == nil {
            prefix.append(contentsOf: piece.prefix(2 - prefix.count))
            let gzip = Gzip.isGzip(prefix)
            isGzip = gzip
            // Deflate cannot do better than 1,032 to 1, so no more than that is reserved on a header's word.
            content.mostPlausible = gzip ? storedSize.multipliedReportingOverflow(by: 1032).partialValue : storedSize
            if gzip {
                do throws(GzipError) { inflater = try GzipInflater() } catch {
                    throw .corruptGzip(file: file, reason: error)
                }
            }
        }
        if inflater == nil { return try content.take(piece.bindMemory(to: UInt8.self)) }
        return try inflate(piece)
    }

    private mutating func inflate(_ piece: UnsafeRawBufferPointer) throws(IDXError) -> Bool {
        guard var inflater = inflater.take() else { return false }
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 128 << 10)
        defer { buffer.deallocate() }
        var content = self.content
        self.content.elements = []
        var refusal: IDXError?
        var isSatisfied = false
        do throws(GzipError) {
            try inflater.inflate(piece, into: buffer) { inflated throws(GzipError) in
                do throws(IDXError) { isSatisfied = try !content.take(inflated) } catch { refusal = error }
                return refusal == nil && !isSatisfied
            }
        } catch {
            switch error {
            case .checksumMismatch(let expected, let actual):
                throw .checksumMismatch(file: file, expected: expected, actual: actual)
            default: throw .corruptGzip(file: file, reason: error)
            }
        }
        self.content = content
        self.inflater = consume inflater
        if let refusal { throw refusal }
        return !isSatisfied
    }

    /// Ends the file and returns what it held.
    consuming func finish() throws(IDXError) -> (header: IDXHeader, elements: [UInt8]) {
        var brokeOff = false
        if let inflater = inflater.take() { brokeOff = !inflater.isAtEnd }
        let expected = content.header.map { $0.byteCount + $0.elementCount }
        let actual = content.headerBytes.count + content.elements.count
        if brokeOff && !(stopsAfterHeader && content.header != nil) {
            throw .truncatedGzip(file: file, expected: expected, actual: actual)
        }
        guard let header = content.header else {
            // Too short for its header: the magic is looked at first, since an empty or foreign file is the usual case.
            let byteCount = try IDXHeader.byteCount(magic: content.headerBytes.prefix(4), file: file, ranks: ranks)
            throw .truncated(file: file, expected: byteCount, actual: actual)
        }
        if !stopsAfterHeader, let expected, actual < expected {
            throw .truncated(file: file, expected: expected, actual: actual)
        }
        return (header, content.elements)
    }
}

extension IDXReader {
    /// The uncompressed side: a header, then exactly as many elements as it says.
    struct Content {
        let file: String
        let ranks: ClosedRange<Int>
        let limit: Int
        let stopsAfterHeader: Bool
        var mostPlausible = 0
        var headerBytes: [UInt8] = []
        var header: IDXHeader?
        var elements: [UInt8] = []

        init(file: String, ranks: ClosedRange<Int>, limit: Int, stopsAfterHeader: Bool) {
            self.file = file
            self.ranks = ranks
            self.limit = limit
            self.stopsAfterHeader = stopsAfterHeader
        }

        /// Takes the next uncompressed bytes; false when no more are wanted.
        mutating func take(_ piece: UnsafeBufferPointer<UInt8>) throws(IDXError) -> Bool {
            var rest = piece[...]
            if header == nil { try takeHeader(&rest) }
            guard let header else { return true }
            if stopsAfterHeader { return false }
            let missing = header.elementCount - elements.count
            guard rest.count <= missing else {
                let expected = header.byteCount + header.elementCount
                throw .trailingBytes(file: file, expected: expected, actual: expected - missing + rest.count)
            }
            elements.append(contentsOf: rest)
            return true
        }

        private mutating func takeHeader(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) throws(IDXError) {
            move(upTo: 4, from: &rest)
            guard headerBytes.count >= 4 else { return }
            let byteCount = try IDXHeader.byteCount(magic: headerBytes.prefix(4), file: file, ranks: ranks)
            move(upTo: byteCount, from: &rest)
            guard headerBytes.count == byteCount else { return }
            let complete = try IDXHeader(bytes: headerBytes, file: file, ranks: ranks, limit: limit)
            header = complete
            if !stopsAfterHeader { elements.reserveCapacity(min(complete.elementCount, max(mostPlausible, 0))) }
        }

        private mutating func move(upTo count: Int, from rest: inout Slice<UnsafeBufferPointer<UInt8>>) {
            let wanted = max(0, count - headerBytes.count)
            headerBytes.append(contentsOf: rest.prefix(wanted))
            rest = rest.dropFirst(wanted)
        }
    }
}
