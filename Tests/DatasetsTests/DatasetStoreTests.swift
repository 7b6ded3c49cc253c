import Digests
import Foundation
import Images
import Testing

@testable import Datasets

@Suite struct DatasetStoreTests {
    private let folder: TemporaryFolder
    private let catalogue: DatasetCatalogue

    init() throws {
        folder = try TemporaryFolder()
        try TestDataset.write(to: folder, "data/own/")
        catalogue = Self.catalogue(folder)
    }

    private static func catalogue(_ folder: TemporaryFolder) -> DatasetCatalogue {
        DatasetCatalogue(
            dataDirectories: [folder.url.appendingPathComponent("data")],
            stateDirectory: folder.url.appendingPathComponent("state"), systemDirectories: [])
    }

    private func store(all: Int = 10_000) -> DatasetStore {
        DatasetStore(
            stateDirectory: folder.url.appendingPathComponent("state"), catalogue: catalogue,
            limits: DatasetStore.Limits(dataset: 10_000, all: all))
    }

    private func kept() -> [String] {
        let path = folder.url.appendingPathComponent("state/datasets").path
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    /// 40 bytes of training images, 22 of test images.
    private func content(_ value: UInt8 = 1) throws -> DatasetContent {
        func file(_ dimensions: [Int]) throws -> UploadedFile {
            let elements = [UInt8](repeating: value, count: dimensions.reduce(1, *))
            return UploadedFile(
                name: "train_images", bytes: try IDXFile(dimensions: dimensions, elements: elements).bytes[...])
        }
        return try DatasetContent(
            train: DatasetContent.IDXPart(images: try file([4, 2, 3]), labels: nil),
            test: DatasetContent.IDXPart(images: try file([1, 2, 3]), labels: nil), limit: 10_000)
    }

    @Test func whatIsKeptIsFoundAgainAfterARestart() throws {
        #expect(try store().put(try content(), named: "mine"))
        for catalogue in [catalogue, Self.catalogue(folder)] {
            #expect(catalogue.names() == ["mine", "own"])
            let dataset = try catalogue.dataset(named: "mine")
            #expect(dataset.train.count == 4 && dataset.test.pixels == [1, 1, 1, 1, 1, 1])
            let manifest = try #require(try catalogue.description(ofDatasetNamed: "mine").manifest)
            #expect(manifest.bytes == 62 && manifest.splits == ["train": 4, "test": 1])
            for file in manifest.files {
                let path = folder.url.appendingPathComponent("state/datasets/mine/\(file.name)")
                #expect(try SHA256.hash(contentsOf: path).hexadecimal == file.sha256)
            }
            #expect(try catalogue.description(ofDatasetNamed: "own").manifest == nil)
        }
    }

    @Test func theSameAgainChangesNothingAndOtherContentIsRefused() throws {
        #expect(try store().put(try content(), named: "mine"))
        let before = try catalogue.description(ofDatasetNamed: "mine")
        #expect(try !store(all: 0).put(try content(), named: "mine"))
        #expect(throws: UploadError.nameTaken("mine")) { try store().put(try content(2), named: "mine") }
        #expect(try catalogue.description(ofDatasetNamed: "mine") == before)
        #expect(throws: UploadError.nameTaken("own")) { try store().put(try content(), named: "own") }
        #expect(throws: UploadError.reservedName("mnist")) { try store().put(try content(), named: "mnist") }
        for name in ["", ".x", "a/b", "..", "a b", String(repeating: "a", count: 65)] {
            #expect(throws: UploadError.unusableName(name)) { try store().put(try content(), named: name) }
        }
        try folder.write([1], "state/datasets/broken/notes.txt")
        #expect(throws: UploadError.nameTaken("broken")) { try store().put(try content(), named: "broken") }
        #expect(kept() == ["broken", "mine"])
    }

    @Test func allTogetherKeepToTheQuota() throws {
        #expect(try store(all: 62).put(try content(), named: "one"))
        #expect(throws: UploadError.quotaExceeded(used: 62, asked: 62, limit: 123)) {
            try store(all: 123).put(try content(), named: "two")
        }
        #expect(kept() == ["one"])
        #expect(try store(all: 124).put(try content(), named: "two"))
    }

    @Test func twoAtOnceDoNotExceedTheQuota() async throws {
        let (store, content) = (store(all: 3 * 62 + 61), try content())
        let kept = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                group.addTask { (try? store.put(content, named: "set-\(number)")) ?? false }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(kept == 3 && self.kept().count == 3)
    }

    @Test func onlyWhatWasBroughtAndIsNotInUseGoes() throws {
        struct InUse: Error {}
        let store = store()
        #expect(try store.put(try content(), named: "mine"))
        _ = try catalogue.dataset(named: "mine")
        #expect(throws: InUse.self) { try store.remove(named: "mine") { throw InUse() } }
        #expect(try catalogue.dataset(named: "mine").train.count == 4)
        try store.remove(named: "mine") {}
        #expect(throws: DatasetError.noSuchDataset(name: "mine", available: ["own"])) {
            try catalogue.dataset(named: "mine")
        }
        #expect(kept().isEmpty)
        #expect(throws: UploadError.notUploaded("own")) { try store.remove(named: "own") {} }
        for name in ["mine", "", "..", "../state"] {
            #expect(throws: DatasetError.self) { try store.remove(named: name) {} }
        }
        #expect(try store.put(try content(2), named: "mine"))
        #expect(try catalogue.dataset(named: "mine").train.pixels.first == 2)
    }

    @Test func whatADeadDaemonLeftGoes() throws {
        try folder.write([1], "state/datasets/.upload-mine-1/x")
        try folder.write([1], "state/datasets/.removed-1/x")
        try folder.write([1], "state/datasets/.mnist-1/x")
        try folder.write([1], "state/datasets/kept/x")
        store().removeLeftovers()
        #expect(kept() == [".mnist-1", "kept"])
    }

    @Test func aFolderThatCannotBeWrittenToIsAnError() throws {
        try folder.write([1], "state")
        let error = #expect(throws: UploadError.self) { try store().put(try content(), named: "mine") }
        guard case .notStored = error else {
            Issue.record("\(error as Any)")
            return
        }
    }
}
