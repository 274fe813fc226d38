/* Memory from the system for tensors, and back to it. */
#define _GNU_SOURCE
#include "kernels.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Blocks from this size on are pages of their own: what is freed in the allocator's heap stays the program's while
 * anything above it lives, and tensors of ever other sizes leave it full of holes. */
static const long OWN_PAGES = 256L << 10;
static const long LARGE_PAGE = 2L << 20;

static float *refused_or(void *memory, long bytes) {
    return bt_got(memory == MAP_FAILED ? NULL : memory, bytes, "a tensor");
}

static float *pages(long bytes) {
    return refused_or(mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), bytes);
}

/* Pages that begin where a large one may: what is reserved before and behind goes back at once. */
static float *large_pages(long bytes) {
    long reserved = bytes + LARGE_PAGE;
    char *all = (char *)pages(reserved);
    long before = (LARGE_PAGE - (long)((uintptr_t)all % LARGE_PAGE)) % LARGE_PAGE;
    if (before > 0) munmap(all, (size_t)before);
    munmap(all + before + bytes, (size_t)(LARGE_PAGE - before));
#ifdef MADV_HUGEPAGE
    /* A step walks through all of it, which large pages make cheaper; where there are none, small ones do. */
    madvise(all + before, (size_t)bytes, MADV_HUGEPAGE);
#endif
    return (float *)(all + before);
}

float *bt_from_system(long bytes) {
    bt_note_held(bytes);
    if (bytes >= LARGE_PAGE) return large_pages(bytes);
    if (bytes >= OWN_PAGES) return pages(bytes);
    return bt_got(aligned_alloc(64, (size_t)bytes), bytes, "a tensor");
}

void bt_to_system(float *memory, long bytes) {
    bt_note_held(-bytes);
    if (bytes < OWN_PAGES) free(memory);
    else munmap(memory, (size_t)bytes);
}
