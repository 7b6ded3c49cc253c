/// What the Open Inference Protocol tells of a model, in its own words. Every member is always there.
extension OpenAPIComponents {
    static let inferenceReports: [String: JSONSchema] = [
        "InferenceConfiguration": whole([
            ("name", .string), ("platform", .string), ("max_batch_size", .integer(0...Int.max)),
            ("input", .array(tensor)), ("output", .array(tensor)),
            (
                "dynamic_batching",
                whole([
                    ("preferred_batch_size", .array(.integer(0...Int.max))),
                    ("max_queue_delay_microseconds", .integer(0...Int.max)),
                ])
            ),
        ]),
        "InferenceStatistics": whole([
            ("name", .string), ("version", .string), ("last_inference", .integer(0...Int.max)),
            ("inference_count", .integer(0...Int.max)), ("execution_count", .integer(0...Int.max)),
            ("inference_stats", .dictionary(.named("InferenceTotal"))), ("response_stats", .object([:])),
            (
                "batch_stats",
                .array(
                    whole(
                        [("batch_size", .integer(1...Int.max))]
                            + InferenceCounters.Part.ofBatches.map { ($0.rawValue, .named("InferenceTotal")) }))
            ),
            (
                "memory_usage",
                .array(
                    whole([("type", .string), ("id", .integer(0...Int.max)), ("byte_size", .integer(0...Int.max))]))
            ),
        ]),
        "InferenceTotal": whole([("count", .integer(0...Int.max)), ("ns", .integer(0...Int.max))]),
    ]

    private static let tensor = whole([
        ("name", .string), ("data_type", .choice(["TYPE_FP32"])), ("dims", .array(.integer(0...Int.max))),
    ])

    private static func whole(_ members: [(String, JSONSchema)]) -> JSONSchema {
        .object(members, required: members.map(\.0))
    }
}
