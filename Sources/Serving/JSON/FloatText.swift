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
        ShortestDecimal.powers.withUnsafeBufferPointer { table -> Int? in
            guard let table = table.baseAddress else { return nil }
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
                    end = write(ShortestDecimal(bitPattern: bits & 0x7FFF_FFFF, table: table), to: end)
                }
            }
            if isList {
                end.pointee = 0x5D
                end += 1
            }
            return end - output
        }
    }

    /// Plain notation from 10^-5 to 10^9, else scientific.
    @inline(__always)
    private static func write(
        _ decimal: ShortestDecimal, to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        var digits = decimal.digits
        var exponent = decimal.exponent
        while exponent != 0, digits % 10 == 0 {
            digits /= 10
            exponent += 1
        }
        let count = Self.count(digits)
        // The place of the point, counted from the first digit.
        let point = count + exponent
        if exponent >= 0, point <= 9 {
            put(digits, count, at: output)
            for index in count..<max(point, count) { output[index] = 0x30 }
            return output + point
        }
        if point > 0, point <= 9 {
            put(digits, count, at: output + 1)
            for index in 0..<point { output[index] = output[index + 1] }
            output[point] = 0x2E
            return output + count + 1
        }
        if point <= 0, point > -5 {
            output[0] = 0x30
            output[1] = 0x2E
            for index in 0..<(-point) { output[2 + index] = 0x30 }
            put(digits, count, at: output + 2 - point)
            return output + 2 - point + count
        }
        var end = output
        put(digits, count, at: output + 1)
        output[0] = output[1]
        end += 1
        if count > 1 {
            output[1] = 0x2E
            end += count
        }
        end.pointee = 0x65
        end += 1
        var power = point - 1
        if power < 0 {
            end.pointee = 0x2D
            end += 1
            power = -power
        }
        let powerCount = power < 10 ? 1 : 2
        put(UInt32(truncatingIfNeeded: power), powerCount, at: end)
        return end + powerCount
    }

    /// `count` digits, ten at most; may touch the eight bytes from the last eight digits' first on.
    @inline(__always)
    private static func put(_ digits: UInt32, _ count: Int, at output: UnsafeMutablePointer<UInt8>) {
        var output = output
        var (top, rest) = digits.quotientAndRemainder(dividingBy: 100_000_000)
        if count > 8 {
            if top >= 10 {
                output.pointee = UInt8(truncatingIfNeeded: top / 10) &+ 0x30
                output += 1
                top %= 10
            }
            output.pointee = UInt8(truncatingIfNeeded: top) &+ 0x30
            output += 1
        }
        (top, rest) = rest.quotientAndRemainder(dividingBy: 10_000)
        // The first digits are in the lowest bytes. Each division is a multiplication for all parts at once.
        var parts = UInt64(top) | UInt64(rest) << 32
        let hundreds = ((parts &* 10_486) &>> 20) & 0x0000_007F_0000_007F
        parts = hundreds | ((parts &- 100 &* hundreds) &<< 16)
        let tens = ((parts &* 103) &>> 10) & 0x000F_000F_000F_000F
        let text = (tens | ((parts &- 10 &* tens) &<< 8)) | 0x3030_3030_3030_3030
        let leading = UInt64(truncatingIfNeeded: max(0, 8 - count)) &* 8
        UnsafeMutableRawPointer(output).storeBytes(of: (text &>> leading).littleEndian, as: UInt64.self)
    }

    @inline(__always)
    private static func count(_ value: UInt32) -> Int {
        if value < 100_000 {
            if value < 100 { return value < 10 ? 1 : 2 }
            return value < 1000 ? 3 : value < 10_000 ? 4 : 5
        }
        if value < 10_000_000 { return value < 1_000_000 ? 6 : 7 }
        return value < 100_000_000 ? 8 : value < 1_000_000_000 ? 9 : 10
    }
}
