import Autoencoders

extension CheckpointFolder {
    /// The model as `model()` gives it, with the weights left in their file where they can be used as they lie there.
    func mappedModel() throws(CheckpointError) -> (configuration: ModelConfiguration, parameters: any ParameterSource) {
        let (configuration, layout) = try layout()
        return (configuration, try parameters(layout, in: try mappedWeights()))
    }

    func layout() throws(CheckpointError) -> (ModelConfiguration, ParameterLayout) {
        let configuration = try configuration()
        do { return (configuration, try ParameterLayout(configuration)) } catch { throw .configuration(error) }
    }

    func mappedWeights() throws(CheckpointError) -> MappedFile {
        let file: MappedFile?
        do { file = try MappedFile(Self.weightsFile, in: path, limit: Self.tensorsLimit) } catch { throw .file(error) }
        guard let file else { throw .missingFile(Self.weightsFile) }
        return file
    }

    func parameters(_ layout: ParameterLayout, in file: MappedFile) throws(CheckpointError) -> any ParameterSource {
        try file.checked { () throws(CheckpointError) -> any ParameterSource in
            let tensors: SafetensorsFile
            do throws(SafetensorsError) { tensors = try SafetensorsFile(file) } catch {
                throw .tensors(file: file.name, reason: error)
            }
            try checkNames(tensors, layout)
            let mapped: MappedParameters?
            do throws(SafetensorsError) { mapped = try MappedParameters(layout, of: tensors, in: file) } catch {
                throw .tensors(file: file.name, reason: error)
            }
            guard let mapped else { return try parameters(layout, in: tensors) }
            if let (tensor, index) = mapped.firstNonFinite() {
                throw .nonFinite(file: file.name, tensor: tensor, index: index)
            }
            return mapped
        }
    }

    /// A copy of the weights, whatever numbers the file has.
    func parameters(_ layout: ParameterLayout, in tensors: SafetensorsFile) throws(CheckpointError) -> Parameters {
        try checkNames(tensors, layout)
        let values = try flatVector(of: layout.entries, in: tensors, file: Self.weightsFile)
        do { return try Parameters(layout: layout, values: values) } catch {
            throw .parameterCount(what: "the weights", expected: layout.count, actual: values.count)
        }
    }

    private func checkNames(_ tensors: SafetensorsFile, _ layout: ParameterLayout) throws(CheckpointError) {
        let known = Set(layout.entries.map(\.name))
        for name in tensors.names where !known.contains(name) && !StateDict.isUnused(name) {
            throw .unexpectedTensor(file: Self.weightsFile, tensor: name)
        }
    }
}
