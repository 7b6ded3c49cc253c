/// Jobs and what they learn from.
extension OperationTable {
    static let aboutTraining: [String: Operation] = [
        "GET /v1/datasets": Operation(
            id: "listDatasets", gives: .json(.object(["data": .array(.named("Dataset"))], required: ["data"]))),
        "GET /v1/datasets/{dataset}": Operation(id: "getDataset", gives: .json(.named("Dataset"))),
        "PUT /v1/datasets/{dataset}": Operation(
            id: "putDataset",
            details: """
                IDX files, plain or gzip, of three dimensions or of four for colour; or PNGs of one size, whose names may be \
                `LABEL/FILE`. Without a test part every tenth image is held out for it. The same content again changes nothing. \
                507 where all uploads together would take more than they may.
                """,
            takes: .media("multipart/form-data", .named("DatasetForm")),
            gives: Operation.Content(media: [("application/json", .named("Dataset"))], headers: ["Location"]),
            status: 201, errors: [409, 507], others: [(200, "The same is there already.")]),
        "DELETE /v1/datasets/{dataset}": Operation(id: "deleteDataset", status: 204, errors: [409]),
        "GET /v1/datasets/{dataset}/{split}/{index}.png": Operation(id: "getSample", gives: .media("image/png")),
        "GET /v1/jobs": Operation(
            id: "listJobs", details: "Newest first; the next page begins `after` the last id of this one.",
            gives: page(.named("Job"))),
        "POST /v1/jobs": Operation(
            id: "submitJob",
            details: """
                Accepted means written to the disk. With an Idempotency-Key the same body gives the same job again, another \
                one 422. 429 where the queue is full. What it will take of memory and time is estimated; one that takes more \
                memory than a job may is 422, one whose checkpoint finds no room on the disk 507.
                """,
            takes: .json(
                .named("JobRequest"),
                example:
                    #"{"dataset": "mnist", "model": "mnist-2d", "name": "mine", "training": {"epochs": 2, "seed": 7}}"#),
            gives: Operation.Content(media: [("application/json", .named("Job"))], headers: ["Location"]), status: 201,
            headers: ["Idempotency-Key"], errors: [429, 507]),
        "GET /v1/jobs/{job}": Operation(id: "getJob", gives: .json(.named("Job"))),
        "DELETE /v1/jobs/{job}": Operation(id: "deleteJob", status: 204, errors: [409]),
        "POST /v1/jobs/{job}/cancel": Operation(
            id: "cancelJob", details: "A running job ends at its next step.", gives: .json(.named("Job")), errors: [409]
        ),
        "POST /v1/jobs/{job}/pause": Operation(
            id: "pauseJob", details: "A running job ends its process at the next step, and leaves a checkpoint of it.",
            gives: .json(.named("Job")), errors: [409]),
        "POST /v1/jobs/{job}/resume": Operation(id: "resumeJob", gives: .json(.named("Job")), errors: [409]),
        "GET /v1/jobs/{job}/maps": Operation(
            id: "listJobMaps",
            details: """
                One after each epoch, told by `"map": true` in the epoch's event. Of more than 1,000 epochs every second one is \
                kept, of more than 2,000 every fourth, and so on, beside the first and the last.
                """,
            gives: .json(.object(["data": .array(.named("JobMapEntry"))], required: ["data"])), errors: [503]),
        "GET /v1/jobs/{job}/maps/{epoch}": Operation(
            id: "getJobMap",
            details: """
                The same images at each epoch, 2,000 at most. Of more than two dimensions, the principal plane, turned towards \
                that of the epoch before. The octets are those of a model's map.
                """,
            gives: .arrays(.named("JobMap")), errors: [503]),
        "GET /v1/jobs/{job}/checkpoints": Operation(
            id: "listCheckpoints",
            details:
                "Each replaces the one before on the disk: a later attempt goes on from the one that is resumable.",
            gives: page(.named("Checkpoint")), errors: [503]),
        "GET /v1/jobs/{job}/events": Operation(
            id: "getEvents",
            details: """
                With `Accept: text/event-stream`, live from the event after Last-Event-ID until the job has ended; then 204 to who \
                comes back with the last one. Who is more than 5,000 events behind gets `resync` in their place, with the numbers of the \
                `first` and the `last` event that can be listed, and what comes after the last.
                """,
            gives: Operation.Content(
                media: [
                    (
                        "application/json",
                        .object(
                            ["data": .array(.named("JobEvent")), "has_more": .boolean], required: ["data", "has_more"])
                    ),
                    ("text/event-stream", .string),
                ]), headers: ["Last-Event-ID"], others: [(204, "The job has ended, and the client has its last event.")]
        ),
    ]

    private static func page(_ item: JSONSchema) -> Operation.Content {
        .json(.object(["data": .array(item), "has_more": .boolean], required: ["data", "has_more"]))
    }
}
