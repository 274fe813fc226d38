/* Bytes that the process's pools and scratch hold. Threads come and go with their own counts, and a peak of sums is no
 * sum of peaks, so they are added up as they change. */
#include "kernels.h"

#include <stdatomic.h>

static atomic_long held, most_held;

void bt_note_held(long bytes) {
    long now = atomic_fetch_add_explicit(&held, bytes, memory_order_relaxed) + bytes;
    long most = atomic_load_explicit(&most_held, memory_order_relaxed);
    while (now > most && !atomic_compare_exchange_weak(&most_held, &most, now)) {}
}

long bt_held_bytes(void) { return atomic_load_explicit(&held, memory_order_relaxed); }
long bt_most_held_bytes(void) { return atomic_load_explicit(&most_held, memory_order_relaxed); }
