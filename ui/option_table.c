#include "option_table.h"

#include <string.h>

#include "command.h"

#define ALL          ((1u << UI_COMMAND_COUNT) - 1)
#define SOURCED      (ALL & ~UI_FOR(UI_COMMAND_DEMO))
#define FOR(command) UI_FOR(UI_COMMAND_##command)
#define CATALOGUED   (ALL & ~UI_FOR(UI_COMMAND_CHECK))
#define MEMBER(name) .offset = offsetof(ui_options, name)

const ui_option ui_option_table[] = {
    {"url", "URL", "where to connect", UI_OPTION_URL, SOURCED, MEMBER(url)},
    {"env", "FILE", "take DATABASE_URL from this file", UI_OPTION_TEXT, SOURCED, MEMBER(env_file)},
    {"direct", NULL, "use DIRECT_URL, not the pooler", UI_OPTION_FLAG, SOURCED, MEMBER(direct)},
    {"schema", "NAME", "the schema of MODEL, which is then the exact table name; of pull, also A,B", UI_OPTION_TEXT, SOURCED,
     MEMBER(schema)},
    {"prisma", "PATH", "the Prisma schema, a file or folder (else found)", UI_OPTION_TEXT,
     CATALOGUED, MEMBER(prisma)},
    {"db-names", NULL, "the database's names, not the Prisma schema's", UI_OPTION_FLAG, CATALOGUED, MEMBER(db_names)},
    {"read-only", NULL, "let the server refuse every write", UI_OPTION_FLAG, ALL, MEMBER(read_only)},
    {"no-journal", NULL, "stage without a copy on disk: a crash loses what is not saved", UI_OPTION_FLAG, FOR(BROWSE),
     MEMBER(no_journal)},
    {"timeout", "S", "seconds a statement may take (30)", UI_OPTION_NUMBER, ALL, MEMBER(timeout_s),
     .max = UI_TIMEOUT_MAX},

    {"where", "F", "rows that match: published = true and title contains 'neon'", UI_OPTION_TEXT,
     FOR(ROWS) | FOR(EXPORT),
     MEMBER(where)},
    {"order", "O", "field, field desc, field desc nulls last; comma-separated", UI_OPTION_TEXT,
     FOR(ROWS) | FOR(EXPORT), MEMBER(order)},
    {"fields", "A,B", "only these fields", UI_OPTION_TEXT, FOR(ROWS) | FOR(EXPORT), MEMBER(fields)},
    {"after", "C", "the page after this cursor", UI_OPTION_TEXT, FOR(ROWS), MEMBER(after)},
    {"before", "C", "the page before this cursor", UI_OPTION_TEXT, FOR(ROWS), MEMBER(before)},
    {"last", NULL, "the last page", UI_OPTION_FLAG, FOR(ROWS), MEMBER(last)},
    {"limit", "N", "how many rows at most (50)", UI_OPTION_NUMBER, FOR(ROWS) | FOR(RECORD),
     MEMBER(limit), .max = UI_LIMIT_MAX},
    {"include", "REL,REL", "relations to include: author,posts.tags,posts(limit 5)", UI_OPTION_TEXT, FOR(RECORD), MEMBER(include)},
    {"key-json", "J", "KEY as a JSON array, where a value holds a comma", UI_OPTION_TEXT, FOR(RECORD),
     MEMBER(key_json)},
    {"format", "WORD", "table, json, csv, sql, text, mermaid or dot", UI_OPTION_TEXT,
     FOR(ROWS) | FOR(RECORD) | FOR(EXPORT) | FOR(MAP),
     MEMBER(format_name)},
    {"json", NULL, "JSON on stdout", UI_OPTION_FLAG, FOR(MODELS) | FOR(DESCRIBE) | FOR(ROWS) | FOR(RECORD) | FOR(CHECK) | FOR(MIGRATIONS),
     MEMBER(json)},
    {"csv-safe", NULL, "keep spreadsheets from running values as formulas", UI_OPTION_FLAG,
     FOR(ROWS) | FOR(EXPORT), MEMBER(csv_safe)},
    {"output", "FILE", "write to this file, once all is there; or -o FILE", UI_OPTION_TEXT,
     FOR(EXPORT) | FOR(PULL), MEMBER(output)},
    {"drift", NULL, "where the Prisma schema and the database differ; of MODEL, or of all", UI_OPTION_FLAG,
     FOR(DESCRIBE), MEMBER(drift)},
    {"size", NULL, "size on disk, too", UI_OPTION_FLAG, FOR(MODELS), MEMBER(size)},

    {"help", NULL, "this help; after a command, only that command's", UI_OPTION_FLAG, ALL, MEMBER(help)},
    {"man", NULL, "the manual page: nixie --man | man -l -", UI_OPTION_FLAG, FOR(BROWSE), MEMBER(man)},
    {"version", NULL, "the version", UI_OPTION_FLAG, ALL, MEMBER(version)},
};
const size_t ui_noptions = NX_COUNT(ui_option_table);

/* Appends `left`, padded, and `text`, whose further lines are indented alike. */
static void add_line(nx_buf *out, const char *left, const char *text) {
    nx_buf_addf(out, "  %-22s ", left);
    if (strlen(left) > 22) {
        nx_buf_addf(out, "\n%25s", "");
    }
    for (const char *newline; (newline = strchr(text, '\n')); text = newline + 1) {
        nx_buf_add(out, text, (size_t)(newline - text) + 1);
        nx_buf_addf(out, "%25s", "");
    }
    nx_buf_addf(out, "%s\n", text);
}

static void add_command(nx_buf *out, const ui_command *command) {
    nx_buf left = NX_BUF;
    nx_buf_addf(&left, "nixie %s", command->usage);
    add_line(out, left.data, command->help);
    nx_buf_free(&left);
}

/* Where else an option may stand: " (also rows, record)"; nothing for those that browsing has. */
static void add_others(nx_buf *out, unsigned commands, ui_command_id shown) {
    bool any = false;
    for (int i = (int)shown + 1; i < UI_COMMAND_COUNT && !(commands & FOR(BROWSE)); i++) {
        if (commands & UI_FOR(i)) {
            nx_buf_addf(out, "%s%s", any ? ", " : " (also ", ui_commands[i].name);
            any = true;
        }
    }
    nx_buf_adds(out, any ? ")" : "");
}

/* The options of a command, but for those of the commands in `without`. */
static void add_options(nx_buf *out, ui_command_id id, unsigned without) {
    for (size_t i = 0; i < ui_noptions; i++) {
        const ui_option *option = &ui_option_table[i];
        if (!(option->commands & UI_FOR(id)) || (option->commands & without)) {
            continue;
        }
        nx_buf left = NX_BUF, text = NX_BUF;
        nx_buf_addf(&left, "--%s%s%s", option->name, option->value ? " " : "", option->value ? option->value : "");
        nx_buf_adds(&text, option->help);
        if (without) {
            add_others(&text, option->commands, id);
        }
        add_line(out, left.data, text.data);
        nx_buf_free(&left);
        nx_buf_free(&text);
    }
}

static void add_notes(nx_buf *out) {
    nx_buf_adds(out, "\n"
                     "MODEL is a model's name as shown, or schema.name, or with --schema the exact table name.\n"
                     "KEY is the identity's values, comma-separated, or field=value,... of any unique key.\n"
                     "An argument with :// or = is a URL, any other one a model; -- ends options and commands.\n"
                     "Hosts are settled in ~/.config/nixie/config: under [host \"PATTERN\"] lines of protected = true\n"
                     "(saving asks for the database's name), read_only = true, label = WORD.\n"
                     "\n"
                     "Exit status: 0 done, 1 the server or the data said no, 2 wrong usage, 3 no connection.\n");
}

static void program_help(nx_buf *out) {
    nx_buf_adds(out, "nixie " NIXIE_VERSION ": browse, follow and edit PostgreSQL and Neon databases in the terminal\n"
                     "\nUsage:\n");
    for (int i = 0; i < UI_COMMAND_COUNT; i++) {
        add_command(out, &ui_commands[i]);
    }
    nx_buf_adds(out, "\nOptions:\n");
    add_options(out, UI_COMMAND_BROWSE, 0);
    for (int i = 0; i < UI_COMMAND_COUNT; i++) {
        /* Each option once, under the first command that has it. */
        unsigned earlier = (1u << i) - 1;
        nx_buf own = NX_BUF;
        add_options(&own, (ui_command_id)i, earlier);
        if (own.len && i != UI_COMMAND_BROWSE) {
            nx_buf_addf(out, "\nOptions of nixie %s:\n%s", ui_commands[i].name, own.data);
        }
        nx_buf_free(&own);
    }
    add_notes(out);
}

void ui_options_help(ui_command_id id, nx_buf *out) {
    if (id == UI_COMMAND_BROWSE) {
        program_help(out);
        return;
    }
    nx_buf_addf(out, "Usage:\n");
    add_command(out, &ui_commands[id]);
    nx_buf_adds(out, "\nOptions:\n");
    add_options(out, id, 0);
    add_notes(out);
}
