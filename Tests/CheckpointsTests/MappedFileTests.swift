import Dispatch
import Foundation
import Glibc
import Testing

@testable import Checkpoints

@Suite struct MappedFileTests {
    private static let page = 4096
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func map(_ count: Int, _ name: String = "file") throws -> MappedFile {
        try folder.write((0..<count).map { UInt8(truncatingIfNeeded: 1 + $0 % 251) }, to: name)
        return try #require(try MappedFile(name, in: folder.path, limit: 1 << 24))
    }

    private func cut(_ name: String = "file", to length: Int) {
        #expect(truncate("\(folder.path)/\(name)", length) == 0)
    }

    private func isSound(_ file: MappedFile) -> Bool { (try? file.check()) != nil }

    private func sum(_ file: MappedFile) -> Int { file.withUnsafeBytes { $0.reduce(0) { $0 + Int($1) } } }

    @Test(arguments: [0, 1, 4095, 4096, 4097, 100_000])
    func theBytesAreThoseOfTheFile(count: Int) throws {
        let file = try map(count)
        #expect(file.withUnsafeBytes { Array($0) } == (try WholeFile.read("file", in: folder.path, limit: count)))
        #expect(throws: Never.self) { try file.check() }
        file.rest()
        #expect(file.withUnsafeBytes { $0.count } == count)
        #expect(throws: Never.self) { try file.check() }
    }

    @Test func whatIsNoRegularFileIsRefused() throws {
        try folder.write([1, 2, 3], to: "file")
        let path = folder.path
        #expect(mkfifo("\(path)/pipe", 0o600) == 0)
        #expect(symlink("file", "\(path)/link") == 0)
        #expect(try MappedFile("none", in: path, limit: 9) == nil)
        for (name, fault) in [
            ("file", FileFault(.read, name: "file", code: EFBIG)),
            ("pipe", FileFault(.open, name: "pipe", code: EINVAL)),
            (".", FileFault(.open, name: ".", code: EINVAL)), ("link", FileFault(.open, name: "link", code: ELOOP)),
        ] {
            #expect(throws: fault) { try MappedFile(name, in: path, limit: 2) }
        }
    }

    /// Also inside the last page, where no access fails.
    @Test(arguments: [0, 1, 4095, 4096, 4097, 20_479, 20_480, 24_575])
    func aFileThatIsCutOffReadsAsZerosAndIsTold(length: Int) throws {
        let file = try map(6 * Self.page)
        let whole = sum(file)
        cut(to: length)
        #expect(sum(file) < whole)
        #expect(file.withUnsafeBytes { $0.last } == 0)
        let error = CheckpointError.changed(file: "file", .length(expected: 6 * Self.page, actual: length))
        #expect(throws: error) { try file.check() }
        #expect(throws: error) { try file.checked { () throws(CheckpointError) in throw .json(file: "x", line: 1) } }
        cut(to: 6 * Self.page)
        #expect(throws: CheckpointError.changed(file: "file", .content)) { try file.check() }
    }

    @Test func aPassThatTheEndGoesMissingInIsTold() throws {
        let file = try map(1 << 20)
        #expect(throws: CheckpointError.self) {
            try file.checked { () throws(CheckpointError) in
                file.withUnsafeBytes { bytes in
                    #expect(bytes[..<(1 << 19)].allSatisfy { $0 > 0 })
                    cut(to: 1000)
                    #expect(bytes[(1 << 19)...].allSatisfy { $0 == 0 })
                }
            }
        }
    }

    @Test func aWriteInPlaceIsTold() throws {
        let file = try map(10_000)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(folder.path)/file"))
        try handle.write(contentsOf: [7, 7, 7])
        #expect(throws: CheckpointError.changed(file: "file", .content)) { try file.check() }
    }

    @Test func aReplacedOrRemovedFileStaysWhatItWas() throws {
        let file = try map(10_000)
        let before = sum(file)
        try DurableFile.write([1], to: "file", in: folder.path)
        #expect(unlink("\(folder.path)/file") == 0)
        file.rest()
        #expect(sum(file) == before)
        #expect(throws: Never.self) { try file.check() }
    }

    @Test func oneDamagedFileDoesNotTouchItsNeighbours() throws {
        let files = try (0..<5).map { try map(10 * Self.page, "file\($0)") }
        let whole = sum(files[0])
        cut("file2", to: 0)
        for (index, file) in files.enumerated() {
            #expect(sum(file) == (index == 2 ? 0 : whole))
            #expect(isSound(file) == (index != 2))
        }
    }

    /// Several threads meet the same missing pages, while others map files, lose them and unmap them.
    @Test func threadsDoNotDisturbOneAnother() throws {
        let (sound, lost) = (try map(64 * Self.page, "sound"), try map(512 * Self.page, "lost"))
        let whole = sum(sound)
        cut("lost", to: 3 * Self.page)
        let kept = lost.withUnsafeBytes { $0[..<(3 * Self.page)].reduce(0) { $0 + Int($1) } }
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for round in 0..<40 {
                guard thread % 2 == 0 else {
                    sound.rest()
                    #expect(sum(sound) == whole)
                    #expect(sum(lost) <= kept)
                    continue
                }
                #expect(throws: Never.self) {
                    let name = "own\(thread)"
                    let own = try map(8 * Self.page, name)
                    if round % 2 == 0 { cut(name, to: 0) }
                    #expect((sum(own) == 0) == (round % 2 == 0))
                    #expect(isSound(own) == (round % 2 == 1))
                }
            }
        }
        #expect(throws: Never.self) { try sound.check() }
        #expect(throws: CheckpointError.self) { try lost.check() }
    }
}
