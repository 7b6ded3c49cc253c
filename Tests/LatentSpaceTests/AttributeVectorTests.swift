import LatentSpace
import Tensors
import Testing

@Suite struct AttributeVectorTests {
    @Test func aDifferenceIsThatOfTheMeans() throws {
        #expect(
            try AttributeVector.difference(from: [[0, 0], [2, 4]], to: [[1, 1], [3, 1], [2, 1]]) == [1, -1])
    }

    @Test func impossibleDifferencesAreRefused() {
        #expect(throws: LatentSpaceError.self) { try AttributeVector.difference(from: [], to: [[1]]) }
        #expect(throws: LatentSpaceError.self) { try AttributeVector.difference(from: [[1]], to: []) }
        #expect(throws: LatentSpaceError.dimension(point: 1, expected: 2, actual: 1)) {
            try AttributeVector.difference(from: [[1, 2]], to: [[1]])
        }
        #expect(throws: LatentSpaceError.overflow(dimension: 0)) {
            try AttributeVector.difference(from: [[-.greatestFiniteMagnitude]], to: [[.greatestFiniteMagnitude]])
        }
    }

    /// The same as replicating each sample until every label has equally many, and then taking plain means.
    @Test func otherLabelsAreBalanced() throws {
        let latents = try PriorSampler.sample(count: 60, dimensions: 3, seed: 2)
        let labels: [UInt8] = (0..<60).map { $0 < 40 ? 0 : $0 < 50 ? 1 : $0 < 55 ? 2 : 9 }
        var means = LabelMeans(dimensions: 3)
        for start in stride(from: 0, to: 60, by: 7) {
            let range = start..<min(start + 7, 60)
            let part = try Tensor(shape: [range.count, 3], values: range.flatMap { latents.row($0) })
            try means.add(part, labels: labels[range])
        }
        #expect(means.counts == [0: 40, 1: 10, 2: 5, 9: 5])
        let direction = try means.direction(of: 2)
        for j in 0..<3 {
            var replicated: [Double] = []
            var with: [Double] = []
            for row in 0..<60 {
                let value = Double(latents.row(row).dropFirst(j).first ?? 0)
                switch labels[row] {
                case 0: replicated.append(value)
                case 1: replicated += repeatElement(value, count: 4)
                case 9: replicated += repeatElement(value, count: 8)
                default: with.append(value)
                }
            }
            let expected = with.reduce(0, +) / 5 - replicated.reduce(0, +) / Double(replicated.count)
            #expect(abs(Double(direction[j]) - expected) < 1e-6)
        }
        #expect(throws: LatentSpaceError.self) { try means.direction(of: 3) }
    }

    @Test func aLabelAloneHasNoOthers() throws {
        var means = LabelMeans(dimensions: 1)
        try means.add(try Tensor(shape: [2, 1], values: [1, 2]), labels: [4, 4])
        #expect(throws: LatentSpaceError.self) { try means.direction(of: 4) }
        #expect(throws: LatentSpaceError.self) {
            try means.add(try Tensor(shape: [1, 2], values: [1, 2]), labels: [4])
        }
        #expect(throws: LatentSpaceError.self) {
            try means.add(try Tensor(shape: [2, 1], values: [1, 2]), labels: [4])
        }
    }
}

@Suite struct SampleSpacingTests {
    @Test func theMedianIsThatOfAllNearestDistances() throws {
        let map = try PriorSampler.sample(count: 101, dimensions: 3, seed: 4)
        let all = try (0..<101).map { row in
            try NearestSamples.find(Array(map.row(row)), in: map, count: 2)[1].distance
        }.sorted()
        let typical = try #require(try SampleSpacing(of: map).typical)
        #expect(abs(typical - all[50]) < 1e-12)
    }

    @Test func manySamplesAreProbedEvenly() throws {
        let map = try Tensor(shape: [5_000, 1], values: (0..<5_000).map { Float($0) * 0.5 })
        #expect(try SampleSpacing(of: map).typical == 0.5)
    }

    @Test(arguments: [[], [1], [2, 2, 2, 2, 5]] as [[Float]])
    func whereThereIsNoDistanceThereIsNone(values: [Float]) throws {
        #expect(try SampleSpacing(of: try Tensor(shape: [values.count, 1], values: values)).typical == nil)
    }

    @Test func onlyMapsHaveASpacing() throws {
        let line = try Tensor(zeros: [4])
        #expect(throws: LatentSpaceError.notAMap([4])) { try SampleSpacing(of: line) }
    }
}
