/// How many of a pool's threads are at work, as a value.
///
/// More threads than processors only get into each other's way where all compute: a request then waits for its turn with
/// a thread instead of for a thread. But some handlers wait, for a disk or for others, and some take long. So the usual
/// number are at work, and for each that has been at one job over two looks, which are a moment apart, one more may be: for
/// whom there are not many at work already (`HandlerPool`).
struct HandlerCrew: Sendable {
    private let usual: Int
    private(set) var idle: Int
    private(set) var working = 0
    /// By thread, the number of the look after which it began with its job; nil without one.
    private var jobs: [Int?]
    private var looks = 0
    private var stuck = 0

    init(threads: Int, usual: Int) {
        (idle, self.usual) = (threads, max(1, usual))
        jobs = Array(repeating: nil, count: threads)
    }

    private var allowed: Int { usual + stuck }

    /// There is one job more: whether an idle thread is to be woken for it.
    ///
    /// - Parameter mayExceed: whether more than the usual number may be at work for it.
    mutating func call(mayExceed: Bool) -> Bool {
        guard working < (mayExceed ? allowed : usual) else { return false }
        return wake()
    }

    /// Whether more than the usual number are at work.
    var isExceeded: Bool { working > usual }

    /// Whether a thread could be taken from the idle, for work that is not counted: it leaves with `leave`.
    mutating func takeIdle() -> Bool {
        guard idle > 0 else { return false }
        idle -= 1
        return true
    }

    private mutating func wake() -> Bool {
        guard takeIdle() else { return false }
        working += 1
        return true
    }

    mutating func begin(_ thread: Int) { jobs[thread] = looks }

    mutating func end(_ thread: Int) { jobs[thread] = nil }

    /// Whether a thread at work should look for another job, or leave those there are to the others.
    var shouldGoOn: Bool { working <= allowed }

    /// A thread has nothing to do.
    mutating func rest(wasWorking: Bool) {
        if wasWorking { working -= 1 }
        idle += 1
    }

    /// A thread that was taken from the idle may stay and work.
    mutating func join() -> Bool {
        guard working < allowed else { return false }
        working += 1
        return true
    }

    /// A moment has passed: how many idle threads are to be woken.
    ///
    /// - Parameters:
    ///   - waiting: jobs that wait.
    ///   - exceeding: told only if asked for, of these, how many more than the usual number may be at work for.
    mutating func look(waiting: Int, exceeding: () -> Int) -> Int {
        looks += 1
        stuck = jobs.count { $0.map { looks - $0 > 2 } ?? false }
        var woken = 0
        while woken < waiting, working < usual, wake() { woken += 1 }
        guard woken < waiting, working < allowed else { return woken }
        var more = exceeding()
        while more > 0, woken < waiting, working < allowed, wake() { (woken, more) = (woken + 1, more - 1) }
        return woken
    }
}
