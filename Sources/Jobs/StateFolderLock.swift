import Foundation

/// Holds a state folder for one process: an advisory lock that the kernel gives back when the process dies, however.
final class StateFolderLock: Sendable {
    private let descriptor: Int32

    /// How long a dead owner's lock is waited for.
    private static let patience = Duration.seconds(10)

    /// Takes the lock or says at once which living process has it.
    ///
    /// Creates the folder where it is missing. A daemon that is killed while it starts a child leaves the lock to that child
    /// until it is told of the death or has become its program, which on a busy machine takes a moment.
    init(folder: URL) throws(JobStoreError) {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw .notWritable(folder: folder.path, reason: Self.reason(of: error))
        }
        let file = folder.appendingPathComponent("lock").path
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .notWritable(folder: folder.path, reason: String(cString: strerror(errno)))
        }
        let end = ContinuousClock.now + Self.patience
        var (isTaken, reason) = Self.take(descriptor)
        while !isTaken, reason == EWOULDBLOCK, !Self.isAlive(Self.owner(descriptor)), ContinuousClock.now < end {
            usleep(20_000)
            (isTaken, reason) = Self.take(descriptor)
        }
        guard isTaken else {
            let owner = Self.owner(descriptor)
            close(descriptor)
            guard reason == EWOULDBLOCK else {
                throw .notWritable(folder: folder.path, reason: String(cString: strerror(reason)))
            }
            throw .inUse(folder: folder.path, owner: owner)
        }
        // The number only helps people; the lock itself is what counts, so a failed write changes nothing.
        let owner = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, owner, owner.count, 0) }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    private static func take(_ descriptor: Int32) -> (Bool, reason: Int32) {
        flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? (true, 0) : (false, errno)
    }

    /// Whether a process of this number is there; so it is taken to be where the number is not known.
    private static func isAlive(_ owner: String?) -> Bool {
        guard let owner, let process = pid_t(owner), process > 0 else { return true }
        return kill(process, 0) == 0 || errno != ESRCH
    }

    private static func owner(_ descriptor: Int32) -> String? {
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        let digits = buffer.prefix(max(0, count)).prefix { (48...57).contains($0) }
        return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
    }

    private static func reason(of error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        guard let underlying, underlying.domain == NSPOSIXErrorDomain, let code = Int32(exactly: underlying.code) else {
            return "it cannot be created"
        }
        return String(cString: strerror(code))
    }
}
