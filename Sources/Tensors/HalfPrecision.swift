extension Float {
    /// The number that 16 bits are in IEEE 754's half precision; `Float16` is not there on every processor that Swift
    /// runs on.
    public init(halfPrecision half: UInt16) {
        let sign: Float = half & 0x8000 == 0 ? 1 : -1
        let (exponent, fraction) = (Int(half >> 10 & 0x1F), Float(half & 0x3FF))
        switch exponent {
        case 0: self = sign * fraction * 0x1p-24
        case 31: self = fraction == 0 ? sign * .infinity : .nan
        default: self = sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction * 0x1p-10)
        }
    }
}
