import Kernels
import Tensors

/// The most that a pool's workers compute of large matrix products at once: what a model's speed is a share of.
///
/// The machine's state changes from moment to moment, so samples are taken in turn with what is measured. The best one
/// counts: a peak is what the machine can do when nobody disturbs it.
final class MatrixProductPeak {
    /// Rows, columns and depth. Large enough for full speed, small enough for many samples in a second.
    static let usualSide = 512
    private static let sampleSeconds = 0.05

    /// The best sample so far, 10^9 operations a second of all workers together.
    private(set) var gigaflops = 0.0
    private let operations: Double
    private let pool: KernelPool
    private let slots: [Slot]
    private var productsPerSample = 1

    /// - Parameter pool: its threads, as many as the work has that is compared.
    init(side: Int, pool: KernelPool, backend: any Backend) throws {
        self.pool = pool
        operations = 2 * Double(side) * Double(side) * Double(side)
        slots = (0..<pool.workerCount).map { _ in Slot() }
        let geometry = try DenseGeometry(batch: side, inputs: side, outputs: side)
        try pool.runOnEachWorker { worker in
            slots[worker].product = try Product(geometry, backend: backend)
            try slots[worker].product?.run(1)
        }
        productsPerSample = max(1, Int(Self.sampleSeconds / (try seconds(products: 1))))
    }

    /// Every worker computes the same number of products, started together.
    func sample() throws {
        let rate = operations * Double(productsPerSample * pool.workerCount)
        gigaflops = max(gigaflops, rate / (try seconds(products: productsPerSample)) / 1e9)
    }

    private func seconds(products: Int) throws -> Double {
        let start = ContinuousClock.now
        try pool.runOnEachWorker { worker in try slots[worker].product?.run(products) }
        return max(start.duration(to: .now) / .seconds(1), 1e-9)
    }

    /// A worker's own product; only that worker's thread touches it.
    private final class Slot { var product: Product? }

    private final class Product {
        private let kernel: any LinearKernel<Float>
        private let inputs, outputs: AlignedBuffer

        init(_ geometry: DenseGeometry, backend: any Backend) throws {
            kernel = try backend.dense(geometry, activation: .none, purpose: .inference, scratch: Scratch())
            inputs = AlignedBuffer(count: geometry.batch * geometry.inputs)
            outputs = AlignedBuffer(count: geometry.batch * geometry.outputs)
            let weights = AlignedBuffer(count: geometry.inputs * geometry.outputs)
            let bias = AlignedBuffer(count: geometry.outputs)
            var random = RandomSource(seed: 1)
            for matrix in [inputs, weights] {
                for i in 0..<matrix.count { matrix.pointer[i] = random.uniform() - 0.5 }
            }
            try withExtendedLifetime((weights, bias)) { try kernel.load(weights: weights.pointer, bias: bias.pointer) }
        }

        func run(_ times: Int) throws {
            try withExtendedLifetime((inputs, outputs)) {
                for _ in 0..<times { try kernel.forward(inputs.pointer, outputs.pointer) }
            }
        }
    }
}
