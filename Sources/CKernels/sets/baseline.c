/* The kernels for any CPU of the architecture. */
#define BT_SET bt_set_baseline
#define BT_NAME "baseline"
#define BT_LANES 4
#define BT_TILE 4
#define BT_TALL 8
#if defined(__x86_64__)
#include <emmintrin.h>
#endif
#include "../kernels.h"
#include "set.inc"
