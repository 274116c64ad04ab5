/* A query as a call of Prisma Client, and as SQL; a record as Prisma's `where`. */
#include "nixie/copy.h"

#include <stdlib.h>
#include <string.h>

#include "keyset.h"
#include "prisma_text.h"

/* --- parts of the call ------------------------------------------------------------------------------------------ */

static void add_equal(nx_buf *out, const nx_field *field, nx_value value) {
    nx_prisma_name(out, nx_field_title(field));
    nx_buf_adds(out, ": ");
    if (nx_is_null(value)) {
        nx_buf_adds(out, "null");
    } else {
        nx_prisma_text(out, field, value.text);
    }
}

/* id: 7, or for a key of several fields, as Prisma calls it, a_b: { a: 1, b: 2 } */
static void add_key(nx_buf *out, const nx_key *key, const nx_value *values) {
    for (int i = 0; key->nfields > 1 && i < key->nfields; i++) {
        nx_buf_addf(out, "%s%s", i ? "_" : "", nx_field_title(key->fields[i]));
    }
    nx_buf_adds(out, key->nfields > 1 ? ": { " : "");
    for (int i = 0; i < key->nfields; i++) {
        nx_buf_adds(out, i ? ", " : "");
        add_equal(out, key->fields[i], values[i]);
    }
    nx_buf_adds(out, key->nfields > 1 ? " }" : "");
}

/* The records of one other: by their reference to it, or through the relation back. */
static void add_scope(nx_buf *out, const nx_query *query) {
    const nx_relation *r = query->scope.relation;
    if (r->kind == NX_MANY_TO_MANY && !r->inverse) {
        nx_buf_addf(out, "/* those of one %s */", r->model->title);
        return;
    }
    if (r->kind == NX_MANY_TO_MANY) {
        nx_prisma_name(out, r->inverse->name);
        nx_buf_adds(out, ": { some: { ");
    }
    for (int i = 0; i < r->nfields; i++) {
        const nx_field *field = r->kind == NX_MANY_TO_MANY ? nx_model_field(r->model, r->fields[i])
                                                           : nx_model_field(query->model, r->references[i]);
        if (field) {
            nx_buf_adds(out, i ? ", " : "");
            add_equal(out, field, query->scope.values[i]);
        }
    }
    nx_buf_adds(out, r->kind == NX_MANY_TO_MANY ? " } }" : "");
}

static void add_where(nx_buf *out, const nx_query *query) {
    if (!query->filter && !query->has_scope) {
        return;
    }
    nx_buf_adds(out, "  where: { ");
    if (query->filter && query->has_scope) {
        nx_buf_adds(out, "AND: [{ ");
        add_scope(out, query);
        nx_buf_adds(out, " }, { ");
        nx_prisma_members(out, query->filter->root);
        nx_buf_adds(out, " }]");
    } else if (query->has_scope) {
        add_scope(out, query);
    } else {
        nx_prisma_members(out, query->filter->root);
    }
    nx_buf_adds(out, " },\n");
}

static void add_term(nx_buf *out, const nx_order_term *term) {
    const char *way = term->desc ? "desc" : "asc";
    int steps = term->npath;
    nx_buf_adds(out, "{ ");
    for (int i = 0; i < steps; i++) {
        nx_prisma_name(out, term->path[i]->name);
        nx_buf_adds(out, ": { ");
    }
    if (term->count) {
        nx_buf_addf(out, "_count: '%s'", way);
    } else {
        nx_prisma_name(out, nx_field_title(term->field));
        if (term->nulls != NX_NULLS_DEFAULT && term->field->nullable) {
            nx_buf_addf(out, ": { sort: '%s', nulls: '%s' }", way, term->nulls == NX_NULLS_FIRST ? "first" : "last");
        } else {
            nx_buf_addf(out, ": '%s'", way);
        }
    }
    for (int i = 0; i < steps; i++) {
        nx_buf_adds(out, " }");
    }
    nx_buf_adds(out, " }");
}

/* With the identity at its end it is total, as the rows on the screen are. */
static void add_order(nx_buf *out, const nx_query *query) {
    const nx_order *order = &query->order;
    const nx_key *key = query->model->identity_kind == NX_IDENTITY_TUPLE ? NULL : query->model->identity;
    int n = 0;
    for (int i = 0; i < order->nterms; i++) {
        nx_buf_adds(out, n++ ? ", " : "  orderBy: [");
        add_term(out, &order->terms[i]);
    }
    bool desc = order->nterms && order->terms[order->nterms - 1].desc;
    for (int i = 0; key && i < key->nfields; i++) {
        if (!nx_order_place(order, key->fields[i])) {
            nx_buf_adds(out, n++ ? ", " : "  orderBy: [");
            add_term(out, &(nx_order_term){.field = key->fields[i], .desc = desc});
        }
    }
    nx_buf_adds(out, n ? "],\n" : "");
}

static void add_select(nx_buf *out, const nx_query *query) {
    if (query->nfields == query->model->nfields) {
        return;
    }
    nx_buf_adds(out, "  select: { ");
    for (int i = 0; i < query->nfields; i++) {
        nx_buf_adds(out, i ? ", " : "");
        nx_prisma_name(out, nx_field_title(query->fields[i]));
        nx_buf_adds(out, ": true");
    }
    nx_buf_adds(out, " },\n");
}

/* prisma.post: the model's name with its first letter small. */
static void add_client(nx_buf *out, const nx_model *model) {
    nx_buf name = NX_BUF;
    nx_buf_adds(&name, nx_model_name(model));
    if (name.len && name.data[0] >= 'A' && name.data[0] <= 'Z') {
        name.data[0] = (char)(name.data[0] - 'A' + 'a');
    }
    nx_buf quoted = NX_BUF;
    nx_prisma_name(&quoted, name.data ? name.data : "");
    if (quoted.len && quoted.data[0] == '"') {
        nx_buf_addf(out, "prisma[%s]", quoted.data);
    } else {
        nx_buf_addf(out, "prisma.%s", quoted.data);
    }
    nx_buf_free(&name);
    nx_buf_free(&quoted);
}

/* --- whole texts --------------------------------------------------------------------------------------------------- */

void nx_copy_prisma(nx_buf *out, const nx_query *query, const nx_row *from, int take) {
    const nx_model *model = query->model;
    nx_buf_adds(out, "await ");
    add_client(out, model);
    nx_buf_adds(out, ".findMany({\n");
    add_where(out, query);
    add_order(out, query);
    add_select(out, query);
    if (from && model->identity && model->identity_kind != NX_IDENTITY_TUPLE) {
        nx_buf_adds(out, "  cursor: { ");
        add_key(out, model->identity, from->key);
        nx_buf_adds(out, " },\n");
    }
    nx_buf_addf(out, "  take: %d,\n})\n", take);
}

bool nx_copy_prisma_where(nx_buf *out, const nx_model *model, const nx_row *row) {
    if (!model->identity || (model->identity_kind != NX_IDENTITY_PRIMARY && model->identity_kind != NX_IDENTITY_UNIQUE)) {
        return false;
    }
    nx_buf_adds(out, "where: { ");
    add_key(out, model->identity, row->key);
    nx_buf_adds(out, " }");
    return true;
}

/* What the server needs to mistake nothing, a reader does not: qualified operators, casts and functions. Quoted names
 * and literals stay as they are. */
static void add_simplified(nx_buf *out, const char *sql) {
    static const char operator[] = "OPERATOR(pg_catalog.", schema[] = "pg_catalog.", quoted[] = "\"pg_catalog\".";
    for (const char *p = sql; *p;) {
        if (*p == '\'' || (*p == '"' && strncmp(p, quoted, sizeof quoted - 1) != 0)) {
            char quote = *p;
            do {
                nx_buf_addc(out, *p++);
            } while (*p && *p != quote);
            nx_buf_adds(out, *p ? (quote == '"' ? "\"" : "'") : "");
            p += *p ? 1 : 0;
        } else if (strncmp(p, operator, sizeof operator - 1) == 0) {
            p += sizeof operator - 1;
            size_t len = strcspn(p, ")");
            nx_buf_add(out, p, len);
            p += len + (p[len] ? 1 : 0);
        } else if (strncmp(p, schema, sizeof schema - 1) == 0) {
            p += sizeof schema - 1;
        } else if (strncmp(p, quoted, sizeof quoted - 1) == 0) {
            p += sizeof quoted - 1;
        } else {
            nx_buf_addc(out, *p++);
        }
    }
}

void nx_copy_query(nx_buf *out, const nx_query *query, int limit) {
    bool nulls[NX_SORT_MAX];
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT ");
    for (int i = 0; i < query->nfields; i++) {
        nx_sql_add(&sql, i ? ", " : "");
        nx_sql_column(&sql, "t", query->fields[i]->name);
    }
    nx_sql_add(&sql, "\nFROM ");
    nx_query_source(query, &sql);
    nx_sql conditions = NX_SQL;
    if (nx_query_conditions(query, &conditions)) {
        nx_sql_add(&sql, "\nWHERE ");
        nx_sql_append(&sql, &conditions);
    }
    nx_sql_free(&conditions);
    if (query->paging == NX_PAGING_KEY) {
        nx_sql_add(&sql, "\n");
        for (int i = 0; i < query->nsort; i++) {
            nulls[i] = query->sort[i].nullable ? query->sort[i].nulls_first : query->sort[i].desc;
        }
        nx_sort_sql(query, nulls, false, &sql);
    }
    nx_sql_addf(&sql, "\nLIMIT %d;\n", limit);
    char *text = nx_sql_readable(&sql);
    add_simplified(out, text);
    free(text);
    nx_sql_free(&sql);
}
