import Foundation
import Tensors
import Testing

@testable import Checkpoints

@Suite struct MapSeriesTests {
    private let folder: TemporaryFolder
    private let series: MapSeries

    init() throws {
        folder = try TemporaryFolder()
        series = MapSeries(path: "\(folder.path)/run.maps")
    }

    private func sample(epoch: Int) throws -> LatentMap {
        try LatentMap(
            epoch: epoch, dataset: "noise", split: "test",
            latents: try Tensor(shape: [3, 2], values: (0..<6).map { Float($0 * epoch) }), labels: [1, 0, 9],
            indices: [0, 4, 70_000])
    }

    @Test func whatIsAddedIsThere() throws {
        #expect(try series.epochs() == [] && series.map(epoch: 1, dimension: 2) == nil && series.date(epoch: 1) == nil)
        for epoch in [1, 2, 600] { try series.add(sample(epoch: epoch)) }
        #expect(try series.epochs() == [1, 2, 600])
        #expect(try series.map(epoch: 2, dimension: 2) == sample(epoch: 2))
        #expect(try series.map(epoch: 3, dimension: 2) == nil)
        #expect(try series.map(epoch: -1, dimension: 2) == nil)
        #expect(MapSeries.name(7) == "epoch-0007.safetensors" && MapSeries.name(12_345) == "epoch-12345.safetensors")
        #expect(abs(try #require(series.date(epoch: 2)).timeIntervalSinceNow) < 60)
    }

    @Test func manyEpochsAreThinnedOut() throws {
        for epoch in [1, 2, 3, 999, 1000] { try series.add(sample(epoch: epoch)) }
        #expect(try series.epochs() == [1, 2, 3, 999, 1000])
        try series.add(sample(epoch: 1001))
        #expect(try series.epochs() == [1, 2, 1000, 1001])
        try series.add(sample(epoch: 1002))
        #expect(try series.epochs() == [1, 2, 1000, 1002])
        for last in [1, 999, 1000, 1001, 2000, 2001, 4567, 17_000] {
            let kept = (1...last).filter { MapSeries.isKept($0, of: last) }
            #expect(kept.first == 1 && kept.last == last && kept.count <= MapSeries.limit + 2)
            #expect(kept.count >= min(last, MapSeries.limit / 2))
            // What an earlier epoch removed is not wanted later.
            #expect(kept.dropLast().allSatisfy { MapSeries.isKept($0, of: last - 1) })
        }
    }

    @Test func onlyMapsAreRemoved() throws {
        try series.add(sample(epoch: 1))
        try series.remove()
        #expect(!FileManager.default.fileExists(atPath: series.path))
        try series.remove()
        try series.add(sample(epoch: 1))
        try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(series.path)/notes.txt"))
        try series.remove()
        #expect(try FileManager.default.contentsOfDirectory(atPath: series.path) == ["notes.txt"])
    }

    @Test func aDamagedMapIsAnErrorThatNamesIt() throws {
        try series.add(sample(epoch: 7))
        let file = "\(series.path)/\(MapSeries.name(7))"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(fileURLWithPath: file))
        let error = #expect(throws: CheckpointError.self) { try series.map(epoch: 7, dimension: 2) }
        #expect(error?.description.contains("'epoch-0007.safetensors'") == true)
    }

    @Test func aFolderTakesTheMapsOfItsRun() throws {
        let target = CheckpointFolder(path: "\(folder.path)/run/")
        #expect(target.runMaps == series)
        for epoch in 1...3 { try series.add(sample(epoch: epoch)) }
        var checkpoint = try Samples.checkpoint(seed: 1, withState: false)
        try target.publish(checkpoint)
        #expect(try target.maps.epochs() == [])
        checkpoint.runMaps = target.runMaps
        try target.publish(checkpoint)
        #expect(try target.maps.epochs() == [1, 2, 3])
        #expect(try target.maps.map(epoch: 3, dimension: 2) == sample(epoch: 3))
    }
}
