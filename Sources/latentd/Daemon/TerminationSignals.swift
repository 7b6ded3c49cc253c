import Foundation

/// SIGTERM and SIGINT, waited for by one thread instead of handled on whichever thread they interrupt.
struct TerminationSignals {
    private let set: sigset_t

    /// Blocks both in this thread and in all that it starts.
    init() {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        self.set = set
    }

    func wait() {
        var (set, number) = (set, Int32(0))
        while sigwait(&set, &number) != 0 {}
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
