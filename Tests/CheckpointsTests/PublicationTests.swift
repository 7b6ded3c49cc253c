import Foundation
import Glibc
import Testing

@testable import Checkpoints

@Suite struct PublicationTests {
    @Test func aFileIsReplacedWhole() throws {
        let folder = try TemporaryFolder()
        for text in ["first, which is longer", "second"] {
            try DurableFile.write(Array(text.utf8), to: "file.txt", in: folder.path)
            #expect(try WholeFile.read("file.txt", in: folder.path, limit: 100) == Array(text.utf8))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file.txt"])
    }

    @Test func aFileThatIsNotThereIsNil() throws {
        let folder = try TemporaryFolder()
        #expect(try WholeFile.read("file.txt", in: folder.path, limit: 100) == nil)
    }

    @Test func aFileBeyondItsLimitIsRefused() throws {
        let folder = try TemporaryFolder()
        try folder.write([1, 2, 3], to: "file")
        #expect(throws: FileFault(.read, name: "file", code: EFBIG)) {
            try WholeFile.read("file", in: folder.path, limit: 2)
        }
    }

    @Test func aFolderInTheWayStaysAndScratchIsRemoved() throws {
        let folder = try TemporaryFolder()
        try FolderPublication.publish([("a", [1])], to: "\(folder.path)/target", onConflict: .refuse)
        let fault = #expect(throws: FileFault.self) {
            try FolderPublication.publish([("a", [2])], to: "\(folder.path)/target", onConflict: .refuse)
        }
        #expect(fault?.step == .rename)
        #expect(try WholeFile.read("a", in: "\(folder.path)/target", limit: 9) == [1])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["target"])
    }

    @Test func aFileInAFoldersPlaceIsNamed() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], to: "file")
        #expect(throws: FileFault(.create, name: "file", code: ENOTDIR)) {
            try FolderPublication.publish([("a", [2])], to: "\(folder.path)/file/deeper/target", onConflict: .replace)
        }
    }

    @Test func leftoversOfAKilledPublicationAreRemoved() throws {
        let folder = try TemporaryFolder()
        try FolderPublication.publish([("a", [1])], to: "\(folder.path)/.target.xyz.partial", onConflict: .refuse)
        try FolderPublication.publish([("a", [1])], to: "\(folder.path)/target", onConflict: .replace)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["target"])
    }

    /// Each failure reads differently, and none tells a path.
    @Test(arguments: [
        (FileFault(.create, name: "config.json", code: EACCES), "'config.json' cannot be created: permission denied."),
        (FileFault(.write, name: "a", code: ENOSPC), "'a' cannot be written: the disk is full."),
        (FileFault(.write, name: "a", code: EDQUOT), "'a' cannot be written: the disk is full."),
        (
            FileFault(.synchronise, name: "a", code: EIO),
            "'a' was written, but did not reach the disk: input/output error."
        ),
        (
            FileFault(.rename, name: "a", code: EROFS),
            "'a' is complete, but cannot be moved to its place: read-only file system."
        ),
        (
            FileFault(.synchroniseFolder, name: "a", code: EIO),
            "'a' is in its place, but its folder did not reach the disk: input/output error."
        ),
    ])
    func faultsSayWhatFailed(fault: FileFault, text: String) { #expect(fault.description == text) }

    @Test(.enabled(if: DifferentFileSystems.areThere)) func aFolderMovesBetweenFileSystems() throws {
        let folder = try TemporaryFolder()
        let other = "/dev/shm/latentd-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: other) }
        try CheckpointFolder(path: "\(other)/run").publish(try Samples.checkpoint(seed: 1, withState: true))
        try FolderMove.move("\(other)/run", to: "\(folder.path)/model/1")
        #expect(try CheckpointFolder(path: "\(folder.path)/model/1").checkpoint().epochMaps.count == 3)
        #expect(!FolderPublication.isFolder("\(other)/run"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/model") == ["1"])
    }

    /// A file system of 64 KiB, where the machine lets us make one.
    @Test(.enabled(if: SmallDisk.canBeMade)) func aFullDiskIsSaidAndLeavesNothing() throws {
        let disk = try SmallDisk()
        try FolderPublication.publish([("a", [1])], to: "\(disk.path)/target", onConflict: .refuse)
        let large = [UInt8](repeating: 1, count: 1 << 20)
        let folderFault = #expect(throws: FileFault.self) {
            try FolderPublication.publish([("a", [2]), ("b", large)], to: "\(disk.path)/target", onConflict: .replace)
        }
        #expect(folderFault?.description == "'b' cannot be written: the disk is full.")
        let fileFault = #expect(throws: FileFault.self) { try DurableFile.write(large, to: "c", in: disk.path) }
        #expect(fileFault?.description == "'c' cannot be written: the disk is full.")
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == ["target"])
        #expect(try WholeFile.read("a", in: "\(disk.path)/target", limit: 9) == [1])
    }
}

enum DifferentFileSystems {
    static var areThere: Bool {
        var (shared, temporary) = (stat(), stat())
        return stat("/dev/shm", &shared) == 0 && stat(NSTemporaryDirectory(), &temporary) == 0
            && shared.st_dev != temporary.st_dev && access("/dev/shm", W_OK) == 0
    }
}

/// A mounted memory file system of 64 KiB, which only root can make.
final class SmallDisk {
    let folder: TemporaryFolder
    var path: String { folder.path }

    static let canBeMade: Bool = (try? SmallDisk()) != nil

    init() throws {
        folder = try TemporaryFolder()
        guard getuid() == 0, mount("tmpfs", folder.path, "tmpfs", 0, "size=65536") == 0 else {
            throw CocoaError(.fileWriteNoPermission)
        }
    }

    deinit { umount2(folder.path, 0) }
}
