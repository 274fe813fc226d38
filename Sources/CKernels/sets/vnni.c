/* Sums of 8-bit products where the CPU has an instruction for them (VNNI), beside the sets with vectors of that length. */
#include "../kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <stdatomic.h>
#include <string.h>

static atomic_int allowed = 1;

void bt_allow_vnni(int allow) { atomic_store(&allowed, allow); }

int bt_vnni(int lanes) {
    if (!atomic_load_explicit(&allowed, memory_order_relaxed)) return 0;
    __builtin_cpu_init();
    return lanes == 16 ? __builtin_cpu_supports("avx512vnni") : __builtin_cpu_supports("avxvnni");
}

/* As many as a set asks for: eight sums, none of which waits for itself. */
enum { ROWS = 4, PANELS = 2 };

/* The instruction takes one side without sign: each number plus 128, which adds 128 times the weights' sum. Rows that are
 * not there are the first one once more. */
#define VNNI(name, features, type, lanes, broadcast, load, store, dot, zero)                                         \
    __attribute__((target(features))) static void name(int rows, int panels, long room, const int8_t *q,             \
                                                       const int8_t *panel, const int32_t *by_output, int32_t *sums) { \
        type sum[ROWS][PANELS];                                                                                      \
        const int8_t *second = panels > 1 ? panel + room * lanes : panel;                                            \
        for (int r = 0; r < ROWS; r++) sum[r][0] = sum[r][1] = zero();                                               \
        for (long l = 0; l < room; l += 4) {                                                                         \
            type a = load(panel + l * lanes), b = load(second + l * lanes);                                          \
            _Pragma("clang loop unroll(full)")                                                                       \
            for (int r = 0; r < ROWS; r++) {                                                                         \
                uint32_t four;                                                                                       \
                memcpy(&four, q + (r < rows ? r : 0) * room + l, 4);                                                 \
                type x = broadcast((int)(four ^ 0x80808080u));                                                       \
                sum[r][0] = dot(sum[r][0], x, a);                                                                    \
                sum[r][1] = dot(sum[r][1], x, b);                                                                    \
            }                                                                                                        \
        }                                                                                                            \
        for (int r = 0; r < rows; r++, sums += PANELS * lanes) {                                                     \
            store(sums, sum[r][0]);                                                                                  \
            store(sums + lanes, sum[r][1]);                                                                          \
            for (int o = 0; o < PANELS * lanes; o++) sums[o] -= 128 * by_output[o];                                  \
        }                                                                                                            \
    }

VNNI(sums16, "avx512f,avx512bw,avx512vnni", __m512i, 16, _mm512_set1_epi32, _mm512_loadu_si512, _mm512_storeu_si512,
     _mm512_dpbusd_epi32, _mm512_setzero_si512)
#define LOAD256(p) _mm256_loadu_si256((const __m256i *)(p))
#define STORE256(p, x) _mm256_storeu_si256((__m256i *)(p), x)
VNNI(sums8, "avx2,avxvnni", __m256i, 8, _mm256_set1_epi32, LOAD256, STORE256, _mm256_dpbusd_avx_epi32,
     _mm256_setzero_si256)

void bt_vnni_sums(int lanes, int rows, int panels, long room, const int8_t *q, const int8_t *panel,
                  const int32_t *by_output, int32_t *sums) {
    if (lanes == 16) sums16(rows, panels, room, q, panel, by_output, sums);
    else sums8(rows, panels, room, q, panel, by_output, sums);
}
#else
void bt_allow_vnni(int allow) { (void)allow; }
#endif
