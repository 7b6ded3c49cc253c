import Autoencoders

extension ParameterSource {
    /// The CRC-32 of the numbers in the order of the configuration's layout, which tells one set of weights from another.
    func checksum() throws -> String {
        try withValues { base in
            var check = CyclicRedundancyCheck()
            for entry in layout.entries {
                check.update(
                    UnsafeRawBufferPointer(UnsafeBufferPointer(start: base + entry.offset, count: entry.count)))
            }
            return check.text
        }
    }
}
