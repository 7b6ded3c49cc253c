import Foundation
import Glibc
import Testing

@testable import Checkpoints

/// What is none of a mapped file's business goes on as it did before there was one.
@Suite struct BusErrorTests {
    /// Reads behind the end of a file that somebody else mapped.
    private static func meetBusError() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], to: "other")
        let descriptor = open("\(folder.path)/other", O_RDWR)
        let mapping = mmap(nil, 4096, PROT_READ, MAP_SHARED, descriptor, 0)
        ftruncate(descriptor, 0)
        print(mapping?.load(as: UInt8.self) ?? 0)
    }

    private static func mapAFile() throws {
        let folder = try TemporaryFolder()
        try folder.write([UInt8](repeating: 1, count: 10_000), to: "file")
        let file = try #require(try MappedFile("file", in: folder.path, limit: 1 << 20))
        truncate("\(folder.path)/file", 0)
        #expect(file.withUnsafeBytes { $0.allSatisfy { $0 == 0 } })
    }

    @Test func anotherMappingStillEndsTheProcess() async {
        await #expect(processExitsWith: .signal(SIGBUS)) {
            signal(SIGBUS, SIG_DFL)
            try Self.mapAFile()
            try Self.meetBusError()
        }
    }

    @Test func aSignalFromOutsideStillEndsTheProcess() async {
        await #expect(processExitsWith: .signal(SIGBUS)) {
            signal(SIGBUS, SIG_DFL)
            try Self.mapAFile()
            raise(SIGBUS)
        }
    }

    @Test func whoHandledItBeforeHandlesIt() async {
        await #expect(processExitsWith: .exitCode(7)) {
            signal(SIGBUS) { _ in _exit(7) }
            try Self.mapAFile()
            try Self.meetBusError()
        }
    }
}
