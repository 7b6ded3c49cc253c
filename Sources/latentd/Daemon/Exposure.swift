import Serving

/// What has to be there before others than this machine may reach the daemon.
struct Exposure: Error, Equatable, CustomStringConvertible {
    let host: String
    let lacksTokens: Bool
    let lacksEncryption: Bool

    /// Refuses an address that others reach, where a token could be left out or overheard.
    static func check(_ settings: Settings, hasTokens: Bool) throws(Exposure) {
        guard !HostNames.isLoopback(settings.server.host) else { return }
        let exposure = Exposure(
            host: settings.server.host, lacksTokens: !hasTokens, lacksEncryption: !settings.isEncrypted)
        if exposure.lacksTokens || exposure.lacksEncryption { throw exposure }
    }

    var description: String {
        var steps: [String] = []
        if lacksTokens { steps.append("make a token with 'latentd token create'") }
        if lacksEncryption { steps.append("set tls.certificate and tls.key") }
        return "others reach the address \(host): \(steps.joined(separator: " and ")), or give --insecure."
    }
}

extension Settings {
    /// Whether connections are encrypted.
    var isEncrypted: Bool { !tls.certificate.isEmpty }
}
