#define _GNU_SOURCE
#include "ccrash.h"

#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

static const int crashes[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
static void (*volatile before_end)(void);
static _Thread_local volatile int *guarded;
static _Thread_local void *handler_stack;
enum { HANDLER_STACK = 64 * 1024 };

static void handle(int number) {
    if (guarded) {
        *guarded = number;
        for (;;) pause();
    }
    if (before_end) before_end();
    signal(number, SIG_DFL);
    raise(number);
}

void bt_crash_install(void) {
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) sigaction(crashes[i], &action, NULL);
}

void bt_crash_before_end(void (*action)(void)) { before_end = action; }

void bt_crash_guard(volatile int *signal_number) {
    if (!handler_stack && (handler_stack = malloc(HANDLER_STACK))) {
        stack_t stack = {.ss_sp = handler_stack, .ss_size = HANDLER_STACK};
        sigaltstack(&stack, NULL);
    }
    guarded = signal_number;
}

void bt_crash_unguard(void) {
    guarded = NULL;
    if (!handler_stack) return;
    stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
    free(handler_stack);
    handler_stack = NULL;
}
