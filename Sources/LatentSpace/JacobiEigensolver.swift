/// Eigenvalues and eigenvectors of a small symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan §8.5).
enum JacobiEigensolver {
    /// - Parameter matrix: symmetric, [size, size] row-major.
    /// - Returns: eigenvalues, largest first, and as many vectors of length 1.
    static func solve(_ matrix: [Double], size: Int) -> [(value: Double, vector: [Double])] {
        var a = matrix
        var v = [Double](repeating: 0, count: size * size)
        for i in 0..<size { v[i * size + i] = 1 }
        let scale = matrix.reduce(0) { max($0, abs($1)) }
        for _ in 0..<60 {
            var largest = 0.0
            for p in 0..<size {
                for q in (p + 1)..<max(size, p + 1) {
                    largest = max(largest, abs(a[p * size + q]))
                    rotate(&a, &v, p, q, size)
                }
            }
            if largest <= scale * 1e-15 { break }
        }
        let order = (0..<size).sorted { (a[$1 * size + $1], $0) < (a[$0 * size + $0], $1) }
        return order.map { column in
            (a[column * size + column], (0..<size).map { v[$0 * size + column] })
        }
    }

    /// Makes element (p, q) zero.
    private static func rotate(_ a: inout [Double], _ v: inout [Double], _ p: Int, _ q: Int, _ size: Int) {
        let element = a[p * size + q]
        guard element != 0 else { return }
        let theta = (a[q * size + q] - a[p * size + p]) / (2 * element)
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<size {
            let (kp, kq) = (a[k * size + p], a[k * size + q])
            a[k * size + p] = c * kp - s * kq
            a[k * size + q] = s * kp + c * kq
        }
        for k in 0..<size {
            let (pk, qk) = (a[p * size + k], a[q * size + k])
            a[p * size + k] = c * pk - s * qk
            a[q * size + k] = s * pk + c * qk
            let (vp, vq) = (v[k * size + p], v[k * size + q])
            v[k * size + p] = c * vp - s * vq
            v[k * size + q] = s * vp + c * vq
        }
    }
}
