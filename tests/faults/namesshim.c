// Preloaded into a program and its children: writes each name that is looked up into the file OTKLIK_NAMES, and looks it
// up. What a web view resolves ahead of a request opens no connection; a resolver far away would know it all the same.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void note(const char *name) {
  const char *file = getenv("OTKLIK_NAMES");
  if (file == NULL || name == NULL) return;
  int to = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (to < 0) return;
  char line[512];
  int length = snprintf(line, sizeof line, "%s\n", name);
  if (length > (int)sizeof line - 1) length = sizeof line - 1;
  // One write, so that lines of several processes do not run together.
  ssize_t written = write(to, line, (size_t)length);
  (void)written;
  close(to);
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
  typedef int (*lookup)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
  lookup real = (lookup)dlsym(RTLD_NEXT, "getaddrinfo");
  note(name);
  return real(name, service, hints, found);
}

struct hostent *gethostbyname(const char *name) {
  typedef struct hostent *(*lookup)(const char *);
  lookup real = (lookup)dlsym(RTLD_NEXT, "gethostbyname");
  note(name);
  return real(name);
}

int res_nquery(void *state, const char *name, int class, int type, unsigned char *answer, int length) {
  typedef int (*lookup)(void *, const char *, int, int, unsigned char *, int);
  lookup real = (lookup)dlsym(RTLD_NEXT, "res_nquery");
  note(name);
  return real == NULL ? -1 : real(state, name, class, type, answer, length);
}
