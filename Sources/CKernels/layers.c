/* Linear layers: by the own kernel with packed weights where that is measured to win, else as a product and sums. */
#include "kernels.h"

/* Measured: packing the weights pays from some rows on, and a row of them has to stay in cache. */
enum { LEAST_ROWS = 16, LEAST_OUTPUTS = 8, MOST_INPUTS = 1024 };

/* The own kernel uses one thread: where more are wanted, the library is faster. */
static int is_own(const bt_linear_plan *p) {
    return p->rows >= LEAST_ROWS && p->outputs >= LEAST_OUTPUTS && p->inputs > 0 && p->inputs <= MOST_INPUTS &&
           bt_threads() == 1;
}

bt_packed_layer bt_pack_layer(long rows, long inputs, long outputs, const bt_layer *l) {
    bt_packed_layer packed = {.plan = {.rows = rows, .inputs = inputs, .outputs = outputs}};
    if (!l->w || !is_own(&packed.plan)) return packed;
    packed.panels = bt_take(bt_panel_numbers(inputs, outputs));
    bt_pack_weights(inputs, outputs, l->w, packed.panels.at);
    packed.plan.panels = packed.panels.at;
    return packed;
}

void bt_unpack_layer(bt_packed_layer *packed) {
    bt_give(packed->panels);
    packed->panels.at = NULL;
    packed->plan.panels = NULL;
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
