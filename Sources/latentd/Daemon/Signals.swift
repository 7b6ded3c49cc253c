import Foundation

/// SIGTERM, SIGINT and SIGHUP, waited for by one thread instead of handled on whichever thread they interrupt.
struct TerminationSignals {
    private let set: sigset_t

    /// Blocks them in this thread and in all that it starts.
    init() {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGHUP)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        self.set = set
    }

    /// Returns at SIGTERM or SIGINT.
    func wait(onHangup: () -> Void = {}) {
        while true {
            var (set, number) = (set, Int32(0))
            guard sigwait(&set, &number) == 0 else { continue }
            guard number == SIGHUP else { return }
            onHangup()
        }
    }

    /// For those who will not wait for a graceful end.
    func exitAtOnceOnTheNext() {
        let signals = self
        Thread {
            signals.wait()
            _exit(130)
        }.start()
    }
}
