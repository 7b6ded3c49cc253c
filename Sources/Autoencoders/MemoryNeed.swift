import Glibc
import Kernels
import Tensors

/// What a model takes of memory, worked out before anything is allocated.
///
/// A model of huge layers, or one whose batch norm holds thousands of images in one piece, would be ended by the system's
/// killer, and the daemon perhaps with it.
public struct MemoryNeed: Equatable, Sendable {
    public let bytes: Double
    /// The layer with the most numbers in its outputs and weights, with its output's shape.
    public let largestLayer: String

    /// - Parameters:
    ///   - images: that all plans together hold at a time.
    ///   - workers: in training each has gradients and its own copies of the weights.
    ///   - plans: of all workers together, in training: each has one for every number of images that it takes at a time.
    public init(
        _ configuration: ModelConfiguration, images: Int, workers: Int, training: Bool, plans: Int? = nil
    ) throws(ConfigurationError) {
        let networks = try ModelDescription(configuration).networks
        // Training: weights and moments once, and for each worker the gradient of a plan and their sum. Inference: the
        // weights as they are kept; workers share the kernels' own.
        let copies = training ? Double(3 + 2 * workers) : 1
        let sharers = training ? Double(plans ?? workers) : 1
        var (weights, outputs) = (0.0, 0.0)
        var largest = (bytes: 0.0, name: "none")
        // Stages without parameters, such as dropout, count as a part of the layer before them.
        var layer = "the latents"
        for stage in networks.flatMap(\.stages) {
            let parameters = stage.parameters.reduce(0.0) { $0 + Double((try? $1.shape.elementCount()) ?? 0) }
            let kept = copies * parameters + sharers * stage.keptWeights(parameters, training: training)
            let output = Double(images) * Double(stage.output.count) * (training && stage.keepsMask ? 2 : 1)
            weights += kept
            // At inference stages take turns with their memory.
            outputs = training ? outputs + output : max(outputs, output)
            if !stage.name.isEmpty { layer = stage.name }
            if kept + output > largest.bytes { largest = (kept + output, "\(layer), \(stage.output)") }
        }
        if training {
            // Two gradients take turns in each network; the inputs are kept with and without noise, and the outputs' gradient.
            let gradients = networks.reduce(0.0) { sum, network in
                sum + 2 * Double(([network.input] + network.stages.map(\.output)).map(\.count).max() ?? 0)
            }
            outputs += Double(images) * (gradients + 3 * Double(configuration.input.count))
        }
        (bytes, largestLayer) = (4 * (weights + outputs), largest.name)
    }

    /// The machine's memory, `infinity` where the system does not tell.
    public static var installedBytes: Double {
        let (pages, size) = (sysconf(CInt(_SC_PHYS_PAGES)), sysconf(CInt(_SC_PAGESIZE)))
        return pages > 0 && size > 0 ? Double(pages) * Double(size) : .infinity
    }

    /// Refuses what `available` bytes cannot hold.
    public func check(against available: Double = installedBytes) throws(AutoencoderError) {
        guard bytes <= available else { throw .memory(self, available: available) }
    }
}

extension NetworkDescription.Stage {
    fileprivate var keepsMask: Bool { if case .dropout = description { true } else { false } }

    /// Floats of the weights as the native kernels want them; in training also of their gradient, and for the way back.
    fileprivate func keptWeights(_ parameters: Double, training: Bool) -> Double {
        func total(_ geometry: ConvolutionGeometry?, inference: KeyPath<KeptWeights, Int>) -> Double {
            guard let kept = geometry.map({ KeptWeights($0) }) else { return parameters }
            guard training else { return Double(kept[keyPath: inference]) }
            return Double(kept.direct) + Double(kept.scattered) + Double(kept.gradient)
        }
        switch description {
        case .convolution(let channels, let input, let filters, let kernel, let stride, let padding, _):
            let geometry = try? ConvolutionGeometry(
                batch: 1, inputChannels: channels, input: input, outputChannels: filters, kernel: kernel,
                stride: stride, padding: padding)
            return total(geometry, inference: \.direct)
        case .transposedConvolution(let channels, let input, let filters, let kernel, let stride, let crop, _):
            let geometry = try? TransposedConvolutionGeometry(
                batch: 1, inputChannels: channels, input: input, outputChannels: filters, kernel: kernel,
                stride: stride, crop: crop)
            return total(geometry?.adjoint, inference: \.scattered)
        case .dense, .batchNorm, .dropout, .flatten, .unflatten:
            return training ? 3 * parameters : parameters
        }
    }
}
