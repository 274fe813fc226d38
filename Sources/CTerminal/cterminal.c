/* wcwidth is declared only for programs that ask for X/Open. */
#define _XOPEN_SOURCE 700
#include "cterminal.h"

#include <wchar.h>

int bt_cell_width(uint32_t code_point) { return wcwidth((wchar_t)code_point); }
