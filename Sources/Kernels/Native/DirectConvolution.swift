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
        window = SlidingWindow(
            Correlation(geometry), batch: geometry.batch, set, scratch: scratch, sharing: shared?.window)
    }

    /// Takes over weights [out, in, h, w].
    func load(_ plain: UnsafePointer<Float>) {
        let ins = geometry.inputChannels
        let taps = geometry.kernel.height * geometry.kernel.width
        for tap in 0..<taps {
            for i in 0..<ins {
                window.load(row: tap * ins + i, plain + i * taps + tap, step: ins * taps)
            }
        }
        window.weightsChanged()
    }

    func run(
        _ inputs: UnsafePointer<Float>, bias: UnsafePointer<Float>, slope: Float,
        _ outputs: UnsafeMutablePointer<Float>
    ) {
        window.run(inputs, bias: bias, slope: slope, outputs)
    }
}

extension Correlation {
    init(_ geometry: ConvolutionGeometry) {
        let (axes, output, outs) = (geometry.axes, geometry.output, geometry.outputChannels)
        self.init(
            vertical: axes.vertical, horizontal: axes.horizontal, channels: geometry.inputChannels,
            outputChannels: outs, outputColumn: outs, outputRow: output.width * outs,
            outputImage: output.width * output.height * outs)
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
