import Digests
import Foundation
import Images

/// Downloads a known dataset from its publishers' mirrors. For `latentd dataset fetch` only: the daemon never downloads.
///
/// Each file is fetched gzipped from the first mirror that delivers it whole and unchanged: its uncompressed content must
/// have the pinned SHA-256. All files are gathered in a scratch folder beside the target and appear together, by one
/// rename; until then, and after any failure, nothing is there.
public struct DatasetFetcher: Sendable {
    private let known: [KnownDataset]
    private let limits: FetchLimits

    /// - Parameter datasets: what can be fetched; tests bring their own mirrors and digests.
    public init(datasets: [KnownDataset] = KnownDataset.all, limits: FetchLimits = FetchLimits()) {
        known = datasets
        self.limits = limits
    }

    /// Fetches the dataset into the folder `name` inside `directory`, and returns that folder.
    ///
    /// A folder of that name that already holds exactly the published content is returned as it is, without any network.
    /// One that holds something else is left alone and is an error.
    ///
    /// Blocks until done, and calls `progress` on the calling thread. Throws `FetchError`.
    @discardableResult
    public func fetch(
        _ name: String, into directory: URL, progress: (FetchProgress) -> Void = { _ in }
    ) throws(FetchError) -> URL {
        guard let dataset = known.first(where: { $0.name == name }) else {
            throw .unknownDataset(name: name, available: known.map(\.name).sorted())
        }
        let target = directory.appendingPathComponent(dataset.name)
        if FileManager.default.fileExists(atPath: target.path) {
            if holds(target, dataset) { return target }
            throw .notWritable(
                step: "publishing", reason: "a folder '\(dataset.name)' with other content is in the way")
        }
        let scratch = try FetchError.storing { () throws(StorageFault) in
            try ScratchFolder(for: dataset.name, in: directory)
        }
        defer { scratch.remove() }
        let deadline = ContinuousClock().now + .seconds(limits.totalSeconds)
        for (index, file) in dataset.files.enumerated() {
            let bytes = try fetch(file, of: dataset, number: index + 1, deadline: deadline, progress: progress)
            try FetchError.storing { () throws(StorageFault) in try scratch.write(bytes, to: file.name + ".gz") }
        }
        try FetchError.storing { () throws(StorageFault) in try scratch.publish(as: target) }
        return target
    }

    /// Whether a folder's files are the published ones.
    private func holds(_ folder: URL, _ dataset: KnownDataset) -> Bool {
        dataset.files.allSatisfy { file in
            if let digest = try? SHA256.hash(contentsOf: folder.appendingPathComponent(file.name)) {
                return digest.hexadecimal == file.digest
            }
            guard let stored = try? Data(contentsOf: folder.appendingPathComponent(file.name + ".gz")) else {
                return false
            }
            return verify(Array(stored), file) == nil
        }
    }

    private func fetch(
        _ file: KnownDataset.File, of dataset: KnownDataset, number: Int, deadline: ContinuousClock.Instant,
        progress: (FetchProgress) -> Void
    ) throws(FetchError) -> [UInt8] {
        var failures: [MirrorFailure] = []
        for mirror in dataset.mirrors {
            guard let address = URL(string: mirror + file.name + ".gz"), address.host != nil,
                ["http", "https"].contains(address.scheme?.lowercased())
            else {
                failures.append(MirrorFailure(mirror: mirror, reason: .unusableAddress))
                continue
            }
            let outcome = Download.run(address, limits: limits, deadline: deadline) { received, expected in
                progress(
                    FetchProgress(
                        file: file.name, fileNumber: number, fileCount: dataset.files.count, mirror: mirror,
                        receivedBytes: received, expectedBytes: expected))
            }
            switch outcome {
            case .bytes(let bytes):
                guard let reason = verify(bytes, file) else { return bytes }
                failures.append(MirrorFailure(mirror: mirror, reason: reason))
            case .failure(.outOfTime(let seconds)): throw .outOfTime(seconds: seconds)
            case .failure(let reason): failures.append(MirrorFailure(mirror: mirror, reason: reason))
            }
        }
        throw .allMirrorsFailed(file: file.name, failures: failures)
    }

    /// What is wrong with what came, or nil.
    private func verify(_ bytes: [UInt8], _ file: KnownDataset.File) -> MirrorFailure.Reason? {
        let content: [UInt8]
        do throws(GzipError) {
            content = try Gzip.inflate(bytes, limits: GzipLimits(bytes: limits.inflatedBytes))
        } catch { return .unsoundGzip(error) }
        do throws(DigestError) {
            let digest = try SHA256.hash(content).hexadecimal
            return digest == file.digest ? nil : .digestMismatch(expected: file.digest, actual: digest)
        } catch { return .notStored(error.description) }
    }
}
