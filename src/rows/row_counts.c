/* Counts of related records beside the rows of a page: bounded, and only where an index finds those records, so that they
 * cost a page next to nothing. */
#include "query.h"

#include <stdlib.h>

enum { SMALL_ROWS = 200 /* read for each row of a page */, MOST_LEAVES = 24 /* asked for each row of a page */ };

/* Which fields of this side; NULL where one cannot be read. */
static const nx_field *field_of(const nx_relation *r, int i) {
    const nx_field *here = nx_model_field(r->model, r->fields[i]);
    return here && here->can_select ? here : NULL;
}

/* Known only where the other side is described; else the server will tell. */
static bool hidden_there(const nx_relation *r, const nx_model *side) {
    for (int i = 0; i < r->nfields && side->described; i++) {
        const nx_field *there = nx_model_field(side, side == r->target ? r->references[i] : r->through_fields[i]);
        if (there && !there->can_select) {
            return true;
        }
    }
    return false;
}

static int leaves_of(const nx_model *model) {
    int n = 0;
    for (int i = 0; i < nx_catalog_count(model->catalog); i++) {
        const nx_model *m = nx_catalog_model(model->catalog, i);
        for (const nx_model *p = m->kind == NX_KIND_PARTITIONED ? NULL : m->parent; p; p = p->parent) {
            n += p == model;
        }
    }
    return n;
}

const char *nx_relation_uncountable(const nx_relation *r) {
    const nx_model *side = r->kind == NX_MANY_TO_MANY ? r->through : r->target;
    if (r->kind == NX_TO_ONE) {
        return "one record";
    }
    for (int i = 0; i < r->nfields; i++) {
        if (!field_of(r, i)) {
            return "no right";
        }
    }
    if (!side->readable || !r->target->readable || hidden_there(r, side)) {
        return "no right";
    }
    if (!nx_related_affordable(r, SMALL_ROWS)) {
        return "no index";
    }
    return side->kind == NX_KIND_PARTITIONED && leaves_of(side) > MOST_LEAVES ? "partitions" : NULL;
}

void nx_query_set_counts(nx_query *query, const nx_relation *const *relations, int n) {
    nx_counted *copy = nx_calloc((size_t)n + 1, sizeof *copy);
    for (int i = 0; i < n; i++) {
        copy[i] = (nx_counted){relations[i], nx_relation_uncountable(relations[i])};
    }
    free(query->counts);
    query->counts = copy;
    query->ncounts = n;
    nx_query_set_uncounted(query, NULL);
}

void nx_query_set_counts_of(nx_query *query, const nx_query *other) {
    nx_counted *copy = nx_calloc((size_t)other->ncounts + 1, sizeof *copy);
    for (int i = 0; i < other->ncounts; i++) {
        copy[i] = other->counts[i];
    }
    free(query->counts);
    query->counts = copy;
    query->ncounts = other->ncounts;
    nx_query_set_uncounted(query, other->uncounted);
}

int nx_query_ncounts(const nx_query *query) { return query->ncounts; }
const nx_relation *nx_query_counted(const nx_query *query, int i) { return query->counts[i].relation; }
const char *nx_query_uncountable(const nx_query *query, int i) { return query->counts[i].why_not; }

void nx_query_set_uncounted(nx_query *query, const char *why) {
    char *copy = why ? nx_strdup(why) : NULL;
    free(query->uncounted);
    query->uncounted = copy;
}

/* With `=` the planner may collect all matches before the first is counted, or read the table from its beginning because
 * it expects many. A range in order can only be read from the index, and only as far as the bound. */
static void add_range(nx_sql *sql, const nx_relation *r, const nx_field *here, const nx_related_names *names) {
    bool many = r->kind == NX_MANY_TO_MANY;
    const nx_model *side = many ? r->through : r->target;
    const char *alias = many ? names->joined : names->related;
    const char *column = many ? r->through_fields[0] : r->references[0];
    const char *operators[] = {here->op_ge, here->op_le};
    nx_sql_add(sql, " FROM ");
    nx_sql_name(sql, side->schema, side->name);
    nx_sql_addf(sql, " %s WHERE ", alias);
    for (int i = 0; i < 2; i++) {
        nx_sql_add(sql, i ? " AND " : "");
        nx_sql_column(sql, alias, column);
        nx_sql_addf(sql, " %s ", operators[i]);
        nx_sql_column(sql, "t", here->name);
    }
    nx_sql_add(sql, " ORDER BY ");
    nx_sql_column(sql, alias, column);
}

void nx_sql_row_count(nx_sql *sql, const nx_relation *relation) {
    nx_related_names below = nx_related_below("t");
    const nx_field *here = relation->nfields == 1 ? field_of(relation, 0) : NULL;
    nx_sql_add(sql, "(SELECT pg_catalog.count(*) FROM (SELECT 1");
    if (here && here->op_ge && here->op_le && relation->indexed) {
        add_range(sql, relation, here, &below);
    } else {
        nx_related_from(relation, "t", &below, false, sql);
    }
    nx_sql_addf(sql, " LIMIT %d) c)", NX_ROW_COUNT_MAX + 1);
}
