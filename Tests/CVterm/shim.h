/* Debian's libvterm: a terminal without a window, which the tests look at. */
#include <vterm.h>

/* Bit fields and unions of a cell, which Swift sees under other names in every version. */
static inline int bt_vterm_bold(const VTermScreenCell *cell) { return cell->attrs.bold; }
static inline int bt_vterm_reverse(const VTermScreenCell *cell) { return cell->attrs.reverse; }
static inline int bt_vterm_underline(const VTermScreenCell *cell) { return cell->attrs.underline != 0; }
static inline int bt_vterm_strike(const VTermScreenCell *cell) { return cell->attrs.strike != 0; }
/* -1 for the terminal's own colour, an index below 256, or 0x1000000 + rgb. */
static inline int bt_vterm_color(const VTermColor *color, int is_ground) {
    if (is_ground ? VTERM_COLOR_IS_DEFAULT_BG(color) : VTERM_COLOR_IS_DEFAULT_FG(color)) return -1;
    if (VTERM_COLOR_IS_INDEXED(color)) return color->indexed.idx;
    return 0x1000000 + (color->rgb.red << 16) + (color->rgb.green << 8) + color->rgb.blue;
}

#include <pty.h>

/* The slave's name, and both ends of a pseudo-terminal of a size. */
static inline int bt_terminal_open(int *master, int *slave, char *name, struct winsize *size) {
    return openpty(master, slave, name, NULL, size);
}

/* posix_spawn's flag for a session of one's own, which only GNU's headers name. */
enum { BT_SPAWN_SETSID = 0x80 };
