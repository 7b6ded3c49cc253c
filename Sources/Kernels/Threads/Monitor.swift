import Glibc

/// A mutex with one condition, on memory that does not move.
///
/// Kernels stand below Foundation, and the standard library's `Mutex` has no condition to wait on.
final class Monitor: @unchecked Sendable {  // only pthread's own thread-safe calls touch its memory
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Waits inside `locked` for a `notify`; as with every condition, look again after it.
    func wait() { pthread_cond_wait(condition, mutex) }
    func notifyAll() { pthread_cond_broadcast(condition) }
}
