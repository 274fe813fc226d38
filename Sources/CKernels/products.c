/* Matrix products: by the library where they are large, by the own kernel where calling it costs more than it gains. */
#include "kernels.h"

#include <oneapi/dnnl/dnnl.h>
#include <oneapi/dnnl/dnnl_debug.h>
#include <stdatomic.h>

/* The library's threads are OpenMP's, whose header this compiler does not bring. */
extern void omp_set_num_threads(int count);

/* OpenMP keeps the number by thread, so each thread takes over the process's before its next product. */
static atomic_int wanted_threads = 1;
static _Thread_local int threads;

void bt_set_threads(int count) { atomic_store(&wanted_threads, count); }
int bt_threads(void) { return atomic_load_explicit(&wanted_threads, memory_order_relaxed); }

static void take_over_threads(void) {
    int wanted = bt_threads();
    if (threads == wanted) return;
    threads = wanted;
    omp_set_num_threads(wanted);
}

/* Measured: the own kernel wins while its work, whole tiles of 32 columns and the packing of B with them, is this
 * small; products with one column are the library's. */
enum { SMALL_PRODUCT = 1 << 14 };

static int is_small(int trans_b, long m, long n, long k) {
    long packing = trans_b ? 8 : (n % 32 == 0 ? 0 : 2);
    return k == 0 || (n > 1 && (m + packing) * ((n + 31) / 32 * 32) * k <= SMALL_PRODUCT);
}

/* The own kernel only adds, so what beta is to leave of C is computed before. */
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
    /* The choice of a set limits the library too, which fixes its own at its first product. */
    bt_choose_kernels();
    take_over_threads();
    dnnl_status_t status = dnnl_sgemm(trans_a ? 'T' : 'N', trans_b ? 'T' : 'N', m, n, k, alpha, a, lda, b, ldb, beta,
                                      c, ldc);
    if (status != dnnl_success)
        bt_fail("oneDNN did not multiply [%ld, %ld] by [%ld, %ld]: %s.", m, k, k, n, dnnl_status2str(status));
}
