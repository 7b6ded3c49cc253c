import Foundation
import Kernels

/// What a measurement has to say of the machine it was made on.
struct MachineFacts: Codable, Equatable {
    /// The processor's name, `unknown` where the system does not tell.
    let processor: String
    /// Cores that are online.
    let cores: Int
    /// The vector instructions among those that decide speed.
    let vectorInstructions: [String]

    private static let known = ["sse4_2", "avx", "avx2", "fma", "avx512f", "avx512_vnni", "asimd", "sve"]

    /// This machine's.
    static var current: MachineFacts {
        let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        return MachineFacts(processorFile: text ?? "", cores: KernelPool.availableProcessors)
    }

    /// - Parameter processorFile: the text of Linux's `/proc/cpuinfo`.
    init(processorFile: String, cores: Int) {
        var facts: [String: String] = [:]
        for line in processorFile.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2, facts[parts[0]] == nil { facts[parts[0]] = parts[1] }
        }
        let flags = Set((facts["flags"] ?? facts["Features"] ?? "").split(separator: " ").map(String.init))
        processor = facts["model name"] ?? "unknown"
        vectorInstructions = Self.known.filter(flags.contains)
        self.cores = cores
    }
}
