import Foundation

/// What is tried, and how much of it: a longer search sets the variables.
enum Inputs {
    static let rounds = number("DIFFERENTIAL_ROUNDS") ?? 1000
    private static let seed = number("DIFFERENTIAL_SEED") ?? 1

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    /// Runs the search by several seeds at once, each with its own tally.
    static func inTurns(_ search: @escaping @Sendable (UInt64, inout Tally) -> Void) async -> Tally {
        await withTaskGroup(of: Tally.self) { group in
            for turn in 0..<3 {
                group.addTask {
                    var tally = Tally()
                    search(UInt64(seed * 1000 + turn), &tally)
                    return tally
                }
            }
            return await group.reduce(into: Tally()) { $0.merge($1) }
        }
    }

    /// What the fuzzer's seeds send, each once; a folder that the fuzzer has grown may be named instead.
    static func corpus() throws -> [(name: String, bytes: [UInt8])] {
        let tests = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder =
            ProcessInfo.processInfo.environment["DIFFERENTIAL_CORPUS"].map { URL(fileURLWithPath: $0) }
            ?? tests.appendingPathComponent("Fuzz/corpus")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        var seen: Set<[UInt8]> = []
        return try files.sorted { $0.path < $1.path }
            // The first two bytes are for the fuzzer: they choose caps and cuts.
            .map { ($0.lastPathComponent, Array(try Data(contentsOf: $0).dropFirst(2))) }
            .filter { seen.insert($0.1).inserted }
    }
}
