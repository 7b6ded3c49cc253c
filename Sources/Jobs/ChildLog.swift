import Foundation
import Logging

/// The file that keeps a child's standard error, and its last lines in memory.
struct ChildLog {
    private let descriptor: Descriptor?
    private var room: Int
    private var tail: [UInt8] = []
    private static let tailLimit = 4096

    /// Opens the file to append; training goes on without a log where that fails.
    init(file: URL, limit: Int = 16 << 20, logger: Logger) {
        try? FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let number = open(file.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        if number < 0 {
            logger.warning(
                "the log of a training process cannot be written", metadata: ["error": "\(SystemError(code: errno))"])
        }
        descriptor = number < 0 ? nil : Descriptor(owning: number)
        room = number < 0 ? 0 : max(0, limit - Int(lseek(number, 0, SEEK_END)))
    }

    mutating func append(_ bytes: ArraySlice<UInt8>) {
        tail.append(contentsOf: bytes.suffix(Self.tailLimit))
        if tail.count > 2 * Self.tailLimit { tail.removeFirst(tail.count - Self.tailLimit) }
        guard let descriptor, room > 0 else { return }
        // A disk that is full costs the log, not the training.
        let kept = Array(bytes.prefix(room))
        let written = write(descriptor.number, kept, kept.count)
        room -= max(0, written)
    }

    /// The last few lines, fit for clients; nil when nothing was written.
    var lastWords: String? { PublicText.lastLines(tail.suffix(Self.tailLimit).map { $0 }) }
}
