/* Inside the target: the table of one kernel set, and memory for a kernel's own use. */
#ifndef BT_KERNELS_INTERNAL_H
#define BT_KERNELS_INTERNAL_H

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

/* At least `count` floats that belong to the calling thread until it asks for the same slot again. */
float *bt_scratch(int slot, long count);
enum { BT_SLOT_PACK, BT_SLOT_IMAGE, BT_SLOT_OUTPUT, BT_SLOT_ROWS, BT_SLOTS };

#endif
