/* One statement. The records of staged changes; from those that are deleted, recursively, what goes with them ("gone":
 * each record once, by the first edge that it was found by); then what happens to the others that refer to them. A
 * record is told by r (the staged change that it goes back to), o and i (its table and tuple id) and k (as text, the
 * values that others may refer to). */
#include <string.h>

#include "nixie/filter.h"
#include "preview.h"

#define SAME " OPERATOR(pg_catalog.=) "

typedef struct writer {
    const preview_plan *plan;
    nx_sql *sql;
    bool written[PREVIEW_NODES];
    bool gone; /* something goes */
    bool any;
} writer;

static void add_table(nx_sql *sql, const nx_model *model, const char *alias) {
    nx_sql_add(sql, model->kind == NX_KIND_PARTITIONED ? "" : "ONLY "); /* keys do not reach tables that inherit */
    nx_sql_name(sql, model->schema, model->name);
    nx_sql_addf(sql, " %s", alias);
}

static void begin(writer *w, int at) {
    nx_sql_addf(w->sql, "%s n%d AS MATERIALIZED (", w->any ? "," : "WITH RECURSIVE", at);
    w->any = true;
    w->written[at] = true;
}

/* o, i and k of the record that `alias` is. */
static void add_place(writer *w, const preview_node *node, const char *alias) {
    const preview_set *set = node->to < 0 ? NULL : &w->plan->sets[node->to];
    nx_sql_addf(w->sql, "%s.tableoid AS o, %s.ctid AS i, ARRAY[", alias, alias);
    for (int k = 0; set && k < set->ncolumns; k++) {
        nx_sql_add(w->sql, k ? ", " : "");
        nx_sql_column(w->sql, alias, set->columns[k]->name);
        nx_sql_add(w->sql, "::pg_catalog.text");
    }
    nx_sql_add(w->sql, "]::pg_catalog.text[] AS k");
}

/* --- staged changes -------------------------------------------------------------------------------------------- */

static const char *key_cast(const nx_model *model, int i) {
    static const char *const tuple[] = {"pg_catalog.tid", "pg_catalog.text", "pg_catalog.oid"};
    return model->identity ? model->identity->fields[i]->cast : tuple[i];
}

static void add_values(writer *w, const preview_node *node, int nkey) {
    nx_sql_add(w->sql, "(VALUES ");
    for (int n = 0; n < node->nroots; n++) {
        const preview_staged *s = &w->plan->staged[node->roots[n]];
        nx_sql_addf(w->sql, "%s(%d", n ? ", " : "", node->roots[n]);
        for (int i = 0; i < nkey; i++) {
            nx_sql_add(w->sql, ", ");
            nx_sql_param(w->sql, s->key[i], key_cast(s->model, i));
        }
        nx_sql_add(w->sql, ")");
    }
    nx_sql_add(w->sql, ") v(r");
    for (int i = 0; i < nkey; i++) {
        nx_sql_addf(w->sql, ", v%d", i);
    }
    nx_sql_add(w->sql, ")");
}

static void add_key_test(nx_sql *sql, const nx_model *model, int nkey) {
    static const char *const tuple[] = {"t.ctid" SAME, "t.xmin::pg_catalog.text" SAME, "t.tableoid" SAME};
    for (int i = 0; i < nkey; i++) {
        nx_sql_add(sql, i ? " AND " : "");
        if (model->identity) {
            const nx_field *field = model->identity->fields[i];
            nx_sql_column(sql, "t", field->name);
            nx_sql_addf(sql, " %s v%d", field->op_eq ? field->op_eq : "OPERATOR(pg_catalog.=)", i);
        } else {
            nx_sql_addf(sql, "%sv%d", tuple[i], i);
        }
    }
}

static void add_matching(writer *w, const preview_node *node) {
    const preview_staged *s = &w->plan->staged[node->roots[0]];
    nx_error err = NX_ERROR;
    nx_filter *filter = nx_filter_parse(s->model, s->filter, &err);
    nx_sql_addf(w->sql, "SELECT %d AS r, ", node->roots[0]);
    add_place(w, node, "t");
    nx_sql_add(w->sql, " FROM ");
    add_table(w->sql, node->model, "t");
    nx_sql_add(w->sql, filter ? "" : " WHERE false");
    if (filter && !nx_filter_is_empty(filter)) {
        nx_sql_add(w->sql, " WHERE ");
        nx_filter_sql(filter, "t", w->sql);
    }
    nx_sql_addf(w->sql, " LIMIT %d)", NX_PREVIEW_ROWS + 1);
    nx_filter_free(filter);
    nx_error_clear(&err);
}

static void add_staged(writer *w, int at) {
    const preview_node *node = &w->plan->nodes[at];
    const preview_staged *first = &w->plan->staged[node->roots[0]];
    begin(w, at);
    if (node->bulk) {
        add_matching(w, node);
        return;
    }
    nx_sql_add(w->sql, "SELECT v.r, ");
    add_place(w, node, "t");
    nx_sql_add(w->sql, " FROM ");
    add_values(w, node, first->nkey);
    nx_sql_add(w->sql, " JOIN ");
    add_table(w->sql, first->model, "t");
    nx_sql_add(w->sql, " ON ");
    add_key_test(w->sql, first->model, first->nkey);
    nx_sql_add(w->sql, ")");
}

/* --- what refers to them ------------------------------------------------------------------------------------------ */

static int column_of(const preview_set *set, const char *name) {
    for (int k = 0; k < set->ncolumns; k++) {
        if (strcmp(set->columns[k]->name, name) == 0) {
            return k;
        }
    }
    return 0;
}

/* Does c refer to p? */
static void add_test(writer *w, const preview_node *node) {
    const preview_set *set = &w->plan->sets[node->from];
    for (int i = 0; i < node->key->nfields; i++) {
        int at = column_of(set, node->key->references[i]);
        nx_sql_addf(w->sql, "%s(p.k)[%d]::", i ? " AND " : "", at + 1);
        nx_sql_add(w->sql, set->columns[at]->cast);
        nx_sql_addf(w->sql, " %s ", node->key->operators[i]);
        nx_sql_column(w->sql, "c", node->key->fields[i]->name);
    }
    if (set->node < 0) {
        nx_sql_addf(w->sql, " AND p.m" SAME "%d", node->from);
    }
    if (node->leaf) {
        nx_sql_addf(w->sql, " AND p.o" SAME "ANY (ARRAY(SELECT l.relid::pg_catalog.oid FROM"
                            " pg_catalog.pg_partition_tree(%u::pg_catalog.oid::pg_catalog.regclass) l))",
                    (unsigned)node->leaf->oid);
    }
}

#define IS_C "q.i" SAME "c.ctid AND q.o" SAME "c.tableoid"

static void add_not_moved(writer *w, const preview_node *node) {
    for (int i = 0; i < w->plan->n; i++) {
        if (w->plan->nodes[i].kind == PREVIEW_MOVED && w->plan->nodes[i].key == node->key) {
            nx_sql_addf(w->sql, " AND NOT EXISTS (SELECT FROM n%d q WHERE " IS_C ")", i);
        }
    }
}

static void add_guard(nx_sql *sql, const preview_node *node) {
    /* What goes is looked for once for each record, the others in one go. */
    enum { SMALL = 16 << 20, TINY = 1 << 20 };
    unsigned oid = (unsigned)node->model->oid;
    nx_sql_addf(sql, "(SELECT COALESCE((SELECT pg_catalog.sum(pg_catalog.pg_relation_size(l.relid)) FROM"
                     " pg_catalog.pg_partition_tree(%u::pg_catalog.oid::pg_catalog.regclass) l),"
                     " pg_catalog.pg_relation_size(%u::pg_catalog.oid::pg_catalog.regclass)::pg_catalog.numeric)"
                     " OPERATOR(pg_catalog.<=) %d::pg_catalog.numeric)",
                oid, oid, node->event == PREVIEW_DELETED ? TINY : SMALL);
}

static void add_guarded(writer *w, const preview_node *node) {
    if (node->guarded) {
        nx_sql_add(w->sql, " AND ");
        add_guard(w->sql, node);
    }
}

/* --- what goes ---------------------------------------------------------------------------------------------------- */

static bool goes(const preview_node *node, bool edge) {
    return (node->kind == PREVIEW_EDGE) == edge && node->event == PREVIEW_DELETED && !node->uncounted && node->to >= 0;
}

static void add_cascade(writer *w, int at, bool first) {
    const preview_node *node = &w->plan->nodes[at];
    nx_sql_addf(w->sql, "%sSELECT p.r, %d AS m, %d AS e, ", first ? "" : " UNION ALL ", node->to, at);
    add_place(w, node, "c");
    nx_sql_add(w->sql, " FROM ");
    add_table(w->sql, node->model, "c");
    nx_sql_add(w->sql, " WHERE ");
    add_test(w, node);
    add_not_moved(w, node);
    add_guarded(w, node);
}

static void add_gone(writer *w) {
    bool first = true;
    nx_sql_add(w->sql, ", found(r, m, e, o, i, k) AS (");
    for (int i = 0; i < w->plan->n; i++) {
        if (goes(&w->plan->nodes[i], false)) {
            nx_sql_addf(w->sql, "%sSELECT n.r, %d, %d, n.o, n.i, n.k FROM n%d n", first ? "(" : " UNION ALL ",
                        w->plan->nodes[i].to, PREVIEW_STAGED, i);
            first = false;
        }
    }
    nx_sql_add(w->sql, ")");
    first = true;
    for (int i = 0; i < w->plan->n; i++) {
        if (goes(&w->plan->nodes[i], true)) {
            nx_sql_add(w->sql, first ? " UNION SELECT s.* FROM found p CROSS JOIN LATERAL (" : "");
            add_cascade(w, i, first);
            w->written[i] = true;
            first = false;
        }
    }
    nx_sql_add(w->sql, first ? ")" : ") s)");
    nx_sql_addf(w->sql, ", bounded AS MATERIALIZED (SELECT * FROM found LIMIT %d), gone AS MATERIALIZED (SELECT"
                        " DISTINCT ON (f.o, f.i) f.* FROM bounded f ORDER BY f.o, f.i, f.e, f.r)",
                PREVIEW_TOTAL + NX_PREVIEW_CHANGES);
}

/* --- what stays ---------------------------------------------------------------------------------------------------- */

/* What refuses does so unless it is staged to go itself; whether a cascade takes it as well is told as d. */
static void add_staying(writer *w, int at) {
    const preview_node *node = &w->plan->nodes[at];
    const preview_set *set = &w->plan->sets[node->from];
    if (node->uncounted || node->event == PREVIEW_DELETED || (set->node >= 0 && !w->written[set->node])) {
        return;
    }
    bool refuses = node->event == PREVIEW_NOTHING;
    begin(w, at);
    nx_sql_add(w->sql, "SELECT p.r, ");
    add_place(w, node, "c");
    nx_sql_add(w->sql, w->gone && refuses ? ", EXISTS (SELECT FROM gone q WHERE " IS_C ") AS d FROM "
                                         : ", false AS d FROM ");
    if (set->node < 0) {
        nx_sql_add(w->sql, "gone p JOIN ");
    } else {
        nx_sql_addf(w->sql, "n%d p JOIN ", set->node);
    }
    add_table(w->sql, node->model, "c");
    nx_sql_add(w->sql, " ON ");
    add_test(w, node);
    nx_sql_add(w->sql, " WHERE true");
    if (w->gone) {
        nx_sql_addf(w->sql, " AND NOT EXISTS (SELECT FROM gone q WHERE " IS_C "%s)",
                    refuses ? " AND q.e OPERATOR(pg_catalog.<) 0" : "");
    }
    add_not_moved(w, node);
    add_guarded(w, node);
    nx_sql_addf(w->sql, " LIMIT %d)", NX_PREVIEW_ROWS + 1);
}

/* --- the answer ------------------------------------------------------------------------------------------------- */

/* Is there a record for the default, and does it stay? */
static void add_default_test(writer *w, const preview_node *node, int at) {
    const nx_foreign_key *key = node->key;
    nx_sql_addf(w->sql, " UNION ALL SELECT %d, %d, CASE WHEN EXISTS (SELECT FROM ", at, PREVIEW_DEFAULT);
    add_table(w->sql, key->target, "c");
    nx_sql_add(w->sql, " WHERE ");
    for (int i = 0; i < key->nfields; i++) {
        nx_sql_add(w->sql, i ? " AND " : "");
        nx_sql_column(w->sql, "c", key->references[i]);
        nx_sql_addf(w->sql, " %s ", key->operators[i]);
        nx_sql_param(w->sql, node->defaults[i], key->fields[i]->cast);
    }
    nx_sql_add(w->sql, w->gone ? " AND NOT EXISTS (SELECT FROM gone q WHERE " IS_C ")" : "");
    nx_sql_add(w->sql, ") THEN 1 ELSE 0 END::pg_catalog.int8, 0::pg_catalog.int8");
}

static void add_node_counts(writer *w, int at) {
    const preview_node *node = &w->plan->nodes[at];
    bool deleted = node->event == PREVIEW_DELETED;
    if (!deleted) {
        nx_sql_addf(w->sql, " UNION ALL SELECT %d, n.r, pg_catalog.count(*), %s FROM n%d n GROUP BY n.r", at,
                    node->kind == PREVIEW_ROOT ? "0::pg_catalog.int8" : "pg_catalog.count(*) FILTER (WHERE n.d)", at);
    }
    if (node->guarded) {
        nx_sql_addf(w->sql, " UNION ALL SELECT %d, %d, CASE WHEN ", at, PREVIEW_GUARD);
        add_guard(w->sql, node);
        nx_sql_add(w->sql, " THEN 1 ELSE 0 END::pg_catalog.int8, 0::pg_catalog.int8");
    }
    if (node->defaults) {
        add_default_test(w, node, at);
    }
}

static void add_counts(writer *w) {
    nx_sql_add(w->sql, w->gone ? " SELECT g.e, g.r, pg_catalog.count(*), 0::pg_catalog.int8 FROM gone g"
                                 " GROUP BY g.e, g.r"
                               : " SELECT 0, 0, 0::pg_catalog.int8, 0::pg_catalog.int8 WHERE false");
    for (int i = 0; i < w->plan->n; i++) {
        if (w->written[i] && w->plan->nodes[i].kind != PREVIEW_MOVED) {
            add_node_counts(w, i);
        }
    }
}

bool preview_sql(const preview_plan *plan, nx_sql *sql) {
    writer w = {.plan = plan, .sql = sql};
    bool any = false;
    for (int i = 0; i < plan->n; i++) {
        const preview_node *node = &plan->nodes[i];
        if (node->kind != PREVIEW_EDGE) {
            add_staged(&w, i);
        }
        w.gone = w.gone || goes(node, false);
        any = any || node->kind == PREVIEW_EDGE || node->event == PREVIEW_DELETED;
    }
    if (w.gone) {
        add_gone(&w);
    }
    for (int i = 0; i < plan->n; i++) { /* what a node refers to stands before it */
        if (plan->nodes[i].kind == PREVIEW_EDGE) {
            add_staying(&w, i);
        }
    }
    add_counts(&w);
    return any;
}
