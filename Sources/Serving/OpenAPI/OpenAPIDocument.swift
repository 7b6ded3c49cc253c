import HTTP
import HTTPTypes

/// The API as OpenAPI 3.1 says it (spec.openapis.org/oas/v3.1.1), made from the rows of the route table and `OperationTable`.
enum OpenAPIDocument {
    static func text(of endpoints: [Endpoint], version: String) -> [UInt8] {
        let patterns = endpoints.reduce(into: [String]()) { if !$0.contains($1.pattern) { $0.append($1.pattern) } }
        let paths = patterns.map { pattern in
            let operations = endpoints.filter { $0.pattern == pattern }.map {
                "\(quoted($0.method.rawValue.lowercased())):\(operation($0))"
            }
            return "\(quoted(pattern)):{\(operations.joined(separator: ","))}"
        }
        let tags = Tag.allCases.map { #"{"name":\#(quoted($0.rawValue)),"description":\#(quoted($0.text))}"# }
        return Array(
            """
            {"openapi":"3.1.0","info":{"title":"latentd","version":\(quoted(version)),"license":{"name":"Apache 2.0","identifier":"Apache-2.0"},\
            "description":\(quoted(description))},"servers":[{"url":"/"}],"tags":[\(tags.joined(separator: ","))],\
            "paths":{\(paths.joined(separator: ","))},"components":\(components)}
            """.utf8)
    }

    private static let description = """
        Autoencoders over HTTP. Every error names what is wrong; names that are not known, in a body or a query, are errors. \
        Bodies may be gzip, and answers are where the client takes it.
        """

    enum Tag: String, CaseIterable {
        case models, vectors, maps, datasets, jobs, inference, server

        var text: String {
            switch self {
            case .models: "Models, and what is asked of them."
            case .vectors: "Directions and places that have a name."
            case .maps: "The encoded data, and the decoded plane."
            case .datasets: "What can be learned from."
            case .jobs: "Training."
            case .inference: "The Open Inference Protocol, version 2."
            case .server: "The daemon itself."
            }
        }

        init(_ pattern: String) {
            self =
                if pattern.hasPrefix("/v2") {
                    .inference
                } else if pattern.contains("/vectors") {
                    .vectors
                } else if pattern.hasSuffix("/map") || pattern.hasSuffix(".png") && pattern.contains("/models/") {
                    .maps
                } else if pattern.hasPrefix("/v1/models") {
                    .models
                } else if pattern.hasPrefix("/v1/datasets") {
                    .datasets
                } else if pattern.hasPrefix("/v1/jobs") {
                    .jobs
                } else {
                    .server
                }
        }
    }

    private static func operation(_ endpoint: Endpoint) -> String {
        let operation =
            OperationTable.operation(of: endpoint) ?? Operation(id: "\(endpoint.method) \(endpoint.pattern)")
        var members = [
            #""operationId":\#(quoted(operation.id))"#, #""summary":\#(quoted(endpoint.summary))"#,
            #""tags":[\#(quoted(Tag(endpoint.pattern).rawValue))]"#,
            #""parameters":[\#(parameters(endpoint, operation).joined(separator: ","))]"#,
            #""responses":{\#(responses(endpoint, operation).joined(separator: ","))}"#,
        ]
        if !operation.details.isEmpty { members.append(#""description":\#(quoted(operation.details))"#) }
        if let content = operation.takes {
            let limit = endpoint.bodyLimit.formatted(.number.locale(.init(identifier: "en_US")))
            members.append(
                """
                "requestBody":{"description":"At most \(limit) bytes.","required":\(content.isRequired),\
                "content":\(media(content))}
                """)
        }
        if case .scopes(let scopes) = endpoint.access {
            members.append(#""security":[\#(scopes.map { #"{"token":[\#(quoted($0))]}"# }.joined(separator: ",")),{}]"#)
        }
        return "{\(members.joined(separator: ","))}"
    }

    private static func parameters(_ endpoint: Endpoint, _ operation: Operation) -> [String] {
        let names = endpoint.pattern.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
        var parameters: [String] = []
        func add(_ parameter: OpenAPIParameters.Parameter?, _ name: String, in place: String, example: String? = nil) {
            guard let parameter else { return }
            let example = (example ?? parameter.example).map { #","example":\#(quoted($0))"# } ?? ""
            parameters.append(
                """
                {"name":\(quoted(name)),"in":"\(place)","required":\(place == "path"),\
                "description":\(quoted(parameter.text)),"schema":\(parameter.schema.json)\(example)}
                """)
        }
        for name in names {
            add(OpenAPIParameters.inPaths[name], name, in: "path", example: name == "model" ? operation.model : nil)
        }
        for name in endpoint.query { add(OpenAPIParameters.inQuery(name, of: endpoint.pattern), name, in: "query") }
        for name in operation.headers { add(OpenAPIParameters.headers[name], name, in: "header") }
        return parameters
    }

    private static func responses(_ endpoint: Endpoint, _ operation: Operation) -> [String] {
        func answer(_ status: Int, _ text: String, _ content: Operation.Content?) -> String {
            let body = content.map { #","content":\#(media($0))"# } ?? ""
            let headers = (content?.headers ?? []).map { #"\#(quoted($0)):{"schema":{"type":"string"}}"# }
            let fields = headers.isEmpty ? "" : #","headers":{\#(headers.joined(separator: ","))}"#
            return #""\#(status)":{"description":\#(quoted(text))\#(fields)\#(body)}"#
        }
        var answers = [
            answer(operation.status, operation.gives == nil ? "Done." : "What was asked for.", operation.gives)
        ]
        answers += operation.others.map { answer($0.status, $0.description, $0.status == 204 ? nil : operation.gives) }
        let form = endpoint.pattern.hasPrefix("/v2") ? "InferenceError" : "Error"
        for status in errors(endpoint, operation).sorted() {
            answers.append(
                ##""\##(status)":{"$ref":"#/components/responses/\##(form)\##(isBusy(status) ? "Busy" : "")"}"##)
        }
        return answers + [##""default":{"$ref":"#/components/responses/\##(form)"}"##]
    }

    private static func isBusy(_ status: Int) -> Bool { status == 429 || status == 503 }

    /// What follows from the row: who may call it, what it takes, whether it waits for a thread.
    private static func errors(_ endpoint: Endpoint, _ operation: Operation) -> Set<Int> {
        var errors = Set([400] + operation.errors)
        if endpoint.pattern.contains("{") { errors.insert(404) }
        if endpoint.access != .open { errors.formUnion([401, 403]) }
        if endpoint.execution == .pool { errors.formUnion([429, 503]) }
        if operation.takes != nil { errors.formUnion([413, 415]) }
        if endpoint.hasStrictQuery { errors.insert(422) }
        return errors
    }

    private static func media(_ content: Operation.Content) -> String {
        let forms = content.media.map { type, schema in
            let example = type == "application/json" ? content.example.map { #","example":\#($0)"# } ?? "" : ""
            return #"\#(quoted(type)):{"schema":\#(schema.json)\#(example)}"#
        }
        return "{\(forms.joined(separator: ","))}"
    }

    private static var components: String {
        let schemas = OpenAPIComponents.schemas.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\($0.value.json)" }
        let retry = #""headers":{"Retry-After":{"description":"Seconds.","schema":{"type":"integer","minimum":0}}},"#
        let responses = ["Error", "InferenceError"].flatMap { form in
            ["", "Busy"].map { busy in
                let text = busy.isEmpty ? "What is wrong." : "Too much is asked for at once; later it may go."
                return ##"""
                    "\##(form)\##(busy)":{"description":\##(quoted(text)),\##(busy.isEmpty ? "" : retry)"content":
                    {"application/json":{"schema":{"$ref":"#/components/schemas/\##(form)"}}}}
                    """##
            }
        }
        return """
            {"schemas":{\(schemas.joined(separator: ","))},"responses":{\(responses.joined(separator: ","))},\
            "securitySchemes":{"token":{"type":"http","scheme":"bearer","description":\(quoted(security))}}}
            """
    }

    private static let security =
        "Of `latentd token create --scopes`; asked for where the daemon has tokens. The scopes are infer, train, admin, metrics."
}
