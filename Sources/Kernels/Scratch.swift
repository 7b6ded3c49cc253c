import Tensors

/// Memory that the kernels of one plan use in turn: as much as the one that needs most.
///
/// What a kernel leaves in it is gone when another runs. It belongs to one thread.
public final class Scratch {
    private var needed = 0
    private var buffer = AlignedBuffer(count: 0)

    public init() {}

    /// Told by a kernel when it is made.
    func reserve(_ count: Int) { needed = max(needed, count) }

    /// At least as many floats as any kernel has reserved; allocated by the first that runs.
    var pointer: UnsafeMutablePointer<Float> {
        if buffer.count < needed { buffer = AlignedBuffer(count: needed) }
        return buffer.pointer
    }
}
