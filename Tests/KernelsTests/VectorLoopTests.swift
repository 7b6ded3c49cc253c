import CKernels
import Testing

@testable import Kernels

/// The vectorised loops of every instruction set against the plain ones in Double, whole vectors and rests.
@Suite struct VectorLoopTests {
    static let counts = [1, 3, 16, 17, 64, 785]

    @Test(arguments: InstructionSet.available, counts)
    func sigmoid(set: InstructionSet, count: Int) {
        let inputs = (0..<count).map { Float($0 * 7919 % 997 - 498) / 6 } as [Float]
        var actual = inputs
        latentd_sigmoid(set.value, Int64(count), &actual)
        var expected = inputs.map(Double.init)
        for i in expected.indices { expected[i] = 1 / (1 + Double.exponential(-expected[i])) }
        #expect(zip(actual, expected).allSatisfy { abs(Double($0) - $1) <= 4e-7 * $1 + 1e-37 })
    }

    @Test(arguments: InstructionSet.available)
    func sigmoidOfWhatIsNoNumber(set: InstructionSet) {
        var values: [Float] = [.infinity, -.infinity, .nan, 0, -0.0, 1000, -1000]
        latentd_sigmoid(set.value, Int64(values.count), &values)
        #expect(values[2].isNaN)
        values[2] = 7
        #expect(values == [1, 0, 7, 0.5, 0.5, 1, 0])
    }

    @Test(arguments: InstructionSet.available, counts)
    func bernoulliLoss(set: InstructionSet, count: Int) {
        let logits: [Float] = normals(count, stream: 1).map { 5 * $0 }
        let targets = (0..<count).map { Float($0 % 5) / 4 }
        var gradient = [Float](repeating: .nan, count: count)
        let loss = latentd_bernoulli_loss(set.value, Int64(count), logits, targets, 0.37, &gradient)
        var expected = [Double](repeating: .nan, count: count)
        let exact = Double.bernoulliLoss(
            logits.map(Double.init), targets: targets.map(Double.init), count: count, gradient: &expected,
            scale: Double(Float(0.37)))
        #expect(abs(loss - exact) <= 1e-6 * exact + 1e-6)
        #expect(zip(gradient, expected).allSatisfy { abs(Double($0) - $1) <= 2e-7 })
        #expect(latentd_bernoulli_loss(set.value, Int64(count), logits, targets, 1, nil) == loss)
    }

    @Test(arguments: InstructionSet.available, counts)
    func scaleWhereNegative(set: InstructionSet, count: Int) {
        let outputs: [Float] = normals(count, stream: 1).enumerated().map { $0 % 4 == 0 ? 0 : $1 }
        let before: [Float] = normals(count, stream: 2)
        var after = before
        latentd_scale_where_negative(set.value, Int64(count), outputs, 0.3, &after)
        #expect(after.indices.allSatisfy { after[$0] == (outputs[$0] > 0 ? before[$0] : before[$0] * 0.3) })
    }

    @Test(arguments: InstructionSet.available, [1, 5, 16, 50])
    func addRows(set: InstructionSet, columns: Int) {
        let values: [Float] = normals(7 * columns, stream: 1)
        var sums = [Float](repeating: 1, count: columns)
        latentd_add_rows(set.value, 7, Int64(columns), values, &sums)
        for column in 0..<columns {
            let exact = (0..<7).reduce(1.0) { $0 + Double(values[$1 * columns + column]) }
            #expect(abs(Double(sums[column]) - exact) <= 1e-5)
        }
    }

    @Test(arguments: InstructionSet.available, [(1, 1), (3, 5), (64, 49), (49, 64), (130, 17)])
    func transpose(set: InstructionSet, shape: (rows: Int, columns: Int)) {
        let source = (0..<shape.rows * shape.columns).map(Float.init)
        var target = [Float](repeating: .nan, count: source.count)
        latentd_transpose(set.value, Int64(shape.rows), Int64(shape.columns), source, Int64(shape.rows), &target)
        for (index, value) in source.enumerated() {
            #expect(target[index % shape.columns * shape.rows + index / shape.columns] == value)
        }
    }
}
