/* Multiplications with additions in registers alone: the most that a core can do. */
#ifndef BENCH_PEAK_H
#define BENCH_PEAK_H

/* `rounds` rounds with the instructions of a kernel set, "baseline", "avx2" or "avx512", which the CPU must have.
 * Returns how many floating-point operations they were. */
double bench_multiply_adds(const char *set, long rounds);

#endif
