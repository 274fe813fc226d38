/* Memory that a kernel needs only while it runs: it grows with the largest call, and goes when its thread ends. */
#include "kernels.h"

#include <stdlib.h>

typedef struct { float *memory[BT_SLOTS]; long count[BT_SLOTS]; } scratch;
static pthread_key_t key;
static pthread_once_t keyed = PTHREAD_ONCE_INIT;

static long bytes_of(long count) { return count * (long)sizeof(float); }

static void drop(void *pointer) {
    scratch *own = pointer;
    for (int i = 0; i < BT_SLOTS; i++) {
        free(own->memory[i]);
        bt_note_held(-bytes_of(own->count[i]));
    }
    free(own);
}

static void make_key(void) { bt_make_key(&key, drop); }

static scratch *mine(void) {
    pthread_once(&keyed, make_key);
    scratch *own = pthread_getspecific(key);
    if (own) return own;
    own = bt_got(calloc(1, sizeof *own), sizeof *own, "the scratch of a thread");
    bt_keep(key, own);
    return own;
}

float *bt_scratch(int slot, long count) {
    scratch *own = mine();
    if (own->count[slot] >= count) return own->memory[slot];
    free(own->memory[slot]);
    /* Whole steps, so that a size that creeps up does not ask each time. */
    long room = (count + 1023) / 1024 * 1024;
    own->memory[slot] = bt_got(aligned_alloc(64, (size_t)bytes_of(room)), bytes_of(room), "a kernel's scratch");
    bt_note_held(bytes_of(room - own->count[slot]));
    own->count[slot] = room;
    return own->memory[slot];
}
