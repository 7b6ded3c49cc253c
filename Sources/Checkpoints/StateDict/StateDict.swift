import Autoencoders
import Tensors

/// Somebody's weights, a PyTorch state dict saved as safetensors, held against the model that they shall fill.
public struct StateDict: Sendable {
    /// The model's tensors in its order, then those of the file that belong nowhere.
    public let rows: [TensorRow]
    private let file: String
    private let layout: ParameterLayout
    private let values: [Float]

    /// Reads the file whole. What does not fit is told by `rows`, and by `parameters` as one error.
    public init(
        path: String, configuration: ModelConfiguration, names: TensorNames = TensorNames()
    ) throws(StateDictError) {
        let bytes: [UInt8]
        do { bytes = try UserFile.read(path, limit: CheckpointFolder.tensorsLimit) } catch { throw .file(error) }
        let name = FolderPublication.split(path).name
        let tensors: SafetensorsFile
        do { tensors = try SafetensorsFile(bytes) } catch { throw .format(file: name, reason: error) }
        do { layout = try ParameterLayout(configuration) } catch { throw .configuration(error) }
        file = name
        (rows, values) = Self.compare(tensors, layout, try names.applied(to: tensors.names, of: name, layout: layout))
    }

    /// PyTorch's batch norm counts its batches; nothing here uses the number.
    static func isUnused(_ name: String) -> Bool { name.hasSuffix(".num_batches_tracked") }

    /// Every weight of the model, or all that is wrong. A bias that a layer of the file does without is 0.
    public func parameters() throws(StateDictError) -> Parameters {
        let wrong = rows.filter { $0.problem != nil }
        guard wrong.isEmpty else { throw .tensors(file: file, wrong) }
        do { return try Parameters(layout: layout, values: values) } catch { throw .tensors(file: file, rows) }
    }

    /// - Parameter names: the file's names, each with what the model calls it.
    private static func compare(
        _ tensors: SafetensorsFile, _ layout: ParameterLayout, _ names: [(source: String, name: String)]
    ) -> (rows: [TensorRow], values: [Float]) {
        let sources = Dictionary(names.map { ($0.name, [$0.source]) }, uniquingKeysWith: +)
        var rows: [TensorRow] = []
        var values: [Float] = []
        for entry in layout.entries {
            var (row, tensor) = fill(entry, from: sources[entry.name]?.first, in: tensors)
            if row.problem == .missing, isBias(entry.name, of: layout, beside: sources) {
                (row.problem, tensor) = (nil, Array(repeating: 0, count: entry.count))
            }
            if let others = sources[entry.name]?.dropFirst(), let other = others.first {
                row.problem = .ambiguous(other: other)
            }
            rows.append(row)
            values += tensor
        }
        let known = Set(layout.entries.map(\.name))
        for (source, name) in names where !known.contains(name) {
            rows.append(
                TensorRow(
                    name: name, source: source, element: try? tensors.element(of: source),
                    shape: try? tensors.shape(of: source), expected: nil, problem: .unexpected))
        }
        return (rows, values)
    }

    /// Whether it is what a layer with a weight and `bias=False` has not; batch norm has both or none.
    private static func isBias(
        _ name: String, of layout: ParameterLayout, beside sources: [String: [String]]
    ) -> Bool {
        guard name.hasSuffix(".bias") else { return false }
        let layer = name.dropLast("bias".count)
        return sources["\(layer)weight"] != nil && layout.entry("\(layer)running_mean") == nil
    }

    private static func fill(
        _ entry: ParameterLayout.Entry, from source: String?, in tensors: SafetensorsFile
    ) -> (row: TensorRow, values: [Float]) {
        var row = TensorRow(
            name: entry.name, source: source, element: source.flatMap { try? tensors.element(of: $0) },
            shape: source.flatMap { try? tensors.shape(of: $0) }, expected: entry.shape, problem: .missing)
        guard let source else { return (row, []) }
        do {
            let values = try tensors.floats(source, shape: entry.shape).values
            row.problem = values.firstIndex { !$0.isFinite }.map(TensorRow.Problem.nonFinite)
            return (row, values)
        } catch {
            if case .elementMismatch = error { row.problem = .element } else { row.problem = .shape }
            return (row, [])
        }
    }
}
