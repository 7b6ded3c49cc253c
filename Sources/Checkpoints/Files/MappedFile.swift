import CLinux

/// A file's bytes where the system keeps them, mapped instead of copied.
///
/// Others may write to the file meanwhile or cut it off. Neither ends the process: bytes that are gone read as zeros. And
/// neither passes unnoticed, since what is made of the bytes counts only after `check`.
final class MappedFile: Sendable {
    private let file: RegularFile
    /// Nil for an empty file. All that changes of it is an atomic of C's.
    private nonisolated(unsafe) let mapping: OpaquePointer?

    /// Maps `folder/name`, nil where there is none of that name; what is no `RegularFile` is refused.
    init?(_ name: String, in folder: String, limit: Int) throws(FileFault) {
        guard let file = try RegularFile(name, in: folder, limit: limit) else { return nil }
        file.settle()
        var mapping: OpaquePointer?
        let result = file.size > 0 ? linux_map_guarded(file.descriptor, file.size, &mapping) : 0
        guard result == 0 else { throw FileFault(.read, name: name, code: -result) }
        self.mapping = mapping
        self.file = file
    }

    deinit { if let mapping { linux_unmap_guarded(mapping) } }

    var name: String { file.name }
    /// The first byte, which is there as long as the object is; nil for an empty file.
    var start: UnsafeRawPointer? { mapping.flatMap { linux_mapped_bytes($0) } }

    func withUnsafeBytes<Value, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeRawBufferPointer(start: start, count: file.size))
    }

    /// Throws where a byte that was read up to now may not have been the file's when it was opened.
    func check() throws(CheckpointError) {
        let change: FileChange?
        do { change = try file.change() } catch { throw .file(error) }
        if let change { throw .changed(file: name, change) }
        if let mapping, linux_mapping_is_damaged(mapping) { throw .changed(file: name, .unreadable) }
    }

    /// What `body` makes of the bytes. Where they changed meanwhile, that is the error, whatever else `body` makes of it.
    func checked<Value>(_ body: () throws(CheckpointError) -> Value) throws(CheckpointError) -> Value {
        let result = Result { () throws(CheckpointError) in try body() }
        try check()
        return try result.get()
    }

    /// Lets the system have the memory of what was read.
    func rest() { if let mapping { linux_mapping_rests(mapping) } }
}
