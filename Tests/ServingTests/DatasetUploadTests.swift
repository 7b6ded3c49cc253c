import Datasets
import Foundation
import HTTP
import HTTPTypes
import Images
import Jobs
import Synchronization
import Testing

@testable import Serving

@Suite struct DatasetUploadTests {
    private let daemon: TestDaemon

    init() throws {
        daemon = try TestDaemon(uploadLimits: DatasetStore.Limits(dataset: 1 << 20, all: 400))
    }

    private struct Field {
        let name: String
        var filename: String?
        let bytes: [UInt8]

        init(_ name: String, _ filename: String? = nil, _ bytes: [UInt8]) {
            (self.name, self.filename, self.bytes) = (name, filename, bytes)
        }
    }

    private func put(_ name: String, _ fields: [Field], on daemon: TestDaemon? = nil) -> Response {
        var body: [UInt8] = []
        for field in fields {
            let filename = field.filename.map { "; filename=\"\($0)\"" } ?? ""
            body += Array("--b\r\nContent-Disposition: form-data; name=\"\(field.name)\"\(filename)\r\n\r\n".utf8)
            body += field.bytes + [13, 10]
        }
        body += Array("--b--\r\n".utf8)
        return (daemon ?? self.daemon).send(
            .put, "/v1/datasets/\(name)", body: body, fields: [.contentType: "multipart/form-data; boundary=b"])
    }

    /// Image i is all 10 i.
    private static func idx(_ dimensions: [Int]) throws -> [UInt8] {
        let size = dimensions.dropFirst().reduce(1, *)
        let elements = (0..<dimensions[0]).flatMap { [UInt8](repeating: UInt8(10 * $0), count: size) }
        return try IDXFile(dimensions: dimensions, elements: elements).bytes
    }

    private static func png(width: Int = 4, height: Int = 4, channels: Int = 1, value: UInt8 = 50) throws -> [UInt8] {
        let bytes = [UInt8](repeating: value, count: width * height * channels)
        return try PNGEncoder.encode(try PixelImage(width: width, height: height, channels: channels, bytes: bytes))
    }

    private static let job = #"{"dataset": "mine", "model": \#(model), "name": "new"}"#
    private static let model = """
        {"input": {"channels": 1, "height": 4, "width": 4}, "latent_dimension": 2, \
        "encoder": [{"type": "dense", "units": 4}], \
        "decoder": [{"type": "dense", "units": 16, "activation": "none"}, {"type": "reshape", "shape": [1, 4, 4]}]}
        """

    @Test func anUploadIsDescribedShownAndTrainedOn() throws {
        let fields = [
            Field("train_images", nil, try Gzip.deflate(try Self.idx([4, 4, 4]))),
            Field("train_labels", nil, try Self.idx([4])),
            Field("test_images", "any/name", try Self.idx([2, 4, 4])),
        ]
        let new = put("mine", fields)
        #expect(new.status == .created && new.fields[.location] == "/v1/datasets/mine", "\(new.failure)")
        #expect(new.body == daemon.get("/v1/datasets/mine").body)
        guard case .object(let upload)? = try new.object()["upload"], case .array(let files)? = upload["files"] else {
            Issue.record("no manifest")
            return
        }
        #expect(files.count == 3)
        let image = try PNGDecoder.decode(daemon.get("/v1/datasets/mine/train/3.png").body)
        #expect(image.bytes == [UInt8](repeating: 30, count: 16))
        let again = put("mine", fields)
        #expect(again.status == .ok && again.body == new.body && again.fields[.location] == nil)
        #expect(daemon.post("/v1/jobs", Self.job).status == .created)
        let other = put("mine", [Field("train_images", nil, try Self.idx([3, 4, 4]))])
        #expect(other.status == .conflict && other.failure.code == "dataset_exists")
    }

    @Test func picturesOfColourAndAnySize() throws {
        let fields = try (0..<11).map { index in
            Field(
                "train", "\(index % 2 == 0 ? "cat" : "dog")/\(index).png",
                try Self.png(width: 3, height: 2, channels: 3))
        }
        #expect(put("pets", fields).status == .created)
        let description = try daemon.get("/v1/datasets/pets").object()
        guard case .object(let shape)? = description["shape"], case .object(let splits)? = description["splits"] else {
            Issue.record("not as expected: \(description)")
            return
        }
        #expect(shape["channels"] == .integer(3) && shape["height"] == .integer(2) && shape["width"] == .integer(3))
        #expect(splits["train"] == .integer(10) && splits["test"] == .integer(1))
        #expect(description["label_names"] == .array([.string("cat"), .string("dog")]))
        let image = try PNGDecoder.decode(daemon.get("/v1/datasets/pets/test/0.png").body)
        #expect(image.channels == 3 && image.width == 3)
    }

    @Test func saysWhatIsWrong() throws {
        let (images, labels, png) = (try Self.idx([4, 4, 4]), try Self.idx([4]), try Self.png())
        let rows: [(fields: [Field], status: Int, code: String, parameter: String?)] = [
            ([], 422, "missing_field", "train_images"),
            ([Field("train_labels", nil, labels)], 422, "missing_field", "train_images"),
            ([Field("test_images", nil, images)], 422, "missing_field", "train_images"),
            ([Field("test", "a", png)], 422, "missing_field", "train"),
            ([Field("images", nil, images)], 422, "unknown_field", "images"),
            (
                [Field("train_images", nil, images), Field("train", "a", png)], 422, "conflicting_fields",
                "train_images"
            ),
            (
                [Field("train_images", nil, images), Field("train_images", nil, images)], 422, "repeated_field",
                "train_images"
            ),
            ([Field("train_images", nil, png)], 422, "invalid_idx", "train_images"),
            (
                [Field("train_images", nil, images), Field("train_labels", nil, try Self.idx([3]))], 422,
                "label_count_mismatch", "train_labels"
            ),
            (
                [Field("train_images", nil, images), Field("test_images", nil, try Self.idx([4, 4, 2]))], 422,
                "image_shape_mismatch", "test_images"
            ),
            ([Field("train_images", nil, try Self.idx([1, 4, 4]))], 422, "too_few_images", "train"),
            ([Field("train", "a", images), Field("train", "b", png)], 422, "invalid_png", "a"),
            ([Field("train", "a", png), Field("train", nil, [1])], 422, "invalid_png", "train[1]"),
            (
                [Field("train", "a", png), Field("train", "b", try Self.png(width: 5))], 422, "image_shape_mismatch",
                "b"
            ),
            ([Field("train", "1/a", png), Field("train", "b", png)], 422, "unusable_label", "b"),
            (
                [Field("train_images", nil, try Gzip.deflate(try Self.idx([1, 4096, 512])))], 413, "dataset_too_large",
                "train_images"
            ),
            ([Field("train_images", nil, try Self.idx([26, 4, 4]))], 507, "quota_exceeded", nil),
        ]
        for row in rows {
            let response = put("mine", row.fields)
            let failure = response.failure
            #expect(
                response.status.code == row.status && failure.code == row.code && failure.parameter == row.parameter,
                "\(row.fields.map(\.name)): \(response.status) \(failure)")
            #expect(!failure.message.contains("/tmp") && failure.message.hasSuffix("."))
        }
        let sizes = put("mine", [Field("train", "a", png), Field("train", "b", try Self.png(width: 5))]).failure.message
        #expect(sizes == "'b' is 5x4; the first image is 4x4.")
        let quota = put("mine", [Field("train_images", nil, try Self.idx([26, 4, 4]))]).failure.message
        #expect(
            quota == "The dataset takes 448 bytes and those that were uploaded before take 0; all may take 400.")
        #expect(daemon.get("/v1/datasets/mine").status == .notFound)
        let leftovers = try? FileManager.default.contentsOfDirectory(
            atPath: daemon.folder.appendingPathComponent("state/datasets").path)
        #expect(leftovers ?? [] == [])
    }

    @Test func refusesNamesAndTypes() throws {
        let fields = [Field("train_images", nil, try Self.idx([2, 4, 4]))]
        for (name, status, code) in [
            ("mnist", 409, "dataset_exists"), ("squares", 409, "dataset_exists"), (".x", 422, "unusable_name"),
            ("a b", 422, "unusable_name"),
        ] {
            let response = put(name, fields)
            #expect(response.status.code == status && response.failure.code == code, "\(name): \(response.failure)")
        }
        for (type, status, code) in [
            (nil, 415, "unsupported_media_type"), ("application/json", 415, "unsupported_media_type"),
            ("multipart/form-data", 400, "malformed_multipart"),
            ("multipart/form-data; boundary=c", 400, "malformed_multipart"),
        ] {
            var headers = HTTPFields()
            headers[.contentType] = type
            let response = daemon.send(.put, "/v1/datasets/mine", body: Array("--b--".utf8), fields: headers)
            #expect(response.status.code == status && response.failure.code == code, "\(type ?? "none")")
        }
    }

    @Test func onlyAnUploadThatNoJobNeedsIsRemoved() throws {
        #expect(put("mine", [Field("train_images", nil, try Self.idx([4, 4, 4]))]).status == .created)
        let job = daemon.post("/v1/jobs", Self.job)
        guard case .string(let id)? = try job.object()["id"] else {
            Issue.record("\(job.failure)")
            return
        }
        for action in ["", "/pause"] {
            if !action.isEmpty { #expect(daemon.post("/v1/jobs/\(id)\(action)", "").status == .ok) }
            let used = daemon.send(.delete, "/v1/datasets/mine")
            #expect(used.status == .conflict && used.failure.code == "dataset_in_use")
            #expect(used.failure.message.contains(id))
        }
        #expect(daemon.post("/v1/jobs/\(id)/cancel", "").status == .ok)
        #expect(daemon.send(.delete, "/v1/datasets/mine").status == .noContent)
        #expect(daemon.send(.delete, "/v1/datasets/mine").failure.code == "dataset_not_found")
        #expect(daemon.post("/v1/jobs", Self.job).failure.code == "dataset_not_found")
        let own = daemon.send(.delete, "/v1/datasets/squares")
        #expect(own.status == .conflict && own.failure.code == "dataset_read_only")
    }

    /// Whoever is first: a job that was taken has its dataset, and a dataset that has gone no job.
    @Test func aJobAndARemovalAtOnce() async throws {
        let fields = [Field("train_images", nil, try Self.idx([4, 4, 4]))]
        for _ in 0..<20 {
            #expect(put("mine", fields).status.kind == .successful)
            async let submitted = Task.detached { [daemon] in daemon.post("/v1/jobs", Self.job) }.value
            async let removed = Task.detached { [daemon] in daemon.send(.delete, "/v1/datasets/mine") }.value
            let (job, removal) = await (submitted, removed)
            #expect((job.status == .created) != (removal.status == .noContent), "\(job.status) \(removal.status)")
            if job.status == .created, case .string(let id)? = try job.object()["id"] {
                #expect(daemon.post("/v1/jobs/\(id)/cancel", "").status == .ok)
            }
        }
    }
}
