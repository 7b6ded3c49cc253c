/// Prints float32 values as JSON numbers without allocating.
enum FloatText {
    /// `-1.17549435e-38` and `-0.000123456789` are the longest forms.
    static let maximumLength = 16

    /// Writes the values with commas between them, as a JSON array where `isList`; gives the number of bytes, or nil
    /// where a value is not finite.
    ///
    /// `output` must have room for `maximumLength` + 1 bytes a value and ten more.
    static func write(_ values: UnsafeBufferPointer<Float>, to output: UnsafeMutablePointer<UInt8>, isList: Bool)
        -> Int?
    {
        let (powers, tens) = (ShortestDecimal.powers, Self.tens)
        return powers.withUnsafeBufferPointer { powers in
            tens.withUnsafeBufferPointer { tens -> Int? in
                guard let powers = powers.baseAddress, let tens = tens.baseAddress else { return nil }
                return write(values, to: output, isList: isList, powers, tens)
            }
        }
    }

    /// 1, 10, ..., 10^9.
    private static let tens: [UInt32] = (0...9).map { (0..<$0).reduce(1) { power, _ in 10 * power } }

    private static func write(
        _ values: UnsafeBufferPointer<Float>, to output: UnsafeMutablePointer<UInt8>, isList: Bool,
        _ powers: UnsafePointer<UInt64>, _ tens: UnsafePointer<UInt32>
    ) -> Int? {
        var end = output
        if isList {
            end.pointee = 0x5B
            end += 1
        }
        for index in 0..<values.count {
            if index > 0 {
                end.pointee = 0x2C
                end += 1
            }
            let bits = values[index].bitPattern
            guard bits & 0x7F80_0000 != 0x7F80_0000 else { return nil }
            if bits >> 31 != 0 {
                end.pointee = 0x2D
                end += 1
            }
            if bits << 1 == 0 {
                end.pointee = 0x30
                end += 1
            } else {
                end = write(ShortestDecimal(bitPattern: bits & 0x7FFF_FFFF, table: powers), to: end, tens)
            }
        }
        if isList {
            end.pointee = 0x5D
            end += 1
        }
        return end - output
    }

    /// Plain notation from 10^-5 to 10^9, else scientific.
    ///
    /// Nearly every number takes the same way through this: what its digits are is never branched on.
    @inline(__always)
    private static func write(
        _ decimal: ShortestDecimal, to output: UnsafeMutablePointer<UInt8>, _ tens: UnsafePointer<UInt32>
    ) -> UnsafeMutablePointer<UInt8> {
        let width = count(decimal.digits, tens)
        // The place of the point, counted from the first digit.
        let point = width &+ decimal.exponent
        let nine = decimal.digits &* tens[9 &- width]
        let (first, rest) = nine.quotientAndRemainder(dividingBy: 100_000_000)
        let (head, tail) = (UInt8(truncatingIfNeeded: first) &+ 0x30, eightDigits(rest))
        // The last digits are the highest bytes; zeros at the end are none.
        let digits = 9 &- (tail ^ 0x3030_3030_3030_3030).leadingZeroBitCount / 8
        if point <= 0, point > -5 {
            store(0x3030_3030_3030_2E30, output)  // 0.000000
            let start = output + (2 &- point)
            start.pointee = head
            store(tail, start + 1)
            return start + digits
        }
        output.pointee = head
        if point > 0, point <= 9 {
            store(tail, output + 1)
            if digits <= point { return output + point }
            let fraction = output + point
            store(load(fraction), fraction + 1)
            fraction.pointee = 0x2E
            return output + (digits &+ 1)
        }
        output[1] = 0x2E
        store(tail, output + 2)
        let end = output + (digits > 1 ? digits &+ 1 : 1)
        return writeExponent(point &- 1, to: end)
    }

    @inline(__always)
    private static func writeExponent(
        _ power: Int, to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        var end = output
        end.pointee = 0x65
        end += 1
        if power < 0 {
            end.pointee = 0x2D
            end += 1
        }
        let (tens, ones) = UInt8(truncatingIfNeeded: abs(power)).quotientAndRemainder(dividingBy: 10)
        if tens > 0 {
            end.pointee = tens &+ 0x30
            end += 1
        }
        end.pointee = ones &+ 0x30
        return end + 1
    }

    /// The text of a number below 10^8 with zeros before it, its first digit in the lowest byte.
    @inline(__always)
    private static func eightDigits(_ number: UInt32) -> UInt64 {
        let (top, rest) = number.quotientAndRemainder(dividingBy: 10_000)
        // Each division is a multiplication for all parts at once.
        var parts = UInt64(top) | UInt64(rest) << 32
        let hundreds = ((parts &* 10_486) &>> 20) & 0x0000_007F_0000_007F
        parts = hundreds | ((parts &- 100 &* hundreds) &<< 16)
        let tens = ((parts &* 103) &>> 10) & 0x000F_000F_000F_000F
        return (tens | ((parts &- 10 &* tens) &<< 8)) | 0x3030_3030_3030_3030
    }

    @inline(__always)
    private static func store(_ text: UInt64, _ output: UnsafeMutablePointer<UInt8>) {
        UnsafeMutableRawPointer(output).storeBytes(of: text.littleEndian, as: UInt64.self)
    }

    @inline(__always)
    private static func load(_ text: UnsafeMutablePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(text).loadUnaligned(as: UInt64.self))
    }

    /// The decimal digits of a number that is not 0: by its bits, or one more from the power of ten among them on.
    @inline(__always)
    private static func count(_ number: UInt32, _ tens: UnsafePointer<UInt32>) -> Int {
        let least = ((32 &- number.leadingZeroBitCount) &* 1233) &>> 12
        return least &+ (number >= tens[least] ? 1 : 0)
    }
}
