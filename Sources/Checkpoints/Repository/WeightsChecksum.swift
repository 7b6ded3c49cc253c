/// The sum that tells one set of weights from another.
private struct WeightsChecksum: Sendable {
    let text: String
}

extension ServedModel {
    /// The CRC-32 of the weights' bytes, worked out at the first call.
    var weightsChecksum: String {
        derived.value {
            var check = CyclicRedundancyCheck()
            autoencoder.parameters.values.withUnsafeBytes { bytes in
                // In pieces, so that large weights are never copied whole.
                for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
                    check.update(Array(bytes[start..<min(start + 1 << 20, bytes.count)])[...])
                }
            }
            return WeightsChecksum(text: check.text)
        }.text
    }
}
