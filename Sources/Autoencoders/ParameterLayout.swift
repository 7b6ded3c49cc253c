import Kernels
import Tensors

/// Where each named parameter lies in a model's flat vector: trainable ones first, then running statistics.
///
/// Names and layouts are PyTorch's: convolution [out, in, h, w], transposed [in, out, h, w], dense [out, in].
public struct ParameterLayout: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public let name: String
        public let shape: Shape
        public let offset: Int
        public let count: Int
        public let trainable: Bool
        let initialisation: Initialisation

        func moved(to offset: Int) -> Entry {
            Entry(
                name: name, shape: shape, offset: offset, count: count, trainable: trainable,
                initialisation: initialisation)
        }
    }

    public let entries: [Entry]
    /// How long a vector is that holds them all.
    public let count: Int
    /// The parameters that training moves, and what a model's size is quoted by.
    public let trainableCount: Int

    public init(_ configuration: ModelConfiguration) throws(ConfigurationError) {
        let description = try ModelDescription(configuration)
        let parameters = description.networks.flatMap(\.stages).flatMap(\.parameters)
        var entries: [Entry] = []
        var offset = 0
        func append(_ parameter: StageParameter) throws(ConfigurationError) {
            guard let count = try? parameter.shape.elementCount() else {
                throw ConfigurationError(
                    field: parameter.name, actual: "\(parameter.shape)", expected: "a smaller shape")
            }
            entries.append(
                Entry(
                    name: parameter.name, shape: parameter.shape, offset: offset, count: count,
                    trainable: parameter.trainable, initialisation: parameter.initialisation))
            offset += count
        }
        for parameter in parameters where parameter.trainable { try append(parameter) }
        trainableCount = offset
        for parameter in parameters where !parameter.trainable { try append(parameter) }
        (self.entries, count) = (entries, offset)
    }

    init(entries: [Entry], trainableCount: Int) {
        (self.entries, self.trainableCount) = (entries, trainableCount)
        count = entries.map { $0.offset + $0.count }.max() ?? 0
    }

    public func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }
}

/// How a parameter starts.
enum Initialisation: Hashable, Sendable {
    case constant(Float)
    case weights(fanIn: Int, fanSum: Int)
    /// The biases that go with such weights.
    case bias(fanIn: Int)
}

struct StageParameter {
    let name: String
    let shape: Shape
    var trainable = true
    let initialisation: Initialisation
}

extension NetworkDescription.Stage {
    var parameters: [StageParameter] {
        switch description {
        case .dense(let inputs, let outputs, _):
            return weightAndBias([outputs, inputs], outputs: outputs, fanIn: inputs, fanSum: inputs + outputs)
        case .convolution(let channels, _, let filters, let kernel, _, _, _):
            let taps = kernel.height * kernel.width
            return weightAndBias(
                [filters, channels, kernel.height, kernel.width], outputs: filters, fanIn: channels * taps,
                fanSum: (channels + filters) * taps)
        case .transposedConvolution(let channels, _, let filters, let kernel, _, _, _):
            let taps = kernel.height * kernel.width
            return weightAndBias(
                [channels, filters, kernel.height, kernel.width], outputs: filters, fanIn: filters * taps,
                fanSum: (channels + filters) * taps)
        case .batchNorm(let channels, _):
            return [
                StageParameter(name: "\(name).weight", shape: [channels], initialisation: .constant(1)),
                StageParameter(name: "\(name).bias", shape: [channels], initialisation: .constant(0)),
                StageParameter(
                    name: "\(name).running_mean", shape: [channels], trainable: false, initialisation: .constant(0)),
                StageParameter(
                    name: "\(name).running_var", shape: [channels], trainable: false, initialisation: .constant(1)),
            ]
        case .dropout, .flatten, .unflatten: return []
        }
    }

    private func weightAndBias(_ weights: Shape, outputs: Int, fanIn: Int, fanSum: Int) -> [StageParameter] {
        // The heads are lists of one layer; PyTorch's name for their parameters is `mean.weight`, without an index.
        let prefix = name.hasPrefix("mean.") || name.hasPrefix("log_variance.") ? String(name.dropLast(2)) : name
        return [
            StageParameter(
                name: "\(prefix).weight", shape: weights, initialisation: .weights(fanIn: fanIn, fanSum: fanSum)),
            StageParameter(name: "\(prefix).bias", shape: [outputs], initialisation: .bias(fanIn: fanIn)),
        ]
    }
}
