import Foundation

/// The child process that does a job.
public struct ChildCommand: Equatable, Sendable {
    /// The program's path; it is not looked up in `PATH`.
    public var executable: String
    /// What the child is called in lists of processes; nil for its path.
    public var name: String?
    /// Without the program's own name.
    public var arguments: [String]
    /// The child's whole environment.
    public var environment: [String: String]
    /// The child's working folder; nil for the daemon's.
    public var folder: URL?
    /// Receives what the child writes to standard error, appended, up to 16 MiB.
    public var logFile: URL

    public init(
        executable: String, name: String? = nil, arguments: [String], environment: [String: String] = [:],
        folder: URL? = nil, logFile: URL
    ) {
        self.executable = executable
        self.name = name
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
        self.logFile = logFile
    }
}
