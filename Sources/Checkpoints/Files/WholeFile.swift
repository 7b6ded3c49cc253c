import Glibc

/// Reads a file of the checkpoint folder at once.
enum WholeFile {
    /// The bytes of a `RegularFile`, nil where there is none of that name.
    static func read(
        _ name: String, in folder: String, limit: Int, followsLinks: Bool = false
    ) throws(FileFault) -> [UInt8]? {
        guard let file = try RegularFile(name, in: folder, limit: limit, followsLinks: followsLinks) else { return nil }
        let (descriptor, size) = (file.descriptor, file.size)
        var failure: CInt?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size, let base = buffer.baseAddress {
                let taken = Glibc.read(descriptor, base + count, size - count)
                if taken < 0, errno == EINTR { continue }
                if taken < 0 { failure = errno }
                guard taken > 0 else { break }
                count += taken
            }
        }
        if let failure { throw FileFault(.read, name: name, code: failure) }
        return bytes
    }

    static let missing = ENOENT
}
