import Autoencoders
import Glibc
import Tensors

/// What a run takes of memory at least, worked out before anything is allocated.
///
/// Batch norm couples the images of a batch, so that each worker holds its whole share of one: a batch of thousands of
/// large images would be ended by the system's killer, and the daemon perhaps with it.
struct MemoryNeed {
    let bytes: Double
    private let batchSize: Int

    init(_ configuration: ModelConfiguration, batchSize: Int, workers: Int) throws(ConfigurationError) {
        self.batchSize = batchSize
        let images = configuration.couplesImages ? batchSize : min(batchSize, workers * TrainingWorker.chunk)
        let parameters = Double(try ParameterLayout(configuration).count)
        // Weights and moments once, and gradients and a kernel's copy of the weights for each worker.
        bytes =
            4 * (parameters * Double(3 + 3 * workers) + Double(images) * Double(try configuration.activationCount()))
    }

    /// The machine's memory, `infinity` where the system does not tell.
    static var installedBytes: Double {
        let (pages, size) = (sysconf(CInt(_SC_PHYS_PAGES)), sysconf(CInt(_SC_PAGESIZE)))
        return pages > 0 && size > 0 ? Double(pages) * Double(size) : .infinity
    }

    func check(against available: Double) throws(TrainingError) {
        guard bytes <= available else {
            throw .memory(batchSize: batchSize, needed: bytes, available: available)
        }
    }
}
