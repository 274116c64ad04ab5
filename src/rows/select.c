/* The select list of a page (forms and costs: a slice of a text or bytea is read without the rest of it, its
 * octet_length without reading it at all; other long values can only be read whole, so they are asked for only when
 * their stored size is small). */
#include "query.h"

#include <stdlib.h>
#include <string.h>

enum { GUARD_BYTES = 2000, LABEL_CHARS = 60 };

/* --- which columns -------------------------------------------------------------------------------- */

static int add_column(nx_columns *c, nx_column column) {
    c->list[c->n] = column;
    return c->n++;
}

/* Whole values and system columns serve a cell, the key and the cursor at once. */
static int share_column(nx_columns *c, nx_column column) {
    for (int i = 0; i < c->n; i++) {
        const nx_column *have = &c->list[i];
        bool same =
            column.field ? have->field == column.field : have->system && strcmp(have->system, column.system) == 0;
        if (same && have->kind == column.kind) {
            return i;
        }
    }
    return add_column(c, column);
}

static int whole_column(nx_columns *c, const nx_field *field) {
    return share_column(c, (nx_column){.kind = NX_COLUMN_WHOLE, .field = field});
}

static int system_column(nx_columns *c, const char *name) {
    return share_column(c, (nx_column){.kind = NX_COLUMN_SYSTEM, .system = name});
}

/* Half a key addresses nothing: then a row has none. */
static bool identity_is_readable(const nx_model *model) {
    const nx_key *key = model->identity_kind == NX_IDENTITY_NONE ? NULL : model->identity;
    bool readable = key && key->nfields <= (int)NX_COUNT(((nx_columns *)NULL)->key);
    for (int i = 0; readable && i < key->nfields; i++) {
        readable = key->fields[i]->can_select;
    }
    return readable;
}

static void add_key(nx_columns *c, const nx_query *query) {
    static const char *const tuple[] = {"ctid", "xmin", "tableoid"};
    const nx_model *model = query->model;
    if (model->identity_kind == NX_IDENTITY_TUPLE) {
        for (size_t i = 0; i < NX_COUNT(tuple); i++) {
            c->key[c->nkey++] = system_column(c, tuple[i]);
        }
    } else if (identity_is_readable(model)) {
        for (int i = 0; i < model->identity->nfields; i++) {
            c->key[c->nkey++] = whole_column(c, model->identity->fields[i]);
        }
    }
}

static void add_cursor(nx_columns *c, const nx_query *query) {
    if (query->paging == NX_PAGING_OFFSET) {
        c->cursor[c->ncursor++] = system_column(c, NX_NUMBER_COLUMN);
        return;
    }
    for (int i = 0; i < query->nsort; i++) {
        const nx_sort_term *term = &query->sort[i];
        c->cursor[c->ncursor++] = term->field ? whole_column(c, term->field) : system_column(c, term->column);
    }
}

static bool is_whole(const nx_columns *c, const nx_field *field) {
    for (int i = 0; i < c->n; i++) {
        if (c->list[i].kind == NX_COLUMN_WHOLE && c->list[i].field == field) {
            return true;
        }
    }
    return false;
}

static void add_cell(nx_columns *c, const nx_query *query, int i) {
    const nx_field *field = query->fields[i];
    c->size[i] = -1;
    if (query->whole || field->cut == NX_CUT_NONE || is_whole(c, field)) {
        c->value[i] = whole_column(c, field);
    } else {
        c->value[i] = add_column(c, (nx_column){.kind = NX_COLUMN_CUT, .field = field});
        c->size[i] = add_column(c, (nx_column){.kind = NX_COLUMN_SIZE, .field = field});
    }
}

static bool label_is_known(const nx_foreign_key *key) {
    const nx_model *target = key->target;
    if (!target || !target->described || !target->readable || !target->label || !target->label->can_select) {
        return false;
    }
    for (int i = 0; i < key->nfields; i++) {
        const nx_field *there = nx_model_field(target, key->references[i]);
        if (!key->fields[i]->can_select || !there || !there->can_select || !there->op_eq) {
            return false;
        }
    }
    return true;
}

/* The label stands at the first field of the foreign key that belongs to no simpler one. */
static const nx_foreign_key *labelled_key(const nx_field *field) {
    const nx_foreign_key *key = nx_field_foreign_key(field);
    if (!key || !label_is_known(key)) {
        return NULL;
    }
    for (int i = 0; i < key->nfields; i++) {
        if (nx_field_foreign_key(key->fields[i]) == key) {
            return key->fields[i] == field ? key : NULL;
        }
    }
    return NULL;
}

static void add_label(nx_columns *c, const nx_query *query, int i) {
    const nx_foreign_key *key = query->labels ? labelled_key(query->fields[i]) : NULL;
    c->label[i] = -1;
    if (key) {
        c->label[i] =
            add_column(c, (nx_column){.kind = NX_COLUMN_LABEL, .field = query->fields[i], .foreign_key = key});
    }
}

static void add_counts(nx_columns *c, const nx_query *query) {
    for (int i = 0; i < query->ncounts; i++) {
        const nx_counted *counted = &query->counts[i];
        bool asked = !query->uncounted && !counted->why_not;
        c->count[i] = asked ? add_column(c, (nx_column){.kind = NX_COLUMN_COUNT, .relation = counted->relation}) : -1;
    }
}

nx_columns *nx_columns_new(const nx_query *query, nx_arena *arena) {
    size_t n = (size_t)query->nfields, ncounts = (size_t)query->ncounts;
    nx_columns *c = nx_arena_alloc(arena, sizeof *c);
    c->list = nx_arena_array(arena, 3 * n + ncounts + NX_COUNT(c->key) + NX_COUNT(c->cursor), sizeof *c->list);
    c->value = nx_arena_array(arena, n, sizeof *c->value);
    c->size = nx_arena_array(arena, n, sizeof *c->size);
    c->label = nx_arena_array(arena, n, sizeof *c->label);
    c->count = nx_arena_array(arena, ncounts, sizeof *c->count);
    add_key(c, query);
    add_cursor(c, query);
    add_counts(c, query);
    for (int i = 0; i < query->nfields; i++) {
        add_cell(c, query, i);
        add_label(c, query, i);
    }
    return c;
}

/* --- the display list ----------------------------------------------------------------------------- */

/* Appends a pattern in which "@" stands for the column. */
static void add_pattern(nx_sql *sql, const nx_field *field, const char *pattern) {
    for (const char *p = pattern; *p; p++) {
        if (*p == '@') {
            nx_sql_column(sql, "t", field->name);
        } else {
            nx_buf_addc(&sql->text, *p);
        }
    }
}

static void add_beginning(nx_sql *sql, const nx_field *field) {
    _Static_assert(NX_CELL_CHARS == 200 && GUARD_BYTES == 2000, "the patterns below say so");
    static const char *const patterns[] = {
        [NX_CUT_NONE] = "@::pg_catalog.text",
        [NX_CUT_TEXT] = "pg_catalog.left(@::pg_catalog.text, 200)",
        [NX_CUT_BYTES] = "E'\\\\x' OPERATOR(pg_catalog.||) pg_catalog.encode(pg_catalog.substring(@, 1, 99), 'hex')",
        [NX_CUT_GUARD] = ("CASE WHEN pg_catalog.pg_column_size(@) OPERATOR(pg_catalog.<=) 2000 "
                          "THEN pg_catalog.left(@::pg_catalog.text, 200) END"),
    };
    add_pattern(sql, field, patterns[field->cut]);
}

/* length() of a whole value would read all of it: only of the slice, and only when the size leaves a doubt. */
static void add_size(nx_sql *sql, const nx_field *field) {
    static const char *const patterns[] = {
        [NX_CUT_NONE] = "NULL::pg_catalog.int8",
        [NX_CUT_TEXT] = ("CASE WHEN pg_catalog.octet_length(@::pg_catalog.text) OPERATOR(pg_catalog.>) 200 AND "
                         "pg_catalog.length(pg_catalog.left(@::pg_catalog.text, 201)) OPERATOR(pg_catalog.>) 200 "
                         "THEN OPERATOR(pg_catalog.-) pg_catalog.octet_length(@::pg_catalog.text) "
                         "ELSE pg_catalog.octet_length(@::pg_catalog.text) END"),
        [NX_CUT_BYTES] = ("CASE WHEN pg_catalog.octet_length(@) OPERATOR(pg_catalog.>) 99 "
                          "THEN OPERATOR(pg_catalog.-) pg_catalog.octet_length(@) ELSE pg_catalog.octet_length(@) END"),
        [NX_CUT_GUARD] =
            ("CASE WHEN pg_catalog.pg_column_size(@) OPERATOR(pg_catalog.>) 2000 OR "
             "pg_catalog.length(@::pg_catalog.text) OPERATOR(pg_catalog.>) 200 "
             "THEN OPERATOR(pg_catalog.-) pg_catalog.pg_column_size(@) ELSE pg_catalog.pg_column_size(@) END"),
    };
    add_pattern(sql, field, patterns[field->cut]);
}

static void add_reference_label(nx_sql *sql, const nx_foreign_key *key) {
    const nx_model *target = key->target;
    nx_sql_add(sql, "CASE WHEN true");
    for (int i = 0; i < key->nfields; i++) {
        add_pattern(sql, key->fields[i], " AND @ IS NOT NULL");
    }
    nx_sql_add(sql, " THEN COALESCE((SELECT pg_catalog.concat('=', pg_catalog.left(");
    nx_sql_column(sql, "l", target->label->name);
    nx_sql_addf(sql, "::pg_catalog.text, %d)) FROM ", LABEL_CHARS);
    nx_sql_name(sql, target->schema, target->name);
    nx_sql_add(sql, " l WHERE true");
    for (int i = 0; i < key->nfields; i++) {
        const nx_field *there = nx_model_field(target, key->references[i]);
        nx_sql_add(sql, " AND ");
        nx_sql_column(sql, "l", there->name);
        nx_sql_addf(sql, " %s ", there->op_eq);
        nx_sql_column(sql, "t", key->fields[i]->name);
    }
    nx_sql_add(sql, " LIMIT 1), '-') END");
}

static void add_display(nx_sql *sql, const nx_column *column) {
    switch (column->kind) {
    case NX_COLUMN_WHOLE: nx_sql_whole(sql, column->field); break;
    case NX_COLUMN_CUT: add_beginning(sql, column->field); break;
    case NX_COLUMN_SIZE: add_size(sql, column->field); break;
    case NX_COLUMN_COUNT: nx_sql_row_count(sql, column->relation); break;
    case NX_COLUMN_LABEL: add_reference_label(sql, column->foreign_key); break;
    case NX_COLUMN_SYSTEM:
        nx_sql_column(sql, "t", column->system);
        nx_sql_add(sql, "::pg_catalog.text");
        break;
    }
}

void nx_columns_display(const nx_columns *columns, nx_sql *sql) {
    for (int i = 0; i < columns->n; i++) {
        nx_sql_entry(sql, i, columns->n);
        add_display(sql, &columns->list[i]);
    }
    nx_sql_entry(sql, columns->n, columns->n);
    nx_sql_add(sql, columns->n ? "" : "NULL");
}

/* --- the raw columns ------------------------------------------------------------------------------- */

static void mark(bool *used, const nx_field *field) { used[field->index] = true; }

static void mark_used(const nx_query *query, bool *used) {
    const nx_model *model = query->model;
    for (int i = 0; i < query->nfields; i++) {
        mark(used, query->fields[i]);
        const nx_foreign_key *key = query->labels ? labelled_key(query->fields[i]) : NULL;
        for (int k = 0; key && k < key->nfields; k++) {
            mark(used, key->fields[k]);
        }
    }
    for (int i = 0; i < query->nsort; i++) {
        if (query->sort[i].field) {
            mark(used, query->sort[i].field);
        }
    }
    for (int i = 0; i < query->ncounts; i++) {
        const nx_relation *r = query->counts[i].relation;
        for (int k = 0; !query->counts[i].why_not && k < r->nfields; k++) {
            mark(used, nx_model_field(model, r->fields[k]));
        }
    }
    for (int i = 0; model->identity && i < model->identity->nfields; i++) {
        if (model->identity->fields[i]->can_select) {
            mark(used, model->identity->fields[i]);
        }
    }
}

void nx_columns_raw(const nx_query *query, nx_sql *sql) {
    const nx_model *model = query->model;
    bool *used = nx_calloc((size_t)model->nfields + 1, sizeof *used);
    mark_used(query, used);
    const char *comma = "";
    for (int i = 0; i < model->nfields; i++) {
        if (used[i]) {
            nx_sql_add(sql, comma);
            nx_sql_column(sql, "t", model->fields[i]->name);
            comma = ", ";
        }
    }
    for (int i = 0; i < query->nsort; i++) {
        if (query->sort[i].related) {
            nx_sql_add(sql, comma);
            nx_sql_column(sql, "t", query->sort[i].column);
            comma = ", ";
        }
    }
    if (model->identity_kind == NX_IDENTITY_TUPLE) {
        nx_sql_addf(sql, "%st.ctid, t.xmin, t.tableoid", comma);
        comma = ", ";
    }
    nx_sql_add(sql, *comma ? "" : "NULL");
    free(used);
}

void nx_select_begin(const nx_query *query, const nx_columns *columns, nx_sql *sql) {
    nx_sql_add(sql, "SELECT ");
    nx_columns_display(columns, sql);
    nx_sql_add(sql, " FROM (SELECT ");
    nx_columns_raw(query, sql);
    nx_sql_add(sql, " FROM ");
    nx_query_source(query, sql);
    nx_sql_add(sql, " WHERE ");
    if (!nx_query_conditions(query, sql)) {
        nx_sql_add(sql, "true");
    }
}

void nx_select_end(nx_sql *sql, int limit) { nx_sql_addf(sql, " LIMIT %d) t", limit); }
