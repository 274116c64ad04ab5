/* state_file.h - small files that are kept between runs: $XDG_STATE_HOME/nixie (else ~/.local/state/nixie).
 *
 * 0600 in a folder that is ours alone, never through a symbolic link. Without such a folder nothing is kept.
 */
#ifndef UI_STATE_FILE_H
#define UI_STATE_FILE_H

#include <stdbool.h>

#include "nixie/buf.h"

/* The folder, made where it is missing; -1: there is none. The caller closes it. */
int ui_state_folder(void);
/* A regular file of the user's own in it, locked until it is closed; -1: there is none. */
int ui_state_open(int folder, const char *name, int flags);
bool ui_state_write(int fd, const char *data, size_t len);

/* A whole file, up to a size that no such file reaches; nothing where there is none. */
void ui_state_read(const char *name, nx_buf *out);
/* Adds to its end. */
bool ui_state_append(const char *name, const nx_buf *text);

#endif
