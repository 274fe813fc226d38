/* What Swift's own view of the C library leaves out: glibc's settings of its allocator. */
#include <malloc.h>

/* Blocks of up to `block` bytes come from the heap, which keeps up to `kept` free bytes at its end. */
static inline void bt_keep_freed(int block, int kept) {
    mallopt(M_MMAP_THRESHOLD, block);
    mallopt(M_TRIM_THRESHOLD, kept);
}
