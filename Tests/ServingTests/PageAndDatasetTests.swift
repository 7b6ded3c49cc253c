import Foundation
import HTTP
import HTTPTypes
import Images
import Testing

@testable import Serving

@Suite struct PageAndDatasetTests {
    private let daemon: TestDaemon

    init() throws { daemon = try TestDaemon() }

    @Test func servesThePageFromItsList() {
        let page = daemon.get("/")
        #expect(page.fields[.contentType] == "text/html; charset=utf-8")
        #expect(page.fields[.contentSecurityPolicy] == "default-src 'self'; img-src 'self' blob: data:")
        #expect(page.fields[.xContentTypeOptions] == "nosniff")
        #expect(!page.fields.contains { $0.name.rawName.lowercased().hasPrefix("access-control-") })
        #expect(daemon.get("/index.html").body == page.body)
        for range in ["bytes=0-1", "bytes=-1", "bytes=99999999999999999999-", "bytes=5-2", "lines=1-2", "0-,1-"] {
            let whole = daemon.send(.get, "/", fields: [.range: range, .origin: "http://localhost"])
            #expect(whole.status == .ok && whole.body == page.body, "\(range)")
        }
        #expect(daemon.get("/scripts/main.js").fields[.contentType] == "text/javascript; charset=utf-8")
        let tag = page.fields[.eTag] ?? ""
        for known in [tag, "\"x\", W/\(tag)", "*"] {
            let again = daemon.send(.get, "/", fields: [.ifNoneMatch: known])
            #expect(again.status == .notModified && again.body.isEmpty && again.fields[.eTag] == tag)
        }
        #expect(daemon.send(.get, "/", fields: [.ifNoneMatch: "\"x\""]).status == .ok)
    }

    @Test(arguments: [
        "/.hidden.txt", "/notes.unknown", "/link.txt", "/outside.txt", "/../outside.txt", "/scripts/../../outside.txt",
        "/scripts", "/scripts/", "//index.html",
    ])
    func servesNothingElse(target: String) {
        #expect(daemon.get(target).status == .notFound)
    }

    @Test func tellsHealth() throws {
        #expect(daemon.get("/healthz").status == .ok)
        #expect(daemon.get("/readyz").status == .ok)
        let starting = try TestDaemon(isReady: false).get("/readyz")
        #expect(starting.status == .serviceUnavailable && starting.fields[.retryAfter] == "1")
    }

    @Test func showsDatasets() throws {
        guard case .array(let list)? = try daemon.get("/v1/datasets").object()["data"] else {
            Issue.record("no list")
            return
        }
        #expect(list.count == 2)
        let one = try daemon.get("/v1/datasets/squares").object()
        guard case .object(let shape)? = one["shape"], case .object(let splits)? = one["splits"] else {
            Issue.record("not as expected: \(one)")
            return
        }
        #expect(shape["height"] == .integer(4) && splits["train"] == .integer(5) && splits["test"] == .integer(5))
        let picture = try PNGDecoder.decode(daemon.get("/v1/datasets/squares/test/3.png").body)
        #expect(picture.bytes == [UInt8](repeating: 30, count: 16))
    }

    @Test func saysWhatIsWrongWithADataset() throws {
        let folder = daemon.folder.appendingPathComponent("data/squares")
        let file = folder.appendingPathComponent("train-labels-idx1-ubyte")
        let sound = try Data(contentsOf: file)
        try Data([0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 2, 3]).write(to: file)
        let labels = daemon.get("/v1/datasets/squares/train/0.png")
        #expect(labels.status == .unprocessableContent && labels.failure.code == "dataset_unusable")
        #expect(labels.failure.message == "The squares train split has 5 images, but 4 labels.")
        try sound.write(to: file)
        try Data([0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 0, 4, 1])
            .write(to: folder.appendingPathComponent("t10k-images-idx3-ubyte"))
        let images = daemon.get("/v1/datasets/squares/test/0.png").failure.message
        #expect(images.contains("'t10k-images-idx3-ubyte' is cut short") && !images.contains("data/"))
    }

    @Test func everyRouteHasASummaryAndIsAddedOnce() {
        let endpoints = RouteTable.endpoints
        #expect(Set(endpoints.map { "\($0.method) \($0.pattern)" }).count == endpoints.count)
        #expect(endpoints.allSatisfy { $0.summary.hasSuffix(".") })
    }
}
