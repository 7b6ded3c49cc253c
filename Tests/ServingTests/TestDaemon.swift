import Autoencoders
import Checkpoints
import Datasets
import Foundation
import HTTP
import HTTPTypes
import Jobs
import Kernels
import Tensors
import Testing

@testable import Serving

/// Everything that the daemon composes, small and in a folder of its own: two models, two datasets, an empty queue.
///
/// `tiny` takes grey images of 4 x 4 to two dimensions and has curves and maps; `colour` takes 3 x 2 x 2 to three.
final class TestDaemon: Sendable {
    let folder: URL
    let jobs: JobStore
    let repository: ModelRepository
    let datasets: DatasetCatalogue
    let uploads: DatasetStore
    let vectors: NamedVectorStore
    let router: Router

    /// Where a job's run would leave its checkpoint.
    func run(_ id: JobIdentifier) -> CheckpointFolder { Self.run(id, in: folder) }

    private static func run(_ id: JobIdentifier, in folder: URL) -> CheckpointFolder {
        CheckpointFolder(path: folder.appendingPathComponent("state/jobs/\(id)/checkpoint").path)
    }

    /// - Parameter damage: what files of the models' folder hold instead, by their path.
    init(
        isReady: Bool = true, damage: [String: [UInt8]] = [:],
        uploadLimits: DatasetStore.Limits = DatasetStore.Limits(),
        admit: @escaping JobAdmissionCheck = { _, _ in nil }
    ) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("serving-tests-\(UUID().uuidString)")
        let models = folder.appendingPathComponent("models").path
        try Self.tiny().publishAt("\(models)/tiny/1")
        try Self.colour().publishAt("\(models)/colour/3")
        try FileManager.default.createDirectory(
            atPath: "\(models)/broken/1", withIntermediateDirectories: true)
        try Data("{".utf8).write(to: URL(fileURLWithPath: "\(models)/broken/1/config.json"))
        for (path, bytes) in damage { try Data(bytes).write(to: URL(fileURLWithPath: "\(models)/\(path)")) }
        try Self.writeDataset("squares", side: 4, in: folder.appendingPathComponent("data"))
        try Self.writeDataset("large", side: 28, in: folder.appendingPathComponent("data"))
        let page = folder.appendingPathComponent("public")
        try FileManager.default.createDirectory(
            at: page.appendingPathComponent("scripts"), withIntermediateDirectories: true)
        try Data("<!doctype html>".utf8).write(to: page.appendingPathComponent("index.html"))
        try Data("export {};".utf8).write(to: page.appendingPathComponent("scripts/main.js"))
        try Data(String(repeating: "export {};\n", count: 500).utf8).write(
            to: page.appendingPathComponent("scripts/large.js"))
        try Data("secret".utf8).write(to: page.appendingPathComponent(".hidden.txt"))
        try Data("x".utf8).write(to: page.appendingPathComponent("notes.unknown"))
        try Data("outside".utf8).write(to: folder.appendingPathComponent("outside.txt"))
        try FileManager.default.createSymbolicLink(
            at: page.appendingPathComponent("link.txt"),
            withDestinationURL: folder.appendingPathComponent("outside.txt"))

        let backend = ReferenceBackend()
        repository = ModelRepository(
            bundled: [models], writable: folder.appendingPathComponent("state/models").path,
            pool: KernelPool(workers: 2, prepareThread: {}), backend: backend)
        repository.scan()
        jobs = try JobStore(folder: folder.appendingPathComponent("state"), maximumQueued: 3)
        datasets = DatasetCatalogue(
            dataDirectories: [folder.appendingPathComponent("data")],
            stateDirectory: folder.appendingPathComponent("state"), systemDirectories: [])
        uploads = DatasetStore(
            stateDirectory: folder.appendingPathComponent("state"), catalogue: datasets, limits: uploadLimits)
        vectors = NamedVectorStore(folder: folder.appendingPathComponent("state/vectors").path)
        router = try ServingApplication(
            repository: repository, datasets: datasets, uploads: uploads,
            jobs: jobs, run: { [folder] in Self.run($0, in: folder) }, admit: admit, vectors: vectors,
            publicDirectory: page,
            isReady: { isReady }
        ).router
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Routes and answers a request as the server would, without a socket.
    func send(
        _ method: HTTPRequest.Method, _ target: String, body: [UInt8] = [], fields: HTTPFields = HTTPFields()
    ) -> Response {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let path = parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let items = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { item in
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (name: pair[0], value: pair.count > 1 ? pair[1] : "")
        }
        switch router.match(method, path: path) {
        case .route(let route, let parameters):
            if body.count > route.bodyLimit { return .empty(status: .contentTooLarge) }
            var response = route.handler(
                Request(
                    method: method, rawTarget: target, path: path, query: Query(items), pathParameters: parameters,
                    fields: fields, body: body, id: "r1"))
            if let content = response.errorContent,
                let form = router.failureForms.first(where: { $0.segment == path[0] })
            {
                form.apply(content, &response)
            }
            return response
        case .methodNotAllowed(let allow):
            return Response(status: .methodNotAllowed, fields: [.allow: allow])
        case .options: return .empty()
        case .notFound: return .empty(status: .notFound)
        }
    }

    func get(_ target: String, accept: String? = nil) -> Response {
        var fields = HTTPFields()
        fields[.accept] = accept
        return send(.get, target, fields: fields)
    }

    func put(_ target: String, _ json: String) -> Response {
        send(.put, target, body: Array(json.utf8), fields: [.contentType: "application/json"])
    }

    func post(_ target: String, _ json: String, accept: String? = nil, fields: HTTPFields = HTTPFields()) -> Response {
        var fields = fields
        fields[.contentType] = "application/json"
        fields[.accept] = accept
        return send(.post, target, body: Array(json.utf8), fields: fields)
    }
}

extension TestDaemon {
    private static func tiny() throws -> Checkpoint {
        let input = ImageShape(channels: 1, height: 4, width: 4)
        let configuration = ModelConfiguration(
            input: input, latentDimension: 2, encoder: [LayerConfiguration(.dense(units: 8))],
            decoder: [
                LayerConfiguration(.dense(units: 16), activation: Activation.none), LayerConfiguration(.reshape(input)),
            ])
        var checkpoint = try checkpoint(configuration, seed: 3)
        checkpoint.provenance = Provenance(
            name: "tiny", family: "vae", dataset: "squares", epochs: 2, seed: 3, batchSize: 4, learningRate: 0.001,
            beta: 1, klReduction: "sum", programVersion: "0", createdAt: "2026-01-01T00:00:00Z")
        let losses = LossParts(reconstruction: 9, kl: 1, objective: 10, negativeELBO: 10)
        checkpoint.metrics = (1...2).map {
            EpochMetrics(epoch: $0, train: losses, test: losses, imagesPerSecond: 1, seconds: 1)
        }
        checkpoint.map = try map(epoch: 2, rows: [[0, 0], [1, 0], [0, 2], [3, 3]], labels: [0, 1, 2, 1])
        checkpoint.epochMaps = [try map(epoch: 1, rows: [[0, 0.5], [0.25, 0]], labels: [7, 8])]
        return checkpoint
    }

    private static func colour() throws -> Checkpoint {
        let input = ImageShape(channels: 3, height: 2, width: 2)
        var configuration = ModelConfiguration(
            input: input, latentDimension: 3, encoder: [LayerConfiguration(.dense(units: 4))],
            decoder: [
                LayerConfiguration(.dense(units: 12), activation: Activation.none), LayerConfiguration(.reshape(input)),
            ])
        // Its outputs are means without bounds, so that a result can overflow.
        configuration.likelihood = .gaussian(variance: 1)
        var checkpoint = try checkpoint(configuration, seed: 4)
        checkpoint.map = try map(epoch: 1, rows: [[0, 0, 0], [4, 0, 0], [0, 2, 0], [0, 0, 1]], labels: nil)
        return checkpoint
    }

    private static func checkpoint(_ configuration: ModelConfiguration, seed: UInt64) throws -> Checkpoint {
        Checkpoint(
            configuration: configuration,
            parameters: Parameters(initialising: try ParameterLayout(configuration), seed: seed))
    }

    private static func map(epoch: Int, rows: [[Float]], labels: [UInt8]?) throws -> LatentMap {
        try LatentMap(
            epoch: epoch, dataset: "squares", split: "test",
            latents: try Tensor(shape: [rows.count, rows[0].count], values: Array(rows.joined())), labels: labels)
    }

    /// Five images a part; image i is all i · 10.
    private static func writeDataset(_ name: String, side: Int, in data: URL) throws {
        let folder = data.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for part in ["train", "t10k"] {
            var images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, UInt8(side), 0, 0, 0, UInt8(side)]
            for index in 0..<5 { images += [UInt8](repeating: UInt8(index * 10), count: side * side) }
            try Data(images).write(to: folder.appendingPathComponent("\(part)-images-idx3-ubyte"))
            try Data([0, 0, 8, 1, 0, 0, 0, 5, 0, 1, 2, 3, 4])
                .write(to: folder.appendingPathComponent("\(part)-labels-idx1-ubyte"))
        }
    }
}

extension Checkpoint {
    fileprivate func publishAt(_ path: String) throws { try CheckpointFolder(path: path).publish(self) }
}

extension Response {
    /// The body's members, for answers that are JSON objects.
    func object() throws -> JSONObject {
        guard case .object(let object) = try JSONParser.parse(body).root else {
            throw JSONSyntaxError(reason: .unexpectedEnd, offset: 0)
        }
        return object
    }

    /// The numbers of a member and their shape.
    func floats(_ key: String) throws -> (shape: [Int], values: [Float]) {
        let document = try JSONParser.parse(body)
        guard case .object(let object) = document.root, case .floats(let block)? = object[key] else { return ([], []) }
        return (block.shape, document.values(of: block))
    }

    /// The error object's code, message and parameter.
    var failure: (code: String, message: String, parameter: String?) {
        guard case .object(let error)? = try? object()["error"], case .string(let code)? = error["code"],
            case .string(let message)? = error["message"]
        else { return ("", String(decoding: body, as: UTF8.self), nil) }
        if case .string(let parameter)? = error["parameter"] { return (code, message, parameter) }
        return (code, message, nil)
    }
}

extension Route {
    /// What requests come to that have waited together, each of them told of once.
    func answers(_ requests: [Request]) throws -> [Response] {
        var responses = [Response?](repeating: nil, count: requests.count)
        let answer = try #require(together)
        answer(requests) { answers in
            for (place, response) in answers {
                #expect(responses[place] == nil)
                responses[place] = response
            }
        }
        return try responses.map { try #require($0) }
    }
}
