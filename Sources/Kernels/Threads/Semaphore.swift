import Glibc

/// POSIX' semaphore, on memory that does not move.
final class Semaphore: @unchecked Sendable {  // only the semaphore's own thread-safe calls touch its memory
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func post() { sem_post(semaphore) }

    func wait() { while sem_wait(semaphore) != 0 {} }  // a signal's handler interrupted it
}
