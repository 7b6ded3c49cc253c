import Kernels
import LatentSpace
import Tensors
import Testing

@testable import Autoencoders

@Suite struct MapTests {
    @Test func nearestSamplesComeInOrder() throws {
        let map = try Tensor(shape: [5, 2], values: [0, 0, 3, 4, 1, 0, 0, 1, 30, 40])
        let found = try NearestSamples.find([0, 0], in: map, count: 4)
        #expect(found.map(\.index) == [0, 2, 3, 1])
        #expect(found.map(\.distance) == [0, 1, 1, 5])
        #expect(try NearestSamples.find([0, 0], in: map, count: 100).count == 5)
    }

    @Test func nearestSamplesAgreeWithSorting() throws {
        let map = try PriorSampler.sample(count: 500, dimensions: 3, seed: 1)
        let sorted = (0..<500).map { row in (row, PriorNorm.norm(Array(map.row(row)))) }.sorted { $0.1 < $1.1 }
        let found = try NearestSamples.find([0, 0, 0], in: map, count: 20)
        #expect(found.map(\.index) == sorted.prefix(20).map(\.0))
    }

    @Test func impossibleNeighboursAreRefused() throws {
        let map = try Tensor(shape: [2, 2], values: [0, 0, 3, 4])
        #expect(throws: LatentSpaceError.dimension(point: 0, expected: 2, actual: 3)) {
            try NearestSamples.find([0, 0, 0], in: map, count: 1)
        }
        #expect(throws: LatentSpaceError.self) { try NearestSamples.find([0, .nan], in: map, count: 1) }
        #expect(throws: LatentSpaceError.self) { try NearestSamples.find([0, 0], in: map, count: 0) }
        #expect(throws: LatentSpaceError.notAMap([4])) {
            try NearestSamples.find([0], in: try Tensor(zeros: [4]), count: 1)
        }
    }

    /// numpy.linalg.eigh(numpy.cov(x.T, bias=True)), signs by our rule.
    @Test func principalComponentsAreNumpys() throws {
        let map = try Tensor(shape: [5, 3], values: [2, 0, 1, 0, 1, 3, 1, 5, 2, 4, 4, 4, -1, 2, 0])
        let principal = try PrincipalComponents(of: map, count: 3)
        #expect(principal.mean.elementsEqual([1.2, 2.4, 2]) { abs($0 - $1) < 1e-6 })
        for (actual, expected) in zip(principal.variances, [5.182175596265147, 2.438327400316974, 0.7794970034178816]) {
            #expect(abs(actual - expected) < 1e-8)
        }
        let vectors: [Float] = [
            0.61330466, 0.61110364, 0.50040956, -0.56228759, 0.78273908, -0.26674370, -0.55469817, -0.11777893,
            0.82367352,
        ]
        for (actual, expected) in zip(principal.components.values, vectors) { #expect(abs(actual - expected) < 1e-6) }
        let back = try principal.lift(try principal.project(map))
        for (actual, expected) in zip(back.values, map.values) { #expect(abs(actual - expected) < 1e-5) }
    }

    /// Both solvers: a plane in many dimensions is found again, with the variances along it.
    @Test(arguments: [3, 40, 120]) func aPlaneIsFoundAgain(dimensions: Int) throws {
        let plane = try PriorSampler.sample(count: 300, dimensions: 2, seed: 5)
        var values: [Float] = []
        for row in 0..<300 {
            let (x, y) = (3 * plane.values[2 * row], plane.values[2 * row + 1])
            for j in 0..<dimensions { values.append(1 + (j == 1 ? x : 0) + (j == dimensions - 1 ? -y : 0)) }
        }
        let map = try Tensor(shape: [300, dimensions], values: values)
        let principal = try PrincipalComponents(of: map)
        #expect(principal == (try PrincipalComponents(of: map)))
        let flat = try principal.project(map)
        #expect(flat.shape == [300, 2])
        let back = try principal.lift(flat)
        #expect(zip(back.values, map.values).allSatisfy { abs($0 - $1) < 1e-4 })
        let variance = (0..<300).reduce(0.0) { $0 + Double(flat.values[2 * $1] * flat.values[2 * $1]) } / 300
        #expect(abs(variance - principal.variances[0]) < 1e-3 * variance)
    }

    @Test func aMapOfOnePointHasComponentsOfNoVariance() throws {
        for dimensions in [2, 60] {
            let map = try Tensor(shape: [1, dimensions], values: [Float](repeating: 7, count: dimensions))
            let principal = try PrincipalComponents(of: map)
            #expect(principal.variances == [0, 0])
            #expect(try principal.project(map).values == [0, 0])
        }
    }

    @Test func impossibleComponentsAreRefused() throws {
        #expect(throws: LatentSpaceError.self) { try PrincipalComponents(of: try Tensor(zeros: [0, 3])) }
        #expect(throws: LatentSpaceError.self) { try PrincipalComponents(of: try Tensor(zeros: [3])) }
        #expect(throws: LatentSpaceError.self) { try PrincipalComponents(of: try Tensor(zeros: [3, 1])) }
        #expect(throws: LatentSpaceError.self) { try PrincipalComponents(of: try Tensor(zeros: [3, 3]), count: 4) }
        #expect(throws: LatentSpaceError.nonFinite(point: 1, dimension: 0)) {
            try PrincipalComponents(of: try Tensor(shape: [2, 2], values: [0, 0, .nan, 0]))
        }
    }

    @Test func aSummaryTellsWhichDimensionsAreUsed() throws {
        let summary = PosteriorSummary(
            Encoding(
                mean: try Tensor(shape: [2, 2], values: [1, 0.01, -1, -0.01]),
                logVariance: try Tensor(shape: [2, 2], values: [-2, 0, -2, 0])))
        #expect(abs(summary.divergences[0] - 0.5 * (1 + 0.1353352832366127 - 1 + 2)) < 1e-12)
        #expect(abs(summary.divergences[1] - 0.00005) < 1e-9)
        #expect(abs(summary.meanVariances[0] - 1) < 1e-12)
        #expect(summary.activeUnits == 1)
    }

    @Test func aMapIsTheEncodingsMeansWhateverTheChunk() throws {
        let configuration = ModelConfiguration(
            input: ImageShape(channels: 1, height: 4, width: 4), latentDimension: 2,
            encoder: [LayerConfiguration(.dense(units: 3))],
            decoder: [
                LayerConfiguration(.dense(units: 16), activation: Activation.none),
                LayerConfiguration(.reshape(ImageShape(channels: 1, height: 4, width: 4))),
            ])
        let backend = ReferenceBackend()
        let model = try Autoencoder(
            configuration: configuration,
            parameters: Parameters(initialising: try ParameterLayout(configuration), seed: 1),
            pool: KernelPool(workers: 2) { backend.prepareThread() }, backend: backend)
        let images = try Tensor(shape: [7, 1, 4, 4], values: (0..<112).map { Float($0) / 112 })
        let whole = try model.encode(images).mean
        let map = try LatentMapBuilder(model, chunk: 3).means(count: 7) { range in
            try Tensor(shape: [range.count, 1, 4, 4], values: range.flatMap { images.row($0) })
        }
        #expect(map == whole)
        #expect(try LatentMapBuilder(model).means(count: 0) { _ in images }.shape == [0, 2])
        #expect(throws: LatentSpaceError.self) { try LatentMapBuilder(model).means(count: 3) { _ in images } }
    }
}
