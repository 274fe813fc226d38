/* Chooses the kernel set, and forwards every kernel to it. */
#include "kernels.h"

#include <oneapi/dnnl/dnnl.h>
#include <oneapi/dnnl/dnnl_debug.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static _Atomic(const bt_kernel_set *) chosen;
static pthread_once_t once = PTHREAD_ONCE_INIT;

#if defined(__x86_64__)
static int has_avx2(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

bt_set_state bt_kernel_set_state(const char *name) {
    if (strcmp(name, "baseline") == 0) return BT_SET_RUNS;
#if defined(__x86_64__)
    if (strcmp(name, "avx2") == 0) return has_avx2() ? BT_SET_RUNS : BT_SET_LACKING;
    if (strcmp(name, "avx512") == 0) return has_avx512() ? BT_SET_RUNS : BT_SET_LACKING;
#else
    if (strcmp(name, "avx2") == 0 || strcmp(name, "avx512") == 0) return BT_SET_LACKING;
#endif
    return BT_SET_UNKNOWN;
}

static const bt_kernel_set *named(const char *name) {
    if (bt_kernel_set_state(name) != BT_SET_RUNS) return NULL;
#if defined(__x86_64__)
    if (strcmp(name, "avx512") == 0) return &bt_set_avx512;
    if (strcmp(name, "avx2") == 0) return &bt_set_avx2;
#endif
    return &bt_set_baseline;
}

const char *bt_kernels_wanted(void) {
    const char *name = getenv("BENCHTOP_KERNELS");
    return name && *name ? name : NULL;
}

static const bt_kernel_set *best(void) {
    const bt_kernel_set *set = named("avx512");
    if (!set) set = named("avx2");
    return set ? set : &bt_set_baseline;
}

/* Another set than the one that was asked for would give other bits under its name. */
static const bt_kernel_set *wanted(const char *name) {
    const bt_kernel_set *set = named(name);
    if (!set) bt_fail("BENCHTOP_KERNELS=%s cannot be used on this CPU; baseline, avx2 and avx512 exist.", name);
    return set;
}

/* The library honours the same limit; it can be set only before its first use. */
static void limit_library(const bt_kernel_set *set) {
    dnnl_status_t status = dnnl_success;
    if (strcmp(set->name, "avx2") == 0) status = dnnl_set_max_cpu_isa(dnnl_cpu_isa_avx2);
    if (strcmp(set->name, "baseline") == 0) status = dnnl_set_max_cpu_isa(dnnl_cpu_isa_sse41);
    if (status != dnnl_success)
        bt_fail("oneDNN cannot be limited to the kernel set %s: %s.", set->name, dnnl_status2str(status));
}

static void choose(void) {
    const char *name = bt_kernels_wanted();
    const bt_kernel_set *set = name ? wanted(name) : best();
    limit_library(set);
    atomic_store(&chosen, set);
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

void bt_choose_kernels(void) { (void)set(); }

int bt_select_kernels(const char *name) {
    const bt_kernel_set *wish = named(name);
    if (!wish) return -1;
    /* First what the environment asks for: the library is limited to that one. */
    bt_choose_kernels();
    atomic_store(&chosen, wish);
    return 0;
}

const char *bt_kernel_set_name(void) { return set()->name; }
