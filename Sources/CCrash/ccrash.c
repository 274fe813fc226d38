#define _GNU_SOURCE
#include "ccrash.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bt_crash {
    /* Written by a signal handler in one thread, read by another: the store releases, the load acquires. */
    atomic_int number;
    /* Why the thread gave up, where it could say so; written before the number. */
    char sentence[512];
};

static const int crashes[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
static void (*_Atomic before_end)(void);
static _Thread_local bt_crash *guarded;
static _Thread_local unsigned patience;
static _Thread_local void *handler_stack;
enum { HANDLER_STACK = 64 * 1024 };

static void end(int number) {
    void (*action)(void) = atomic_load(&before_end);
    if (action) action();
    signal(number, SIG_DFL);
    raise(number);
}

static void handle(int number) {
    if (guarded) {
        /* A second crash while parked, of a handler say, must not look like a recovery. */
        int none = 0;
        atomic_compare_exchange_strong(&guarded->number, &none, number);
        alarm(patience);
        for (;;) pause();
    }
    end(number);
}

/* Nobody has gone on after a crash: the crashed thread holds a lock that they wait for, the allocator's for instance. */
static void give_up(int number) {
    (void)number;
    static const char sentence[] =
        "benchtop: an engine crashed and holds what the rest of the program needs; what was saved is kept.\n";
    void (*action)(void) = atomic_exchange(&before_end, NULL);
    if (action) action();
    if (write(STDERR_FILENO, sentence, strlen(sentence)) < 0) { /* Nobody reads it. */ }
    end(SIGABRT);
}

void bt_crash_install(void) {
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) sigaction(crashes[i], &action, NULL);
    struct sigaction late = {.sa_handler = give_up};
    sigemptyset(&late.sa_mask);
    sigaction(SIGALRM, &late, NULL);
}

void bt_crash_before_end(void (*action)(void)) { atomic_store(&before_end, action); }

bt_crash *bt_crash_new(void) { return calloc(1, sizeof(bt_crash)); }

void bt_crash_free(bt_crash *mark) {
    if (mark && bt_crash_signal(mark) == 0) free(mark);
}

int bt_crash_signal(const bt_crash *mark) {
    return mark ? atomic_load_explicit(&mark->number, memory_order_acquire) : 0;
}

int bt_crash_say(const char *sentence) {
    if (!guarded) return 0;
    snprintf(guarded->sentence, sizeof guarded->sentence, "%s", sentence);
    return 1;
}

const char *bt_crash_sentence(const bt_crash *mark) { return mark ? mark->sentence : ""; }

void bt_crash_guard(bt_crash *mark, unsigned seconds) {
    /* Without a stack of its own the handler still serves all crashes but that of a used-up stack. */
    if (!handler_stack && (handler_stack = malloc(HANDLER_STACK))) {
        stack_t stack = {.ss_sp = handler_stack, .ss_size = HANDLER_STACK};
        sigaltstack(&stack, NULL);
    }
    patience = seconds;
    guarded = mark;
}

void bt_crash_contained(void) { alarm(0); }

void bt_crash_unguard(void) {
    guarded = NULL;
    if (!handler_stack) return;
    stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
    free(handler_stack);
    handler_stack = NULL;
}
