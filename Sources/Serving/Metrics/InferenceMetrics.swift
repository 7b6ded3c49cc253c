import Checkpoints

/// The statistics of what is served now, as Prometheus reads them: as many samples as there are models and operations.
struct InferenceMetrics {
    private let rows: [(labels: [(String, String)], counters: InferenceCounters)]

    init(_ services: Services) {
        rows = services.repository.list().flatMap { listing in
            OIPModel.Verb.allCases.compactMap { verb in
                guard let version = listing.served?.version else { return nil }
                let name = OIPModel(name: listing.name, base: listing.name, verb: verb)
                let labels = [("model", name.name), ("version", "\(version)"), ("operation", verb.rawValue)]
                return (labels, services.inference.counters(of: name, version: version))
            }
        }
    }

    func write(_ text: inout MetricsText) {
        text.family("latentd_inference_requests_total", .counter, "Requests of a model, by how they ended.")
        for (labels, counters) in rows {
            for part in [InferenceCounters.Part.success, .fail] {
                text.sample(counters[part].count, labels + [("outcome", part.rawValue)])
            }
        }
        text.family("latentd_inference_rows_total", .counter, "Images or latents that went through a model.")
        for (labels, counters) in rows { text.sample(counters.inferenceCount, labels) }
        text.family(
            "latentd_inference_executions_total", .counter, "Computations of a model; one may be of many requests.")
        for (labels, counters) in rows { text.sample(counters.executionCount, labels) }
        text.family(
            "latentd_inference_seconds_total", .counter, "Time of a model's requests, by the part that took it.")
        for (labels, counters) in rows {
            for part in [InferenceCounters.Part.queue] + InferenceCounters.Part.ofBatches {
                text.sample(Double(counters[part].nanoseconds) / 1e9, labels + [("part", part.rawValue)])
            }
        }
    }
}
