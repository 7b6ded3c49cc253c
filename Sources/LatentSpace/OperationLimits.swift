/// What one operation may be asked for at most, compared before anything is allocated.
public enum OperationLimits {
    /// Latents that come out of one operation.
    public static let latents = 10_000
    /// Points or terms that go into one.
    public static let points = 1_000
}
