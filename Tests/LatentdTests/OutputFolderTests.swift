import ArgumentParser
import Foundation
import Testing

@testable import latentd

/// A checkpoint replaces what stands at its path, so a slip of the pen must not name somebody's folder.
@Suite struct OutputFolderTests {
    private let root = FileManager.default.temporaryDirectory.appendingPathComponent(
        "latentd-output-\(UUID().uuidString)")

    @Test(arguments: [
        ("new", false, true), ("deeper/new", false, true), ("empty", false, true), ("empty/", false, true),
        ("full", false, false), ("full/", false, false), ("full/../full", false, false), (".", false, false),
        ("full", true, true), ("file", false, false), ("file/new", false, false),
    ])
    func takesOnlyAPlaceOfItsOwn(path: String, holdsCheckpoint: Bool, isTaken: Bool) throws {
        defer { try? FileManager.default.removeItem(at: root) }
        for folder in ["empty", "full"] {
            try FileManager.default.createDirectory(
                at: root.appendingPathComponent(folder), withIntermediateDirectories: true)
        }
        for file in ["file", "full/letter.txt"] { try Data([1]).write(to: root.appendingPathComponent(file)) }
        let folder = OutputFolder("\(root.path)/\(path)")
        if isTaken {
            #expect(throws: Never.self) { try folder.check(holdsCheckpoint: holdsCheckpoint) }
        } else {
            #expect(throws: ValidationError.self) { try folder.check(holdsCheckpoint: holdsCheckpoint) }
        }
        #expect(FileManager.default.fileExists(atPath: root.appendingPathComponent("full/letter.txt").path))
    }

    /// Inside the folder, the next checkpoint would take the log away.
    @Test(arguments: ["/a/run", "/a/run/", "/a/run//", "/a/./b/../run"])
    func theLogIsBesideTheFolder(path: String) { #expect(OutputFolder(path).log == "/a/run.log") }
}
