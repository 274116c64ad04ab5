#include "options.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "nixie/arena.h"
#include "option_table.h"
#include "process.h"
#include "suggest.h"

typedef struct parse {
    int argc;
    char **argv;
    int at;
    ui_options *options;
    const ui_option *given[64]; /* the options seen, to check that they belong to the command */
    int ngiven;
    char *positionals[8];
    int npositionals, ndashed; /* ndashed: how many stood before "--" */
    nx_error *err;
} parse;

static bool usage(nx_error *err, const char *format, ...) NX_PRINTF(2, 3);

static bool usage(nx_error *err, const char *format, ...) {
    nx_buf text = NX_BUF;
    va_list args;
    va_start(args, format);
    nx_buf_vaddf(&text, format, args);
    va_end(args);
    nx_error_set(err, NX_ERR_USAGE, "%s", text.data);
    nx_buf_free(&text);
    return false;
}

static const ui_option *find_option(const char *name, size_t len) {
    for (size_t i = 0; i < ui_noptions; i++) {
        if (strlen(ui_option_table[i].name) == len && strncmp(ui_option_table[i].name, name, len) == 0) {
            return &ui_option_table[i];
        }
    }
    return NULL;
}

static bool unknown_option(parse *p, const char *name, size_t len) {
    const char *names[64];
    size_t n = 0;
    for (size_t i = 0; i < ui_noptions && n < NX_COUNT(names); i++) {
        names[n++] = ui_option_table[i].name;
    }
    char *word = nx_strndup(name, len);
    const char *near = ui_nearest(word, names, n);
    usage(p->err, "unknown option --%s", word);
    if (near) {
        nx_error_hint(p->err, "did you mean --%s?", near);
    } else {
        nx_error_hint(p->err, "nixie --help lists the options");
    }
    free(word);
    return false;
}

static bool parse_number(parse *p, const ui_option *option, const char *text, int *out) {
    char *end;
    errno = 0;
    long n = strtol(text, &end, 10);
    if (errno || end == text || *end || n < 1 || n > option->max) {
        return usage(p->err, "--%s takes a number from 1 to %d, not \"%s\"", option->name, option->max, text);
    }
    *out = (int)n;
    return true;
}

static void take_url(ui_options *options, char *value) {
    if (options->url) {
        ui_wipe(options->url, strlen(options->url));
        free(options->url);
    }
    options->url = nx_strdup(value);
    if (ui_wipe_url(value)) {
        options->password_in_argv = true;
    }
}

/* The place in the options that a row of the table names. */
static void *member(ui_options *options, const ui_option *option) { return (char *)options + option->offset; }

static bool set_option(parse *p, const ui_option *option, char *value) {
    if (p->ngiven < (int)NX_COUNT(p->given)) {
        p->given[p->ngiven++] = option;
    }
    switch (option->kind) {
    case UI_OPTION_FLAG: *(bool *)member(p->options, option) = true; return true;
    case UI_OPTION_TEXT: *(const char **)member(p->options, option) = value; return true;
    case UI_OPTION_NUMBER: return parse_number(p, option, value, member(p->options, option));
    case UI_OPTION_URL: take_url(p->options, value); return true;
    }
    return true;
}

static bool parse_option(parse *p) {
    char *name = p->argv[p->at] + 2;
    char *equals = strchr(name, '=');
    size_t len = equals ? (size_t)(equals - name) : strlen(name);
    const ui_option *option = find_option(name, len);
    if (!option) {
        return unknown_option(p, name, len);
    }
    if (option->kind == UI_OPTION_FLAG) {
        return equals ? usage(p->err, "--%s takes no value", option->name) : set_option(p, option, NULL);
    }
    if (equals) {
        return set_option(p, option, equals + 1);
    }
    if (p->at + 1 >= p->argc) {
        return usage(p->err, "--%s needs a value: --%s %s", option->name, option->name, option->value);
    }
    return set_option(p, option, p->argv[++p->at]);
}

static bool parse_short(parse *p, const char *name) {
    const ui_option *option = find_option(name, strlen(name));
    if (p->at + 1 >= p->argc) {
        return usage(p->err, "%s needs a value: %s %s", p->argv[p->at], p->argv[p->at], option->value);
    }
    return set_option(p, option, p->argv[++p->at]);
}

static bool add_positional(parse *p, char *word) {
    if (p->npositionals == (int)NX_COUNT(p->positionals)) {
        return usage(p->err, "too many arguments");
    }
    p->positionals[p->npositionals++] = word;
    return true;
}

/* "-5" is a key, not an option. */
static bool looks_like_option(const char *word) {
    return word[0] == '-' && word[1] && !(word[1] >= '0' && word[1] <= '9');
}

static bool collect(parse *p) {
    bool dashed = false;
    for (p->at = 1; p->at < p->argc; p->at++) {
        char *word = p->argv[p->at];
        bool ok = true;
        if (dashed || !looks_like_option(word)) {
            ok = add_positional(p, word);
        } else if (strcmp(word, "--") == 0) {
            dashed = true;
        } else if (strcmp(word, "-o") == 0) {
            ok = parse_short(p, "output");
        } else if (strcmp(word, "-h") == 0) {
            p->options->help = true;
        } else if (word[1] != '-') {
            ok = usage(p->err, "unknown option %.*s", (int)strcspn(word, ":="), word);
            nx_error_hint(p->err, "options are spelled out, as in --where; nixie --help lists them");
        } else {
            ok = parse_option(p);
        }
        if (!ok) {
            return false;
        }
        p->ndashed = dashed ? p->ndashed : p->npositionals;
    }
    return true;
}

static bool is_url(const char *word) { return strstr(word, "://") || strchr(word, '='); }

static const ui_command *find_command(const char *word, ui_command_id *id) {
    for (int i = 0; i < UI_COMMAND_COUNT; i++) {
        if (ui_commands[i].name && strcmp(ui_commands[i].name, word) == 0) {
            *id = (ui_command_id)i;
            return &ui_commands[i];
        }
    }
    return NULL;
}

static bool too_many(parse *p, const char *word) {
    const ui_command *command = &ui_commands[p->options->command];
    usage(p->err, "unexpected argument \"%s\"", word);
    nx_error_hint(p->err, "usage: nixie %s", command->usage);
    return false;
}

/* Gives each positional its meaning, once all options are known: with --key-json no KEY is expected. */
static bool classify(parse *p) {
    ui_options *o = p->options;
    bool command_seen = false;
    const ui_command *command = &ui_commands[UI_COMMAND_BROWSE];
    for (int i = 0; i < p->npositionals; i++) {
        char *word = p->positionals[i];
        bool wants_key = command->takes_key && o->model && !o->key && !o->key_json;
        if (wants_key) {
            o->key = word;
        } else if (is_url(word)) {
            if (o->url) {
                return usage(p->err, "more than one URL");
            }
            take_url(o, word);
        } else if (!command_seen && !o->model && i < p->ndashed && find_command(word, &o->command)) {
            command = &ui_commands[o->command];
            command_seen = true;
        } else if (command->takes_model && !o->model) {
            o->model = word;
        } else {
            return too_many(p, word);
        }
    }
    return true;
}

static bool check_arguments(parse *p) {
    const ui_options *o = p->options;
    const ui_command *command = &ui_commands[o->command];
    const char *missing = NULL;
    if (command->needs_model && !o->model && !o->drift) {
        missing = "MODEL";
    } else if (command->takes_key && !o->key && !o->key_json) {
        missing = "KEY";
    }
    if (missing) {
        usage(p->err, "%s is missing", missing);
        nx_error_hint(p->err, "usage: nixie %s", command->usage);
        return false;
    }
    if (command->own_source && o->url) {
        return usage(p->err, "nixie %s takes no URL: it starts a server of its own", command->name);
    }
    return true;
}

static bool check_options(parse *p) {
    ui_command_id id = p->options->command;
    for (int i = 0; i < p->ngiven; i++) {
        if (p->given[i]->commands & UI_FOR(id)) {
            continue;
        }
        usage(p->err, "--%s has no meaning for nixie%s%s", p->given[i]->name, ui_commands[id].name ? " " : "",
              ui_commands[id].name ? ui_commands[id].name : "");
        if (ui_commands[id].name) {
            nx_error_hint(p->err, "nixie %s --help lists its options", ui_commands[id].name);
        } else {
            nx_error_hint(p->err, "it belongs to a command, as in nixie rows MODEL --%s", p->given[i]->name);
        }
        return false;
    }
    return true;
}

typedef struct format_word {
    const char *name;
    ui_format format;
    unsigned commands;
} format_word;

static const format_word format_words[] = {
    {"table", UI_FORMAT_TABLE, UI_FOR(UI_COMMAND_ROWS)},
    {"text", UI_FORMAT_TEXT, UI_FOR(UI_COMMAND_RECORD) | UI_FOR(UI_COMMAND_MAP)},
    {"mermaid", UI_FORMAT_MERMAID, UI_FOR(UI_COMMAND_MAP)},
    {"dot", UI_FORMAT_DOT, UI_FOR(UI_COMMAND_MAP)},
    {"json", UI_FORMAT_JSON, UI_FOR(UI_COMMAND_EXPORT) | UI_FOR(UI_COMMAND_ROWS) | UI_FOR(UI_COMMAND_RECORD)},
    {"csv", UI_FORMAT_CSV, UI_FOR(UI_COMMAND_ROWS) | UI_FOR(UI_COMMAND_EXPORT)},
    {"sql", UI_FORMAT_SQL, UI_FOR(UI_COMMAND_EXPORT)},
};

static bool check_format(parse *p) {
    ui_options *o = p->options;
    if (o->json) {
        o->format = UI_FORMAT_JSON;
    }
    for (size_t i = 0; o->format_name && i < NX_COUNT(format_words); i++) {
        const format_word *f = &format_words[i];
        if (strcmp(f->name, o->format_name) == 0 && (f->commands & UI_FOR(o->command))) {
            if (o->json && f->format != UI_FORMAT_JSON) {
                return usage(p->err, "--json and --format %s exclude each other", o->format_name);
            }
            o->format = f->format;
            return true;
        }
    }
    if (o->format_name) {
        usage(p->err, "unknown format \"%s\"", o->format_name);
        nx_error_hint(p->err, "it is one of %s", o->command == UI_COMMAND_RECORD   ? "text, json"
                                                 : o->command == UI_COMMAND_EXPORT ? "csv, json, sql"
                                                                                   : "table, json, csv");
        return false;
    }
    if (o->command == UI_COMMAND_EXPORT && o->format == UI_FORMAT_DEFAULT) {
        usage(p->err, "--format is missing");
        nx_error_hint(p->err, "it is one of csv, json, sql");
        return false;
    }
    return true;
}

static bool check_exclusions(parse *p) {
    const ui_options *o = p->options;
    if ((o->after != NULL) + (o->before != NULL) + o->last > 1) {
        return usage(p->err, "--after, --before and --last exclude each other");
    }
    if (o->url && o->env_file) {
        return usage(p->err, "a URL and --env exclude each other");
    }
    if (o->csv_safe && o->format != UI_FORMAT_CSV) {
        return usage(p->err, "--csv-safe goes with --format csv");
    }
    return true;
}

bool ui_options_parse(int argc, char **argv, ui_options *options, nx_error *err) {
    *options = (ui_options){.command = UI_COMMAND_BROWSE};
    parse p = {.argc = argc, .argv = argv, .options = options, .err = err};
    bool collected = collect(&p), classified = collected && classify(&p);
    if (collected && (options->help || options->version || options->man)) {
        nx_error_clear(err);
        return true;
    }
    if (classified && check_arguments(&p) && check_options(&p) && check_format(&p) && check_exclusions(&p)) {
        return true;
    }
    /* Whatever came after the mistake may hold a password, too. */
    for (int i = 1; i < argc; i++) {
        ui_wipe_url(argv[i]);
    }
    return false;
}

void ui_options_free(ui_options *options) {
    nx_error_clear(&options->config_err);
    if (options->url) {
        ui_wipe(options->url, strlen(options->url));
        free(options->url);
        options->url = NULL;
    }
}
