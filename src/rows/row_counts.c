/* Counts of related records beside the rows of a page: bounded, and only where an index finds those records, so that they
 * cost a page next to nothing. */
#include "query.h"

#include <stdlib.h>

enum { SMALL_ROWS = 200 }; /* read for each row of a page */

bool nx_relation_countable(const nx_relation *r) {
    if (!nx_related_affordable(r, SMALL_ROWS) || !r->target->readable) {
        return false;
    }
    for (int i = 0; i < r->nfields; i++) {
        const nx_field *here = nx_model_field(r->model, r->fields[i]);
        if (!here || !here->can_select) {
            return false;
        }
    }
    return true;
}

void nx_query_set_counts(nx_query *query, const nx_relation *const *relations, int n) {
    const nx_relation **copy = nx_calloc((size_t)n + 1, sizeof *copy); /* they may be its own */
    for (int i = 0; i < n; i++) {
        copy[i] = relations[i];
    }
    free(query->counts);
    query->counts = copy;
    query->ncounts = n;
    nx_query_set_uncounted(query, NULL);
}

int nx_query_ncounts(const nx_query *query) { return query->ncounts; }
const nx_relation *nx_query_counted(const nx_query *query, int i) { return query->counts[i]; }
const nx_relation *const *nx_query_counts(const nx_query *query) { return query->counts; }

void nx_query_set_uncounted(nx_query *query, const char *why) {
    char *copy = why ? nx_strdup(why) : NULL;
    free(query->uncounted);
    query->uncounted = copy;
}

void nx_sql_row_count(nx_sql *sql, const nx_relation *relation) {
    nx_related_names below = nx_related_below("t");
    nx_sql_add(sql, "(SELECT pg_catalog.count(*) FROM (SELECT 1");
    nx_related_from(relation, "t", &below, false, sql);
    nx_sql_addf(sql, " LIMIT %d) c)", NX_ROW_COUNT_MAX + 1);
}
