/* A disk that fails when told to: a layer over SQLite's own file system, for tests. */
#ifndef FAULTYDISK_H
#define FAULTYDISK_H

/* Puts the layer under every store that is opened from now on. Only files in a folder whose name begins with
   "faulty-disk" are ever touched. */
void faulty_install(void);

/* The `nth` operation on such files fails with `code`, and the `count - 1` after it. Operations are writes, syncs and
   truncations; with `locks` they are locks of the shared index instead. One test at a time. */
void faulty_arm(int nth, int count, int code, int locks);

/* Nothing fails any more. Returns how many operations there were since faulty_arm(). */
int faulty_disarm(void);

#endif
