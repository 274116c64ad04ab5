/* Keyset predicates: rows beyond a cursor as one condition or as a union of disjoint ranges.
 *
 * With values v of the terms c1..cn, the rows beyond are, for each j: those equal in c1..cj-1 and beyond in cj. NULLs
 * stand at one end of each term, so "beyond vj" is cj > vj, and cj IS NULL where NULLs come last; beyond a NULL there
 * are the NOT NULL ones where NULLs come first. Neighbouring terms of one direction and without NULLs make one row
 * comparison, which one index scan answers. */
#include "keyset.h"

#include <stdlib.h>
#include <string.h>

typedef enum branch_kind { BRANCH_ALL, BRANCH_BEYOND, BRANCH_NULL, BRANCH_NOT_NULL } branch_kind;

typedef struct branch {
    branch_kind kind;
    int pinned; /* terms before this one equal the cursor's */
    int run;    /* BEYOND: how many terms are compared as one row */
    bool inclusive;
} branch;

typedef struct plan {
    const nx_query *query;
    const nx_walk *walk;
    nx_serving serving;
    int n;
    branch branches[2 * NX_SORT_MAX + 2];
} plan;

static bool descends(const plan *p, int i) { return p->query->sort[i].desc != p->walk->backward; }

static bool nulls_come_first(const plan *p, int i) { return p->query->sort[i].nulls_first != p->walk->backward; }

static const char *beyond_operator(const plan *p, int i, bool inclusive) {
    const nx_sort_term *term = &p->query->sort[i];
    if (descends(p, i)) {
        return inclusive ? term->op_le : term->op_lt;
    }
    return inclusive ? term->op_ge : term->op_gt;
}

/* How many terms from j on go into one row comparison: one direction, one name of the operator, NULL only in the
 * first. */
static int run_length(const plan *p, int j) {
    const nx_query *q = p->query;
    int end = j + 1;
    while (end < q->nsort && descends(p, end) == descends(p, j) && !q->sort[end].nullable &&
           strcmp(q->sort[end].op_lt, q->sort[j].op_lt) == 0) {
        end++;
    }
    return end - j;
}

static void add_branch(plan *p, branch b) { p->branches[p->n++] = b; }

static void branches_beyond(plan *p) {
    const nx_query *q = p->query;
    for (int j = 0; j < q->nsort;) {
        if (nx_is_null(p->walk->cursor->values[j])) {
            if (nulls_come_first(p, j)) {
                add_branch(p, (branch){.kind = BRANCH_NOT_NULL, .pinned = j});
            }
            j++;
            continue;
        }
        int run = run_length(p, j);
        bool last = j + run == q->nsort;
        add_branch(p,
                   (branch){.kind = BRANCH_BEYOND, .pinned = j, .run = run, .inclusive = last && p->walk->inclusive});
        if (q->sort[j].nullable && !nulls_come_first(p, j)) {
            add_branch(p, (branch){.kind = BRANCH_NULL, .pinned = j});
        }
        j += run;
    }
}

static void make_plan(plan *p) {
    nx_query_serving(p->query, &p->serving);
    if (p->walk->cursor) {
        branches_beyond(p);
    } else if (p->serving.split) {
        add_branch(p, (branch){.kind = BRANCH_NOT_NULL, .pinned = 0});
        add_branch(p, (branch){.kind = BRANCH_NULL, .pinned = 0});
    } else {
        add_branch(p, (branch){.kind = BRANCH_ALL});
    }
}

/* --- conditions ------------------------------------------------------------------------------------ */

/* On a composite value IS NULL looks at its parts; IS DISTINCT FROM NULL looks at the value. */
static void add_null_test(const nx_sort_term *term, bool is_null, nx_sql *sql) {
    nx_sql_column(sql, "t", term->column);
    if (term->composite) {
        nx_sql_add(sql, is_null ? " IS NOT DISTINCT FROM NULL" : " IS DISTINCT FROM NULL");
    } else {
        nx_sql_add(sql, is_null ? " IS NULL" : " IS NOT NULL");
    }
}

static void add_pinned(const plan *p, int i, nx_sql *sql) {
    const nx_sort_term *term = &p->query->sort[i];
    nx_value value = p->walk->cursor->values[i];
    if (nx_is_null(value)) {
        add_null_test(term, true, sql);
        return;
    }
    nx_sql_column(sql, "t", term->column);
    nx_sql_addf(sql, " %s ", term->op_eq);
    nx_sql_param(sql, value, term->cast);
}

static void add_columns(const nx_query *q, int from, int count, nx_sql *sql) {
    for (int i = from; i < from + count; i++) {
        nx_sql_add(sql, i > from ? ", " : "");
        nx_sql_column(sql, "t", q->sort[i].column);
    }
}

static void add_beyond(const plan *p, const branch *b, nx_sql *sql) {
    const nx_query *q = p->query;
    const char *op = beyond_operator(p, b->pinned, b->inclusive);
    bool row = b->run > 1;
    nx_sql_add(sql, row ? "ROW(" : "");
    add_columns(q, b->pinned, b->run, sql);
    nx_sql_addf(sql, row ? ") %s ROW(" : " %s ", op);
    for (int i = b->pinned; i < b->pinned + b->run; i++) {
        nx_sql_add(sql, i > b->pinned ? ", " : "");
        nx_sql_param(sql, p->walk->cursor->values[i], q->sort[i].cast);
    }
    nx_sql_add(sql, row ? ")" : "");
}

static void add_condition(const plan *p, const branch *b, nx_sql *sql) {
    for (int i = 0; i < b->pinned; i++) {
        add_pinned(p, i, sql);
        nx_sql_add(sql, " AND ");
    }
    switch (b->kind) {
    case BRANCH_ALL: nx_sql_add(sql, "true"); break;
    case BRANCH_BEYOND: add_beyond(p, b, sql); break;
    case BRANCH_NULL: add_null_test(&p->query->sort[b->pinned], true, sql); break;
    case BRANCH_NOT_NULL: add_null_test(&p->query->sort[b->pinned], false, sql); break;
    }
}

/* --- statements ------------------------------------------------------------------------------------ */

void nx_sort_sql(const nx_query *query, const bool *nulls, bool backward, nx_sql *sql) {
    for (int i = 0; i < query->nsort; i++) {
        bool desc = query->sort[i].desc != backward;
        bool first = nulls[i] != backward;
        nx_sql_add(sql, i ? ", " : " ORDER BY ");
        nx_sql_column(sql, "t", query->sort[i].column);
        nx_sql_add(sql, desc ? " DESC" : "");
        if (first != desc) { /* the default is never written */
            nx_sql_add(sql, first ? " NULLS FIRST" : " NULLS LAST");
        }
    }
}

static void begin_select(const plan *p, nx_sql *sql) {
    nx_sql_add(sql, "SELECT ");
    nx_columns_raw(p->query, sql);
    nx_sql_add(sql, " FROM ");
    nx_query_source(p->query, sql);
    nx_sql_add(sql, " WHERE ");
    if (nx_query_conditions(p->query, sql)) {
        nx_sql_add(sql, " AND ");
    }
}

static void end_select(const plan *p, nx_sql *sql) {
    nx_sort_sql(p->query, p->serving.nulls_first, p->walk->backward, sql);
    nx_sql_addf(sql, " LIMIT %d", p->walk->limit);
}

/* An index serves the order: each range is read from it, and only as far as the page needs. */
static void add_union(const plan *p, nx_sql *sql) {
    for (int i = 0; i < p->n; i++) {
        nx_sql_add(sql, i ? " UNION ALL (" : "(");
        begin_select(p, sql);
        add_condition(p, &p->branches[i], sql);
        end_select(p, sql);
        nx_sql_add(sql, ")");
    }
}

/* None does: the ranges would each be a scan of everything, one condition is one scan. */
static void add_one_scan(const plan *p, nx_sql *sql) {
    begin_select(p, sql);
    for (int i = 0; i < p->n; i++) {
        nx_sql_add(sql, i ? " OR (" : "((");
        add_condition(p, &p->branches[i], sql);
        nx_sql_add(sql, ")");
    }
    nx_sql_add(sql, p->n ? ")" : "false");
    end_select(p, sql);
}

/* The order of the whole; where branches keep NULLs apart, only here are they put in their place. */
static void outer_order(const plan *p, nx_sql *sql) {
    bool nulls[NX_SORT_MAX];
    for (int i = 0; i < p->query->nsort; i++) {
        bool own = p->query->sort[i].nullable && p->n > 1;
        nulls[i] = own ? p->query->sort[i].nulls_first : p->serving.nulls_first[i];
    }
    nx_sort_sql(p->query, nulls, p->walk->backward, sql);
}

void nx_keyset_source(const nx_query *query, const nx_walk *walk, nx_sql *sql) {
    plan *p = nx_calloc(1, sizeof *p);
    p->query = query;
    p->walk = walk;
    make_plan(p);
    nx_sql_add(sql, "(");
    if (p->n > 1 && p->serving.matched > 0) {
        add_union(p, sql);
    } else {
        add_one_scan(p, sql);
    }
    nx_sql_add(sql, ") t");
    outer_order(p, sql);
    nx_sql_addf(sql, " LIMIT %d", walk->limit);
    free(p);
}

void nx_page_sql(const nx_query *query, const nx_columns *columns, const nx_walk *walk, nx_sql *sql) {
    static void (*const sources[])(const nx_query *, const nx_walk *, nx_sql *) = {
        [NX_PAGING_KEY] = nx_keyset_source,
        [NX_PAGING_TUPLE] = nx_tuple_source,
        [NX_PAGING_OFFSET] = nx_offset_source,
    };
    nx_sql_add(sql, "SELECT ");
    nx_columns_display(columns, sql);
    nx_sql_add(sql, " FROM ");
    sources[query->paging](query, walk, sql);
}
