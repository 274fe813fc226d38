/* Memory of tensors that are gone, kept by the thread that let them go for its next ones: a warm training step takes
 * none from the system, and two trials never wait for each other. Where sizes change from step to step, as sequences'
 * lengths do, what would only lie idle goes back to the system. */
#define _DEFAULT_SOURCE
#include "kernels.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { BINS = 256 };
/* Bytes that may lie idle when new memory is taken. */
static const long MOST_IDLE = 256L << 20;
typedef struct { float **items; int count, room; } bin;
typedef struct { bin bins[BINS]; long misses; bt_pool_bytes bytes; } pool;

static pthread_key_t key;
static pthread_once_t keyed = PTHREAD_ONCE_INIT;
static _Thread_local pool *own;

static void drop(void *pointer) {
    pool *p = pointer;
    for (int i = 0; i < BINS; i++) {
        for (int j = 0; j < p->bins[i].count; j++) free(p->bins[i].items[j]);
        free(p->bins[i].items);
    }
    bt_note_held(-p->bytes.idle);
    free(p);
    own = NULL;
}

static void make_key(void) { bt_make_key(&key, drop); }

static pool *mine(void) {
    if (own) return own;
    pthread_once(&keyed, make_key);
    own = bt_got(calloc(1, sizeof *own), sizeof *own, "the pool of a thread");
    bt_keep(key, own);
    return own;
}

/* Sizes grow by quarters of a power of two, so at most a fifth of the memory is spare; unit: 16 floats. */
static int bin_of(long count) {
    long units = (count + 15) / 16;
    if (units < 5) units = 5;
    int power = 63 - __builtin_clzl((unsigned long)(units - 1));
    return power << 2 | (int)((units - 1) >> (power - 2) & 3);
}

static long floats_in(int b) {
    int power = b >> 2, quarter = b & 3;
    return ((1L << power) + ((quarter + 1L) << (power - 2))) * 16;
}

static long bytes_in(int b) { return floats_in(b) * (long)sizeof(float); }

/* Gives idle memory back to the system, the largest first, until no more than MOST_IDLE is left. */
static void trim(pool *p) {
    long before = p->bytes.idle;
    for (int b = BINS - 1; b >= 0 && p->bytes.idle > MOST_IDLE; b--)
        while (p->bins[b].count > 0 && p->bytes.idle > MOST_IDLE) {
            free(p->bins[b].items[--p->bins[b].count]);
            p->bytes.idle -= bytes_in(b);
        }
    if (p->bytes.idle < before) bt_note_held(p->bytes.idle - before);
}

/* Memory from the system; large blocks in large pages, where it has them, because a step walks through all of them. */
static float *fresh(long bytes) {
    enum { LARGE_PAGE = 2 << 20 };
    if (bytes < LARGE_PAGE) return bt_got(aligned_alloc(64, (size_t)bytes), bytes, "a tensor");
    float *memory = aligned_alloc(LARGE_PAGE, (size_t)(bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE);
    bt_got(memory, bytes, "a tensor");
#ifdef MADV_HUGEPAGE
    madvise(memory, (size_t)bytes, MADV_HUGEPAGE);
#endif
    return memory;
}

/* More floats than any machine can address: their bytes would be no number. */
static const long TOO_MANY = 1L << 58;

static float *miss(pool *p, long count, int b) {
    if (count > TOO_MANY) bt_fail("There is no memory for a tensor: %ld floats are too many.", count);
    p->misses++;
    trim(p);
    float *memory = fresh(bytes_in(b));
    bt_note_held(bytes_in(b));
    return memory;
}

float *bt_take(long count) {
    pool *p = mine();
    int place = bin_of(count);
    bin *b = &p->bins[place];
    float *memory;
    if (b->count > 0) {
        p->bytes.idle -= bytes_in(place);
        memory = b->items[--b->count];
    } else {
        memory = miss(p, count, place);
    }
    p->bytes.in_use += bytes_in(place);
    if (p->bytes.in_use > p->bytes.peak) p->bytes.peak = p->bytes.in_use;
    return memory;
}

static void make_room(bin *b) {
    b->room = b->room ? 2 * b->room : 16;
    long bytes = b->room * (long)sizeof *b->items;
    b->items = bt_got(realloc(b->items, (size_t)bytes), bytes, "the list of a pool");
}

void bt_give(float *memory, long count) {
    pool *p = mine();
    int place = bin_of(count);
    bin *b = &p->bins[place];
    p->bytes.in_use -= bytes_in(place);
    p->bytes.idle += bytes_in(place);
    if (b->count == b->room) make_room(b);
    b->items[b->count++] = memory;
}

long bt_pool_misses(void) { return mine()->misses; }

bt_pool_bytes bt_thread_bytes(void) { return mine()->bytes; }

void bt_restart_peak(void) {
    pool *p = mine();
    p->bytes.peak = p->bytes.in_use;
}
