import LatentSpace
import Tensors
import Testing

@Suite struct InterpolationTests {
    @Test func aLineMeetsItsEndsExactlyAndIsEven() throws {
        let path = try Interpolation.latents(through: [[0.1, -1.2], [0.7, 3.3]], steps: 5)
        #expect(path.shape == [5, 2])
        #expect(Array(path.row(0)) == [0.1, -1.2])
        #expect(Array(path.row(4)) == [0.7, 3.3])
        #expect(abs(path.row(2)[4] - 0.4) < 1e-6 && abs(path.row(1)[3] + 0.075) < 1e-6)
    }

    @Test(arguments: InterpolationMethod.allCases)
    func aPathThroughPointsMeetsEachOnce(method: InterpolationMethod) throws {
        let points: [[Float]] = [[1, 0, 0], [0, 2, 0], [0.3, 0.1, 5], [0, 0, 0]]
        let path = try Interpolation.latents(through: points, steps: 4, method: method)
        #expect(path.rows == 10)
        for (index, point) in points.enumerated() { #expect(Array(path.row(3 * index)) == point) }
    }

    @Test func anArcKeepsTheNormAndTheAngleEven() throws {
        let path = try Interpolation.latents(through: [[3, 0], [0, 3]], steps: 4, method: .slerp)
        for row in 0..<4 { #expect(abs(PriorNorm.norm(Array(path.row(row))) - 3) < 1e-6) }
        #expect(abs(Double(path.row(1)[2]) - 3 * 0.8660254) < 1e-6)
        #expect(abs(Double(path.row(1)[3]) - 1.5) < 1e-6)
    }

    /// At an angle near 0, along one ray, or with the origin as an end, an arc is a line.
    @Test(
        arguments: [
            ([1, 0], [1, 1e-6]), ([1, 1], [3, 3]), ([0, 0], [2, 1]), ([2, 1], [2, 1]),
        ] as [([Float], [Float])])
    func anArcOfNoAngleIsALine(from: [Float], to: [Float]) throws {
        let arc = try Interpolation.latents(through: [from, to], steps: 7, method: .slerp)
        #expect(arc == (try Interpolation.latents(through: [from, to], steps: 7, method: .linear)))
    }

    @Test func oppositePointsHaveNoArc() {
        #expect(throws: LatentSpaceError.antiparallel(from: 1, to: 2)) {
            try Interpolation.latents(through: [[0, 1], [1, 2], [-2, -4]], steps: 3, method: .slerp)
        }
    }

    @Test(
        arguments: [
            ([[1]], 3, "'points' is 1; it must be from 2 to 1000."),
            ([[1, 2], [1]], 3, "Point 1 has 1 numbers; expected 2."),
            ([[], []], 3, "Point 0 has 0 numbers; expected 1."),
            ([[1, 2], [1, .nan]], 3, "Number 1 of point 1 is not finite."),
            ([[1], [2]], 1, "'steps' is 1; it must be from 2 to 10000."),
            ([[1], [2]], 1 << 40, "'steps' is 1099511627776; it must be from 2 to 10000."),
            ([[1], [2], [3]], 5001, "'steps' is 5001; it must be from 2 to 5000."),
        ] as [([[Float]], Int, String)])
    func whatCannotBeInterpolatedSaysWhy(points: [[Float]], steps: Int, message: String) {
        let error = #expect(throws: LatentSpaceError.self) { try Interpolation.latents(through: points, steps: steps) }
        #expect(error?.description == message)
    }

    @Test func theLargestNumbersDoNotOverflow() throws {
        let most = Float.greatestFiniteMagnitude
        let path = try Interpolation.latents(through: [[most, most], [-most, most]], steps: 3)
        #expect(Array(path.row(1)) == [0, most])
    }
}
