import CLinux
import Foundation

/// How a child process ended.
enum ChildExit: Equatable, Sendable {
    case code(Int)
    case signal(Int)
    /// It never ran; the operating system's reason.
    case notStarted(String)
}

/// A running child with its two output pipes; dropping it kills and reaps it, so none is ever left behind.
struct ChildProcess: ~Copyable {
    /// Non-blocking read ends of the child's standard output and standard error.
    let output: Descriptor
    let errors: Descriptor
    /// Readable once the child has ended.
    let ended: Descriptor
    private let process: pid_t
    private var isReaped = false

    /// Starts the child; it dies with the calling thread, which must therefore outlive it.
    ///
    /// - Throws: `StartError` with the operating system's reason; then there is no child.
    init(_ command: ChildCommand, niceness: Int32) throws(StartError) {
        let (output, outputEnd) = try Self.pipe()
        let (errors, errorsEnd) = try Self.pipe()
        // The child's ends must stay open until it has them, and close then, or the streams would never end.
        defer { withExtendedLifetime((outputEnd, errorsEnd)) {} }
        let child = try Self.start(command, output: outputEnd.number, errors: errorsEnd.number, niceness: niceness)
        self.output = output
        self.errors = errors
        ended = Descriptor(owning: child.descriptor)
        process = child.process
    }

    /// Sends a signal to the child and to whatever it started itself.
    func signal(_ number: Int32) {
        // The group's number stays the child's own until it is reaped, so nothing else can be hit.
        kill(-process, number)
    }

    /// Kills what is left of the group and takes the status; call once `ended` is readable, or the call waits for it.
    consuming func reap() -> ChildExit {
        signal(SIGKILL)
        let status = linux_child_reap(process)
        isReaped = true
        if status >= 256 { return .signal(Int(status) - 256) }
        return status >= 0 ? .code(Int(status)) : .notStarted(String(cString: strerror(-status)))
    }

    deinit {
        guard !isReaped else { return }
        signal(SIGKILL)
        _ = linux_child_reap(process)
    }

    struct StartError: Error, Equatable {
        let reason: String

        init(code: Int32) { reason = String(cString: strerror(code)) }
    }

    private static func pipe() throws(StartError) -> (read: Descriptor, write: Descriptor) {
        var numbers: [Int32] = [-1, -1]
        let result = linux_output_pipe(&numbers)
        guard result == 0 else { throw StartError(code: -result) }
        return (Descriptor(owning: numbers[0]), Descriptor(owning: numbers[1]))
    }

    static func start(
        _ command: ChildCommand, output: Int32, errors: Int32, niceness: Int32
    ) throws(StartError) -> linux_child {
        var arguments = ([command.name ?? command.executable] + command.arguments).map { strdup($0) } + [nil]
        var environment = command.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var child = linux_child()
        let result = command.executable.withCString { executable in
            withOptionalCString(command.folder?.path) { folder in
                arguments.withUnsafeMutableBufferPointer { arguments in
                    environment.withUnsafeMutableBufferPointer { environment in
                        var request = linux_child_command(
                            executable: executable, arguments: arguments.baseAddress,
                            environment: environment.baseAddress, folder: folder, output: output, errors: errors,
                            niceness: niceness)
                        return linux_child_start(&request, &child)
                    }
                }
            }
        }
        guard result == 0 else { throw StartError(code: -result) }
        return child
    }

    private static func withOptionalCString<Result>(
        _ text: String?, _ body: (UnsafePointer<CChar>?) -> Result
    ) -> Result {
        guard let text else { return body(nil) }
        return text.withCString { body($0) }
    }
}

/// A file descriptor with one owner, closed when dropped.
final class Descriptor: Sendable {
    let number: Int32

    init(owning number: Int32) { self.number = number }

    /// What is there to read, at most 64 KiB: nil at the end of the stream, empty when there is nothing now.
    func read(into buffer: inout [UInt8]) -> Int? {
        let count = Glibc.read(number, &buffer, buffer.count)
        if count > 0 { return count }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : nil
    }

    deinit { close(number) }
}
