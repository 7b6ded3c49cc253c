import ArgumentParser
import Autoencoders
import Foundation
import Kernels
import Testing

@testable import latentd

@Suite struct BenchCommandTests {
    /// An error names what it was given.
    @Test(arguments: [
        (["decodes"], "'decodes'"), (["--preset", "mnist-3d"], "'mnist-3d'"), (["--batch-sizes", "0"], "'0'"),
        (["--batch-sizes", "1,,2"], "''"), (["--batch-sizes", "16,65537"], "'65537'"),
        (["--batch-sizes", "99999999999999999999"], "'99999999999999999999'"), (["--batch-sizes", "4,4"], "4 twice"),
        (["--threads", "2,x"], "'x'"), (["--threads=-1"], "'-1'"), (["--threads", "1025"], "'1025'"),
        (["--seconds", "0"], "0.0"), (["--seconds", "nan"], "nan"), (["--seconds", "soon"], "'soon'"),
        (["--repetitions", "0"], "0"), (["--backend", "gpu"], "'gpu'"),
        (["--preset", "mnist-2d", "--model", "a.json"], "--model"),
    ])
    func badOptionsAreNamed(arguments: [String], value: String) {
        do {
            _ = try BenchCommand.parse(arguments)
            Issue.record("\(arguments) was taken")
        } catch {
            #expect(BenchCommand.message(for: error).contains(value))
        }
    }

    @Test func aFileThatIsMissingIsNamed() throws {
        let command = try BenchCommand.parse(["--model", "/nowhere/config.json"])
        #expect { try command.benchmark(environment: [:]) } throws: { "\($0)".contains("'/nowhere/config.json'") }
    }

    @Test func optionsBecomeCombinations() throws {
        let benchmark = try BenchCommand.parse(
            ["--preset", "rgb-200d", "--batch-sizes", "1, 16,4096", "--threads", "2,1", "--backend", "reference"]
        ).benchmark(environment: [:])
        #expect(benchmark.works == ModelWork.allCases)
        #expect(benchmark.batchSizes == [1, 16, 4096])
        #expect(benchmark.threads == [2, 1])
        #expect(benchmark.backend.name == "reference")
        #expect(benchmark.configuration == ModelConfiguration.preset("rgb-200d"))
        #expect(try BenchCommand.parse(["encode"]).benchmark(environment: [:]).works == [.encode])
    }

    /// A batch that no memory holds is an error, not an allocation.
    @Test(arguments: ModelWork.allCases)
    func aBatchOverTheMemoryIsRefused(work: ModelWork) throws {
        let picture = ImageShape(channels: 1, height: 8192, width: 8192)
        let model = ModelConfiguration(
            input: picture, latentDimension: 1,
            encoder: [LayerConfiguration(.convolution(filters: 1, kernel: 1024, stride: 1024, padding: .valid))],
            decoder: [
                LayerConfiguration(.dense(units: 64)),
                LayerConfiguration(.reshape(ImageShape(channels: 1, height: 8, width: 8))),
                LayerConfiguration(.transposedConvolution(filters: 1, kernel: 1024, stride: 1024, padding: .same)),
            ])
        let pool = KernelPool(workers: 1) {}
        #expect { try Workload(work, model, batch: 65_536, pool: pool, backend: ReferenceBackend()) } throws: {
            "\($0)".contains("65536 images")
        }
    }
}

@Suite struct BenchmarkReportTests {
    private static let dense = ModelConfiguration(
        input: ImageShape(channels: 1, height: 2, width: 2), latentDimension: 2,
        encoder: [LayerConfiguration(.dense(units: 3))],
        decoder: [
            LayerConfiguration(.dense(units: 4)),
            LayerConfiguration(.reshape(ImageShape(channels: 1, height: 2, width: 2))),
        ])

    @Test func everyCombinationIsMeasured() throws {
        var observed = 0
        let report = try Benchmark(
            name: "tiny", configuration: Self.dense, works: ModelWork.allCases, batchSizes: [1, 3], threads: [1, 2],
            seconds: 1e-6, repetitions: 2, backend: ReferenceBackend(), productSide: 8
        ).run { _ in observed += 1 }
        #expect(observed == 12)
        #expect(report.rows.map { "\($0.work) \($0.batch) \($0.threads)" }.count == 12)
        #expect(report.peaks.map(\.threads) == [1, 2])
        #expect(report.model.operationsPerImage["decode"] == 16)
        for row in report.rows {
            #expect(row.lowest > 0 && row.lowest <= row.imagesPerSecond && row.imagesPerSecond <= row.highest)
            let peak = try #require(report.peaks.first { $0.threads == row.threads }?.gflops)
            #expect(abs(row.shareOfPeak * peak - row.gflops) <= 1e-9 * row.gflops)
        }
        // One header of three lines, one line of names, and a line a row, all of them as wide.
        let lines = report.table().split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 4 + 12)
        #expect(Set(lines.dropFirst(3).map(\.count)).count == 1)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        #expect(try report.json().contains("\"share_of_peak\""))
        #expect(try decoder.decode(BenchmarkReport.self, from: Data(report.json().utf8)).peaks == report.peaks)
    }

    @Test(arguments: [([3], 3), ([9, 1, 2], 2), ([4, 1, 2, 9], 3)] as [([Double], Double)])
    func theMedianCounts(rates: [Double], median: Double) {
        let row = BenchmarkReport.Row(
            work: .decode, batch: 1, threads: 1, rates: rates, operationsPerImage: 1_000_000_000, peak: 6)
        #expect(row.imagesPerSecond == median)
        #expect(row.lowest == rates.min() && row.highest == rates.max())
        #expect(row.gflops == median && row.shareOfPeak == median / 6)
    }

    @Test(arguments: [
        ("model name\t: A Processor\nflags\t\t: fpu avx2 fma avx512f\nmodel name\t: Another\n", "A Processor", 3),
        ("processor\t: 0\nFeatures\t: fp asimd\n", "unknown", 1), ("", "unknown", 0), (":\n::\nflags", "unknown", 0),
    ])
    func theProcessorIsReadFromItsFile(text: String, name: String, vectors: Int) {
        let facts = MachineFacts(processorFile: text, cores: 2)
        #expect(facts.processor == name)
        #expect(facts.vectorInstructions.count == vectors)
    }
}
