import HTTP
import Logging
import Testing

@testable import latentd

/// What of the settings reaches the server, each by itself.
@Suite struct ServerSettingsTests {
    private typealias Row = (key: String, value: String, of: @Sendable (ServerConfiguration) -> String)

    private static let rows: [Row] = [
        ("server.host", "localhost", { $0.host }), ("server.port", "81", { "\($0.port)" }),
        ("server.threads", "3", { "\($0.handlerThreads)" }),
        ("server.max_waiting_requests", "5", { "\($0.handlerQueue)" }),
        ("server.max_requests_per_model", "6", { "\($0.requestsByShare)" }),
        ("server.max_requests_together", "7", { "\($0.requestsTogether)" }),
        ("server.max_connections", "8", { "\($0.limits.connections)" }),
        ("server.max_connections_per_peer", "9", { "\($0.limits.connectionsByPeer)" }),
        ("server.max_in_flight_bytes", "2000", { "\($0.limits.inFlightBytes)" }),
        ("server.max_streams", "11", { "\($0.limits.streams)" }),
        ("server.max_stream_buffer_bytes", "3000", { "\($0.limits.streamBufferBytes)" }),
        ("server.min_body_bytes_per_second", "13", { "\($0.limits.bodyBytesPerSecond)" }),
        ("server.body_grace_seconds", "14", { "\($0.limits.bodyGrace / .seconds(1))" }),
        ("server.request_timeout_seconds", "15", { "\($0.limits.requestTimeout / .seconds(1))" }),
        ("server.head_timeout_seconds", "16", { "\($0.limits.headTimeout / .seconds(1))" }),
        ("server.idle_timeout_seconds", "17", { "\($0.limits.idleTimeout / .seconds(1))" }),
        ("server.write_timeout_seconds", "18", { "\($0.limits.writeStallTimeout / .seconds(1))" }),
        ("tls.handshake_timeout_seconds", "19", { "\($0.limits.tlsHandshakeTimeout / .seconds(1))" }),
    ]

    @Test(arguments: rows.indices)
    func eachReachesItsOwnPlace(index: Int) throws {
        let row = Self.rows[index]
        let key = try #require(SettingKey.all.first { $0.name == row.key })
        var settings = Settings()
        #expect(key.assign(.one(row.value), &settings))
        func values(_ settings: Settings) -> [String] {
            let configuration = ServerConfiguration(settings, tls: nil, logger: Logger(label: "test"))
            return Self.rows.map { $0.of(configuration).replacing(/\.0$/, with: "") }
        }
        var expected = values(Settings())
        #expect(expected[index] != row.value)
        expected[index] = row.value
        #expect(values(settings) == expected)
    }

    /// A key that is none of the server's own has its own tests; one that is new belongs into the table.
    @Test func noneOfTheServersIsMissing() {
        let others = ["server.max_body_bytes", "server.compression"]
        let all = SettingKey.all.map(\.name).filter { $0.hasPrefix("server.") && !others.contains($0) }
        #expect(Set(all) == Set(Self.rows.map(\.key).filter { $0.hasPrefix("server.") }))
    }
}
