import LatentSpace
import Tensors
import Testing

@Suite struct GridTests {
    @Test func aTraversalMovesOneDimension() throws {
        let latents = try Traversal.latents(around: [5, 6, 7], dimension: 1, from: -1, to: 1, steps: 3)
        #expect(latents.values == [5, -1, 7, 5, 0, 7, 5, 1, 7])
        #expect(try Traversal.latents(around: [5], dimension: 0, from: -1, to: 2, steps: 1).values == [0.5])
    }

    @Test func aTraversalFollowsADirection() throws {
        let latents = try Traversal.latents(around: [1, 1], along: [2, -1], from: 0, to: 2, steps: 3)
        #expect(latents.values == [1, 1, 3, 0, 5, -1])
    }

    @Test func aGridRunsFromTheTopLeft() throws {
        let grid = ManifoldGrid(columns: 3, rows: 2, left: -1, right: 1, bottom: -2, top: 2)
        #expect(try grid.latents(around: [0, 0]).values == [-1, 2, 0, 2, 1, 2, -1, -2, 0, -2, 1, -2])
        var turned = grid
        (turned.horizontal, turned.vertical) = (2, 0)
        #expect(try turned.latents(around: [9, 8, 7]).row(0) == [2, 8, -1])
    }

    @Test func quantilesHaveEqualProbabilityBetweenThem() throws {
        let latents = try Traversal.latents(around: [0], dimension: 0, steps: 9, spacing: .quantiles).values.map(
            Double.init)
        #expect(latents.first == -3 && latents.last == 3)
        let steps = zip(latents, latents.dropFirst()).map {
            StandardNormal.cumulativeProbability($1) - StandardNormal.cumulativeProbability($0)
        }
        #expect(steps.allSatisfy { abs($0 - steps[0]) < 1e-7 })
        #expect(abs(latents[4]) < 1e-7)
    }

    @Test(arguments: [
        (ManifoldGrid(columns: 0, rows: 1), "'columns' is 0"), (ManifoldGrid(columns: 1, rows: -5), "'rows' is -5"),
        (ManifoldGrid(columns: 1 << 40, rows: .max), "'columns' is 1099511627776"),
        (ManifoldGrid(columns: 101, rows: 100), "'columns x rows' is 10100"),
        (ManifoldGrid(columns: 2, rows: 2, left: .nan), "'x start' is nan"),
        (ManifoldGrid(columns: 2, rows: 2, top: .infinity), "'y start' is inf"),
        (ManifoldGrid(columns: 2, rows: 2, right: 9, spacing: .quantiles), "'x end' is 9"),
        (ManifoldGrid(columns: 2, rows: 2, vertical: 2), "'vertical' is 2"),
        (ManifoldGrid(columns: 2, rows: 2, vertical: 0), "'vertical' is 0"),
    ])
    func impossibleGridsAreRefused(grid: ManifoldGrid, message: String) {
        let error = #expect(throws: LatentSpaceError.self) { try grid.latents(around: [0, 0]) }
        #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
    }

    @Test func impossibleTraversalsAreRefused() {
        #expect(throws: LatentSpaceError.self) { try Traversal.latents(around: [0], dimension: 1, steps: 2) }
        #expect(throws: LatentSpaceError.self) { try Traversal.latents(around: [], dimension: 0, steps: 2) }
        #expect(throws: LatentSpaceError.self) { try Traversal.latents(around: [0], dimension: 0, steps: 10_001) }
        #expect(throws: LatentSpaceError.dimension(point: 1, expected: 2, actual: 1)) {
            try Traversal.latents(around: [0, 0], along: [1], from: 0, to: 1, steps: 2)
        }
        #expect(throws: LatentSpaceError.self) { try ManifoldGrid(columns: 1, rows: 1).latents(around: [0]) }
    }
}
