/* Chooses the kernel set, and forwards every kernel to it. */
#include "kernels.h"

#include <oneapi/dnnl/dnnl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The library's threads are OpenMP's, whose header this compiler does not bring. */
extern void omp_set_num_threads(int count);

static _Atomic(const bt_kernel_set *) chosen;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const bt_kernel_set *named(const char *name) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (strcmp(name, "avx512") == 0) return avx512 ? &bt_set_avx512 : NULL;
    if (strcmp(name, "avx2") == 0) return avx2 ? &bt_set_avx2 : NULL;
#endif
    return strcmp(name, "baseline") == 0 ? &bt_set_baseline : NULL;
}

static void choose(void) {
    const char *wish = getenv("BENCHTOP_KERNELS");
    const bt_kernel_set *set = wish ? named(wish) : NULL;
    if (!set) set = named("avx512");
    if (!set) set = named("avx2");
    if (!set) set = &bt_set_baseline;
    /* The library honours the same limit; it can be set only before its first use. */
    if (strcmp(set->name, "avx2") == 0) dnnl_set_max_cpu_isa(dnnl_cpu_isa_avx2);
    if (strcmp(set->name, "baseline") == 0) dnnl_set_max_cpu_isa(dnnl_cpu_isa_sse41);
    if (!atomic_load(&chosen)) atomic_store(&chosen, set);
}

static inline const bt_kernel_set *set(void) {
    const bt_kernel_set *known = atomic_load_explicit(&chosen, memory_order_acquire);
    if (__builtin_expect(known != NULL, 1)) return known;
    pthread_once(&once, choose);
    return atomic_load(&chosen);
}

#define BT_KERNEL(result, name, parameters, arguments) \
    result bt_##name parameters { return set()->name arguments; }
#include "kernels.def"
#undef BT_KERNEL

int bt_select_kernels(const char *name) {
    (void)set();
    const bt_kernel_set *wish = named(name);
    if (!wish) return -1;
    atomic_store(&chosen, wish);
    return 0;
}

const char *bt_kernel_set_name(void) { return set()->name; }

/* Products: the library for large ones, the own kernel where calling it costs more than it gains. */
/* The library keeps the number by thread, so each thread takes over the process's before its next product. */
static atomic_int wanted_threads = 1;
static _Thread_local int threads;

void bt_set_threads(int count) { atomic_store(&wanted_threads, count); }

/* Measured: the own kernel wins while its work, whole tiles of 32 columns and the packing of B with them, is this
 * small; products with one column are the library's. */
enum { SMALL_PRODUCT = 1 << 14 };

static int is_small(int trans_b, long m, long n, long k) {
    long packing = trans_b ? 8 : (n % 32 == 0 ? 0 : 2);
    return k == 0 || (n > 1 && (m + packing) * ((n + 31) / 32 * 32) * k <= SMALL_PRODUCT);
}

static void scale_rows(long m, long n, float beta, float *c, long ldc) {
    for (long i = 0; i < m; i++) bt_scale(n, beta, 0, c + i * ldc, c + i * ldc);
}

void bt_gemm(int trans_a, int trans_b, long m, long n, long k, float alpha, const float *a, long lda,
             const float *b, long ldb, float beta, float *c, long ldc) {
    if (m == 0 || n == 0) return;
    if (is_small(trans_b, m, n, k)) {
        if (beta != 0 && beta != 1) scale_rows(m, n, beta, c, ldc);
        bt_small_gemm(m, n, k, alpha, a, trans_a ? 1 : lda, trans_a ? lda : 1, b, trans_b ? 1 : ldb,
                      trans_b ? ldb : 1, beta != 0, c, ldc);
        return;
    }
    (void)set();
    int wanted = atomic_load_explicit(&wanted_threads, memory_order_relaxed);
    if (threads != wanted) {
        threads = wanted;
        omp_set_num_threads(wanted);
    }
    dnnl_sgemm(trans_a ? 'T' : 'N', trans_b ? 'T' : 'N', m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

/* Measured: packing the weights pays from some rows on, and a row of them has to stay in cache. */
enum { LEAST_ROWS = 16, LEAST_OUTPUTS = 8, MOST_INPUTS = 1024 };

static int is_own(const bt_linear_plan *p) {
    return p->rows >= LEAST_ROWS && p->outputs >= LEAST_OUTPUTS && p->inputs > 0 && p->inputs <= MOST_INPUTS &&
           atomic_load_explicit(&wanted_threads, memory_order_relaxed) == 1;
}

bt_linear_plan bt_pack_layer(long rows, long inputs, long outputs, const bt_layer *l) {
    bt_linear_plan p = {.rows = rows, .inputs = inputs, .outputs = outputs};
    if (!l->w || !is_own(&p)) return p;
    float *panels = bt_take(bt_panel_numbers(inputs, outputs));
    bt_pack_weights(inputs, outputs, l->w, panels);
    p.panels = panels;
    return p;
}

void bt_unpack_layer(bt_linear_plan *p) {
    if (p->panels) bt_give((float *)p->panels, bt_panel_numbers(p->inputs, p->outputs));
    p->panels = NULL;
}

void bt_linear(const bt_linear_plan *p, const float *x, const float *w, const float *bias, const float *plus,
               float *before, float *y) {
    long m = p->rows, n = p->outputs, k = p->inputs;
    if (is_own(p)) return bt_own_linear(p, x, w, bias, plus, before, y);
    float *sums = before ? before : y;
    if (bias) bt_fill_rows(m, n, bias, sums);
    bt_gemm(0, 1, m, n, k, 1, x, k, w, k, bias ? 1 : 0, sums, n);
    if (plus) bt_add(m * n, sums, plus, sums);
    if (p->has_function) bt_unary(p->function, m * n, sums, y);
}

void bt_layer_back(long rows, long inputs, long outputs, const bt_layer *l, const float *x, const float *d, int first,
                   int adds_dx, float *dx) {
    if (dx) bt_gemm(0, 0, rows, inputs, outputs, 1, d, outputs, l->w, inputs, adds_dx, dx, inputs);
    if (l->dw)
        bt_gemm(1, 0, outputs, inputs, rows, 1, d, outputs, x, inputs, first ? l->adds_dw : 1, l->dw, inputs);
    if (l->db) bt_sum_rows(rows, outputs, d, first ? l->adds_db : 1, l->db);
}

/* What runs here, for the record of a session. */
static char library[64], cpu[128];
static pthread_once_t described = PTHREAD_ONCE_INIT;

static void describe(void) {
    const dnnl_version_t *v = dnnl_version();
    snprintf(library, sizeof library, "oneDNN %d.%d.%d", v->major, v->minor, v->patch);
    strcpy(cpu, "unknown");
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[256];
    while (file && fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) || !colon) continue;
        snprintf(cpu, sizeof cpu, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
        break;
    }
    if (file) fclose(file);
}

const char *bt_gemm_library(void) { pthread_once(&described, describe); return library; }
const char *bt_cpu_name(void) { pthread_once(&described, describe); return cpu; }

/* Scratch memory: grows, and goes when its thread ends. */
typedef struct { float *memory[BT_SLOTS]; long count[BT_SLOTS]; } scratch;
static pthread_key_t key;
static pthread_once_t keyed = PTHREAD_ONCE_INIT;

static void drop(void *pointer) {
    scratch *own = pointer;
    for (int i = 0; i < BT_SLOTS; i++) free(own->memory[i]);
    free(own);
}

static void make_key(void) { pthread_key_create(&key, drop); }

float *bt_scratch(int slot, long count) {
    pthread_once(&keyed, make_key);
    scratch *own = pthread_getspecific(key);
    if (!own) {
        own = calloc(1, sizeof *own);
        pthread_setspecific(key, own);
    }
    if (own->count[slot] < count) {
        free(own->memory[slot]);
        own->count[slot] = (count + 1023) / 1024 * 1024;
        own->memory[slot] = aligned_alloc(64, (size_t)own->count[slot] * sizeof(float));
    }
    return own->memory[slot];
}
