/* The SQL of a test of related records: EXISTS and counts, with the meaning that Prisma Client gives them
 * (Prisma docs, "Relation queries: Relation filters"): some is EXISTS; none is NOT EXISTS, true without any; every is
 * NOT EXISTS of one for which the condition is false, true without any. */
#include "filter_tree.h"

#include <stdio.h>
#include <stdlib.h>

/* Aliases go by depth: scopes nest, so the records beside each other may share theirs. */
typedef struct names {
    char related[16], joined[16];
} names;

static names names_below(const char *alias) {
    int depth = alias[0] == 'r' ? atoi(alias + 1) + 1 : 1;
    names n;
    snprintf(n.related, sizeof n.related, "r%d", depth);
    snprintf(n.joined, sizeof n.joined, "j%d", depth);
    return n;
}

/* Columns compare with the operator of the side whose field is known. */
static void add_pair(nx_sql *sql, const char *left, const char *column, const char *right, const char *other,
                     const nx_field *known) {
    nx_sql_column(sql, left, column);
    nx_sql_addf(sql, " %s ", known && known->op_eq ? known->op_eq : "OPERATOR(pg_catalog.=)");
    nx_sql_column(sql, right, other);
}

/* FROM the related records, or the rows that join to them, WHERE they belong to `alias`. */
static void add_from(const nx_relation *r, const char *alias, const names *n, bool need_target, nx_sql *sql) {
    bool many = r->kind == NX_MANY_TO_MANY;
    nx_sql_add(sql, " FROM ");
    if (many) {
        nx_sql_name(sql, r->through->schema, r->through->name);
        nx_sql_addf(sql, " %s", n->joined);
    }
    if (!many || need_target) {
        nx_sql_add(sql, many ? ", " : "");
        nx_sql_name(sql, r->target->schema, r->target->name);
        nx_sql_addf(sql, " %s", n->related);
    }
    nx_sql_add(sql, " WHERE ");
    for (int i = 0; i < r->nfields; i++) {
        const nx_field *here = nx_model_field(r->model, r->fields[i]);
        nx_sql_add(sql, i ? " AND " : "");
        add_pair(sql, many ? n->joined : n->related, many ? r->through_fields[i] : r->references[i], alias, r->fields[i],
                 here);
        if (many && need_target) {
            nx_sql_add(sql, " AND ");
            add_pair(sql, n->related, r->references[i], n->joined, r->through_references[i],
                     nx_model_field(r->target, r->references[i]));
        }
    }
}

static void add_count(const filter_node *n, const char *alias, const names *below, nx_sql *sql) {
    long long number = atoll(n->values[0].text); /* the parser has seen that it is one */
    nx_sql_add(sql, "(SELECT pg_catalog.count(*) FROM (SELECT 1");
    add_from(n->relation, alias, below, false, sql);
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
    names below = names_below(alias);
    if (n->quantifier == REL_COUNT) {
        add_count(n, alias, &below, sql);
        return;
    }
    if (n->quantifier == REL_ABSENT && add_absent_fields(n->relation, alias, sql)) {
        return;
    }
    nx_sql_add(sql, n->quantifier == REL_SOME ? "EXISTS (SELECT 1" : "NOT EXISTS (SELECT 1");
    add_from(n->relation, alias, &below, n->first != NULL, sql);
    if (n->first) {
        nx_sql_add(sql, n->quantifier == REL_EVERY ? " AND NOT " : " AND ");
        nx_filter_write(n->first, below.related, sql);
    } else if (n->quantifier == REL_EVERY) {
        nx_sql_add(sql, " AND false"); /* every record fulfils no condition at all */
    }
    nx_sql_add(sql, ")");
}
