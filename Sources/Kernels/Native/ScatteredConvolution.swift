import Tensors

/// The adjoint of a convolution: inputs = f(weightsᵀ ∗ outputs + bias), in the convolution's names.
///
/// With stride s the places of its result fall into s² phases, each of which sees taps of its own: s² windows that slide
/// over the source by one.
final class ScatteredConvolution {
    private let geometry: ConvolutionGeometry
    /// A window's weights are [kernel row of the phase, kernel column of the phase, out, in], the kernel's last first.
    private let phases: [(vertical: Phase, horizontal: Phase, window: SlidingWindow)]

    init(
        _ geometry: ConvolutionGeometry, _ set: InstructionSet, scratch: Scratch,
        sharing shared: ScatteredConvolution? = nil
    ) {
        self.geometry = geometry
        phases = Self.slides(of: geometry).enumerated().map { index, slide in
            let window = SlidingWindow(
                slide.correlation, batch: geometry.batch, set, scratch: scratch,
                sharing: shared?.phases[index].window)
            return (slide.vertical, slide.horizontal, window)
        }
    }

    /// The windows that the places of the result fall to.
    private static func slides(
        of g: ConvolutionGeometry
    ) -> [(vertical: Phase, horizontal: Phase, correlation: Correlation)] {
        let (ins, outs) = (g.inputChannels, g.outputChannels)
        let vertical = Phase.all(
            places: g.input.height, source: g.output.height, kernel: g.kernel.height, stride: g.stride.height,
            margin: g.padding.top)
        let horizontal = Phase.all(
            places: g.input.width, source: g.output.width, kernel: g.kernel.width, stride: g.stride.width,
            margin: g.padding.left)
        return vertical.flatMap { rows in
            horizontal.map { columns in
                let correlation = Correlation(
                    vertical: rows.axis, horizontal: columns.axis, channels: outs, outputChannels: ins,
                    outputOffset: (rows.first * g.input.width + columns.first) * ins,
                    outputColumn: g.stride.width * ins, outputRow: g.stride.height * g.input.width * ins,
                    outputImage: g.input.height * g.input.width * ins)
                return (rows, columns, correlation)
            }
        }
    }

    /// The correlations that it is made of.
    static func correlations(of geometry: ConvolutionGeometry) -> [Correlation] {
        slides(of: geometry).map(\.correlation)
    }

    /// Takes over weights [out, in, h, w].
    func load(_ plain: UnsafePointer<Float>) {
        let (ins, outs) = (geometry.inputChannels, geometry.outputChannels)
        let (width, taps) = (geometry.kernel.width, geometry.kernel.height * geometry.kernel.width)
        for (rows, columns, window) in phases {
            var target = 0
            for row in rows.taps {
                for column in columns.taps {
                    for o in 0..<outs {
                        window.load(row: target, plain + o * ins * taps + row * width + column, step: taps)
                        target += 1
                    }
                }
            }
            window.weightsChanged()
        }
    }

    func run(
        _ outputs: UnsafePointer<Float>, bias: UnsafePointer<Float>, slope: Float,
        _ inputs: UnsafeMutablePointer<Float>
    ) {
        for phase in phases { phase.window.run(outputs, bias: bias, slope: slope, inputs) }
    }
}

/// The places first, first + stride, … of a direction, which the same taps of the kernel reach.
private struct Phase {
    let first: Int
    /// From the kernel's last to its first, so that they meet the source from left to right.
    let taps: [Int]
    let axis: WindowAxis

    static func all(places: Int, source: Int, kernel: Int, stride: Int, margin: Int) -> [Phase] {
        (0..<min(stride, places)).map { first in
            let taps = (0..<kernel).reversed().filter { ($0 - first - margin) % stride == 0 }
            return Phase(
                first: first, taps: taps,
                axis: WindowAxis(
                    source: source, taps: taps.count, outputs: (places - first + stride - 1) / stride, stride: 1,
                    padding: taps.first.map { ($0 - first - margin) / stride } ?? 0))
        }
    }
}
