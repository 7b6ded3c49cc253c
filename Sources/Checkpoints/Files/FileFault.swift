import Glibc

/// A step with a file or folder that the system refused: what was tried, with which name, and the system's reason.
///
/// Only names inside a checkpoint are kept, so that a fault's text can be shown to anybody.
public struct FileFault: Error, Equatable, CustomStringConvertible {
    public enum Step: Sendable {
        case open, read, list, create, write, synchronise, rename, synchroniseFolder, remove
    }

    public let step: Step
    public let name: String
    /// The system's error number.
    public let code: CInt

    public init(_ step: Step, name: String, code: CInt) { (self.step, self.name, self.code) = (step, name, code) }

    /// Whether the disk or the user's share of it is full.
    public var isFull: Bool { code == ENOSPC || code == EDQUOT }

    public var description: String {
        let what =
            switch step {
            case .open: "'\(name)' cannot be opened"
            case .read: "'\(name)' cannot be read"
            case .list: "The folder '\(name)' cannot be listed"
            case .create: "'\(name)' cannot be created"
            case .write: "'\(name)' cannot be written"
            case .synchronise: "'\(name)' was written, but did not reach the disk"
            case .rename: "'\(name)' is complete, but cannot be moved to its place"
            case .synchroniseFolder: "'\(name)' is in its place, but its folder did not reach the disk"
            case .remove: "'\(name)' cannot be removed"
            }
        return "\(what): \(isFull ? "the disk is full" : reason)."
    }

    private var reason: String {
        guard let text = strerror(code) else { return "error \(code)" }
        let reason = String(cString: text)
        return reason.prefix(1).lowercased() + reason.dropFirst()
    }
}
