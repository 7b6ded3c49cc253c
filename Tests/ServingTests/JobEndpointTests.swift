import Checkpoints
import Dispatch
import Foundation
import HTTP
import HTTPTypes
import Jobs
import Synchronization
import Testing

@testable import Serving

@Suite struct JobEndpointTests {
    private let daemon: TestDaemon
    private static let model = """
        {"input":{"channels":1,"height":4,"width":4},"latent_dimension":2,"encoder":[{"type":"dense","units":8}],
        "decoder":[{"type":"dense","units":16,"activation":"none"},{"type":"reshape","shape":[1,4,4]}]}
        """

    init() throws { daemon = try TestDaemon() }

    private func submit(_ body: String, _ fields: HTTPFields = HTTPFields()) -> Response {
        daemon.post("/v1/jobs", body, fields: fields)
    }

    private func string(_ response: Response, _ key: String) throws -> String {
        if case .string(let text)? = try response.object()[key] { text } else { "" }
    }

    @Test func takesAJobAndShowsIt() throws {
        let response = submit(
            "{\"name\":\"mine\",\"dataset\":\"squares\",\"model\":\(Self.model),\"training\":{\"epochs\":3,\"learning_rate\":0.01},\"metadata\":{\"a\":\"x, \\\"y\\\": {\"}}"
        )
        #expect(response.status == .created, "\(response.failure)")
        let id = try string(response, "id")
        #expect(response.fields[.location] == "/v1/jobs/\(id)")
        let job = try daemon.get("/v1/jobs/\(id)").object()
        #expect(job["name"] == .string("mine") && job["status"] == .string("queued"))
        #expect(job["queue_position"] == .integer(1) && job["attempt"] == .integer(1))
        #expect(job["dataset"] == .string("squares") && job["model_version"] == .null && job["error"] == .null)
        guard case .object(let training)? = job["training"], case .object(let model)? = job["model"],
            case .object(let metadata)? = job["metadata"], case .string(let created)? = job["created_at"]
        else {
            Issue.record("not as expected: \(job)")
            return
        }
        #expect(training["epochs"] == .integer(3) && training["batch_size"] == .integer(128))
        #expect(model["latent_dimension"] == .integer(2))
        #expect(metadata["a"] == .string("x, \"y\": {"))
        #expect(created.hasSuffix("Z") && created.count == 24)
    }

    @Test func keepsAPresetByItsName() throws {
        let response = submit(#"{"dataset":"large","model":"mnist-2d"}"#)
        #expect(response.status == .created, "\(response.failure)")
        #expect(try string(response, "model") == "mnist-2d" && string(response, "name") == "mnist-2d")
    }

    @Test func listsCancelsAndDeletes() throws {
        let ids = try (1...3).map { _ in try string(submit(#"{"dataset":"large","model":"mnist-2d"}"#), "id") }
        let full = submit(#"{"dataset":"large","model":"mnist-2d"}"#)
        #expect(full.status == .tooManyRequests && full.failure.code == "queue_full" && full.fields[.retryAfter] != nil)
        let page = try daemon.get("/v1/jobs?limit=2").object()
        #expect(page["has_more"] == .bool(true))
        let rest = try daemon.get("/v1/jobs?limit=2&after=\(ids[1])").object()
        #expect(rest["has_more"] == .bool(false))
        #expect(daemon.send(.delete, "/v1/jobs/\(ids[0])").failure.code == "job_conflict")
        let cancelled = daemon.send(.post, "/v1/jobs/\(ids[0])/cancel")
        #expect(try string(cancelled, "status") == "cancelled")
        #expect(daemon.send(.post, "/v1/jobs/\(ids[0])/cancel").status == .conflict)
        guard case .array(let events)? = try daemon.get("/v1/jobs/\(ids[0])/events").object()["data"],
            case .object(let first)? = events.first
        else {
            Issue.record("no events")
            return
        }
        #expect(first["sequence"] == .integer(1) && first["type"] == .string("status") && events.count == 2)
        #expect(try daemon.get("/v1/jobs/\(ids[0])/events?limit=1").object()["has_more"] == .bool(true))
        let later = try daemon.get("/v1/jobs/\(ids[0])/events?after=2").object()
        #expect(later["has_more"] == .bool(false))
        #expect(daemon.send(.delete, "/v1/jobs/\(ids[0])").status == .noContent)
        #expect(daemon.get("/v1/jobs/\(ids[0])").status == .notFound)
        guard case .array(let queued)? = try daemon.get("/v1/jobs?status=queued").object()["data"] else { return }
        #expect(queued.count == 2)
    }

    @Test func honoursTheIdempotencyKey() throws {
        let body = #"{"dataset":"large","model":"mnist-2d"}"#
        let first = submit(body, [.idempotencyKey: "k1"])
        let again = submit(body, [.idempotencyKey: "k1"])
        #expect(try string(first, "id") == string(again, "id"))
        let other = submit(#"{"dataset":"large","model":"mnist-2d","name":"n"}"#, [.idempotencyKey: "k1"])
        #expect(other.status == .unprocessableContent && other.failure.code == "idempotency_key_reused")
    }

    /// What was accepted once is given again, also when it would be refused now.
    @Test func aKeyGivesItsJobWhateverHasBecomeOfTheDataset() throws {
        let body = #"{"dataset":"large","model":"mnist-2d"}"#
        let first = submit(body, [.idempotencyKey: "k"])
        try FileManager.default.removeItem(at: daemon.folder.appendingPathComponent("data/large"))
        let again = submit(body, [.idempotencyKey: "k"])
        #expect(again.status == .created && again.fields[.location] == first.fields[.location])
        #expect(submit(body, [.idempotencyKey: "l"]).failure.code == "dataset_not_found")
        #expect(submit("{", [.idempotencyKey: "k"]).failure.code == "idempotency_key_reused")
    }

    @Test func manyAtOnceWithOneKeyAreOneJob() throws {
        let locations = Mutex<Set<String>>([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            let answer = submit(#"{"dataset":"large","model":"mnist-2d"}"#, [.idempotencyKey: "k"])
            locations.withLock { _ = $0.insert(answer.fields[.location] ?? "\(answer.failure)") }
        }
        #expect(locations.withLock { $0.count } == 1)
        #expect(try daemon.jobs.jobs().jobs.count == 1)
    }

    @Test(arguments: [("epochs", "1.5"), ("seed", "-1")])
    func saysWhichNumberDoesNotFit(field: String, value: String) {
        let response = submit(#"{"dataset":"large","model":"mnist-2d","training":{"\#(field)":\#(value)}}"#)
        #expect(
            response.failure.message
                == "'training.\(field)' is a number that does not fit; expected a whole number in range.")
    }

    @Test func queuesNothingThatIsWrong() throws {
        let bad: [(String, String, String?)] = [
            (#"{"dataset":"large","model":"mnist-2d","colour":1}"#, "unknown_field", "colour"),
            (#"{"dataset":"large","model":"mnist-2d","training":{"epoch":1}}"#, "unknown_field", "training.epoch"),
            (
                #"{"dataset":"large","model":"mnist-2d","training":{"learning_rate":-1}}"#, "invalid_value",
                "training.learning_rate"
            ),
            (#"{"dataset":"large","model":"mnist-2d","training":{"epochs":0}}"#, "invalid_value", "training.epochs"),
            (#"{"dataset":"large","model":"mnist-2d","training":{"epochs":"1"}}"#, "wrong_type", "training.epochs"),
            (#"{"dataset":"none","model":"mnist-2d"}"#, "dataset_not_found", "dataset"),
            (#"{"dataset":"squares","model":"mnist-2d"}"#, "image_shape_mismatch", "model"),
            (#"{"dataset":"large","model":"unknown"}"#, "invalid_value", "model"),
            (#"{"dataset":"large"}"#, "missing_field", "model"), (#"{"model":"mnist-2d"}"#, "missing_field", "dataset"),
            (#"{"dataset":"large","model":"mnist-2d","name":"../x"}"#, "invalid_value", "name"),
            (#"{"dataset":"large","model":"mnist-2d","metadata":{"a":1}}"#, "wrong_type", "metadata.a"),
            ("[]", "wrong_type", nil), ("{", "malformed_json", nil),
            (#"{"dataset":"large","dataset":"large","model":"mnist-2d"}"#, "malformed_json", "dataset"),
        ]
        for (body, code, parameter) in bad {
            let response = submit(body)
            #expect(response.status.code == (code == "malformed_json" ? 400 : 422), "\(body)")
            #expect(
                response.failure.code == code && response.failure.parameter == parameter, "\(body): \(response.failure)"
            )
        }
        let untyped = daemon.send(.post, "/v1/jobs", body: Array(#"{"dataset":"large","model":"mnist-2d"}"#.utf8))
        #expect(untyped.status == .unsupportedMediaType)
        #expect(try daemon.jobs.jobs().jobs.isEmpty)
    }

    @Test(
        arguments: [
            (
                JobRefusal.memory(needed: 2_000_000_001, limit: 1_000_000_000, batchSize: 512, batchSizeHelps: true),
                422,
                "memory_limit", "training.batch_size", ["2000000001", "1000000000", "512"]
            ),
            (
                .memory(needed: 5, limit: 4, batchSize: 1, batchSizeHelps: false), 422, "memory_limit", "model",
                ["Smaller batches would not do"]
            ),
            (
                .disk(DiskShortage(needed: 3 << 20, free: 5 << 20, reserve: 4 << 20)), 507, "disk_full", nil,
                ["3.0 MiB", "5.0 MiB", "4.0 MiB"]
            ),
        ] as [(JobRefusal, Int, String, String?, [String])])
    func refusesWhatCannotFitWithTheNumbers(
        refusal: JobRefusal, status: Int, code: String, parameter: String?, words: [String]
    ) throws {
        let daemon = try TestDaemon(admit: { _, _ in throw refusal })
        let response = daemon.post("/v1/jobs", #"{"dataset":"large","model":"mnist-2d"}"#)
        #expect(response.status.code == status && response.failure.code == code)
        #expect(response.failure.parameter == parameter)
        for word in words { #expect(response.failure.message.contains(word)) }
        #expect(try daemon.jobs.jobs().jobs.isEmpty)
    }

    @Test func tellsWhatAJobWillTake() throws {
        let daemon = try TestDaemon(admit: { specification, dataset in
            JobEstimate(
                memoryBytes: specification.training.batchSize, checkpointBytes: dataset.splits.count,
                seconds: 12.5, imagesPerSecond: nil)
        })
        let job = try daemon.post("/v1/jobs", #"{"dataset":"large","model":"mnist-2d"}"#).object()
        guard case .object(let estimate)? = job["estimate"] else {
            Issue.record("no estimate: \(job)")
            return
        }
        #expect(estimate["memory_bytes"] == .integer(128) && estimate["checkpoint_bytes"] == .integer(2))
        #expect(estimate["seconds"] == .number(12.5) && estimate["images_per_second"] == .null)
        #expect(job["pruned"] != nil)
    }
}
