import CLinux
import Checkpoints
import Datasets
import Foundation
import HTTP
import Jobs
import Logging
import Serving
import Sockets
import Synchronization

/// The daemon: everything that serves and trains, put together, from start to shutdown.
final class Daemon {
    private let settings: Settings
    private let folders: SettingsFolders
    private let logger: Logger
    private let logLevel: LogLevelSwitch
    private let accessLog: AccessLog?
    private let signals: Signals
    private let isReady = ReadinessFlag()
    private let repository: ModelRepository
    private let jobs: JobStore
    private let runner: JobRunner
    private let server: Server
    private let work: JobWork
    private let removal: JobObservation
    private let tokens: TokenStore
    /// malloc by itself gives back only what lies at a heap's end, so the holes between what is in use would grow for hours.
    private static let betweenTrims = Duration.seconds(30)

    /// Opens the state folder and binds nothing yet.
    ///
    /// - Parameter allowsExposure: whether others may reach the daemon without tokens or without TLS.
    init(_ settings: Settings, allowsExposure: Bool = false) throws {
        // Before any thread is made, so that every thread leaves the signals to `run`.
        signals = Signals()
        self.settings = settings
        folders = SettingsFolders.current(settings.paths)
        let logLevel = LogLevelSwitch(Logger.Level(rawValue: settings.log.level.rawValue) ?? .info)
        self.logLevel = logLevel
        logger = Logger(label: "latentd") {
            SwitchedLogHandler(StreamLogHandler.standardError(label: $0), level: logLevel)
        }
        tokens = try TokenStore(
            file: TokenFile(path: folders.tokens(settings.access).path),
            isRequired: !settings.access.tokensFile.isEmpty)
        if !allowsExposure { try Exposure.check(settings, hasTokens: tokens.isInForce) }

        accessLog =
            settings.log.access == "off"
            ? nil
            : try AccessLog(path: settings.log.access) { [logger] reason in
                logger.error("the access log cannot be written", metadata: ["error": "\(reason)"])
            }
        let tls = try settings.tls.context()
        let machine = try Compute(settings.compute)
        jobs = try JobStore(folder: folders.state, maximumQueued: settings.jobs.maxQueued)
        repository = ModelRepository(
            bundled: [folders.models.path], writable: JobWork.models(folders).path,
            pool: machine.pool, backend: machine.backend)
        work = JobWork(settings, folders, repository)
        removal = work.clearUp(after: jobs, logger)
        var runnerSettings = JobRunner.Settings()
        runnerSettings.cancelGrace = settings.jobs.cancelGrace
        runnerSettings.silence = settings.jobs.silence
        runnerSettings.maximumCrashes = settings.jobs.maxCrashes
        runnerSettings.niceness = settings.jobs.niceness
        runnerSettings.concurrentJobs = settings.jobs.workers
        runner = try JobRunner(
            store: jobs, settings: runnerSettings, logger: logger, command: work.command, publish: work.publish)
        var configuration = ServerConfiguration(settings, tls: tls, logger: logger)
        let metrics = ServerMetrics(statistics: configuration.statistics, version: programVersion)
        let datasets = DatasetCatalogue(folders)
        let uploads = DatasetStore(
            stateDirectory: folders.state, catalogue: datasets,
            limits: DatasetStore.Limits(dataset: settings.datasets.maxUploadBytes, all: settings.datasets.maxBytes))
        uploads.removeLeftovers()
        let application = try ServingApplication(
            repository: repository, datasets: datasets, uploads: uploads, jobs: jobs, run: work.run,
            admit: work.admission(jobs).estimate,
            vectors: NamedVectorStore(
                folder: folders.state.appendingPathComponent("vectors").path,
                writableModels: JobWork.models(folders).path),
            publicDirectory: folders.pages,
            metrics: metrics, maximumBody: settings.server.maxBodyBytes, compression: settings.server.compression,
            isReady: { [isReady] in isReady.value },
            onFailure: { [logger] id, error in
                logger.error("a request failed", metadata: ["request.id": "\(id)", "error": "\(error)"])
            })
        let gate = AccessGate(
            tokens: tokens, hosts: HostNames(bound: settings.server.host, further: settings.access.hosts),
            onRefusal: { metrics.count($0) })
        configuration.gate = { gate.answer(to: $0) }
        configuration.onAccess = { [logger, accessLog] record in
            metrics.observe(record)
            accessLog?.add(record)
            logger.debug("request", metadata: record.metadata)
        }
        server = try Server(router: application.router, configuration: configuration)
    }

    /// Serves until SIGTERM or SIGINT, then finishes what is under way; a second signal ends the process at once.
    func run() throws {
        let port = try server.start()
        for (name, folder) in folders.missing(settings.paths) {
            logger.warning(
                "a folder of the settings is not there", metadata: ["key": "\(name)", "folder": "\(folder.path)"])
        }
        let faults = repository.scan()
        for fault in faults {
            logger.error("a models folder cannot be listed", metadata: ["error": "\(fault)"])
        }
        for listing in repository.list() {
            guard let failure = listing.failure else { continue }
            logger.error(
                "a model cannot be loaded",
                metadata: [
                    "model.name": "\(listing.name)", "model.version": "\(failure.version)",
                    "error": "\(failure.reason)",
                ])
        }
        try runner.start()
        work.prune(jobs, logger)
        isReady.set(true)
        greet(port: port)
        waitForStop()

        isReady.set(false)
        logger.info("stopping", metadata: ["drain.seconds": "\(settings.shutdown.drain / .seconds(1))"])
        signals.exitAtOnceOnTheNext()
        let clean = server.stop(after: settings.shutdown.delay, drain: settings.shutdown.drain)
        runner.stop()
        removal.cancel()
        accessLog?.close()
        if !clean { logger.warning("requests were cut off at the end of the drain") }
    }

    /// Meanwhile looks after what may change under a running daemon.
    private func waitForStop() {
        var nextTrim = MonotonicInstant.now.advanced(by: Self.betweenTrims)
        while true {
            let signal = signals.wait(upTo: .seconds(1))
            if nextTrim <= .now {
                linux_trim_heaps()
                nextTrim = .now.advanced(by: Self.betweenTrims)
            }
            switch signal {
            case SIGTERM, SIGINT: return
            case SIGUSR1:
                let level = logLevel.cycle()
                logger.notice("the log's level has changed", metadata: ["level": "\(level)"])
            case SIGHUP:
                if let tls = settings.tls.reload(logger) { server.use(tls) }
                accessLog?.reopen()
                refreshTokens()
            default: refreshTokens()
            }
        }
    }

    private func refreshTokens() {
        let file: Logger.Metadata = ["file": "\(tokens.file.path)"]
        switch tokens.refresh() {
        case .none: break
        case .loaded(let count):
            logger.notice("tokens read again", metadata: file.merging(["count": "\(count)"]) { $1 })
        case .gone: logger.warning("the tokens' file is gone: nobody is let in", metadata: file)
        case .failed(let error): logger.error("the tokens of before stay good", metadata: ["error": "\(error)"])
        }
    }

    private func greet(port: UInt16) {
        let host = settings.server.host.contains(":") ? "[\(settings.server.host)]" : settings.server.host
        let address = "\(settings.tls.certificate.isEmpty ? "http" : "https")://\(host):\(port)"
        print("latentd \(programVersion)  \(address)/")
        if let model = repository.list().first(where: { $0.served != nil })?.served {
            let path = "\(address)/v1/models/\(model.name)"
            let dimensions = model.configuration.latentDimension
            print("  curl \(address)/v1/models")
            if dimensions <= 8 {
                let latent = Array(repeating: "0.5", count: dimensions).joined(separator: ",")
                print("  curl --json '{\"latents\": [[\(latent)]]}' \(path)/decode")
            } else {
                print("  curl --json '{\"count\": 1}' \(path)/sample")
            }
            print("  curl -o manifold.png '\(path)/manifold.png?columns=20&rows=20'")
        } else {
            print("  no model yet; latentd train --help tells how to make one")
        }
        if tokens.isInForce { print("  with a token: -H 'Authorization: Bearer ...'") }
        fflush(nil)
    }
}

/// Whether the daemon can serve.
final class ReadinessFlag: Sendable {
    private let flag = Atomic<Bool>(false)
    var value: Bool { flag.load(ordering: .acquiring) }
    func set(_ ready: Bool) { flag.store(ready, ordering: .releasing) }
}

extension ServerConfiguration {
    init(_ all: Settings, tls: TLSContext?, logger: Logger) {
        self.init()
        let settings = all.server
        self.tls = tls
        limits.tlsHandshakeTimeout = all.tls.handshakeTimeout
        host = settings.host
        port = UInt16(clamping: settings.port)
        handlerThreads = settings.threads
        handlerQueue = settings.maxWaitingRequests
        requestsByShare = settings.maxRequestsPerModel
        requestsTogether = settings.maxRequestsTogether
        limits.connections = settings.maxConnections
        limits.connectionsByPeer = settings.maxConnectionsPerPeer
        limits.inFlightBytes = settings.maxInFlightBytes
        limits.streams = settings.maxStreams
        limits.streamBufferBytes = settings.maxStreamBufferBytes
        limits.bodyBytesPerSecond = settings.minBodyBytesPerSecond
        limits.bodyGrace = settings.bodyGrace
        limits.requestTimeout = settings.requestTimeout
        limits.headTimeout = settings.headTimeout
        limits.idleTimeout = settings.idleTimeout
        limits.writeStallTimeout = settings.writeTimeout
        onNotice = { logger.warning("\($0)") }
    }
}

extension AccessRecord {
    /// Without the query, which is the client's own business.
    fileprivate var metadata: Logger.Metadata {
        [
            "request.id": "\(requestID)", "method": "\(method)", "path": "\(path)", "status": "\(status)",
            "bytes": "\(bodyBytes)", "duration": "\(duration)",
        ]
    }
}
