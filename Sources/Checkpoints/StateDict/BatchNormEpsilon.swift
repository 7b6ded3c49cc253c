import Autoencoders

extension Parameters {
    /// Weights that compute with our epsilon of batch norm what these compute with another one.
    ///
    /// γ / √(v + ε) is one number a channel: γ takes up the difference, and the running variance stays what it is.
    public func adapted(fromBatchNormEpsilon epsilon: Float) -> Parameters {
        let ours = ModelConfiguration.batchNormEpsilon
        guard epsilon != ours else { return self }
        var result = self
        for entry in layout.entries where entry.name.hasSuffix(".batch_norm.running_var") {
            guard let scale = layout.entry(entry.name.replacing(".running_var", with: ".weight")) else { continue }
            let variances = self[entry]
            for (index, variance) in zip(scale.offset..<scale.offset + scale.count, variances) {
                let ratio = (Double(variance) + Double(ours)) / (Double(variance) + Double(epsilon))
                result.values[index] = Float(Double(values[index]) * ratio.squareRoot())
            }
        }
        return result
    }
}
