import Foundation
import Kernels
import Serving

/// Every value that can be set, with its default; ranges, meanings and names are in `SettingKey.all`.
struct Settings: Equatable, Sendable {
    struct Server: Equatable, Sendable {
        var host = "127.0.0.1"
        var port = 8080
        var threads = 16
        var maxConnections = 1024
        var maxWaitingRequests = 256
        var maxRequestsPerModel = 128
        var maxRequestsTogether = 16
        var maxConnectionsPerPeer = 512
        var maxBodyBytes = 201_326_592
        var maxInFlightBytes = 536_870_912
        var maxStreams = 256
        var maxStreamBufferBytes = 262_144
        var headTimeout: Duration = .seconds(10)
        var idleTimeout: Duration = .seconds(60)
        var writeTimeout: Duration = .seconds(30)
        var compression = Compression.auto
        var requestTimeout: Duration = .seconds(300)
        var minBodyBytesPerSecond = 4096
        var bodyGrace: Duration = .seconds(10)
    }

    /// Files in PEM; without a certificate the server speaks plain HTTP.
    struct TLS: Equatable, Sendable {
        var certificate = ""
        var key = ""
        var clientCA = ""
        var handshakeTimeout: Duration = .seconds(10)
    }

    struct Access: Equatable, Sendable {
        /// Empty means `tokens.json` in the state folder.
        var tokensFile = ""
        var hosts: [String] = []
    }

    /// Folders as set; empty means the default of `SettingsFolders`.
    struct Paths: Equatable, Sendable {
        var modelsDir = ""
        var stateDir = ""
        var dataDir: [String] = []
        var publicDir = ""
    }

    struct Compute: Equatable, Sendable {
        var backend = BackendChoice.automatic
        var threads = 0
    }

    struct Jobs: Equatable, Sendable {
        var maxQueued = 100
        var maxCrashes = 3
        var cancelGrace: Duration = .seconds(10)
        var silence: Duration = .seconds(1800)
        var niceness = 10
        var workers = 1
        var threads = 0
        var memoryLimitBytes = 0
        var diskReserveBytes = 268_435_456
        var keepCheckpoints = 10
        var keepFiles = 1000
        var keepDays = 0
    }

    /// Datasets that clients bring.
    struct Datasets: Equatable, Sendable {
        var maxUploadBytes = 536_870_912
        var maxBytes = 10_737_418_240
    }

    enum LogLevel: String, CaseIterable, Sendable {
        case trace, debug, info, notice, warning, error, critical
    }

    struct Log: Equatable, Sendable {
        var level = LogLevel.info
        var access = "off"
    }

    struct Shutdown: Equatable, Sendable {
        var delay: Duration = .zero
        var drain: Duration = .seconds(10)
    }

    var server = Server()
    var tls = TLS()
    var access = Access()
    var paths = Paths()
    var compute = Compute()
    var jobs = Jobs()
    var datasets = Datasets()
    var log = Log()
    var shutdown = Shutdown()
}
