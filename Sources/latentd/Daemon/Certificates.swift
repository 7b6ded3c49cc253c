import Logging
import Sockets

extension Settings.TLS {
    /// What connections are secured with, read from the files; nil where none is set.
    func context() throws -> TLSContext? {
        let (file, authority) = (certificate, clientCA.isEmpty ? nil : clientCA)
        switch (file.isEmpty, key.isEmpty) {
        case (true, true):
            guard authority == nil else { throw IncompleteTLS(missing: "tls.certificate", given: "tls.client_ca") }
            return nil
        case (true, false): throw IncompleteTLS(missing: "tls.certificate", given: "tls.key")
        case (false, true): throw IncompleteTLS(missing: "tls.key", given: "tls.certificate")
        case (false, false): return try TLSContext(certificate: file, key: key, clientAuthority: authority)
        }
    }

    /// The same once more, for new connections; where that fails the old one stays, and the log says why.
    func reload(_ logger: Logger) -> TLSContext? {
        do {
            guard let context = try context() else {
                logger.info("there are no certificates to read again")
                return nil
            }
            logger.notice("the certificate was read again", metadata: ["file": "\(certificate)"])
            return context
        } catch {
            logger.error("the certificate was not read again, the old one stays", metadata: ["error": "\(error)"])
            return nil
        }
    }
}

/// Settings of TLS that make no sense without another.
struct IncompleteTLS: Error, Equatable, CustomStringConvertible {
    let missing: String
    let given: String

    var description: String { "'\(given)' is set and '\(missing)' is not: TLS takes both." }
}
