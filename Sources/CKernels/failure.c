/* How this target gives up.
 *
 * Kernels have no way to return an error, and a result that is not there must never pass for one: whatever they cannot
 * go on without ends the program here, with a sentence. In the thread of a trial that somebody watches for crashes,
 * SIGABRT ends that trial alone, and the sentence is the trial's: on the screen's own terminal it would be lost. */
#include "kernels.h"

#include <ccrash.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void bt_fail(const char *sentence, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, sentence);
    vsnprintf(text, sizeof text, sentence, arguments);
    va_end(arguments);
    if (bt_crash_say(text)) abort();
    /* One call, so that sentences of several threads do not mix. */
    fprintf(stderr, "benchtop: %s\n", text);
    abort();
}

void *bt_got(void *memory, long bytes, const char *purpose) {
    if (!memory) bt_fail("There is no memory for %s: the system refused %ld bytes.", purpose, bytes);
    return memory;
}

void bt_make_key(pthread_key_t *key, void (*drop)(void *)) {
    if (pthread_key_create(key, drop) != 0) bt_fail("The system has no room for another value of each thread.");
}

void bt_keep(pthread_key_t key, void *value) {
    if (pthread_setspecific(key, value) != 0) bt_fail("There is no memory for a value of this thread.");
}
