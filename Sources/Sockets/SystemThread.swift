import CLinux
import Glibc

/// Plain operating-system threads: event loops and handler pools block, so they stay off Swift's cooperative pool.
public enum SystemThread {
    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Starts a detached thread under a name that debuggers and `top -H` show (15 bytes are kept).
    public static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(SocketError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))

        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                linux_name_thread(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        guard status == 0 else {
            start.release()
            throw .system(operation: "pthread_create", code: status)
        }
    }
}

/// Process-wide settings that servers need.
public enum ProcessSignals {
    /// A peer that closes must be an error of one write, not the end of the process.
    public static func ignoreBrokenPipes() {
        linux_ignore_sigpipe()
    }
}
