/* Angles of the rotary position embedding. */
#include "kernels.h"

#include <math.h>

/* What the calling thread's table is of: a layer asks for the same one again and again. */
static _Thread_local struct { long tokens, turned, depth, part, first; float base; } known;

static void fill(float *table, long tokens, long turned, long depth, long part, float base, long first) {
    for (long i = 0; i < depth; i += 2) {
        double rate = i < part ? pow((double)base, -(double)i / (double)part) : 0;
        for (long t = 0; t < tokens; t++) {
            double angle = (double)(first + t) * rate;
            float c = (float)cos(angle), s = (float)sin(angle);
            for (float *at = table + 2 * t * turned + i; at < table + (2 * t + 1) * turned; at += depth) {
                at[0] = at[1] = c;
                at[turned] = -s;
                at[turned + 1] = s;
            }
        }
    }
}

const float *bt_rope_table(long tokens, long turned, long depth, long part, float base, long first) {
    float *table = bt_scratch(BT_SLOT_ROPE, 2 * tokens * turned);
    if (known.tokens != tokens || known.turned != turned || known.depth != depth || known.part != part ||
        known.first != first || known.base != base) {
        fill(table, tokens, turned, depth, part, base, first);
        known.tokens = tokens, known.turned = turned, known.depth = depth, known.part = part;
        known.first = first, known.base = base;
    }
    return table;
}
