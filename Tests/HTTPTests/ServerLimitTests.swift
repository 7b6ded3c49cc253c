import HTTP
import Sockets
import Testing

/// Each cap and deadline of the server, tripped.
@Suite("Server limits on real sockets", .timeLimit(.minutes(1)))
struct ServerLimitTests {
    @Test func `Connections of one address are capped`() throws {
        try TestServer.withServer {
            $0.limits.connectionsByPeer = 1
        } _: { _, port in
            let first = try ClientSocket(port: port)
            TestServer.ask(first)
            #expect(try ClientSocket(port: port).receiveAll()?.hasPrefix("HTTP/1.1 503 ") == true)
            first.send(TestServer.get("/inline"))
            #expect(first.receiveAll()?.hasSuffix("inline") == true)
            // Its place is free again once the loop has seen its end, which it had before the answer's last byte.
            var answer: String?
            for _ in 0..<200 where answer?.hasPrefix("HTTP/1.1 200 ") != true {
                answer = try TestServer.exchange(port, TestServer.get("/inline"))
            }
            #expect(answer?.hasSuffix("inline") == true)
        }
    }

    @Test func `Who is turned away reads so, whatever it still sends`() throws {
        try TestServer.withServer {
            $0.limits.connections = 1
        } _: { _, port in
            let first = try ClientSocket(port: port)
            TestServer.ask(first)
            for _ in 0..<100 {
                let client = try ClientSocket(port: port)
                #expect(client.send("POST /echo HTTP/1.1\r\nHost: a\r\n"))
                #expect(client.send("Content-Length: 1000\r\n\r\n"))
                #expect(client.send([UInt8](repeating: 0x61, count: 1000)))
                #expect(client.receiveAll()?.hasPrefix("HTTP/1.1 503 ") == true)
            }
            TestServer.ask(first)
        }
    }

    @Test func `A request for which there is no place is refused before its body is there`() throws {
        let gate = Gate()
        try TestServer.withServer(gate: gate) {
            $0.requestsByShare = 1
        } _: { _, port in
            let busy = try ClientSocket(port: port)
            busy.send(TestServer.get("/gate/a"))
            gate.waitUntilEntered()
            let client = try ClientSocket(port: port)
            client.send(TestServer.get("/hello/a", "Content-Length: 23\r\n"))
            let answer = client.receive(until: "\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 429 ") && answer.contains("Retry-After: 1\r\n"))
            #expect(answer.contains("X-Content-Type-Options: nosniff\r\n"))
            gate.open()
            client.send(String(repeating: "a", count: 23) + TestServer.get("/inline", "Connection: close\r\n"))
            #expect(client.receiveAll()?.hasSuffix("inline") == true)
        }
    }

    @Test func `A connection that idles is closed`() throws {
        try TestServer.withServer {
            $0.limits.idleTimeout = .milliseconds(30)
        } _: { _, port in
            let client = try ClientSocket(port: port)
            TestServer.ask(client)
            #expect(client.receiveAll() == "")
        }
    }

    @Test func `Bytes in hand are capped, declared or not, and the connection of a small refusal lives`() throws {
        try TestServer.withServer {
            $0.limits.inFlightBytes = 1000
        } _: { _, port in
            let first = try ClientSocket(port: port)
            first.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n")
            first.send([UInt8](repeating: 0x61, count: 800))
            let second = try ClientSocket(port: port)
            TestServer.ask(second)
            second.send(
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 300\r\n\r\n" + String(repeating: "b", count: 300))
            second.send(TestServer.get("/inline"))
            let refusal = second.receiveAll()
            #expect(refusal?.hasPrefix("HTTP/1.1 503 ") == true && refusal?.contains("Retry-After: 1\r\n") == true)
            #expect(refusal?.hasSuffix("inline") == true)
            // Without a declared length it is found out on the way; the rest of the body is then not waited for.
            let third = try ClientSocket(port: port)
            third.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n")
            third.send(String(repeating: "c", count: 100) + "\r\n")
            let probe = try ClientSocket(port: port)
            TestServer.ask(probe)
            third.send("12c\r\n" + String(repeating: "c", count: 200))
            #expect(third.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 503 "))
            first.send([UInt8](repeating: 0x61, count: 100))
            #expect(first.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `Requests for one thing are capped, for another not`() throws {
        let gate = Gate()
        try TestServer.withServer(gate: gate) {
            $0.requestsByShare = 1
        } _: { _, port in
            let busy = try ClientSocket(port: port)
            busy.send(TestServer.get("/gate/a"))
            gate.waitUntilEntered()
            let answer = try TestServer.exchange(port, TestServer.get("/hello/a"))
            #expect(answer.hasPrefix("HTTP/1.1 429 ") && answer.contains("Retry-After: 1\r\n"))
            #expect(try TestServer.exchange(port, TestServer.get("/hello/b")).hasSuffix("hello b "))
            gate.open()
            #expect(busy.receiveAll()?.hasSuffix("false") == true)
            #expect(try TestServer.exchange(port, TestServer.get("/hello/a")).hasSuffix("hello a "))
        }
    }

    @Test func `A request that takes too long is cancelled and told so`() throws {
        let gate = Gate()
        try TestServer.withServer(gate: gate) {
            $0.limits.requestTimeout = .milliseconds(30)
        } _: { _, port in
            let client = try ClientSocket(port: port)
            client.send(TestServer.get("/patient"))
            let answer = client.receiveAll()
            #expect(answer?.hasPrefix("HTTP/1.1 503 ") == true && answer?.contains("request_timeout") == true)
        }
    }

    @Test func `A body that is too slow is 408`() throws {
        try TestServer.withServer {
            $0.limits.bodyGrace = .milliseconds(20)
        } _: { _, port in
            let answer = try TestServer.exchange(port, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
        }
    }
}
