/* A transformer's feed-forward network, some rows at a time: what lies between its layers stays in cache, and the
 * activations are computed again for the gradients instead of being kept. */
#include "kernels.h"

/* Numbers of the hidden layer that are worked on together. */
enum { HIDDEN_NUMBERS = 98304, LEAST_BLOCK = 48 };

static long block_rows(const bt_feed_forward *f) {
    long rows = HIDDEN_NUMBERS / f->hidden;
    return rows < LEAST_BLOCK ? LEAST_BLOCK : rows;
}

/* h [rows, hidden] from what the activation is applied to. */
static void activate(const bt_feed_forward *f, long rows, const float *gate, const float *up, float *h) {
    if (f->gate.w) bt_gated(rows * f->hidden, gate, up, h);
    else bt_unary(BT_GELU, rows * f->hidden, up, h);
}

void bt_feed_forward_write(const bt_feed_forward *f, const float *x, const float *plus, float *gates, float *ups,
                           float *y) {
    long step = block_rows(f), k = f->width, n = f->hidden;
    float *h = bt_take(step * n), *spare = gates || !f->gate.w ? NULL : bt_take(step * n);
    for (long i = 0; i < f->rows; i += step) {
        long rows = f->rows - i < step ? f->rows - i : step;
        bt_linear_plan in = {.rows = rows, .inputs = k, .outputs = n}, out = {.rows = rows, .inputs = n, .outputs = k};
        float *gate = gates ? gates + i * n : spare, *up = ups ? ups + i * n : h;
        if (f->gate.w) bt_linear(&in, x + i * k, f->gate.w, f->gate.b, NULL, NULL, gate);
        bt_linear(&in, x + i * k, f->up.w, f->up.b, NULL, NULL, up);
        activate(f, rows, gate, up, h);
        bt_linear(&out, h, f->down.w, f->down.b, plus ? plus + i * k : NULL, NULL, y + i * k);
    }
    bt_give(h, step * n);
    if (spare) bt_give(spare, step * n);
}

/* The gradients of a layer whose output has the gradient d [rows, outputs]; dx may be NULL. */
static void layer_back(long rows, long inputs, long outputs, const bt_layer *l, const float *x, const float *d,
                       int first, int adds_dx, float *dx) {
    if (dx) bt_gemm(0, 0, rows, inputs, outputs, 1, d, outputs, l->w, inputs, adds_dx, dx, inputs);
    if (l->dw)
        bt_gemm(1, 0, outputs, inputs, rows, 1, d, outputs, x, inputs, first ? l->adds_dw : 1, l->dw, inputs);
    if (l->db) bt_sum_rows(rows, outputs, d, first ? l->adds_db : 1, l->db);
}

void bt_feed_forward_back(const bt_feed_forward *f, const float *x, const float *gates, const float *ups,
                          const float *dy, int adds_dx, float *dx) {
    long step = block_rows(f), k = f->width, n = f->hidden;
    float *h = bt_take(step * n), *dh = bt_take(step * n);
    for (long i = 0; i < f->rows; i += step) {
        long rows = f->rows - i < step ? f->rows - i : step;
        const float *gate = gates ? gates + i * n : NULL, *up = ups + i * n;
        float *to = dx ? dx + i * k : NULL;
        activate(f, rows, gate, up, h);
        layer_back(rows, n, k, &f->down, h, dy + i * k, i == 0, 0, dh);
        if (gate) {
            bt_gated_back(rows * n, gate, up, dh, h, dh);
            layer_back(rows, k, n, &f->gate, x + i * k, h, i == 0, adds_dx, to);
        } else {
            bt_unary_back(BT_GELU, rows * n, up, h, dh, dh);
        }
        layer_back(rows, k, n, &f->up, x + i * k, dh, i == 0, gate ? 1 : adds_dx, to);
    }
    bt_give(h, step * n);
    bt_give(dh, step * n);
}
