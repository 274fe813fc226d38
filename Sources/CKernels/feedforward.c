/* A transformer's feed-forward network, some rows at a time: what lies between its layers stays in cache, and the
 * activations are computed again for the gradients instead of being kept. */
#include "kernels.h"

/* Numbers of the hidden layer that are worked on together. */
enum { HIDDEN_NUMBERS = 65536, LEAST_BLOCK = 48 };

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

void bt_feed_forward_back(const bt_feed_forward *f, const float *x, const float *gates, const float *ups,
                          const float *dy, int adds_dx, float *dx) {
    long step = block_rows(f), k = f->width, n = f->hidden;
    float *h = bt_take(step * n), *dh = bt_take(step * n), *by_up = bt_take(step * n);
    float *by_gate = gates ? bt_take(step * n) : NULL;
    for (long i = 0; i < f->rows; i += step) {
        long rows = f->rows - i < step ? f->rows - i : step;
        float *to = dx ? dx + i * k : NULL;
        if (gates) bt_gated_slopes(rows * n, gates + i * n, ups + i * n, h, by_gate, by_up);
        else bt_gelu_slopes(rows * n, ups + i * n, h, by_up);
        bt_layer_back(rows, n, k, &f->down, h, dy + i * k, i == 0, 0, dh);
        if (gates) {
            bt_multiply(rows * n, by_gate, dh, by_gate);
            bt_layer_back(rows, k, n, &f->gate, x + i * k, by_gate, i == 0, adds_dx, to);
        }
        bt_multiply(rows * n, by_up, dh, by_up);
        bt_layer_back(rows, k, n, &f->up, x + i * k, by_up, i == 0, gates ? 1 : adds_dx, to);
    }
    bt_give(h, step * n);
    bt_give(dh, step * n);
    bt_give(by_up, step * n);
    if (by_gate) bt_give(by_gate, step * n);
}
