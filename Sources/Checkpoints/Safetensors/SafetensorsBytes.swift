/// A safetensors file's bytes: read into memory, or mapped.
enum SafetensorsBytes: Sendable {
    case read([UInt8])
    case mapped(MappedFile)

    func withUnsafeBytes<Value, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        switch self {
        case .read(let bytes):
            try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in try body(UnsafeRawBufferPointer(bytes)) }
        case .mapped(let file): try file.withUnsafeBytes(body)
        }
    }
}
