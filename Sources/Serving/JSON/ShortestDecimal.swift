/// The shortest decimal that reads back as one float32, and of those the nearest to it.
///
/// Raffaello Giulietti, "The Schubfach way to render doubles" (2020), for binary32: the interval of decimals that round
/// to the float is computed with one table look-up and three multiplications.
struct ShortestDecimal {
    /// At most nine digits.
    let digits: UInt32
    /// The value is `digits` x 10^`exponent`.
    let exponent: Int

    /// Takes the bits of a float that is positive and finite.
    @inline(__always)
    init(bitPattern: UInt32, table: UnsafePointer<UInt64>) {
        let significand = bitPattern & 0x7F_FFFF
        let biased = Int(bitPattern >> 23) & 0xFF
        let c = biased == 0 ? significand : significand | 0x80_0000
        let q = biased == 0 ? -149 : biased - 150
        if q <= 0, q > -24, c & ((1 << UInt32(-q)) &- 1) == 0 {
            (digits, exponent) = (c >> UInt32(-q), 0)
            return
        }
        // The step down to the next float is half as long at a power of two.
        let isLowerCloser = significand == 0 && biased > 1
        let k = (q * 1_262_611 - (isLowerCloser ? 524_031 : 0)) >> 22
        let h = UInt32(truncatingIfNeeded: q + ((-k * 1_741_647) >> 19) + 1)
        let power = table[-k - Self.minimumPower]
        let isOdd = c & 1
        let lower = Self.scaled((4 &* c &- 2 &+ (isLowerCloser ? 1 : 0)) << h, by: power) &+ isOdd
        let middle = Self.scaled((4 &* c) << h, by: power)
        let upper = Self.scaled((4 &* c &+ 2) << h, by: power) &- isOdd

        // Which candidate it is cannot be foreseen, so none of this branches.
        let s = middle / 4
        let shorter = s / 10
        let shorterUp = bit(40 &* shorter &+ 40 <= upper)
        let isShorter = (bit(lower <= 40 &* shorter) ^ shorterUp) & bit(s >= 10)
        let up = bit(4 &* s &+ 4 <= upper)
        let isOneInside = bit(lower <= 4 &* s) ^ up
        let tie = 4 &* s &+ 2
        let roundsUp = bit(middle > tie) | bit(middle == tie) & s & 1
        digits = Self.select(
            isShorter, shorter &+ shorterUp, s &+ Self.select(isOneInside, up, roundsUp))
        exponent = k &+ Int(truncatingIfNeeded: isShorter)
    }

    @inline(__always)
    private static func select(_ condition: UInt32, _ yes: UInt32, _ no: UInt32) -> UInt32 {
        let mask = 0 &- condition
        return yes & mask | no & ~mask
    }

    /// The product's high part with every lost bit gathered in the lowest one (rounding to odd).
    @inline(__always)
    private static func scaled(_ value: UInt32, by power: UInt64) -> UInt32 {
        let product = power.multipliedFullWidth(by: UInt64(value))
        let low = UInt32(truncatingIfNeeded: product.low >> 32)
        return UInt32(truncatingIfNeeded: product.high) | (low > 1 ? 1 : 0)
    }

    static let minimumPower = -31
    static let maximumPower = 45

    /// For each k the 64 leading bits of 10^k, rounded up: 10^k x 2^(63 - floor(log2(10^k))).
    static let powers: [UInt64] = (minimumPower...maximumPower).map { k in
        // 10^k = 5^k 2^k: the leading bits are those of 5^k. 5^45 has 105 bits.
        var five: UInt128 = 1
        for _ in 0..<abs(k) { five *= 5 }
        let bits = 128 - five.leadingZeroBitCount
        if k >= 0 {
            guard bits > 64 else { return UInt64(five << UInt128(64 - bits)) }
            let shift = UInt128(bits - 64)
            return UInt64(five >> shift) + (five & ((1 << shift) - 1) == 0 ? 0 : 1)
        }
        // Long division of 2^(bits + 63) by 5^-k: 64 bits, since 2^(bits - 1) < 5^-k < 2^bits.
        var quotient: UInt64 = 0
        var remainder: UInt128 = 1 << UInt128(bits - 1)
        for _ in 0..<64 {
            remainder <<= 1
            quotient <<= 1
            if remainder >= five {
                remainder -= five
                quotient |= 1
            }
        }
        return quotient + 1
    }
}

/// 1 for true.
@inline(__always)
private func bit(_ condition: Bool) -> UInt32 { condition ? 1 : 0 }
