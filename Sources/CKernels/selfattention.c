/* A self-attention layer, some entries of the batch at a time: what lies between its projections stays in cache. */
#include "kernels.h"

/* Numbers of the projection that are worked on together. */
enum { PROJECTED_NUMBERS = 98304 };

static long entries_together(const bt_self_attention *a) {
    long entries = PROJECTED_NUMBERS / (3 * a->shape.heads * a->shape.depth * a->shape.queries + 1);
    if (entries < 1) entries = 1;
    return entries < a->shape.batch ? entries : a->shape.batch;
}

/* The shape of the entries first..<first + count. */
static bt_attention_shape part(const bt_self_attention *a, long first, long count) {
    bt_attention_shape s = a->shape;
    s.batch = count;
    if (s.lengths) s.lengths += first;
    return s;
}

static void turn(const bt_self_attention *a, long entries, float sign, float *qkv) {
    long width = a->shape.heads * a->shape.depth;
    if (a->rotary_base > 0)
        bt_rope(entries, a->shape.queries, 2 * width, 3 * width, a->shape.depth, a->rotary_depth,
                a->rotary_base, 0, sign, qkv, qkv);
}

/* Weights of an entry. */
static long weights_in(const bt_self_attention *a) {
    return a->shape.heads * ((a->shape.queries + BT_QUERIES - 1) / BT_QUERIES) * a->shape.keys * BT_QUERIES;
}

void bt_self_attention_write(const bt_self_attention *a, const float *x, const float *plus, float *qkv, float *p,
                             float *mixed, float *y) {
    long step = entries_together(a), t = a->shape.queries, width = a->shape.heads * a->shape.depth;
    bt_packed_layer in = bt_pack_layer(step * t, width, 3 * width, &a->in);
    bt_packed_layer out = bt_pack_layer(step * t, width, width, &a->out);
    for (long b = 0; b < a->shape.batch; b += step) {
        bt_attention_shape s = part(a, b, a->shape.batch - b < step ? a->shape.batch - b : step);
        long at = b * t;
        in.plan.rows = out.plan.rows = s.batch * t;
        float *q = qkv + at * 3 * width;
        bt_linear(&in.plan, x + at * width, a->in.w, a->in.b, NULL, NULL, q);
        turn(a, s.batch, 1, q);
        bt_attention(&s, q, q + width, q + 2 * width, p + b * weights_in(a), mixed + at * width);
        bt_linear(&out.plan, mixed + at * width, a->out.w, a->out.b, plus ? plus + at * width : NULL, NULL,
                  y + at * width);
    }
    bt_unpack_layer(&in);
    bt_unpack_layer(&out);
}

void bt_self_attention_back(const bt_self_attention *a, const float *x, const float *qkv, const float *p,
                            const float *mixed, const float *dy, int adds_dx, float *dx) {
    long step = entries_together(a), t = a->shape.queries, width = a->shape.heads * a->shape.depth;
    bt_block by_out = bt_take(step * t * width), by_in = bt_take(step * t * 3 * width);
    float *d = by_out.at, *dq = by_in.at;
    for (long b = 0; b < a->shape.batch; b += step) {
        bt_attention_shape s = part(a, b, a->shape.batch - b < step ? a->shape.batch - b : step);
        long rows = s.batch * t, at = b * t;
        const float *q = qkv + at * 3 * width;
        bt_layer_back(rows, width, width, &a->out, mixed + at * width, dy + at * width, b == 0, 0, d);
        bt_attention_back(&s, q, q + width, q + 2 * width, p + b * weights_in(a), d, dq, dq + width, dq + 2 * width,
                          NULL);
        turn(a, s.batch, -1, dq);
        bt_layer_back(rows, width, 3 * width, &a->in, x + at * width, dq, b == 0, adds_dx,
                      dx ? dx + at * width : NULL);
    }
    bt_give(by_out);
    bt_give(by_in);
}
