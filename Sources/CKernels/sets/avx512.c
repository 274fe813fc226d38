/* The kernels for CPUs with AVX-512. Features are named one by one: a level's name keeps vectors at 256 bits. */
#if defined(__x86_64__)
#define BT_SET bt_set_avx512
#define BT_NAME "avx512"
#define BT_LANES 16
#define BT_TILE 12
#define BT_TALL 16
#include <immintrin.h>
#include <math.h>
#include <string.h>
#include "../kernels.h"
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi,bmi2,f16c"))), apply_to = function)
#include "set.inc"
#pragma clang attribute pop
#endif
