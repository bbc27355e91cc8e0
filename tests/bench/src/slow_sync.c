/* Makes every sync of a file take longer, as on a disk that is further away.
 *
 * SLOW_SYNC_US  by how many microseconds
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int late(long call, int fd) {
  const char *us = getenv("SLOW_SYNC_US");
  long more = us ? atol(us) : 0;
  struct timespec rest = {more / 1000000, more % 1000000 * 1000};
  int done = syscall(call, fd);
  /* Linux may let a rest take 50 us longer unless it is asked not to. Source: prctl(2), PR_SET_TIMERSLACK. */
  prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
  nanosleep(&rest, 0);
  return done;
}

int fsync(int fd) { return late(SYS_fsync, fd); }
int fdatasync(int fd) { return late(SYS_fdatasync, fd); }
