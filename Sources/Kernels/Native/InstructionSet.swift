import CKernels

/// How wide the vectors are that the native kernels compute with.
public enum InstructionSet: String, Sendable, CaseIterable {
    /// What every processor has: 128 bits.
    case portable
    /// 256 bits, with fused multiply-add.
    case avx2
    /// 512 bits.
    case avx512

    /// The widest that this processor has.
    public static var best: InstructionSet {
        switch latentd_best_instruction_set() {
        case LATENTD_AVX512: .avx512
        case LATENTD_AVX2: .avx2
        default: .portable
        }
    }

    /// Those that this processor has.
    public static var available: [InstructionSet] {
        let best = allCases.firstIndex(of: best) ?? 0
        return Array(allCases[...best])
    }

    /// Of b and c, that a product takes at once.
    var columns: Int { Int(latentd_tile_columns(value)) }

    var value: latentd_instruction_set {
        switch self {
        case .portable: LATENTD_PORTABLE
        case .avx2: LATENTD_AVX2
        case .avx512: LATENTD_AVX512
        }
    }
}
