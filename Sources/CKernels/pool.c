/* Memory of tensors that are gone, kept by the thread that let them go for its next ones: a warm training step takes
 * none from the system, and two trials never wait for each other.
 *
 * Where sizes change from step to step, as sequences' lengths do, blocks of one size would lie idle while those of
 * another are asked for. So a larger block may serve a smaller tensor, and blocks that nobody needed for some steps go
 * back. Those alone: giving back by size or by age could give back what each step takes again. The takes and gives of
 * 200 updates on meshes of all lengths, 161 MB in use at most, replayed through models of both rules: with blocks of the
 * right size only and 256 MB idle, the pool holds 387 MB and takes 13 GB from the system; so, 240 MB and 0.5 GB. */
#include "kernels.h"

#include <stdlib.h>

enum { BINS = 256 };
/* Bytes that may lie idle in any case. */
static const long LEAST_IDLE = 32L << 20;
/* Tensors from so many bytes on take blocks of up to so many bins more, which is four times their size. Of smaller
 * ones so little lies idle that looking through lists costs more than it saves. */
static const long LEAST_SHARED = 64L << 10;
enum { BINS_ABOVE = 8 };
/* What is spare is looked at after so many times the bytes that were once in use have been taken: some steps. */
enum { TIMES_TAKEN = 4 };

typedef struct {
    float **items;
    int count, room;
    int spare; /* the fewest that lay idle at a time since the last look: nobody needed so many */
} bin;
typedef struct {
    bin bins[BINS];
    long misses, taken, most_in_use;
    bt_pool_bytes bytes;
} pool;

static pthread_key_t key;
static pthread_once_t keyed = PTHREAD_ONCE_INIT;
static _Thread_local pool *own;

/* Sizes grow by quarters of a power of two, so at most a fifth of the memory is spare; unit: 16 floats. */
static int bin_of(long count) {
    long units = (count + 15) / 16;
    if (units < 5) units = 5;
    int power = 63 - __builtin_clzl((unsigned long)(units - 1));
    return power << 2 | (int)((units - 1) >> (power - 2) & 3);
}

static long bytes_in(int b) {
    int power = b >> 2, quarter = b & 3;
    return ((1L << power) + ((quarter + 1L) << (power - 2))) * 16 * (long)sizeof(float);
}

/* Gives an idle block of a bin back to the system. */
static void drop_one(pool *p, int b) {
    p->bytes.idle -= bytes_in(b);
    bt_to_system(p->bins[b].items[--p->bins[b].count], bytes_in(b));
}

/* Gives spare blocks back, the largest first, until no more than LEAST_IDLE lies idle, and begins to look anew. */
static void drop_spare(pool *p) {
    for (int b = BINS - 1; b >= 0; b--) {
        for (; p->bytes.idle > LEAST_IDLE && p->bins[b].spare > 0; p->bins[b].spare--) drop_one(p, b);
        p->bins[b].spare = p->bins[b].count;
    }
    p->taken = 0;
}

static void drop(void *pointer) {
    pool *p = pointer;
    for (int b = 0; b < BINS; b++) {
        while (p->bins[b].count > 0) drop_one(p, b);
        free(p->bins[b].items);
    }
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

/* The bin of the smallest idle block that serves, or -1. */
static int serving(const pool *p, int wanted) {
    if (p->bins[wanted].count > 0) return wanted;
    if (bytes_in(wanted) < LEAST_SHARED) return -1;
    for (int b = wanted + 1; b <= wanted + BINS_ABOVE && b < BINS; b++)
        if (p->bins[b].count > 0) return b;
    return -1;
}

/* More floats than any machine can address: their bytes would be no number. */
static const long TOO_MANY = 1L << 58;

static float *miss(pool *p, long count, int b) {
    if (count > TOO_MANY) bt_fail("There is no memory for a tensor: %ld floats are too many.", count);
    p->misses++;
    /* Only here: a step that finds all it needs keeps all it has. */
    if (p->taken / TIMES_TAKEN > p->most_in_use) drop_spare(p);
    return bt_from_system(bytes_in(b));
}

static void count_in(pool *p, long bytes) {
    p->taken += bytes;
    p->bytes.in_use += bytes;
    if (p->bytes.in_use <= p->bytes.peak) return;
    p->bytes.peak = p->bytes.in_use;
    if (p->bytes.peak > p->most_in_use) p->most_in_use = p->bytes.peak;
}

/* An idle block of a bin that has one. */
static float *idle_one(pool *p, bin *b, long bytes) {
    p->bytes.idle -= bytes;
    float *memory = b->items[--b->count];
    if (b->count < b->spare) b->spare = b->count;
    return memory;
}

bt_block bt_take(long count) {
    pool *p = mine();
    int wanted = bin_of(count), b = serving(p, wanted);
    bt_block block = {.bytes = count * (long)sizeof(float), .bin = b < 0 ? wanted : b};
    block.at = b < 0 ? miss(p, count, wanted) : idle_one(p, &p->bins[b], bytes_in(b));
    count_in(p, block.bytes);
    return block;
}

static void make_room(bin *b) {
    b->room = b->room ? 2 * b->room : 16;
    long bytes = b->room * (long)sizeof *b->items;
    b->items = bt_got(realloc(b->items, (size_t)bytes), bytes, "the list of a pool");
}

void bt_give(bt_block block) {
    if (!block.at) return;
    pool *p = mine();
    bin *b = &p->bins[block.bin];
    p->bytes.in_use -= block.bytes;
    p->bytes.idle += bytes_in(block.bin);
    if (b->count == b->room) make_room(b);
    b->items[b->count++] = block.at;
}

long bt_pool_misses(void) { return mine()->misses; }

bt_pool_bytes bt_thread_bytes(void) { return mine()->bytes; }

long bt_restart_peak(void) {
    pool *p = mine();
    long before = p->bytes.peak;
    p->bytes.peak = p->bytes.in_use;
    return before;
}

void bt_raise_peak(long bytes) {
    pool *p = mine();
    if (p->bytes.peak < bytes) p->bytes.peak = bytes;
}
