import Autoencoders
import Checkpoints
import Foundation
import Tensors
import Testing

@testable import Training

@Suite struct SampledMapsTests {
    private func run(_ folder: URL, latentDimension: Int = 2, stepsAtATime: Int = .max) throws -> CheckpointFolder {
        let dataset = try TinyRun.dataset()
        var model = TinyRun.model()
        model.latentDimension = latentDimension
        var (isResumed, outcome) = (false, Trainer.Outcome.stopped)
        while outcome == .stopped {
            let trainer = try TinyRun.trainer(folder, model: model, dataset: dataset)
            if isResumed { try trainer.resume() }
            isResumed = true
            var steps = 0
            outcome = try trainer.run(shouldStop: {
                steps += 1
                return steps > stepsAtATime
            })
        }
        return CheckpointFolder(path: folder.path)
    }

    private func cleaningUp(_ count: Int, _ body: ([URL]) throws -> Void) rethrows {
        let folders = (0..<count).map { _ in TinyRun.temporaryFolder() }
        defer {
            for folder in folders {
                for path in [folder.path, folder.path + ".maps"] { try? FileManager.default.removeItem(atPath: path) }
            }
        }
        try body(folders)
    }

    @Test(arguments: [1, 2, 3, 5])
    func everyEpochLeavesAMapAndAResumedRunTheSame(latentDimension: Int) throws {
        try cleaningUp(2) { folders in
            let whole = try run(folders[0], latentDimension: latentDimension)
            let parted = try run(folders[1], latentDimension: latentDimension, stepsAtATime: 3)
            #expect(try whole.runMaps.epochs() == [1, 2, 3, 4])
            for epoch in 1...4 {
                let map = try #require(try whole.runMaps.map(epoch: epoch, dimension: 2))
                #expect(map.epoch == epoch && map.indices == Array(0..<40) && map.labels?.count == 40)
                #expect(try parted.runMaps.map(epoch: epoch, dimension: 2) == map)
                #expect(try whole.maps.map(epoch: epoch, dimension: 2) == map, "the finished folder has them as well")
            }
            if latentDimension == 2 {
                let last = try #require(try whole.runMaps.map(epoch: 4, dimension: 2))
                #expect(try whole.map()?.latents == last.latents)
            }
        }
    }

    @Test func theMapsOfAnotherRunAreNotThoseOfThis() throws {
        try cleaningUp(1) { folders in
            let maps = MapSeries(path: folders[0].path + ".maps")
            let latents = try Tensor(shape: [1, 2], values: [1, 2])
            try maps.add(LatentMap(epoch: 9, dataset: "other", split: "test", latents: latents, labels: nil))
            #expect(try run(folders[0]).runMaps.epochs() == [1, 2, 3, 4])
        }
    }

    @Test func theSampleIsFixedAndSorted() {
        #expect(SampledMaps.sample(of: 3) == [0, 1, 2] && SampledMaps.sample(of: 2000) == Array(0..<2000))
        let sample = SampledMaps.sample(of: 10_000)
        #expect(sample == SampledMaps.sample(of: 10_000) && sample == Array(Set(sample)).sorted())
        #expect(sample.count == 2000 && sample.allSatisfy { (0..<10_000).contains($0) })
        #expect(sample.last.map { $0 > 9900 } == true)
    }

    /// Whatever the plane was turned by and whether it was mirrored, it comes back.
    @Test(arguments: [0, 0.3, 1.9, 3.1, -2.2], [1.0, -1])
    func aTurnedPlaneIsTurnedBack(angle: Double, sign: Double) {
        var random = RandomSource(seed: 5)
        let plane = (0..<60).map { _ in random.normal() }
        var turned = plane
        for i in stride(from: 0, to: 60, by: 2) {
            let (x, y) = (Double(plane[i]), sign * Double(plane[i + 1]))
            turned[i] = Float(cos(angle) * x - sin(angle) * y)
            turned[i + 1] = Float(sin(angle) * x + cos(angle) * y)
        }
        let back = SampledMaps.turn(turned, towards: plane)
        #expect(zip(back, plane).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(SampledMaps.turn(plane, towards: [Float](repeating: 0, count: 60)) == plane, "nothing to turn towards")
    }
}
