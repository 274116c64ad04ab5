/* home.h - nixie's own folders below the user's (XDG Base Directory Specification), the user's alone. */
#ifndef NIXIE_HOME_H
#define NIXIE_HOME_H

#include <stdbool.h>
#include <stddef.h>

#include "nixie/buf.h"

/* Opens the folder "nixie" below the one that the environment variable names ("XDG_CACHE_HOME"; a relative one is
 * ignored), else below $HOME and `fallback` (".cache"), making what is missing with mode 0700. The caller closes it.
 * -1: there is none, it is a link, or somebody else's or open to others' writing. */
int nx_home_folder(const char *variable, const char *fallback);
/* Opens a regular file of the user's own in it, with open(2)'s flags; new ones get mode 0600. -1: there is none, or
 * it is a link, somebody else's, or known by two names. */
int nx_home_open(int folder, const char *name, int flags);
/* All of a file into `out`; false when it cannot be read or has more than `most` bytes. Closes it. */
bool nx_home_read(int fd, nx_buf *out, size_t most);
/* All of the bytes, at the place where the file stands; false: no. */
bool nx_home_write(int fd, const char *bytes, size_t len);
/* Puts a file in the place of the one of this name, whole or not at all. False: it could not be written. */
bool nx_home_replace(int folder, const char *name, const char *bytes, size_t len);

#endif
