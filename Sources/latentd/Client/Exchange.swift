import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// One request over URLSession, whose answer the calling thread takes piece by piece as it comes.
final class Exchange: NSObject, URLSessionDataDelegate, Sendable {
    enum Piece: Sendable {
        case head(status: Int, retryAfter: Int?)
        case bytes(Data)
        case end
        /// The system's reason, in the middle of an answer or before it.
        case broken(String)
    }

    private let pieces = Mutex<[Piece]>([])
    private let arrival = DispatchSemaphore(value: 0)

    /// Runs a request; `take` gets the head first, then the rest, until it says that it has enough.
    ///
    /// - Parameter patience: seconds without a word after which the server counts as gone.
    static func run(
        _ request: URLRequest, patience: Double, _ take: (Piece) throws -> Bool
    ) rethrows {
        let exchange = Exchange()
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        // Out of the way: the wait below is shorter.
        configuration.timeoutIntervalForRequest = 86_400
        let session = URLSession(configuration: configuration, delegate: exchange, delegateQueue: nil)
        defer { session.invalidateAndCancel() }
        session.dataTask(with: request).resume()
        while try take(exchange.next(patience)) {}
    }

    private func next(_ patience: Double) -> Piece {
        guard arrival.wait(timeout: .now() + patience) == .success else {
            return .broken("nothing came for \(Int(patience)) s")
        }
        return pieces.withLock { $0.isEmpty ? .end : $0.removeFirst() }
    }

    private func give(_ piece: Piece) {
        pieces.withLock { $0.append(piece) }
        arrival.signal()
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        // The daemon sends nobody elsewhere, and a token must not go there.
        completionHandler(nil)
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        // Before anybody can cancel: a task that ends while Foundation waits for this answer ends the process.
        completionHandler(.allow)
        let response = response as? HTTPURLResponse
        let retry = response?.value(forHTTPHeaderField: "Retry-After").flatMap { Int($0) }
        give(.head(status: response?.statusCode ?? 0, retryAfter: retry))
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) { give(.bytes(data)) }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        give(error.map { .broken($0.localizedDescription) } ?? .end)
    }
}
