/// Parsed JSON. Regular arrays of numbers, however nested, lie as floats in one buffer; the rest is a tree.
struct JSONDocument {
    let root: JSONNode
    /// The numbers of all regular arrays, in the order of the text.
    let floats: [Float]

    /// The numbers of one array.
    func values(of block: FloatBlock) -> [Float] {
        block.range == floats.indices ? floats : Array(floats[block.range])
    }
}

/// One value of a document.
enum JSONNode: Equatable {
    case null
    case bool(Bool)
    /// A number written without fraction and exponent that fits 64 bits.
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONNode])
    case object(JSONObject)
    /// An array of numbers, or of equally long arrays of numbers, up to four axes; also `[]`.
    case floats(FloatBlock)

    /// What the value is, for people.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .integer, .number: "a number"
        case .string: "a string"
        case .array, .floats: "an array"
        case .object: "an object"
        }
    }
}

/// An object's members in the order of the text; keys are unique.
struct JSONObject: Equatable {
    var members: [(key: String, value: JSONNode)] = []

    subscript(key: String) -> JSONNode? {
        for member in members where member.key == key { return member.value }
        return nil
    }

    static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.elementsEqual(right.members) { $0.key == $1.key && $0.value == $1.value }
    }
}

/// Where a regular array of numbers lies in its document's floats, and its extents.
struct FloatBlock: Equatable {
    let range: Range<Int>
    /// 1...4; only that many of `extents` count, outermost first.
    let rank: Int
    let extents: SIMD4<Int>

    static let maximumRank = 4

    var shape: [Int] { (0..<rank).map { extents[$0] } }

    /// The block of `count` blocks like this one; nil where there would be too many axes.
    func stacked(count: Int, range: Range<Int>) -> FloatBlock? {
        guard rank < Self.maximumRank else { return nil }
        return FloatBlock(
            range: range, rank: rank + 1, extents: SIMD4(count, extents[0], extents[1], extents[2]))
    }

    func hasShape(of other: FloatBlock) -> Bool { rank == other.rank && extents == other.extents }

    /// Entry `index` of the outermost axis; only for a rank above 1.
    func entry(_ index: Int) -> FloatBlock {
        let length = extents[0] == 0 ? 0 : range.count / extents[0]
        let start = range.lowerBound + index * length
        return FloatBlock(
            range: start..<start + length, rank: rank - 1, extents: SIMD4(extents[1], extents[2], extents[3], 0))
    }
}
