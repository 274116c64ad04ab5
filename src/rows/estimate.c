#include "fetch.h"

#include <stdlib.h>
#include <string.h>

bool nx_estimate_is_asked(const nx_query *query) {
    return query->has_scope || query->filter || query->model->kind == NX_KIND_VIEW;
}

void nx_estimate_sql(const nx_query *query, nx_sql *sql) {
    nx_sql_add(sql, "EXPLAIN (FORMAT JSON) SELECT 1 FROM ");
    nx_query_source(query, sql);
    nx_sql_add(sql, " WHERE ");
    if (!nx_query_conditions(query, sql)) {
        nx_sql_add(sql, "true");
    }
}

/* The first "Plan Rows" is the top node's. Inside a JSON string its quotes would be escaped. */
int64_t nx_estimate_read(const nx_result *plan) {
    static const char mark[] = "\"Plan Rows\":";
    if (!plan || nx_result_rows(plan) < 1 || nx_result_columns(plan) < 1) {
        return -1;
    }
    const char *text = nx_result_text(plan, 0, 0);
    const char *found = text ? strstr(text, mark) : NULL;
    return found ? strtoll(found + sizeof mark - 1, NULL, 10) : -1;
}
