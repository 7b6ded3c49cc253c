/// A result that is not a finite number, which JSON cannot say and no client should get.
struct NonFiniteResult: Error, Equatable {
    /// The output's name, such as `images`.
    let output: String
    /// The row of the outermost axis, where there is one.
    let row: Int?
}

/// Writes JSON into bytes. The caller keeps the grammar: commas come by themselves, brackets must match.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    mutating func beginObject() { open(0x7B) }
    mutating func endObject() { close(0x7D) }
    mutating func beginArray() { open(0x5B) }
    mutating func endArray() { close(0x5D) }

    mutating func key(_ name: String) {
        separate()
        quote(name)
        bytes.append(0x3A)
        needsComma = false
    }

    mutating func string(_ text: String) {
        separate()
        quote(text)
    }

    mutating func integer(_ value: Int) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
    }

    mutating func integers(_ values: [Int]) {
        beginArray()
        for value in values { integer(value) }
        endArray()
    }

    mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// JSON text that comes from a trusted writer.
    mutating func raw(_ json: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// A finite double, shortest; `name` is what the error calls it.
    mutating func number(_ value: Double, name: String, row: Int? = nil) throws(NonFiniteResult) {
        guard value.isFinite else { throw NonFiniteResult(output: name, row: row) }
        separate()
        if value == value.rounded(), abs(value) < 1e15 {
            bytes.append(contentsOf: String(Int(value)).utf8)
        } else {
            bytes.append(contentsOf: value.description.utf8)
        }
    }

    /// A float32, shortest.
    mutating func number(_ value: Float, name: String) throws(NonFiniteResult) {
        let isWritten = append([value][...], room: FloatText.maximumLength) { value, text in
            FloatText.write(value, to: text).map { $0 - 1 }
        }
        if !isWritten { throw NonFiniteResult(output: name, row: nil) }
    }

    /// Row-major values as nested arrays of the given shape, outermost extent first.
    ///
    /// The number of values must be the shape's; the row of an error is the outermost axis'.
    mutating func floats(_ values: ArraySlice<Float>, shape: [Int], name: String) throws(NonFiniteResult) {
        let isWritten = shape.count > 2 && shape[0] > 0 ? appendItems(values, shape) : append(values, shape[...])
        guard !isWritten else { return }
        let place = values.firstIndex { !$0.isFinite }.map { $0 - values.startIndex } ?? 0
        throw NonFiniteResult(output: name, row: shape.count > 1 ? place / max(1, values.count / shape[0]) : nil)
    }

    /// One after the other, so that there is room to spare for one only.
    private mutating func appendItems(_ values: ArraySlice<Float>, _ shape: [Int]) -> Bool {
        let length = values.count / shape[0]
        beginArray()
        for index in 0..<shape[0] {
            let start = values.startIndex + index * length
            guard append(values[start..<start + length], shape.dropFirst()) else { return false }
        }
        endArray()
        return true
    }

    private mutating func append(_ values: ArraySlice<Float>, _ shape: ArraySlice<Int>) -> Bool {
        append(values, room: FloatText.room(values.count, shape: shape)) { values, text in
            FloatText.writeLists(values, shape: shape, to: text)
        }
    }

    /// Lets `write` write in place, which gives the number of bytes, or nil where a value is not finite: then it is false.
    private mutating func append(
        _ values: ArraySlice<Float>, room: Int,
        _ write: (UnsafeBufferPointer<Float>, UnsafeMutablePointer<UInt8>) -> Int?
    ) -> Bool {
        separate()
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: room))
        let written: Int? = values.withUnsafeBufferPointer { values in
            bytes.withUnsafeMutableBufferPointer { bytes in bytes.baseAddress.flatMap { write(values, $0 + start) } }
        }
        guard let written else { return false }
        bytes.removeLast(room - written)
        return true
    }

    private mutating func separate() {
        if needsComma { bytes.append(0x2C) }
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    /// A quoted string; quotes, backslashes and control characters escaped (RFC 8259 §7).
    private mutating func quote(_ text: String) {
        bytes.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: bytes.append(contentsOf: [0x5C, byte])
            case 0x0A: bytes.append(contentsOf: [0x5C, 0x6E])
            case 0x0D: bytes.append(contentsOf: [0x5C, 0x72])
            case 0x09: bytes.append(contentsOf: [0x5C, 0x74])
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                bytes.append(contentsOf: [0x5C, 0x75, 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }
}
