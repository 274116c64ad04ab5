/* Names of the database's as a schema can have them. */
#include <stdlib.h>
#include <string.h>

#include "pull.h"

enum { NAME_MAX_BYTES = 63 };

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* What stands before the first letter goes, any other odd character becomes an underscore. */
const char *nx_pull_sanitize(nx_arena *arena, const char *name) {
    while (*name && !is_letter(*name)) {
        name++;
    }
    char *clean = nx_arena_strdup(arena, name), *to = clean;
    for (const char *c = name; *c; c++) {
        if ((*c & 0xc0) == 0x80) {
            continue; /* one underscore a character, not a byte */
        }
        *to++ = is_letter(*c) || (*c >= '0' && *c <= '9') ? *c : '_';
    }
    *to = '\0';
    return clean;
}

static const char *label_name(nx_arena *arena, const nx_pull_enum *e, const char *label) {
    for (int i = 0; e->old && i < e->old->nvalues; i++) {
        if (strcmp(e->old->values[i].label, label) == 0) {
            return e->old->values[i].name;
        }
    }
    return *label ? nx_pull_sanitize(arena, label) : "EMPTY_ENUM_VALUE";
}

bool nx_pull_reserved(const char *name) {
    static const char *const words[] = {
        "PrismaClient", "break",     "case",   "catch",     "class",    "const",      "continue",  "debugger", "default",
        "delete",       "do",        "else",   "enum",      "export",   "extends",    "false",     "finally",  "for",
        "function",     "if",        "implements", "import", "in",      "instanceof", "interface", "let",      "new",
        "null",         "package",   "private", "protected", "public",  "return",     "super",     "switch",   "this",
        "throw",        "true",      "try",    "typeof",    "var",      "void",       "while",     "with",     "yield",
        "async",        "await",     "using", /* since 7.10 */
    };
    for (size_t i = 0; i < NX_COUNT(words); i++) {
        if (strcmp(words[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static const char *plain_name(nx_arena *arena, const char *name) {
    return nx_pull_reserved(name) ? nx_arena_printf(arena, "Renamed%s", name) : nx_pull_sanitize(arena, name);
}

static void name_enum(nx_arena *arena, nx_pull_enum *e) {
    e->title = e->old ? e->old->name : plain_name(arena, e->name);
    e->names = nx_arena_array(arena, (size_t)e->nlabels, sizeof *e->names);
    for (int i = 0; i < e->nlabels; i++) {
        e->names[i] = label_name(arena, e, e->labels[i]);
    }
}

static void name_table(nx_arena *arena, nx_pull_table *table) {
    table->plain = plain_name(arena, table->name);
    table->title = table->old ? table->old->name : table->plain;
    for (int i = 0; i < table->ncolumns; i++) {
        nx_pull_column *column = &table->columns[i];
        column->plain = nx_pull_sanitize(arena, column->name);
        column->unnamed = !*column->plain;
        column->title = column->old ? column->old->name : column->plain;
    }
}

void nx_pull_name_relations_first(nx_pull_schema *pull) {
    for (int i = 0; i < pull->ntables; i++) {
        name_table(pull->arena, &pull->tables[i]);
    }
    for (int i = 0; i < pull->nenums; i++) {
        name_enum(pull->arena, &pull->enums[i]);
    }
}

/* --- names that stand twice ----------------------------------------------------------------------------- */

typedef struct claim { /* who wants a name */
    const char *wanted, *schema, *name, **title;
    bool kept; /* the project has it: it keeps its name */
} claim;

static int by_wanted(const void *a, const void *b) {
    const claim *x = a, *y = b;
    return strcmp(x->wanted, y->wanted);
}

static int collect(const nx_pull_schema *pull, claim *claims) {
    int n = 0;
    for (int i = 0; i < pull->ntables; i++) {
        nx_pull_table *table = &pull->tables[i];
        if (!table->join_table && (!table->view || pull->views)) {
            const char *wanted = table->old ? table->old->name : nx_pull_sanitize(pull->arena, table->name);
            claims[n++] = (claim){wanted, table->schema, table->name, &table->title, table->old != NULL};
        }
    }
    for (int i = 0; i < pull->nenums; i++) {
        nx_pull_enum *e = &pull->enums[i];
        const char *wanted = e->old ? e->old->name : nx_pull_sanitize(pull->arena, e->name);
        claims[n++] = (claim){wanted, e->schema, e->name, &e->title, e->old != NULL};
    }
    return n;
}

/* Each of them gets its schema's name in front. */
void nx_pull_name_models(nx_pull_schema *pull) {
    claim *claims = nx_arena_array(pull->arena, (size_t)(pull->ntables + pull->nenums) + 1, sizeof *claims);
    int n = collect(pull, claims);
    qsort(claims, (size_t)n, sizeof *claims, by_wanted);
    for (int i = 0; i < n; i++) {
        const claim *c = &claims[i];
        if (!c->kept && ((i && by_wanted(c - 1, c) == 0) || (i + 1 < n && by_wanted(c, c + 1) == 0))) {
            *c->title = nx_pull_sanitize(pull->arena, nx_arena_printf(pull->arena, "%s_%s", c->schema, c->name));
        }
    }
}

/* --- constraints ------------------------------------------------------------------------------------------ */

const char *nx_pull_constraint_name(nx_arena *arena, const nx_pull_table *table, int ncolumns,
                                    const nx_pull_column *const *columns, const char *suffix) {
    nx_buf name = NX_BUF;
    nx_buf_adds(&name, table->name);
    for (int i = 0; i < ncolumns; i++) {
        nx_buf_addf(&name, "_%s", columns[i]->name);
    }
    size_t most = NAME_MAX_BYTES - strlen(suffix), len = name.len < most ? name.len : most;
    while (len && len < name.len && (name.data[len] & 0xc0) == 0x80) {
        len--;
    }
    const char *whole = nx_arena_printf(arena, "%.*s%s", (int)len, name.data, suffix);
    nx_buf_free(&name);
    return whole;
}
