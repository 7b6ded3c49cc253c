import Foundation

/// The signals that the daemon listens to, waited for by one thread instead of handled on whichever thread they interrupt.
///
/// SIGTERM and SIGINT end it; SIGHUP has files read again; SIGUSR1 changes the log's level.
struct Signals {
    private let all: sigset_t
    private let ending: sigset_t

    /// Blocks them in this thread and in all that it starts.
    init() {
        ending = Self.set([SIGTERM, SIGINT])
        var all = Self.set([SIGTERM, SIGINT, SIGHUP, SIGUSR1])
        pthread_sigmask(SIG_BLOCK, &all, nil)
        self.all = all
    }

    /// The next signal; nil if none came in this time.
    func wait(upTo time: Duration) -> Int32? {
        var set = all
        let (seconds, attoseconds) = time.components
        var limit = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        let number = sigtimedwait(&set, nil, &limit)
        return number > 0 ? number : nil
    }

    /// For those who will not wait for a graceful end.
    func exitAtOnceOnTheNext() {
        let ending = ending
        Thread {
            var (set, number) = (ending, Int32(0))
            while sigwait(&set, &number) != 0 {}
            _exit(130)
        }.start()
    }

    private static func set(_ numbers: [Int32]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        return set
    }
}
