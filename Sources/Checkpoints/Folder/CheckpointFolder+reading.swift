import Autoencoders
import Foundation
import Tensors

extension CheckpointFolder {
    /// The step that a resumed run goes on after, nil where there is no run to go on with.
    public func resumesAfterStep() throws(CheckpointError) -> Int? {
        guard let bytes = try bytes(Self.trainingFile, limit: 1 << 20) else { return nil }
        let progress: TrainingProgress = try decode(bytes, file: Self.trainingFile)
        return progress.step
    }

    /// What resuming needs, nil where the checkpoint is only for serving.
    public func trainingState(_ layout: ParameterLayout) throws(CheckpointError) -> TrainingState? {
        guard let bytes = try bytes(Self.trainingFile, limit: 1 << 20) else { return nil }
        let progress: TrainingProgress = try decode(bytes, file: Self.trainingFile)
        let file = Self.optimiserFile
        let tensors = try self.tensors(file)
        let trainable = layout.entries.filter(\.trainable)
        func weights(_ prefix: String) throws(CheckpointError) -> [Float]? {
            guard layout.entries.contains(where: { tensors.contains(prefix + $0.name) }) else { return nil }
            return try flatVector(of: layout.entries, prefix: prefix, in: tensors, file: file)
        }
        return TrainingState(
            firstMoment: try flatVector(of: trainable, prefix: "exp_avg.", in: tensors, file: file),
            secondMoment: try flatVector(of: trainable, prefix: "exp_avg_sq.", in: tensors, file: file),
            trainedWeights: try weights("trained."), bestWeights: try weights("best."),
            progress: progress)
    }

    /// Everything of the checkpoint, the training state included.
    public func checkpoint() throws(CheckpointError) -> Checkpoint {
        let (configuration, parameters) = try model()
        var checkpoint = Checkpoint(configuration: configuration, parameters: parameters)
        checkpoint.provenance = try provenance()
        checkpoint.metrics = try metrics()
        checkpoint.map = try map()
        for epoch in try mapEpochs() {
            if let map = try map(epoch: epoch) { checkpoint.epochMaps.append(map) }
        }
        checkpoint.selfTest = try selfTest()
        checkpoint.trainingState = try trainingState(parameters.layout)
        return checkpoint
    }

    /// The tensors of `entries` one after another, each finite and of its exact shape.
    func flatVector(
        of entries: [ParameterLayout.Entry], prefix: String = "", in tensors: SafetensorsFile, file: String
    ) throws(CheckpointError) -> [Float] {
        var values: [Float] = []
        for entry in entries {
            let name = prefix + entry.name
            let tensor: Tensor
            do { tensor = try tensors.floats(name, shape: entry.shape) } catch {
                throw .tensors(file: file, reason: error)
            }
            if let index = tensor.values.firstIndex(where: { !$0.isFinite }) {
                throw .nonFinite(file: file, tensor: name, index: index)
            }
            values += tensor.values
        }
        return values
    }

    func tensors(_ file: String) throws(CheckpointError) -> SafetensorsFile {
        let bytes = try required(file, limit: Self.tensorsLimit)
        do { return try SafetensorsFile(bytes) } catch { throw .tensors(file: file, reason: error) }
    }

    func required(_ file: String, limit: Int) throws(CheckpointError) -> [UInt8] {
        guard let bytes = try bytes(file, limit: limit) else { throw .missingFile(file) }
        return bytes
    }

    func bytes(_ file: String, limit: Int) throws(CheckpointError) -> [UInt8]? {
        do { return try WholeFile.read(file, in: path, limit: limit) } catch { throw .file(error) }
    }

    func decode<Value: Decodable>(
        _ bytes: [UInt8], file: String, line: Int? = nil
    ) throws(CheckpointError) -> Value {
        do { return try JSONDecoder().decode(Value.self, from: Data(bytes)) } catch {
            throw .json(file: file, line: line)
        }
    }
}
