// A bound on this process' memory, and its last words when it meets it.
#ifndef LATENTD_MEMORY_LIMIT_H
#define LATENTD_MEMORY_LIMIT_H

#include <stdint.h>

/// Bounds the private memory that the process may write to: heap, large allocations and threads' stacks, but neither
/// address space that is only reserved nor mapped files. For good. 0 or -errno.
int linux_limit_data(uint64_t bytes);

/// From here on a process that ends because an allocation has failed writes the line to standard output first. A
/// thread's stack is as it was, so nothing else is tried. 0 or -errno.
int linux_tell_exhaustion(const char *line);

#endif
