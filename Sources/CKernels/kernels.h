/* Inside the target: the table of one kernel set, how to give up, and memory for a kernel's own use. */
#ifndef BT_KERNELS_INTERNAL_H
#define BT_KERNELS_INTERNAL_H

#include <pthread.h>
#include <stddef.h>
#include "ckernels.h"

typedef struct {
    const char *name;
#define BT_KERNEL(result, name, parameters, arguments) result (*name) parameters;
#include "kernels.def"
#undef BT_KERNEL
} bt_kernel_set;

extern const bt_kernel_set bt_set_baseline;
#if defined(__x86_64__)
extern const bt_kernel_set bt_set_avx2, bt_set_avx512;
#endif

#if defined(__x86_64__)
/* Whether the CPU sums 8-bit products by one instruction, in vectors of so many sums; and the sums [rows, 2 lanes] of up
 * to four rows with one or two panels, whose weights' own sums are `by_output`. */
int bt_vnni(int lanes);
void bt_vnni_sums(int lanes, int rows, int panels, long room, const int8_t *q, const int8_t *panel, const int32_t *by_output,
                  int32_t *sums);
#endif

/* Chooses the set, unless one is chosen. */
void bt_choose_kernels(void);

/* Threads that a product may use. */
int bt_threads(void);

/* Ends the program, or the trial whose thread this is, with a sentence on standard error. */
_Noreturn void bt_fail(const char *sentence, ...) __attribute__((format(printf, 1, 2)));
/* `memory`, which the system gave or refused: every allocation of this target goes through here. */
void *bt_got(void *memory, long bytes, const char *purpose);
/* A value of each thread that `drop` takes when the thread ends; and the calling thread's. They give up where the system
 * has no room. */
void bt_make_key(pthread_key_t *key, void (*drop)(void *));
void bt_keep(pthread_key_t key, void *value);

/* Memory for a tensor from the system, which must have it, and back with the same number of bytes. */
float *bt_from_system(long bytes);
void bt_to_system(float *memory, long bytes);
/* Counts bytes that the process's pools and scratch took from the system, or gave back where there are fewer than none.
 * Other threads' counts meet here, so not for each tensor: only for what the system is asked. */
void bt_note_held(long bytes);

/* Floats that the weights of a layer take in panels, in any set. */
static inline long bt_panel_numbers(long inputs, long outputs) { return (outputs + 31) / 32 * 32 * inputs; }

/* A layer for blocks of up to `rows` rows, with its weights packed once for all of them where that is of use; and the
 * memory of the panels back to the pool. */
typedef struct { bt_linear_plan plan; bt_block panels; } bt_packed_layer;
bt_packed_layer bt_pack_layer(long rows, long inputs, long outputs, const bt_layer *l);
void bt_unpack_layer(bt_packed_layer *packed);

/* The gradients of a layer from d, the one of its output, over some rows; the first ones write what later ones add to,
 * unless the layer's are added to what is there. dx may be NULL. */
void bt_layer_back(long rows, long inputs, long outputs, const bt_layer *l, const float *x, const float *d, int first,
                   int adds_dx, float *dx);

/* At least `count` floats that belong to the calling thread until it asks for the same slot again. */
float *bt_scratch(int slot, long count);
enum { BT_SLOT_PACK, BT_SLOT_IMAGE, BT_SLOT_OUTPUT, BT_SLOT_ROWS, BT_SLOT_ROPE, BT_SLOTS };

/* A row of cosines and one of signed sines for each token, as wide as what is turned: heads side by side, each number
 * of a pair with its own, and no angle behind the first `part` numbers of a head. It stays as it is until the thread
 * asks for another one. */
const float *bt_rope_table(long tokens, long turned, long depth, long part, float base, long first);

#endif
