import Foundation
import Testing

@testable import Jobs

@Suite struct JobIdentifierTests {
    @Test func sortsByTimeAndReadsBack() throws {
        var random = SystemRandomNumberGenerator()
        let times: [UInt64] = [0, 1, 31, 32, 1_700_000_000_000, 1_700_000_000_001, (1 << 48) - 1]
        let identifiers = times.map { JobIdentifier(milliseconds: $0, random: &random) }
        #expect(identifiers == identifiers.sorted())
        #expect(identifiers.map(\.milliseconds) == times)
        for identifier in identifiers {
            #expect(JobIdentifier(identifier.text) == identifier)
        }
    }

    @Test(arguments: [
        "", "job_", "job_0123", "JOB_01234567890123456789012345", "job_0123456789012345678901234u",
        "job_012345678901234567890123456", "../../../etc/passwd", "job_0123456789012345678901234\u{301}",
    ])
    func refusesOtherTexts(_ text: String) {
        #expect(JobIdentifier(text) == nil)
    }
}
