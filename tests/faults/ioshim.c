/*
 * Makes chosen I/O calls of a program fail. Loaded with LD_PRELOAD into the child of `otklik-crash io-every`, so that
 * the real SQLite, the real SQLCipher and the real store meet a failing disk without knowing of it.
 *
 *   OTKLIK_IO_DIR   only files whose path begins with this count
 *   OTKLIK_IO_AT    the call with this number fails (1: the first)
 *   OTKLIK_IO_HOW   eio: EIO; full: ENOSPC; short: half of a write is written, then EIO; sync: fsync and fdatasync
 *                   alone are counted, and fail with EIO; dying: the same, and every one after it fails, too; read:
 *                   read and pread alone are counted, and fail with EIO; locks: no lock is to be had, as on a share
 *                   without them; die: the program is killed before the call is carried out
 *   OTKLIK_IO_DONE  a file that is made when the failure happened, so that the parent knows when to stop counting
 *   OTKLIK_IO_FULL  while this file exists every write that counts fails with ENOSPC: a full disk that is freed later
 *
 * Counted: write, pwrite, fsync, fdatasync, ftruncate, rename, unlink, open for writing; for read: read, pread. Written
 * through a mapping (the -shm file) is not seen here; SQLite does not rely on it after a crash.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum kind { WRITE, SYNC, OTHER, REMOVE, READ };

static atomic_long calls;

static int counts_path(const char *path) {
    const char *dir = getenv("OTKLIK_IO_DIR");
    return dir && *dir && strncmp(path, dir, strlen(dir)) == 0;
}

static int counts_fd(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return counts_path(path);
}

static void leave_mark(void) {
    const char *mark = getenv("OTKLIK_IO_DONE");
    if (!mark) return;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, mark, O_CREAT | O_WRONLY, 0600);
    if (fd >= 0) syscall(SYS_close, fd);
}

/* Takes room on the disk, so that a full one may refuse it. */
static int takes_room(enum kind kind) {
    return kind == WRITE || kind == OTHER;
}

/* Whether calls of this kind are counted when they fail that way. */
static int is_counted(enum kind kind, const char *how) {
    if (strcmp(how, "sync") == 0 || strcmp(how, "dying") == 0) return kind == SYNC;
    return (strcmp(how, "read") == 0) == (kind == READ);
}

/* 0: go on; otherwise the errno to fail with. */
static int verdict(enum kind kind) {
    const char *full = getenv("OTKLIK_IO_FULL");
    if (full && takes_room(kind) && syscall(SYS_faccessat, AT_FDCWD, full, F_OK, 0) == 0) return ENOSPC;
    const char *at = getenv("OTKLIK_IO_AT"), *how = getenv("OTKLIK_IO_HOW");
    if (!at || !how || !is_counted(kind, how)) return 0;
    long call = atomic_fetch_add(&calls, 1) + 1, first = atol(at);
    if (strcmp(how, "dying") == 0 ? call < first : call != first) return 0;
    leave_mark();
    if (strcmp(how, "die") == 0) kill(getpid(), SIGKILL);
    return strcmp(how, "full") == 0 && takes_room(kind) ? ENOSPC : EIO;
}

static int is_short(void) {
    const char *how = getenv("OTKLIK_IO_HOW");
    return how && strcmp(how, "short") == 0;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    int saved = errno;
    if (counts_fd(fd)) {
        int fail = verdict(WRITE);
        if (fail) {
            if (fail == EIO && is_short()) syscall(SYS_write, fd, bytes, count / 2);
            errno = fail;
            return -1;
        }
    }
    errno = saved;
    return syscall(SYS_write, fd, bytes, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    int saved = errno;
    if (counts_fd(fd)) {
        int fail = verdict(WRITE);
        if (fail) {
            if (fail == EIO && is_short()) syscall(SYS_pwrite64, fd, bytes, count / 2, offset);
            errno = fail;
            return -1;
        }
    }
    errno = saved;
    return syscall(SYS_pwrite64, fd, bytes, count, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    return pwrite64(fd, bytes, count, offset);
}

static int guarded(int fd, enum kind kind) {
    int saved = errno, fail = counts_fd(fd) ? verdict(kind) : 0;
    errno = fail ? fail : saved;
    return fail;
}

int flock(int fd, int operation) {
    const char *how = getenv("OTKLIK_IO_HOW");
    int saved = errno;
    if (how && strcmp(how, "locks") == 0 && counts_fd(fd)) {
        errno = ENOLCK;
        return -1;
    }
    errno = saved;
    return (int)syscall(SYS_flock, fd, operation);
}

int fsync(int fd) {
    return guarded(fd, SYNC) ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
    return guarded(fd, SYNC) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int ftruncate64(int fd, off64_t length) {
    return guarded(fd, OTHER) ? -1 : (int)syscall(SYS_ftruncate, fd, length);
}

int ftruncate(int fd, off_t length) {
    return ftruncate64(fd, length);
}

ssize_t read(int fd, void *bytes, size_t count) {
    return guarded(fd, READ) ? -1 : syscall(SYS_read, fd, bytes, count);
}

ssize_t pread64(int fd, void *bytes, size_t count, off64_t offset) {
    return guarded(fd, READ) ? -1 : syscall(SYS_pread64, fd, bytes, count, offset);
}

ssize_t pread(int fd, void *bytes, size_t count, off_t offset) {
    return pread64(fd, bytes, count, offset);
}

static int path_guarded(const char *path, enum kind kind) {
    int saved = errno, fail = counts_path(path) ? verdict(kind) : 0;
    errno = fail ? fail : saved;
    return fail;
}

int unlink(const char *path) {
    return path_guarded(path, REMOVE) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int rename(const char *from, const char *to) {
    return path_guarded(to, OTHER) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

static int open_guarded(const char *path, int flags, mode_t mode) {
    if ((flags & O_ACCMODE) != O_RDONLY && counts_path(path)) {
        int fail = verdict(OTHER);
        if (fail) {
            errno = fail;
            return -1;
        }
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return open_guarded(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return open_guarded(path, flags | O_LARGEFILE, mode);
}
