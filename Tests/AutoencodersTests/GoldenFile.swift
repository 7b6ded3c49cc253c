import Foundation
import Tensors

@testable import Autoencoders

/// A fixture that PyTorch made: a configuration and named float32 tensors.
///
/// Reads just what the fixtures hold; the program's own reader of such files, with its checks, is tested elsewhere.
struct GoldenFile {
    let configuration: ModelConfiguration
    private let tensors: [String: Tensor]

    static let names = ["small_vae", "batch_norm_vae", "mlp_vae"]

    struct Missing: Error { let name: String }
    private struct Entry: Decodable {
        let shape: [Int]
        let data_offsets: [Int]
    }

    init(_ name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)")
        configuration = try ModelConfiguration(json: Data(contentsOf: folder.appending(path: "config.json")))
        let file = [UInt8](try Data(contentsOf: folder.appending(path: "golden.safetensors")))
        let headerLength = (0..<8).reduce(0) { $0 | Int(file[$1]) << (8 * $1) }
        let header = Data(file[8..<8 + headerLength])
        var tensors: [String: Tensor] = [:]
        let object = try JSONSerialization.jsonObject(with: header) as? [String: Any] ?? [:]
        for (name, value) in object where name != "__metadata__" {
            let entry = try JSONDecoder().decode(Entry.self, from: JSONSerialization.data(withJSONObject: value))
            let start = 8 + headerLength + entry.data_offsets[0]
            let count = try Shape(entry.shape).elementCount()
            tensors[name] = try Tensor(
                shape: Shape(entry.shape),
                values: (0..<count).map { i in
                    Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(file[start + 4 * i + $1]) << (8 * $1) })
                })
        }
        self.tensors = tensors
    }

    var tensorNames: [String] { tensors.keys.sorted() }

    func tensor(_ name: String) throws -> Tensor {
        guard let tensor = tensors[name] else { throw Missing(name: name) }
        return tensor
    }

    func values(_ name: String) throws -> [Float] { try tensor(name).values }

    /// The allowed absolute difference: twenty times what float32 costs PyTorch itself.
    func tolerance(_ group: String) throws -> Float { try values("tolerance/\(group)")[0] }

    /// The model's parameters in its own flat order, from the tensors `prefix/NAME`.
    func parameters(_ prefix: String) throws -> Parameters {
        let layout = try ParameterLayout(configuration)
        var parameters = try Parameters(layout: layout, values: [Float](repeating: .nan, count: layout.count))
        for entry in layout.entries {
            let tensor = try tensor("\(prefix)/\(entry.name)")
            guard tensor.shape == entry.shape else { throw Missing(name: "\(entry.name) of \(entry.shape)") }
            parameters[entry] = tensor.values[...]
        }
        return parameters
    }
}

/// The largest |a − b|, infinite where the counts differ or there is a NaN.
func largestDifference(_ a: some Sequence<Float>, _ b: some Sequence<Float>) -> Float {
    let (a, b) = (Array(a), Array(b))
    guard a.count == b.count else { return .infinity }
    return zip(a, b).map { abs($0 - $1).isNaN ? .infinity : abs($0 - $1) }.max() ?? 0
}
