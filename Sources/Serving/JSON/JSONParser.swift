/// A strict JSON parser (RFC 8259) over bytes, without recursion.
///
/// Stricter than the grammar where that is safer: depth and the length of numbers are bounded, duplicate keys, lone
/// surrogates and numbers that no float32 (in arrays) or double (elsewhere) can hold are refused, NaN is no number, and
/// nothing but white space may follow the value. Memory stays within a small multiple of the text's.
struct JSONParser {
    static let maximumDepth = 64
    static let maximumNumberLength = 100
    /// The most values outside of regular arrays of numbers.
    static let maximumNodes = 400_000

    let bytes: UnsafeBufferPointer<UInt8>
    /// Members whose arrays become plain ones of whole numbers, which float32 could not tell apart.
    private let exactKeys: Set<String>
    var position = 0
    var floats: [Float] = []
    private var stack: [Frame] = []
    private var nodes = 0

    /// Parses one document. Arrays of numbers that are members of one of `exactKeys` are not turned into floats.
    static func parse(_ bytes: [UInt8], exactKeys: Set<String> = []) throws(JSONSyntaxError) -> JSONDocument {
        let result: Result<JSONDocument, JSONSyntaxError> = bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(bytes: buffer, exactKeys: exactKeys)
            do throws(JSONSyntaxError) { return .success(try parser.document()) } catch {
                return .failure(error.located(at: parser.path))
            }
        }
        return try result.get()
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, exactKeys: Set<String>) {
        (self.bytes, self.exactKeys) = (bytes, exactKeys)
    }

    /// The value that is being read, such as `latents[3][1]`; nil for the whole document and for very deep places.
    private var path: String? {
        guard stack.count <= JSONSyntaxError.maximumPathLength else { return nil }
        let path = stack.reduce(into: "") { path, frame in
            switch frame.kind {
            case .object:
                let key = String(frame.object.key.prefix(64))
                path += path.isEmpty || key.isEmpty ? key : ".\(key)"
            case .start: path += "[0]"
            case .numbers: path += "[\(floats.count - frame.start)]"
            case .blocks: path += "[\(frame.count)]"
            case .array, .exact: path += "[\(frame.elements.count)]"
            }
        }
        return path.isEmpty ? nil : path
    }

    /// An array or object that is open. It is changed in place: its elements are never copied while it grows.
    private struct Frame {
        enum Kind {
            /// An array of which nothing is known yet.
            case start
            /// An array of numbers only, in `floats` from `start` on.
            case numbers
            /// An array of `count` blocks like `first`, in `floats` from `start` on.
            case blocks
            case array
            /// An array whose numbers are kept as they are.
            case exact
            case object
        }

        var kind: Kind
        var start = 0
        var count = 0
        var first = FloatBlock(range: 0..<0, rank: 1, extents: .zero)
        var elements: [JSONNode] = []
        var object = ObjectBuilder()

        /// Turns an array that is not regular after all into a plain one.
        mutating func becomePlain(_ floats: [Float]) {
            switch kind {
            case .numbers: elements = floats[start...].map { .number(Double($0)) }
            case .blocks:
                elements = (0..<count).map { index in
                    let begin = start + index * first.range.count
                    let range = begin..<begin + first.range.count
                    return .floats(FloatBlock(range: range, rank: first.rank, extents: first.extents))
                }
            case .start, .array, .exact, .object: break
            }
            kind = .array
        }
    }

    private mutating func document() throws(JSONSyntaxError) -> JSONDocument {
        while true {
            skipWhitespace()
            // A value begins here.
            switch try next() {
            case 0x5B:
                try push(isExact ? .exact : .start)
                skipWhitespace()
                if peek() == 0x5D {
                    position += 1
                    if let root = try close() { return try finish(root) }
                } else {
                    continue
                }
            case 0x7B:
                try push(.object)
                skipWhitespace()
                if peek() == 0x7D {
                    position += 1
                    if let root = try close() { return try finish(root) }
                } else {
                    try key()
                    continue
                }
            case let byte:
                if byte == 0x2D || (0x30...0x39).contains(byte), isInArray {
                    position -= 1
                    floats.append(try float())
                    try appendNumber()
                } else {
                    let node = try scalar(byte)
                    guard !stack.isEmpty else { return try finish(node) }
                    try append(node)
                }
            }
            if let root = try afterValue() { return try finish(root) }
        }
    }

    /// Reads what may follow a value inside containers, closing those that end; gives the root when it ended.
    private mutating func afterValue() throws(JSONSyntaxError) -> JSONNode? {
        while true {
            skipWhitespace()
            guard !stack.isEmpty else { return nil }
            let byte = try next()
            if stack[stack.count - 1].kind == .object {
                switch byte {
                case 0x2C:
                    skipWhitespace()
                    try key()
                    return nil
                case 0x7D: if let root = try close() { return root }
                default: throw unexpected(byte, "',' or '}'")
                }
            } else {
                switch byte {
                case 0x2C: return nil
                case 0x5D: if let root = try close() { return root }
                default: throw unexpected(byte, "',' or ']'")
                }
            }
        }
    }

    private mutating func finish(_ root: JSONNode) throws(JSONSyntaxError) -> JSONDocument {
        skipWhitespace()
        guard position == bytes.count else { throw error(.trailingContent) }
        return JSONDocument(root: root, floats: floats)
    }

    private mutating func push(_ kind: Frame.Kind) throws(JSONSyntaxError) {
        guard stack.count < Self.maximumDepth else { throw error(.tooDeep(limit: Self.maximumDepth)) }
        stack.append(Frame(kind: kind))
    }

    /// Ends the innermost container; gives it back where it was the outermost.
    private mutating func close() throws(JSONSyntaxError) -> JSONNode? {
        var frame = stack.removeLast()
        let node: JSONNode
        switch frame.kind {
        case .start:
            node = .floats(FloatBlock(range: floats.count..<floats.count, rank: 1, extents: .zero))
        case .numbers:
            let range = frame.start..<floats.count
            node = .floats(FloatBlock(range: range, rank: 1, extents: SIMD4(range.count, 0, 0, 0)))
        case .blocks:
            if let block = frame.first.stacked(count: frame.count, range: frame.start..<floats.count) {
                node = .floats(block)
            } else {
                try count(frame.count)
                frame.becomePlain(floats)
                node = .array(frame.elements)
            }
        case .array, .exact: node = .array(frame.elements)
        case .object: node = .object(frame.object.object)
        }
        guard !stack.isEmpty else { return node }
        try append(node)
        return nil
    }

    /// Adds a value that is no number of an array to the innermost container.
    private mutating func append(_ node: JSONNode) throws(JSONSyntaxError) {
        let last = stack.count - 1
        if case .floats(let block) = node {
            switch stack[last].kind {
            case .start:
                stack[last].kind = .blocks
                stack[last].start = block.range.lowerBound
                stack[last].count = 1
                stack[last].first = block
                return
            case .blocks where block.hasShape(of: stack[last].first):
                stack[last].count += 1
                return
            default: break
            }
        }
        switch stack[last].kind {
        case .object: stack[last].object.set(node)
        case .array, .exact: stack[last].elements.append(node)
        case .start, .numbers, .blocks:
            try count(stack[last].kind == .numbers ? floats.count - stack[last].start : stack[last].count)
            stack[last].becomePlain(floats)
            stack[last].elements.append(node)
        }
        try count(1)
    }

    /// Takes note of the number that was just appended to `floats` for the innermost array.
    private mutating func appendNumber() throws(JSONSyntaxError) {
        let last = stack.count - 1
        switch stack[last].kind {
        case .start:
            stack[last].kind = .numbers
            stack[last].start = floats.count - 1
        case .numbers: break
        case .blocks, .array, .exact, .object: try append(.number(Double(floats.last ?? 0)))
        }
    }

    private mutating func count(_ added: Int) throws(JSONSyntaxError) {
        nodes += added
        guard nodes <= Self.maximumNodes else { throw error(.tooManyValues(limit: Self.maximumNodes)) }
    }

    private mutating func key() throws(JSONSyntaxError) {
        stack[stack.count - 1].object.forgetKey()
        let byte = try next()
        guard byte == 0x22 else { throw unexpected(byte, "a key in quotes") }
        let start = position
        let key = try string()
        guard stack[stack.count - 1].object.begin(key) else {
            throw JSONSyntaxError(reason: .duplicateKey(String(key.prefix(64))), offset: start)
        }
        skipWhitespace()
        let colon = try next()
        guard colon == 0x3A else { throw unexpected(colon, "':'") }
    }

    /// Whether a number here is one of many.
    private var isInArray: Bool {
        guard !stack.isEmpty else { return false }
        let kind = stack[stack.count - 1].kind
        return kind != .object && kind != .exact
    }

    /// Whether an array that begins here is to be kept as it is.
    private var isExact: Bool {
        guard !exactKeys.isEmpty, !stack.isEmpty, stack[stack.count - 1].kind == .object else { return false }
        return exactKeys.contains(stack[stack.count - 1].object.key)
    }

    private mutating func scalar(_ byte: UInt8) throws(JSONSyntaxError) -> JSONNode {
        switch byte {
        case 0x22: return .string(try string())
        case 0x2D, 0x30...0x39:
            position -= 1
            return try number()
        case 0x74: return try word("rue", .bool(true))
        case 0x66: return try word("alse", .bool(false))
        case 0x6E: return try word("ull", .null)
        default: throw unexpected(byte, "a value")
        }
    }

    private mutating func word(_ rest: StaticString, _ node: JSONNode) throws(JSONSyntaxError) -> JSONNode {
        for index in 0..<rest.utf8CodeUnitCount {
            let byte = try next()
            guard byte == rest.utf8Start[index] else { throw unexpected(byte, "true, false or null") }
        }
        return node
    }
}

/// The members of an open object.
private struct ObjectBuilder {
    var object = JSONObject()
    /// The member that is being read, or was read last; empty while a key is.
    private(set) var key = ""
    /// Made when linear search would get slow.
    private var keys: Set<String> = []

    /// Whether the key is new.
    mutating func begin(_ key: String) -> Bool {
        self.key = key
        if object.members.count < 16 {
            guard object[key] == nil else { return false }
        } else {
            if keys.isEmpty { keys = Set(object.members.map(\.key)) }
            guard keys.insert(key).inserted else { return false }
        }
        return true
    }

    mutating func forgetKey() { key = "" }

    mutating func set(_ node: JSONNode) { object.members.append((key, node)) }
}

extension JSONParser {
    func error(_ reason: JSONSyntaxError.Reason) -> JSONSyntaxError {
        JSONSyntaxError(reason: reason, offset: position)
    }

    /// For the byte just read.
    func unexpected(_ byte: UInt8, _ expected: String) -> JSONSyntaxError {
        JSONSyntaxError(reason: .unexpectedByte(byte, expected: expected), offset: max(position - 1, 0))
    }

    /// The byte at the position, 0 at the end: no token begins with 0.
    @inline(__always)
    func peek() -> UInt8 { position < bytes.count ? bytes[position] : 0 }

    @inline(__always)
    mutating func next() throws(JSONSyntaxError) -> UInt8 {
        guard position < bytes.count else { throw error(.unexpectedEnd) }
        position += 1
        return bytes[position - 1]
    }

    @inline(__always)
    mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }
}
