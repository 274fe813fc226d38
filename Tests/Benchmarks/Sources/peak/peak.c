#include "peak.h"

#include <string.h>

/* Enough sums at a time that none waits for itself: four cycles of latency, two units. */
enum { SUMS = 12 };

/* What the sums become is looked at, or the loop would be left out. */
static volatile float sink;

#define ROUNDS(name, features, lanes, step)                                          \
    features static double name(long rounds) {                                       \
        typedef float vec __attribute__((ext_vector_type(lanes)));                   \
        vec sum[SUMS], by = (vec)(0.999f), plus = (vec)(0.001f), all = (vec)(0.0f);  \
        for (int i = 0; i < SUMS; i++) sum[i] = (vec)((float)i);                     \
        for (long r = 0; r < rounds; r++) {                                          \
            _Pragma("clang loop unroll(full)")                                       \
            for (int i = 0; i < SUMS; i++) { step; }                                 \
            /* Keeps each round, and all sums in registers. */                       \
            __asm__ volatile("" : "+x"(by), "+x"(plus));                             \
        }                                                                            \
        for (int i = 0; i < SUMS; i++) all += sum[i];                                \
        sink = all[0];                                                               \
        return (double)rounds * SUMS * lanes * 2;                                    \
    }

/* Without fused instructions a product and a sum are two. */
ROUNDS(baseline, , 4, vec product = sum[i] * by; sum[i] = product + plus)
#if defined(__x86_64__)
ROUNDS(avx2, __attribute__((target("avx2,fma"))), 8, sum[i] = sum[i] * by + plus)
ROUNDS(avx512, __attribute__((target("avx512f,fma"))), 16, sum[i] = sum[i] * by + plus)
#endif

double bench_multiply_adds(const char *set, long rounds) {
#if defined(__x86_64__)
    if (strcmp(set, "avx512") == 0) return avx512(rounds);
    if (strcmp(set, "avx2") == 0) return avx2(rounds);
#endif
    return baseline(rounds);
}
