/// What one request may ask for at most; compared before anything is allocated.
enum Limits {
    /// Images or latents in, and images or latents out.
    static let rows = 10_000
    /// Rows of a request that is computed together with others; more fill the workers by themselves.
    static let rowsTogether = 16
    /// Rows that are computed as one batch: for so many the first in line waits with its answer.
    static let batchRows = 32
    /// Numbers in one result: 64 MiB of floats.
    static let values = 1 << 24
    /// Pixels of a picture in or out.
    static let pixels = 1 << 24
    /// A body with images or latents: 10,000 grey images of 28 x 28 as JSON of full precision.
    static let bulkBody = 192 << 20
    /// Parts of a form: a dataset of as many pictures.
    static let parts = 100_000
    /// A body of settings or a few points.
    static let body = 8 << 20

    /// Refuses a result of too many numbers; `factors` are multiplied.
    static func check(values factors: Int..., parameter: String) throws {
        var product = 1
        for factor in factors {
            let (next, overflow) = product.multipliedReportingOverflow(by: factor)
            guard !overflow, next <= values else {
                throw ServiceError.impossible(
                    "result_too_large", "The result would hold more than \(values) numbers; ask for fewer rows.",
                    parameter)
            }
            product = next
        }
    }
}
