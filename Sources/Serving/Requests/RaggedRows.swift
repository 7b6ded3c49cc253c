/// What is wrong with an array of numbers that is not regular.
enum RaggedRows {
    /// Names the first row that does not fit; nil where each row is regular by itself.
    static func error(_ rows: [JSONNode], path: String) -> ServiceError? {
        var firstLength: Int?
        for (index, row) in rows.enumerated() {
            let place = "\(path)[\(index)]"
            switch row {
            case .floats(let block):
                let length = block.extents[0]
                if let expected = firstLength, expected != length {
                    return .impossible(
                        "ragged_rows",
                        "Row \(index) of '\(path)' has \(length) entries; the rows before it have \(expected).",
                        place)
                }
                firstLength = length
            case .array(let inner):
                if inner.contains(where: { if case .floats = $0 { true } else { false } }) {
                    return error(inner, path: place)
                }
                for (column, element) in inner.enumerated() {
                    if case .number = element { continue }
                    return .wrongType("\(place)[\(column)]", actual: element.kind, expected: "a number")
                }
                return .wrongType(place, actual: "not regular", expected: "a row of numbers")
            default: return .wrongType(place, actual: row.kind, expected: "a row of numbers")
            }
        }
        return nil
    }
}
