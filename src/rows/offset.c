/* Views without a key: the rows of one order are numbered, up to a cap. The server computes them anew for every page,
 * and nothing keeps them from being others then; the program says so. MATERIALIZED makes the server plan the view apart
 * from the page, or another page could come in another order. */
#include "keyset.h"

#include <string.h>

void nx_offset_source(const nx_query *query, const nx_walk *walk, nx_sql *sql) {
    bool nulls[NX_SORT_MAX];
    for (int i = 0; i < query->nsort; i++) {
        nulls[i] = query->sort[i].nullable ? query->sort[i].nulls_first : query->sort[i].desc;
    }
    nx_sql_add(sql, "(WITH v AS MATERIALIZED (SELECT ");
    nx_columns_raw(query, sql);
    nx_sql_add(sql, " FROM ");
    nx_query_source(query, sql);
    nx_sql_add(sql, " WHERE ");
    if (!nx_query_conditions(query, sql)) {
        nx_sql_add(sql, "true");
    }
    nx_sort_sql(query, nulls, false, sql);
    nx_sql_addf(sql, " LIMIT %d) SELECT t.*, pg_catalog.row_number() OVER () AS ", NX_OFFSET_CAP);
    nx_sql_ident(sql, NX_NUMBER_COLUMN);
    nx_sql_add(sql, " FROM v t) t");
    if (walk->cursor) {
        static const char *const beyond[2][2] = {{"(pg_catalog.>)", "(pg_catalog.>=)"},
                                                 {"(pg_catalog.<)", "(pg_catalog.<=)"}};
        nx_sql_add(sql, " WHERE ");
        nx_sql_column(sql, "t", NX_NUMBER_COLUMN);
        nx_sql_addf(sql, " OPERATOR%s ", beyond[walk->backward][walk->inclusive]);
        nx_sql_param(sql, walk->cursor->values[0], "pg_catalog.int8");
    }
    if (walk->backward) { /* forwards they come numbered, and reading stops with the page */
        nx_sql_add(sql, " ORDER BY ");
        nx_sql_column(sql, "t", NX_NUMBER_COLUMN);
        nx_sql_add(sql, " DESC");
    }
    nx_sql_addf(sql, " LIMIT %d", walk->limit);
}
