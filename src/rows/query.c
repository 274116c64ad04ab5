#include "query.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_EQUAL "::pg_catalog.text COLLATE pg_catalog.\"C\" OPERATOR(pg_catalog.=) "

nx_query *nx_query_new(nx_model *model) {
    nx_query *query = nx_calloc(1, sizeof *query);
    nx_catalog_ref(model->catalog);
    query->model = model;
    query->labels = true;
    nx_query_set_fields(query, NULL, 0);
    nx_query_complete(query);
    return query;
}

nx_query *nx_query_copy(const nx_query *query) {
    nx_query *copy = nx_query_new(query->model);
    nx_error ignored = NX_ERROR; /* it parsed before */
    copy->order = query->order;
    copy->whole = query->whole;
    copy->labels = query->labels;
    nx_query_set_filter(copy, query->filter ? nx_filter_text(query->filter) : NULL, &ignored);
    nx_query_set_fields(copy, query->fields, query->nfields);
    nx_query_set_counts_of(copy, query);
    nx_query_set_scope(copy, nx_query_scope(query));
    nx_error_clear(&ignored);
    return copy;
}

void nx_query_free(nx_query *query) {
    if (query) {
        if (query->filter) {
            nx_filter_free(query->filter);
        }
        nx_arena_free(query->scope_arena);
        free(query->fields);
        free(query->counts);
        free(query->uncounted);
        nx_catalog_unref(query->model->catalog);
        free(query);
    }
}

nx_model *nx_query_model(const nx_query *query) { return query->model; }

void nx_query_set_order(nx_query *query, const nx_order *order) {
    query->order = order ? *order : (nx_order){.nterms = 0};
    nx_query_complete(query);
}

const nx_order *nx_query_order(const nx_query *query) { return &query->order; }

bool nx_query_set_filter(nx_query *query, const char *text, nx_error *err) {
    nx_filter *filter = NULL;
    if (text && *text) {
        filter = nx_filter_parse(query->model, text, err);
        if (!filter) {
            return false;
        }
        if (nx_filter_is_empty(filter)) {
            nx_filter_free(filter);
            filter = NULL;
        }
    }
    if (query->filter) {
        nx_filter_free(query->filter);
    }
    query->filter = filter;
    return true;
}

const nx_filter *nx_query_filter(const nx_query *query) { return query->filter; }

void nx_query_set_scope(nx_query *query, const nx_scope *scope) {
    nx_arena *arena = NULL;
    nx_scope copy = {0};
    if (scope) {
        arena = nx_arena_new(0);
        copy = *scope;
        copy.values = nx_arena_array(arena, (size_t)scope->nvalues, sizeof *copy.values);
        for (int i = 0; i < scope->nvalues; i++) {
            copy.values[i] = nx_value_copy(arena, scope->values[i]);
        }
    }
    nx_arena_free(query->scope_arena);
    query->scope_arena = arena;
    query->has_scope = scope != NULL;
    query->scope = copy;
    nx_query_complete(query);
}

const nx_scope *nx_query_scope(const nx_query *query) { return query->has_scope ? &query->scope : NULL; }

void nx_query_set_fields(nx_query *query, nx_field *const *fields, int n) {
    const nx_model *model = query->model;
    int room = fields ? n : model->nfields;
    nx_field **chosen = nx_calloc((size_t)(room > 0 ? room : 1), sizeof *chosen);
    int count = 0;
    for (int i = 0; i < room; i++) {
        nx_field *field = fields ? fields[i] : model->fields[i];
        if (fields || field->can_select) {
            chosen[count++] = field;
        }
    }
    free(query->fields);
    query->fields = chosen;
    query->nfields = count;
}

void nx_query_set_fields_of(nx_query *query, const nx_query *other) {
    nx_query_set_fields(query, other->fields, other->nfields);
    nx_query_set_counts_of(query, other);
}

int nx_query_nfields(const nx_query *query) { return query->nfields; }
nx_field *nx_query_field(const nx_query *query, int i) { return query->fields[i]; }
void nx_query_set_whole(nx_query *query, bool whole) { query->whole = whole; }
void nx_query_set_labels(nx_query *query, bool labels) { query->labels = labels; }

const char *nx_query_paging(const nx_query *query) {
    switch (query->paging) {
    case NX_PAGING_TUPLE: return "tuple id";
    case NX_PAGING_OFFSET:
        return query->model->kind == NX_KIND_VIEW ? "offset (view without a key)" : "offset (no key)";
    case NX_PAGING_KEY: break;
    }
    return nx_identity_name(query->model->identity_kind);
}

/* --- conditions ----------------------------------------------------------------------------------- */

static void add_equals(nx_sql *sql, const char *alias, const char *column, const nx_field *field, nx_value value) {
    nx_sql_column(sql, alias, column);
    if (nx_is_null(value)) {
        nx_sql_add(sql, field->composite ? " IS NOT DISTINCT FROM NULL" : " IS NULL");
    } else if (field->op_eq) {
        nx_sql_addf(sql, " %s ", field->op_eq);
        nx_sql_param(sql, value, field->cast);
    } else {
        nx_sql_add(sql, TEXT_EQUAL);
        nx_sql_param(sql, value, "pg_catalog.text");
    }
}

void nx_sql_equals(nx_sql *sql, const nx_field *field, nx_value value) {
    add_equals(sql, "t", field->name, field, value);
}

void nx_sql_whole(nx_sql *sql, const nx_field *field) {
    nx_sql_column(sql, "t", field->name);
    nx_sql_add(sql, "::pg_catalog.text");
}

void nx_sql_key(const nx_key_test *key, nx_sql *sql) {
    static const char *const system[] = {"t.ctid OPERATOR(pg_catalog.=) ", NULL, "t.tableoid OPERATOR(pg_catalog.=) "};
    static const char *const casts[] = {"pg_catalog.tid", NULL, "pg_catalog.oid"};
    nx_sql_add(sql, "true");
    for (int i = 0; i < key->n; i++) {
        const nx_field *field = key->fields ? key->fields[i] : NULL;
        if (field) {
            nx_sql_add(sql, " AND ");
            nx_sql_equals(sql, field, key->values[i]);
        } else if (i < 3 && system[i] && !nx_is_null(key->values[i])) {
            nx_sql_addf(sql, " AND %s", system[i]);
            nx_sql_param(sql, key->values[i], casts[i]);
        }
    }
}

/* The scope's own side of the relation is described: one has come from there. */
static void add_through(const nx_scope *scope, const nx_model *target, nx_sql *sql) {
    const nx_relation *r = scope->relation;
    nx_sql_add(sql, "(EXISTS (SELECT 1 FROM ");
    nx_sql_name(sql, r->through->schema, r->through->name);
    nx_sql_add(sql, " j WHERE true");
    for (int i = 0; i < r->nfields; i++) {
        const nx_field *here = nx_model_field(r->model, r->fields[i]);
        const nx_field *there = nx_model_field(target, r->references[i]);
        nx_sql_add(sql, " AND ");
        if (!here || !there || nx_is_null(scope->values[i])) {
            nx_sql_add(sql, "false");
            continue;
        }
        add_equals(sql, "j", r->through_fields[i], here, scope->values[i]);
        nx_sql_add(sql, " AND ");
        nx_sql_column(sql, "j", r->through_references[i]);
        nx_sql_addf(sql, " %s ", there->op_eq ? there->op_eq : "OPERATOR(pg_catalog.=)");
        nx_sql_column(sql, "t", there->name);
    }
    nx_sql_add(sql, "))");
}

static void add_scope(const nx_scope *scope, const nx_model *target, nx_sql *sql) {
    const nx_relation *r = scope->relation;
    if (r->kind == NX_MANY_TO_MANY) {
        add_through(scope, target, sql);
        return;
    }
    nx_sql_add(sql, "(true");
    for (int i = 0; i < r->nfields && i < scope->nvalues; i++) {
        const nx_field *field = nx_model_field(target, r->references[i]);
        nx_sql_add(sql, " AND ");
        if (!field || nx_is_null(scope->values[i])) {
            nx_sql_add(sql, "false"); /* NULL refers to nothing */
        } else {
            nx_sql_equals(sql, field, scope->values[i]);
        }
    }
    nx_sql_add(sql, ")");
}

bool nx_query_conditions(const nx_query *query, nx_sql *sql) {
    if (query->has_scope) {
        add_scope(&query->scope, query->model, sql);
    }
    if (query->filter) {
        nx_sql_add(sql, query->has_scope ? " AND " : "");
        nx_filter_sql(query->filter, "t", sql);
    }
    return query->has_scope || query->filter;
}

static void add_readable_columns(const nx_model *model, nx_sql *sql) {
    for (int i = 0; i < model->nfields; i++) {
        if (model->fields[i]->can_select) {
            nx_sql_column(sql, "t", model->fields[i]->name);
            nx_sql_add(sql, ", ");
        }
    }
}

void nx_query_source_begin(const nx_query *query, nx_sql *sql) {
    const char *separator = "";
    for (int i = 0; i < query->nsort; i++) {
        const nx_sort_term *term = &query->sort[i];
        if (term->related) {
            nx_sql_add(sql, *separator ? separator : "(SELECT ");
            if (!*separator) {
                add_readable_columns(query->model, sql);
            }
            nx_order_value(term->related, "t", sql);
            nx_sql_add(sql, " AS ");
            nx_sql_ident(sql, term->column);
            separator = ", ";
        }
    }
    nx_sql_add(sql, *separator ? " FROM " : "");
    nx_sql_name(sql, query->model->schema, query->model->name);
    nx_sql_add(sql, " t");
}

void nx_query_source_end(const nx_query *query, nx_sql *sql) {
    for (int i = 0; i < query->nsort; i++) {
        if (query->sort[i].related) {
            nx_sql_add(sql, ") t");
            return;
        }
    }
}

void nx_query_source(const nx_query *query, nx_sql *sql) {
    nx_query_source_begin(query, sql);
    nx_query_source_end(query, sql);
}
