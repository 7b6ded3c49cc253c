import CKernels

/// Prints float32 values as JSON numbers: the shortest decimals that read back as the same floats.
enum FloatText {
    /// With the comma behind it; `-1.17549435e-38,` and `-0.000123456789,` are the longest forms.
    static let maximumLength = 17

    /// Writes the values with a comma behind each; gives the number of bytes, or nil where a value is not finite.
    ///
    /// `output` must have room for `maximumLength` bytes a value.
    static func write(
        _ values: UnsafeBufferPointer<Float>, to output: UnsafeMutablePointer<UInt8>,
        with instructionSet: latentd_instruction_set = best
    ) -> Int? {
        guard let first = values.baseAddress else { return 0 }
        let written = latentd_print_floats(instructionSet, Int64(values.count), first, output)
        return written < 0 ? nil : Int(written)
    }

    /// Bytes that hold the values as nested lists.
    static func room(_ count: Int, shape: ArraySlice<Int>) -> Int {
        // The lists at each depth, with a bracket on either side and a comma behind.
        let lists = shape.indices.reduce(1) { $0 + shape[..<$1].reduce(1, *) }
        return count * maximumLength + 3 * lists
    }

    /// Writes row-major values as nested lists, outermost extent first; gives the number of bytes, or nil where a value is
    /// not finite. The recursion is as deep as the rank, which is at most four.
    ///
    /// `output` must have `room`.
    static func writeLists(
        _ values: UnsafeBufferPointer<Float>, shape: ArraySlice<Int>, to output: UnsafeMutablePointer<UInt8>
    ) -> Int? {
        output.pointee = 0x5B
        let first = output + 1
        var end = first
        if shape.count > 1, let count = shape.first, count > 0 {
            let length = values.count / count
            for index in 0..<count {
                let row = UnsafeBufferPointer(rebasing: values[index * length..<(index + 1) * length])
                guard let written = writeLists(row, shape: shape.dropFirst(), to: end) else { return nil }
                end[written] = 0x2C
                end += written + 1
            }
        } else {
            guard let written = write(values, to: end) else { return nil }
            end += written
        }
        // In the place of the last comma.
        let bracket = end > first ? end - 1 : end
        bracket.pointee = 0x5D
        return bracket + 1 - output
    }

    private static let best = latentd_best_instruction_set()
}
