import Foundation
import HTTP
import Logging
import Synchronization
import Testing

@testable import latentd

@Suite struct AccessLogTests {
    private static func record(
        _ target: String = "/v1/models?key=secret", id: String = "abc", route: String? = "/v1/models"
    )
        -> AccessRecord
    {
        AccessRecord(
            requestID: id, peer: "127.0.0.1", method: "GET", target: target, route: route, routeNumber: 0, status: 200,
            requestBytes: 3, bodyBytes: 40, duration: .microseconds(1234))
    }

    @Test func aLineIsJSONWithoutTheQuery() {
        var line = AccessLine()
        line.append(Self.record(), at: "T")
        line.append(dropped: 7)
        #expect(
            String(decoding: line.bytes, as: UTF8.self)
                == #"{"time":"T","request_id":"abc","peer":"127.0.0.1","method":"GET","route":"/v1/models","path":"/v1/models","#
                + #""status":200,"request_bytes":3,"bytes":40,"duration_us":1234}"# + "\n{\"dropped\":7}\n")
    }

    @Test(arguments: ["/a\"b", "/a\\b", "/a\u{1}\u{1F}\u{7F}", "/é", ""])
    func anyTextStaysJSON(path: String) throws {
        var line = AccessLine()
        line.append(Self.record(path, route: nil), at: "T")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.bytes)) as? [String: Any])
        #expect(object["path"] as? String == path && object["route"] is NSNull)
    }

    @Test func timesAreInUTC() {
        var clock = LogClock()
        #expect(clock.text(timespec(tv_sec: 784_111_777, tv_nsec: 5_999_999)) == "1994-11-06T08:49:37.005Z")
        #expect(clock.text(timespec(tv_sec: 784_111_777, tv_nsec: 999_999_999)) == "1994-11-06T08:49:37.999Z")
        #expect(clock.text(timespec(tv_sec: 784_111_778, tv_nsec: 0)) == "1994-11-06T08:49:38.000Z")
    }

    @Test func everyRequestIsALineWhoeverWrites() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("access-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let log = try AccessLog(path: path) { _ in Issue.record("cannot write") }
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<4 { group.addTask { for n in 0..<500 { log.add(Self.record(id: "\(thread)-\(n)")) } } }
        }
        log.close()
        log.add(Self.record())
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2000 && Set(lines.map { $0.split(separator: "\"")[7] }).count == 2000)
    }

    @Test func aFileThatCannotBeOpenedIsNamed() {
        let error = #expect(throws: AccessLogError.self) { try AccessLog(path: "/dev/null/log") { _ in } }
        #expect(error?.description.contains("/dev/null/log") == true)
    }

    @Test(arguments: [(Logger.Level.warning, Logger.Level.debug), (.debug, .debug), (.trace, .trace)])
    func theSwitchGoesOverAndBack(configured: Logger.Level, debugging: Logger.Level) {
        let level = LogLevelSwitch(configured)
        let logger = Logger(label: "t") { SwitchedLogHandler(StreamLogHandler.standardError(label: $0), level: level) }
        let copy = logger
        #expect(logger.logLevel == configured)
        #expect(level.cycle() == debugging && logger.logLevel == debugging && copy.logLevel == debugging)
        #expect(level.cycle() == configured && copy.logLevel == configured)
    }
}
