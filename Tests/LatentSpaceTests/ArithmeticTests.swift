import LatentSpace
import Tensors
import Testing

@Suite struct ArithmeticTests {
    @Test func sumsWeighPoints() throws {
        let result = try LatentArithmetic.sum([
            .init(weight: 1, point: [1, 2]), .init(weight: -1, point: [0.5, 1]), .init(weight: 2, point: [1.25, 1.5]),
        ])
        #expect(result.latent == [3, 4])
        #expect(result.norm == 5)
        #expect(abs(result.priorPercentile - 99.99962733468) < 1e-8)
    }

    @Test func onePointIsItself() throws {
        #expect(try LatentArithmetic.sum([.init(weight: 1, point: [0.1, -7e30])]).latent == [0.1, -7e30])
    }

    @Test func whatCannotBeSummedSaysWhy() {
        func error(_ terms: [LatentArithmetic.Term]) -> LatentSpaceError? {
            #expect(throws: LatentSpaceError.self) { try LatentArithmetic.sum(terms) }
        }
        let point = LatentArithmetic.Term(weight: 1, point: [1, 2])
        #expect(error([])?.description == "'terms' is 0; it must be from 1 to 1000.")
        #expect(error([point, .init(weight: 1, point: [1])]) == .dimension(point: 1, expected: 2, actual: 1))
        #expect(
            error([point, .init(weight: .infinity, point: [1, 1])])?.description.contains("terms[1].weight") == true)
        #expect(error([.init(weight: 4, point: [1, .greatestFiniteMagnitude])]) == .overflow(dimension: 1))
    }
}

@Suite struct PriorTests {
    /// scipy.stats.chi.cdf(norm, dimensions), scipy 1.17.1.
    @Test(arguments: [
        (1, 1.0, 0.6826894921370859),
        (2, 0.1, 0.004987520807317688),
        (2, 1.0, 0.3934693402873665),
        (2, 3.0, 0.9888910034617577),
        (2, 6.0, 0.9999999847700203),
        (3, 2.5, 0.899939166880605),
        (10, 1.0, 0.00017211562995584072),
        (10, 3.0, 0.4678964236252849),
        (10, 5.0, 0.9946544945128659),
        (200, 13.0, 0.0543112146677235),
        (200, 14.1, 0.4895247564978076),
        (200, 16.0, 0.9954345219980928),
        (2000, 44.5, 0.381036801062685),
        (2000, 46.0, 0.964875817207156),
    ])
    func theNormsDistributionIsChi(dimensions: Int, norm: Double, expected: Double) {
        let probability = PriorNorm.cumulativeProbability(norm: norm, dimensions: dimensions)
        #expect(abs(probability - expected) <= 1e-11 * max(expected, 1e-3))
    }

    @Test(arguments: [0.0, -1, .nan]) func aNormOfNothingHasProbabilityZero(norm: Double) {
        #expect(PriorNorm.cumulativeProbability(norm: norm, dimensions: 2) == 0)
        #expect(PriorNorm.cumulativeProbability(norm: 1, dimensions: 0) == 0)
        #expect(PriorNorm.cumulativeProbability(norm: .infinity, dimensions: 2) == 1)
    }

    @Test func theDistributionRises() {
        for dimensions in [1, 2, 7, 200, 5000] {
            var last = 0.0
            for step in 1...400 {
                let probability = PriorNorm.cumulativeProbability(norm: Double(step) / 4, dimensions: dimensions)
                #expect(probability >= last - 1e-12 && probability <= 1)
                last = probability
            }
            #expect(last > 0.99)
        }
    }

    /// scipy.stats.norm.ppf(probability), scipy 1.17.1.
    @Test(arguments: [
        (1e-12, -7.034483825301131),
        (1e-05, -4.264890793922825),
        (0.01, -2.3263478740408408),
        (0.05, -1.6448536269514729),
        (0.25, -0.6744897501960817),
        (0.5, 0.0),
        (0.8, 0.8416212335729143),
        (0.975, 1.959963984540054),
        (0.99999, 4.264890793923841),
    ])
    func quantilesOfTheNormal(probability: Double, expected: Double) {
        #expect(abs(StandardNormal.quantile(probability) - expected) < 1e-10 * max(1, abs(expected)))
        #expect(abs(StandardNormal.cumulativeProbability(expected) - probability) < 1e-14)
    }

    @Test func quantilesAtTheEdges() {
        #expect(StandardNormal.quantile(0) == -.infinity && StandardNormal.quantile(1) == .infinity)
        #expect(StandardNormal.quantile(-0.1).isNaN && StandardNormal.quantile(.nan).isNaN)
        #expect(StandardNormal.quantile(.leastNonzeroMagnitude) < -38)
    }

    @Test func samplesFollowSeedTemperatureAndThePrior() throws {
        let many = try PriorSampler.sample(count: 5000, dimensions: 3, seed: 7)
        let few = try PriorSampler.sample(count: 3, dimensions: 3, seed: 7)
        #expect(few.values == Array(many.values.prefix(9)))
        #expect(try PriorSampler.sample(count: 3, dimensions: 3, seed: 8) != few)
        #expect(
            try PriorSampler.sample(count: 3, dimensions: 3, seed: 7, temperature: 2).values
                == few.values.map { 2 * $0 })
        #expect(try PriorSampler.sample(count: 2, dimensions: 1, seed: 7, temperature: 0).values.allSatisfy { $0 == 0 })
        let mean = many.values.reduce(0.0) { $0 + Double($1) } / 15_000
        let variance = many.values.reduce(0.0) { $0 + Double($1) * Double($1) } / 15_000
        #expect(abs(mean) < 0.03 && abs(variance - 1) < 0.05)
    }

    @Test(
        arguments: [
            (0, 2, 1), (10_001, 2, 1), (.min, 2, 1), (1, 0, 1), (1, 2, -0.1), (1, 2, .nan), (1, 2, .infinity),
        ] as [(Int, Int, Float)])
    func impossibleSamplesAreRefused(count: Int, dimensions: Int, temperature: Float) {
        #expect(throws: LatentSpaceError.self) {
            try PriorSampler.sample(count: count, dimensions: dimensions, seed: 1, temperature: temperature)
        }
    }
}
