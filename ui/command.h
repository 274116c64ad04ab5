/* command.h - the table of commands: their words, their help, and who runs them. */
#ifndef UI_COMMAND_H
#define UI_COMMAND_H

#include "nixie/source.h"
#include "options.h"

/* Exit statuses: people script against them. */
enum {
    UI_EXIT_DONE = 0,
    UI_EXIT_REFUSED = 1,     /* the server or the data said no */
    UI_EXIT_USAGE = 2,       /* wrong syntax, no terminal */
    UI_EXIT_CONNECT = 3,     /* no connection, or lost */
    UI_EXIT_INTERRUPTED = 130
};

typedef struct ui_command {
    const char *name;   /* the command word; NULL for browsing */
    const char *usage;  /* what follows "nixie" in the help */
    const char *help;
    bool takes_model, needs_model, takes_key;
    bool own_source;    /* finds its source itself: run() gets NULL */
    int (*run)(const ui_options *options, const nx_source *source); /* returns the exit status */
} ui_command;

extern const ui_command ui_commands[UI_COMMAND_COUNT];

int ui_cmd_demo(const ui_options *options, const nx_source *source);
int ui_cmd_models(const ui_options *options, const nx_source *source);
int ui_cmd_describe(const ui_options *options, const nx_source *source);
int ui_cmd_rows(const ui_options *options, const nx_source *source);
int ui_cmd_record(const ui_options *options, const nx_source *source);
int ui_cmd_export(const ui_options *options, const nx_source *source);
int ui_cmd_map(const ui_options *options, const nx_source *source);
int ui_cmd_migrations(const ui_options *options, const nx_source *source);
int ui_cmd_pull(const ui_options *options, const nx_source *source);
int ui_cmd_check(const ui_options *options, const nx_source *source);

#endif
