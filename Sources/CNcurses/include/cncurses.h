/* What Swift cannot see of ncursesw and of the C library: macros, globals, signal handlers. */
#ifndef CNCURSES_H
#define CNCURSES_H

#include <stdint.h>

/* Why the screen could not be opened. */
enum bt_open { BT_OPEN_OK = 0, BT_OPEN_NOT_A_TERMINAL, BT_OPEN_UNKNOWN_TERM, BT_OPEN_NO_CURSOR };

/* Takes the terminal: raw keys, no echo, alternate screen, no cursor. Call once, then bt_screen_close. */
enum bt_open bt_screen_open(void);
/* Gives the terminal back as it was. May be called again without harm. */
void bt_screen_close(void);
/* The same from a signal handler: writes and one tcsetattr only. */
void bt_screen_rescue(void);
/* Stops the process group as Ctrl-Z does, with the terminal given back meanwhile. */
void bt_screen_stop(void);

/* Colours of the terminal's description, -1 for none; 1 << 24 when it has direct colour. */
int bt_screen_colors(void);
/* Whether the terminal's description knows a mouse: then it also takes the other private modes of xterm. */
int bt_screen_is_xterm(void);
/* Columns and rows, from the terminal. */
void bt_screen_size(int *columns, int *rows);

/* What bt_key_read returns when nothing is there. */
enum { BT_KEY_NONE = -1, BT_KEY_END = -2 };
/* The next key within so many milliseconds: a character, or with *is_code 1 a KEY_ constant. */
int bt_key_read(int milliseconds, int *is_code);
/* KEY_F(n), which is a macro. */
int bt_key_function(int n);
/* The codes of the other keys. */
enum bt_key {
    BT_KEY_UP, BT_KEY_DOWN, BT_KEY_LEFT, BT_KEY_RIGHT, BT_KEY_PAGE_UP, BT_KEY_PAGE_DOWN, BT_KEY_HOME, BT_KEY_LAST,
    BT_KEY_ENTER, BT_KEY_BACK_TAB, BT_KEY_BACKSPACE, BT_KEY_DELETE, BT_KEY_INSERT, BT_KEY_COUNT
};
int bt_key_code(enum bt_key key);

/* Waits for input, for a wake or for the time to pass; negative waits for ever. Returns the signal that came, 0 for
   none: SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP or SIGCONT. */
int bt_wait(int milliseconds);
/* Ends a bt_wait from any thread. */
void bt_wake(void);

/* What was written to standard error since the screen took it, from `offset` on; at most `size` bytes. */
int bt_errors_read(long offset, char *bytes, int size);

#endif
