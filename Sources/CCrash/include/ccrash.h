/* Crashes: a trap in one thread need not be the end of the others. */
#ifndef CCRASH_H
#define CCRASH_H

/* Handles SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE and SIGABRT from now on; may be called again. */
void bt_crash_install(void);

/* Called, async-signal-safe, before a crash outside a guarded thread ends the program. */
void bt_crash_before_end(void (*action)(void));

/* Marks the calling thread: a crash in it stores the signal's number in *signal_number and parks the thread for
   good, with everything it holds. Its stack may be used up: the handler has one of its own. */
void bt_crash_guard(volatile int *signal_number);

/* Takes the mark of the calling thread away. */
void bt_crash_unguard(void);

#endif
