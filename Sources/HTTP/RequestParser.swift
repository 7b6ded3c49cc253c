#if canImport(Glibc)
    import Glibc
#endif

/// Turns bytes into requests, without I/O: the same bytes give the same requests however they are cut.
///
/// It is pulled: `append` takes what arrived, `next` gives the head, then (once `beginBody` has said how large it may
/// be) the body. Nothing of the following request is looked at before `beginNextRequest`. After a fault it stays
/// failed, because where the next request starts is then unknown.
public struct RequestParser: Sendable {
    public enum Output: Sendable, Equatable {
        case needMore
        case head(RequestHead)
        case body([UInt8])
    }

    enum Stage: Equatable, Sendable {
        case requestLine
        case fields
        case undecided(RequestHead.Framing)
        case fixed(remaining: Int)
        case chunkSize
        case chunkData(remaining: Int)
        case chunkEnd
        case trailers
        case complete
        case failed(HTTPFault)
    }

    /// Of the buffer, between two requests, in bytes.
    private static let keptCapacity = 16 * 1024

    let limits: HTTPLimits
    private(set) var stage = Stage.requestLine
    private var buffer: [UInt8] = []
    /// Start of what is not yet consumed.
    private var position = 0
    /// Up to here no line end was found, so that a slow sender's line is not searched again for each byte.
    private var scanned = 0
    private var head = HeadBuilder()
    private var memory = HeadMemory()
    /// Where the head in hand begins, as long as all of it is in the buffer.
    private var headStart: Int?
    private var emptyLines = 0
    private var fieldBytes = 0
    private var fieldCount = 0
    private var body: [UInt8] = []
    private var bodyLimit = 0
    private var keepsBody = true
    private var chunkCount = 0
    /// Bytes of body taken so far, for the minimum rate.
    public private(set) var bodyBytesReceived = 0

    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// Whether bytes are waiting that `next` has not consumed.
    public var hasBufferedBytes: Bool { position < buffer.count }

    /// Bytes held: those not yet consumed, and the body as far as it has come.
    public var heldBytes: Int { buffer.count - position + body.count }

    /// The memory that it has for them.
    var reservedBytes: Int { buffer.capacity + body.capacity }

    /// Whether the request in hand is read to its end.
    var isComplete: Bool { stage == .complete }

    /// Whether a head is the one that is remembered for the next request.
    func remembers(_ head: RequestHead) -> Bool { memory.head === head }

    /// Whether a request has begun: false between two requests. An empty line there is no beginning, nor is half of one.
    public var isInsideRequest: Bool {
        guard stage == .requestLine else { return true }
        let waiting = buffer.count - position
        return waiting > 1 || waiting == 1 && buffer[position] != ByteRules.carriageReturn
    }

    /// Adds what arrived.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if case .failed = stage { return }
        if position > 0 {
            if position == buffer.count {
                buffer.removeAll(keepingCapacity: buffer.capacity <= Self.keptCapacity)
            } else {
                buffer.removeSubrange(0..<position)
            }
            scanned = max(0, scanned - position)
            (position, headStart) = (0, nil)
        }
        buffer.append(contentsOf: bytes)
    }

    /// Adds what arrived.
    public mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    /// The next thing that the bytes so far make complete.
    public mutating func next() throws(HTTPFault) -> Output {
        do {
            while true {
                if let output = try step() { return output }
            }
        } catch {
            fail(error)
            throw error
        }
    }

    /// What came after a fault is never looked at, so it is not kept either.
    mutating func fail(_ fault: HTTPFault) {
        stage = .failed(fault)
        (buffer, body) = ([], [])
        (position, scanned) = (0, 0)
    }

    /// Says how large the body of the head just given may be; a declared length over it fails at once.
    ///
    /// - Parameter keeping: else the body is read and dropped, and given as an empty one.
    public mutating func beginBody(limit: Int, keeping: Bool = true) throws(HTTPFault) {
        guard case .undecided(let framing) = stage else { return }
        (bodyLimit, keepsBody) = (limit, keeping)
        switch framing {
        case .none: stage = .fixed(remaining: 0)
        case .chunked: stage = .chunkSize
        case .length(let length):
            guard length <= limit else {
                fail(.bodyTooLarge(limit: limit))
                throw .bodyTooLarge(limit: limit)
            }
            stage = .fixed(remaining: length)
            if keeping { body.reserveCapacity(min(length, 64 * 1024)) }
        }
        if !keeping, stage == .fixed(remaining: 0) { stage = .complete }
    }

    /// Goes on to the following request, after the body was given.
    public mutating func beginNextRequest() {
        guard stage == .complete else { return }
        stage = .requestLine
        head = HeadBuilder()
        // An idle connection does not hold on to the room that a body took.
        if position == buffer.count, buffer.capacity > Self.keptCapacity {
            (buffer, position, headStart) = ([], 0, nil)
        }
        (emptyLines, fieldBytes, fieldCount, chunkCount, bodyBytesReceived) = (0, 0, 0, 0, 0)
        scanned = position
    }

    /// One step; nil means "again".
    private mutating func step() throws(HTTPFault) -> Output? {
        switch stage {
        case .requestLine: return try requestLine()
        case .fields: return try fieldLine()
        case .undecided, .complete: return .needMore
        case .fixed(let remaining):
            let taken = try takeBody(remaining)
            stage = taken == remaining ? .complete : .fixed(remaining: remaining - taken)
            return taken == remaining ? finishBody() : .needMore
        case .chunkSize: return try chunkSize()
        case .chunkData(let remaining):
            let taken = try takeBody(remaining)
            stage = taken == remaining ? .chunkEnd : .chunkData(remaining: remaining - taken)
            return taken == remaining ? nil : .needMore
        case .chunkEnd: return try chunkEnd()
        case .trailers: return try trailerLine()
        case .failed(let fault): throw fault
        }
    }

    private mutating func requestLine() throws(HTTPFault) -> Output? {
        if let known = memory.find(in: buffer, from: position) {
            (position, scanned) = (known.end, known.end)
            stage = .undecided(known.head.framing)
            return .head(known.head)
        }
        guard
            let line = try takeLine(cap: limits.requestLineBytes, over: .targetTooLong(limit: limits.requestLineBytes))
        else { return .needMore }
        if line.isEmpty {
            emptyLines += 1
            guard emptyLines == 1 else { throw .malformed(.emptyLines) }
            return nil
        }
        let bytes = buffer
        try head.requestLine(bytes.span.extracting(line))
        headStart = line.lowerBound
        stage = .fields
        return nil
    }

    private mutating func fieldLine() throws(HTTPFault) -> Output? {
        guard let line = try takeFieldLine() else { return .needMore }
        if line.isEmpty {
            let finished = try head.finish()
            if let headStart { memory.keep(finished, buffer[headStart..<position]) }
            stage = .undecided(finished.framing)
            return .head(finished)
        }
        let bytes = buffer
        try head.fieldLine(bytes.span.extracting(line))
        return nil
    }

    private mutating func trailerLine() throws(HTTPFault) -> Output? {
        guard let line = try takeFieldLine() else { return .needMore }
        if line.isEmpty {
            stage = .complete
            return finishBody()
        }
        _ = try HeadBuilder.split(buffer.span.extracting(line))
        return nil
    }

    private mutating func takeFieldLine() throws(HTTPFault) -> Range<Int>? {
        let left = limits.fieldBytes - fieldBytes
        guard let line = try takeLine(cap: min(limits.fieldLineBytes, left), over: .fieldsTooLarge) else { return nil }
        if !line.isEmpty {
            fieldBytes += line.count
            fieldCount += 1
            guard fieldCount <= limits.fieldCount else { throw .fieldsTooLarge }
        }
        return line
    }

    private mutating func chunkSize() throws(HTTPFault) -> Output? {
        guard let line = try takeLine(cap: limits.chunkLineBytes, over: .malformed(.chunkExtension)) else {
            return .needMore
        }
        let size = try ChunkSize.parse(buffer.span.extracting(line))
        if size == 0 {
            (fieldBytes, fieldCount) = (0, 0)
            stage = .trailers
            return nil
        }
        chunkCount += 1
        guard chunkCount <= limits.chunkCount, size <= UInt64(max(0, bodyLimit - bodyBytesReceived)) else {
            throw .bodyTooLarge(limit: bodyLimit)
        }
        stage = .chunkData(remaining: Int(size))
        return nil
    }

    private mutating func chunkEnd() throws(HTTPFault) -> Output? {
        if position < buffer.count, buffer[position] != ByteRules.carriageReturn { throw .malformed(.chunkEnd) }
        guard position + 1 < buffer.count else { return .needMore }
        guard buffer[position + 1] == ByteRules.lineFeed else { throw .malformed(.chunkEnd) }
        position += 2
        stage = .chunkSize
        return nil
    }

    private mutating func takeBody(_ wanted: Int) throws(HTTPFault) -> Int {
        let count = min(wanted, buffer.count - position)
        guard count > 0 else { return 0 }
        defer {
            position += count
            bodyBytesReceived += count
        }
        guard keepsBody else { return count }
        // Grows by doubling like any array, but never past what is to come: large bodies are not given double memory.
        if body.count + count > body.capacity {
            body.reserveCapacity(max(body.count + count, min(body.count + wanted, 2 * body.count)))
        }
        body.append(contentsOf: buffer[position..<(position + count)])
        return count
    }

    private mutating func finishBody() -> Output {
        let finished = body
        body = []
        return .body(finished)
    }

    /// The content of the next CR LF line, consumed; nil if its end is not there yet.
    ///
    /// Its length is looked at before anything else about it, complete or not: so a cut changes nothing.
    private mutating func takeLine(cap: Int, over fault: HTTPFault) throws(HTTPFault) -> Range<Int>? {
        let from = max(scanned, position)
        guard let end = firstLineFeed(from: from) else {
            scanned = buffer.count
            if buffer.count - position > cap + 1 { throw fault }
            return nil
        }
        let hasReturn = end > position && buffer[end - 1] == ByteRules.carriageReturn
        let line = position..<(hasReturn ? end - 1 : end)
        guard line.count <= cap else { throw fault }
        guard hasReturn else { throw .malformed(.bareLineEnding) }
        position = end + 1
        scanned = position
        return line
    }

    private func firstLineFeed(from: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard from < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + from, Int32(ByteRules.lineFeed), bytes.count - from)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }
}

/// `chunk-size [ chunk-ext ]` (RFC 9112 §7.1).
enum ChunkSize {
    /// 1 to 16 hex digits, then nothing or an extension, which is checked for control bytes and dropped.
    static func parse(_ line: Span<UInt8>) throws(HTTPFault) -> UInt64 {
        var size: UInt64 = 0
        var digits = 0
        while digits < line.count, let value = ByteRules.hexValue(line[digits]) {
            guard digits < 16 else { throw .malformed(.chunkSize) }
            size = size << 4 | UInt64(value)
            digits += 1
        }
        guard digits > 0 else { throw .malformed(.chunkSize) }
        guard digits < line.count else { return size }
        guard line[digits] == 0x3B else { throw .malformed(.chunkSize) }
        for index in (digits + 1)..<line.count where !ByteRules.isFieldValue(line[index]) {
            throw .malformed(.chunkExtension)
        }
        return size
    }
}
