import Kernels
import Tensors

/// One step of a network, with the parameters it owns, independent of any batch size.
enum StageDescription {
    case dense(inputs: Int, outputs: Int, activation: Activation)
    case convolution(
        inputChannels: Int, input: Extent, filters: Int, kernel: Extent, stride: Extent, padding: Margins,
        activation: Activation)
    case transposedConvolution(
        inputChannels: Int, input: Extent, filters: Int, kernel: Extent, stride: Extent, crop: Margins,
        activation: Activation)
    case batchNorm(channels: Int, activation: Activation)
    case dropout(rate: Float)
    /// Channels-last to channel, row, column order, before a dense layer; and back after it.
    case flatten(ImageShape)
    case unflatten(ImageShape)
}

/// A list of layers worked out: every stage with its shapes and the names of its parameters.
struct NetworkDescription {
    struct Stage {
        let description: StageDescription
        /// The prefix of its parameters' names, e.g. `encoder.2`; empty for stages without parameters.
        let name: String
        let output: ImageShape
    }

    let input: ImageShape
    private(set) var stages: [Stage] = []
    var output: ImageShape { stages.last?.output ?? input }

    private static let limit = 1 << 26

    /// - Parameter list: the configuration's field, `encoder` or `decoder`, which also prefixes the parameters.
    init(
        _ layers: [LayerConfiguration], list: String, input: ImageShape, model: ModelConfiguration
    ) throws(ConfigurationError) {
        self.input = input
        for (index, layer) in layers.enumerated() {
            do {
                try append(layer, name: "\(list).\(index)", model: model)
            } catch let error as ConfigurationError {
                throw ConfigurationError(
                    field: "\(list)[\(index)].\(error.field)", actual: error.actual, expected: error.expected)
            } catch {
                throw ConfigurationError(
                    field: "\(list)[\(index)]", actual: "impossible for its input \(output): \(error)",
                    expected: "a layer with an output")
            }
        }
    }

    private mutating func append(_ layer: LayerConfiguration, name: String, model: ModelConfiguration) throws {
        let activation = layer.activation ?? model.activation
        let linear = activation == .none
        let normalised = layer.batchNorm ?? (model.batchNorm && !linear)
        let dropout = layer.dropout ?? (linear ? 0 : model.dropout)
        try Self.check(dropout: dropout, activation: activation)
        let fused = normalised ? Activation.none : activation
        let before = output
        switch layer.kind {
        case .reshape(let shape):
            try Self.check(
                shape.channels > 0 && shape.height > 0 && shape.width > 0, "shape", "\(shape.list)", "positive")
            let count = try? Shape(shape.list).elementCount()
            try Self.check(count == before.count, "shape", "\(shape.list)", "\(before.count) values in all")
            if before.isSpatial { stages.append(Stage(description: .flatten(before), name: "", output: before.flat)) }
            stages.append(Stage(description: .unflatten(shape), name: "", output: shape))
            return
        case .dense(let units):
            try Self.check((1...Self.limit).contains(units), "units", "\(units)", "1 to \(Self.limit)")
            if before.isSpatial { stages.append(Stage(description: .flatten(before), name: "", output: before.flat)) }
            _ = try DenseGeometry(batch: 1, inputs: before.count, outputs: units)
            stages.append(
                Stage(
                    description: .dense(inputs: before.count, outputs: units, activation: fused), name: name,
                    output: ImageShape(channels: units, height: 1, width: 1)))
        case .convolution(let filters, let kernel, let stride, let padding):
            try Self.checkConvolution(filters, kernel, stride)
            let extent = Extent(height: before.height, width: before.width)
            let margins =
                switch padding {
                case .same:
                    ConvolutionGeometry.samePadding(input: extent, kernel: Extent(kernel), stride: Extent(stride))
                case .valid: Margins.zero
                case .explicit(let margins): margins
                }
            let geometry = try ConvolutionGeometry(
                batch: 1, inputChannels: before.channels, input: extent, outputChannels: filters,
                kernel: Extent(kernel), stride: Extent(stride), padding: margins)
            stages.append(
                Stage(
                    description: .convolution(
                        inputChannels: before.channels, input: extent, filters: filters, kernel: Extent(kernel),
                        stride: Extent(stride), padding: margins, activation: fused),
                    name: name,
                    output: ImageShape(
                        channels: filters, height: geometry.output.height, width: geometry.output.width)))
        case .transposedConvolution(let filters, let kernel, let stride, let padding):
            try Self.checkConvolution(filters, kernel, stride)
            let extent = Extent(height: before.height, width: before.width)
            let crop: Margins? =
                switch padding {
                case .same: TransposedConvolutionGeometry.sameCrop(kernel: Extent(kernel), stride: Extent(stride))
                case .valid: .zero
                case .explicit(let margins): margins
                }
            guard let crop else {
                throw ConfigurationError(
                    field: "stride", actual: "\(stride)", expected: "at most the kernel, \(kernel), with padding 'same'"
                )
            }
            let geometry = try TransposedConvolutionGeometry(
                batch: 1, inputChannels: before.channels, input: extent, outputChannels: filters,
                kernel: Extent(kernel), stride: Extent(stride), crop: crop)
            stages.append(
                Stage(
                    description: .transposedConvolution(
                        inputChannels: before.channels, input: extent, filters: filters, kernel: Extent(kernel),
                        stride: Extent(stride), crop: crop, activation: fused),
                    name: name,
                    output: ImageShape(
                        channels: filters, height: geometry.output.height, width: geometry.output.width)))
        }
        try Self.check(output.count <= Self.limit, "type", "a layer of \(output) values", "at most \(Self.limit)")
        if normalised {
            stages.append(
                Stage(
                    description: .batchNorm(channels: output.channels, activation: activation),
                    name: name + ".batch_norm", output: output))
        }
        if dropout > 0 { stages.append(Stage(description: .dropout(rate: dropout), name: "", output: output)) }
    }

    private static func checkConvolution(_ filters: Int, _ kernel: Int, _ stride: Int) throws {
        try check((1...65_536).contains(filters), "filters", "\(filters)", "1 to 65536")
        try check((1...1024).contains(kernel), "kernel", "\(kernel)", "1 to 1024")
        try check((1...1024).contains(stride), "stride", "\(stride)", "1 to 1024")
    }

    /// The settings that a model has and a layer may override.
    static func check(dropout: Float, activation: Activation) throws(ConfigurationError) {
        try check(dropout >= 0 && dropout < 1, "dropout", "\(dropout)", "0 up to but not 1")
        if case .leakyReLU(let slope) = activation {
            try check(slope > 0 && slope < 1, "activation.slope", "\(slope)", "between 0 and 1")
        }
    }

    private static func check(_ valid: Bool, _ field: String, _ actual: String, _ expected: String)
        throws(ConfigurationError)
    {
        guard valid else { throw ConfigurationError(field: field, actual: actual, expected: expected) }
    }
}

extension ImageShape {
    fileprivate var isSpatial: Bool { height != 1 || width != 1 }
    fileprivate var flat: ImageShape { ImageShape(channels: count, height: 1, width: 1) }
    fileprivate var list: [Int] { [channels, height, width] }
}
