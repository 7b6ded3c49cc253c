import Foundation

/// What a training run is asked for: the body of `POST /v1/jobs` and the file that `latentd train --job-spec` reads.
public struct TrainingSpecification: Hashable, Sendable {
    /// The served model's name; default: the preset's name, or `model`.
    public var name: String?
    public var dataset: String
    public var model: ModelConfiguration
    /// The preset the model came from, nil for a configuration of one's own.
    public var preset: String?
    public var training: TrainingSettings
    /// Which of the queued jobs starts first, -100 to 100; default 0. The highest does, among equals the oldest.
    public var priority: Int?
    /// Kept with the job and handed back, never looked at.
    public var metadata: [String: String]?

    public init(dataset: String, model: ModelConfiguration, training: TrainingSettings = TrainingSettings()) {
        (self.dataset, self.model, self.training) = (dataset, model, training)
    }

    public var modelName: String { name ?? preset ?? "model" }

    /// Reads and validates a specification; every error names its field, e.g. `training.epochs`.
    public init(json: Data) throws(ConfigurationError) {
        do { self = try JSONDecoder().decode(TrainingSpecification.self, from: json) } catch {
            throw ConfigurationError(error)
        }
        try validate()
    }

    public func validate() throws(ConfigurationError) {
        if let name, !Self.isUsable(name: name) {
            throw ConfigurationError(
                field: "name", actual: "'\(name.prefix(80))'",
                expected: "1 to 64 of a-z, 0-9, '.', '_' and '-', starting with a letter or digit")
        }
        if let priority, !(-100...100).contains(priority) {
            throw ConfigurationError(field: "priority", actual: "\(priority)", expected: "-100 to 100")
        }
        func nested(_ prefix: String, _ body: () throws(ConfigurationError) -> Void) throws(ConfigurationError) {
            do { try body() } catch {
                throw ConfigurationError(
                    field: "\(prefix).\(error.field)", actual: error.actual, expected: error.expected)
            }
        }
        try nested("training") { () throws(ConfigurationError) in try training.validate() }
        try nested("model") { () throws(ConfigurationError) in try model.validate() }
    }

    /// Whether a model may have this name; it becomes a folder's.
    public static func isUsable(name: String) -> Bool {
        let bytes = Array(name.utf8)
        func alphanumeric(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }
        guard (1...64).contains(bytes.count), let first = bytes.first, alphanumeric(first) else { return false }
        return bytes.allSatisfy { alphanumeric($0) || $0 == 46 || $0 == 95 || $0 == 45 }
    }
}

extension TrainingSpecification: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable { case name, dataset, model, training, priority, metadata }

    public init(from decoder: any Decoder) throws {
        let fields = try StrictContainer(decoder, allowed: CodingKeys.allCases.map(\.rawValue))
        name = try fields.optional("name")
        dataset = try fields.required("dataset")
        if let preset = try? fields.required("model", String.self) {
            guard let configuration = ModelConfiguration.preset(preset) else {
                throw ConfigurationError(
                    field: "model", actual: "'\(preset)'",
                    expected: "a configuration or one of \(ModelConfiguration.presetNames.joined(separator: ", "))")
            }
            (model, self.preset) = (configuration, preset)
        } else {
            model = try fields.required("model")
        }
        training = try fields.optional("training") ?? TrainingSettings()
        priority = try fields.optional("priority")
        metadata = try fields.optional("metadata")
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encodeIfPresent(name ?? preset, forKey: .name)
        try fields.encode(dataset, forKey: .dataset)
        try fields.encode(model, forKey: .model)
        try fields.encode(training, forKey: .training)
        try fields.encodeIfPresent(priority, forKey: .priority)
        try fields.encodeIfPresent(metadata, forKey: .metadata)
    }
}
