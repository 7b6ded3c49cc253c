import Autoencoders
import Foundation
import Testing

@testable import Serving

/// The description against what it describes.
@Suite struct OpenAPITests {
    private func document() throws -> [String: Any] {
        let text = OpenAPIDocument.text(of: RouteTable.endpoints, version: "1.2.3")
        return try #require(try JSONSerialization.jsonObject(with: Data(text)) as? [String: Any])
    }

    @Test func everyRouteHasAnOperationAndEveryOperationARoute() {
        let routes = RouteTable.endpoints.map { "\($0.method.rawValue) \($0.pattern)" }
        #expect(Set(routes) == Set(OperationTable.operations.keys))
    }

    @Test func everyNameOfARouteIsDescribed() {
        for endpoint in RouteTable.endpoints {
            let names = endpoint.pattern.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
            for name in names { #expect(OpenAPIParameters.inPaths[name] != nil, "\(name)") }
            for name in endpoint.query {
                #expect(OpenAPIParameters.inQuery(name, of: endpoint.pattern) != nil, "\(endpoint.pattern) \(name)")
            }
            let headers = OperationTable.operation(of: endpoint)?.headers ?? []
            for name in headers { #expect(OpenAPIParameters.headers[name] != nil, "\(name)") }
        }
    }

    @Test func everyReferenceLeadsSomewhere() throws {
        let document = try document()
        let components = try #require(document["components"] as? [String: [String: Any]])
        func check(_ value: Any) {
            switch value {
            case let members as [String: Any]:
                if let reference = members["$ref"] as? String {
                    let parts = reference.split(separator: "/").map(String.init)
                    #expect(parts.count == 4 && components[parts[2]]?[parts[3]] != nil, "\(reference)")
                }
                for member in members.values { check(member) }
            case let elements as [Any]: for element in elements { check(element) }
            default: break
            }
        }
        check(document)
        #expect((document["info"] as? [String: Any])?["version"] as? String == "1.2.3")
    }

    /// A setting that is added has to be described as well, and with its default.
    @Test func theSettingsOfATrainingAreThoseThatThereAre() throws {
        let schema = try #require(OpenAPIComponents.schemas["Training"])
        let object = try #require(try JSONSerialization.jsonObject(with: Data(schema.json.utf8)) as? [String: Any])
        let described = try #require(object["properties"] as? [String: [String: Any]])
        var settings = TrainingSettings()
        (settings.beta, settings.klReduction) = (1, .sum)
        let encoded = try JSONSerialization.jsonObject(with: try JSONEncoder().encode(settings)) as? [String: Any]
        #expect(Set(described.keys) == Set(try #require(encoded).keys))
        for (name, value) in try #require(encoded) where name != "beta" && name != "kl_reduction" {
            let forms = try #require(described[name]?["anyOf"] as? [[String: Any]])
            let expected = try #require(forms.first?["default"] as? NSObject, "\(name)")
            if let number = value as? NSNumber, let described = expected as? NSNumber {
                #expect(Float(truncating: number) == Float(truncating: described), "\(name)")
            } else {
                #expect(value as? String == expected as? String, "\(name)")
            }
        }
    }
}
