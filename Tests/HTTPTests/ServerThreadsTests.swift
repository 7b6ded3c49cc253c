import Foundation
import HTTP
import HTTPTypes
import Sockets
import Testing

/// Which thread a request is handled on, and what becomes of it when its client goes.
@Suite("Server threads on real sockets", .timeLimit(.minutes(1)))
struct ServerThreadsTests {
    @Test func `A client that vanishes cancels its request, and the next one is served`() throws {
        let gate = Gate()
        let sink = Records()
        try TestServer.withServer(gate: gate) {
            $0.onAccess = { sink.add($0) }
        } _: { server, port in
            let probe = try ClientSocket(port: port)
            let client = try ClientSocket(port: port)
            client.send(TestServer.get("/gate"))
            gate.waitUntilEntered()
            TestServer.ask(probe)
            client.resetOnClose()
            client.close()
            TestServer.ask(probe)
            gate.open()
            server.stop(drain: .seconds(5))
            #expect(sink.all.map(\.target).sorted() == ["/gate", "/inline", "/inline"])
            #expect(sink.all.first { $0.target == "/gate" }?.bodyBytes == "cancelled: true".utf8.count)
        }
    }

    @Test func `A client that vanishes while it waits for a thread costs no handler`() throws {
        let gate = Gate()
        let sink = Records()
        try TestServer.withServer(gate: gate) {
            $0.handlerThreads = 1
            $0.handlesLoneRequestsOnLoop = false
            $0.onAccess = { sink.add($0) }
        } _: { server, port in
            let first = try ClientSocket(port: port)
            first.send(TestServer.get("/gate"))
            gate.waitUntilEntered()
            let second = try ClientSocket(port: port)
            second.send(TestServer.get("/pool"))
            let probe = try ClientSocket(port: port)
            TestServer.ask(probe)
            second.resetOnClose()
            second.close()
            TestServer.ask(probe)
            gate.open()
            #expect(first.receiveAll()?.hasSuffix("cancelled: false") == true)
            server.stop(drain: .seconds(5))
            #expect(!sink.all.contains { $0.target == "/pool" })
        }
    }

    /// Were it handled, it would wait at the gate for good.
    @Test func `A request whose time is over when its turn comes costs no handler`() throws {
        let gate = Gate()
        try TestServer.withServer(gate: gate) {
            ($0.handlerThreads, $0.usualHandlers, $0.handlesLoneRequestsOnLoop) = (1, 1, false)
            $0.limits.requestTimeout = .milliseconds(60)
        } _: { _, port in
            let first = try ClientSocket(port: port)
            first.send(TestServer.get("/gate"))
            gate.waitUntilEntered()
            let second = try ClientSocket(port: port)
            second.send(TestServer.get("/gate/a"))
            usleep(150_000)
            gate.open()
            for client in [first, second] {
                let answer = client.receiveAll()
                #expect(answer?.hasPrefix("HTTP/1.1 503 ") == true && answer?.contains("request_timeout") == true)
            }
        }
    }

    @Test func `Lone requests are handled on the loop's thread, which is relieved of long ones`() throws {
        let gate = Gate()
        try TestServer.withServer(gate: gate) {
            $0.handlerThreads = 2
        } _: { _, port in
            let client = try ClientSocket(port: port)
            // The first brings the relief; those in hand in between come from the pool.
            for _ in 0..<20 {
                client.send(TestServer.get("/pool", ""))
                #expect(client.receive(until: "\r\n\r\npool").hasSuffix("pool"))
            }
            for _ in 0..<3 {
                client.send(TestServer.get("/gate", ""))
                gate.waitUntilEntered()
                for _ in 0..<3 { #expect(try TestServer.exchange(port, TestServer.get("/inline")).hasSuffix("inline")) }
                for _ in 0..<3 { #expect(try TestServer.exchange(port, TestServer.get("/pool")).hasSuffix("pool")) }
                gate.open()
                #expect(client.receive(until: "false").hasSuffix("cancelled: false"))
            }
        }
    }

    @Test func `A full queue is 503 with Retry-After, and the connection lives`() throws {
        let gate = Gate()
        try TestServer.withServer(gate: gate) {
            $0.handlerThreads = 1
            $0.handlesLoneRequestsOnLoop = false
            $0.handlerQueue = 1
        } _: { _, port in
            let first = try ClientSocket(port: port)
            first.send(TestServer.get("/gate"))
            gate.waitUntilEntered()
            let second = try ClientSocket(port: port)
            second.send(TestServer.get("/pool"))
            #expect(try TestServer.exchange(port, TestServer.get("/inline")).hasSuffix("inline"))
            let third = try ClientSocket(port: port)
            third.send(TestServer.get("/pool", "") + TestServer.get("/inline"))
            let answer = third.receiveAll() ?? "reset"
            #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("Retry-After: 1\r\n"))
            #expect(answer.hasSuffix("inline"))
            gate.open()
            #expect(first.receiveAll()?.hasSuffix("false") == true)
            #expect(second.receiveAll()?.hasSuffix("pool") == true)
        }
    }
}
