import Autoencoders

/// How the names of a state dict become those of a model: as they are, unless there is a rule.
public struct TensorNames: Sendable, Equatable {
    /// Beginnings of names, whole components, and what takes their place. Of those that fit the longest counts.
    private var beginnings: [String: String] = [:]
    /// Whether the modules of `encoder` and `decoder` are the layers in their order, whatever their numbers: in an
    /// `nn.Sequential` activations have numbers too.
    public var inOrder = false

    public init() {}

    /// - Parameter rules: each FROM=TO, e.g. `fc_mu=mean`.
    public init(rules: [String], inOrder: Bool = false) throws(StateDictError) {
        for rule in rules {
            let sides = rule.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2, sides.allSatisfy(Self.isName), beginnings[sides[0]] == nil else {
                throw .rule(rule)
            }
            beginnings[sides[0]] = sides[1]
        }
        self.inOrder = inOrder
    }

    private static func isName(_ text: String) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
    }

    /// The names that matter, each with what the model calls it, in the file's order.
    func applied(
        to names: [String], of file: String, layout: ParameterLayout
    ) throws(StateDictError) -> [(source: String, name: String)] {
        var result = names.filter { !StateDict.isUnused($0) }.map { (source: $0, name: replaced($0)) }
        guard inOrder else { return result }
        for part in ["encoder", "decoder"] {
            let expected = Self.modules(layout.entries.map(\.name), of: part)
            let actual = try Self.sorted(Self.modules(result.map(\.name), of: part), of: file)
            guard actual.count == expected.count else {
                throw .moduleCount(file: file, part: part, actual: actual, expected: expected)
            }
            let numbered = Dictionary(zip(actual, expected), uniquingKeysWith: { first, _ in first })
            for index in result.indices {
                let (module, last) = Self.split(result[index].name)
                if let other = numbered[module] { result[index].name = "\(other).\(last)" }
            }
        }
        return result
    }

    private func replaced(_ name: String) -> String {
        var end = name.endIndex
        while true {
            if let other = beginnings[String(name[..<end])] { return other + name[end...] }
            guard let dot = name[..<end].lastIndex(of: ".") else { return name }
            end = dot
        }
    }

    /// The modules of a part that have tensors, each once, in the order of their first.
    private static func modules(_ names: [String], of part: String) -> [String] {
        var seen = Set<String>()
        return names.map { split($0).module }.filter { $0.hasPrefix("\(part).") && seen.insert($0).inserted }
    }

    private static func sorted(_ modules: [String], of file: String) throws(StateDictError) -> [String] {
        var numbered: [(module: String, numbers: [Int])] = []
        for module in modules {
            let components = module.split(separator: ".", omittingEmptySubsequences: false).dropFirst()
            let numbers = components.compactMap { Int($0) }
            guard numbers.count == components.count else { throw .unnumbered(file: file, module: module) }
            numbered.append((module, numbers))
        }
        return numbered.sorted { $0.numbers.lexicographicallyPrecedes($1.numbers) }.map(\.module)
    }

    private static func split(_ name: String) -> (module: String, last: String) {
        guard let dot = name.lastIndex(of: ".") else { return ("", name) }
        return (String(name[..<dot]), String(name[name.index(after: dot)...]))
    }
}
