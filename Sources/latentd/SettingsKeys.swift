/// One row of the table of settings: the flag, the environment variable, the file's key and their documentation.
struct SettingKey: Sendable {
    /// What a source gives for a key, before its type is known.
    enum Text: Equatable, Sendable {
        case one(String)
        case list([String])
    }

    /// `section.name`, as in the file.
    let name: String
    let environmentVariable: String
    /// What is accepted, e.g. `a whole number from 1 to 64`.
    let expected: String
    /// One sentence for people.
    let summary: String
    /// Writes a value; false when the text is not one.
    let assign: @Sendable (Text, inout Settings) -> Bool
    /// The value as the file would give it.
    let show: @Sendable (Settings) -> String

    /// The key with this name.
    static func named(_ name: String) -> SettingKey? { all.first { $0.name == name } }

    /// The whole table, in the order of the file.
    static let all: [SettingKey] = [
        text("server.host", \.server.host, "LATENTD_HOST", "Address to listen on; 127.0.0.1 is this machine only"),
        integer(
            "server.port", \.server.port, 0...65535, variable: "LATENTD_PORT", "Port to listen on; 0 takes any free one"
        ),
        integer("server.threads", \.server.threads, 1...256, "Threads that answer requests"),
        integer(
            "server.max_connections", \.server.maxConnections, 1...65536, "Open connections; more wait to be accepted"),
        integer(
            "server.max_waiting_requests", \.server.maxWaitingRequests, 1...65536,
            "Requests that may wait for a thread; more are answered 503"),
        integer(
            "server.max_requests_per_model", \.server.maxRequestsPerModel, 1...65536,
            "Requests for one model that may be in hand; more are answered 429"),
        integer(
            "server.max_requests_together", \.server.maxRequestsTogether, 1...1024,
            "Requests for one model that have waited together and are computed as one batch; 1 for none"),
        integer(
            "server.max_connections_per_peer", \.server.maxConnectionsPerPeer, 1...65536,
            "Open connections of one address; more are answered 503"),
        integer(
            "server.max_body_bytes", \.server.maxBodyBytes, 1024...1_073_741_824,
            "The largest request body, where a route takes no less; a larger one is answered 413"),
        integer(
            "server.max_in_flight_bytes", \.server.maxInFlightBytes, 1024...1_099_511_627_776,
            "Bytes of request bodies in hand, but for one request alone; more are answered 503"),
        integer(
            "server.max_streams", \.server.maxStreams, 1...65536, "Answers that stay open; more are answered 503"),
        integer(
            "server.max_stream_buffer_bytes", \.server.maxStreamBufferBytes, 1024...1_073_741_824,
            "What such an answer holds for a client that does not read, before it is cut off"),
        seconds("server.head_timeout_seconds", \.server.headTimeout, 0.1...3600, "Time for a request's head to arrive"),
        seconds(
            "server.idle_timeout_seconds", \.server.idleTimeout, 0.1...86400,
            "Time a connection may idle between requests"),
        seconds(
            "server.write_timeout_seconds", \.server.writeTimeout, 0.1...3600,
            "Time a client may refuse to take its answer"),
        seconds(
            "server.request_timeout_seconds", \.server.requestTimeout, 0.1...86400,
            "Time from a request's first byte to its answer's last"),
        integer(
            "server.min_body_bytes_per_second", \.server.minBodyBytesPerSecond, 1...1_000_000_000,
            "The slowest upload that is waited for; a slower one is answered 408"),
        seconds(
            "server.body_grace_seconds", \.server.bodyGrace, 0.1...3600,
            "Time an upload may take on top of what the slowest takes"),
        choice("server.compression", \.server.compression, "Whether answers are sent as gzip to who accepts it"),
        text(
            "tls.certificate", \.tls.certificate, "LATENTD_TLS_CERTIFICATE",
            "PEM file of the certificate; empty for plain HTTP"),
        text("tls.key", \.tls.key, "LATENTD_TLS_KEY", "PEM file of its key"),
        text(
            "tls.client_ca", \.tls.clientCA, "LATENTD_TLS_CLIENT_CA",
            "PEM file of authorities whose certificate a client must show"),
        seconds("tls.handshake_timeout_seconds", \.tls.handshakeTimeout, 0.1...3600, "Time for a TLS handshake"),
        text(
            "access.tokens_file", \.access.tokensFile, "LATENTD_ACCESS_TOKENS_FILE",
            "File of the tokens that requests need; where there is none, requests need none"),
        texts(
            "access.hosts", \.access.hosts, "LATENTD_ACCESS_HOSTS",
            "Names by which clients may call besides localhost and the bound address; '*' is every name"),
        text("paths.models_dir", \.paths.modelsDir, "LATENTD_MODELS_DIR", "Folder of models, one folder a model"),
        text("paths.state_dir", \.paths.stateDir, "LATENTD_STATE_DIR", "Folder of the jobs; one daemon a folder"),
        texts("paths.data_dir", \.paths.dataDir, "LATENTD_DATA_DIR", "Folder of datasets, or a list of folders"),
        text("paths.public_dir", \.paths.publicDir, "LATENTD_PUBLIC_DIR", "Folder of the web page"),
        choice("compute.backend", \.compute.backend, "What computes; auto takes the processor's widest vectors"),
        integer("compute.threads", \.compute.threads, 0...1024, "Threads that compute; 0 means one a core"),
        integer("jobs.max_queued", \.jobs.maxQueued, 1...100_000, "Training jobs that may wait; more are answered 429"),
        integer(
            "jobs.max_crashes", \.jobs.maxCrashes, 1...100,
            "Crashes of its training process after which a job has failed"),
        seconds(
            "jobs.cancel_grace_seconds", \.jobs.cancelGrace, 0...3600,
            "Time for a training process to end itself before it is killed"),
        seconds(
            "jobs.silence_seconds", \.jobs.silence, 0...86400,
            "Time after which a training process that says nothing is killed as hanging; 0 for never"),
        integer(
            "jobs.niceness", \.jobs.niceness, 0...19, "Priority of training: 0 as the daemon, 19 only what is left over"
        ),
        integer("jobs.workers", \.jobs.workers, 1...8, "Training jobs that run at a time"),
        integer(
            "jobs.threads", \.jobs.threads, 0...1024,
            "Threads of a training process; 0 means its share of compute.threads"),
        integer(
            "jobs.memory_limit_bytes", \.jobs.memoryLimitBytes, 0...1_099_511_627_776,
            "Memory that a job may take; more is answered 422; 0 means its share of three quarters of the machine's"),
        integer(
            "jobs.disk_reserve_bytes", \.jobs.diskReserveBytes, 0...1_099_511_627_776,
            "What checkpoints leave free on the disk; jobs without room are answered 507; 0 for none"),
        integer(
            "jobs.keep_checkpoints", \.jobs.keepCheckpoints, 0...100_000,
            "Jobs that failed or were cancelled whose last checkpoint is kept, the latest"),
        integer(
            "jobs.keep_files", \.jobs.keepFiles, 0...100_000,
            "Jobs that have ended whose maps and log are kept, the latest"),
        integer(
            "jobs.keep_days", \.jobs.keepDays, 0...36_500,
            "Days after which no file of an ended job is kept; 0 for no such bound"),
        integer(
            "datasets.max_upload_bytes", \.datasets.maxUploadBytes, 1024...17_179_869_184,
            "The largest dataset that is taken, as it comes and uncompressed; a larger one is answered 413"),
        integer(
            "datasets.max_bytes", \.datasets.maxBytes, 0...1_125_899_906_842_624,
            "What all uploaded datasets may take of the disk; one that exceeds it is answered 507"),
        choice("log.level", \.log.level, "The least severe messages that are logged"),
        text(
            "log.access", \.log.access, "LATENTD_LOG_ACCESS",
            "Where one line of JSON a request goes: off, stdout or a file"),
        seconds(
            "shutdown.delay_seconds", \.shutdown.delay, 0...3600,
            "Time to go on serving, not ready any more, before connections are refused"),
        seconds(
            "shutdown.drain_seconds", \.shutdown.drain, 0...3600, "Time for requests under way when the daemon stops"),
    ]
}

/// The kinds of values.
extension SettingKey {
    private typealias Path<Value> = WritableKeyPath<Settings, Value> & Sendable

    private static func integer(
        _ name: String, _ path: Path<Int>, _ range: ClosedRange<Int>, variable: String? = nil, _ summary: String
    ) -> SettingKey {
        one(name, path, variable, "a whole number from \(range.lowerBound) to \(range.upperBound)", summary) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        } show: {
            "\($0)"
        }
    }

    private static func seconds(
        _ name: String, _ path: Path<Duration>, _ range: ClosedRange<Double>, _ summary: String
    ) -> SettingKey {
        let bounds = "\(number(range.lowerBound)) to \(number(range.upperBound))"
        return one(name, path, nil, "a number of seconds from \(bounds)", summary) { text in
            Double(text).flatMap { range.contains($0) ? .seconds($0) : nil }
        } show: {
            number($0 / .seconds(1))
        }
    }

    private static func text(
        _ name: String, _ path: Path<String>, _ variable: String, _ summary: String
    ) -> SettingKey {
        one(name, path, variable, "a text", summary) {
            $0.unicodeScalars.contains("\0") ? nil : $0
        } show: {
            $0.isEmpty ? #""""# : $0
        }
    }

    private static func choice<Value: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ path: Path<Value>, _ summary: String
    ) -> SettingKey {
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return one(name, path, nil, "one of \(names)", summary) {
            Value(rawValue: $0)
        } show: {
            $0.rawValue
        }
    }

    private static func texts(
        _ name: String, _ path: Path<[String]>, _ variable: String, _ summary: String
    ) -> SettingKey {
        SettingKey(
            name: name, environmentVariable: variable, expected: "a text or a list of texts", summary: summary
        ) { text, settings in
            settings[keyPath: path] =
                switch text {
                case .one(let one): one.isEmpty ? [] : [one]
                case .list(let list): list
                }
            return true
        } show: {
            "[\($0[keyPath: path].joined(separator: ", "))]"
        }
    }

    private static func one<Value>(
        _ name: String, _ path: Path<Value>, _ variable: String?, _ expected: String, _ summary: String,
        parse: @escaping @Sendable (String) -> Value?, show: @escaping @Sendable (Value) -> String
    ) -> SettingKey {
        let derived = "LATENTD_" + name.uppercased().replacing(".", with: "_")
        return SettingKey(
            name: name, environmentVariable: variable ?? derived, expected: expected, summary: summary
        ) { text, settings in
            guard case .one(let text) = text, let value = parse(text) else { return false }
            settings[keyPath: path] = value
            return true
        } show: {
            show($0[keyPath: path])
        }
    }

    /// Without `.0` where the number is whole.
    private static func number(_ value: Double) -> String {
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
