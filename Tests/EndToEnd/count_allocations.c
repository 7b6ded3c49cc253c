#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t), *__libc_memalign(size_t, size_t);
static atomic_long allocations;
// Every way to memory that glibc has, counted; told at the end. Preloaded by test_allocations.py.
static void count(void) { atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed); }
void *malloc(size_t size) { count(); return __libc_malloc(size); }
void *calloc(size_t number, size_t size) { count(); return __libc_calloc(number, size); }
void *realloc(void *memory, size_t size) { count(); return __libc_realloc(memory, size); }
void *aligned_alloc(size_t alignment, size_t size) { count(); return __libc_memalign(alignment, size); }
int posix_memalign(void **out, size_t alignment, size_t size) { count(); *out = __libc_memalign(alignment, size); return *out ? 0 : 12; }
__attribute__((destructor)) static void report(void) { fprintf(stderr, "allocations %ld\n", allocations); }
