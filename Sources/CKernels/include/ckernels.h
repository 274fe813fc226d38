/* Compute kernels on float32 arrays, row-major and contiguous unless a stride is given.
 *
 * Every kernel exists once for each instruction set (baseline, AVX2, AVX-512); the set is chosen when the first
 * one is called: the best that the CPU has, or the one that BENCHTOP_KERNELS names. Results of different sets agree
 * within rounding; with one set, equal inputs give equal bits, whatever other threads do.
 *
 * What cannot be computed (no memory, a product that the library refuses, a set that is not there) ends the program with
 * a sentence on standard error and SIGABRT: no kernel returns with wrong numbers.
 *
 * Kernels write their outputs; those whose comment says "adds" accumulate. Outputs may be the same array as an
 * input of the same shape where the kernel is element by element. */
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdint.h>

/* Functions of one variable, for bt_unary and bt_unary_back. */
typedef enum {
    BT_EXP, BT_LOG, BT_SQRT, BT_SQUARE, BT_ABS, BT_RELU, BT_GELU, BT_SILU, BT_TANH, BT_SIGMOID, BT_SOFTPLUS,
    BT_SIN, BT_COS
} bt_function;

/* A convolution: x [batch, height, width, inputs], w [kernel_height, kernel_width, inputs, outputs],
 * y [batch, out_height, out_width, outputs], zero padding on all sides. */
typedef struct {
    long batch, height, width, inputs, outputs, kernel_height, kernel_width, stride, pad_height, pad_width;
    long out_height, out_width;
} bt_conv_plan;

/* A linear layer: y [rows, outputs] = f(x W' + b), with x [rows, inputs] and W [outputs, inputs]. */
typedef struct {
    long rows, inputs, outputs;
    int has_function;        /* or f is nothing */
    bt_function function;
    const float *panels;     /* the weights as bt_pack_weights lays them out, or NULL */
} bt_linear_plan;

/* Queries that are worked on together; it decides how attention keeps its weights. */
enum { BT_QUERIES = 16 };

/* Attention over q [batch, queries, heads, depth], k and v [batch, keys, heads, depth]; rows (batch, token) of q, k
 * and v lie q_row, k_row and v_row floats apart, so that parts of one projection serve. */
typedef struct {
    long batch, heads, queries, keys, depth, q_row, k_row, v_row;
    int causal;              /* query i sees keys up to i + keys - queries */
    float scale;             /* of the products, usually 1/sqrt(depth) */
    const int32_t *lengths;  /* [batch] keys that count, or NULL */
    const int32_t *before;   /* [batch] with causal: query i sees keys up to i + before, or NULL */
    long room;               /* keys that there is room for in each entry of the batch, or 0: as many as there are */
    const float *bias;       /* [queries, keys] added to the scaled products, or NULL */
    long bias_head;          /* floats from one head's bias to the next one's, or 0: all have the same */
} bt_attention_shape;

/* A layer of a larger operation: W [outputs, inputs] and b [outputs] or NULL; where their gradients go, NULL where
 * none is wanted, and whether they are added to what is there. */
typedef struct {
    const float *w, *b;
    float *dw, *db;
    int adds_dw, adds_db;
} bt_layer;

/* y [rows, width] = down(h) with h [rows, hidden] = gelu(up(x)), or silu(gate(x)) up(x) where there is a gate. */
typedef struct {
    long rows, width, hidden;
    bt_layer gate, up, down; /* gate.w may be NULL */
} bt_feed_forward;

/* Self-attention with its projections: y = out(mixed) with mixed = attention of the thirds of in(x), of which queries
 * and keys are turned by their positions where there is a rotary base; in.w [3 width, width], out.w [width, width]. */
typedef struct {
    bt_attention_shape shape; /* strides as of in(x) */
    float rotary_base;        /* or 0 */
    long rotary_depth;        /* numbers of each head that are turned */
    bt_layer in, out;
} bt_self_attention;

/* How GGUF files hold weights: single and half precision; blocks of 32 with a scale in half precision (Q4_1: and a
 * minimum); blocks of 256 whose eighths or sixteenths have scales of their own. */
typedef enum { BT_F32, BT_F16, BT_Q8_0, BT_Q4_0, BT_Q4_1, BT_Q4_K, BT_Q6_K } bt_format;

/* Attention of queries [queries, heads, depth] that come one after another, over keys and values in parts
 * [lengths[part], key_heads, depth] that lie after each other: query i sees the first before + i + 1 of all. */
typedef struct {
    long queries, heads, key_heads, depth, before, parts;
    const long *lengths;
} bt_grouped_shape;

#define BT_KERNEL(result, name, parameters, arguments) result bt_##name parameters;
#include "kernels.def"
#undef BT_KERNEL

/* C = alpha op(A) op(B) + beta C, with op(A) [m, k], op(B) [k, n], C [m, n] and row strides lda, ldb, ldc. */
void bt_gemm(int trans_a, int trans_b, long m, long n, long k, float alpha, const float *a, long lda,
             const float *b, long ldb, float beta, float *c, long ldc);

/* y = f(x W' + b + plus), where b [outputs] and plus [rows, outputs] may be NULL; `before` keeps what f is applied to,
 * if it is not NULL. */
void bt_linear(const bt_linear_plan *p, const float *x, const float *w, const float *bias, const float *plus,
               float *before, float *y);

/* y = out(mixed) + plus, which may be NULL; keeps in(x), the weights p, as bt_attention does, and mixed. */
void bt_self_attention_write(const bt_self_attention *a, const float *x, const float *plus, float *qkv, float *p,
                             float *mixed, float *y);
/* The layers' gradients, and the one of x unless it is NULL. */
void bt_self_attention_back(const bt_self_attention *a, const float *x, const float *qkv, const float *p,
                            const float *mixed, const float *dy, int adds_dx, float *dx);

/* y = down(h) + plus, which may be NULL; keeps gate(x) and up(x) unless they are NULL. */
void bt_feed_forward_write(const bt_feed_forward *f, const float *x, const float *plus, float *gates, float *ups,
                           float *y);
/* The layers' gradients, and the one of x unless it is NULL. */
void bt_feed_forward_back(const bt_feed_forward *f, const float *x, const float *gates, const float *ups,
                          const float *dy, int adds_dx, float *dx);

/* Threads that a matrix product may use from now on, in every thread of the process; 1 unless said. */
void bt_set_threads(int threads);

/* Memory of the calling thread's pool: 64-byte aligned, with room for the floats that it was asked for or more, which is
 * why it knows the pool's bin of its size beside the bytes that were asked for. */
typedef struct {
    float *at;
    long bytes;
    int bin;
} bt_block;
bt_block bt_take(long count);
/* To the pool of the thread that gives it; nothing for a block without memory. */
void bt_give(bt_block block);
/* How often the calling thread's pool had to ask the system. */
long bt_pool_misses(void);

/* Bytes of a pool's tensors. A tensor counts where it is taken and where it is given: a thread that gives what others
 * took may have fewer in use than none. What is in use is counted as it was asked for, not by the blocks that served,
 * which depend on what lay idle: equal computations give equal numbers. */
typedef struct {
    long in_use; /* by tensors */
    long peak;   /* the most that were in use at a time since the thread began or bt_restart_peak */
    long idle;   /* in blocks that are kept for coming tensors */
} bt_pool_bytes;
/* The calling thread's. */
bt_pool_bytes bt_thread_bytes(void);
/* Lets the calling thread's peak begin again, at what is in use now; returns the one before. */
long bt_restart_peak(void);
/* The calling thread's peak is at least so many bytes: what was before a restart counts again. */
void bt_raise_peak(long bytes);
/* Bytes that all threads' pools and kernels hold, in use or idle, and the most that they held at a time. */
long bt_held_bytes(void);
long bt_most_held_bytes(void);

/* The calling thread's count of scopes that want no gradients. */
int *bt_gradient_off(void);
/* The calling thread's place for a pointer to the parts of a tape that are being let go, NULL when there are none. */
void **bt_letting_go(void);

/* What a kernel set's name comes to on this CPU. */
typedef enum { BT_SET_RUNS, BT_SET_LACKING, BT_SET_UNKNOWN } bt_set_state;
bt_set_state bt_kernel_set_state(const char *name);
/* The set that BENCHTOP_KERNELS asks for, NULL where it is not set or empty. Where it is not one that runs, the first
 * kernel gives up: whoever can refuse it in better words looks here before. */
const char *bt_kernels_wanted(void);
/* Chooses the kernel set for the whole process: "baseline", "avx2", "avx512"; -1 when the CPU lacks it. The GEMM
 * library keeps the set it started with. */
int bt_select_kernels(const char *name);
/* Whether 8-bit products may use the CPU's own instruction for them, VNNI: tests take the other way too. */
void bt_allow_vnni(int allow);
/* The set in use: "baseline", "avx2" or "avx512". */
const char *bt_kernel_set_name(void);
/* The GEMM library and its version. */
const char *bt_gemm_library(void);
/* The CPU's own name. */
const char *bt_cpu_name(void);

#endif
