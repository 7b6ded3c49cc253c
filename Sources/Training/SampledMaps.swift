import Autoencoders
import Checkpoints
import Datasets
import LatentSpace
import Tensors

/// How a fixed sample of the test set lies in the plane after every epoch: the latent space while it forms.
///
/// The sample is the same for every run on a dataset, so that runs can be compared. Codes of two dimensions are shown as they
/// are, of one on a line. More are laid on their principal plane, which is then turned or mirrored within itself as close as it
/// can be to the plane of the epoch before: principal axes swap and flip from one epoch to the next where the points hardly move.
struct SampledMaps {
    static let limit = 2000

    let series: MapSeries
    private let dataset: String
    private let indices: [Int]
    private let labels: [UInt8]?

    init(_ series: MapSeries, dataset: Dataset) {
        self.series = series
        self.dataset = dataset.name
        let indices = Self.sample(of: dataset.test.count)
        self.indices = indices
        labels = dataset.test.labels.map { labels in indices.map { labels[$0] } }
    }

    /// Which of `count` images, ascending: all of them, or as many as `limit`.
    static func sample(of count: Int) -> [Int] {
        var order = Array(0..<count)
        guard count > limit else { return order }
        var random = RandomSource(seed: 1, stream: RandomPurpose.mapSample.stream(0))
        random.shuffle(&order)
        return order[..<limit].sorted()
    }

    /// Keeps an epoch's map.
    ///
    /// - Parameter means: of the whole test set, [images, latent dimension].
    func keep(_ means: [Float], dimension: Int, epoch: Int) throws {
        let codes = indices.flatMap { means[$0 * dimension..<($0 + 1) * dimension] }
        let plane = try plane(of: try Tensor(shape: [indices.count, dimension], values: codes), epoch: epoch)
        try series.add(
            try LatentMap(
                epoch: epoch, dataset: dataset, split: "test", latents: plane, labels: labels, indices: indices))
    }

    private func plane(of codes: Tensor, epoch: Int) throws -> Tensor {
        switch codes.shape.dimensions[1] {
        case 1: return try Tensor(shape: [codes.rows, 2], values: codes.values.flatMap { [$0, 0] })
        case 2: return codes
        default:
            let plane = try PrincipalComponents(of: codes).project(codes)
            // Without one that can be read, e.g. of a run that an earlier version began, the plane is taken as it is.
            guard let before = try? series.map(epoch: epoch - 1, dimension: 2), before.latents.shape == plane.shape
            else {
                return plane
            }
            return try Tensor(shape: plane.shape, values: Self.turn(plane.values, towards: before.latents.values))
        }
    }

    /// Pairs of numbers turned around the origin, or mirrored, so that they lie next to others in the sense of least squares
    /// (the orthogonal Procrustes problem, which has a closed form in the plane).
    static func turn(_ points: [Float], towards others: [Float]) -> [Float] {
        // Sums of products: xx is of the points' first and the others' first coordinate, xy of first and second.
        var (xx, xy, yx, yy) = (0.0, 0.0, 0.0, 0.0)
        for i in stride(from: 0, to: points.count - 1, by: 2) {
            let (x, y, u, v) = (Double(points[i]), Double(points[i + 1]), Double(others[i]), Double(others[i + 1]))
            (xx, xy, yx, yy) = (xx + x * u, xy + x * v, yx + y * u, yy + y * v)
        }
        let turned = (cosine: xx + yy, sine: xy - yx)
        let mirrored = (cosine: xx - yy, sine: xy + yx)
        func length(_ pair: (cosine: Double, sine: Double)) -> Double {
            (pair.cosine * pair.cosine + pair.sine * pair.sine).squareRoot()
        }
        let isMirrored = length(mirrored) > length(turned)
        let best = isMirrored ? mirrored : turned
        guard length(best) > 0 else { return points }
        let (cosine, sine) = (best.cosine / length(best), best.sine / length(best))
        let sign = isMirrored ? -1.0 : 1.0
        var result = points
        for i in stride(from: 0, to: points.count - 1, by: 2) {
            let (x, y) = (Double(points[i]), sign * Double(points[i + 1]))
            result[i] = Float(cosine * x - sine * y)
            result[i + 1] = Float(sine * x + cosine * y)
        }
        return result
    }
}
