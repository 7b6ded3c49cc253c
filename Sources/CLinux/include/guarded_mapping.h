// Files in memory whose reader lives on when a file gets shorter or its disk fails.
#ifndef LATENTD_GUARDED_MAPPING_H
#define LATENTD_GUARDED_MAPPING_H

#include <stdbool.h>
#include <stddef.h>

/// A file's first bytes, mapped for reading.
///
/// Where the kernel has no page of the file to give it sends SIGBUS, which would end the process. For such a mapping all
/// of its bytes become zeros instead, and it counts as damaged from then on.
struct linux_guarded_mapping;

/// Maps at least one byte. 0 or -errno. The first call installs the handler of SIGBUS, for good; a SIGBUS of any other
/// cause goes to whoever handled it before.
int linux_map_guarded(int fd, size_t count, struct linux_guarded_mapping **mapping);

const void *linux_mapped_bytes(const struct linux_guarded_mapping *mapping);

/// Whether bytes may have been read that are not the file's. Asked after them.
bool linux_mapping_is_damaged(const struct linux_guarded_mapping *mapping);

/// Gives the pages that were read back to the system; they come again with the next access.
void linux_mapping_rests(const struct linux_guarded_mapping *mapping);

/// Nobody may read from it any more.
void linux_unmap_guarded(struct linux_guarded_mapping *mapping);

#endif
