import Foundation
import Testing

@testable import Checkpoints

@Suite struct DiskSpaceTests {
    @Test(
        arguments: [
            (10, 100, 50, true), (50, 100, 50, true), (51, 100, 50, false), (1, 40, 50, false), (0, 50, 50, true),
            // Nothing to keep free, and a system that does not tell.
            (1000, 100, 0, true), (1000, nil, 50, true),
        ] as [(Int, Int?, Int, Bool)])
    func theReserveStays(needed: Int, free: Int?, reserve: Int, fits: Bool) {
        if fits {
            #expect(throws: Never.self) { try DiskShortage.check(needed: needed, free: free, reserve: reserve) }
        } else {
            #expect(throws: DiskShortage(needed: needed, free: free ?? 0, reserve: reserve)) {
                try DiskShortage.check(needed: needed, free: free, reserve: reserve)
            }
        }
    }

    @Test func aFolderThatIsNotThereYetHasItsParentsSpace() throws {
        let folder = FileManager.default.temporaryDirectory.path
        let free = try #require(DiskSpace.free(at: folder))
        #expect(free > 0)
        #expect(DiskSpace.free(at: "\(folder)/no/such/folder") != nil)
    }

    @Test func aShortageSaysBothNumbers() {
        let shortage = DiskShortage(needed: 3 << 20, free: (5 << 20) + (1 << 19), reserve: 4 << 20)
        #expect(
            shortage.description
                == "The checkpoint takes 3.0 MiB; the disk has 5.5 MiB left, of which 4.0 MiB must stay free.")
    }
}
