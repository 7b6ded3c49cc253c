/// Reads rows of latents for one model.
struct LatentReader {
    let model: String
    let dimension: Int

    /// An array of rows: the flat values and the number of rows. Errors name the row: `latents[3]`.
    func rows(_ node: JSONNode, of document: JSONDocument, path: String) throws -> (values: [Float], count: Int) {
        switch node {
        case .floats(let block):
            let count = block.extents[0]
            guard count > 0 else { throw ServiceError.outOfRange(path, actual: "empty", expected: "at least one row") }
            try check(count: count, path: path)
            guard block.rank > 1 else {
                throw ServiceError.wrongType(
                    "\(path)[0]", actual: "a number", expected: "an array of \(dimension) numbers")
            }
            guard block.rank == 2 else {
                throw ServiceError.wrongType("\(path)[0][0]", actual: "an array", expected: "a number")
            }
            guard block.extents[1] == dimension else {
                throw mismatch(path: "\(path)[0]", row: 0, count: block.extents[1])
            }
            return (document.values(of: block), count)
        case .array(let elements):
            try check(count: elements.count, path: path)
            var values: [Float] = []
            for (row, element) in elements.enumerated() {
                values += try self.row(element, of: document, path: "\(path)[\(row)]", row: row)
            }
            return (values, elements.count)
        default: throw ServiceError.wrongType(path, actual: node.kind, expected: "an array of rows")
        }
    }

    /// One latent.
    func row(_ node: JSONNode, of document: JSONDocument, path: String, row: Int? = nil) throws -> [Float] {
        switch node {
        case .floats(let block):
            guard block.rank == 1 else {
                throw ServiceError.wrongType("\(path)[0]", actual: "an array", expected: "a number")
            }
            guard block.extents[0] == dimension else { throw mismatch(path: path, row: row, count: block.extents[0]) }
            return document.values(of: block)
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                if case .number = element { continue }
                throw ServiceError.wrongType("\(path)[\(index)]", actual: element.kind, expected: "a number")
            }
            throw mismatch(path: path, row: row, count: elements.count)
        default:
            throw ServiceError.wrongType(path, actual: node.kind, expected: "an array of \(dimension) numbers")
        }
    }

    func raw(_ tensor: RawTensor) throws -> (values: [Float], count: Int) {
        guard !tensor.isBytes else {
            throw ServiceError.outOfRange(
                tensor.names.type, actual: "'\(tensor.names.bytes)'", expected: "\(tensor.names.floats) for latents")
        }
        guard tensor.shape.count == 2, tensor.shape[1] == dimension, tensor.shape[0] > 0 else {
            throw ServiceError.impossible(
                "latent_dimension_mismatch",
                "Model '\(model)' takes latents of shape n,\(dimension); \(tensor.names.tensor) is "
                    + "\(tensor.shape.map(String.init).joined(separator: ",")).", tensor.names.shape)
        }
        try check(count: tensor.shape[0], path: tensor.names.shape)
        return (tensor.values, tensor.shape[0])
    }

    private func check(count: Int, path: String) throws {
        guard count <= Limits.rows else {
            throw ServiceError(
                status: .contentTooLarge, code: "too_many_rows",
                message: "'\(path)' has \(count) rows; the limit is \(Limits.rows) a request.", parameter: path)
        }
    }

    private func mismatch(path: String, row: Int?, count: Int) -> ServiceError {
        let what = row.map { "row \($0)" } ?? "'\(path)'"
        return .impossible(
            "latent_dimension_mismatch",
            "Model '\(model)' takes latents of \(dimension) numbers; \(what) has \(count).", path)
    }
}
