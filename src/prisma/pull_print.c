/* Models, views and enums as text. */
#include <string.h>

#include "pull.h"

typedef struct printing {
    const nx_pull_schema *pull;
    nx_buf *out;
} printing;

/* A buffer's text in the arena, for a cell; "" is none. */
static const char *cell(const printing *p, nx_buf *text) {
    const char *copy = text->len ? nx_arena_strdup(p->pull->arena, text->data) : NULL;
    nx_buf_free(text);
    return copy;
}

static void add_word(nx_buf *out, const char *format, const char *text) {
    nx_buf_adds(out, out->len ? " " : "");
    nx_buf_adds(out, format);
    if (text) {
        nx_buf_addc(out, '(');
        nx_pull_string(out, text);
        nx_buf_addc(out, ')');
    }
}

static const char *field_name(const nx_pull_column *column) { return *column->title ? column->title : column->name; }

/* --- keys and indexes --------------------------------------------------------------------------------------- */

static const nx_pull_index *primary_key(const nx_pull_table *table) {
    for (int i = 0; i < table->nindexes; i++) {
        if (table->indexes[i].primary) {
            return &table->indexes[i];
        }
    }
    return NULL;
}

/* Its name, where it is not the one that Prisma would give. */
static const char *mapped(const printing *p, const nx_pull_table *table, const nx_pull_index *index) {
    const char *suffix = index->primary ? "_pkey" : index->unique ? "_key" : "_idx";
    const char *usual = nx_pull_constraint_name(p->pull->arena, table, index->primary ? 0 : index->ncolumns, index->columns, suffix);
    return strcmp(index->name, usual) == 0 ? NULL : index->name;
}

/* "name: text", after a comma where something stands before it. */
static void add_argument(nx_buf *out, bool *any, const char *name, const char *text, bool quoted) {
    if (!text) {
        return;
    }
    nx_buf_addf(out, "%s%s: ", *any ? ", " : "", name);
    if (quoted) {
        nx_pull_string(out, text);
    } else {
        nx_buf_adds(out, text);
    }
    *any = true;
}

static void add_predicate(nx_buf *out, bool *any, const nx_pull_index *index) {
    nx_buf raw = NX_BUF;
    if (index->predicate) {
        nx_buf_adds(&raw, "raw(");
        nx_pull_string(&raw, index->predicate);
        nx_buf_addc(&raw, ')');
        add_argument(out, any, "where", raw.data, false);
    }
    nx_buf_free(&raw);
}

/* @id, @unique */
static void add_own_key(const printing *p, const char *word, const nx_pull_table *table, const nx_pull_index *index, nx_buf *out) {
    bool any = false;
    nx_buf args = NX_BUF;
    add_argument(&args, &any, "map", mapped(p, table, index), true);
    add_argument(&args, &any, "sort", index->desc[0] ? "Desc" : NULL, false);
    add_predicate(&args, &any, index);
    nx_buf_addf(out, any ? "%s%s(%s)" : "%s%s%s", out->len ? " " : "", word, args.data);
    nx_buf_free(&args);
}

static void add_index_fields(const nx_pull_index *index, nx_buf *out) {
    for (int i = 0; i < index->ncolumns; i++) {
        bool any = false;
        nx_buf args = NX_BUF;
        add_argument(&args, &any, "sort", index->desc[i] ? "Desc" : NULL, false);
        add_argument(&args, &any, "ops", index->ops[i], false);
        nx_buf_addf(out, any ? "%s%s(%s)" : "%s%s%s", i ? ", " : "", field_name(index->columns[i]), args.data);
        nx_buf_free(&args);
    }
}

/* @@id, @@unique, @@index */
static void add_index(const printing *p, nx_pull_block *block, const nx_pull_table *table, const nx_pull_index *index) {
    bool any = true;
    nx_buf line = NX_BUF;
    nx_buf_adds(&line, index->primary ? "@@id([" : index->unique ? "@@unique([" : "@@index([");
    add_index_fields(index, &line);
    nx_buf_addc(&line, ']');
    add_argument(&line, &any, "map", mapped(p, table, index), true);
    add_argument(&line, &any, "type", index->method, false);
    add_predicate(&line, &any, index);
    nx_buf_addc(&line, ')');
    nx_pull_attribute(block, cell(p, &line));
}

/* --- scalar fields ---------------------------------------------------------------------------------------------- */

static const char *const scalars[] = {
    [NX_PULL_INT] = "Int",       [NX_PULL_BIGINT] = "BigInt",   [NX_PULL_FLOAT] = "Float",
    [NX_PULL_DECIMAL] = "Decimal", [NX_PULL_BOOLEAN] = "Boolean", [NX_PULL_STRING] = "String",
    [NX_PULL_DATETIME] = "DateTime", [NX_PULL_BYTES] = "Bytes", [NX_PULL_JSON] = "Json",
    [NX_PULL_UUID] = "String",
};

static const char *column_type(const printing *p, const nx_pull_column *column) {
    nx_buf type = NX_BUF;
    if (column->family == NX_PULL_UNSUPPORTED) {
        add_word(&type, "Unsupported", column->type);
    } else {
        nx_buf_adds(&type, column->family == NX_PULL_ENUM ? column->enumeration->title : scalars[column->family]);
    }
    nx_buf_adds(&type, column->list ? "[]" : column->required ? "" : "?");
    return cell(p, &type);
}

static const nx_pull_index *own_unique(const nx_pull_table *table, const nx_pull_column *column) {
    for (int i = 0; i < table->nindexes; i++) {
        const nx_pull_index *index = &table->indexes[i];
        if (index->unique && index->ncolumns == 1 && index->columns[0] == column) {
            return index;
        }
    }
    return NULL;
}

static const char *column_attributes(const printing *p, const nx_pull_table *table, const nx_pull_column *column) {
    nx_buf out = NX_BUF, value = NX_BUF;
    const nx_pull_index *primary = primary_key(table), *unique = own_unique(table, column);
    if (primary && primary->ncolumns == 1 && primary->columns[0] == column) {
        add_own_key(p, "@id", table, primary, &out);
    }
    if (unique) {
        add_own_key(p, "@unique", table, unique, &out);
    }
    if (nx_pull_default(p->pull, column, &value)) {
        add_word(&out, value.data, NULL);
    }
    nx_buf_free(&value);
    if (strcmp(column->title, column->name) != 0) {
        add_word(&out, "@map", column->name);
    }
    if (column->native) {
        nx_buf_addf(&out, "%s@%s.%s", out.len ? " " : "", p->pull->datasource, column->native);
    }
    return cell(p, &out);
}

static void add_column(const printing *p, nx_pull_block *block, const nx_pull_table *table, const nx_pull_column *column) {
    const char *type = column_type(p, column), *attributes = column_attributes(p, table, column);
    if (*column->title) {
        nx_pull_row(block, column->title, type, attributes);
        return;
    }
    nx_pull_comment(block, "/// This field was commented out because of an invalid name. Please provide a valid one that matches "
                           "[a-zA-Z][a-zA-Z0-9_]*");
    nx_pull_comment(block, nx_arena_printf(p->pull->arena, "// %s %s %s", column->name, type, attributes));
}

/* --- relation fields ---------------------------------------------------------------------------------------------- */

static const char *action_word(char action) {
    static const char letters[] = "arcnd";
    static const char *const words[] = {"NoAction", "Restrict", "Cascade", "SetNull", "SetDefault"};
    const char *at = action ? strchr(letters, action) : NULL;
    return at ? words[at - letters] : NULL;
}

static bool any_column(const nx_pull_key *key, bool required) {
    for (int i = 0; i < key->ncolumns; i++) {
        if (key->columns[i]->required == required) {
            return true;
        }
    }
    return false;
}

static const char *on_delete(const nx_pull_key *key) {
    char usual = any_column(key, true) ? 'r' : 'n';
    return key->on_delete == usual ? NULL : action_word(key->on_delete);
}

/* At most one record refers to another: a key of the table consists of the foreign key's columns alone. */
static bool one_to_one(const nx_pull_key *key) {
    for (int i = 0; i < key->table->nindexes; i++) {
        const nx_pull_index *index = &key->table->indexes[i];
        bool within = (index->primary || index->unique) && !index->predicate;
        for (int c = 0; within && c < index->ncolumns; c++) {
            within = false;
            for (int k = 0; k < key->ncolumns; k++) {
                within = within || index->columns[c] == key->columns[k];
            }
        }
        if (within) {
            return true;
        }
    }
    return false;
}

static void add_fields(nx_buf *out, bool *any, const char *name, const nx_pull_column *const *columns, int n) {
    nx_buf list = NX_BUF;
    nx_buf_addc(&list, '[');
    for (int i = 0; i < n; i++) {
        nx_buf_addf(&list, "%s%s", i ? ", " : "", columns[i]->title);
    }
    nx_buf_addc(&list, ']');
    add_argument(out, any, name, list.data, false);
    nx_buf_free(&list);
}

static void add_forward(const printing *p, const nx_pull_key *key, nx_buf *out, bool *any) {
    const char *usual = nx_pull_constraint_name(p->pull->arena, key->table, key->ncolumns, key->columns, "_fkey");
    add_fields(out, any, "fields", key->columns, key->ncolumns);
    add_fields(out, any, "references", key->references, key->ncolumns);
    add_argument(out, any, "onDelete", on_delete(key), false);
    add_argument(out, any, "onUpdate", key->on_update == 'c' ? NULL : action_word(key->on_update), false);
    add_argument(out, any, "map", strcmp(key->name, usual) == 0 ? NULL : key->name, true);
}

static void add_relation_word(nx_buf *out, const char *name, const nx_buf *args) {
    nx_buf_adds(out, "@relation(");
    if (*name) {
        nx_pull_string(out, name);
        nx_buf_adds(out, args->len ? ", " : "");
    }
    nx_buf_addf(out, "%s)", args->data);
}

/* One side of it is no model for Prisma's client, this one is. */
static bool side_ignored(const nx_pull_side *side) {
    const nx_pull_key *key = side->key;
    bool missing = !nx_pull_identified(key->table) || !nx_pull_identified(key->target);
    return missing && !nx_pull_ignored(side->back ? key->target : key->table);
}

static void add_side(const printing *p, nx_pull_block *block, const nx_pull_side *side) {
    const nx_pull_key *key = side->key;
    nx_buf type = NX_BUF, args = NX_BUF, out = NX_BUF;
    bool any = false;
    const char *mark = side->back ? (one_to_one(key) ? "?" : "[]") : any_column(key, false) ? "?" : "";
    nx_buf_addf(&type, "%s%s", side->back ? key->table->title : key->target->title, mark);
    if (!side->back) {
        add_forward(p, key, &args, &any);
    }
    if (any || *key->relation) {
        add_relation_word(&out, key->relation, &args);
    }
    if (side_ignored(side)) {
        add_word(&out, "@ignore", NULL);
    }
    nx_buf_free(&args);
    nx_pull_row(block, side->back ? key->back : key->forward, cell(p, &type), cell(p, &out));
}

static void add_many(const printing *p, nx_pull_block *block, const nx_pull_side *side) {
    const nx_pull_table *join = side->key->table;
    nx_buf type = NX_BUF, args = NX_BUF, out = NX_BUF;
    nx_buf_addf(&type, "%s[]", side->key->target->title);
    if (*join->relation) {
        add_relation_word(&out, join->relation, &args);
    }
    nx_pull_row(block, join->fields[side->back], cell(p, &type), cell(p, &out));
}

/* --- what Prisma says of a table ---------------------------------------------------------------------------------- */

static void say(const printing *p, bool whether, const char *text) {
    if (whether) {
        nx_buf_addf(p->out, "/// %s\n", text);
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

static void describe_table(const printing *p, const nx_pull_table *table) {
    say_renamed(p, "model", table->title, table->name);
    say(p, table->partitioned, "This table is a partition table and" SETUP "partition-tables for more info.");
    say(p, table->parent, "This table has subclasses and" SETUP "table-inheritance for more info.");
    say(p, table->checks, "This table contains check constraints and" SETUP "check-constraints for more info.");
    say(p, table->exclusions, "This table contains exclusion constraints and" SETUP "exclusion-constraints for more info.");
    say(p, !table->ncolumns, "We could not retrieve columns for the underlying table. Either it has none or you are missing rights to "
                             "see them. Please check your privileges.");
    say(p, nx_pull_ignored(table), "The underlying table does not contain a valid unique identifier and can therefore currently not be "
                                   "handled by Prisma Client.");
    say(p, commented(table), "This model or at least one of its fields has comments in the database, and requires an additional setup "
                             "for migrations: Read more: https://pris.ly/d/database-comments");
    say(p, has_deferrable(table), "This model has constraints using non-default deferring rules and" SETUP
                                  "constraint-deferring for more info.");
    say(p, table->row_security, "This model contains row level security and" SETUP "row-level-security for more info.");
    say(p, has_odd_nulls(table), "This model contains an index with non-default null sort order and" SETUP
                                 "default-index-null-ordering for more info.");
    say(p, table->expressions, "This model contains an expression index which" SETUP "expression-indexes for more info.");
}

static void describe_view(const printing *p, const nx_pull_table *view) {
    say_renamed(p, "view", view->title, view->name);
    say(p, true, "The underlying view does not contain a valid unique identifier and can therefore currently not be handled by Prisma "
                 "Client.");
    say(p, commented(view), "This view or at least one of its fields has comments in the database, and requires an additional setup for "
                            "migrations: Read more: https://pris.ly/d/database-comments");
}

/* --- blocks -------------------------------------------------------------------------------------------------------- */

static void add_named(const printing *p, nx_pull_block *block, const char *word, const char *text) {
    nx_buf line = NX_BUF;
    add_word(&line, word, text);
    nx_pull_attribute(block, cell(p, &line));
}

static void add_place(const printing *p, nx_pull_block *block, const char *title, const char *name, bool ignored, const char *schema) {
    if (strcmp(title, name) != 0) {
        add_named(p, block, "@@map", name);
    }
    if (ignored) {
        nx_pull_attribute(block, "@@ignore");
    }
    if (p->pull->multi) {
        add_named(p, block, "@@schema", schema);
    }
}

static void add_indexes(const printing *p, nx_pull_block *block, const nx_pull_table *table, bool unique) {
    for (int i = 0; i < table->nindexes; i++) {
        const nx_pull_index *index = &table->indexes[i];
        bool own = index->unique && index->ncolumns == 1;
        if (!index->primary && !own && index->unique == unique) {
            add_index(p, block, table, index);
        }
    }
}

static nx_pull_block *table_block(const printing *p, const nx_pull_table *table) {
    nx_pull_block *block = nx_pull_block_new(p->pull->arena);
    for (int i = 0; i < table->ncolumns; i++) {
        add_column(p, block, table, &table->columns[i]);
    }
    for (int i = 0; i < table->nsides; i++) {
        add_side(p, block, &table->sides[i]);
    }
    for (int i = 0; i < table->nmany; i++) {
        add_many(p, block, &table->many[i]);
    }
    const nx_pull_index *primary = primary_key(table);
    if (primary && primary->ncolumns > 1) {
        add_index(p, block, table, primary);
    }
    add_indexes(p, block, table, true);
    add_indexes(p, block, table, false);
    add_place(p, block, table->title, table->name, !table->view && nx_pull_ignored(table), table->schema);
    return block;
}

/* A table without columns is told in comments alone. */
static void print_empty(const printing *p, const nx_pull_table *table) {
    nx_buf_addf(p->out, "// model %s {\n", table->title);
    if (strcmp(table->title, table->name) != 0) {
        nx_buf_adds(p->out, "// @@map(");
        nx_pull_string(p->out, table->name);
        nx_buf_adds(p->out, ")\n");
    }
    if (p->pull->multi) {
        nx_buf_adds(p->out, "// @@schema(");
        nx_pull_string(p->out, table->schema);
        nx_buf_adds(p->out, ")\n");
    }
    nx_buf_adds(p->out, "// }\n\n");
}

static void print_table(const printing *p, const nx_pull_table *table) {
    (table->view ? describe_view : describe_table)(p, table);
    if (!table->ncolumns) {
        print_empty(p, table);
        return;
    }
    nx_buf_addf(p->out, "%s %s {\n", table->view ? "view" : "model", table->title);
    nx_pull_close(table_block(p, table), p->out);
    nx_buf_addc(p->out, '\n');
}

static void print_enum(const printing *p, const nx_pull_enum *e) {
    nx_pull_block *block = nx_pull_block_new(p->pull->arena);
    say(p, e->comment, "This enum is commented in the database, and requires an additional setup for migrations: Read more: "
                       "https://pris.ly/d/database-comments");
    for (int i = 0; i < e->nlabels; i++) {
        const char *name = nx_pull_label(p->pull->arena, e->labels[i]);
        nx_buf map = NX_BUF;
        if (strcmp(name, e->labels[i]) != 0) {
            add_word(&map, "@map", e->labels[i]);
        }
        const char *attribute = cell(p, &map);
        if (*name) {
            nx_pull_row(block, name, attribute, NULL);
        } else {
            nx_pull_comment(block, nx_arena_printf(p->pull->arena, "//  %s", attribute));
        }
    }
    add_place(p, block, e->title, e->name, false, e->schema);
    nx_buf_addf(p->out, "enum %s {\n", e->title);
    nx_pull_close(block, p->out);
    nx_buf_addc(p->out, '\n');
}

static void print_tables(const printing *p, bool views) {
    for (int i = 0; i < p->pull->ntables; i++) {
        const nx_pull_table *table = &p->pull->tables[i];
        if (table->view == views && !table->join_table && !table->hidden && (!views || table->ncolumns)) {
            print_table(p, table);
        }
    }
}

void nx_pull_print(const nx_pull_schema *pull, nx_buf *out) {
    const printing p = {pull, out};
    nx_pull_config(pull, out);
    print_tables(&p, false);
    if (pull->views) {
        print_tables(&p, true);
    }
    for (int i = 0; i < pull->nenums; i++) {
        print_enum(&p, &pull->enums[i]);
    }
    if (out->len > 1 && out->data[out->len - 2] == '\n') {
        out->data[--out->len] = '\0'; /* no empty line at the end */
    }
}
