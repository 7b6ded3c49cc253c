import Glibc

extension JSONParser {
    /// A number taken apart: ±`digits` x 10^`exponent`.
    private struct Decimal {
        var isNegative = false
        /// The first 19 significant digits; `isTruncated` where there are more, and then only the text counts.
        var digits: UInt64 = 0
        var digitCount = 0
        var isTruncated = false
        var exponent = 0
        var isInteger = true
        var range = 0..<0
    }

    /// Reads a number outside of an array.
    mutating func number() throws(JSONSyntaxError) -> JSONNode {
        let decimal = try decimal()
        if decimal.isInteger, !decimal.isTruncated, let magnitude = Int(exactly: decimal.digits) {
            return .integer(decimal.isNegative ? -magnitude : magnitude)
        }
        let value = withText(decimal.range) { strtod($0, nil) }
        guard value.isFinite else { throw JSONSyntaxError(reason: .numberOutOfRange, offset: decimal.range.lowerBound) }
        return .number(value)
    }

    /// Reads a number of an array as the float32 nearest to it.
    ///
    /// The fast road computes in double with an error of a few units of its last place; unless the result is so near to
    /// the middle of two floats that the error could matter, rounding it gives the right float.
    mutating func float() throws(JSONSyntaxError) -> Float {
        let decimal = try decimal()
        if decimal.digits == 0, !decimal.isTruncated { return decimal.isNegative ? -0.0 : 0 }
        if !decimal.isTruncated, abs(decimal.exponent) < PowersOfTen.count {
            let magnitude = PowersOfTen.scale(Double(decimal.digits), exponent: decimal.exponent)
            let tail = Int(magnitude.significandBitPattern & 0x1FFF_FFFF)
            if magnitude > 0x1p-125, magnitude < 0x1p127, abs(tail - 0x1000_0000) > 16 {
                return Float(decimal.isNegative ? -magnitude : magnitude)
            }
        }
        let value = withText(decimal.range) { strtof($0, nil) }
        guard value.isFinite else { throw JSONSyntaxError(reason: .numberOutOfRange, offset: decimal.range.lowerBound) }
        return value
    }

    /// Reads a number by the grammar of RFC 8259 §6.
    @inline(__always)
    private mutating func decimal() throws(JSONSyntaxError) -> Decimal {
        var decimal = Decimal()
        let start = position
        if peek() == 0x2D {
            decimal.isNegative = true
            position += 1
        }
        if peek() == 0x30 {
            position += 1
            if (0x30...0x39).contains(peek()) { throw error(.malformedNumber) }
        } else {
            guard digits(&decimal) > 0 else { throw error(.malformedNumber) }
        }
        if peek() == 0x2E {
            position += 1
            decimal.isInteger = false
            let count = digits(&decimal)
            guard count > 0 else { throw error(.malformedNumber) }
            decimal.exponent -= count
        }
        if peek() | 0x20 == 0x65 {
            position += 1
            decimal.isInteger = false
            var isNegative = false
            if peek() == 0x2B || peek() == 0x2D {
                isNegative = peek() == 0x2D
                position += 1
            }
            var exponent = 0
            let first = position
            while case let byte = peek(), (0x30...0x39).contains(byte) {
                exponent = min(exponent * 10 + Int(byte - 0x30), 1_000_000)
                position += 1
            }
            guard position > first else { throw error(.malformedNumber) }
            decimal.exponent += isNegative ? -exponent : exponent
        }
        guard position - start <= Self.maximumNumberLength else {
            throw JSONSyntaxError(reason: .numberTooLong(limit: Self.maximumNumberLength), offset: start)
        }
        decimal.range = start..<position
        return decimal
    }

    /// Reads digits, of which there may be none; gives their number.
    @inline(__always)
    private mutating func digits(_ decimal: inout Decimal) -> Int {
        let first = position
        while position < bytes.count, case let digit = bytes[position] &- 0x30, digit < 10 {
            if decimal.digitCount < 19 {
                decimal.digits = decimal.digits &* 10 &+ UInt64(digit)
                // Leading zeros are not significant.
                decimal.digitCount &+= decimal.digits == 0 ? 0 : 1
            } else {
                decimal.isTruncated = true
            }
            position += 1
        }
        return position - first
    }

    /// Calls `body` with the text as a C string; it has at most `maximumNumberLength` characters.
    private func withText<Value>(_ range: Range<Int>, _ body: (UnsafePointer<CChar>) -> Value) -> Value {
        String(decoding: bytes[range], as: UTF8.self).withCString(body)
    }
}

/// 10^0 to 10^59, each the nearest double (exact up to 10^22).
enum PowersOfTen {
    static let count = 60
    private static let table: [Double] = (0..<count).map { strtod("1e\($0)", nil) }

    @inline(__always)
    static func scale(_ value: Double, exponent: Int) -> Double {
        exponent < 0 ? value / table[-exponent] : value * table[exponent]
    }
}
