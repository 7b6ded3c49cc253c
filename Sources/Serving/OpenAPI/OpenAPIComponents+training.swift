import Autoencoders
import Datasets
import Jobs

/// Jobs, datasets, and the Open Inference Protocol.
extension OpenAPIComponents {
    static let training: [String: JSONSchema] = [
        "ImageShape": .object(
            ["channels": .integer(1...Int.max), "height": .integer(1...Int.max), "width": .integer(1...Int.max)],
            required: ["channels", "height", "width"]),
        "Dataset": .object(
            [
                "name": .string, "title": .string, "shape": .named("ImageShape"),
                "splits": .dictionary(.integer(0...Int.max)), "label_names": JSONSchema.array(.string).orNull,
                "upload": JSONSchema.object(
                    [
                        "created_at": .string, "bytes": .integer(0...Int.max),
                        "files": .array(
                            .object(
                                ["name": .string, "bytes": .integer(0...Int.max), "sha256": .string],
                                required: ["name", "bytes", "sha256"])),
                    ], required: ["created_at", "bytes", "files"]
                ).orNull,
            ], required: ["name", "title", "shape", "splits"]),
        "DatasetForm": .object(
            DatasetReader.fileFields.map { ($0, .binary) }
                + Dataset.Part.allCases.map { ($0.rawValue, .array(.binary)) },
            closed: true),
        "JobRequest": .object(
            [
                "dataset": .string,
                "model": JSONSchema.any(of: .choice(ModelConfiguration.presetNames), .object([:]))
                    .described("A preset's name, or a configuration as a checkpoint's config.json has it."),
                "name": .string(pattern: "^[a-z0-9][a-z0-9._-]{0,63}$").orNull,
                "training": JSONSchema.named("Training").orNull,
                "priority": JSONSchema.integer(-100...100, default: 0).orNull,
                "metadata": JSONSchema.dictionary(.string).orNull,
            ], required: ["dataset", "model"], closed: true),
        "Training": .object(settings, closed: true),
        "Job": .object(
            [
                "id": OpenAPIParameters.job, "object": .choice(["job"]), "name": .string,
                "status": .choice(JobStatus.allCases.map(\.rawValue)), "status_reason": JSONSchema.string.orNull,
                "created_at": .string, "started_at": JSONSchema.string.orNull, "finished_at": JSONSchema.string.orNull,
                "queue_position": JSONSchema.integer(1...Int.max).orNull, "priority": .integer(-100...100),
                "attempt": .integer(1...Int.max), "dataset": .string, "model": .anything, "training": .object([:]),
                "metadata": JSONSchema.object([:]).orNull, "estimate": JSONSchema.named("JobEstimate").orNull,
                "pruned": .array(.choice(["checkpoint", "maps", "log"])), "progress": JSONSchema.object([:]).orNull,
                "metrics": JSONSchema.object([:]).orNull, "model_version": JSONSchema.string.orNull,
                "error": JSONSchema.object(["code": .string, "message": .string], required: ["code", "message"]).orNull,
            ], required: ["id", "object", "name", "status", "created_at", "attempt", "dataset", "model", "training"]),
        "JobEstimate": .object(
            [
                "memory_bytes": .integer(0...Int.max), "checkpoint_bytes": .integer(0...Int.max),
                "seconds": JSONSchema.number(0...1e300).orNull,
                "images_per_second": JSONSchema.number(0...1e300).orNull,
            ], required: ["memory_bytes", "checkpoint_bytes", "seconds", "images_per_second"]),
        "Checkpoint": .object(
            [
                "sequence": .integer(1...Int.max), "epoch": JSONSchema.integer(0...Int.max).orNull,
                "step": JSONSchema.integer(0...Int.max).orNull, "size_bytes": JSONSchema.integer(0...Int.max).orNull,
                "created_at": .string, "resumable": .boolean,
            ], required: ["sequence", "epoch", "step", "size_bytes", "created_at", "resumable"]),
        "JobEvent": .object(
            ["sequence": .integer(1...Int.max), "type": .string, "created_at": .string, "data": .object([:])],
            required: ["sequence", "type", "created_at", "data"]),
    ]

    /// As `TrainingSettings.validate` holds them; a test compares.
    private static let settings: [(String, JSONSchema)] = {
        let defaults = TrainingSettings()
        func integer(_ range: ClosedRange<Int>, _ value: Int) -> JSONSchema { .integer(range, default: value).orNull }
        func number(_ range: ClosedRange<Double>, _ value: Float) -> JSONSchema {
            .number(range, default: Double("\(value)")).orNull
        }
        func choice<Choice: RawRepresentable<String> & CaseIterable>(_ value: Choice) -> JSONSchema {
            .choice(Choice.allCases.map(\.rawValue), default: value.rawValue).orNull
        }
        return [
            ("epochs", integer(1...100_000, defaults.epochs)), ("batch_size", integer(1...65_536, defaults.batchSize)),
            ("learning_rate", number(1e-30...1, defaults.learningRate)), ("schedule", choice(defaults.schedule)),
            ("step_factor", number(1e-30...1, defaults.stepFactor)),
            ("step_epochs", integer(1...100_000, defaults.stepEpochs)),
            ("warm_up_steps", integer(0...1_000_000, defaults.warmUpSteps)),
            ("beta", JSONSchema.number(0...1000).orNull), ("beta_schedule", choice(defaults.betaSchedule)),
            ("beta_warm_up_epochs", integer(1...100_000, defaults.betaWarmUpEpochs)),
            ("free_bits", number(0...100, defaults.freeBits)),
            ("kl_reduction", JSONSchema.choice(["sum", "mean"]).orNull),
            ("weight_average", number(0...0.999999, defaults.weightAverage)),
            ("input_noise", number(0...1, defaults.inputNoise)), ("clip_norm", number(0...1e6, defaults.clipNorm)),
            ("shift_pixels", integer(0...16, defaults.shiftPixels)),
            ("validation_share", number(0...0.5, defaults.validationShare)),
            ("patience", integer(0...100_000, defaults.patience)), ("initialization", choice(defaults.initialization)),
            ("seed", integer(0...Int.max, Int(defaults.seed))),
            ("checkpoint_every", integer(1...100_000, defaults.checkpointEvery)),
        ]
    }()

    static let inference: [String: JSONSchema] = [
        "InferenceError": .object(["error": .string], required: ["error"]),
        "InferenceMetadata": .object(
            [
                "name": .string, "versions": .array(.string), "platform": .string, "inputs": .array(.named("Port")),
                "outputs": .array(.named("Port")),
            ], required: ["name", "versions", "platform", "inputs", "outputs"]),
        "Port": .object(
            ["name": .string, "datatype": .string, "shape": .array(.integer(-1...Int.max))],
            required: ["name", "datatype", "shape"]),
        "InferenceRequest": .object(
            [
                "id": JSONSchema.string.orNull, "parameters": JSONSchema.object([:]).orNull,
                "inputs": .array(
                    .object(
                        [
                            "name": .string, "shape": .array(.integer(0...Int.max), 1...8),
                            "datatype": .choice(InferDatatype.allCases.map(\.rawValue)),
                            "parameters": JSONSchema.object([:]).orNull, "data": .anything,
                        ], required: ["name", "shape", "datatype"]), 1...64),
                "outputs": JSONSchema.array(
                    .object(["name": .string, "parameters": JSONSchema.object([:]).orNull], required: ["name"]), 0...64
                ).orNull,
            ], required: ["inputs"]),
        "InferenceResponse": .object(
            [
                "model_name": .string, "model_version": .string, "id": .string,
                "outputs": .array(
                    .object(
                        [
                            "name": .string, "datatype": .string, "shape": .array(.integer(0...Int.max)),
                            "data": .anything,
                        ], required: ["name", "datatype", "shape"])),
            ], required: ["model_name", "model_version", "outputs"]),
        "RepositoryRequest": .object(["parameters": JSONSchema.object([:]).orNull]),
        "RepositoryEntry": .object(
            ["name": .string, "version": .string, "state": .string, "reason": .string],
            required: ["name", "version", "state", "reason"]),
    ]
}
