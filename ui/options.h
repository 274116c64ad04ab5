/* options.h - what the command line asks for.
 *
 * One table of options drives the parser and the help text, so that the help lists exactly what
 * exists. Options may stand anywhere, as --opt=value or --opt value; "--" ends options and commands. A
 * positional with "://" or "=" is a URL (but for the KEY of `nixie record`), the first other one a
 * command or a model.
 *
 * A password in a URL on the command line is overwritten in place while parsing, so that it can no
 * longer be read from the list of processes.
 */
#ifndef UI_OPTIONS_H
#define UI_OPTIONS_H

#include <stdbool.h>

#include "config.h"
#include "nixie/buf.h"
#include "nixie/error.h"

typedef enum ui_command_id {
    UI_COMMAND_BROWSE, /* no command word: the curses program */
    UI_COMMAND_DEMO,
    UI_COMMAND_MODELS,
    UI_COMMAND_DESCRIBE,
    UI_COMMAND_ROWS,
    UI_COMMAND_RECORD,
    UI_COMMAND_EXPORT,
    UI_COMMAND_MAP,
    UI_COMMAND_MIGRATIONS,
    UI_COMMAND_PULL,
    UI_COMMAND_CHECK,
    UI_COMMAND_COUNT
} ui_command_id;

typedef enum ui_format {
    UI_FORMAT_DEFAULT, /* not said: the command decides */
    UI_FORMAT_TABLE,
    UI_FORMAT_TEXT,
    UI_FORMAT_JSON,
    UI_FORMAT_CSV,
    UI_FORMAT_SQL,
    UI_FORMAT_MERMAID,
    UI_FORMAT_DOT
} ui_format;

enum { UI_LIMIT_DEFAULT = 50, UI_LIMIT_MAX = 10000, UI_TIMEOUT_MAX = 86400 };

typedef struct ui_options { /* strings point into argv unless said otherwise; NULL when not given */
    ui_command_id command;
    char *url;              /* a copy, wiped by ui_options_free */
    const char *env_file;
    const char *schema;
    const char *prisma;     /* path of the Prisma schema */
    bool db_names;
    bool drift;
    bool foreign;           /* the server is none of the project's: set by the demo */
    bool direct;
    bool read_only;
    bool no_journal;
    int timeout_s;          /* per statement; 0: the engine's default */
    ui_settings settings;   /* what the user's config says of the host */
    nx_error config_err;    /* the browser goes on without a config that is wrong, and asks before it saves */
    bool help, version, man;
    bool password_in_argv;  /* the URL on the command line held a password (overwritten since) */

    const char *model;      /* MODEL */
    const char *key;        /* KEY of record */
    const char *key_json;
    const char *where, *order, *fields, *include;
    const char *after, *before;
    bool last;
    int limit;              /* 0: not given */
    const char *format_name;
    ui_format format;
    bool json;              /* --json; format says so, too */
    bool size;
    bool csv_safe;
    const char *output;     /* a file; NULL: standard output */
} ui_options;

/* Parses the command line. False with NX_ERR_USAGE (and a hint). Either way the options must be
 * freed. With help or version set nothing else is checked. */
bool ui_options_parse(int argc, char **argv, ui_options *options, nx_error *err);
void ui_options_free(ui_options *options);

/* Appends the help text: of the whole program, or of one command (any but UI_COMMAND_BROWSE). */
void ui_options_help(ui_command_id command, nx_buf *out);

#endif
