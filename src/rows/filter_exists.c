/* The SQL of a test of related records: EXISTS and counts, with the meaning that Prisma Client gives them
 * (Prisma docs, "Relation queries: Relation filters"): some is EXISTS; none is NOT EXISTS, true without any; every is
 * NOT EXISTS of one for which the condition is false, true without any. */
#include "filter_tree.h"

#include <stdlib.h>

static void add_count(const filter_node *n, const char *alias, const nx_related_names *below, nx_sql *sql) {
    long long number = atoll(n->values[0].text); /* the parser has seen that it is one */
    nx_sql_add(sql, "(SELECT pg_catalog.count(*) FROM (SELECT 1");
    nx_related_from(n->relation, alias, below, false, sql);
    nx_sql_addf(sql, " LIMIT %lld) s)", number + 1); /* one more than asked for decides every comparison */
    nx_sql_add(sql, nx_filter_plain_ops[n->op]);
    nx_sql_param(sql, nx_value_of(n->values[0].text), "pg_catalog.int8");
}

/* A reference is null when one of its fields is (Prisma: `author: null`); else nobody refers here. */
static bool add_absent_fields(const nx_relation *r, const char *alias, nx_sql *sql) {
    if (r->kind != NX_TO_ONE) {
        return false;
    }
    for (int i = 0; i < r->nfields; i++) {
        nx_sql_add(sql, i ? " OR " : "");
        nx_sql_column(sql, alias, r->fields[i]);
        nx_sql_add(sql, " IS NULL");
    }
    return true;
}

void nx_filter_relation_sql(const filter_node *n, const char *alias, nx_sql *sql) {
    nx_related_names below = nx_related_below(alias);
    if (n->quantifier == REL_COUNT) {
        add_count(n, alias, &below, sql);
        return;
    }
    if (n->quantifier == REL_ABSENT && add_absent_fields(n->relation, alias, sql)) {
        return;
    }
    nx_sql_add(sql, n->quantifier == REL_SOME ? "EXISTS (SELECT 1" : "NOT EXISTS (SELECT 1");
    nx_related_from(n->relation, alias, &below, n->first != NULL, sql);
    if (n->first) {
        nx_sql_add(sql, n->quantifier == REL_EVERY ? " AND NOT " : " AND ");
        nx_filter_write(n->first, below.related, sql);
    } else if (n->quantifier == REL_EVERY) {
        nx_sql_add(sql, " AND false"); /* every record fulfils no condition at all */
    }
    nx_sql_add(sql, ")");
}
