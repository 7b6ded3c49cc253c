import Kernels

/// One entry of an encoder's or decoder's list of layers.
///
/// A layer whose activation is `none` is purely linear: it gets neither batch norm nor dropout unless it asks for them.
public struct LayerConfiguration: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// JSON `{"type": "dense", "units": 64}`; an image before it is flattened in channel, row, column order.
        case dense(units: Int)
        case convolution(filters: Int, kernel: Int, stride: Int, padding: Padding)
        /// `padding` holds the crops of the full result.
        case transposedConvolution(filters: Int, kernel: Int, stride: Int, padding: Padding)
        /// JSON `{"type": "reshape", "shape": [64, 7, 7]}`, channels first.
        case reshape(ImageShape)
    }

    /// `"same"` as TensorFlow defines it (the odd row or column last), `"valid"`, or one number a side.
    public enum Padding: Hashable, Sendable {
        case same, valid
        case explicit(Margins)
    }

    public var kind: Kind
    /// Overrides of the model's settings, nil where the model decides.
    public var activation: Activation?
    public var batchNorm: Bool?
    public var dropout: Float?

    public init(_ kind: Kind, activation: Activation? = nil, batchNorm: Bool? = nil, dropout: Float? = nil) {
        (self.kind, self.activation, self.batchNorm, self.dropout) = (kind, activation, batchNorm, dropout)
    }
}

extension LayerConfiguration: Codable {
    private static let overrides = ["activation", "batch_norm", "dropout"]

    private struct TypeName: Decodable { let type: String }

    public init(from decoder: any Decoder) throws {
        switch try TypeName(from: decoder).type {
        case "dense":
            let fields = try StrictContainer(decoder, allowed: ["type", "units"] + Self.overrides)
            try self.init(.dense(units: fields.required("units")), overridesFrom: fields)
        case "convolution":
            let (fields, filters, kernel, stride, padding) = try Self.convolution(decoder)
            try self.init(
                .convolution(filters: filters, kernel: kernel, stride: stride, padding: padding), overridesFrom: fields)
        case "transposed_convolution":
            let (fields, filters, kernel, stride, padding) = try Self.convolution(decoder)
            try self.init(
                .transposedConvolution(filters: filters, kernel: kernel, stride: stride, padding: padding),
                overridesFrom: fields)
        case "reshape":
            let fields = try StrictContainer(decoder, allowed: ["type", "shape"])
            let shape: [Int] = try fields.required("shape")
            guard shape.count == 3 else {
                throw ConfigurationError(
                    field: StrictContainer.path(decoder.codingPath) + ".shape", actual: "\(shape)",
                    expected: "[channels, height, width]")
            }
            self.init(.reshape(ImageShape(channels: shape[0], height: shape[1], width: shape[2])))
        case let other:
            throw ConfigurationError(
                field: StrictContainer.path(decoder.codingPath) + ".type", actual: "'\(other)'",
                expected: "dense, convolution, transposed_convolution or reshape")
        }
    }

    private init(_ kind: Kind, overridesFrom fields: StrictContainer) throws {
        self.init(
            kind, activation: try fields.optional("activation", Activation.self),
            batchNorm: try fields.optional("batch_norm"), dropout: try fields.optional("dropout"))
    }

    private static func convolution(
        _ decoder: any Decoder
    ) throws -> (fields: StrictContainer, filters: Int, kernel: Int, stride: Int, padding: Padding) {
        let fields = try StrictContainer(
            decoder, allowed: ["type", "filters", "kernel", "stride", "padding"] + overrides)
        return (
            fields, try fields.required("filters"), try fields.required("kernel"),
            try fields.optional("stride") ?? 1, try fields.optional("padding", Padding.self) ?? .same
        )
    }

    private enum Keys: String, CodingKey {
        case type, units, filters, kernel, stride, padding, shape, activation, dropout
        case batchNorm = "batch_norm"
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Keys.self)
        switch kind {
        case .dense(let units):
            try fields.encode("dense", forKey: .type)
            try fields.encode(units, forKey: .units)
        case .convolution(let filters, let kernel, let stride, let padding),
            .transposedConvolution(let filters, let kernel, let stride, let padding):
            if case .convolution = kind {
                try fields.encode("convolution", forKey: .type)
            } else {
                try fields.encode("transposed_convolution", forKey: .type)
            }
            try fields.encode(filters, forKey: .filters)
            try fields.encode(kernel, forKey: .kernel)
            try fields.encode(stride, forKey: .stride)
            try fields.encode(padding, forKey: .padding)
        case .reshape(let shape):
            try fields.encode("reshape", forKey: .type)
            try fields.encode([shape.channels, shape.height, shape.width], forKey: .shape)
        }
        try fields.encodeIfPresent(activation, forKey: .activation)
        try fields.encodeIfPresent(batchNorm, forKey: .batchNorm)
        try fields.encodeIfPresent(dropout, forKey: .dropout)
    }
}

extension LayerConfiguration.Padding: Codable {
    private struct Sides: Encodable { let top, left, bottom, right: Int }

    public init(from decoder: any Decoder) throws {
        if let name = try? decoder.singleValueContainer().decode(String.self) {
            switch name {
            case "same": self = .same
            case "valid": self = .valid
            default:
                throw ConfigurationError(
                    field: StrictContainer.path(decoder.codingPath), actual: "'\(name)'",
                    expected: "same, valid or {top, left, bottom, right}")
            }
        } else {
            let sides = try StrictContainer(decoder, allowed: ["top", "left", "bottom", "right"])
            self = try .explicit(
                Margins(
                    top: sides.required("top"), left: sides.required("left"), bottom: sides.required("bottom"),
                    right: sides.required("right")))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .same: try container.encode("same")
        case .valid: try container.encode("valid")
        case .explicit(let m):
            try container.encode(Sides(top: m.top, left: m.left, bottom: m.bottom, right: m.right))
        }
    }
}
