/// The three products of a convolution in plain Swift, channels last, weights repacked so that inner loops are contiguous.
///
/// Packed weights are [kernel row, kernel column, in, out]; each tap of the kernel is then a small matrix.
struct ReferenceConvolution<Scalar: KernelScalar> {
    let geometry: ConvolutionGeometry

    typealias Values = UnsafePointer<Scalar>
    typealias MutableValues = UnsafeMutablePointer<Scalar>

    /// Calls `body` with the offsets of each pair of input and output pixels that a tap connects.
    @inline(__always)
    private func forEachTap(_ body: (_ input: Int, _ output: Int, _ tap: Int) -> Void) {
        let g = geometry
        for image in 0..<g.batch {
            for row in 0..<g.output.height {
                for column in 0..<g.output.width {
                    let output = (image * g.output.height + row) * g.output.width + column
                    for kernelRow in 0..<g.kernel.height {
                        let y = row * g.stride.height + kernelRow - g.padding.top
                        guard y >= 0, y < g.input.height else { continue }
                        for kernelColumn in 0..<g.kernel.width {
                            let x = column * g.stride.width + kernelColumn - g.padding.left
                            guard x >= 0, x < g.input.width else { continue }
                            body(
                                (image * g.input.height + y) * g.input.width + x, output,
                                kernelRow * g.kernel.width + kernelColumn)
                        }
                    }
                }
            }
        }
    }

    /// outputs += weights ∗ inputs
    func forward(_ inputs: Values, _ packed: Values, _ outputs: MutableValues) {
        let (ins, outs) = (geometry.inputChannels, geometry.outputChannels)
        forEachTap { input, output, tap in
            let source = inputs + input * ins
            let target = outputs + output * outs
            for i in 0..<ins {
                let value = source[i]
                let weights = packed + (tap * ins + i) * outs
                for o in 0..<outs { target[o] += value * weights[o] }
            }
        }
    }

    /// inputGradient += weightsᵀ ∗ outputGradient, with weights packed [kernel row, kernel column, out, in]
    func backwardInput(_ outputGradient: Values, _ packedTransposed: Values, _ inputGradient: MutableValues) {
        let (ins, outs) = (geometry.inputChannels, geometry.outputChannels)
        forEachTap { input, output, tap in
            let source = outputGradient + output * outs
            let target = inputGradient + input * ins
            for o in 0..<outs {
                let value = source[o]
                let weights = packedTransposed + (tap * outs + o) * ins
                for i in 0..<ins { target[i] += value * weights[i] }
            }
        }
    }

    /// packedGradient += inputs ⊗ outputGradient
    func accumulateWeightGradient(_ inputs: Values, _ outputGradient: Values, _ packedGradient: MutableValues) {
        let (ins, outs) = (geometry.inputChannels, geometry.outputChannels)
        forEachTap { input, output, tap in
            let source = inputs + input * ins
            let gradient = outputGradient + output * outs
            for i in 0..<ins {
                let value = source[i]
                let target = packedGradient + (tap * ins + i) * outs
                for o in 0..<outs { target[o] += value * gradient[o] }
            }
        }
    }

    /// Weights [out, in, h, w] → [tap, in, out].
    func pack(_ weights: Values, into packed: MutableValues) {
        forEachWeight { plain, tap, i, o in
            packed[(tap * geometry.inputChannels + i) * geometry.outputChannels + o] = weights[plain]
        }
    }

    /// Weights [out, in, h, w] → [tap, out, in].
    func packTransposed(_ weights: Values, into packed: MutableValues) {
        forEachWeight { plain, tap, i, o in
            packed[(tap * geometry.outputChannels + o) * geometry.inputChannels + i] = weights[plain]
        }
    }

    /// [tap, in, out] → weights [out, in, h, w].
    func unpack(_ packed: Values, into weights: MutableValues) {
        forEachWeight { plain, tap, i, o in
            weights[plain] = packed[(tap * geometry.inputChannels + i) * geometry.outputChannels + o]
        }
    }

    @inline(__always)
    private func forEachWeight(_ body: (_ plain: Int, _ tap: Int, _ input: Int, _ output: Int) -> Void) {
        let taps = geometry.kernel.height * geometry.kernel.width
        for o in 0..<geometry.outputChannels {
            for i in 0..<geometry.inputChannels {
                for tap in 0..<taps { body((o * geometry.inputChannels + i) * taps + tap, tap, i, o) }
            }
        }
    }
}
