/// An operation that cannot be set up or run.
public enum KernelError: Error, Equatable, CustomStringConvertible {
    /// The layer's output would be empty, or its sizes do not fit in memory.
    case invalidGeometry(operation: String, reason: String)
    /// The accelerated library refused an operation; `status` is its own code.
    case backendFailure(backend: String, operation: String, status: Int)
    /// The backend asked for is not built into this program, or this processor cannot run it.
    case backendUnavailable(String)

    public var description: String {
        switch self {
        case .invalidGeometry(let operation, let reason): "\(operation): \(reason)"
        case .backendFailure(let backend, let operation, let status):
            "The backend '\(backend)' failed in \(operation) with status \(status)."
        case .backendUnavailable(let name):
            "The compute backend '\(name)' is not available in this build or on this processor."
        }
    }
}
