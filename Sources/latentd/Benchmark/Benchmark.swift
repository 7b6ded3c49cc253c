import Autoencoders
import Foundation
import Kernels

/// A model's speed at several kinds of work, batch sizes and numbers of threads.
struct Benchmark {
    let name: String
    let configuration: ModelConfiguration
    let works: [ModelWork]
    let batchSizes: [Int]
    let threads: [Int]
    let seconds: Double
    let repetitions: Int
    let backend: any Backend
    /// Rows, columns and depth of the product that is the peak.
    var productSide = MatrixProductPeak.usualSide

    /// Measures every combination, each repetition in turn with the peak, so that a busy moment meets both.
    ///
    /// - Parameter observe: told before each combination is measured.
    func run(observe: (_ description: String) -> Void) throws -> BenchmarkReport {
        let began = Date.now
        var operations: [ModelWork: Int] = [:]
        for work in ModelWork.allCases { operations[work] = try configuration.operationCount(work) }
        var peaks: [BenchmarkReport.Peak] = []
        var rows: [BenchmarkReport.Row] = []
        for count in threads {
            let backend = backend
            let pool = KernelPool(workers: count) { backend.prepareThread() }
            let peak = try MatrixProductPeak(side: productSide, pool: pool, backend: backend)
            var measured: [(work: ModelWork, batch: Int, rates: [Double])] = []
            for work in works {
                for batch in batchSizes {
                    observe("\(work.rawValue), batch \(batch), \(BenchmarkReport.threads(pool.workerCount))")
                    let workload = try Workload(work, configuration, batch: batch, pool: pool, backend: backend)
                    measured.append((work, batch, try rates(workload, peak)))
                }
            }
            peaks.append(BenchmarkReport.Peak(threads: pool.workerCount, gflops: peak.gigaflops))
            rows += measured.map { work, batch, rates in
                BenchmarkReport.Row(
                    work: work, batch: batch, threads: pool.workerCount, rates: rates,
                    operationsPerImage: operations[work] ?? 0, peak: peak.gigaflops)
            }
        }
        return BenchmarkReport(
            programVersion: programVersion, measuredAt: began.ISO8601Format(), machine: .current, backend: backend.name,
            onednnVersion: OneDNNBackend.version,
            model: BenchmarkReport.Model(
                name: name, input: configuration.input, latentDimension: configuration.latentDimension,
                parameters: try ParameterLayout(configuration).trainableCount,
                operationsPerImage: [String: Int](
                    uniqueKeysWithValues: operations.map { ($0.key.rawValue, $0.value) })),
            seconds: seconds, repetitions: repetitions, peaks: peaks, rows: rows)
    }

    private func rates(_ workload: Workload, _ peak: MatrixProductPeak) throws -> [Double] {
        try workload.warmUp()
        return try (0..<repetitions).map { _ in
            try peak.sample()
            let rate = try workload.rate(seconds: seconds)
            try peak.sample()
            return rate
        }
    }
}
