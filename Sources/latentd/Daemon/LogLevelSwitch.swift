import Logging
import Synchronization

/// The level of the daemon's log: as set, or debug, which SIGUSR1 switches over and back.
final class LogLevelSwitch: Sendable {
    private let configured: Logger.Level
    private let isDebugging = Atomic<Bool>(false)

    init(_ configured: Logger.Level) {
        self.configured = configured
    }

    var level: Logger.Level { isDebugging.load(ordering: .relaxed) ? min(configured, .debug) : configured }

    /// Gives the level that holds from now on.
    func cycle() -> Logger.Level {
        let (debugging, _) = isDebugging.logicalXor(true, ordering: .relaxed)
        return debugging ? configured : min(configured, .debug)
    }
}

/// Writes what the switch lets through, in every copy of a logger at once.
struct SwitchedLogHandler: LogHandler {
    private var inner: StreamLogHandler
    private let level: LogLevelSwitch

    init(_ inner: StreamLogHandler, level: LogLevelSwitch) {
        self.inner = inner
        self.inner.logLevel = .trace
        self.level = level
    }

    /// The switch's; one logger alone cannot have another.
    var logLevel: Logger.Level {
        get { level.level }
        set { _ = newValue }
    }

    var metadata: Logger.Metadata {
        get { inner.metadata }
        set { inner.metadata = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { inner[metadataKey: key] }
        set { inner[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) { inner.log(event: event) }
}
