// Starting a child process so that it dies with its parent, and watching it as a file descriptor.
#ifndef LATENTD_CHILD_PROCESS_H
#define LATENTD_CHILD_PROCESS_H

#include <sys/types.h>

/// What a child is started with; every text ends with a zero byte, both lists with a null pointer.
struct linux_child_command {
    const char *executable;
    char *const *arguments;    // the first is the program's name
    char *const *environment;  // NAME=value, the whole of it
    const char *folder;        // the child's working folder, or null for the parent's
    int output;                // becomes its standard output
    int errors;                // becomes its standard error
    int niceness;              // added priority number, 0...19
};

/// A started child.
struct linux_child {
    pid_t process;
    int descriptor;  // pidfd, close-on-exec: readable once the child has ended
};

/// A close-on-exec pipe whose read end (the first) does not block. 0 or -errno.
int linux_output_pipe(int ends[2]);

/// Starts a child in a process group of its own with no input and no descriptors but the two given; the kernel kills it
/// when the calling *thread* ends, so call from one that outlives it.
///
/// 0, or -errno of the step that failed; then there is no child.
int linux_child_start(const struct linux_child_command *command, struct linux_child *child);

/// Takes the status of a child that has ended: 0...255 is its exit code, 256 + n that signal n ended it; -errno else.
int linux_child_reap(pid_t process);

#endif
