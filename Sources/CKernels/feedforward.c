/* A transformer's feed-forward network, some rows at a time: what lies between its layers stays in cache, and the
 * activations are computed again for the gradients instead of being kept. */
#include "kernels.h"

/* Numbers of the hidden layer that are worked on together. */
enum { HIDDEN_NUMBERS = 65536, LEAST_BLOCK = 48 };

static long block_rows(const bt_feed_forward *f) {
    long rows = HIDDEN_NUMBERS / f->hidden;
    if (rows < LEAST_BLOCK) rows = LEAST_BLOCK;
    return rows < f->rows ? rows : f->rows;
}

/* h [rows, hidden] from what the activation is applied to. */
static void activate(const bt_feed_forward *f, long rows, const float *gate, const float *up, float *h) {
    if (f->gate.w) bt_gated(rows * f->hidden, gate, up, h);
    else bt_unary(BT_GELU, rows * f->hidden, up, h);
}

void bt_feed_forward_write(const bt_feed_forward *f, const float *x, const float *plus, float *gates, float *ups,
                           float *y) {
    long step = block_rows(f), k = f->width, n = f->hidden;
    bt_block hidden = bt_take(step * n), spare = {0};
    if (!gates && f->gate.w) spare = bt_take(step * n);
    bt_packed_layer by_gate = bt_pack_layer(step, k, n, &f->gate), by_up = bt_pack_layer(step, k, n, &f->up);
    bt_packed_layer by_down = bt_pack_layer(step, n, k, &f->down);
    float *h = hidden.at;
    for (long i = 0; i < f->rows; i += step) {
        long rows = f->rows - i < step ? f->rows - i : step;
        by_gate.plan.rows = by_up.plan.rows = by_down.plan.rows = rows;
        float *gate = gates ? gates + i * n : spare.at, *up = ups ? ups + i * n : h;
        if (f->gate.w) bt_linear(&by_gate.plan, x + i * k, f->gate.w, f->gate.b, NULL, NULL, gate);
        bt_linear(&by_up.plan, x + i * k, f->up.w, f->up.b, NULL, NULL, up);
        activate(f, rows, gate, up, h);
        bt_linear(&by_down.plan, h, f->down.w, f->down.b, plus ? plus + i * k : NULL, NULL, y + i * k);
    }
    bt_unpack_layer(&by_gate);
    bt_unpack_layer(&by_up);
    bt_unpack_layer(&by_down);
    bt_give(hidden);
    bt_give(spare);
}

void bt_feed_forward_back(const bt_feed_forward *f, const float *x, const float *gates, const float *ups,
                          const float *dy, int adds_dx, float *dx) {
    long step = block_rows(f), k = f->width, n = f->hidden;
    bt_block blocks[4] = {bt_take(step * n), bt_take(step * n), bt_take(step * n)};
    if (gates) blocks[3] = bt_take(step * n);
    float *h = blocks[0].at, *dh = blocks[1].at, *dup = blocks[2].at, *dgate = blocks[3].at;
    for (long i = 0; i < f->rows; i += step) {
        long rows = f->rows - i < step ? f->rows - i : step;
        float *to = dx ? dx + i * k : NULL;
        bt_gemm(0, 0, rows, n, k, 1, dy + i * k, k, f->down.w, n, 0, dh, n);
        if (gates) bt_gated_again(rows * n, gates + i * n, ups + i * n, dh, h, dgate, dup);
        else bt_gelu_again(rows * n, ups + i * n, dh, h, dup);
        bt_layer_back(rows, n, k, &f->down, h, dy + i * k, i == 0, 0, NULL);
        if (gates) bt_layer_back(rows, k, n, &f->gate, x + i * k, dgate, i == 0, adds_dx, to);
        bt_layer_back(rows, k, n, &f->up, x + i * k, dup, i == 0, gates ? 1 : adds_dx, to);
    }
    for (int i = 0; i < 4; i++) bt_give(blocks[i]);
}
