#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/filter.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <unistd.h>

static int result(int value) { return value < 0 ? -errno : value; }

int linux_epoll_create(void) { return result(epoll_create1(EPOLL_CLOEXEC)); }

static int control(int epoll, int operation, int fd, uint32_t interest, uint64_t data) {
    struct epoll_event event;
    memset(&event, 0, sizeof event);
    event.events = interest;
    event.data.u64 = data;
    return result(epoll_ctl(epoll, operation, fd, &event));
}

int linux_epoll_add(int epoll, int fd, uint32_t interest, uint64_t data) {
    return control(epoll, EPOLL_CTL_ADD, fd, interest, data);
}

int linux_epoll_modify(int epoll, int fd, uint32_t interest, uint64_t data) {
    return control(epoll, EPOLL_CTL_MOD, fd, interest, data);
}

int linux_epoll_remove(int epoll, int fd) { return control(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

int linux_epoll_wait(int epoll, struct linux_event *events, int capacity, int timeout) {
    struct epoll_event raw[256];
    if (capacity > 256) capacity = 256;
    int count = epoll_wait(epoll, raw, capacity, timeout);
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) {
        events[i].data = raw[i].data.u64;
        events[i].ready = raw[i].events;
    }
    return count;
}

int linux_eventfd_create(void) { return result(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)); }

int linux_eventfd_signal(int fd) {
    uint64_t one = 1;
    ssize_t count;
    do count = write(fd, &one, sizeof one);
    while (count < 0 && errno == EINTR);
    // EAGAIN: the counter is full, so the reader is already due to wake.
    return count < 0 && errno != EAGAIN ? -errno : 0;
}

int linux_eventfd_reset(int fd) {
    uint64_t value;
    ssize_t count;
    do count = read(fd, &value, sizeof value);
    while (count < 0 && errno == EINTR);
    if (count < 0) return errno == EAGAIN ? 0 : -errno;
    return 1;
}

static int fail_closing(int fd) {
    int error = -errno;
    close(fd);
    return error;
}

int linux_tcp_listen(const struct sockaddr *address, socklen_t length, int backlog) {
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int one = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0) return fail_closing(fd);
    if (address->sa_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one) < 0)
        return fail_closing(fd);
    if (bind(fd, address, length) < 0) return fail_closing(fd);
    if (listen(fd, backlog) < 0) return fail_closing(fd);
    return fd;
}

int linux_tcp_refuse(int listener) {
    // A SYN is dropped. What else comes for a listener ends a handshake that has begun, and goes on.
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, TH_SYN | TH_ACK),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TH_SYN, 0, 1), BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
    };
    struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
    return setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0 ? -errno : 0;
}

int linux_wait_readable(int fd, int milliseconds) {
    struct pollfd poller = {fd, POLLIN, 0};
    return result(poll(&poller, 1, milliseconds));
}

int linux_tcp_accept(int listener, struct sockaddr_storage *address, socklen_t *length) {
    int fd;
    do {
        *length = sizeof *address;
        fd = accept4(listener, (struct sockaddr *)address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) return -errno;
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

int linux_tcp_connect(const struct sockaddr *address, socklen_t length) {
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, address, length) < 0) return fail_closing(fd);
    return fd;
}

ssize_t linux_receive(int fd, void *bytes, size_t count) {
    ssize_t received;
    do received = recv(fd, bytes, count, 0);
    while (received < 0 && errno == EINTR);
    return received < 0 ? -errno : received;
}

ssize_t linux_send_pair(int fd, const void *first, size_t first_count, const void *second, size_t second_count) {
    struct iovec pieces[2];
    int used = 0;
    if (first_count > 0) {
        pieces[used].iov_base = (void *)first;
        pieces[used++].iov_len = first_count;
    }
    if (second_count > 0) {
        pieces[used].iov_base = (void *)second;
        pieces[used++].iov_len = second_count;
    }
    if (used == 0) return 0;
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = pieces;
    message.msg_iovlen = (size_t)used;
    ssize_t sent;
    do sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

int linux_shutdown_send(int fd) { return result(shutdown(fd, SHUT_WR)); }

int linux_shutdown_both(int fd) { return result(shutdown(fd, SHUT_RDWR)); }

int linux_reset_on_close(int fd) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    return result(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
}

void linux_limit_heaps(int count) { mallopt(M_ARENA_MAX, count); }

void linux_trim_heaps(void) { malloc_trim(0); }

void linux_ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }

int linux_die_with_parent(int signal) { return result(prctl(PR_SET_PDEATHSIG, (unsigned long)signal, 0, 0, 0)); }

void linux_name_thread(const char *name) {
    char short_name[16];
    strncpy(short_name, name, sizeof short_name - 1);
    short_name[sizeof short_name - 1] = 0;
    pthread_setname_np(pthread_self(), short_name);
}
