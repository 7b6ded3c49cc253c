import Glibc

/// Zeroed float memory aligned to a cache line, so that vector loads never straddle two lines.
///
/// It has one owner: whoever holds it decides which thread touches it.
public final class AlignedBuffer {
    public let count: Int
    public let pointer: UnsafeMutablePointer<Float>

    /// Allocates `count` zeros, at least one so that the pointer is always valid.
    public init(count: Int) {
        self.count = count
        let bytes = max(count, 1) * MemoryLayout<Float>.stride
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        memset(raw, 0, bytes)
        pointer = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    }

    deinit { pointer.deallocate() }

    public func fill(_ value: Float) { pointer.update(repeating: value, count: count) }

    public func copy(from values: [Float]) {
        values.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            pointer.update(from: base, count: min(count, source.count))
        }
    }

    public var values: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}
