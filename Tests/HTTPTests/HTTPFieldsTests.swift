import HTTPTypes
import Testing

@testable import HTTP

/// What `value` gives is what the subscript gives.
@Test(arguments: [
    HTTPFields(), [.accept: "text/html"], [.accept: ""], [.accept: "a", .range: "b"], [.range: "b"],
    [.accept: "a", .range: "b", .accept: "c"], [.cookie: "a=1", .cookie: "b=2"],
])
func valueIsTheSubscripts(fields: HTTPFields) {
    for name in [HTTPField.Name.accept, .range, .cookie] { #expect(fields.value(name) == fields[name]) }
}
