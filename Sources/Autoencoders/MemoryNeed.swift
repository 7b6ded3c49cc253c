import Glibc
import Tensors

/// What a model takes of memory at least, worked out before anything is allocated.
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
    public init(
        _ configuration: ModelConfiguration, images: Int, workers: Int, training: Bool
    ) throws(ConfigurationError) {
        let stages = try ModelDescription(configuration).networks.flatMap(\.stages)
        // Training: weights and moments once, and gradients and two copies for each worker. Inference: the weights as
        // they are kept and as the kernels want them.
        let copies = training ? Double(3 + 3 * workers) : 2
        var (weightBytes, outputBytes) = (0.0, 0.0)
        var largest = (bytes: 0.0, name: "none")
        for (index, stage) in stages.enumerated() {
            let weights = stage.parameters.reduce(0.0) { $0 + Double((try? $1.shape.elementCount()) ?? 0) }
            let outputs = 4 * Double(images) * Double(stage.output.count)
            weightBytes += 4 * copies * weights
            // At inference stages take turns with their memory.
            outputBytes = training ? outputBytes + outputs : max(outputBytes, outputs)
            let bytes = 4 * copies * weights + outputs
            let name = stage.name.isEmpty ? "stage \(index)" : stage.name
            if bytes > largest.bytes { largest = (bytes, "\(name), \(stage.output)") }
        }
        (bytes, largestLayer) = (weightBytes + outputBytes, largest.name)
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
