/* What Swift cannot see of the C library. */
#ifndef CTERMINAL_H
#define CTERMINAL_H

#include <stdint.h>

/* Cells that a code point takes in the current locale; -1 for control characters. */
int bt_cell_width(uint32_t code_point);

#endif
