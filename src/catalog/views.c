/* The key of a view: its base table's primary key, where the view shows all of it as plain columns.
 *
 * What a view's column is made of stands only in the view's rule, as a query tree. Its target entries
 * name the table and column of origin (PostgreSQL's own RowDescription for the query is made of them).
 * The text also holds the entries of sub-selects in WHERE and among the columns, and which entry
 * is whose is not told apart here. It need not be: the server says whether writing to a column writes
 * to the base table (pg_column_is_updatable without triggers), which is so only for plain columns of
 * a view over one table without joins, grouping, DISTINCT or LIMIT. The base table of such a view is
 * the first relation of the tree that is not the view, and a column's own entry names that table, or
 * none when it is computed. So entries of other tables are passed over, and a column counts only when
 * all that remain under its number agree. Wherever this finds nothing, the view has no identity and is
 * read-only: it errs on that side alone. */
#include "describe.h"

#include <stdlib.h>

enum { VIEW_MODEL, VIEW_NUMBER, VIEW_TABLE, VIEW_COLUMN, VIEW_KEY_NAME, VIEW_KEY };

const char nx_view_keys_sql[] =
    "rules AS MATERIALIZED (SELECT c.oid AS view, w.ev_action::pg_catalog.text AS tree FROM pg_catalog.pg_class c"
    "  JOIN pg_catalog.pg_rewrite w ON w.ev_class" EQ "c.oid AND w.ev_type" EQ "'1'"
    "  WHERE c.oid" PICKED " AND c.relkind" EQ "'v'"
    "  AND pg_catalog.pg_relation_is_updatable(c.oid, false)" OP("&") "4" OP("<>") "0),"
    " origins AS (SELECT r.view, m.x[1]::pg_catalog.int4 AS number, m.x[2]::pg_catalog.oid AS origin,"
    "  m.x[3]::pg_catalog.int4 AS col FROM rules r CROSS JOIN args"
    "  CROSS JOIN LATERAL (SELECT f.x[1]::pg_catalog.oid AS oid"
    "   FROM pg_catalog.regexp_matches(r.tree, ':relid ([0-9]+) ', 'g') WITH ORDINALITY f(x, n)"
    "   WHERE f.x[1]::pg_catalog.oid" OP("<>") "r.view ORDER BY f.n LIMIT 1) base"
    "  CROSS JOIN LATERAL pg_catalog.regexp_matches(r.tree, args.pattern, 'g') m(x)"
    "  WHERE m.x[2]::pg_catalog.oid" EQ "base.oid OR m.x[2]::pg_catalog.oid" EQ "0)"
    " SELECT o.view, o.number, pg_catalog.min(o.origin), pg_catalog.min(o.col), k.name, k.fields"
    " FROM origins o"
    " LEFT JOIN LATERAL (SELECT x.relname AS name, i.indkey::pg_catalog.text AS fields"
    "  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid" EQ "i.indexrelid"
    "  JOIN pg_catalog.pg_class t ON t.oid" EQ "i.indrelid"
    "  WHERE i.indrelid" EQ "o.origin AND i.indisprimary AND i.indisvalid AND i.indimmediate"
    "  AND x.relam" EQ "403 AND (t.relkind" EQ "'p' OR NOT EXISTS (SELECT FROM"
    "   pg_catalog.pg_inherits h WHERE h.inhparent" EQ "t.oid))) k ON true"
    " WHERE pg_catalog.pg_column_is_updatable(o.view, o.number::pg_catalog.int2, false)"
    " GROUP BY o.view, o.number, k.name, k.fields"
    " HAVING pg_catalog.min(o.origin)" EQ "pg_catalog.max(o.origin) AND pg_catalog.min(o.col)" EQ "pg_catalog.max(o.col)"
    " ORDER BY o.view, o.number";

/* The view's field that shows this column of the base table. */
static nx_field *shown_as(const nx_draft *draft, const nx_result *r, int from, int to, int64_t column) {
    for (int row = from; row < to; row++) {
        if (nx_result_int(r, row, VIEW_COLUMN) == column) {
            return nx_draft_field(draft, nx_result_int(r, row, VIEW_NUMBER));
        }
    }
    return NULL;
}

void nx_read_view_keys(nx_draft *draft, const nx_result *r, int from, int to) {
    nx_model *model = draft->model;
    int64_t numbers[NX_KEY_COLUMNS_MAX];
    int n = from < to ? nx_numbers(nx_result_text(r, from, VIEW_KEY), numbers, NX_KEY_COLUMNS_MAX) : 0;
    for (int row = from + 1; row < to; row++) {
        if (nx_result_int(r, row, VIEW_TABLE) != nx_result_int(r, from, VIEW_TABLE)) {
            return;
        }
    }
    if (model->kind != NX_KIND_VIEW || n == 0) {
        return;
    }
    nx_key *key = nx_arena_alloc(draft->catalog->arena, sizeof *key);
    key->name = nx_draft_name(draft, r, from, VIEW_KEY_NAME);
    key->fields = nx_arena_array(draft->catalog->arena, (size_t)n, sizeof(nx_field *));
    key->identifies = true;
    for (int i = 0; i < n; i++) {
        nx_field *field = shown_as(draft, r, from, to, numbers[i]);
        if (!field || !field->sortable || !field->can_select) {
            return;
        }
        key->fields[key->nfields++] = field;
    }
    for (int i = 0; i < n; i++) {
        key->fields[i]->nullable = false; /* the server keeps no NOT NULL for a view's columns */
    }
    model->keys = nx_arena_array(draft->catalog->arena, 1, sizeof(nx_key *));
    model->keys[model->nkeys++] = key;
}
