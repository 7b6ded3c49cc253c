import Foundation
import HTTP
import HTTPTypes
import Testing

@testable import Serving

/// Names, metadata, configuration, statistics and the server itself.
@Suite struct OIPModelTests {
    private let daemon: TestDaemon

    init() throws { daemon = try TestDaemon() }

    private func text(_ target: String) -> String { String(decoding: daemon.get(target).body, as: UTF8.self) }

    @Test func theServer() {
        for target in ["/v2", "/v2/"] {
            #expect(
                text(target)
                    == #"{"name":"latentd","version":"unknown","extensions":["binary_tensor_data","model_repository","statistics","model_configuration"]}"#
            )
        }
        #expect(text("/v2/health/live") == #"{"live":true}"#)
        #expect(text("/v2/health/ready") == #"{"live":true,"ready":true}"#)
    }

    @Test func aServerThatIsNotReady() throws {
        let response = try TestDaemon(isReady: false).get("/v2/health/ready")
        #expect(response.status == .serviceUnavailable)
        #expect(response.oipError == "The daemon is starting or stopping.")
        #expect(response.fields[.retryAfter] == "1")
    }

    @Test func theNames() {
        let verbs = ["", ".encode", ".decode", ".reconstruct"]
        let names = ["broken", "colour", "tiny"].flatMap { name in verbs.map { "\"\(name)\($0)\"" } }
        #expect(text("/v2/models") == #"{"models":[\#(names.joined(separator: ","))]}"#)
    }

    @Test(arguments: ["/v2/models/colour.encode", "/v2/models/colour.encode/versions/3"])
    func metadata(target: String) {
        #expect(
            text(target)
                == #"{"name":"colour.encode","versions":["3"],"platform":"latentd_safetensors","inputs":[{"name":"image","#
                + #""datatype":"FP32","shape":[-1,3,2,2]}],"outputs":[{"name":"mean","datatype":"FP32","shape":[-1,3]},"#
                + #"{"name":"log_variance","datatype":"FP32","shape":[-1,3]}]}"#)
    }

    @Test(arguments: ["/v2/models/tiny.decode/config", "/v2/models/tiny.decode/versions/1/config"])
    func configuration(target: String) {
        #expect(
            text(target)
                == #"{"name":"tiny.decode","platform":"latentd_safetensors","max_batch_size":10000,"input":[{"name":"latent","#
                + #""data_type":"TYPE_FP32","dims":[2]}],"output":[{"name":"image","data_type":"TYPE_FP32","dims":[1,4,4]}],"#
                + #""dynamic_batching":{"preferred_batch_size":[],"max_queue_delay_microseconds":0}}"#)
    }

    @Test func readiness() {
        #expect(text("/v2/models/tiny/ready") == #"{"name":"tiny","ready":true}"#)
        #expect(text("/v2/models/tiny.encode/versions/1/ready") == #"{"name":"tiny.encode","ready":true}"#)
        for (target, status) in [
            ("/v2/models/absent/ready", 404), ("/v2/models/broken/ready", 503),
            ("/v2/models/tiny/versions/2/ready", 404),
            ("/v2/models/%20/ready", 400), ("/v2/models/absent", 404), ("/v2/models/absent/config", 404),
            ("/v2/models/absent/stats", 404), ("/v2/models/broken/versions/1/stats", 503),
        ] {
            let response = daemon.get(target)
            #expect(Int(response.status.code) == status, "\(target)")
            #expect(response.oipError?.isEmpty == false, "\(target)")
        }
    }

    /// A model may be called as another one's verb; the other one's verb is meant then.
    @Test func namesThatMeanTwoThings() throws {
        let models = daemon.folder.appendingPathComponent("models")
        for name in ["tiny.encode", "lone.decode", "lone.decode.decode"] {
            try FileManager.default.copyItem(
                at: models.appendingPathComponent("colour"), to: models.appendingPathComponent(name))
        }
        daemon.repository.scan()
        let names = text("/v2/models")
        #expect(names.matches(of: /"tiny\.encode"/).count == 1)
        #expect(names.contains("\"tiny.encode.encode\""))
        #expect(text("/v2/models/tiny.encode").contains("[-1,1,4,4]"))
        #expect(text("/v2/models/tiny.encode.encode").contains("[-1,3,2,2]"))
        #expect(text("/v2/models/lone.decode").contains(#""inputs":[{"name":"image""#))
        #expect(text("/v2/models/lone.decode.decode").contains(#""inputs":[{"name":"latent""#))
    }

    // MARK: Statistics

    private func statistics(_ target: String) throws -> [JSONObject] {
        guard case .array(let models)? = try daemon.get(target).object()["model_stats"] else { return [] }
        return models.compactMap { if case .object(let object) = $0 { object } else { nil } }
    }

    private func duration(_ object: JSONObject?, _ key: String) -> (count: Int, nanoseconds: Int) {
        guard case .object(let total)? = object?[key], case .integer(let count)? = total["count"],
            case .integer(let nanoseconds)? = total["ns"]
        else { return (-1, -1) }
        return (count, nanoseconds)
    }

    @Test func everythingIsCounted() throws {
        func decode(_ rows: Int, columns: Int = 2) {
            let values = [Float](repeating: 0, count: rows * columns)
            let call = InferCall(
                #"{"inputs":[{"name":"latent","shape":[\#(rows),\#(columns)],"datatype":"FP32","data":\#(values)}]}"#)
            _ = call.send(to: daemon, model: "tiny.decode")
        }
        for rows in [3, 3, 1, 100, 100] { decode(rows) }
        decode(1, columns: 3)
        let all = try statistics("/v2/models/stats")
        #expect(
            all.map { $0["name"] }
                == ["colour", "tiny"].flatMap { name in
                    ["encode", "decode", "reconstruct"].map { .string("\(name).\($0)") }
                })
        for target in ["/v2/models/tiny.decode/stats", "/v2/models/tiny.decode/versions/1/stats"] {
            let model = try #require(try statistics(target).first)
            #expect(model == all.first { $0["name"] == .string("tiny.decode") })
            #expect(model["version"] == .string("1"))
            #expect(model["inference_count"] == .integer(207))
            #expect(model["execution_count"] == .integer(5))
            guard case .integer(let last)? = model["last_inference"] else {
                Issue.record("no last_inference")
                continue
            }
            #expect(abs(Double(last) / 1000 - Date.now.timeIntervalSince1970) < 60)
            guard case .object(let stats)? = model["inference_stats"] else {
                Issue.record("no inference_stats")
                continue
            }
            for key in ["success", "queue", "compute_input", "compute_infer", "compute_output"] {
                let total = duration(stats, key)
                #expect(total.count == 5, "\(key)")
                #expect(total.nanoseconds > 0, "\(key)")
            }
            #expect(duration(stats, "fail").count == 1)
            #expect(duration(stats, "fail").nanoseconds > 0)
            #expect(duration(stats, "cache_hit") == (0, 0))
            #expect(duration(stats, "cache_miss") == (0, 0))
            // The parts make up the whole.
            let parts = ["queue", "compute_input", "compute_infer", "compute_output"]
            #expect(parts.reduce(0) { $0 + duration(stats, $1).nanoseconds } == duration(stats, "success").nanoseconds)
            guard case .array(let batches)? = model["batch_stats"] else {
                Issue.record("no batch_stats")
                continue
            }
            let objects = batches.compactMap { if case .object(let object) = $0 { object } else { nil } }
            #expect(objects.map { $0["batch_size"] } == [.integer(1), .integer(3), .integer(100)])
            #expect(objects.map { duration($0, "compute_infer").count } == [1, 2, 2])
            for part in parts.dropFirst() {
                let sum = objects.reduce(0) { $0 + duration($1, part).nanoseconds }
                #expect(sum == duration(stats, part).nanoseconds)
            }
            guard case .array(let memory)? = model["memory_usage"], case .object(let usage)? = memory.first,
                case .integer(let bytes)? = usage["byte_size"]
            else {
                Issue.record("no memory_usage")
                continue
            }
            #expect(bytes > 1000)
        }
    }

    /// NAME and NAME.reconstruct are one.
    @Test func theAliasCountsAsWhatItIs() throws {
        let image = #"{"name":"image","shape":[1,1,4,4],"datatype":"FP32","data":\#([Float](repeating: 0, count: 16))}"#
        _ = InferCall(#"{"inputs":[\#(image)]}"#).send(to: daemon, model: "tiny")
        for name in ["tiny", "tiny.reconstruct"] {
            let model = try #require(try statistics("/v2/models/\(name)/stats").first)
            #expect(model["name"] == .string(name))
            #expect(model["execution_count"] == .integer(1))
        }
    }

    @Test func countingFromManyThreads() {
        let counters = InferenceCounters()
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for round in 0..<1000 {
                let marks = InferenceCounters.Marks(queued: 1, started: 1, read: 3, computed: 6, written: 10)
                let rows = round % 2 == 0 ? thread + 1 : 1000 + thread
                counters.succeeded(rows: rows, batch: rows, isFirst: true, marks)
                counters.failed(after: 7)
            }
        }
        #expect(counters.executionCount == 8000)
        #expect(counters.inferenceCount == 500 * ((1...8).reduce(0, +) + (1000..<1008).reduce(0, +)))
        #expect(counters[.success] == InferenceCounters.Total(count: 8000, nanoseconds: 80_000))
        #expect(counters[.queue] == InferenceCounters.Total(count: 8000, nanoseconds: 8000))
        #expect(counters[.computeInput] == InferenceCounters.Total(count: 8000, nanoseconds: 16_000))
        #expect(counters[.computeInfer] == InferenceCounters.Total(count: 8000, nanoseconds: 24_000))
        #expect(counters[.computeOutput] == InferenceCounters.Total(count: 8000, nanoseconds: 32_000))
        #expect(counters[.fail] == InferenceCounters.Total(count: 8000, nanoseconds: 56_000))
        #expect(counters.batches.map(\.rows) == Array(1...8) + Array(1000..<1008))
        #expect(counters.batches.allSatisfy { $0.totals[2] == InferenceCounters.Total(count: 500, nanoseconds: 2000) })
    }

    /// Two requests of a batch of five rows: its computation counts once, their reading and writing each.
    @Test func aBatchCountsOnce() {
        let counters = InferenceCounters()
        let marks = InferenceCounters.Marks(queued: 1, started: 0, read: 2, computed: 6, written: 7)
        counters.succeeded(rows: 2, batch: 5, isFirst: true, marks)
        counters.succeeded(rows: 3, batch: 5, isFirst: false, marks)
        #expect(counters.inferenceCount == 5)
        #expect(counters.executionCount == 1)
        #expect(counters[.success] == InferenceCounters.Total(count: 2, nanoseconds: 16))
        #expect(counters.batches.map(\.rows) == [5])
        #expect(counters.batches[0].totals.map(\.count) == [1, 1, 1])
        #expect(counters.batches[0].totals.map(\.nanoseconds) == [4, 4, 2])
    }
}
