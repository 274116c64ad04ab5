/* Pages by tuple id. Rows are read in physical order, table by table, without sorting them all:
 *   - forwards a Tid Range Scan (or a scan from the first block) delivers them in order by itself;
 *   - backwards windows of blocks are sorted, the nearest first and each sixteen times the one before; the server opens
 *     the next only while the page is not full (an Append under a LIMIT).
 * A condition stands outside a subquery with OFFSET 0, so that it cannot bring in an index, and with it another order.
 * Bounds that depend on a table's present size are scalar subqueries: constants to the scan. */
#include "keyset.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_WINDOW = 8, WINDOW_GROWTH = 16, MAX_WINDOWS = 9 };

static bool lies_in(const nx_model *leaf, const nx_model *model) {
    const nx_model *parent = leaf->parent;
    while (parent && parent != model) {
        parent = parent->parent;
    }
    return parent == model;
}

int nx_model_leaves(const nx_model *model, const nx_model **leaves, int max) {
    int n = 0;
    for (int i = 0; i < nx_catalog_count(model->catalog); i++) {
        const nx_model *m = nx_catalog_model(model->catalog, i);
        if (m->kind == NX_KIND_PARTITIONED || !m->parent || !lies_in(m, model)) {
            continue;
        }
        if (m->kind != NX_KIND_TABLE || !m->readable) {
            return -1;
        }
        if (n < max) {
            leaves[n] = m;
        }
        n++;
    }
    return n;
}

typedef struct reading {
    const nx_query *query;
    const nx_walk *walk;
    int nleaves;
    const nx_model **leaves;
    int at;       /* the leaf of the cursor, or the end to begin at */
    nx_value tid; /* of the cursor, NULL without one */
    unsigned block;
    int branches; /* written so far */
} reading;

static void find_leaves(reading *r) {
    const nx_model *model = r->query->model;
    r->nleaves = model->kind == NX_KIND_PARTITIONED ? nx_model_leaves(model, NULL, 0) : 1;
    r->nleaves = r->nleaves < 0 ? 0 : r->nleaves;
    r->leaves = nx_calloc((size_t)r->nleaves + 1, sizeof *r->leaves);
    if (model->kind == NX_KIND_PARTITIONED) {
        nx_model_leaves(model, r->leaves, r->nleaves);
    } else {
        r->leaves[0] = model;
    }
}

static void find_start(reading *r) {
    const nx_cursor *cursor = r->walk->cursor;
    r->at = r->walk->backward ? r->nleaves - 1 : 0;
    r->tid = NX_NULL_VALUE;
    if (!cursor) {
        return;
    }
    r->tid = cursor->values[cursor->nvalues - 1];
    r->block = r->tid.text && *r->tid.text == '(' ? (unsigned)strtoul(r->tid.text + 1, NULL, 10) : 0;
    if (r->query->nsort < 2 || nx_is_null(cursor->values[0])) {
        return;
    }
    uint32_t oid = (uint32_t)strtoul(cursor->values[0].text, NULL, 10);
    r->at = -1; /* a table that is gone: nothing beyond it is known */
    for (int i = 0; i < r->nleaves; i++) {
        r->at = r->leaves[i]->oid == oid ? i : r->at;
    }
}

/* --- one table, one range --------------------------------------------------------------------------- */

/* A bound on t.ctid: a tuple id, the beginning of a block, or that many blocks before the end. */
typedef struct bound {
    const char *op; /* NULL: no bound */
    enum { AT_TID, AT_BLOCK, FROM_END } kind;
    unsigned blocks;
} bound;

static void add_bound(const reading *r, const nx_model *leaf, const bound *b, nx_sql *sql) {
    if (!b->op) {
        nx_sql_add(sql, "true");
        return;
    }
    nx_sql_addf(sql, "t.ctid OPERATOR(pg_catalog.%s) ", b->op);
    if (b->kind == AT_TID) {
        nx_sql_param(sql, r->tid, "pg_catalog.tid");
    } else if (b->kind == AT_BLOCK) {
        nx_sql_addf(sql, "'(%u,0)'::pg_catalog.tid", b->blocks);
    } else {
        nx_sql_addf(sql,
                    "(SELECT pg_catalog.format('(%%s,0)', GREATEST(pg_catalog.pg_relation_size(%u::pg_catalog.oid) "
                    "OPERATOR(pg_catalog./) pg_catalog.current_setting('block_size')::pg_catalog.int8 "
                    "OPERATOR(pg_catalog.-) %u::pg_catalog.int8, 0::pg_catalog.int8))::pg_catalog.tid)",
                    leaf->oid, b->blocks);
    }
}

static void add_range(const reading *r, const nx_model *leaf, const bound *low, const bound *high, nx_sql *sql) {
    nx_sql_add(sql, " FROM ONLY ");
    nx_sql_name(sql, leaf->schema, leaf->name);
    nx_sql_add(sql, " t WHERE ");
    add_bound(r, leaf, low, sql);
    nx_sql_add(sql, " AND ");
    add_bound(r, leaf, high, sql);
}

static void add_all_columns(const nx_model *model, nx_sql *sql) {
    nx_sql_add(sql, "t.ctid, t.xmin, t.tableoid");
    for (int i = 0; i < model->nfields; i++) {
        if (model->fields[i]->can_select) {
            nx_sql_add(sql, ", ");
            nx_sql_column(sql, "t", model->fields[i]->name);
        }
    }
}

static void add_rows(const reading *r, const nx_model *leaf, const bound *low, const bound *high, nx_sql *sql) {
    const nx_query *q = r->query;
    if (!q->has_scope && !q->filter) {
        add_range(r, leaf, low, high, sql);
        return;
    }
    nx_sql_add(sql, " FROM (SELECT ");
    add_all_columns(q->model, sql);
    add_range(r, leaf, low, high, sql);
    nx_sql_add(sql, " OFFSET 0) t WHERE ");
    nx_query_conditions(q, sql);
}

static void add_branch(reading *r, const nx_model *leaf, bound low, bound high, nx_sql *sql) {
    nx_sql_add(sql, r->branches++ ? " UNION ALL (SELECT " : "(SELECT ");
    nx_columns_raw(r->query, sql);
    add_rows(r, leaf, &low, &high, sql);
    nx_sql_add(sql, r->walk->backward ? " ORDER BY t.ctid DESC" : "");
    nx_sql_addf(sql, " LIMIT %d)", r->walk->limit);
}

/* --- windows ------------------------------------------------------------------------------------------ */

static void add_windows_before(reading *r, nx_sql *sql) {
    unsigned high = r->block, width = FIRST_WINDOW;
    bound from = {.op = r->walk->inclusive ? "<=" : "<", .kind = AT_TID};
    do {
        unsigned low = high > width ? high - width : 0;
        add_branch(r, r->leaves[r->at], (bound){.op = ">=", .kind = AT_BLOCK, .blocks = low}, from, sql);
        from = (bound){.op = "<", .kind = AT_BLOCK, .blocks = low};
        high = low;
        width = width < UINT32_MAX / WINDOW_GROWTH ? width * WINDOW_GROWTH : UINT32_MAX;
    } while (high > 0);
}

static void add_windows_from_end(reading *r, const nx_model *leaf, nx_sql *sql) {
    int windows = r->nleaves > 1 ? 3 : MAX_WINDOWS;
    unsigned depth = FIRST_WINDOW;
    bound from = {.op = NULL};
    for (int i = 0; i < windows; i++) {
        bool last = i == windows - 1;
        bound low = last ? (bound){.op = ">=", .kind = AT_BLOCK, .blocks = 0}
                         : (bound){.op = ">=", .kind = FROM_END, .blocks = depth};
        add_branch(r, leaf, low, from, sql);
        from = (bound){.op = "<", .kind = FROM_END, .blocks = depth};
        depth = depth < UINT32_MAX / WINDOW_GROWTH ? depth * WINDOW_GROWTH : UINT32_MAX;
    }
}

static void read_backward(reading *r, nx_sql *sql) {
    int leaf = r->at;
    if (leaf >= 0 && !nx_is_null(r->tid)) {
        add_windows_before(r, sql);
        leaf--;
    }
    for (; leaf >= 0; leaf--) {
        add_windows_from_end(r, r->leaves[leaf], sql);
    }
}

static void read_forward(reading *r, nx_sql *sql) {
    const bound none = {.op = NULL};
    bound low = {.op = ">=", .kind = AT_BLOCK, .blocks = 0};
    if (!nx_is_null(r->tid)) {
        low = (bound){.op = r->walk->inclusive ? ">=" : ">", .kind = AT_TID};
    }
    for (int leaf = r->at; leaf >= 0 && leaf < r->nleaves; leaf++) {
        add_branch(r, r->leaves[leaf], low, none, sql);
        low = (bound){.op = ">=", .kind = AT_BLOCK, .blocks = 0};
    }
}

void nx_tuple_source(const nx_query *query, const nx_walk *walk, nx_sql *sql) {
    reading r = {.query = query, .walk = walk};
    find_leaves(&r);
    find_start(&r);
    nx_sql_add(sql, "(");
    if (walk->backward) {
        read_backward(&r, sql);
    } else {
        read_forward(&r, sql);
    }
    if (r.branches == 0) { /* no partitions */
        nx_sql_add(sql, "SELECT ");
        nx_columns_raw(query, sql);
        nx_sql_add(sql, " FROM ");
        nx_query_source(query, sql);
        nx_sql_add(sql, " WHERE false");
    }
    nx_sql_addf(sql, ") t LIMIT %d", walk->limit);
    free(r.leaves);
}

void nx_tuple_settings(nx_sql *sql) {
    nx_sql_add(sql, "SELECT pg_catalog.set_config('synchronize_seqscans', 'off', true), "
                    "pg_catalog.set_config('max_parallel_workers_per_gather', '0', true)");
}
