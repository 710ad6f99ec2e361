/* Stands between cost-hook and the C library (LD_PRELOAD) and makes the disk misbehave where a test says so.
 *
 * Counts the calls on files below certain folders, and at the n-th one ends the process, fails, or writes only half.
 * Can write down everything that changes the disk, with its bytes, so that a test can make up the disks a power cut
 * may leave behind. Knows nothing of the product but the file that names the boot.
 *
 *   FAULT_UNDER   folders whose files count, separated by colons
 *   FAULT_OPS     which calls count: some of open read write truncate sync rename unlink mkdir, separated by commas
 *   FAULT_AT      the number of the call that goes wrong, from 1; absent or 0: none
 *   FAULT_KIND    kill-before, kill-after, kill-half, error, short (half is written and said so), short-error (the
 *                 same, and what follows fails), stop (the process is suspended, and goes on with it when it is woken)
 *   FAULT_ERRNO   what error says
 *   FAULT_LASTS   set: every later call that counts fails as well
 *   FAULT_FIRED   a file that is made when the fault strikes
 *   FAULT_LOG     where changes are written down
 *   FAULT_BOOT    read in place of the file that holds the boot's id
 *   FAULT_CLOCK   the clock on the wall jumps by so many seconds each time it is read
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define FILES 1024
#define BOOT_ID "/proc/sys/kernel/random/boot_id"

enum op { OPEN, READ, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, MKDIR, OPS };
static const char *const names[OPS] = {"open", "read", "write", "truncate", "sync", "rename", "unlink", "mkdir"};

enum kind { NONE, KILL_BEFORE, KILL_AFTER, KILL_HALF, ERROR, SHORT, SHORT_ERROR, STOP };
static const char *const kinds[] = {"none", "kill-before", "kill-after", "kill-half", "error", "short", "short-error", "stop"};

static int ready, counts[OPS], lasts, log_to = -1, chosen_errno;
static long at, seen, jump, jumped;
static enum kind kind;
static const char *under, *fired, *boot;
static char *paths[FILES];

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_read)(int, void *, size_t);
static ssize_t (*real_pread)(int, void *, size_t, off64_t);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static int (*real_ftruncate)(int, off64_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_rename)(const char *, const char *);
static int (*real_unlink)(const char *);
static int (*real_unlinkat)(int, const char *, int);
static int (*real_mkdir)(const char *, mode_t);
static int (*real_clock)(clockid_t, struct timespec *);

static void prepare(void) {
    if (ready) return;
    ready = 1;
    real_open = dlsym(RTLD_NEXT, "open64");
    real_openat = dlsym(RTLD_NEXT, "openat64");
    real_close = dlsym(RTLD_NEXT, "close");
    real_read = dlsym(RTLD_NEXT, "read");
    real_pread = dlsym(RTLD_NEXT, "pread64");
    real_write = dlsym(RTLD_NEXT, "write");
    real_writev = dlsym(RTLD_NEXT, "writev");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_rename = dlsym(RTLD_NEXT, "rename");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    real_unlinkat = dlsym(RTLD_NEXT, "unlinkat");
    real_mkdir = dlsym(RTLD_NEXT, "mkdir");
    real_clock = dlsym(RTLD_NEXT, "clock_gettime");
    const char *value;
    under = getenv("FAULT_UNDER");
    fired = getenv("FAULT_FIRED");
    boot = getenv("FAULT_BOOT");
    lasts = getenv("FAULT_LASTS") != NULL;
    if ((value = getenv("FAULT_AT"))) at = atol(value);
    if ((value = getenv("FAULT_CLOCK"))) jump = atol(value);
    if ((value = getenv("FAULT_ERRNO"))) chosen_errno = atoi(value);
    if ((value = getenv("FAULT_KIND")))
        for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++)
            if (!strcmp(value, kinds[i])) kind = (enum kind)i;
    if ((value = getenv("FAULT_OPS"))) {
        char list[256];
        snprintf(list, sizeof list, "%s", value);
        for (char *word = strtok(list, ","); word; word = strtok(NULL, ","))
            for (int i = 0; i < OPS; i++)
                if (!strcmp(word, names[i])) counts[i] = 1;
    }
    if ((value = getenv("FAULT_LOG"))) log_to = real_open(value, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

__attribute__((constructor)) static void begin(void) { prepare(); }

static int is_ours(const char *path) {
    if (!under || !path) return 0;
    for (const char *from = under; *from;) {
        size_t length = strcspn(from, ":");
        if (length && !strncmp(path, from, length) && (path[length] == '/' || !path[length])) return 1;
        from += length + (from[length] == ':');
    }
    return 0;
}

static const char *path_of(int fd) { return fd >= 0 && fd < FILES ? paths[fd] : NULL; }

static void forget(int fd) {
    if (fd < 0 || fd >= FILES) return;
    free(paths[fd]);
    paths[fd] = NULL;
}

/* One record: what, inode, offset, the lengths of the two texts, the texts. */
static void note(char what, uint64_t inode, uint64_t offset, const char *path, const void *bytes, size_t length) {
    if (log_to < 0) return;
    uint64_t head[4] = {inode, offset, strlen(path), length};
    struct iovec parts[4] = {
        {&what, 1}, {head, sizeof head}, {(void *)path, strlen(path)}, {(void *)bytes, length}};
    int kept = errno;
    if (syscall(SYS_writev, log_to, parts, 4) < 0) abort();
    errno = kept;
}

static uint64_t inode_of(int fd, uint64_t *size) {
    struct stat facts;
    if (fstat(fd, &facts)) return 0;
    if (size) *size = (uint64_t)facts.st_size;
    return facts.st_ino;
}

/* Some programs rename without the C library. An open file shows where it is now. */
static void follow(int fd) {
    if (log_to < 0 || !path_of(fd)) return;
    char link[64], now[PATH_MAX];
    int kept = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, now, sizeof now - 1);
    errno = kept;
    if (length <= 0) return;
    now[length] = 0;
    if (!strcmp(now, paths[fd]) || !is_ours(now) || strstr(now, " (deleted)")) return;
    note('R', inode_of(fd, NULL), 0, paths[fd], now, (size_t)length);
    free(paths[fd]);
    paths[fd] = strdup(now);
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static void strike(void) {
    if (!fired) return;
    int fd = real_open(fired, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0) real_close(fd);
}

/* What is to become of this call. KILL_BEFORE is carried out here. */
static enum kind verdict(enum op op, const char *path) {
    if (!at || kind == NONE || !counts[op] || !is_ours(path)) return NONE;
    long number = __sync_add_and_fetch(&seen, 1);
    if (number < at) return NONE;
    if (number > at) {
        if (kind == SHORT_ERROR && (lasts || number == at + 1)) return ERROR;
        return lasts && kind == ERROR ? ERROR : NONE;
    }
    strike();
    if (kind == KILL_BEFORE) die();
    if (kind == STOP) kill(getpid(), SIGSTOP);
    return kind;
}

#define FAIL_ON(what, failure) \
    do { \
        if ((what) == ERROR) { \
            errno = chosen_errno; \
            return failure; \
        } \
    } while (0)
#define DIE_ON(what) \
    do { \
        if ((what) == KILL_AFTER || (what) == KILL_HALF) die(); \
    } while (0)

static int opened(int fd, const char *path, int flags, int is_new) {
    if (fd < 0 || fd >= FILES || !is_ours(path)) return fd;
    forget(fd);
    paths[fd] = strdup(path);
    if (is_new) note('C', inode_of(fd, NULL), 0, path, "", 0);
    else if (flags & O_TRUNC) note('T', inode_of(fd, NULL), 0, path, "", 0);
    return fd;
}

static int is_missing(const char *path) {
    struct stat facts;
    int kept = errno, missing = stat(path, &facts) != 0;
    errno = kept;
    return missing;
}

static int open_it(const char *path, int flags, mode_t mode) {
    prepare();
    if (boot && !strcmp(path, BOOT_ID)) path = boot;
    enum kind what = verdict(OPEN, path);
    FAIL_ON(what, -1);
    int is_new = (flags & O_CREAT) && is_ours(path) && is_missing(path);
    int fd = opened(real_open(path, flags, mode), path, flags, is_new);
    DIE_ON(what);
    return fd;
}

#define MODE_OF(flags, mode) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = (mode_t)va_arg(rest, int); \
        va_end(rest); \
    }

int open(const char *path, int flags, ...) {
    MODE_OF(flags, mode)
    return open_it(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    MODE_OF(flags, mode)
    return open_it(path, flags, mode);
}

static int open_at(int folder, const char *path, int flags, mode_t mode) {
    prepare();
    if (path[0] == '/') return open_it(path, flags, mode);
    return real_openat(folder, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    MODE_OF(flags, mode)
    return open_at(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...) {
    MODE_OF(flags, mode)
    return open_at(folder, path, flags, mode);
}

int close(int fd) {
    prepare();
    follow(fd);
    forget(fd);
    return real_close(fd);
}

ssize_t read(int fd, void *bytes, size_t length) {
    prepare();
    enum kind what = verdict(READ, path_of(fd));
    FAIL_ON(what, -1);
    ssize_t done = real_read(fd, bytes, length);
    DIE_ON(what);
    return done;
}

ssize_t pread64(int fd, void *bytes, size_t length, off64_t offset) {
    prepare();
    enum kind what = verdict(READ, path_of(fd));
    FAIL_ON(what, -1);
    ssize_t done = real_pread(fd, bytes, length, offset);
    DIE_ON(what);
    return done;
}

ssize_t pread(int fd, void *bytes, size_t length, off_t offset) { return pread64(fd, bytes, length, offset); }

/* Where a write without an offset goes. */
static uint64_t position_of(int fd) {
    uint64_t size = 0;
    if (fcntl(fd, F_GETFL) & O_APPEND) {
        inode_of(fd, &size);
        return size;
    }
    return (uint64_t)lseek64(fd, 0, SEEK_CUR);
}

static ssize_t write_it(int fd, const void *bytes, size_t length, int has_offset, off64_t offset) {
    const char *path = path_of(fd);
    if (!path) return has_offset ? real_pwrite(fd, bytes, length, offset) : real_write(fd, bytes, length);
    follow(fd);
    enum kind what = verdict(WRITE, path);
    FAIL_ON(what, -1);
    if (what == KILL_HALF || what == SHORT || what == SHORT_ERROR) length = length > 1 ? length / 2 : length;
    uint64_t position = has_offset ? (uint64_t)offset : position_of(fd);
    ssize_t done = has_offset ? real_pwrite(fd, bytes, length, offset) : real_write(fd, bytes, length);
    if (done > 0) note('W', inode_of(fd, NULL), position, path_of(fd), bytes, (size_t)done);
    DIE_ON(what);
    return done;
}

ssize_t write(int fd, const void *bytes, size_t length) {
    prepare();
    return write_it(fd, bytes, length, 0, 0);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
    prepare();
    return write_it(fd, bytes, length, 1, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return pwrite64(fd, bytes, length, offset); }

/* As one write, which is what it comes to. */
ssize_t writev(int fd, const struct iovec *parts, int number) {
    prepare();
    if (!path_of(fd)) return real_writev(fd, parts, number);
    size_t length = 0;
    for (int i = 0; i < number; i++) length += parts[i].iov_len;
    char *whole = malloc(length + 1), *end = whole;
    for (int i = 0; i < number; i++) end = mempcpy(end, parts[i].iov_base, parts[i].iov_len);
    ssize_t done = write_it(fd, whole, length, 0, 0);
    free(whole);
    return done;
}

int ftruncate64(int fd, off64_t length) {
    prepare();
    enum kind what = verdict(TRUNCATE, path_of(fd));
    FAIL_ON(what, -1);
    int done = real_ftruncate(fd, length);
    if (!done && path_of(fd)) note('T', inode_of(fd, NULL), (uint64_t)length, path_of(fd), "", 0);
    DIE_ON(what);
    return done;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

static int sync_it(int fd, int (*real)(int)) {
    prepare();
    follow(fd);
    enum kind what = verdict(SYNC, path_of(fd));
    FAIL_ON(what, -1);
    int done = real(fd);
    if (!done && path_of(fd)) note('S', inode_of(fd, NULL), 0, path_of(fd), "", 0);
    DIE_ON(what);
    return done;
}

int fsync(int fd) {
    prepare();
    return sync_it(fd, real_fsync);
}

int fdatasync(int fd) {
    prepare();
    return sync_it(fd, real_fdatasync);
}

int rename(const char *from, const char *to) {
    prepare();
    enum kind what = verdict(RENAME, to);
    FAIL_ON(what, -1);
    struct stat facts = {0};
    stat(from, &facts);
    int done = real_rename(from, to);
    if (!done && is_ours(to)) note('R', facts.st_ino, 0, from, to, strlen(to));
    DIE_ON(what);
    return done;
}

int unlink(const char *path) {
    prepare();
    enum kind what = verdict(UNLINK, path);
    FAIL_ON(what, -1);
    int done = real_unlink(path);
    if (!done && is_ours(path)) note('U', 0, 0, path, "", 0);
    DIE_ON(what);
    return done;
}

int unlinkat(int folder, const char *path, int flags) {
    prepare();
    if (path[0] == '/' && !flags) return unlink(path);
    return real_unlinkat(folder, path, flags);
}

int mkdir(const char *path, mode_t mode) {
    prepare();
    enum kind what = verdict(MKDIR, path);
    FAIL_ON(what, -1);
    int done = real_mkdir(path, mode);
    if (!done && is_ours(path)) note('M', 0, 0, path, "", 0);
    DIE_ON(what);
    return done;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    prepare();
    int done = real_clock(clock, now);
    if (!done && jump && clock == CLOCK_REALTIME) now->tv_sec += __sync_add_and_fetch(&jumped, jump);
    return done;
}

/* The system copies files by itself where it is asked to. Refused, the copier writes, and what it writes is seen. */
ssize_t copy_file_range(int from, off64_t *at_from, int to, off64_t *at_to, size_t length, unsigned flags) {
    (void)from, (void)at_from, (void)to, (void)at_to, (void)length, (void)flags;
    errno = ENOSYS;
    return -1;
}

ssize_t sendfile64(int to, int from, off64_t *offset, size_t length) {
    (void)to, (void)from, (void)offset, (void)length;
    errno = ENOSYS;
    return -1;
}

ssize_t sendfile(int to, int from, off_t *offset, size_t length) { return sendfile64(to, from, (off64_t *)offset, length); }
