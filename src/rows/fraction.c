/* Going to a part of the order: from a sample of blocks, the row that stands there among the sampled ones. */
#include "keyset.h"

#include <stdio.h>
#include <stdlib.h>

enum { SAMPLE_ROWS = 40000, SAMPLE_BLOCKS = 500, SMALL_ROWS = 10000 };

static void add_real(nx_sql *sql, double value, const char *cast) {
    char text[40];
    snprintf(text, sizeof text, "%.9g", value);
    nx_sql_param(sql, nx_value_of(text), cast);
}

static bool can_sample(const nx_query *query, nx_error *err) {
    nx_model_kind kind = query->model->kind;
    if (query->paging != NX_PAGING_OFFSET && kind != NX_KIND_VIEW && kind != NX_KIND_FOREIGN) {
        return true;
    }
    nx_error_set(err, NX_ERR_REFUSED, "a %s cannot be entered at a percentage", nx_model_kind_name(kind));
    nx_error_hint(
        err, "the server takes samples of tables and materialized views only; go to the first or last rows, or filter");
    return false;
}

/* The part of the blocks to sample, in per cent. It is the number of blocks that makes the answer good, as neighbours
 * in the order are often neighbours in the table: with 500 it is right within some 2 %. Partitions have no size in
 * common, there the number of rows must do. */
static void add_percentage(const nx_query *query, bool whole, nx_sql *sql) {
    const nx_model *model = query->model;
    double rows = (double)model->rows_estimate;
    if (whole || (model->kind == NX_KIND_PARTITIONED && rows >= 0 && rows <= (double)SAMPLE_ROWS)) {
        add_real(sql, 100, "pg_catalog.float4");
    } else if (model->kind == NX_KIND_PARTITIONED) {
        add_real(sql, rows > 0 ? 100.0 * (double)SAMPLE_ROWS / rows : 1, "pg_catalog.float4");
    } else {
        nx_sql_addf(sql,
                    "LEAST(100, %d OPERATOR(pg_catalog./) GREATEST(1, pg_catalog.pg_relation_size(%u::pg_catalog.oid) "
                    "OPERATOR(pg_catalog./) pg_catalog.current_setting('block_size')::pg_catalog.int8"
                    ")::pg_catalog.float8)::pg_catalog.float4",
                    100 * SAMPLE_BLOCKS, model->oid);
    }
}

static void add_terms(const nx_query *query, const char *after, nx_sql *sql) {
    for (int i = 0; i < query->nsort; i++) {
        nx_sql_add(sql, i ? ", " : "");
        nx_sql_column(sql, "t", query->sort[i].column);
        nx_sql_add(sql, after);
    }
}

static void add_sample(const nx_query *query, double fraction, bool whole, nx_sql *sql) {
    bool nulls[NX_SORT_MAX];
    nx_sql_add(sql, "WITH s AS MATERIALIZED (SELECT ");
    add_terms(query, "", sql);
    nx_sql_add(sql, " FROM ");
    nx_query_source_begin(query, sql);
    nx_sql_add(sql, " TABLESAMPLE pg_catalog.system (");
    add_percentage(query, whole, sql);
    nx_sql_add(sql, ")");
    nx_query_source_end(query, sql);
    nx_sql_add(sql, " WHERE ");
    if (!nx_query_conditions(query, sql)) {
        nx_sql_add(sql, "true");
    }
    nx_sql_add(sql, "), c AS (SELECT pg_catalog.count(*) AS n FROM s) SELECT ");
    add_terms(query, "::pg_catalog.text", sql);
    nx_sql_add(sql, " FROM s t");
    for (int i = 0; i < query->nsort; i++) {
        nulls[i] = query->sort[i].nullable ? query->sort[i].nulls_first : query->sort[i].desc;
    }
    nx_sort_sql(query, nulls, false, sql);
    nx_sql_add(sql, " OFFSET (SELECT pg_catalog.floor(");
    add_real(sql, fraction, "pg_catalog.float8");
    nx_sql_add(sql, " OPERATOR(pg_catalog.*) c.n::pg_catalog.float8)::pg_catalog.int8 FROM c) LIMIT 1");
}

/* --- by tuple id: the block at that part of all blocks -------------------------------------------------- */

static void add_tables(const nx_model *model, nx_sql *sql) {
    int n = model->kind == NX_KIND_PARTITIONED ? nx_model_leaves(model, NULL, 0) : 1;
    const nx_model **leaves = nx_calloc((size_t)(n > 0 ? n : 1), sizeof *leaves);
    leaves[0] = model;
    if (model->kind == NX_KIND_PARTITIONED && n > 0) {
        nx_model_leaves(model, leaves, n);
    }
    for (int i = 0; i < (n > 0 ? n : 1); i++) {
        nx_sql_addf(sql, "%s(%d, %u::pg_catalog.oid)", i ? ", " : "", i, leaves[i]->oid);
    }
    free(leaves);
}

/* OPERATOR(...) has one precedence for all operators, hence the parentheses. */
static void add_block(const nx_query *query, double fraction, nx_sql *sql) {
    nx_sql_add(sql, "SELECT ");
    nx_sql_add(sql, query->nsort > 1 ? "r.id::pg_catalog.text, " : "");
    nx_sql_add(sql, "pg_catalog.format('(%s,0)', pg_catalog.floor((");
    add_real(sql, fraction, "pg_catalog.float8");
    nx_sql_add(sql,
               " OPERATOR(pg_catalog.*) r.total) OPERATOR(pg_catalog.-) r.before)::pg_catalog.int8) FROM ("
               "SELECT b.place, b.id, b.blocks, pg_catalog.sum(b.blocks) OVER () AS total, "
               "pg_catalog.sum(b.blocks) OVER (ORDER BY b.place) OPERATOR(pg_catalog.-) b.blocks AS before FROM ("
               "SELECT v.place, v.id, (pg_catalog.pg_relation_size(v.id) OPERATOR(pg_catalog./) "
               "pg_catalog.current_setting('block_size')::pg_catalog.int8)::pg_catalog.float8 AS blocks FROM (VALUES ");
    add_tables(query->model, sql);
    nx_sql_add(sql, ") v(place, id)) b) r WHERE r.before OPERATOR(pg_catalog.+) r.blocks OPERATOR(pg_catalog.>) (");
    add_real(sql, fraction, "pg_catalog.float8");
    nx_sql_add(sql, " OPERATOR(pg_catalog.*) r.total) ORDER BY r.place LIMIT 1");
}

/* The server makes a table longer by several blocks at once, and of a short one many can be empty: their number says
 * little there, and all the rows can be looked at. (Partitions stand in an order of their own.) */
static bool is_small(const nx_model *model) {
    return model->kind != NX_KIND_PARTITIONED && model->rows_estimate >= 0 && model->rows_estimate <= SMALL_ROWS;
}

bool nx_fraction_sql(const nx_query *query, double fraction, bool whole, nx_sql *sql, nx_error *err) {
    if (!can_sample(query, err)) {
        return false;
    }
    if (query->paging == NX_PAGING_TUPLE && !is_small(query->model)) {
        add_block(query, fraction, sql);
    } else {
        add_sample(query, fraction, whole, sql);
    }
    return true;
}
