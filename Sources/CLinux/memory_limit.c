#include "memory_limit.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const char *last_words;
static size_t last_words_length;

int linux_limit_data(uint64_t bytes) {
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = bytes};
    return setrlimit(RLIMIT_DATA, &limit) < 0 ? -errno : 0;
}

// The system call that failed last on this thread is the allocation that ends the process: nothing else runs between
// the two, neither in malloc nor in Swift's allocator.
static void tell(int number) {
    if (errno == ENOMEM) {
        ssize_t written = write(STDOUT_FILENO, last_words, last_words_length);
        (void)written;
    }
    // The handler is gone by now: this time the signal ends the process.
    raise(number);
}

int linux_tell_exhaustion(const char *line) {
    last_words = strdup(line);
    if (!last_words) return -ENOMEM;
    last_words_length = strlen(last_words);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = tell;
    action.sa_flags = (int)SA_RESETHAND;
    // Swift's allocator traps, C++ aborts, and C reads through the null pointer.
    int numbers[] = {SIGILL, SIGTRAP, SIGABRT, SIGSEGV};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (sigaction(numbers[i], &action, 0) < 0) return -errno;
    }
    return 0;
}
