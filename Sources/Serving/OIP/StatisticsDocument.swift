import Autoencoders
import Checkpoints

extension JSONWriter {
    /// The statistics of one model, every field of the protocol's, zeros included.
    mutating func statistics(of name: OIPModel, _ model: ServedModel, _ counters: InferenceCounters) {
        beginObject()
        key("name")
        string(name.name)
        key("version")
        string(String(model.version))
        key("last_inference")
        integer(counters.lastInference)
        key("inference_count")
        integer(counters.inferenceCount)
        key("execution_count")
        integer(counters.executionCount)
        key("inference_stats")
        beginObject()
        for part in InferenceCounters.Part.allCases { total(part.rawValue, counters[part]) }
        // Nothing is cached.
        total("cache_hit", InferenceCounters.Total())
        total("cache_miss", InferenceCounters.Total())
        endObject()
        key("response_stats")
        beginObject()
        endObject()
        key("batch_stats")
        beginArray()
        for batch in counters.batches {
            beginObject()
            key("batch_size")
            integer(batch.rows)
            for (part, total) in zip(InferenceCounters.Part.ofBatches, batch.totals) {
                self.total(part.rawValue, total)
            }
            endObject()
        }
        endArray()
        key("memory_usage")
        beginArray()
        beginObject()
        key("type")
        string("CPU")
        key("id")
        integer(0)
        key("byte_size")
        integer(Self.bytes(of: model))
        endObject()
        endArray()
        endObject()
    }

    private mutating func total(_ name: String, _ total: InferenceCounters.Total) {
        key(name)
        beginObject()
        key("count")
        integer(total.count)
        key("ns")
        integer(total.nanoseconds)
        endObject()
    }

    /// Of the weights and one plan; a model's verbs share them.
    private static func bytes(of model: ServedModel) -> Int {
        guard let need = try? MemoryNeed(model.configuration, images: 1, workers: 1, training: false) else { return 0 }
        return Int(exactly: need.bytes.rounded()) ?? 0
    }
}
