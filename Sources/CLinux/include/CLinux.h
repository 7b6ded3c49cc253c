// Linux calls that Swift's Glibc module does not import, behind plain functions.
//
// Every function that can fail returns -errno (never the errno variable, which a later call may overwrite)
// and retries EINTR where a retry is what every caller wants.
#ifndef LATENTD_CLINUX_H
#define LATENTD_CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "child_process.h"
#include "guarded_mapping.h"
#include "memory_limit.h"

// Readiness bits, equal to the kernel's EPOLL* values.
static const uint32_t linux_ready_in = 0x001;
static const uint32_t linux_ready_out = 0x004;
static const uint32_t linux_ready_error = 0x008;
static const uint32_t linux_ready_hangup = 0x010;
static const uint32_t linux_ready_read_hangup = 0x2000;
static const uint32_t linux_edge_triggered = 0x80000000u;

/// One readiness report: what was asked to be remembered (`data`) and what is ready.
struct linux_event {
    uint64_t data;
    uint32_t ready;
};

int linux_epoll_create(void);
int linux_epoll_add(int epoll, int fd, uint32_t interest, uint64_t data);
int linux_epoll_modify(int epoll, int fd, uint32_t interest, uint64_t data);
int linux_epoll_remove(int epoll, int fd);
/// At most 256 events a call; a signal counts as no events. `timeout` in milliseconds, -1 for none.
int linux_epoll_wait(int epoll, struct linux_event *events, int capacity, int timeout);

/// A non-blocking, close-on-exec event counter, its signal and its reset.
int linux_eventfd_create(void);
int linux_eventfd_signal(int fd);
/// 1 where there were signals, 0 where there were none, or -errno.
int linux_eventfd_reset(int fd);

/// A non-blocking, close-on-exec TCP socket, listening; SO_REUSEADDR set, IPv6 sockets IPv6 only.
int linux_tcp_listen(const struct sockaddr *address, socklen_t length, int backlog);
/// Makes the kernel drop who asks for a new connection; handshakes that have begun end, and those that wait are not touched.
int linux_tcp_refuse(int listener);
/// Waits for something to read, or to accept: 1, 0 where nothing came in time, or -errno.
int linux_wait_readable(int fd, int milliseconds);
/// accept4 with SOCK_NONBLOCK and SOCK_CLOEXEC, and TCP_NODELAY on the new socket.
int linux_tcp_accept(int listener, struct sockaddr_storage *address, socklen_t *length);
/// A blocking, close-on-exec TCP connection with TCP_NODELAY.
int linux_tcp_connect(const struct sockaddr *address, socklen_t length);

ssize_t linux_receive(int fd, void *bytes, size_t count);
/// Sends two pieces in one call without SIGPIPE; may send part.
ssize_t linux_send_pair(int fd, const void *first, size_t first_count, const void *second, size_t second_count);
/// Ends the sending side only.
int linux_shutdown_send(int fd);
/// Ends both sides; the descriptor stays open.
int linux_shutdown_both(int fd);
/// Makes close() reset the connection instead of ending it in order.
int linux_reset_on_close(int fd);

/// Threads share at most this many heaps of malloc; to be called before there are any.
void linux_limit_heaps(int count);
/// Gives the whole pages within malloc's heaps that nothing lies on back to the kernel.
void linux_trim_heaps(void);
/// SIGPIPE is ignored from here on, in the whole process.
void linux_ignore_sigpipe(void);
/// Asks the kernel to send `signal` to this process when its parent dies. 0 or -errno.
int linux_die_with_parent(int signal);
/// Names the calling thread for debuggers and top; at most 15 bytes are kept.
void linux_name_thread(const char *name);

#endif
