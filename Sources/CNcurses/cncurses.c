#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#include "cncurses.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

/* term.h defines macros with everyday names, so what is needed of it stands here. */
int setupterm(const char *, int, int *);
int tigetnum(const char *);
int tigetflag(const char *);
char *tigetstr(const char *);

/* --- Opening and closing ------------------------------------------------------------------------------- */

static struct termios before;
static WINDOW *pad;
static SCREEN *screen;
static volatile sig_atomic_t is_open;
static int real_errors = -1, errors = -1;
static char farewell[256];
static int wake_pipe[2] = {-1, -1};

static const char leave_modes[] = "\033[?1002l\033[?1000l\033[?1006l\033[?1004l\033[?2004l\033[?2026l";
static const char enter_modes[] = "\033[?1000h\033[?1002h\033[?1006h\033[?1004h\033[?2004h";

static const char *capability(const char *name) {
    char *text = tigetstr(name);
    return text && text != (char *)-1 ? text : "";
}

/* Terminal descriptions hold delays, "$<5>", which are not sent. */
static void append(char *to, size_t size, const char *text) {
    size_t used = strlen(to);
    while (*text && used + 1 < size) {
        if (text[0] == '$' && text[1] == '<') {
            while (*text && *text != '>') text++;
            if (*text) text++;
            continue;
        }
        to[used++] = *text++;
    }
    to[used] = 0;
}

static void send_all(int fd, const char *text, size_t length) {
    while (length) {
        ssize_t count = write(fd, text, length);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return;
        text += count;
        length -= (size_t)count;
    }
}

static void prepare_farewell(void) {
    farewell[0] = 0;
    if (bt_screen_is_xterm()) append(farewell, sizeof farewell, leave_modes);
    append(farewell, sizeof farewell, "\033[0m");
    append(farewell, sizeof farewell, capability("cnorm"));
    append(farewell, sizeof farewell, capability("rmkx"));
    append(farewell, sizeof farewell, capability("rmcup"));
    append(farewell, sizeof farewell, "\r\n");
}

/* Standard error goes to memory while the screen is ours: a warning of some library must not stand in a chart. */
static void take_errors(void) {
    if (real_errors >= 0) return;
    errors = memfd_create("benchtop-errors", MFD_CLOEXEC);
    if (errors < 0) return;
    fcntl(errors, F_SETFL, O_APPEND);
    real_errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    dup2(errors, STDERR_FILENO);
}

static void give_errors_back(void) {
    if (real_errors < 0) return;
    dup2(real_errors, STDERR_FILENO);
    close(real_errors);
    real_errors = -1;
}

static void note(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    if (write(wake_pipe[1], &byte, 1) < 0) { /* full: it will wake anyway */ }
    errno = saved;
}

static void take_signals(void) {
    static const int numbers[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT};
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaction(numbers[i], &action, NULL);
}

static void enter(void) {
    raw();
    noecho();
    nonl();
    curs_set(0);
    refresh();
    if (bt_screen_is_xterm()) send_all(STDOUT_FILENO, enter_modes, sizeof enter_modes - 1);
}

enum bt_open bt_screen_open(void) {
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return BT_OPEN_NOT_A_TERMINAL;
    int status = 0;
    if (setupterm(NULL, STDOUT_FILENO, &status) != OK || status != 1) return BT_OPEN_UNKNOWN_TERM;
    if (!*capability("cup")) return BT_OPEN_NO_CURSOR;
    if (wake_pipe[0] < 0 && pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK)) return BT_OPEN_NOT_A_TERMINAL;
    tcgetattr(STDIN_FILENO, &before);
    screen = newterm(NULL, stdout, stdin);
    if (!screen) return BT_OPEN_UNKNOWN_TERM;
    /* A pad reads keys without drawing: reading from a window would draw over what we wrote. */
    pad = newpad(1, 1);
    keypad(pad, TRUE);
    set_escdelay(25);
    /* The mouse is read by us, in one form on every terminal. */
    keyok(KEY_MOUSE, FALSE);
    prepare_farewell();
    take_signals();
    is_open = 1;
    enter();
    take_errors();
    return BT_OPEN_OK;
}

void bt_screen_close(void) {
    if (!is_open) return;
    is_open = 0;
    if (bt_screen_is_xterm()) send_all(STDOUT_FILENO, leave_modes, sizeof leave_modes - 1);
    endwin();
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
    give_errors_back();
}

void bt_screen_rescue(void) {
    if (!is_open) return;
    is_open = 0;
    send_all(STDOUT_FILENO, farewell, strlen(farewell));
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
    if (real_errors < 0) return;
    char bytes[512];
    off_t offset = 0;
    ssize_t count;
    while ((count = pread(errors, bytes, sizeof bytes, offset)) > 0) {
        send_all(real_errors, bytes, (size_t)count);
        offset += count;
    }
}

void bt_screen_stop(void) {
    if (bt_screen_is_xterm()) send_all(STDOUT_FILENO, leave_modes, sizeof leave_modes - 1);
    endwin();
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
    is_open = 0;
    signal(SIGTSTP, SIG_DFL);
    kill(0, SIGTSTP);
    /* Here again after fg. */
    take_signals();
    is_open = 1;
    enter();
}

/* --- What the terminal is ------------------------------------------------------------------------------ */

int bt_screen_colors(void) { return tigetflag("RGB") > 0 ? 1 << 24 : tigetnum("colors"); }

int bt_screen_is_xterm(void) { return *capability("kmous") != 0; }

void bt_screen_size(int *columns, int *rows) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        *columns = size.ws_col;
        *rows = size.ws_row;
    } else {
        *columns = 80;
        *rows = 24;
    }
}

/* --- Input --------------------------------------------------------------------------------------------- */

int bt_key_read(int milliseconds, int *is_code) {
    wint_t value = 0;
    wtimeout(pad, milliseconds);
    errno = 0;
    int kind = wget_wch(pad, &value);
    *is_code = kind == KEY_CODE_YES;
    if (kind != ERR) return (int)value;
    return errno == EIO || errno == EBADF ? BT_KEY_END : BT_KEY_NONE;
}

int bt_key_function(int n) { return KEY_F(n); }

int bt_key_code(enum bt_key key) {
    static const int codes[BT_KEY_COUNT] = {
        KEY_UP, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_PPAGE, KEY_NPAGE, KEY_HOME, KEY_END,
        KEY_ENTER, KEY_BTAB, KEY_BACKSPACE, KEY_DC, KEY_IC,
    };
    return codes[key];
}

static int ends(int number) {
    return number == SIGTERM || number == SIGHUP || number == SIGINT || number == SIGQUIT;
}

int bt_wait(int milliseconds) {
    struct pollfd files[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = wake_pipe[0], .events = POLLIN}};
    int ready = poll(files, 2, milliseconds);
    if (ready > 0 && files[0].revents & (POLLHUP | POLLERR | POLLNVAL)) return SIGHUP;
    int number = 0;
    unsigned char bytes[64];
    ssize_t count;
    while ((count = read(wake_pipe[0], bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; i < count; i++)
            /* Of several, the one that ends matters most. */
            if (bytes[i] && !ends(number)) number = bytes[i];
    return number;
}

void bt_wake(void) { note(0); }

int bt_errors_read(long offset, char *bytes, int size) {
    if (errors < 0) return 0;
    ssize_t count = pread(errors, bytes, (size_t)size, offset);
    return count < 0 ? 0 : (int)count;
}
