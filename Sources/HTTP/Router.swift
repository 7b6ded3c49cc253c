import HTTPTypes

/// What a request competes for with others, told by its path: those for the same share a bound and take turns with the rest.
public typealias Share = @Sendable (PathParameters) -> String?

/// One method and path pattern, and what answers it; an object, since every request refers to one.
public final class Route: Sendable {
    /// Where a handler runs.
    public enum Execution: Sendable {
        /// On a handler thread; it may compute and block.
        case pool
        /// On the event loop itself: only for answers that are ready, such as a health check.
        case inline
    }

    public let method: HTTPRequest.Method
    /// As registered, e.g. `/v1/models/{model}/decode`: a closed set, fit for metrics labels.
    public let pattern: String
    /// The largest body, in bytes; a larger one is 413, before it is read where its length was declared.
    public let bodyLimit: Int
    public let execution: Execution
    public let handler: Handler
    /// Answers several requests with the same path parameters in one call; nil where nothing is gained by it.
    public let together: GroupHandler?
    public let access: Access
    /// Nil where nothing is competed for.
    public let share: Share?
    /// Its place in `Router.routes`.
    public let number: Int

    init(
        method: HTTPRequest.Method, pattern: String, bodyLimit: Int, execution: Execution, handler: @escaping Handler,
        together: GroupHandler?, access: Access, share: Share?, number: Int
    ) {
        self.method = method
        self.pattern = pattern
        self.bodyLimit = bodyLimit
        self.execution = execution
        self.handler = handler
        self.together = together
        self.access = access
        self.share = share
        self.number = number
    }
}

/// Finds the route of a method and path.
///
/// A pattern's segment is literal text, `{name}`, `{name}` with literal text after it (`{index}.png`), or, last,
/// `{name...}` for all the rest. Where several fit, the literal one wins, then the one with text after it. GET routes
/// answer HEAD too.
public struct Router: Sendable {
    /// What was found.
    public enum Match: Sendable {
        case route(Route, PathParameters)
        /// The path is there, the method is not; the value for `Allow`.
        case methodNotAllowed(allow: String)
        /// OPTIONS on a path (or `*`) that has no such route of its own; the value for `Allow`.
        case options(allow: String)
        case notFound
    }

    /// What `add` uses where no limit is given: 1 MiB.
    public static let defaultBodyLimit = 1 << 20

    private enum Segment: Sendable, Hashable {
        case literal(String)
        case parameter(suffix: String)
        case rest
    }

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        /// Longest suffix first.
        var parameters: [(suffix: String, node: Int)] = []
        var rest: Int?
        var routes: [(route: Int, names: [String])] = []
    }

    /// In the order they were added.
    public private(set) var routes: [Route] = []
    /// Parts of the path with errors of a form of their own.
    public var failureForms: [FailureForm] = []
    private var nodes = [Node()]

    public init() {}

    /// Adds a route; a second one for the same method and pattern replaces the first. Where the server has a gate, a
    /// route that says nothing about its access is for nobody.
    public mutating func add(
        _ method: HTTPRequest.Method, _ pattern: String, bodyLimit: Int = Router.defaultBodyLimit,
        execution: Route.Execution = .pool, access: Access = .scopes([]), share: Share? = nil,
        together: GroupHandler? = nil, handler: @escaping Handler
    ) {
        var names: [String] = []
        var node = 0
        for part in pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            node = child(of: node, for: Self.segment(part, names: &names))
        }
        let known = nodes[node].routes.firstIndex { routes[$0.route].method == method }
        let number = known.map { nodes[node].routes[$0].route } ?? routes.count
        let route = Route(
            method: method, pattern: pattern, bodyLimit: bodyLimit, execution: execution, handler: handler,
            together: together, access: access, share: share, number: number)
        if let known {
            routes[number] = route
            nodes[node].routes[known].names = names
        } else {
            routes.append(route)
            nodes[node].routes.append((number, names))
        }
    }

    /// Finds the route for decoded path segments, or says why there is none.
    public func match(_ method: HTTPRequest.Method, path: [String]) -> Match {
        var values: [String] = []
        guard let node = find(path[...], from: 0, values: &values) else { return .notFound }
        let candidates = nodes[node].routes
        let found =
            candidates.first { routes[$0.route].method == method }
            ?? (method == .head ? candidates.first { routes[$0.route].method == .get } : nil)
        guard let found else {
            let allow = Self.allow(candidates.map { routes[$0.route].method })
            return method == .options ? .options(allow: allow) : .methodNotAllowed(allow: allow)
        }
        var parameters = PathParameters()
        for (name, value) in zip(found.names, values) { parameters[name] = value }
        return .route(routes[found.route], parameters)
    }

    /// The answer to `OPTIONS *`: every method that some route has.
    public var allowEverywhere: String {
        Self.allow(routes.map(\.method))
    }

    private static func allow(_ methods: [HTTPRequest.Method]) -> String {
        var names = Set(methods.map(\.rawValue))
        if names.contains("GET") { names.insert("HEAD") }
        names.insert("OPTIONS")
        return names.sorted().joined(separator: ", ")
    }

    private static func segment(_ part: Substring, names: inout [String]) -> Segment {
        guard part.hasPrefix("{"), let end = part.firstIndex(of: "}") else { return .literal(String(part)) }
        let name = part[part.index(after: part.startIndex)..<end]
        if name.hasSuffix("...") {
            names.append(String(name.dropLast(3)))
            return .rest
        }
        names.append(String(name))
        return .parameter(suffix: String(part[part.index(after: end)...]))
    }

    private mutating func child(of node: Int, for segment: Segment) -> Int {
        let fresh = nodes.count
        switch segment {
        case .literal(let text):
            if let known = nodes[node].literals[text] { return known }
            nodes[node].literals[text] = fresh
        case .parameter(let suffix):
            if let known = nodes[node].parameters.first(where: { $0.suffix == suffix }) { return known.node }
            nodes[node].parameters.append((suffix, fresh))
            nodes[node].parameters.sort { $0.suffix.utf8.count > $1.suffix.utf8.count }
        case .rest:
            if let known = nodes[node].rest { return known }
            nodes[node].rest = fresh
        }
        nodes.append(Node())
        return fresh
    }

    /// Depth-first with a way back: the number of patterns is small and fixed, the path's length is capped.
    private func find(_ path: ArraySlice<String>, from node: Int, values: inout [String]) -> Int? {
        guard let segment = path.first else { return nodes[node].routes.isEmpty ? nil : node }
        let left = path.dropFirst()
        if let next = nodes[node].literals[segment], let found = find(left, from: next, values: &values) {
            return found
        }
        for (suffix, next) in nodes[node].parameters where segment.hasSuffix(suffix) {
            let value = segment.dropLast(suffix.count)
            guard !value.isEmpty else { continue }
            values.append(String(value))
            if let found = find(left, from: next, values: &values) { return found }
            values.removeLast()
        }
        guard let next = nodes[node].rest, !nodes[next].routes.isEmpty else { return nil }
        values.append(path.joined(separator: "/"))
        return next
    }
}
