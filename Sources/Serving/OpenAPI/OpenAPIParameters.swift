import Jobs
import LatentSpace

/// Parameters of paths, queries and header fields, by name.
enum OpenAPIParameters {
    struct Parameter {
        let schema: JSONSchema
        let text: String
        var example: String?
    }

    static let inPaths: [String: Parameter] = [
        "model": Parameter(schema: .string(pattern: name), text: "A model's name.", example: "mnist-2d"),
        "version": Parameter(
            schema: .string(pattern: "^[0-9]{1,9}$"), text: "A model's version, from 1.", example: "1"),
        "vector": Parameter(schema: .named("VectorName"), text: "A vector's name.", example: "slant"),
        "dataset": Parameter(schema: .string(pattern: name), text: "A dataset's name.", example: "mnist"),
        "split": Parameter(schema: .choice(["train", "test"]), text: "A part of the dataset.", example: "test"),
        "index": Parameter(schema: .integer(0...Int.max), text: "An image's place in the split, from 0.", example: "0"),
        "job": Parameter(schema: job, text: "A job's id."),
        "epoch": Parameter(schema: .integer(1...Int.max), text: "One of the epochs of `maps`.", example: "1"),
    ]

    /// Crockford's digits, of which the first tell the time.
    static let job = JSONSchema.string(pattern: "^job_[0-9a-hjkmnp-tv-z]{26}$")

    private static let name = "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"

    /// By name, or by name and the end of the pattern where the same name means something else.
    static func inQuery(_ name: String, of pattern: String) -> Parameter? {
        let place = pattern.split(separator: "/").last ?? ""
        return queries["\(name) \(place)"] ?? queries[name]
    }

    private static let queries: [String: Parameter] = [
        "format": Parameter(
            schema: .choice(["json", "png", "raw", "npy"]),
            text: "The answer's form, before `Accept`; what is offered here."),
        "format map": mapFormat,
        "format {epoch}": mapFormat,
        "columns": Parameter(schema: .integer(1...Limits.rows), text: "Images side by side."),
        "rows": Parameter(schema: .integer(1...Limits.rows), text: "Rows of images in the picture that is sent."),
        "scale": Parameter(schema: .integer(1...64, default: 1), text: "Pixels a pixel of a picture takes."),
        "padding": Parameter(schema: .integer(0...64, default: 0), text: "Pixels between the images of a picture."),
        "padding encode": Parameter(
            schema: .integer(0...1024, default: 0), text: "Pixels between the images of the picture that is sent."),
        "resize": Parameter(schema: flag, text: "Whether pictures of another size are resized instead of refused."),
        "epoch": Parameter(schema: .integer(0...Int.max), text: "One of the model's `map_epochs`; else the latest."),
        "axes": Parameter(
            schema: .string(pattern: "^[0-9]{1,9},[0-9]{1,9}$"),
            text: "Two latent dimensions, as in `0,1`, in place of the principal plane."),
        "values": Parameter(
            schema: .choice(SampleLosses.Part.allCases.map(\.rawValue)),
            text:
                "A number a sample, in nats: its reconstruction loss or its KL divergence. Raw and NPY give these alone."
        ),
        "columns manifold.png": Parameter(schema: .integer(1...1000, default: 20), text: "Images side by side."),
        "rows manifold.png": Parameter(schema: .integer(1...1000, default: 20), text: "Images one above the other."),
        "x0": Parameter(schema: .number, text: "The left end, in latent units; -3 where nothing is said."),
        "x1": Parameter(schema: .number, text: "The right end; 3 where nothing is said."),
        "y0": Parameter(schema: .number, text: "The lower end; -3 where nothing is said."),
        "y1": Parameter(schema: .number, text: "The upper end; 3 where nothing is said."),
        "spacing": Parameter(
            schema: .choice(AxisSpacing.allCases.map(\.rawValue), default: AxisSpacing.uniform.rawValue),
            text: "Places at equal distances, or with equal probability under the prior between neighbours."),
        "horizontal": Parameter(schema: .integer(0...Int.max, default: 0), text: "The dimension from left to right."),
        "vertical": Parameter(schema: .integer(0...Int.max, default: 1), text: "The dimension from bottom to top."),
        "status": Parameter(schema: .choice(JobStatus.allCases.map(\.rawValue)), text: "Only jobs that stand so."),
        "limit": Parameter(schema: .integer(1...1000, default: 100), text: "Entries at most."),
        "limit events": Parameter(schema: .integer(1...999, default: 500), text: "Events at most."),
        "limit checkpoints": Parameter(schema: .integer(1...999, default: 500), text: "Checkpoints at most."),
        "after checkpoints": Parameter(
            schema: .integer(0...Int.max, default: 0), text: "The last sequence number that is known."),
        "after": Parameter(schema: job, text: "The last id of the page before."),
        "after events": Parameter(
            schema: .integer(0...Int.max, default: 0), text: "The last sequence number that is known."),
    ]

    private static let mapFormat = Parameter(
        schema: .choice(["json", "raw", "npy"]), text: "The answer's form, before `Accept`.")
    private static let flag = JSONSchema.choice(["true", "false", "1", "0"], default: "false")

    static let headers: [String: Parameter] = [
        "Idempotency-Key": Parameter(
            schema: .string(pattern: "^[!-~]{1,255}$"), text: "The same key with the same body makes one job only."),
        "Last-Event-ID": Parameter(
            schema: .string(pattern: "^[0-9]{0,18}$"), text: "Of a stream: the last event that is known."),
        "Inference-Header-Content-Length": Parameter(
            schema: .string(pattern: "^[0-9]{1,18}$"), text: "Bytes of JSON before the tensors' bytes; 0 for none."),
    ]
}
