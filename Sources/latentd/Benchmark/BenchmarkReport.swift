import Autoencoders
import Foundation

/// Everything that `latentd bench` has measured, as its JSON has it.
struct BenchmarkReport: Codable, Equatable {
    struct Model: Codable, Equatable {
        /// The preset's name or the configuration's file.
        let name: String
        let input: ImageShape
        let latentDimension: Int
        let parameters: Int
        /// Floating-point operations of one image, by work.
        let operationsPerImage: [String: Int]
    }

    struct Peak: Codable, Equatable {
        let threads: Int
        let gflops: Double
    }

    struct Row: Codable, Equatable {
        let work: ModelWork
        let batch, threads: Int
        /// The median of the repetitions, and their extremes.
        let imagesPerSecond, lowest, highest: Double
        let gflops: Double
        /// Of the peak with as many threads.
        let shareOfPeak: Double

        /// - Parameter rates: images a second of each repetition; at least one.
        init(work: ModelWork, batch: Int, threads: Int, rates: [Double], operationsPerImage: Int, peak: Double) {
            (self.work, self.batch, self.threads) = (work, batch, threads)
            let sorted = rates.sorted()
            let middle = sorted.count / 2
            imagesPerSecond = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
            (lowest, highest) = (sorted[0], sorted[sorted.count - 1])
            gflops = imagesPerSecond * Double(operationsPerImage) / 1e9
            shareOfPeak = peak > 0 ? gflops / peak : 0
        }
    }

    let programVersion: String
    /// When it began, ISO 8601.
    let measuredAt: String
    let machine: MachineFacts
    let backend: String
    /// The version of the oneDNN that is linked; absent where there is none.
    let onednnVersion: String?
    let model: Model
    let seconds: Double
    let repetitions: Int
    /// What a large matrix product reached in this run, for each number of threads.
    let peaks: [Peak]
    let rows: [Row]

    /// One JSON document with sorted keys in snake case.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// The same for people.
    func table() -> String {
        var lines = [
            "\(model.name), backend \(backend), \(machine.processor), \(machine.cores) "
                + "\(machine.cores == 1 ? "core" : "cores")",
            "A large matrix product reaches "
                + peaks.map { "\(Self.number($0.gflops)) GFLOP/s with \(Self.threads($0.threads))" }
                .joined(separator: ", ") + ".", "",
        ]
        let header = ["work", "batch", "threads", "images/s", "lowest", "highest", "GFLOP/s", "of peak"]
        let cells = rows.map { row in
            [
                row.work.rawValue, "\(row.batch)", "\(row.threads)", Self.number(row.imagesPerSecond),
                Self.number(row.lowest), Self.number(row.highest), Self.number(row.gflops),
                String(format: "%.1f %%", 100 * row.shareOfPeak),
            ]
        }
        let widths = header.indices.map { column in ([header] + cells).map { $0[column].count }.max() ?? 0 }
        for line in [header] + cells {
            let padded = zip(line, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + space : space + cell.0
            }
            lines.append(padded.joined(separator: "  "))
        }
        return lines.joined(separator: "\n")
    }

    static func threads(_ count: Int) -> String { "\(count) \(count == 1 ? "thread" : "threads")" }

    /// With decimals where there are few digits before the point.
    private static func number(_ value: Double) -> String {
        String(format: value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
    }
}
