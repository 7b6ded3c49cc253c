#define _GNU_SOURCE
#include "child_process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int linux_output_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0) return 0;
    int error = errno;
    close(ends[0]);
    close(ends[1]);
    return -error;
}

// Between fork and exec only async-signal-safe calls: other threads of the parent may have held any lock.
static int become(const struct linux_child_command *command, pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) return errno;
    if (getppid() != parent) return ESRCH;
    if (setpgid(0, 0) < 0) return errno;
    // May fail; a child that is not nice is still better than none.
    setpriority(PRIO_PROCESS, 0, command->niceness);
    // It computes without a pause: the scheduler need not wake it as if somebody waited for it.
    struct sched_param none_of_it = {0};
    sched_setscheduler(0, SCHED_BATCH, &none_of_it);

    // The parent's descriptors may be any numbers, also 0 to 2, so they are moved out of the way first.
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (input < 0) return errno;
    int high_input = fcntl(input, F_DUPFD_CLOEXEC, 3);
    int high_output = fcntl(command->output, F_DUPFD_CLOEXEC, 3);
    int high_errors = fcntl(command->errors, F_DUPFD_CLOEXEC, 3);
    if (high_input < 0 || high_output < 0 || high_errors < 0) return errno;
    if (dup2(high_input, 0) < 0 || dup2(high_output, 1) < 0 || dup2(high_errors, 2) < 0) return errno;
    // Whatever the parent holds open and forgot to mark goes at exec. Kernels before 5.11 do not know the flag.
    syscall(SYS_close_range, 3u, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */);

    if (command->folder && chdir(command->folder) < 0) return errno;
    for (int number = 1; number < NSIG; number++) {
        if (number != SIGKILL && number != SIGSTOP) signal(number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    if (sigprocmask(SIG_SETMASK, &none, 0) < 0) return errno;
    execve(command->executable, command->arguments, command->environment);
    return errno;
}

int linux_child_start(const struct linux_child_command *command, struct linux_child *child) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) < 0) return -errno;
    // The write end lives at 3 or above, clear of the child's own 0 to 2.
    int high = fcntl(report[1], F_DUPFD_CLOEXEC, 3);
    int error = errno;
    close(report[1]);
    if (high < 0) {
        close(report[0]);
        return -error;
    }

    // Signals stay blocked over the fork, so that none runs a handler of the parent inside the child.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t process = fork();
    if (process == 0) {
        int failure = become(command, parent);
        ssize_t written = write(high, &failure, sizeof failure);
        (void)written;
        _exit(127);
    }
    error = errno;
    pthread_sigmask(SIG_SETMASK, &before, 0);
    close(high);
    if (process < 0) {
        close(report[0]);
        return -error;
    }

    // The pipe closes at exec; what is read before that is the errno of the step that failed.
    int failure = 0;
    ssize_t count;
    do count = read(report[0], &failure, sizeof failure);
    while (count < 0 && errno == EINTR);
    close(report[0]);
    if (count != 0) {
        linux_child_reap(process);
        return count == (ssize_t)sizeof failure && failure > 0 ? -failure : -EIO;
    }
    int descriptor = (int)syscall(SYS_pidfd_open, process, 0);
    if (descriptor < 0) {
        error = errno;
        kill(-process, SIGKILL);
        linux_child_reap(process);
        return -error;
    }
    child->process = process;
    child->descriptor = descriptor;
    return 0;
}

int linux_child_reap(pid_t process) {
    int status;
    pid_t reaped;
    do reaped = waitpid(process, &status, 0);
    while (reaped < 0 && errno == EINTR);
    if (reaped < 0) return -errno;
    return WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
}
