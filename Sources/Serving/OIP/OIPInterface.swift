import Autoencoders

/// The tensors that an OIP model takes and gives.
struct OIPInterface {
    struct Port {
        let name: String
        /// Without the batch's.
        let extents: [Int]

        /// As the protocol writes it, -1 for the batch.
        var shape: [Int] { [-1] + extents }
        /// The numbers of one row.
        var count: Int { extents.reduce(1, *) }
    }

    static let platform = "latentd_safetensors"

    let input: Port
    let outputs: [Port]
    /// What `Limits` allows of rows in, and of numbers in and out.
    let maximumBatch: Int

    init(_ configuration: ModelConfiguration, _ verb: OIPModel.Verb) {
        let shape = configuration.input
        let image = Port(name: "image", extents: [shape.channels, shape.height, shape.width])
        let latent = [configuration.latentDimension]
        let posterior = [Port(name: "mean", extents: latent), Port(name: "log_variance", extents: latent)]
        switch verb {
        case .encode: (input, outputs) = (image, posterior)
        case .decode: (input, outputs) = (Port(name: "latent", extents: latent), [image])
        case .reconstruct:
            let losses = ["reconstruction_loss", "kl_divergence"].map { Port(name: $0, extents: []) }
            (input, outputs) = (image, [image] + posterior + losses)
        }
        let widest = ([input] + outputs).map(\.count).max() ?? 1
        maximumBatch = min(Limits.rows, Limits.values / max(1, widest))
    }
}

extension JSONWriter {
    /// `{"name", "versions", "platform", "inputs", "outputs"}`.
    mutating func metadata(of model: OIPModel, version: Int, _ interface: OIPInterface) {
        beginObject()
        key("name")
        string(model.name)
        key("versions")
        beginArray()
        string(String(version))
        endArray()
        key("platform")
        string(OIPInterface.platform)
        ports("inputs", [interface.input], type: ("datatype", "FP32"), shape: ("shape", \.shape))
        ports("outputs", interface.outputs, type: ("datatype", "FP32"), shape: ("shape", \.shape))
        endObject()
    }

    /// The model's configuration as Triton would show it.
    mutating func configuration(of model: OIPModel, _ interface: OIPInterface) {
        beginObject()
        key("name")
        string(model.name)
        key("platform")
        string(OIPInterface.platform)
        key("max_batch_size")
        integer(interface.maximumBatch)
        ports("input", [interface.input], type: ("data_type", "TYPE_FP32"), shape: ("dims", \.extents))
        ports("output", interface.outputs, type: ("data_type", "TYPE_FP32"), shape: ("dims", \.extents))
        // Work is never held back to make a batch.
        key("dynamic_batching")
        beginObject()
        key("preferred_batch_size")
        integers([])
        key("max_queue_delay_microseconds")
        integer(0)
        endObject()
        endObject()
    }

    private mutating func ports(
        _ name: String, _ ports: [OIPInterface.Port], type: (key: String, name: String),
        shape: (key: String, value: KeyPath<OIPInterface.Port, [Int]>)
    ) {
        key(name)
        beginArray()
        for port in ports {
            beginObject()
            key("name")
            string(port.name)
            key(type.key)
            string(type.name)
            key(shape.key)
            integers(port[keyPath: shape.value])
            endObject()
        }
        endArray()
    }
}
