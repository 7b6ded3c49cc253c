import HTTP
import HTTPTypes
import Images
import Testing

@testable import Serving

@Suite struct CodingTests {
    private let daemon: TestDaemon

    init() throws { daemon = try TestDaemon() }

    // MARK: What the client says

    /// RFC 9110 §12.5.3 and §12.4.2.
    @Test(arguments: [
        ("", false, false), ("gzip", true, false), ("GZIP", true, false), ("x-gzip", true, false), ("*", true, false),
        ("deflate, gzip, br", true, false), ("deflate, br", false, false), ("identity", false, false),
        ("gzip;q=0", false, false), ("gzip;q=0.000, *", false, false), ("gzip;q=0.001", true, false),
        ("gzip ; q=1.000", true, false), ("gzip;Q=0.5", true, false), ("*;q=0", false, false),
        ("gzip, *;q=0", true, true),
        ("gzip, identity;q=0", true, true), ("gzip;q=0.8, identity;q=0.5", true, true),
        ("gzip;q=0.5, identity;q=0.8", false, false), ("gzip;q=0.5, identity;q=0.5", true, false),
        ("*;q=0.9, identity;q=0.1", true, true), ("gzip;q=2", false, false), ("gzip;q=1.001", false, false),
        ("gzip;q=0.0001", false, false), ("gzip;q=-1", false, false), ("gzip;q=", false, false),
        ("gzip;q", false, false),
        ("gzip;level=1", false, false), ("gzip;q=1;x=y", false, false), (",,gzip,", true, false),
        ("gzipped", false, false),
        (String(repeating: "a,", count: 100) + "gzip", false, false),
    ])
    func qualities(field: String, accepts: Bool, prefers: Bool) {
        let accepted = AcceptEncoding(field)
        #expect(accepted.accepts(.gzip) == accepts)
        #expect(accepted.prefers(.gzip) == prefers)
    }

    // MARK: Answers

    private static func answer(
        _ policy: Compression, accept: String?, peer: String = "192.0.2.1", type: String = "application/json",
        count: Int = 5000
    ) -> Response {
        var fields = HTTPFields()
        fields[.acceptEncoding] = accept
        return policy.encode(
            Response(contentType: type, body: [UInt8](repeating: 0x30, count: count)),
            to: Request(fields: fields, peer: peer))
    }

    @Test(arguments: [
        (Compression.auto, "gzip", "192.0.2.1", true), (.auto, "gzip", "127.0.0.1", false),
        (.auto, "gzip", "::1", false),
        (.auto, "gzip", "127.9.9.9", false), (.auto, "gzip, identity;q=0.5", "127.0.0.1", true),
        (.on, "gzip", "127.0.0.1", true),
        (.on, "br", "192.0.2.1", false), (.off, "gzip, identity;q=0", "192.0.2.1", false),
    ])
    func onlyToWhoWantsIt(policy: Compression, accept: String, peer: String, isCoded: Bool) throws {
        let response = Self.answer(policy, accept: accept, peer: peer)
        #expect((response.fields[.contentEncoding] == "gzip") == isCoded)
        #expect(response.fields[.vary] == (policy == .off ? nil : "Accept-Encoding"))
        let body = isCoded ? try Gzip.inflate(response.body, limit: 5000) : response.body
        #expect(body == [UInt8](repeating: 0x30, count: 5000))
    }

    @Test(arguments: [
        ("application/json", 1024, false), ("application/json", 1025, true), ("text/plain; charset=utf-8", 2000, true),
        ("image/png", 5000, false), ("application/octet-stream", 5000, false), ("image/svg+xml", 5000, true),
    ])
    func onlyTextOfSomeSize(type: String, count: Int, isCoded: Bool) {
        let response = Self.answer(.on, accept: "gzip", type: type, count: count)
        #expect((response.fields[.contentEncoding] != nil) == isCoded && (response.fields[.vary] != nil) == isCoded)
    }

    @Test func filesHaveATagForEachCoding() throws {
        func get(_ accept: String?, known: String? = nil) -> Response {
            var fields = HTTPFields()
            (fields[.acceptEncoding], fields[.ifNoneMatch]) = (accept, known)
            return daemon.send(.get, "/scripts/large.js", fields: fields)
        }
        let (plain, coded) = (get(nil), get("gzip, identity;q=0"))
        let (tag, codedTag) = (plain.fields[.eTag] ?? "", coded.fields[.eTag] ?? "")
        #expect(coded.fields[.contentEncoding] == "gzip" && plain.fields[.contentEncoding] == nil)
        #expect(try Gzip.inflate(coded.body, limit: 1 << 20) == plain.body)
        #expect(tag != codedTag && codedTag.hasSuffix("-gzip\""))
        #expect(plain.fields[.vary] == "Accept-Encoding" && coded.fields[.vary] == "Accept-Encoding")
        #expect(get(nil, known: tag).status == .notModified && get(nil, known: codedTag).status == .ok)
        let again = get("gzip, identity;q=0", known: "\"x\", W/\(codedTag)")
        #expect(
            again.status == .notModified && again.fields[.vary] == "Accept-Encoding" && again.fields[.eTag] == codedTag)
        #expect(get("gzip, identity;q=0", known: tag).status == .ok)
    }

    // MARK: Requests

    private func post(_ body: [UInt8], coding: String) -> Response {
        daemon.send(
            .post, "/v1/models/tiny/decode", body: body,
            fields: [.contentType: "application/json", .contentEncoding: coding])
    }

    @Test(arguments: ["gzip", "GZip", "x-gzip"])
    func takesGzipBodies(coding: String) throws {
        let json = Array(#"{"latents": [[0.5, 1]]}"#.utf8)
        let response = post(try Gzip.deflate(json), coding: coding)
        #expect(response.status == .ok && response.body == post(json, coding: "identity").body)
    }

    @Test(arguments: ["br", "deflate", "gzip, gzip", "gzip, br", "zstd", "nonsense"])
    func refusesOtherCodings(coding: String) {
        let response = post([1], coding: coding)
        #expect(response.status == .unsupportedMediaType && response.fields[.acceptEncoding] == "gzip")
    }

    @Test func refusesBombsAndDamage() throws {
        let whole = try Gzip.deflate(Array(#"{"latents": [[0.5, 1]]}"#.utf8))
        var damaged = whole
        damaged[whole.count - 6] ^= 1
        let bomb = try Gzip.deflate([UInt8](repeating: 0x20, count: 3 << 20), level: 9)
        let cases: [([UInt8], HTTPResponse.Status, String)] = [
            (bomb, .badRequest, "compression_ratio_too_high"), (Array(whole.dropLast()), .badRequest, "malformed_gzip"),
            (whole + [0], .badRequest, "malformed_gzip"), (damaged, .badRequest, "malformed_gzip"),
            (Array("{}".utf8), .badRequest, "malformed_gzip"),
        ]
        for (body, status, code) in cases {
            let response = post(body, coding: "gzip")
            #expect(response.status == status && response.failure.code == code, "\(code)")
        }
        // Over the route's limit, however little was sent.
        let jobs = daemon.send(
            .post, "/v1/jobs", body: try Gzip.deflate((0..<(2 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }),
            fields: [.contentType: "application/json", .contentEncoding: "gzip"])
        #expect(jobs.status == .contentTooLarge && jobs.failure.code == "request_body_too_large")
    }
}
