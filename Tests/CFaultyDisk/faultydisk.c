#include "faultydisk.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>

static sqlite3_vfs *real, layer;
static const char armed[] = "faulty-disk";
static atomic_int first = 1 << 30, last, code_to_give, counts_locks, seen;

/* An open file: ours, then the real one right behind it. */
typedef struct {
    sqlite3_file base;
    int is_armed;
} faulty_file;

static sqlite3_file *inner(sqlite3_file *file) { return (sqlite3_file *)((faulty_file *)file + 1); }

static int fault(sqlite3_file *file, int is_lock) {
    if (!((faulty_file *)file)->is_armed || is_lock != atomic_load(&counts_locks)) return SQLITE_OK;
    int place = atomic_fetch_add(&seen, 1) + 1;
    return place >= atomic_load(&first) && place <= atomic_load(&last) ? atomic_load(&code_to_give) : SQLITE_OK;
}

#define CALL(function, ...) inner(file)->pMethods->function(inner(file), ##__VA_ARGS__)
#define FAILING(...)                          \
    int code = fault(file, 0);                \
    return code != SQLITE_OK ? code : (__VA_ARGS__)

static int x_close(sqlite3_file *file) { return CALL(xClose); }
static int x_read(sqlite3_file *file, void *to, int count, sqlite3_int64 at) { return CALL(xRead, to, count, at); }
static int x_write(sqlite3_file *file, const void *from, int count, sqlite3_int64 at) {
    FAILING(CALL(xWrite, from, count, at));
}
static int x_truncate(sqlite3_file *file, sqlite3_int64 size) { FAILING(CALL(xTruncate, size)); }
static int x_sync(sqlite3_file *file, int flags) { FAILING(CALL(xSync, flags)); }
static int x_size(sqlite3_file *file, sqlite3_int64 *size) { return CALL(xFileSize, size); }
static int x_lock(sqlite3_file *file, int level) { return CALL(xLock, level); }
static int x_unlock(sqlite3_file *file, int level) { return CALL(xUnlock, level); }
static int x_reserved(sqlite3_file *file, int *out) { return CALL(xCheckReservedLock, out); }
static int x_control(sqlite3_file *file, int operation, void *argument) {
    return CALL(xFileControl, operation, argument);
}
static int x_sector(sqlite3_file *file) { return CALL(xSectorSize); }
static int x_traits(sqlite3_file *file) { return CALL(xDeviceCharacteristics); }
static int x_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out) {
    return CALL(xShmMap, page, size, extend, out);
}
static int x_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
    if (flags & SQLITE_SHM_LOCK) {
        int code = fault(file, 1);
        if (code != SQLITE_OK) return code;
    }
    return CALL(xShmLock, offset, count, flags);
}
static void x_shm_barrier(sqlite3_file *file) { CALL(xShmBarrier); }
static int x_shm_unmap(sqlite3_file *file, int remove) { return CALL(xShmUnmap, remove); }

static const sqlite3_io_methods methods = {
    .iVersion = 2, .xClose = x_close, .xRead = x_read, .xWrite = x_write, .xTruncate = x_truncate, .xSync = x_sync,
    .xFileSize = x_size, .xLock = x_lock, .xUnlock = x_unlock, .xCheckReservedLock = x_reserved,
    .xFileControl = x_control, .xSectorSize = x_sector, .xDeviceCharacteristics = x_traits, .xShmMap = x_shm_map,
    .xShmLock = x_shm_lock, .xShmBarrier = x_shm_barrier, .xShmUnmap = x_shm_unmap,
};

static int x_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out) {
    (void)vfs;
    faulty_file *ours = (faulty_file *)file;
    ours->is_armed = name && strstr(name, armed) != NULL;
    int code = real->xOpen(real, name, inner(file), flags, out);
    file->pMethods = inner(file)->pMethods ? &methods : NULL;
    return code;
}

void faulty_install(void) {
    if (real) return;
    sqlite3_initialize();
    real = sqlite3_vfs_find(NULL);
    layer = *real;
    layer.pNext = NULL;
    layer.zName = "faulty";
    layer.szOsFile = (int)sizeof(faulty_file) + real->szOsFile;
    layer.xOpen = x_open;
    sqlite3_vfs_register(&layer, 1);
}

void faulty_arm(int nth, int count, int code, int locks) {
    atomic_store(&seen, 0);
    atomic_store(&counts_locks, locks);
    atomic_store(&code_to_give, code);
    atomic_store(&last, nth + count - 1);
    atomic_store(&first, nth);
}

int faulty_disarm(void) {
    atomic_store(&first, 1 << 30);
    atomic_store(&last, 0);
    return atomic_load(&seen);
}
