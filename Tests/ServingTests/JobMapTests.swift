import Checkpoints
import Foundation
import HTTP
import HTTPTypes
import Tensors
import Testing

@testable import Jobs
@testable import Serving

@Suite struct JobMapTests {
    private let daemon: TestDaemon
    private let id: JobIdentifier
    private var maps: MapSeries { daemon.run(id).runMaps }

    init() throws {
        daemon = try TestDaemon()
        id = try daemon.jobs.submit(JobSubmission(name: "test", specification: "{}")).job.id
    }

    private func add(epoch: Int, labels: [UInt8]? = [7, 8]) throws {
        let latents = try Tensor(shape: [2, 2], values: [0.5, -1, Float(epoch), 2])
        try maps.add(
            LatentMap(
                epoch: epoch, dataset: "squares", split: "test", latents: latents, labels: labels, indices: [1, 4]))
    }

    private func listed() throws -> [JSONNode] {
        guard case .array(let entries)? = try daemon.get("/v1/jobs/\(id)/maps").object()["data"] else { return [] }
        return entries
    }

    @Test func mapsAreListedAsTheyCome() throws {
        #expect(try listed().isEmpty)
        let none = daemon.get("/v1/jobs/\(id)/maps/1")
        #expect(none.status == .notFound && none.failure.message.hasSuffix("There is none yet."))
        try add(epoch: 1)
        try add(epoch: 2)
        let epochs = try listed().map { entry in
            guard case .object(let object) = entry, case .string(let date)? = object["created_at"] else { return 0 }
            #expect(date.hasSuffix("Z") && date.count == 24)
            if case .integer(let epoch)? = object["epoch"] { return epoch } else { return 0 }
        }
        #expect(epochs == [1, 2])
    }

    @Test func aMapIsGivenAsTheModelsMapIs() throws {
        try add(epoch: 3)
        let json = daemon.get("/v1/jobs/\(id)/maps/3")
        #expect(try json.object()["job"] == .string(id.text) && json.object()["epoch"] == .integer(3))
        #expect(try json.object()["dataset"] == .string("squares"))
        #expect(try json.floats("latent") == ([2, 2], [0.5, -1, 3, 2]))
        #expect(try json.floats("label").values == [7, 8] && json.floats("index").values == [1, 4])

        let octets = daemon.get("/v1/jobs/\(id)/maps/3", accept: "application/octet-stream")
        let floats = octets.body.prefix(16).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        #expect(floats == [0.5, -1, 3, 2] && octets.body.dropFirst(16) == [7, 8])
        #expect(octets.fields[.shape] == "2,2" && octets.fields[.epoch] == "3" && octets.fields[.elementType] == "f32")
        #expect(
            daemon.get("/v1/jobs/\(id)/maps/3?format=npy").body.starts(
                with: Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) })))
        try add(epoch: 4, labels: nil)
        #expect(daemon.get("/v1/jobs/\(id)/maps/4?format=raw").body.suffix(2) == [255, 255])
    }

    @Test(arguments: ["0", "3", "-1", "x", "99999999999999999999", "%2e%2e"])
    func whatIsNotThereIs404(epoch: String) throws {
        try add(epoch: 1)
        let answer = daemon.get("/v1/jobs/\(id)/maps/\(epoch)")
        #expect(answer.status == .notFound && answer.failure.code == "epoch_not_kept")
        #expect(answer.failure.message.hasSuffix("There are 1, the last one of epoch 1."))
    }

    @Test func aJobThatIsNotThereIs404() {
        let unknown = "job_" + String(repeating: "0", count: 26)
        for path in ["/v1/jobs/\(unknown)/maps", "/v1/jobs/\(unknown)/maps/1", "/v1/jobs/x/maps"] {
            #expect(daemon.get(path).failure.code == "job_not_found")
        }
    }

    @Test func aDamagedMapIs503AndNamesNoFolder() throws {
        try add(epoch: 1)
        try Data("short".utf8).write(to: URL(fileURLWithPath: "\(maps.path)/epoch-0001.safetensors"))
        let answer = daemon.get("/v1/jobs/\(id)/maps/1")
        #expect(answer.status == .serviceUnavailable && answer.failure.code == "map_unreadable")
        #expect(answer.failure.message.contains("'epoch-0001.safetensors'") && !answer.failure.message.contains("/"))
    }
}
