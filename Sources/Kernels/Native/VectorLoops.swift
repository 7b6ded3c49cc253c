import CKernels

/// The loops over arrays of `Float` on the processor's widest vectors.
extension Float {
    fileprivate static let widest = InstructionSet.best.value

    public static func sigmoid(_ values: UnsafeMutablePointer<Float>, count: Int) {
        latentd_sigmoid(widest, Int64(count), values)
    }

    public static func bernoulliLoss(
        _ logits: UnsafePointer<Float>, targets: UnsafePointer<Float>, count: Int,
        gradient: UnsafeMutablePointer<Float>?, scale: Float
    ) -> Double {
        latentd_bernoulli_loss(widest, Int64(count), logits, targets, scale, gradient)
    }

    public static func scaleWhereNegative(
        _ gradient: UnsafeMutablePointer<Float>, outputs: UnsafePointer<Float>, count: Int, slope: Float
    ) {
        latentd_scale_where_negative(widest, Int64(count), outputs, slope, gradient)
    }

    public static func addRows(
        _ values: UnsafePointer<Float>, rows: Int, columns: Int, to sums: UnsafeMutablePointer<Float>
    ) {
        latentd_add_rows(widest, Int64(rows), Int64(columns), values, sums)
    }
}

/// A matrix turned over.
public enum Transposition {
    /// target [columns, rows] from source [rows, columns].
    ///
    /// - Parameter pitch: from a row of the target to the next; `rows` where nothing else is said.
    public static func run(
        _ source: UnsafePointer<Float>, rows: Int, columns: Int, to target: UnsafeMutablePointer<Float>,
        pitch: Int? = nil
    ) {
        latentd_transpose(Float.widest, Int64(rows), Int64(columns), source, Int64(pitch ?? rows), target)
    }
}
