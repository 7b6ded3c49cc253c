import HTTP
import HTTPTypes
import Images
import Tensors
import Testing

@testable import Checkpoints
@testable import Serving

@Suite struct ModelEndpointTests {
    private let daemon: TestDaemon

    init() throws { daemon = try TestDaemon() }

    @Test func listsModelsWithWhatTheyCanDo() throws {
        let response = daemon.get("/v1/models")
        #expect(response.status == .ok)
        guard case .array(let models)? = try response.object()["data"] else {
            Issue.record("no list")
            return
        }
        let objects = models.compactMap { if case .object(let object) = $0 { object } else { nil } }
        #expect(objects.map { $0["name"] } == [.string("broken"), .string("colour"), .string("tiny")])
        #expect(objects.map { $0["state"] } == [.string("failed"), .string("ready"), .string("ready")])
        #expect(objects[1]["version"] == .integer(3))
        #expect(objects[2]["latent_dimension"] == .integer(2))
        #expect(objects[2]["dataset"] == .string("squares"))
        #expect(objects[2]["parameter_count"] == .integer(16 * 8 + 8 + 2 * (8 * 2 + 2) + 2 * 16 + 16))
        #expect(
            objects[2]["operations"]
                == .array(
                    [
                        "encode", "decode", "reconstruct", "interpolate", "arithmetic", "sample", "traverse", "vectors",
                        "nearest", "map", "manifold", "metrics",
                    ].map { .string($0) }))
    }

    @Test func describesOneModel() throws {
        let model = try daemon.get("/v1/models/tiny").object()
        #expect(model["configuration"] != nil && model["provenance"] != nil)
        guard case .object(let metrics)? = model["metrics"] else {
            Issue.record("no metrics")
            return
        }
        #expect(metrics["epoch"] == .integer(2))
        #expect(try daemon.get("/v1/models/tiny").floats("map_epochs").values == [1])
        #expect(try daemon.get("/v1/models/tiny").floats("versions").values == [1])
        #expect(daemon.get("/v1/models/broken").status == .ok)
        let curves = try daemon.get("/v1/models/tiny/metrics").object()
        guard case .array(let epochs)? = curves["data"] else {
            Issue.record("no curves")
            return
        }
        #expect(epochs.count == 2)
    }

    @Test func encodesAndDecodesBack() throws {
        let image = "[[0,0.5,1,0],[0,0,0,0],[1,1,1,1],[0.25,0,0,0]]"
        let encoded = daemon.post("/v1/models/tiny/encode", "{\"images\":[\(image),\(image)]}")
        let mean = try encoded.floats("mean")
        #expect(mean.shape == [2, 2])
        #expect(try encoded.floats("log_variance").shape == [2, 2])
        #expect(mean.values[0] == mean.values[2] && mean.values[1] == mean.values[3])
        let single = daemon.post("/v1/models/tiny/encode", "{\"image\":\(image)}")
        #expect(try single.floats("mean").values == Array(mean.values.prefix(2)))

        let byImage = daemon.post("/v1/models/tiny/decode", "{\"image\":\(image)}")
        let byLatent = daemon.post(
            "/v1/models/tiny/decode", "{\"latents\":[[\(mean.values[0]),\(mean.values[1])]]}")
        #expect(byImage.status == .ok)
        #expect(byImage.body == byLatent.body)
        #expect(try byLatent.floats("images").shape == [1, 4, 4])

        let reconstructed = daemon.post("/v1/models/tiny/reconstruct", "{\"image\":\(image)}")
        #expect(try reconstructed.floats("images").values == byLatent.floats("images").values)
        let loss = try reconstructed.floats("reconstruction_loss").values[0]
        let divergence = try reconstructed.floats("kl_divergence").values[0]
        #expect(abs(try reconstructed.floats("elbo").values[0] + loss + divergence) < 1e-4)
    }

    @Test func drawsFromThePosteriorBySeed() throws {
        let body = #"{"sample":{"dataset":"squares","split":"test","index":3},"samples":4,"seed":9}"#
        let first = daemon.post("/v1/models/tiny/encode", body)
        #expect(try first.floats("samples").shape == [1, 4, 2])
        #expect(daemon.post("/v1/models/tiny/encode", body).body == first.body)
    }

    @Test func decodesAloneAsInABatch() throws {
        let rows = (0..<600).map { "[\(Float($0) / 100),\(Float($0) / -50)]" }
        let all = daemon.post("/v1/models/tiny/decode", "{\"latents\":[\(rows.joined(separator: ","))]}")
        let batch = try all.floats("images")
        #expect(batch.shape == [600, 4, 4])
        for row in [0, 1, 511, 512, 599] {
            let alone = try daemon.post("/v1/models/tiny/decode", "{\"latent\":\(rows[row])}").floats("images")
            #expect(alone.values == Array(batch.values[row * 16..<(row + 1) * 16]))
        }
    }

    @Test func givesColourAsPlanesAndTakesThreeLayouts() throws {
        let planes = "[[[0,0.1],[0.2,0.3]],[[0.4,0.5],[0.6,0.7]],[[0.8,0.9],[1,0]]]"
        let pixels = "[[[0,0.4,0.8],[0.1,0.5,0.9]],[[0.2,0.6,1],[0.3,0.7,0]]]"
        let first = daemon.post("/v1/models/colour/encode", "{\"image\":\(planes)}")
        #expect(first.status == .ok)
        #expect(daemon.post("/v1/models/colour/encode", "{\"image\":\(pixels)}").body == first.body)
        #expect(daemon.post("/v1/models/colour/encode", "{\"images\":[\(planes)]}").body == first.body)
        #expect(daemon.post("/v1/models/colour/encode", "{\"images\":[\(pixels)]}").body == first.body)
        let decoded = try daemon.post("/v1/models/colour/decode", #"{"latent":[1,2,3]}"#).floats("images")
        #expect(decoded.shape == [1, 3, 2, 2])
    }

    @Test func takesPicturesAndBareNumbers() throws {
        let values: [Float] = (0..<16).map { Float($0 * 17) / 255 }
        let picture = try PixelImage(planes: values, channels: 1, height: 4, width: 4)
        let png = try PNGEncoder.encode(picture)
        let rows = stride(from: 0, to: 16, by: 4).map {
            "[\(values[$0..<$0 + 4].map(\.description).joined(separator: ","))]"
        }
        let json = daemon.post("/v1/models/tiny/encode", "{\"image\":[\(rows.joined(separator: ","))]}")
        #expect(json.status == .ok)
        func encode(_ body: [UInt8], _ fields: HTTPFields, _ query: String = "") -> Response {
            daemon.send(.post, "/v1/models/tiny/encode\(query)", body: body, fields: fields)
        }
        #expect(encode(png, [.contentType: "image/png"]).body == json.body)
        let base64 = daemon.post("/v1/models/tiny/encode", "{\"image\":{\"png\":\"\(base64(png))\"}}")
        #expect(base64.body == json.body)
        let floats = encode(
            RawTensor.bytes(values), [.contentType: "application/octet-stream", .shape: "1,1,4,4", .elementType: "f32"])
        #expect(floats.body == json.body)
        let bytes = encode(
            picture.bytes, [.contentType: "application/octet-stream", .shape: "4,4", .elementType: "u8"])
        #expect(bytes.body == json.body)

        let sheet = try PNGEncoder.encode(try ImageGrid(columns: 2).tile([picture, picture]))
        let grid = encode(sheet, [.contentType: "image/png"], "?columns=2")
        #expect(try grid.floats("mean").shape == [2, 2])
        #expect(encode(sheet, [.contentType: "image/png"]).failure.code == "image_shape_mismatch")
        #expect(encode(sheet, [.contentType: "image/png"], "?resize=true").status == .ok)
    }

    @Test func givesPicturesAndBareNumbers() throws {
        let body = #"{"latents":[[0,0],[1,1],[2,2]]}"#
        let json = try daemon.post("/v1/models/tiny/decode", body).floats("images")
        let raw = daemon.post("/v1/models/tiny/decode", body, accept: "application/octet-stream")
        #expect(raw.fields[.shape] == "3,1,4,4")
        #expect(raw.body == RawTensor.bytes(json.values))
        #expect(daemon.post("/v1/models/tiny/decode?format=raw", body).body == raw.body)

        let png = daemon.post("/v1/models/tiny/decode?columns=3&scale=2&padding=1", body, accept: "image/png")
        #expect(png.fields[.contentType] == "image/png")
        let picture = try PNGDecoder.decode(png.body)
        #expect(picture.width == 3 * 8 + 2 && picture.height == 8)
        #expect(Float(picture.bytes[0]) == (json.values[0] * 255).rounded())
        let single = try PNGDecoder.decode(daemon.post("/v1/models/tiny/decode?format=png", #"{"latent":[0,0]}"#).body)
        #expect(single.width == 4 && single.height == 4)
    }

    @Test func walksBetweenPoints() throws {
        let path = daemon.post(
            "/v1/models/tiny/interpolate", #"{"from":{"latent":[0,0]},"to":{"latent":[2,4]},"steps":3}"#)
        #expect(try path.floats("latents").values == [0, 0, 1, 2, 2, 4])
        #expect(try path.floats("images").shape == [3, 4, 4])
        let through = daemon.post(
            "/v1/models/tiny/interpolate",
            #"{"through":[{"latent":[0,0]},{"latent":[1,1]},{"sample":{"dataset":"squares","index":0}}],"steps":2}"#)
        #expect(try through.floats("latents").shape == [3, 2])
        let arc = daemon.post(
            "/v1/models/tiny/interpolate",
            #"{"from":{"latent":[2,0]},"to":{"latent":[0,2]},"steps":3,"method":"slerp"}"#)
        let middle = try arc.floats("latents").values[2...3]
        #expect(middle.allSatisfy { abs($0 - 2 * Float(0.5).squareRoot()) < 1e-5 })
        let along = daemon.post("/v1/models/tiny/traverse", #"{"dimension":1,"from":-1,"to":1,"steps":3}"#)
        #expect(try along.floats("latents").values == [0, -1, 0, 0, 0, 1])
        let direction = daemon.post(
            "/v1/models/tiny/traverse",
            #"{"point":{"latent":[1,1]},"direction":[1,2],"from":0,"to":1,"steps":2}"#)
        #expect(try direction.floats("latents").values == [1, 1, 2, 3])
    }

    @Test func addsPoints() throws {
        let response = daemon.post(
            "/v1/models/tiny/arithmetic",
            #"{"terms":[{"weight":2,"point":{"latent":[1,1]}},{"weight":-1,"point":{"latent":[-1,2]}}],"nearest":2}"#)
        #expect(try response.floats("latent").values == [3, 0])
        #expect(try response.floats("image").shape == [4, 4])
        let object = try response.object()
        #expect(object["norm"] == .integer(3))
        guard case .number(let percentile)? = object["percentile"], case .array(let nearest)? = object["nearest"],
            case .object(let first) = nearest[0]
        else {
            Issue.record("not as expected: \(object)")
            return
        }
        #expect(abs(percentile - 100 * (1 - 0.011_108_996_5)) < 1e-4)
        #expect(nearest.count == 2)
        #expect(first["index"] == .integer(1) && first["label"] == .integer(1) && first["distance"] == .integer(2))
    }

    @Test func drawsFromThePrior() throws {
        let first = daemon.post("/v1/models/tiny/sample", #"{"count":5,"seed":7}"#)
        #expect(try first.floats("latents").shape == [5, 2])
        #expect(try first.floats("images").shape == [5, 4, 4])
        #expect(daemon.post("/v1/models/tiny/sample", #"{"count":5,"seed":7}"#).body == first.body)
        #expect(try daemon.send(.post, "/v1/models/tiny/sample").floats("latents").shape == [16, 2])
        let still = daemon.post("/v1/models/tiny/sample", #"{"count":2,"temperature":0}"#)
        #expect(try still.floats("latents").values.allSatisfy { $0 == 0 })
    }

    @Test func givesTheMap() throws {
        let json = daemon.get("/v1/models/tiny/map")
        #expect(try json.floats("latent").values == [0, 0, 1, 0, 0, 2, 3, 3])
        #expect(try json.floats("label").values == [0, 1, 2, 1])
        #expect(try json.floats("index").values == [0, 1, 2, 3])
        #expect(try json.object()["epoch"] == .integer(2))
        let raw = daemon.get("/v1/models/tiny/map?epoch=1", accept: "application/octet-stream")
        #expect(raw.fields[.shape] == "2,2" && raw.fields[.epoch] == "1")
        #expect(raw.body == RawTensor.bytes([0, 0.5, 0.25, 0]) + [7, 8])
        #expect(daemon.get("/v1/models/tiny/map?epoch=2").body == json.body)
        #expect(daemon.get("/v1/models/tiny/map?epoch=5").failure.code == "epoch_not_kept")
        let projected = daemon.get("/v1/models/colour/map", accept: "application/octet-stream")
        #expect(projected.body.suffix(4) == [255, 255, 255, 255])
        #expect(projected.body.count == 4 * 9)
    }

    @Test func givesAnyTwoDimensionsOfTheMap() throws {
        #expect(try daemon.get("/v1/models/tiny/map?axes=1,0").floats("latent").values == [0, 0, 0, 1, 2, 0, 3, 3])
        let raw = daemon.get("/v1/models/colour/map?axes=2,0", accept: "application/octet-stream")
        #expect(raw.body == RawTensor.bytes([0, 0, 0, 4, 0, 0, 1, 0]) + [255, 255, 255, 255])
        #expect(try daemon.get("/v1/models/tiny/map?epoch=1&axes=1,0").floats("latent").values == [0.5, 0, 0, 0.25])
    }

    /// The codes of `tiny` are those of no image, so this map is made of the dataset's images.
    @Test func givesTheLossesOfTheMapsSamples() throws {
        #expect(self.daemon.get("/v1/models/tiny/map?values=loss").failure.code == "dataset_changed")
        func sample(_ index: Int) -> String { #"{"sample":{"dataset":"squares","index":\#(index)}}"# }
        let codes: [Float] = try (0..<4).flatMap {
            try self.daemon.post("/v1/models/tiny/encode", sample($0)).floats("mean").values
        }
        let encoded = try LatentMap(
            epoch: 2, dataset: "squares", split: "test", latents: try Tensor(shape: [4, 2], values: codes), labels: nil)
        let daemon = try TestDaemon(damage: ["tiny/1/map.safetensors": try encoded.content().bytes(checksum: true)])
        let samples = (0..<4).map { daemon.post("/v1/models/tiny/reconstruct", sample($0)) }
        let losses = try samples.map { try $0.floats("reconstruction_loss").values[0] }
        let divergences = try samples.map { try $0.floats("kl_divergence").values[0] }
        let map = daemon.get("/v1/models/tiny/map?values=loss")
        #expect(try map.floats("values").values == losses)
        #expect(try daemon.get("/v1/models/tiny/map?values=kl").floats("values").values == divergences)
        let mean = divergences.reduce(0, +) / 4
        #expect(abs(try map.floats("dimension_kl").values.reduce(0, +) - mean) < 1e-5 * max(1, mean))
        let raw = daemon.get("/v1/models/tiny/map?values=kl", accept: "application/octet-stream")
        #expect(raw.fields[.shape] == "4" && raw.body == RawTensor.bytes(divergences))
    }

    @Test func givesTheWeights() throws {
        let body = daemon.get("/v1/models/tiny/weights").body
        let weights = try SafetensorsFile(body)
        #expect(weights.names.contains("encoder.0.weight") && weights.names.contains("decoder.0.weight"))
    }

    @Test func drawsTheManifold() throws {
        let response = daemon.get("/v1/models/tiny/manifold.png?columns=3&rows=2&x0=-1&x1=1&y0=0&y1=2")
        let sheet = try PNGDecoder.decode(response.body)
        #expect(sheet.width == 12 && sheet.height == 8)
        let corner = try daemon.post("/v1/models/tiny/decode", #"{"latent":[-1,2]}"#).floats("images").values[0]
        #expect(Float(sheet.bytes[0]) == (corner * 255).rounded())
    }

    private func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let chunk = bytes[start..<min(start + 3, bytes.count)]
            let bits = chunk.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - chunk.count))
            for place in 0..<4 { text.append(place <= chunk.count ? digits[bits >> (18 - 6 * place) & 63] : "=") }
        }
        return text
    }
}
