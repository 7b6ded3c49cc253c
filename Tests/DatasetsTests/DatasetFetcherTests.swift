import Datasets
import Foundation
import Images
import Testing

@Suite struct DatasetFetcherTests {
    static func server() throws -> MirrorServer {
        var stored: [String: [UInt8]] = [:]
        for (name, bytes) in try TestDataset.files() { stored[name + ".gz"] = try Gzip.deflate(bytes) }
        return try MirrorServer(files: stored, other: Gzip.deflate(TestDataset.images(5).map { $0 ^ 1 }))
    }

    /// Short enough for a test, long enough for a busy machine to answer in.
    static let limits = FetchLimits(stallSeconds: 5, totalSeconds: 60, fileBytes: 1 << 20)
    static let impatient = FetchLimits(stallSeconds: 1, totalSeconds: 60, fileBytes: 1 << 20)

    @Test(arguments: [MirrorServer.Behavior.good, .redirecting])
    func aGoodMirrorDelivers(behavior: MirrorServer.Behavior) throws {
        let server = try Self.server()
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let fetcher = DatasetFetcher(
            datasets: [try TestDataset.known(mirrors: [server.mirror(behavior)])], limits: Self.limits)
        var seen: [FetchProgress] = []
        let target = folder.url.appendingPathComponent("deeper")
        try fetcher.fetch("tiny", into: target) { seen.append($0) }

        let catalogue = DatasetCatalogue(dataDirectories: [target], systemDirectories: [])
        #expect(try catalogue.dataset(named: "tiny").train.labels == [3, 0, 3, 1, 3])
        #expect(try FileManager.default.contentsOfDirectory(atPath: target.path) == ["tiny"])
        #expect(Set(seen.map(\.fileNumber)) == [1, 2, 3, 4])
        #expect(seen.last?.file == "t10k-labels-idx1-ubyte")
        #expect(seen.last.map { $0.receivedBytes == $0.expectedBytes } == true)
    }

    @Test(arguments: MirrorServer.Behavior.allCases.filter { $0 != .good && $0 != .redirecting })
    func aBadMirrorIsNamedAndLeavesNothing(behavior: MirrorServer.Behavior) throws {
        let server = try Self.server()
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let mirror = server.mirror(behavior)
        let waits = behavior == .mute || behavior == .stalling
        let fetcher = DatasetFetcher(
            datasets: [try TestDataset.known(mirrors: [mirror])], limits: waits ? Self.impatient : Self.limits)
        let error = #expect(throws: FetchError.self) { try fetcher.fetch("tiny", into: folder.url) }
        guard case .allMirrorsFailed("train-images-idx3-ubyte", let failures) = error, let failure = failures.first
        else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(failures.count == 1)
        #expect(failure.mirror == mirror)
        let isExpected =
            switch (behavior, failure.reason) {
            case (.mute, .stalled(1, received: 0)), (.stalling, .stalled(1, received: 1...)),
                (.truncating, .truncated(_, received: 1...)), (.lying, .digestMismatch),
                (.halving, .unsoundGzip(.truncated)), (.notGzip, .unsoundGzip(.notGzip)),
                (.missing, .status(404)), (.broken, .status(500)), (.looping, .tooManyRedirects(limit: 5)),
                // Foundation on Linux reads the address as a path of the same server, which is as safe.
                (.local, .unsafeRedirect), (.local, .status(404)), (.promisingMuch, .tooLarge(limit: 1_048_576)),
                (.sendingMuch, .tooLarge(limit: 1_048_576)):
                true
            default: false
            }
        #expect(isExpected, "\(failure)")
        #expect(try folder.contents().isEmpty)
    }

    @Test func theNextMirrorIsTriedForEachFile() throws {
        let server = try Self.server()
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let mirrors = ["no address", "ftp://127.0.0.1/"] + [.missing, .lying, .good].map(server.mirror)
        let fetcher = DatasetFetcher(datasets: [try TestDataset.known(mirrors: mirrors)], limits: Self.limits)
        try fetcher.fetch("tiny", into: folder.url)
        #expect(try folder.contents() == ["tiny"])
        #expect(server.requests.count == 12)
    }

    @Test func everyMirrorsFailureIsTold() throws {
        let server = try Self.server()
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let mirrors = ["nonsense", server.mirror(.missing), server.mirror(.broken)]
        let fetcher = DatasetFetcher(datasets: [try TestDataset.known(mirrors: mirrors)], limits: Self.limits)
        #expect(
            throws: FetchError.allMirrorsFailed(
                file: "train-images-idx3-ubyte",
                failures: [
                    MirrorFailure(mirror: mirrors[0], reason: .unusableAddress),
                    MirrorFailure(mirror: mirrors[1], reason: .status(404)),
                    MirrorFailure(mirror: mirrors[2], reason: .status(500)),
                ])
        ) { try fetcher.fetch("tiny", into: folder.url) }
    }

    @Test func theTimeForAllFilesIsBounded() throws {
        let server = try Self.server()
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let fetcher = DatasetFetcher(
            datasets: [try TestDataset.known(mirrors: [server.mirror(.stalling), server.mirror(.good)])],
            limits: FetchLimits(stallSeconds: 60, totalSeconds: 0.2))
        #expect(throws: FetchError.outOfTime(seconds: 0.2)) { try fetcher.fetch("tiny", into: folder.url) }
        #expect(try folder.contents().isEmpty)
    }

    @Test func whatIsThereAlreadyTouchesNoNetwork() throws {
        let folder = try TemporaryFolder()
        try TestDataset.write(to: folder, "tiny/")
        let fetcher = DatasetFetcher(datasets: [try TestDataset.known(mirrors: [])], limits: Self.limits)
        #expect(try fetcher.fetch("tiny", into: folder.url).lastPathComponent == "tiny")
    }

    @Test func whatIsInTheWayIsLeftAlone() throws {
        let folder = try TemporaryFolder()
        try folder.write([1, 2, 3], "tiny/train-images-idx3-ubyte")
        let fetcher = DatasetFetcher(datasets: [try TestDataset.known(mirrors: [])], limits: Self.limits)
        #expect(
            throws: FetchError.notWritable(
                step: "publishing", reason: "a folder 'tiny' with other content is in the way")
        ) { try fetcher.fetch("tiny", into: folder.url) }
        #expect(
            try Data(contentsOf: folder.url.appendingPathComponent("tiny/train-images-idx3-ubyte")) == Data([1, 2, 3]))
    }

    @Test func aFolderThatCannotBeMadeIsToldFirst() throws {
        let folder = try TemporaryFolder()
        try folder.write([], "file")
        let fetcher = DatasetFetcher(datasets: [try TestDataset.known(mirrors: [])], limits: Self.limits)
        let error = #expect(throws: FetchError.self) {
            try fetcher.fetch("tiny", into: folder.url.appendingPathComponent("file/below"))
        }
        guard case .notWritable(step: "making the folder", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func anUnknownNameIsRefused() {
        #expect(throws: FetchError.unknownDataset(name: "../x", available: ["fashion-mnist", "mnist"])) {
            try DatasetFetcher().fetch("../x", into: URL(fileURLWithPath: "/nowhere"))
        }
    }
}
