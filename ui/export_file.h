/* export_file.h - where an export goes: standard output, or a file that takes its place only when it is whole. */
#ifndef UI_EXPORT_FILE_H
#define UI_EXPORT_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "nixie/buf.h"
#include "nixie/error.h"

typedef struct ui_export_file {
    int fd;
    char *path, *temporary; /* temporary is NULL where there is nothing to rename: stdout, a device */
    int64_t bytes;
    bool broken; /* a pipe whose reader has what it wanted */
} ui_export_file;

/* path NULL: standard output. False with err. */
bool ui_export_file_open(ui_export_file *file, const char *path, nx_error *err);
/* Writes the buffer and empties it. */
bool ui_export_file_write(ui_export_file *file, nx_buf *buf, nx_error *err);
/* On disk, and under its name. Whatever happens the file is closed; on failure an old file is as it was. */
bool ui_export_file_finish(ui_export_file *file, nx_error *err);
/* Gives it up: nothing is left of it. */
void ui_export_file_drop(ui_export_file *file);

#endif
