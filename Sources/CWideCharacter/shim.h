/* What Swift's own view of the C library leaves out of wchar.h. */
#include <stdint.h>

extern int wcwidth(__WCHAR_TYPE__);

/* Cells that a code point takes in the current locale; -1 for control characters. */
static inline int bt_cell_width(uint32_t code_point) { return wcwidth((__WCHAR_TYPE__)code_point); }
