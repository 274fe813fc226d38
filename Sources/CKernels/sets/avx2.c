/* The kernels for CPUs with AVX2 and FMA. */
#if defined(__x86_64__)
#define BT_SET bt_set_avx2
#define BT_NAME "avx2"
#define BT_LANES 8
#define BT_TILE 6
#define BT_TALL 12
#include <immintrin.h>
#include <math.h>
#include <string.h>
#include "../kernels.h"
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2,f16c"))), apply_to = function)
#include "set.inc"
#pragma clang attribute pop
#endif
