/* What stands inside a model: fields, relation fields, keys and indexes. */
#include <string.h>

#include "pull.h"

/* A buffer's text in the arena, for a cell; "" is none. */
const char *nx_pull_cell(const nx_pull_schema *pull, nx_buf *text) {
    const char *copy = text->len ? nx_arena_strdup(pull->arena, text->data) : NULL;
    nx_buf_free(text);
    return copy;
}

void nx_pull_word(nx_buf *out, const char *format, const char *text) {
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
static const char *mapped(const nx_pull_schema *pull, const nx_pull_table *table, const nx_pull_index *index) {
    const char *suffix = index->primary ? "_pkey" : index->unique ? "_key" : "_idx";
    const char *usual = nx_pull_constraint_name(pull->arena, table, index->primary ? 0 : index->ncolumns, index->columns, suffix);
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
static void add_own_key(const nx_pull_schema *pull, const char *word, const nx_pull_table *table, const nx_pull_index *index, nx_buf *out) {
    bool any = false;
    nx_buf args = NX_BUF;
    add_argument(&args, &any, "map", mapped(pull, table, index), true);
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

/* What the client calls it: only the project's schema can say. */
static const char *client_name(const nx_pull_schema *pull, const nx_pull_table *table, const nx_pull_index *index) {
    const nx_psl_attribute *old = index->primary && table->old
                                      ? nx_psl_find(table->old->attributes, table->old->nattributes, "id")
                                      : nx_pull_old_index(pull, table, index);
    const nx_psl_value *name = nx_psl_argument(old, "name", -1);
    return name && (index->primary || index->unique) ? name->text : NULL; /* of @@index it is an old word for map */
}

/* @@id, @@unique, @@index */
static void add_index(const nx_pull_schema *pull, nx_pull_block *block, const nx_pull_table *table, const nx_pull_index *index) {
    bool any = true;
    nx_buf line = NX_BUF;
    nx_buf_adds(&line, index->primary ? "@@id([" : index->unique ? "@@unique([" : "@@index([");
    add_index_fields(index, &line);
    nx_buf_addc(&line, ']');
    add_argument(&line, &any, "name", client_name(pull, table, index), true);
    add_argument(&line, &any, "map", mapped(pull, table, index), true);
    add_argument(&line, &any, "type", index->method, false);
    add_predicate(&line, &any, index);
    nx_buf_addc(&line, ')');
    nx_pull_attribute(block, nx_pull_cell(pull, &line));
}

/* --- scalar fields ---------------------------------------------------------------------------------------------- */

static const char *const scalars[] = {
    [NX_PULL_INT] = "Int",       [NX_PULL_BIGINT] = "BigInt",   [NX_PULL_FLOAT] = "Float",
    [NX_PULL_DECIMAL] = "Decimal", [NX_PULL_BOOLEAN] = "Boolean", [NX_PULL_STRING] = "String",
    [NX_PULL_DATETIME] = "DateTime", [NX_PULL_BYTES] = "Bytes", [NX_PULL_JSON] = "Json",
    [NX_PULL_UUID] = "String",
};

static const char *column_type(const nx_pull_schema *pull, const nx_pull_column *column) {
    nx_buf type = NX_BUF;
    if (column->family == NX_PULL_UNSUPPORTED) {
        nx_pull_word(&type, "Unsupported", column->type);
    } else {
        nx_buf_adds(&type, column->family == NX_PULL_ENUM ? column->enumeration->title : scalars[column->family]);
    }
    nx_buf_adds(&type, column->list ? "[]" : column->required ? "" : "?");
    return nx_pull_cell(pull, &type);
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

static const nx_psl_attribute *old_attribute(const nx_pull_column *column, const char *name) {
    return column->old ? nx_psl_find(column->old->attributes, column->old->nattributes, name) : NULL;
}

/* An attribute that only the project's schema can have: as it stands there. */
static void add_kept(const nx_pull_column *column, const char *name, nx_buf *out, bool whether) {
    const nx_psl_attribute *old = whether ? old_attribute(column, name) : NULL;
    if (old) {
        nx_buf_addf(out, "%s@", out->len ? " " : "");
        nx_pull_old_attribute(old, out);
    }
}

static const char *column_attributes(const nx_pull_schema *pull, const nx_pull_table *table, const nx_pull_column *column) {
    nx_buf out = NX_BUF, value = NX_BUF;
    const nx_pull_index *primary = primary_key(table), *unique = own_unique(table, column);
    if (primary && primary->ncolumns == 1 && primary->columns[0] == column) {
        add_own_key(pull, "@id", table, primary, &out);
    }
    if (unique) {
        add_own_key(pull, "@unique", table, unique, &out);
    }
    add_kept(column, "id", &out, table->view);
    add_kept(column, "unique", &out, table->view);
    if (nx_pull_default(pull, column, &value)) {
        nx_pull_word(&out, value.data, NULL);
    }
    nx_buf_free(&value);
    add_kept(column, "updatedAt", &out, true);
    if (column->old ? old_attribute(column, "map") != NULL : strcmp(column->title, column->name) != 0) {
        nx_pull_word(&out, "@map", column->name);
    }
    add_kept(column, "ignore", &out, true);
    if (column->native) {
        nx_buf_addf(&out, "%s@%s.%s", out.len ? " " : "", pull->datasource, column->native);
    }
    return nx_pull_cell(pull, &out);
}

static void add_column(const nx_pull_schema *pull, nx_pull_block *block, const nx_pull_table *table, const nx_pull_column *column) {
    const char *type = column_type(pull, column), *attributes = column_attributes(pull, table, column);
    nx_pull_old_comment(block, column->old ? column->old->comment : NULL);
    if (!column->unnamed) {
        nx_pull_row(block, column->title, type, attributes);
        return;
    }
    nx_pull_comment(block, nx_arena_printf(pull->arena, "/// %s", nx_pull_no_name));
    nx_pull_comment(block, nx_arena_printf(pull->arena, "// %s %s %s", field_name(column), type, attributes));
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
        bool within = index->primary || index->unique; /* of some rows only: to Prisma all the same */
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

static void add_forward(const nx_pull_schema *pull, const nx_pull_key *key, nx_buf *out, bool *any) {
    const char *usual = nx_pull_constraint_name(pull->arena, key->table, key->ncolumns, key->columns, "_fkey");
    add_fields(out, any, "fields", key->columns, key->ncolumns);
    add_fields(out, any, "references", key->references, key->ncolumns);
    add_argument(out, any, "onDelete", on_delete(key), false);
    add_argument(out, any, "onUpdate", key->on_update == 'c' ? NULL : action_word(key->on_update), false);
    const nx_psl_field *old = key->old;
    const char *map = old ? nx_psl_own_name(old->attributes, old->nattributes, "relation", "map") : NULL;
    add_argument(out, any, "map", map ? map : strcmp(key->name, usual) == 0 ? NULL : key->name, true);
}

static void add_relation(nx_buf *out, const char *name, const nx_buf *args) {
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

/* Prisma forgets it, and finds a mistake in what it wrote then. */
static bool was_ignored(const nx_psl_field *old, bool back) {
    const nx_psl_field *field = old && back ? old->opposite : old;
    return field && field->ignored;
}

static void add_side(const nx_pull_schema *pull, nx_pull_block *block, const nx_pull_side *side) {
    const nx_pull_key *key = side->key;
    nx_buf type = NX_BUF, args = NX_BUF, out = NX_BUF;
    bool any = false;
    const char *mark = side->back ? (one_to_one(key) ? "?" : "[]") : any_column(key, false) ? "?" : "";
    nx_buf_addf(&type, "%s%s", side->back ? key->table->title : key->target->title, mark);
    if (!side->back) {
        add_forward(pull, key, &args, &any);
    }
    if (any || *key->relation) {
        add_relation(&out, key->relation, &args);
    }
    if (side_ignored(side) || was_ignored(key->old, side->back)) {
        nx_pull_word(&out, "@ignore", NULL);
    }
    nx_buf_free(&args);
    nx_pull_row(block, side->back ? key->back : key->forward, nx_pull_cell(pull, &type), nx_pull_cell(pull, &out));
}

static void add_many(const nx_pull_schema *pull, nx_pull_block *block, const nx_pull_side *side) {
    const nx_pull_table *join = side->key->table;
    nx_buf type = NX_BUF, args = NX_BUF, out = NX_BUF;
    nx_buf_addf(&type, "%s[]", side->key->target->title);
    if (*join->relation) {
        add_relation(&out, join->relation, &args);
    }
    if (was_ignored(join->old_side, side->back)) {
        nx_pull_word(&out, "@ignore", NULL);
    }
    nx_pull_row(block, join->fields[side->back], nx_pull_cell(pull, &type), nx_pull_cell(pull, &out));
}

static void add_carried(const nx_pull_schema *pull, nx_pull_block *block, const nx_psl_field *field) {
    static const char *const arguments[] = {"fields", "references", "onDelete", "onUpdate", "map"};
    const nx_psl_attribute *relation = nx_psl_find(field->attributes, field->nattributes, "relation");
    nx_buf type = NX_BUF, args = NX_BUF, out = NX_BUF, value = NX_BUF;
    bool any = false;
    nx_buf_addf(&type, "%s%s", field->target->name, field->list ? "[]" : field->optional ? "?" : "");
    for (size_t i = 0; i < NX_COUNT(arguments); i++) {
        const nx_psl_value *argument = nx_psl_argument(relation, arguments[i], -1);
        if (argument) {
            nx_pull_value(argument, &value);
            add_argument(&args, &any, arguments[i], value.data, false);
            nx_buf_clear(&value);
        }
    }
    if (relation) {
        add_relation(&out, field->relation ? field->relation : "", &args);
    }
    if (field->ignored) {
        nx_pull_word(&out, "@ignore", NULL);
    }
    nx_buf_free(&args);
    nx_buf_free(&value);
    nx_pull_row(block, field->name, nx_pull_cell(pull, &type), nx_pull_cell(pull, &out));
}

/* --- all of a table's ------------------------------------------------------------------------------------------------ */

void nx_pull_columns(const nx_pull_schema *pull, nx_pull_block *block, const nx_pull_table *table) {
    for (int i = 0; i < table->ncolumns; i++) {
        add_column(pull, block, table, &table->columns[i]);
    }
}

void nx_pull_sides(const nx_pull_schema *pull, nx_pull_block *block, const nx_pull_table *table) {
    for (int i = 0; i < table->nsides; i++) {
        add_side(pull, block, &table->sides[i]);
    }
    for (int i = 0; i < table->nmany; i++) {
        add_many(pull, block, &table->many[i]);
    }
    for (int i = 0; table->old && i < table->old->nfields; i++) {
        if (nx_pull_carried(pull, &table->old->fields[i])) {
            add_carried(pull, block, &table->old->fields[i]);
        }
    }
}

/* Those that the project has come first, in its order. */
static void add_indexes(const nx_pull_schema *pull, nx_pull_block *block, const nx_pull_table *table, bool unique) {
    int places = table->old ? table->old->nattributes : 0;
    for (int place = 0; place <= places; place++) {
        for (int i = 0; i < table->nindexes; i++) {
            const nx_pull_index *index = &table->indexes[i];
            const nx_psl_attribute *old = nx_pull_old_index(pull, table, index);
            bool own = index->unique && index->ncolumns == 1, here = old ? old == &table->old->attributes[place] : place == places;
            if (here && !index->primary && !own && index->unique == unique) {
                add_index(pull, block, table, index);
            }
        }
    }
}

/* A view has those that the schema says. */
static void add_kept_indexes(const nx_pull_schema *pull, nx_pull_block *block, const nx_pull_table *view, const char *word) {
    for (int i = 0; view->old && i < view->old->nattributes; i++) {
        if (strcmp(view->old->attributes[i].name, word) == 0) {
            nx_buf line = NX_BUF;
            nx_buf_adds(&line, "@@");
            nx_pull_old_attribute(&view->old->attributes[i], &line);
            nx_pull_attribute(block, nx_pull_cell(pull, &line));
        }
    }
}

void nx_pull_indexes(const nx_pull_schema *pull, nx_pull_block *block, const nx_pull_table *table) {
    const nx_pull_index *primary = primary_key(table);
    if (primary && primary->ncolumns > 1) {
        add_index(pull, block, table, primary);
    }
    add_indexes(pull, block, table, true);
    add_indexes(pull, block, table, false);
    if (table->view) {
        add_kept_indexes(pull, block, table, "id");
        add_kept_indexes(pull, block, table, "unique");
        add_kept_indexes(pull, block, table, "index");
    }
}
