import Foundation

/// A file on disk, read once from its beginning in pieces.
struct FileSource: ~Copyable {
    private let descriptor: Int32
    private let name: String
    private let pieceSize: Int
    let size: Int

    init(_ file: URL, pieceSize: Int = 256 << 10) throws(IDXError) {
        let name = file.lastPathComponent
        // Not blocking: a pipe that nobody writes to would hold up the open itself.
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.unreadable(name, errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let failure = Self.unreadable(name, errno)
            close(descriptor)
            throw failure
        }
        // A device would never end.
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unreadable(file: name, reason: "not a regular file")
        }
        self.name = name
        self.pieceSize = pieceSize
        self.descriptor = descriptor
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Hands the file to `body` piece by piece, until its end or until `body` returns false.
    func forEachPiece(_ body: (UnsafeRawBufferPointer) throws(IDXError) -> Bool) throws(IDXError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.unreadable(name, errno)
            }
            guard try body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else { return }
        }
    }

    private static func unreadable(_ name: String, _ code: Int32) -> IDXError {
        .unreadable(file: name, reason: String(cString: strerror(code)))
    }
}
