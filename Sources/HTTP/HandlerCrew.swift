/// How many of a pool's threads are at work, as a value.
///
/// More threads than processors only get into each other's way where all compute: a request then waits for its turn with
/// a thread instead of for a thread. But some handlers wait, for a disk or for others, and some take long. So the usual
/// number are at work, and for each that has been at one job over two looks, which are a moment apart, one more may be: for
/// whom there are not many at work already (`HandlerPool`).
struct HandlerCrew: Sendable {
    private let usual: Int
    /// The last to have become idle is called first: few threads do nearly everything, in warm caches and with few stacks and
    /// reserves of malloc's, and the others sleep on.
    private(set) var idle: [Int]
    private(set) var working = 0
    /// By thread, the number of the look after which it began with its job; nil without one.
    private var jobs: [Int?]
    private var looks = 0
    private var stuck = 0

    init(threads: Int, usual: Int) {
        (idle, self.usual) = (Array((0..<threads).reversed()), max(1, usual))
        jobs = Array(repeating: nil, count: threads)
    }

    private var allowed: Int { usual + stuck }

    /// There is one job more: the idle thread that is to be woken for it, if one is.
    ///
    /// - Parameter mayExceed: whether more than the usual number may be at work for it.
    mutating func call(mayExceed: Bool) -> Int? {
        working < (mayExceed ? allowed : usual) ? wake() : nil
    }

    /// Whether more than the usual number are at work.
    var isExceeded: Bool { working > usual }

    /// An idle thread, if there is one, for work that is not counted: it then rests or joins.
    mutating func takeIdle() -> Int? { idle.popLast() }

    private mutating func wake() -> Int? {
        guard let thread = takeIdle() else { return nil }
        working += 1
        return thread
    }

    /// - Parameter requests: those in its job; each but the first gives it a moment more before it counts as long.
    mutating func begin(_ thread: Int, requests: Int) { jobs[thread] = looks + requests - 1 }

    mutating func end(_ thread: Int) { jobs[thread] = nil }

    /// Whether a thread at work should look for another job, or leave those there are to the others.
    var shouldGoOn: Bool { working <= allowed }

    /// A thread has nothing to do.
    mutating func rest(_ thread: Int, wasWorking: Bool) {
        if wasWorking { working -= 1 }
        idle.append(thread)
    }

    /// A thread that was taken from the idle may stay and work.
    mutating func join() -> Bool {
        guard working < allowed else { return false }
        working += 1
        return true
    }

    /// A moment has passed: the idle threads that are to be woken.
    ///
    /// - Parameters:
    ///   - waiting: jobs that wait.
    ///   - exceeding: told only if asked for, of these, how many more than the usual number may be at work for.
    mutating func look(waiting: Int, exceeding: () -> Int) -> [Int] {
        looks += 1
        stuck = jobs.count { $0.map { looks - $0 > 2 } ?? false }
        var woken: [Int] = []
        while woken.count < waiting, working < usual, let thread = wake() { woken.append(thread) }
        guard woken.count < waiting, working < allowed else { return woken }
        var more = exceeding()
        while more > 0, woken.count < waiting, working < allowed, let thread = wake() {
            woken.append(thread)
            more -= 1
        }
        return woken
    }
}
