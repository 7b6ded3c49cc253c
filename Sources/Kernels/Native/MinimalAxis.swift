import CKernels

/// One direction of minimal filtering: how many outputs a tile has, how many products it takes, and which sums of the taps
/// they are with.
///
/// The algorithms evaluate polynomials at as many small whole numbers as there are components (Toom and Cook), which
/// `CKernels/minimal_filtering.h` holds the other two matrices of.
struct MinimalAxis {
    let filter: latentd_filter
    let outputs: Int
    /// [component][tap]
    let weights: [[Float]]

    var components: Int { weights.count }

    func tiles(_ count: Int) -> Int { (count + outputs - 1) / outputs }

    /// Of a number of outputs, those in a last tile that hang over included.
    func products(_ count: Int) -> Int { tiles(count) * components }

    /// The one with the fewest products for an axis, and of several the smallest.
    static func best(_ axis: WindowAxis) -> MinimalAxis? {
        candidates(taps: axis.taps, stride: axis.stride).min { $0.products(axis.outputs) < $1.products(axis.outputs) }
    }

    private static func candidates(taps: Int, stride: Int) -> [MinimalAxis] {
        switch (taps, stride) {
        case (1, 1): [oneTap]
        case (2, 1): [twoTaps2, twoTaps4, twoTaps5]
        case (3, 1): [threeTaps2, threeTaps4]
        case (3, 2): [threeTapsByTwo]
        default: []
        }
    }

    private static let oneTap = MinimalAxis(filter: LATENTD_ONE_TAP, outputs: 1, weights: [[1]])
    private static let twoTaps2 = MinimalAxis(
        filter: LATENTD_TWO_TAPS_2, outputs: 2, weights: [[1, 0], [1, 1], [0, 1]])
    private static let twoTaps4 = MinimalAxis(
        filter: LATENTD_TWO_TAPS_4, outputs: 4,
        weights: [[1.0 / 2, 0], [-1.0 / 2, -1.0 / 2], [-1.0 / 6, 1.0 / 6], [1.0 / 6, 1.0 / 3], [0, 1]])
    private static let twoTaps5 = MinimalAxis(
        filter: LATENTD_TWO_TAPS_5, outputs: 5,
        weights: [
            [1.0 / 4, 0], [-1.0 / 6, -1.0 / 6], [-1.0 / 6, 1.0 / 6], [1.0 / 24, 1.0 / 12], [1.0 / 24, -1.0 / 12],
            [0, 1],
        ])
    private static let threeTaps2 = MinimalAxis(
        filter: LATENTD_THREE_TAPS_2, outputs: 2,
        weights: [[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
    private static let threeTaps4 = MinimalAxis(
        filter: LATENTD_THREE_TAPS_4, outputs: 4,
        weights: [
            [1.0 / 4, 0, 0], [-1.0 / 6, -1.0 / 6, -1.0 / 6], [-1.0 / 6, 1.0 / 6, -1.0 / 6],
            [1.0 / 24, 1.0 / 12, 1.0 / 6], [1.0 / 24, -1.0 / 12, 1.0 / 6], [0, 0, 1],
        ])
    private static let threeTapsByTwo = MinimalAxis(
        filter: LATENTD_THREE_TAPS_BY_TWO, outputs: 2,
        weights: [[1, 0, 0], [0, 1, 0], [1, 0, 1], [0, 1, 0], [0, 0, 1]])
}
