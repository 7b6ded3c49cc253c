import Foundation
import Testing

@testable import Serving

@Suite struct TokenFileTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tokens-\(UUID().uuidString)")
    private let file: TokenFile

    init() { file = TokenFile(path: folder.appendingPathComponent("in/tokens.json").path) }

    private func write(_ text: String, mode: Int = 0o600) throws {
        let url = URL(fileURLWithPath: file.path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    }

    @Test func keepsADigestForItsOwnerAlone() throws {
        let date = Date(timeIntervalSince1970: 0)
        let secret = try file.create(name: "laptop", scopes: [.train, .infer, .infer], at: date)
        #expect(secret.wholeMatch(of: /latentd_[A-Za-z0-9_-]{43}/) != nil)
        let text = try String(contentsOfFile: file.path, encoding: .utf8)
        #expect(!text.contains(secret) && !text.contains(secret.dropFirst(8)))
        let token = try #require(file.read().first)
        #expect(token.name == "laptop" && token.scopes == [.infer, .train] && token.created == "1970-01-01T00:00:00Z")
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try file.create(name: "other", scopes: [.admin]) != secret)
        #expect(try file.read().map(\.name) == ["laptop", "other"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/in") == ["tokens.json"])
        try file.revoke(name: "laptop")
        #expect(try file.read().map(\.name) == ["other"])
    }

    @Test func saysWhatIsWrong() throws {
        #expect(throws: TokenError.missing(file: file.path)) { try file.read() }
        #expect(throws: TokenError.noSuchName("a")) { try file.revoke(name: "a") }
        #expect(throws: TokenError.noScopes) { try file.create(name: "a", scopes: []) }
        for name in ["", "a b", "a\nb", "../x", String(repeating: "a", count: 65), "é"] {
            #expect(throws: TokenError.badName(name)) { try file.create(name: name, scopes: [.infer]) }
        }
        _ = try file.create(name: "a", scopes: [.infer])
        #expect(throws: TokenError.nameTaken("a")) { try file.create(name: "a", scopes: [.infer]) }
    }

    @Test(arguments: [
        "", "{", "[]", "{}", #"{"tokens": [{"name": "a"}]}"#,
        #"{"tokens": [{"name": "a", "scopes": ["everything"], "created": "", "sha256": "00"}]}"#,
        #"{"tokens": [{"name": "a", "scopes": ["infer"], "created": "", "sha256": "zz"}]}"#,
    ])
    func aDamagedFileIsNotUsedAndNotReplaced(text: String) throws {
        try write(text)
        #expect(throws: TokenError.notTokens(file: file.path)) { try file.read() }
        #expect(throws: TokenError.notTokens(file: file.path)) { try file.create(name: "a", scopes: [.infer]) }
        #expect(throws: TokenError.notTokens(file: file.path)) { try TokenStore(file: file, isRequired: false) }
    }

    @Test func aFileThatOthersCanWriteIsNotUsed() throws {
        for mode in [0o620, 0o602, 0o666] {
            try write(#"{"tokens": []}"#, mode: mode)
            #expect(throws: TokenError.unsafe(file: file.path)) { try file.read() }
        }
        try write(#"{"tokens": []}"#, mode: 0o644)
        #expect(try file.read().isEmpty)
    }

    @Test func aRunningStoreFollowsItsFile() throws {
        let store = try TokenStore(file: file, isRequired: false)
        #expect(!store.isInForce && store.judge("x") == .notInForce && store.refresh() == .none)
        let secret = try file.create(name: "a", scopes: [.infer])
        #expect(store.refresh() == .loaded(count: 1) && store.refresh() == .none)
        #expect(store.judge(secret) == .known(scopes: ["infer"]) && store.judge("x") == .unknown)

        try write("damaged")
        #expect(store.refresh() == .failed(.notTokens(file: file.path)) && store.refresh() == .none)
        #expect(store.judge(secret) == .known(scopes: ["infer"]))

        try FileManager.default.removeItem(atPath: file.path)
        #expect(store.refresh() == .gone && store.refresh() == .none)
        #expect(store.isInForce && store.judge(secret) == .unknown)

        let next = try file.create(name: "b", scopes: [.train])
        #expect(store.refresh() == .loaded(count: 1))
        #expect(store.judge(next) == .known(scopes: ["train"]))
        try file.revoke(name: "b")
        #expect(store.refresh() == .loaded(count: 0) && store.judge(next) == .unknown && store.judge("") == .unknown)
    }

    @Test func manyAtATimeLoseNoToken() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 { group.addTask { _ = try file.create(name: "t\(number)", scopes: [.infer]) } }
            try await group.waitForAll()
        }
        #expect(try Set(file.read().map(\.name)).count == 20)
    }
}
