/* Models, views and enums as text. */
#include <string.h>

#include "pull.h"

typedef struct printing {
    const nx_pull_schema *pull;
    nx_buf *out;
    const char *said; /* the project's comment on what is printed now, or NULL */
} printing;

/* --- what Prisma says of a table ---------------------------------------------------------------------------------- */

/* Unless the project's own comment says it already. */
static void say(const printing *p, bool whether, const char *text) {
    if (whether && !(p->said && strstr(p->said, text))) {
        nx_buf_addf(p->out, "/// %s\n", text);
    }
}

static void say_kind(const printing *p, bool whether, const char *text, const char *kind) {
    const char *at = strstr(text, "%s");
    if (whether) {
        say(p, true, nx_arena_printf(p->pull->arena, "%.*s%s%s", (int)(at - text), text, kind, at + 2));
    }
}

static bool commented(const nx_pull_table *table) {
    for (int i = 0; i < table->ncolumns; i++) {
        if (table->columns[i].comment) {
            return true;
        }
    }
    return table->comment;
}

static bool has_deferrable(const nx_pull_table *table) {
    bool any = false;
    for (int i = 0; i < table->nindexes; i++) {
        any = any || table->indexes[i].deferrable;
    }
    for (int i = 0; i < table->nkeys; i++) {
        any = any || (table->keys[i].deferrable && !table->keys[i].repeated);
    }
    return any;
}

static bool has_odd_nulls(const nx_pull_table *table) {
    bool any = false;
    for (int i = 0; i < table->nindexes; i++) {
        any = any || table->indexes[i].odd_nulls;
    }
    return any;
}

static void say_renamed(const printing *p, const char *kind, const char *title, const char *name) {
    if (nx_pull_reserved(name)) {
        nx_buf_addf(p->out, "/// This %s has been renamed to '%s' during introspection, because the original name '%s' is reserved.\n",
                    kind, title, name);
    }
}

#define SETUP " requires additional setup for migrations. Visit https://pris.ly/d/"

static const char no_identifier[] = "The underlying table does not contain a valid unique identifier and can therefore currently not be "
                                    "handled by Prisma Client.";
static const char noted[] = "This %s or at least one of its fields has comments in the database, and requires an additional setup for "
                            "migrations: Read more: https://pris.ly/d/database-comments";

/* What is said of a table when the project meets it. */
static void introduce_table(const printing *p, const nx_pull_table *table) {
    say_renamed(p, "model", table->title, table->name);
    say(p, table->partitioned, "This table is a partition table and" SETUP "partition-tables for more info.");
    say(p, table->parent, "This table has subclasses and" SETUP "table-inheritance for more info.");
    say(p, table->checks, "This table contains check constraints and" SETUP "check-constraints for more info.");
    say(p, table->exclusions, "This table contains exclusion constraints and" SETUP "exclusion-constraints for more info.");
}

static void introduce_rest(const printing *p, const nx_pull_table *table) {
    say_kind(p, commented(table), noted, "model");
    say(p, has_deferrable(table), "This model has constraints using non-default deferring rules and" SETUP
                                  "constraint-deferring for more info.");
    say(p, table->row_security, "This model contains row level security and" SETUP "row-level-security for more info.");
    say(p, has_odd_nulls(table), "This model contains an index with non-default null sort order and" SETUP
                                 "default-index-null-ordering for more info.");
}

static void describe_table(const printing *p, const nx_pull_table *table) {
    if (!table->old) {
        introduce_table(p, table);
    }
    say(p, !table->ncolumns, "We could not retrieve columns for the underlying table. Either it has none or you are missing rights to "
                             "see them. Please check your privileges.");
    say(p, nx_pull_ignored(table) && !(table->old && table->old->ignored), no_identifier);
    if (!table->old) {
        introduce_rest(p, table);
    }
    say(p, table->expressions, "This model contains an expression index which" SETUP "expression-indexes for more info.");
}

static void describe_view(const printing *p, const nx_pull_table *view) {
    if (!view->old) {
        say_renamed(p, "view", view->title, view->name);
    }
    say_kind(p, !view->old && commented(view), noted, "view");
}

/* --- blocks -------------------------------------------------------------------------------------------------------- */

static void add_named(const printing *p, nx_pull_block *block, const char *word, const char *text) {
    nx_buf line = NX_BUF;
    nx_pull_word(&line, word, text);
    nx_pull_attribute(block, nx_pull_cell(p->pull, &line));
}

static void add_place(const printing *p, nx_pull_block *block, const char *map, bool ignored, const char *schema) {
    if (map) {
        add_named(p, block, "@@map", map);
    }
    if (ignored) {
        nx_pull_attribute(block, "@@ignore");
    }
    if (p->pull->multi) {
        add_named(p, block, "@@schema", schema);
    }
}

/* What stands in @@map: NULL for none. */
static const char *table_map(const nx_pull_table *table) {
    const nx_psl_model *old = table->old;
    bool maps = old ? nx_psl_find(old->attributes, old->nattributes, "map") != NULL : strcmp(table->title, table->name) != 0;
    return maps ? table->name : NULL;
}

static const char *enum_map(const nx_pull_enum *e) {
    const nx_psl_enum *old = e->old;
    bool maps = old ? nx_psl_find(old->attributes, old->nattributes, "map") != NULL : strcmp(e->title, e->name) != 0;
    return maps ? e->name : NULL;
}

static nx_pull_block *table_block(const printing *p, const nx_pull_table *table) {
    nx_pull_block *block = nx_pull_block_new(p->pull->arena);
    nx_pull_columns(p->pull, block, table);
    nx_pull_sides(p->pull, block, table);
    nx_pull_indexes(p->pull, block, table);
    bool ignored = table->old && table->old->ignored;
    add_place(p, block, table_map(table), ignored || (!table->view && nx_pull_ignored(table)), table->schema);
    return block;
}

/* A table without columns is told in comments alone. */
static void print_empty(const printing *p, const nx_pull_table *table) {
    nx_buf_addf(p->out, "// model %s {\n", table->title);
    if (table_map(table)) {
        nx_buf_adds(p->out, "// @@map(");
        nx_pull_string(p->out, table_map(table));
        nx_buf_adds(p->out, ")\n");
    }
    if (p->pull->multi) {
        nx_buf_adds(p->out, "// @@schema(");
        nx_pull_string(p->out, table->schema);
        nx_buf_adds(p->out, ")\n");
    }
    nx_buf_adds(p->out, "// }\n\n");
}

static void print_table(const nx_pull_schema *pull, const nx_pull_table *table, nx_buf *out) {
    const printing p = {pull, out, table->old ? table->old->comment : NULL};
    nx_pull_documentation(p.said, out);
    (table->view ? describe_view : describe_table)(&p, table);
    if (!table->ncolumns) {
        print_empty(&p, table);
        return;
    }
    nx_buf_addf(out, "%s %s {\n", table->view ? "view" : "model", table->title);
    nx_pull_close(table_block(&p, table), out);
    nx_buf_addc(out, '\n');
}

static const nx_psl_enum_value *old_value(const nx_pull_enum *e, const char *label) {
    for (int i = 0; e->old && i < e->old->nvalues; i++) {
        if (strcmp(e->old->values[i].label, label) == 0) {
            return &e->old->values[i];
        }
    }
    return NULL;
}

static void add_label(const printing *p, nx_pull_block *block, const nx_pull_enum *e, int i) {
    const nx_psl_enum_value *old = old_value(e, e->labels[i]);
    nx_buf map = NX_BUF;
    if (old ? nx_psl_find(old->attributes, old->nattributes, "map") != NULL : strcmp(e->names[i], e->labels[i]) != 0) {
        nx_pull_word(&map, "@map", e->labels[i]);
    }
    const char *attribute = nx_pull_cell(p->pull, &map);
    nx_pull_old_comment(block, old ? old->comment : NULL);
    if (*e->names[i]) {
        nx_pull_row(block, e->names[i], attribute, NULL);
    } else {
        nx_pull_comment(block, nx_arena_printf(p->pull->arena, "// %s %s", e->labels[i], attribute));
    }
}

static void print_enum(const nx_pull_schema *pull, const nx_pull_enum *e, nx_buf *out) {
    const printing p = {pull, out, e->old ? e->old->comment : NULL};
    nx_pull_block *block = nx_pull_block_new(pull->arena);
    nx_pull_documentation(p.said, out);
    say(&p, e->comment && !e->old, "This enum is commented in the database, and requires an additional setup for migrations: Read more: "
                                   "https://pris.ly/d/database-comments");
    for (int i = 0; i < e->nlabels; i++) {
        add_label(&p, block, e, i);
    }
    add_place(&p, block, enum_map(e), false, e->schema);
    nx_buf_addf(out, "enum %s {\n", e->title);
    nx_pull_close(block, out);
    nx_buf_addc(out, '\n');
}

/* --- all of them: first what the project has, in its order --------------------------------------------------------- */

static bool printed(const nx_pull_table *table, bool views) {
    return table && table->view == views && !table->join_table && !table->hidden && (!views || table->ncolumns);
}

static void print_tables(const nx_pull_schema *pull, bool views, nx_buf *out) {
    int old = pull->prisma && !pull->anew ? pull->prisma->nmodels : 0;
    for (int i = 0; i < old; i++) {
        if (printed(pull->old_models[i], views)) {
            print_table(pull, pull->old_models[i], out);
        }
    }
    for (int i = 0; i < pull->ntables; i++) {
        if (!pull->tables[i].old && printed(&pull->tables[i], views)) {
            print_table(pull, &pull->tables[i], out);
        }
    }
}

static void print_enums(const nx_pull_schema *pull, nx_buf *out) {
    int old = pull->prisma && !pull->anew ? pull->prisma->nenums : 0;
    for (int i = 0; i < old; i++) {
        if (pull->old_enums[i]) {
            print_enum(pull, pull->old_enums[i], out);
        }
    }
    for (int i = 0; i < pull->nenums; i++) {
        if (!pull->enums[i].old) {
            print_enum(pull, &pull->enums[i], out);
        }
    }
}

void nx_pull_print(const nx_pull_schema *pull, nx_buf *out) {
    nx_pull_config(pull, out);
    print_tables(pull, false, out);
    if (pull->views) {
        print_tables(pull, true, out);
    }
    print_enums(pull, out);
    if (out->len > 1 && out->data[out->len - 2] == '\n') {
        out->data[--out->len] = '\0'; /* no empty line at the end */
    }
}
