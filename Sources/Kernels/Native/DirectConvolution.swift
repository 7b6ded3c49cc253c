import Tensors

/// outputs = f(weights ∗ inputs + bias)
final class DirectConvolution {
    private let geometry: ConvolutionGeometry
    private let window: SlidingWindow

    init(
        _ geometry: ConvolutionGeometry, _ set: InstructionSet, scratch: Scratch,
        sharing shared: DirectConvolution? = nil
    ) {
        self.geometry = geometry
        let (axes, outs) = (geometry.axes, geometry.outputChannels)
        let correlation = Correlation(
            vertical: axes.vertical, horizontal: axes.horizontal, channels: geometry.inputChannels,
            outputChannels: outs, outputColumn: outs, outputRow: geometry.output.width * outs)
        window = SlidingWindow(correlation, set, scratch: scratch, sharing: shared?.window)
    }

    /// Takes over weights [out, in, h, w].
    func load(_ plain: UnsafePointer<Float>) {
        let (ins, outs) = (geometry.inputChannels, geometry.outputChannels)
        let taps = geometry.kernel.height * geometry.kernel.width
        for tap in 0..<taps {
            for i in 0..<ins {
                let target = window.weights.pointer + (tap * ins + i) * outs
                let source = plain + i * taps + tap
                for o in 0..<outs { target[o] = source[o * ins * taps] }
            }
        }
        window.weightsChanged()
    }

    func run(
        _ inputs: UnsafePointer<Float>, bias: UnsafePointer<Float>, slope: Float,
        _ outputs: UnsafeMutablePointer<Float>
    ) {
        let (inputCount, outputCount) = (geometry.inputCount / geometry.batch, geometry.outputCount / geometry.batch)
        for image in 0..<geometry.batch {
            window.run(
                inputs + image * inputCount, bias: bias, slope: slope, outputs + image * outputCount)
        }
    }
}

extension ConvolutionGeometry {
    /// The window's slide in both directions.
    var axes: (vertical: WindowAxis, horizontal: WindowAxis) {
        (
            WindowAxis(
                source: input.height, taps: kernel.height, outputs: output.height, stride: stride.height,
                padding: padding.top),
            WindowAxis(
                source: input.width, taps: kernel.width, outputs: output.width, stride: stride.width,
                padding: padding.left)
        )
    }
}
