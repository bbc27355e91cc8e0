/* Stands between a program and the files of one database: writes down what is done to them, and refuses on demand.
 *
 * SHIM_FILE     the database, by its whole path; its -wal, its -journal and their folder are watched, too
 * SHIM_LOG      where to write down every write, truncation, sync and removal, in order, with the data
 * SHIM_REFUSE   while this file exists, it says what is refused: a letter (s: syncs, w: writes, p: some writes) and
 *               the errno, such as "s 5"
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, TRUNCATE = 2, SYNC = 3, UNLINK = 4 };

struct entry {
  uint32_t what, file;
  uint64_t offset, length;
};

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static unsigned char file_of[65536];
static int log_fd = -1;

__attribute__((constructor)) static void begin(void) {
  const char *log = getenv("SHIM_LOG");
  if (log) log_fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

/* 1 the database, 2 its write-ahead log, 3 its journal, 4 their folder, 0 anything else. */
static unsigned char known(const char *path) {
  const char *file = getenv("SHIM_FILE");
  size_t n = file ? strlen(file) : 0;
  if (n && strlen(path) == (size_t)(strrchr(file, '/') - file) && !strncmp(path, file, strlen(path))) return 4;
  if (!n || strncmp(path, file, n)) return 0;
  path += n;
  return !*path ? 1 : !strcmp(path, "-wal") ? 2 : !strcmp(path, "-journal") ? 3 : 0;
}

static unsigned char watched(int fd) { return fd >= 0 && fd < (int)sizeof file_of ? file_of[fd] : 0; }

static void note(uint32_t what, uint32_t file, uint64_t offset, const void *data, uint64_t length) {
  if (log_fd < 0) return;
  struct entry e = {what, file, offset, length};
  struct iovec parts[2] = {{&e, sizeof e}, {(void *)data, data ? length : 0}};
  if (syscall(SYS_writev, log_fd, parts, 2) < 0) abort();
}

/* The errno with which this kind of thing is refused now, or 0. */
static int refused(char kind) {
  static unsigned int asked;
  const char *path = getenv("SHIM_REFUSE");
  if (!path) return 0;
  char text[16] = {0}, letter = 0;
  int fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC), number = 0;
  if (fd < 0) return 0;
  if (syscall(SYS_read, fd, text, sizeof text - 1) < 0) text[0] = 0;
  syscall(SYS_close, fd);
  if (sscanf(text, "%c %d", &letter, &number) != 2) return 0;
  if (letter == 'p' && kind == 'w') return ++asked % 7 == 3 ? number : 0;
  return letter == kind ? number : 0;
}

static int open_it(int at, const char *path, int flags, mode_t mode) {
  int fd = syscall(SYS_openat, at, path, flags, mode);
  if (fd >= 0 && fd < (int)sizeof file_of) file_of[fd] = known(path);
  return fd;
}

#define MODE mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list v; va_start(v, flags); mode = va_arg(v, mode_t); va_end(v); }
int open(const char *path, int flags, ...) { MODE return open_it(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE return open_it(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE return open_it(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE return open_it(at, path, flags, mode); }

int close(int fd) {
  if (watched(fd)) file_of[fd] = 0;
  return syscall(SYS_close, fd);
}

static ssize_t write_at(int fd, const void *data, size_t length, off_t offset) {
  int error = refused('w');
  if (error) { errno = error; return -1; }
  pthread_mutex_lock(&turn);
  ssize_t done = syscall(SYS_pwrite64, fd, data, length, offset);
  if (done > 0) note(WRITE, file_of[fd], offset, data, done);
  pthread_mutex_unlock(&turn);
  return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
  return watched(fd) ? write_at(fd, data, length, offset) : syscall(SYS_pwrite64, fd, data, length, offset);
}
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) { return pwrite(fd, data, length, offset); }

ssize_t write(int fd, const void *data, size_t length) {
  if (!watched(fd)) return syscall(SYS_write, fd, data, length);
  off_t offset = syscall(SYS_lseek, fd, 0, SEEK_CUR);
  ssize_t done = write_at(fd, data, length, offset);
  if (done > 0) syscall(SYS_lseek, fd, offset + done, SEEK_SET);
  return done;
}

int ftruncate(int fd, off_t length) {
  if (!watched(fd)) return syscall(SYS_ftruncate, fd, length);
  int error = refused('w');
  if (error) { errno = error; return -1; }
  pthread_mutex_lock(&turn);
  int done = syscall(SYS_ftruncate, fd, length);
  if (!done) note(TRUNCATE, file_of[fd], length, 0, 0);
  pthread_mutex_unlock(&turn);
  return done;
}
int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

static int sync_it(int fd, long call) {
  if (!watched(fd)) return syscall(call, fd);
  int error = refused('s');
  if (error) { errno = error; return -1; }
  pthread_mutex_lock(&turn);
  int done = syscall(call, fd);
  if (!done) note(SYNC, file_of[fd], 0, 0, 0);
  pthread_mutex_unlock(&turn);
  return done;
}
int fsync(int fd) { return sync_it(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_it(fd, SYS_fdatasync); }

int unlink(const char *path) {
  unsigned char file = known(path);
  pthread_mutex_lock(&turn);
  int done = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  if (file && !done) note(UNLINK, file, 0, 0, 0);
  pthread_mutex_unlock(&turn);
  return done;
}
