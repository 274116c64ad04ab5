/* config.h - what the user has settled for hosts: $XDG_CONFIG_HOME/nixie/config (else ~/.config/nixie/config).
 *
 *   file    = { line }
 *   line    = blank | "#" anything | "[host " string "]" | key "=" value      (blanks around are nothing)
 *   string  = '"' what a host or a Neon endpoint looks like, with * ? [] as in a shell '"'
 *   key     = "protected" | "read_only" | "label"
 *   value   = "true" | "false"; of label: a word or a '"' string '"'
 *
 * Keys before the first section hold for every host; of several that match the last says. A host that is local
 * also matches "localhost". There is no escape in strings.
 */
#ifndef UI_CONFIG_H
#define UI_CONFIG_H

#include <stdbool.h>

#include "nixie/source.h"

typedef struct ui_settings { /* for one host */
    bool protected; /* saving asks for the database's name */
    bool read_only;
    char label[40]; /* "production", "" where there is none */
} ui_settings;

/* Reads the text of a config for this source. False with NX_ERR_USAGE, line and column in the message; `name` is the
 * file's. */
bool ui_config_parse(const char *text, const char *name, const nx_source *source, ui_settings *out, nx_error *err);
/* The same from the user's file; one that does not exist settles nothing. */
bool ui_config_read(const nx_source *source, ui_settings *out, nx_error *err);

#endif
