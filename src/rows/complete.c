#include "query.h"

#include <string.h>

static const nx_sort_term system_terms[] = {
    {.column = "tableoid",
     .cast = "\"pg_catalog\".\"oid\"",
     .op_lt = "OPERATOR(pg_catalog.<)",
     .op_gt = "OPERATOR(pg_catalog.>)",
     .op_le = "OPERATOR(pg_catalog.<=)",
     .op_ge = "OPERATOR(pg_catalog.>=)",
     .op_eq = "OPERATOR(pg_catalog.=)"},
    {.column = "ctid",
     .cast = "\"pg_catalog\".\"tid\"",
     .op_lt = "OPERATOR(pg_catalog.<)",
     .op_gt = "OPERATOR(pg_catalog.>)",
     .op_le = "OPERATOR(pg_catalog.<=)",
     .op_ge = "OPERATOR(pg_catalog.>=)",
     .op_eq = "OPERATOR(pg_catalog.=)"},
};

bool nx_model_spreads(const nx_model *model) { return model->kind == NX_KIND_PARTITIONED || model->inherited; }

static bool has_term(const nx_query *query, const nx_field *field) {
    for (int i = 0; i < query->nsort; i++) {
        if (query->sort[i].field == field) {
            return true;
        }
    }
    return false;
}

static void add_field(nx_query *query, const nx_order_term *term, bool in_key) {
    const nx_field *f = term->field;
    query->sort[query->nsort++] = (nx_sort_term){
        .field = f,
        .column = f->name,
        .cast = f->cast,
        .op_lt = f->op_lt,
        .op_gt = f->op_gt,
        .op_le = f->op_le,
        .op_ge = f->op_ge,
        .op_eq = f->op_eq,
        .desc = term->desc,
        .nulls_first = term->nulls == NX_NULLS_DEFAULT ? term->desc : term->nulls == NX_NULLS_FIRST,
        .nullable = f->nullable && !in_key, /* a view's columns are nullable as far as the catalog knows */
        .composite = f->composite,
    };
}

/* Its value is a column of the row that nx_query_source makes. A count has the type bigint. */
static void add_related(nx_query *query, int place) {
    static const nx_field number = {.cast = "pg_catalog.int8",
                                    .op_lt = "OPERATOR(pg_catalog.<)",
                                    .op_gt = "OPERATOR(pg_catalog.>)",
                                    .op_le = "OPERATOR(pg_catalog.<=)",
                                    .op_ge = "OPERATOR(pg_catalog.>=)",
                                    .op_eq = "OPERATOR(pg_catalog.=)"};
    const nx_order_term *term = &query->order.terms[place];
    nx_order_term own = *term;
    own.field = term->count ? &number : term->field;
    add_field(query, &own, false);
    nx_sort_term *sort = &query->sort[query->nsort - 1];
    sort->field = NULL;
    sort->column = nx_order_column(place);
    sort->related = term;
    sort->nullable = !term->count; /* also where there is no such record */
}

static void add_system(nx_query *query, size_t which, bool desc) {
    nx_sort_term *term = &query->sort[query->nsort++];
    *term = system_terms[which];
    term->desc = term->nulls_first = desc;
}

/* Does the index behind this key order its fields as ORDER BY does? A unique index with a collation of its own allows
 * values that are equal to ORDER BY. */
static bool orders_plainly(const nx_model *model, const nx_key *key) {
    for (int i = 0; i < model->nindexes; i++) {
        if (strcmp(model->indexes[i]->name, key->name) == 0) {
            return model->indexes[i]->plain_order;
        }
    }
    return true;
}

static bool is_total(const nx_query *query, const nx_key *key) {
    bool total = key->identifies && orders_plainly(query->model, key);
    for (int i = 0; total && i < key->nfields; i++) {
        total = has_term(query, key->fields[i]);
    }
    return total && key->nfields > 0;
}

static bool order_is_total(const nx_query *query) {
    const nx_model *model = query->model;
    for (int i = 0; i < model->nkeys; i++) {
        if (is_total(query, model->keys[i])) {
            return true;
        }
    }
    return model->identity && is_total(query, model->identity);
}

static bool identity_sorts(const nx_model *model) {
    bool keyed = model->identity_kind == NX_IDENTITY_PRIMARY || model->identity_kind == NX_IDENTITY_UNIQUE;
    if (!keyed || !model->identity || model->identity->nfields > 32) {
        return false;
    }
    for (int i = 0; i < model->identity->nfields; i++) {
        const nx_field *field = model->identity->fields[i];
        if (!field->can_select || !field->sortable) {
            return false;
        }
    }
    return true;
}

/* Returns true when the order is total already: what follows a whole key decides nothing. */
static bool add_chosen(nx_query *query) {
    for (int i = 0; i < query->order.nterms; i++) {
        const nx_order_term *term = &query->order.terms[i];
        if (term->npath) {
            add_related(query, i);
            continue;
        }
        add_field(query, term, identity_sorts(query->model) && nx_field_in_identity(term->field));
        if (order_is_total(query)) {
            return true;
        }
    }
    return false;
}

static void add_identity(nx_query *query, bool desc) {
    const nx_key *key = query->model->identity;
    for (int i = 0; i < key->nfields; i++) {
        if (!has_term(query, key->fields[i])) {
            add_field(query, &(nx_order_term){.field = key->fields[i], .desc = desc}, true);
        }
    }
}

/* Reading in physical order is only right where nothing but the tuple id decides what is read: policies and joins could
 * bring in an index or a hash table. */
static bool reads_in_place(const nx_query *query) {
    const nx_model *model = query->model;
    bool joined = query->has_scope && query->scope.relation->kind == NX_MANY_TO_MANY;
    return query->order.nterms == 0 && !joined && !model->row_security && !model->inherited &&
           (model->kind != NX_KIND_PARTITIONED || nx_model_leaves(model, NULL, 0) >= 0);
}

void nx_query_complete(nx_query *query) {
    const nx_model *model = query->model;
    query->nsort = 0;
    query->paging = NX_PAGING_KEY;
    if (add_chosen(query)) {
        return;
    }
    bool desc = query->nsort > 0 && query->sort[query->nsort - 1].desc;
    if (identity_sorts(model)) {
        add_identity(query, desc);
    } else if (model->identity_kind == NX_IDENTITY_TUPLE) {
        query->paging = reads_in_place(query) ? NX_PAGING_TUPLE : NX_PAGING_KEY;
        if (nx_model_spreads(model)) {
            add_system(query, 0, desc);
        }
        add_system(query, 1, desc);
    } else {
        query->paging = NX_PAGING_OFFSET;
    }
}

int nx_query_cursor_width(const nx_query *query) { return query->paging == NX_PAGING_OFFSET ? 1 : query->nsort; }
