import Datasets
import Foundation
import Testing

/// Tests on the real MNIST, where it is at hand: in the folder that LATENTD_TEST_DATA names, or in `../shared/data`.
enum RealData {
    static let directory: URL? = {
        let named = ProcessInfo.processInfo.environment["LATENTD_TEST_DATA"].map { URL(fileURLWithPath: $0) }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let directory = named ?? root.appendingPathComponent("../shared/data").standardizedFileURL
        let exists = FileManager.default.fileExists(atPath: directory.appendingPathComponent("mnist").path)
        return exists ? directory : nil
    }()
}

@Suite(
    .enabled(if: RealData.directory != nil, "needs MNIST's files: set LATENTD_TEST_DATA to a folder with mnist/ in it"))
struct RealMNISTTests {
    let catalogue = DatasetCatalogue(dataDirectories: RealData.directory.map { [$0] } ?? [], systemDirectories: [])

    @Test func itIsWhole() throws {
        let dataset = try catalogue.dataset(named: "mnist")
        #expect(dataset.train.count == 60_000)
        #expect(dataset.test.count == 10_000)
        #expect(dataset.shape.description == "1x28x28")
        #expect(dataset.train.labelCounts == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
        let sum = dataset.train.pixels.reduce(0) { $0 + Int($1) }
        let mean = Double(sum) / Double(dataset.train.pixels.count) / 255
        #expect(abs(mean - 0.13066) < 0.000005)
    }

    @Test func itIsDescribedWithoutItsImages() throws {
        let description = try catalogue.description(ofDatasetNamed: "mnist")
        #expect(description.splits.map(\.count) == [60_000, 10_000])
        #expect(description.splits[0].labelCounts == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
        #expect(description.labelNames?.count == 10)
    }
}
