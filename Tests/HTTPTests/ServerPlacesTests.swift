import Dispatch
import Glibc
import HTTP
import Sockets
import Testing

/// A connection that closes gives its place in the loop's table to the next.
@Suite("Places of connections", .timeLimit(.minutes(2)))
struct ServerPlacesTests {
    /// Bodies that are refused and read all the same take more than one turn, and end in the middle of another's.
    @Test func `Who gets the place of a connection that read for several turns keeps it`() throws {
        try TestServer.withServer { server, port in
            let isOver = OutcomeBox()
            let unanswered = OutcomeBox()
            let group = DispatchGroup()
            for _ in 0..<2 {
                group.enter()
                try SystemThread.start(name: "short") {
                    while !isOver.value {
                        let answer = try? TestServer.exchange(port, TestServer.get("/pool"))
                        if answer?.hasSuffix("pool") != true { unanswered.set(true) }
                    }
                    group.leave()
                }
            }
            let body = [UInt8](repeating: 0x20, count: 9 << 20)
            for _ in 0..<600 {
                let large = try ClientSocket(port: port)
                large.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
                large.send(body)
                large.finishSending()
                #expect(large.receiveAll()?.hasPrefix("HTTP/1.1 413 ") == true)
            }
            isOver.set(true)
            _ = group.wait(timeout: .now() + 20)
            #expect(!unanswered.value)
            #expect(server.stop(drain: .seconds(5)))
        }
    }
}
