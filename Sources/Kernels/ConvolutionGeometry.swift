import Tensors

/// Rows and columns of zeros around an image (a convolution), or cut from a result (a transposed one).
public struct Margins: Hashable, Sendable {
    public var top, left, bottom, right: Int

    public init(top: Int, left: Int, bottom: Int, right: Int) {
        (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
    }

    public static let zero = Margins(top: 0, left: 0, bottom: 0, right: 0)
}

/// An extent in both directions of an image.
public struct Extent: Hashable, Sendable {
    public var height, width: Int

    public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }
    public init(_ side: Int) { self.init(height: side, width: side) }
}

/// A two-dimensional convolution: input [batch, height, width, channels], weights [out, in, h, w], channels last.
public struct ConvolutionGeometry: Hashable, Sendable {
    public let batch, inputChannels, outputChannels: Int
    public let input, kernel, stride, output: Extent
    public let padding: Margins

    public var inputCount: Int { batch * input.height * input.width * inputChannels }
    public var outputCount: Int { batch * output.height * output.width * outputChannels }
    public var weightCount: Int { outputChannels * inputChannels * kernel.height * kernel.width }

    /// Refuses an empty output and sizes whose products overflow, before anything is allocated.
    public init(
        batch: Int, inputChannels: Int, input: Extent, outputChannels: Int, kernel: Extent, stride: Extent,
        padding: Margins
    ) throws(KernelError) {
        let output = Extent(
            height: try Self.outputExtent(input.height, kernel.height, stride.height, padding.top, padding.bottom),
            width: try Self.outputExtent(input.width, kernel.width, stride.width, padding.left, padding.right))
        for shape: Shape in [
            [batch, input.height, input.width, inputChannels], [batch, output.height, output.width, outputChannels],
            [outputChannels, inputChannels, kernel.height, kernel.width],
        ] {
            let count = try? shape.elementCount()
            guard let count, count > 0, count <= Int(Int32.max) else {
                throw .invalidGeometry(operation: "convolution", reason: "\(shape) is empty or too large")
            }
        }
        (self.batch, self.inputChannels, self.outputChannels) = (batch, inputChannels, outputChannels)
        (self.input, self.kernel, self.stride, self.output) = (input, kernel, stride, output)
        self.padding = padding
    }

    func with(batch: Int) throws(KernelError) -> ConvolutionGeometry {
        try ConvolutionGeometry(
            batch: batch, inputChannels: inputChannels, input: input, outputChannels: outputChannels, kernel: kernel,
            stride: stride, padding: padding)
    }

    /// The largest size, stride or margin: sums and products of two fit in 64 bits.
    fileprivate static let extentLimit = 1 << 20

    private static func outputExtent(
        _ input: Int, _ kernel: Int, _ stride: Int, _ before: Int, _ after: Int
    ) throws(KernelError) -> Int {
        let limit = extentLimit
        guard (1...limit).contains(input), (1...limit).contains(kernel), (1...limit).contains(stride),
            (0...limit).contains(before), (0...limit).contains(after), input + before + after >= kernel
        else {
            throw .invalidGeometry(
                operation: "convolution",
                reason: "an input of \(input) with padding \(before)+\(after), kernel \(kernel) and stride \(stride) "
                    + "has no output")
        }
        return (input + before + after - kernel) / stride + 1
    }

    /// "Same" padding as TensorFlow defines it: output = ⌈input / stride⌉, the odd row or column of zeros last.
    public static func samePadding(input: Extent, kernel: Extent, stride: Extent) -> Margins {
        func total(_ input: Int, _ kernel: Int, _ stride: Int) -> Int {
            max(((input - 1) / stride) * stride + kernel - input, 0)
        }
        let vertical = total(input.height, kernel.height, stride.height)
        let horizontal = total(input.width, kernel.width, stride.width)
        return Margins(
            top: vertical / 2, left: horizontal / 2, bottom: vertical - vertical / 2,
            right: horizontal - horizontal / 2)
    }
}

/// A transposed convolution: the adjoint of `adjoint`, with weights [in, out, h, w] and crops instead of padding.
///
/// Output extent = (input − 1) · stride + kernel − crops. Its weights are the adjoint's, element for element.
public struct TransposedConvolutionGeometry: Hashable, Sendable {
    /// The convolution from this operation's output to its input.
    public let adjoint: ConvolutionGeometry

    public var inputCount: Int { adjoint.outputCount }
    public var outputCount: Int { adjoint.inputCount }
    public var inputChannels: Int { adjoint.outputChannels }
    public var outputChannels: Int { adjoint.inputChannels }
    public var output: Extent { adjoint.input }

    public init(
        batch: Int, inputChannels: Int, input: Extent, outputChannels: Int, kernel: Extent, stride: Extent,
        crop: Margins
    ) throws(KernelError) {
        // Bounded before anything is added up, so that no sum of them overflows.
        let limit = ConvolutionGeometry.extentLimit
        let sizes = [input.height, input.width, kernel.height, kernel.width, stride.height, stride.width]
        let crops = [crop.top, crop.left, crop.bottom, crop.right]
        guard sizes.allSatisfy({ (1...limit).contains($0) }), crops.allSatisfy({ (0...limit).contains($0) }) else {
            throw .invalidGeometry(
                operation: "transposed convolution",
                reason: "an input of \(input), kernel \(kernel), stride \(stride) or crops of \(crop) are out of range")
        }
        func extent(_ input: Int, _ kernel: Int, _ stride: Int, _ crop: Int) -> Int {
            (input - 1) * stride + kernel - crop
        }
        adjoint = try ConvolutionGeometry(
            batch: batch, inputChannels: outputChannels,
            input: Extent(
                height: extent(input.height, kernel.height, stride.height, crop.top + crop.bottom),
                width: extent(input.width, kernel.width, stride.width, crop.left + crop.right)),
            outputChannels: inputChannels, kernel: kernel, stride: stride, padding: crop)
        guard adjoint.output == input else {
            throw .invalidGeometry(
                operation: "transposed convolution", reason: "the crops \(crop) are larger than the kernel allows")
        }
    }

    func with(batch: Int) throws(KernelError) -> TransposedConvolutionGeometry {
        try TransposedConvolutionGeometry(
            batch: batch, inputChannels: inputChannels, input: adjoint.output, outputChannels: outputChannels,
            kernel: adjoint.kernel, stride: adjoint.stride, crop: adjoint.padding)
    }

    /// Crops that make the output exactly input · stride, the odd row or column cut last; nil where stride > kernel.
    public static func sameCrop(kernel: Extent, stride: Extent) -> Margins? {
        let vertical = kernel.height - stride.height
        let horizontal = kernel.width - stride.width
        guard vertical >= 0, horizontal >= 0 else { return nil }
        return Margins(
            top: vertical / 2, left: horizontal / 2, bottom: vertical - vertical / 2,
            right: horizontal - horizontal / 2)
    }
}
