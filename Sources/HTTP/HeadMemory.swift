#if canImport(Glibc)
    import Glibc
#endif

/// The head before: a client that keeps its connection sends the same bytes again and again, and the same bytes are the same
/// head, which need not be taken apart anew.
struct HeadMemory: Sendable {
    private var bytes: [UInt8] = []
    private(set) var head: RequestHead?
    /// Of a head that is kept, in bytes: an idle connection holds on to it.
    static let longest = 1024

    /// The head that stands in a buffer from a place on, where it is the one before, and where it ends.
    func find(in buffer: [UInt8], from start: Int) -> (head: RequestHead, end: Int)? {
        guard let head, buffer.count - start >= bytes.count else { return nil }
        let isSame = buffer.withUnsafeBytes { buffer in
            bytes.withUnsafeBytes { bytes in
                guard let buffer = buffer.baseAddress, let bytes = bytes.baseAddress else { return false }
                return memcmp(buffer + start, bytes, self.bytes.count) == 0
            }
        }
        return isSame ? (head, start + bytes.count) : nil
    }

    mutating func keep(_ head: RequestHead, _ bytes: ArraySlice<UInt8>) {
        guard bytes.count <= Self.longest else { return }
        (self.head, self.bytes) = (head, Array(bytes))
    }
}
