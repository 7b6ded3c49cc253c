import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// One GET over URLSession, bounded in size and time.
///
/// The session calls its delegate on a queue of its own; the thread that called `run` is the watchdog: it sleeps until
/// something arrives or the stall deadline passes, whichever is first, and cancels the task itself. URLSession's own
/// time-outs are not relied on.
final class Download: NSObject, URLSessionDataDelegate, Sendable {
    private struct State {
        var received: [UInt8] = []
        var expected: Int?
        var redirects = 0
        var failure: MirrorFailure.Reason?
        var isFinished = false
    }

    private let state = Mutex(State())
    private let arrival = DispatchSemaphore(value: 0)
    private let limits: FetchLimits

    private init(limits: FetchLimits) { self.limits = limits }

    enum Outcome: Sendable {
        case bytes([UInt8])
        case failure(MirrorFailure.Reason)
    }

    /// Fetches an address whole, or says why not. Blocks; never longer than a stall past `deadline`.
    static func run(
        _ address: URL, limits: FetchLimits, deadline: ContinuousClock.Instant,
        progress: (_ received: Int, _ expected: Int?) -> Void
    ) -> Outcome {
        let download = Download(limits: limits)
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        // Out of the way: the watchdog's deadlines are shorter, and say what happened.
        configuration.timeoutIntervalForRequest = 86_400
        let session = URLSession(configuration: configuration, delegate: download, delegateQueue: nil)
        defer { session.invalidateAndCancel() }
        var request = URLRequest(url: address)
        // The files are gzip themselves; another coding around them would only have to be undone.
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        let task = session.dataTask(with: request)
        task.resume()
        let outcome = download.wait(deadline: deadline, progress: progress)
        task.cancel()
        return outcome
    }

    private func wait(
        deadline: ContinuousClock.Instant, progress: (_ received: Int, _ expected: Int?) -> Void
    ) -> Outcome {
        let clock = ContinuousClock()
        while true {
            let left = clock.now.duration(to: deadline).seconds
            let patience = min(limits.stallSeconds, left)
            let timedOut = patience <= 0 || arrival.wait(timeout: .now() + patience) == .timedOut
            let now = state.withLock { state in
                (state.received.count, state.expected, state.failure, state.isFinished)
            }
            let (received, expected, failure, isFinished) = now
            if let failure { return .failure(failure) }
            progress(received, expected)
            if isFinished { return .bytes(state.withLock { $0.received }) }
            guard timedOut else { continue }
            if left <= limits.stallSeconds { return .failure(.outOfTime(seconds: limits.totalSeconds)) }
            return .failure(.stalled(seconds: limits.stallSeconds, received: received))
        }
    }

    /// Records the first failure.
    private func note(_ reason: MirrorFailure.Reason) {
        state.withLock { if $0.failure == nil { $0.failure = reason } }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        let count = state.withLock { state in
            state.redirects += 1
            return state.redirects
        }
        let (from, to) = (response.url?.scheme?.lowercased(), request.url?.scheme?.lowercased())
        let isSafe = to == "https" || (to == "http" && from == "http")
        guard count <= limits.redirects, isSafe else {
            // The watchdog is not woken yet: a task that it cancels while Foundation waits for this answer ends the process.
            // The task's end, which follows, wakes it; and so below.
            note(isSafe ? .tooManyRedirects(limit: limits.redirects) : .unsafeRedirect)
            completionHandler(nil)
            return
        }
        completionHandler(request)
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard status == 200 else {
            note(.status(status))
            completionHandler(.cancel)
            return
        }
        let expected = response.expectedContentLength
        guard expected <= Int64(limits.fileBytes) else {
            note(.tooLarge(limit: limits.fileBytes))
            completionHandler(.cancel)
            return
        }
        state.withLock { $0.expected = expected >= 0 ? Int(expected) : nil }
        arrival.signal()
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let fits = state.withLock { state in
            guard state.failure == nil else { return true }
            guard data.count <= limits.fileBytes - state.received.count else { return false }
            state.received.append(contentsOf: data)
            return true
        }
        if !fits { note(.tooLarge(limit: limits.fileBytes)) }
        arrival.signal()
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        state.withLock { state in
            state.isFinished = true
            guard state.failure == nil else { return }
            // A short body is an error of the connection's, or none at all: the promise is what counts.
            if let expected = state.expected, state.received.count < expected {
                state.failure = .truncated(expected: expected, received: state.received.count)
            } else if let error {
                state.failure = .unreachable(error.localizedDescription)
            }
        }
        arrival.signal()
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
