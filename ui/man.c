#include "man.h"

#include <string.h>

#include "command.h"
#include "keymap.h"
#include "option_table.h"

/* --- roff ------------------------------------------------------------------------------------------------------ */

/* Text as it is: neither a backslash nor a dot or quote at the beginning of a line means anything, a hyphen is one. */
static void add_text(nx_buf *out, const char *text) {
    bool begins = true;
    for (const char *c = text; *c; c++) {
        nx_buf_adds(out, begins && (*c == '.' || *c == '\'') ? "\\&" : "");
        begins = *c == '\n';
        switch (*c) {
        case '\\': nx_buf_adds(out, "\\e"); break;
        case '-': nx_buf_adds(out, "\\-"); break;
        case '~': nx_buf_adds(out, "\\(ti"); break;
        case '^': nx_buf_adds(out, "\\(ha"); break;
        case '`': nx_buf_adds(out, "\\(ga"); break;
        default: nx_buf_addc(out, *c);
        }
    }
}

static void add_section(nx_buf *out, const char *macro, const char *name) {
    nx_buf_addf(out, ".%s ", macro);
    add_text(out, name);
    nx_buf_addc(out, '\n');
}

/* A term in bold and what it means, indented. */
static void add_item(nx_buf *out, const char *term, const char *text) {
    nx_buf_adds(out, ".TP\n.B \"");
    for (const char *c = term; *c; c++) {
        if (*c == '"') {
            nx_buf_adds(out, "\\(dq");
        } else {
            add_text(out, (char[]){*c, '\0'});
        }
    }
    nx_buf_adds(out, "\"\n");
    add_text(out, text);
    nx_buf_addc(out, '\n');
}

/* --- what the tables say ------------------------------------------------------------------------------------------ */

static void add_commands(nx_buf *out) {
    add_section(out, "SH", "COMMANDS");
    for (int i = 0; i < UI_COMMAND_COUNT; i++) {
        nx_buf term = NX_BUF;
        nx_buf_addf(&term, "nixie %s", ui_commands[i].usage);
        add_item(out, term.data, ui_commands[i].help);
        nx_buf_free(&term);
    }
}

/* " (rows, export)": the commands that it belongs to; nothing where browsing takes it, too. */
static void add_owners(nx_buf *text, unsigned commands) {
    bool any = false;
    for (int i = 0; i < UI_COMMAND_COUNT && !(commands & UI_FOR(UI_COMMAND_BROWSE)); i++) {
        if (commands & UI_FOR(i)) {
            nx_buf_addf(text, "%s%s", any ? ", " : " (", ui_commands[i].name);
            any = true;
        }
    }
    nx_buf_adds(text, any ? ")" : "");
}

static void add_options(nx_buf *out) {
    add_section(out, "SH", "OPTIONS");
    for (size_t i = 0; i < ui_noptions; i++) {
        const ui_option *option = &ui_option_table[i];
        nx_buf term = NX_BUF, text = NX_BUF;
        nx_buf_addf(&term, "--%s%s%s", option->name, option->value ? " " : "", option->value ? option->value : "");
        nx_buf_adds(&text, option->help);
        add_owners(&text, option->commands);
        add_item(out, term.data, text.data);
        nx_buf_free(&term);
        nx_buf_free(&text);
    }
}

static void add_keys(nx_buf *out) {
    int n;
    const ui_binding *b = ui_keymap_bindings(&n);
    add_section(out, "SH", "KEYS");
    add_text(out, "What a key does depends on what one looks at; the program's own help (?) shows the keys of the view.\n"
                  "Any number before a motion repeats it.\n");
    for (int scope = 0; scope < UI_SCOPE_COUNT; scope++) {
        for (int i = 0, any = 0; i < n; i++) {
            if (b[i].scope != (ui_scope)scope) {
                continue;
            }
            if (!any++) {
                add_section(out, "SS", ui_scope_name((ui_scope)scope));
            }
            add_item(out, b[i].keys, ui_action_help(b[i].action));
        }
    }
}

/* --- what they do not say ------------------------------------------------------------------------------------------ */

static const struct item {
    const char *section; /* a new one begins here; else NULL */
    const char *term, *text;
} items[] = {
    {"FILTERS", "field = value", "also <> (or !=) < <= > >=, like, ilike, =~ (equal in any case), in (...), between ... and ..., is null"},
    {NULL, "contains, startsWith, endsWith, matches", "literal text, or a regular expression; icontains and so on in any case"},
    {NULL, "has, hasSome, hasEvery, isEmpty", "of lists"},
    {NULL, "meta.address.city = 'Oslo', meta ? 'key'", "into JSON"},
    {NULL, "author.email endsWith '@neon.tech'", "a field of the record that is referred to"},
    {NULL, "posts some (...), every (...), none (...), posts.count > 5", "of the records that refer here"},
    {NULL, "and, or, not, (...)", "as in SQL; now, today and now - 30 days are the server's"},
    {"COMMAND PROMPT", ":MODEL", "opens a model"},
    {NULL, ":ACTION", "anything that a key does, by its name; Tab completes"},
    {NULL, ":order O", "sorts the rows: field, field desc, field desc nulls last, relation.field, relation.count"},
    {NULL, ":label FIELD", "shows this field beside references to the model; without FIELD, what the rule chooses"},
    {NULL, ":migrations", "Prisma's migrations and how they went"},
    {NULL, ":set mouse on|off, :set system on|off", "who has the mouse; whether PostgreSQL's own schemas are listed"},
    {NULL, ":w, :q, :q!", "save, quit, quit and drop what is staged"},
    {"FILES", "~/.config/nixie/config", "what holds for which host: [host \"PATTERN\"], protected, read_only, label"},
    {NULL, "~/.local/state/nixie/", "staged changes that are not saved yet, history, labels; readable by you alone"},
    {NULL, "~/.cache/nixie/", "names and types of tables for a faster start; no rows"},
    {NULL, ".env, schema.prisma, prisma/", "of the project, found from the working directory upwards"},
    {"ENVIRONMENT", "DATABASE_URL, DIRECT_URL", "where to connect, and where with --direct; else libpq's PG* variables and service file"},
    {NULL, "VISUAL, EDITOR", "edits a value (Ctrl-X Ctrl-E in the line editor, Ctrl-E in a cell)"},
    {NULL, "INPUTRC", "settles the line editor, as for every program that uses readline"},
    {NULL, "NO_COLOR", "when it is set, nothing is coloured"},
    {NULL, "XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_CACHE_HOME", "where the files above are"},
    {"EXIT STATUS", "0", "done"},
    {NULL, "1", "the server or the data said no"},
    {NULL, "2", "wrong usage, or no terminal"},
    {NULL, "3", "no connection"},
    {NULL, "130", "interrupted"},
    {"EXAMPLES", "nixie rows Post --where 'published = false' --format json", "one page as JSON, with cursors for --after and --before"},
    {NULL, "nixie record User 7 --include 'Post(order createdAt desc; limit 3).Comment'", "a record with its relations"},
    {NULL, "nixie export Post --format csv -o posts.csv", "all rows, streamed; the file takes its place when it is whole"},
    {NULL, "nixie check", "a health check: status 0 or 3, the rest as JSON"},
};

static void add_items(nx_buf *out) {
    for (size_t i = 0; i < NX_COUNT(items); i++) {
        if (items[i].section) {
            add_section(out, "SH", items[i].section);
        }
        add_item(out, items[i].term, items[i].text);
    }
}

void ui_man(nx_buf *out) {
    ui_keymap_init();
    nx_buf_adds(out, ".TH NIXIE 1 \"\" \"nixie " NIXIE_VERSION "\" \"User commands\"\n.ad l\n.nh\n");
    nx_buf_adds(out, ".SH NAME\nnixie \\- browse, follow and edit PostgreSQL and Neon databases in the terminal\n");
    nx_buf_adds(out, ".SH SYNOPSIS\n.B nixie\n[\\fIURL\\fR] [\\fIMODEL\\fR] [\\fIoptions\\fR]\n.br\n.B nixie\n\\fIcommand\\fR [\\fIoptions\\fR]\n");
    add_section(out, "SH", "DESCRIPTION");
    add_text(out, "Lists the models of a database, pages through their rows by key, follows relations both ways, and edits records:\n"
                  "changes are staged, kept on disk until they are saved, and saved in one transaction that compares what was seen.\n"
                  "An argument with :// or = is a URL, any other one a command or a model; -- ends options and commands.\n"
                  "MODEL is a model's name as shown, or schema.name, or with --schema the exact table name.\n"
                  "KEY is the identity's values, comma-separated, or field=value,... of any unique key.\n");
    add_commands(out);
    add_options(out);
    add_keys(out);
    add_items(out);
    nx_buf_adds(out, ".SH SEE ALSO\n.BR psql (1)\n");
}
