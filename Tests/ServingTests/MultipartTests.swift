import Testing

@testable import Serving

@Suite struct MultipartTests {
    private static func form(_ text: String, boundary: String = "b", partLimit: Int = 10) throws -> [String] {
        let body = Array(text.utf8)
        return try MultipartForm(body, boundary: boundary, partLimit: partLimit).parts.map { part in
            "\(part.name)|\(part.filename ?? "-")|\(String(decoding: body[part.content], as: UTF8.self))"
        }
    }

    private static let disposition = "Content-Disposition: form-data; "

    @Test(arguments: [
        ("--b--", []), ("--b--\r\n", []),
        ("--b\r\n\(disposition)name=\"a\"\r\n\r\n1\r\n--b--\r\n", ["a|-|1"]),
        ("--b\r\n\(disposition)name=a\r\n\r\n\r\n--b--", ["a|-|"]),
        (
            "--b\r\ncontent-disposition:form-data;name=\"a\";filename=\"3/x.png\"\r\n\r\n\r\n\r\n--b--",
            ["a|3/x.png|\r\n"]
        ),
        (
            "--b\r\n\(disposition)name=\"a\"\r\nContent-Type: image/png\r\nX-Other: 1\r\n\r\n--b\r\n--\r\n-b\r\n--b\r\n"
                + "\(disposition)filename=\"\"; name=\"b\"\r\nContent-Transfer-Encoding: Binary\r\n\r\n2\r\n--b--",
            ["a|-|--b\r\n--\r\n-b", "b||2"]
        ),
        (
            #"--b\#r\#n\#(disposition)name="q\"\\"; filename="c:\x %22.png"\#r\#n\#r\#n1\#r\#n--b--"#,
            [#"q"\|c:\x ".png|1"#]
        ),
    ])
    func findsTheParts(text: String, parts: [String]) throws { #expect(try Self.form(text) == parts) }

    @Test(
        arguments: [
            ("", nil, .beginning), ("-", nil, .beginning), ("\r\n--b--", nil, .beginning), ("--c--", nil, .beginning),
            ("--b", 1, .boundaryLine), ("--b-", 1, .boundaryLine), ("--b \r\n", 1, .boundaryLine),
            ("--b\n", 1, .boundaryLine), ("--b--x", nil, .afterEnd), ("--b--\r", nil, .afterEnd),
            ("--b--\r\n\r\n", nil, .afterEnd), ("--b\r\n", 1, .unfinishedHead(limit: 8192)),
            ("--b\r\n\(disposition)name=a\r\n", 1, .unfinishedHead(limit: 8192)),
            ("--b\r\nX: \(String(repeating: "x", count: 8192))\r\n\r\n", 1, .unfinishedHead(limit: 8192)),
            ("--b\r\n\(String(repeating: "X: y\r\n", count: 1))X: y\r\n\r\n", 1, .repeatedField),
            ("--b\r\n\((0...16).map { "X\($0): y\r\n" }.joined())\r\n", 1, .tooManyFields(limit: 16)),
            ("--b\r\n\r\n1\r\n--b--", 1, .noDisposition), ("--b\r\nX: y\r\n\r\n1\r\n--b--", 1, .noDisposition),
            ("--b\r\n\(disposition)name=a\r\n\r\n1", 1, .unfinished),
            ("--b\r\n\(disposition)name=a\r\n\r\n1\r\n--", 1, .unfinished),
            ("--b\r\n\(disposition)name=a\r\n\r\n1\r\n--b", 2, .boundaryLine),
            ("--b\r\n\(disposition)name=a\r\n\r\n1\r\n--bc--", 2, .boundaryLine),
            ("--b\r\nname\r\n\r\n1\r\n--b--", 1, .field), ("--b\r\n: x\r\n\r\n1\r\n--b--", 1, .field),
            ("--b\r\nX: y\r\n folded\r\n\r\n1\r\n--b--", 1, .field), ("--b\r\nX : y\r\n\r\n1\r\n--b--", 1, .field),
            ("--b\r\nX: \u{1}\r\n\r\n1\r\n--b--", 1, .field), ("--b\r\nX: a\rb\r\n\r\n1\r\n--b--", 1, .field),
            ("--b\r\nX: a\nb\r\n\r\n1\r\n--b--", 1, .field),
            ("--b\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--b--", 1, .disposition),
            ("--b\r\nContent-Disposition:\r\n\r\n1\r\n--b--", 1, .disposition),
            ("--b\r\n\(disposition)name\r\n\r\n1\r\n--b--", 1, .disposition),
            ("--b\r\n\(disposition)name=\r\n\r\n1\r\n--b--", 1, .disposition),
            ("--b\r\n\(disposition)name=\"a\r\n\r\n1\r\n--b--", 1, .disposition),
            ("--b\r\n\(disposition)name=\"a\\\"\r\n\r\n1\r\n--b--", 1, .disposition),
            ("--b\r\n\(disposition)name=\"a\"b\r\n\r\n1\r\n--b--", 1, .disposition),
            ("--b\r\n\(disposition)name=a; name=b\r\n\r\n1\r\n--b--", 1, .disposition),
            ("--b\r\n\(disposition)\r\n\r\n1\r\n--b--", 1, .disposition),
            ("--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--", 1, .noName),
            ("--b\r\n\(disposition)name=\"\"\r\n\r\n1\r\n--b--", 1, .noName),
            ("--b\r\n\(disposition)name=a; filename*=utf-8''b\r\n\r\n1\r\n--b--", 1, .unknownParameter("filename*")),
            ("--b\r\n\(disposition)name=a\r\nContent-Type: Multipart/Mixed\r\n\r\n1\r\n--b--", 1, .nested),
            (
                "--b\r\n\(disposition)name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n1\r\n--b--", 1,
                .transferEncoding
            ),
        ] as [(String, Int?, MultipartError.Reason)])
    func saysWhatIsWrong(text: String, part: Int?, reason: MultipartError.Reason) throws {
        let error = #expect(throws: MultipartError.self) { try Self.form(text) }
        #expect(error == MultipartError(part: part, reason: reason))
        #expect(error?.description.hasSuffix(".") == true)
    }

    /// However a sound body is cut or one of its bytes changed: an answer, never a trap.
    @Test func everyCutAndEveryChangedByteIsAnswered() throws {
        let text =
            "--b\r\n\(Self.disposition)name=\"a\"; filename=\"3/a\"\r\nContent-Type: image/png\r\n\r\n\r\n--\r\n--b--\r\n"
        let whole = Array(text.utf8)
        for count in 0..<whole.count - 2 {
            #expect(throws: MultipartError.self) { try MultipartForm(Array(whole[..<count]), boundary: "b") }
        }
        for place in whole.indices {
            for byte: UInt8 in [0, 0x0A, 0x0D, 0x22, 0x2D, 0x3B, 0x3D, 0x5C, 0x80, 0xFF] {
                var changed = whole
                changed[place] = byte
                _ = try? MultipartForm(changed, boundary: "b")
            }
        }
    }

    @Test func partsAreCounted() {
        let text = String(repeating: "--b\r\n\(Self.disposition)name=a\r\n\r\n1\r\n", count: 3) + "--b--"
        #expect(throws: MultipartError(reason: .tooManyParts(limit: 2))) { try Self.form(text, partLimit: 2) }
        #expect((try? Self.form(text, partLimit: 3).count) == 3)
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=abc", "abc"), ("Multipart/Form-Data;boundary=\"a b\" ; charset=utf-8", "a b"),
        ("multipart/form-data; boundary=\(String(repeating: "x", count: 70))", String(repeating: "x", count: 70)),
    ])
    func readsTheBoundary(field: String, boundary: String) throws {
        #expect(try MultipartForm.boundary(of: field) == boundary)
    }

    @Test(
        arguments: [
            ("multipart/form-data", .contentType), ("multipart/form-data; boundary=", .contentType),
            ("multipart/mixed; boundary=a", .contentType),
            ("multipart/form-data; boundary=a; boundary=b", .contentType),
            ("multipart/form-data; boundary=a, multipart/form-data; boundary=a", .contentType), ("", .contentType),
            ("multipart/form-data; boundary=\"a", .contentType), ("multipart/form-data; boundary=\"\"", .boundary),
            ("multipart/form-data; boundary=\"a \"", .boundary), ("multipart/form-data; boundary=a%", .boundary),
            ("multipart/form-data; boundary=\(String(repeating: "x", count: 71))", .boundary),
        ] as [(String, MultipartError.Reason)])
    func refusesOtherTypes(field: String, reason: MultipartError.Reason) {
        #expect(throws: MultipartError(reason: reason)) { try MultipartForm.boundary(of: field) }
    }
}
