/* Crashes: a trap in one thread need not be the end of the others. */
#ifndef CCRASH_H
#define CCRASH_H

/* What is known of one guarded thread. */
typedef struct bt_crash bt_crash;

/* A mark for one thread; NULL when there is no memory. */
bt_crash *bt_crash_new(void);

/* Gives the mark back. One whose thread has crashed stays: the parked thread still knows the place. */
void bt_crash_free(bt_crash *mark);

/* The signal that the thread crashed with; 0 while it has not. */
int bt_crash_signal(const bt_crash *mark);

/* Notes why the calling thread is about to end itself, in one sentence. Returns 0, and notes nothing, where nobody
   watches the thread. */
int bt_crash_say(const char *sentence);

/* What was noted, once the mark has a signal; empty for nothing. Lives as long as the mark. */
const char *bt_crash_sentence(const bt_crash *mark);

/* Handles SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE and SIGABRT from now on; may be called again. */
void bt_crash_install(void);

/* Called, async-signal-safe, before a crash outside a guarded thread ends the program. */
void bt_crash_before_end(void (*action)(void));

/* Marks the calling thread: a crash in it is noted in the mark and parks the thread for good, with everything it
   holds. Its stack may be used up: the handler has one of its own. Unless bt_crash_contained() is called within
   `seconds`, the program ends: then the thread held something that the others cannot do without. */
void bt_crash_guard(bt_crash *mark, unsigned seconds);

/* The rest of the program has taken note of a crash and goes on. */
void bt_crash_contained(void);

/* Takes the mark of the calling thread away. */
void bt_crash_unguard(void);

#endif
