#define _GNU_SOURCE
#include "guarded_mapping.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

// The handler walks a list that only ever grows at its head. An entry whose mapping has gone is used for the next one.
struct linux_guarded_mapping {
    struct linux_guarded_mapping *next;
    bool is_used;  // of whoever holds the lock
    atomic_bool is_damaged;
    // Odd while the range changes. The range of a mapping that somebody reads does not, so the handler passes over it.
    atomic_uint changes;
    atomic_uintptr_t begin, end;
};

static struct linux_guarded_mapping *_Atomic first;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction previous;

static void set_range(struct linux_guarded_mapping *mapping, uintptr_t begin, uintptr_t end) {
    atomic_fetch_add(&mapping->changes, 1);
    atomic_store(&mapping->begin, begin);
    atomic_store(&mapping->end, end);
    atomic_fetch_add(&mapping->changes, 1);
}

static bool covers(struct linux_guarded_mapping *mapping, uintptr_t address, uintptr_t *begin, uintptr_t *end) {
    unsigned changes = atomic_load(&mapping->changes);
    *begin = atomic_load(&mapping->begin);
    *end = atomic_load(&mapping->end);
    return changes % 2 == 0 && *begin <= address && address < *end && atomic_load(&mapping->changes) == changes;
}

// Puts zeros in the place of the mapping that the address lies in. Several threads may do so at once.
static bool replace(uintptr_t address) {
    for (struct linux_guarded_mapping *mapping = atomic_load(&first); mapping; mapping = mapping->next) {
        uintptr_t begin, end;
        if (!covers(mapping, address, &begin, &end)) continue;
        // Before the zeros are there to be read.
        atomic_store(&mapping->is_damaged, true);
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
        return mmap((void *)begin, end - begin, PROT_READ, flags, -1, 0) != MAP_FAILED;
    }
    return false;
}

static void handle(int number, siginfo_t *information, void *context) {
    (void)context;
    int error = errno;
    bool is_ours = information->si_code == BUS_ADRERR && replace((uintptr_t)information->si_addr);
    errno = error;
    if (is_ours) return;
    // The access that failed does so again when this returns; what another process sent has to be sent again.
    sigaction(number, &previous, 0);
    if (information->si_code <= 0) raise(number);
}

static int install(void) {
    static bool is_installed;
    if (is_installed) return 0;
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGBUS, &action, &previous) < 0) return -errno;
    is_installed = true;
    return 0;
}

static struct linux_guarded_mapping *take_entry(void) {
    struct linux_guarded_mapping *entry = atomic_load(&first);
    while (entry && entry->is_used) entry = entry->next;
    if (!entry) {
        entry = calloc(1, sizeof *entry);
        if (!entry) return 0;
        entry->next = atomic_load(&first);
        atomic_store(&first, entry);
    }
    entry->is_used = true;
    atomic_store(&entry->is_damaged, false);
    return entry;
}

int linux_map_guarded(int fd, size_t count, struct linux_guarded_mapping **mapping) {
    void *bytes = mmap(0, count, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED) return -errno;
    pthread_mutex_lock(&lock);
    int result = install();
    struct linux_guarded_mapping *entry = result < 0 ? 0 : take_entry();
    pthread_mutex_unlock(&lock);
    if (!entry) {
        munmap(bytes, count);
        return result < 0 ? result : -ENOMEM;
    }
    set_range(entry, (uintptr_t)bytes, (uintptr_t)bytes + count);
    *mapping = entry;
    return 0;
}

const void *linux_mapped_bytes(const struct linux_guarded_mapping *mapping) {
    return (const void *)atomic_load(&mapping->begin);
}

bool linux_mapping_is_damaged(const struct linux_guarded_mapping *mapping) { return atomic_load(&mapping->is_damaged); }

void linux_mapping_rests(const struct linux_guarded_mapping *mapping) {
    uintptr_t begin = atomic_load(&mapping->begin);
    madvise((void *)begin, atomic_load(&mapping->end) - begin, MADV_DONTNEED);
}

void linux_unmap_guarded(struct linux_guarded_mapping *mapping) {
    uintptr_t begin = atomic_load(&mapping->begin), end = atomic_load(&mapping->end);
    // First of all, since the address may be somebody else's as soon as it is free.
    set_range(mapping, 0, 0);
    munmap((void *)begin, end - begin);
    pthread_mutex_lock(&lock);
    mapping->is_used = false;
    pthread_mutex_unlock(&lock);
}
