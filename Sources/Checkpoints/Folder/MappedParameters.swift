import Autoencoders

/// Parameters in their file, whichever order it has them in: nothing is copied before a kernel takes them.
struct MappedParameters: ParameterSource {
    /// In floats from `base`.
    let layout: ParameterLayout
    private let file: MappedFile
    /// The first of them in the file.
    private nonisolated(unsafe) let base: UnsafePointer<Float>

    /// Nil where the file has some of them as other numbers than float32, or at no multiple of 4 bytes.
    init?(_ layout: ParameterLayout, of tensors: SafetensorsFile, in file: MappedFile) throws(SafetensorsError) {
        var places: [Int] = []
        for entry in layout.entries {
            guard let place = try tensors.placeOfFloats(entry.name, shape: entry.shape) else { return nil }
            places.append(place)
        }
        let first = places.min() ?? 0
        guard let placed = layout.placed(at: places.map { ($0 - first) / MemoryLayout<Float>.size }),
            let start = file.start
        else { return nil }
        (self.layout, self.file) = (placed, file)
        base = (start + first).assumingMemoryBound(to: Float.self)
    }

    func withValues<Value>(_ body: (UnsafePointer<Float>) throws -> Value) throws -> Value {
        let result = Result { try body(base) }
        try file.check()
        return try result.get()
    }

    /// The first number that is infinite or none; `index` counts in its tensor.
    func firstNonFinite() -> (tensor: String, index: Int)? {
        withExtendedLifetime(file) {
            for entry in layout.entries {
                let values = UnsafeBufferPointer(start: base + entry.offset, count: entry.count)
                if let index = values.firstIndex(where: { !$0.isFinite }) { return (entry.name, index) }
            }
            return nil
        }
    }

    /// Lets the system have the memory of what was read.
    func rest() { file.rest() }
}
