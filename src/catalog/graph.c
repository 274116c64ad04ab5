#include "graph.h"

#include <stdlib.h>
#include <string.h>

#include "describe.h"

enum {
    EDGE_OID, EDGE_NAME, EDGE_CHILD, EDGE_PARENT, EDGE_ON_DELETE, EDGE_ON_UPDATE, EDGE_NUMBER, EDGE_FIELD,
    EDGE_REFERENCE, EDGE_UNIQUE, EDGE_INDEXED, EDGE_REQUIRED, EDGE_TAKEN_STEM, EDGE_TAKEN_BY_CHILD, EDGE_TAKEN_BY_PARENT
};

#define KEYS_OF_DATABASE                                                                                  \
    "fk AS MATERIALIZED (SELECT * FROM pg_catalog.pg_constraint k WHERE k.contype" EQ "'f' AND k.conparentid" EQ "0)"
#define LEADING(count) "(i.indkey::pg_catalog.int2[])[0:" count OP("-") "1]"

/* By index, one at a time: joins would read all columns of the database. */
#define COLUMN(relation, by, value)                                                                       \
    "(SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid" EQ relation " AND a." by EQ value \
    " AND NOT a.attisdropped LIMIT 1)"
#define NAME_OF(relation) "(SELECT c.relname FROM pg_catalog.pg_class c WHERE c.oid" EQ relation ")"
#define STEM(name) "pg_catalog.regexp_replace(" name "::pg_catalog.text, '(_id|_Id|_ID|Id|ID)$', '')::pg_catalog.name"

/* The last three columns are those whose names the key's relations might want, where there are such:
 * so a relation is named the same whether or not its model has been described.
 * unique: some unique index is over nothing but columns of the key. indexed: some index begins with
 * exactly the columns of the key, in whatever order. conparentid: partitions repeat their parent's. */
static const char edges_sql[] =
    "WITH " KEYS_OF_DATABASE ", served AS (SELECT k.oid,"
    " pg_catalog.bool_or(i.indisunique AND i.indexprs IS NULL AND " LEADING("i.indnkeyatts") OP("<@") "k.conkey) AS uniq,"
    " pg_catalog.bool_or(i.indnkeyatts" OP(">=") "pg_catalog.cardinality(k.conkey)"
    "  AND " LEADING("pg_catalog.cardinality(k.conkey)") OP("@>") "k.conkey) AS indexed"
    " FROM fk k JOIN pg_catalog.pg_index i ON i.indrelid" EQ "k.conrelid"
    " WHERE i.indisvalid AND i.indpred IS NULL GROUP BY k.oid)"
    " SELECT k.oid, k.conname, k.conrelid, k.confrelid, k.confdeltype, k.confupdtype, x.child,"
    " " COLUMN("k.conrelid", "attnum", "x.child") ", " COLUMN("k.confrelid", "attnum", "x.parent") ","
    " s.uniq, s.indexed, (SELECT a.attnotnull FROM pg_catalog.pg_attribute a WHERE a.attrelid" EQ "k.conrelid"
    "  AND a.attnum" EQ "x.child LIMIT 1),"
    " " COLUMN("k.conrelid", "attname", STEM(COLUMN("k.conrelid", "attnum", "x.child"))) ","
    " " COLUMN("k.conrelid", "attname", NAME_OF("k.confrelid")) ","
    " " COLUMN("k.confrelid", "attname", NAME_OF("k.conrelid"))
    " FROM fk k CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey))"
    "  WITH ORDINALITY x(child, parent, n) LEFT JOIN served s ON s.oid" EQ "k.oid ORDER BY k.oid, x.n";

/* Whole plain indexes over one or two columns of tables whose name begins as a join table's does: these few first, or
 * the indexes of all tables would be joined. */
static const char pairs_sql[] =
    "WITH j AS MATERIALIZED (SELECT c.oid FROM pg_catalog.pg_class c WHERE c.relkind" EQ "'r'"
    "  AND pg_catalog.left(c.relname::pg_catalog.text, 1)" EQ "'_')"
    " SELECT i.indrelid, i.indisunique, i.indnkeyatts, " COLUMN("i.indrelid", "attnum", "i.indkey[0]") ","
    " CASE WHEN i.indnkeyatts" EQ "2 THEN " COLUMN("i.indrelid", "attnum", "i.indkey[1]") " END"
    " FROM j JOIN pg_catalog.pg_index i ON i.indrelid" EQ "j.oid"
    " WHERE i.indnkeyatts" OP("<=") "2 AND i.indexprs IS NULL AND i.indpred IS NULL AND i.indisvalid";

/* Columns called like the model on the other side of a table that may be a join table. */
static const char taken_sql[] =
    "WITH " KEYS_OF_DATABASE " SELECT a.attrelid, a.attname FROM fk k"
    " JOIN pg_catalog.pg_class j ON j.oid" EQ "k.conrelid AND pg_catalog.left(j.relname::pg_catalog.text, 1)" EQ "'_'"
    " JOIN fk o ON o.conrelid" EQ "k.conrelid JOIN pg_catalog.pg_class c ON c.oid" EQ "o.confrelid"
    " JOIN pg_catalog.pg_attribute a ON a.attrelid" EQ "k.confrelid AND a.attname" EQ "c.relname"
    "  AND a.attnum" OP(">") "0 AND NOT a.attisdropped";

enum { STATEMENT_EDGES, STATEMENT_PAIRS, STATEMENT_TAKEN, STATEMENT_LOOSE }; /* and an overlay's own */
enum { PAIR_MODEL, PAIR_UNIQUE, PAIR_COUNT, PAIR_FIRST, PAIR_SECOND };

static bool read_columns(nx_catalog *catalog, nx_edge *edge, const nx_result *r, int from, int to) {
    size_t n = (size_t)(to - from);
    edge->fields = nx_arena_array(catalog->arena, n, sizeof(char *));
    edge->references = nx_arena_array(catalog->arena, n, sizeof(char *));
    for (int row = from; row < to; row++) {
        const char *field = nx_result_text(r, row, EDGE_FIELD), *reference = nx_result_text(r, row, EDGE_REFERENCE);
        if (!field || !reference) {
            return false;
        }
        edge->optional = edge->optional || !nx_result_bool(r, row, EDGE_REQUIRED);
        edge->fields[edge->nfields] = nx_catalog_intern(catalog, field);
        edge->references[edge->nfields++] = nx_catalog_intern(catalog, reference);
    }
    return true;
}

/* False for a key whose models are not both in the list. */
static bool read_edge(nx_catalog *catalog, nx_edge *edge, const nx_result *r, int from, int to) {
    *edge = (nx_edge){
        .child = nx_catalog_by_oid(catalog, nx_result_oid(r, from, EDGE_CHILD)),
        .parent = nx_catalog_by_oid(catalog, nx_result_oid(r, from, EDGE_PARENT)),
        .name = nx_arena_strdup(catalog->arena, nx_result_text(r, from, EDGE_NAME)),
        .on_delete = nx_result_char(r, from, EDGE_ON_DELETE),
        .on_update = nx_result_char(r, from, EDGE_ON_UPDATE),
        .first_number = (int)nx_result_int(r, from, EDGE_NUMBER),
        .unique = nx_result_bool(r, from, EDGE_UNIQUE),
        .indexed = nx_result_bool(r, from, EDGE_INDEXED),
    };
    return edge->child && edge->parent && edge->name && read_columns(catalog, edge, r, from, to);
}

static void take_name(nx_graph *graph, const nx_model *model, const char *name) {
    if (model && name) {
        *nx_tally_of(&graph->taken, model, nx_catalog_intern(graph->catalog, name)) = 1;
    }
}

static void add_edge(nx_graph *graph, nx_edge *edge, const nx_result *r, int row, int taken) {
    nx_node *node = &graph->nodes[nx_catalog_place(edge->child)];
    if (node->nout < 2) {
        node->out[node->nout] = edge;
    }
    node->nout++;
    graph->nedges++;
    take_name(graph, edge->child, nx_result_text(r, row, taken));
    take_name(graph, edge->child, nx_result_text(r, row, taken + 1));
    take_name(graph, edge->parent, nx_result_text(r, row, taken + 2));
}

static void read_edges(nx_graph *graph, const nx_result *r) {
    int n = nx_result_rows(r);
    graph->edges = nx_calloc((size_t)n + (size_t)graph->catalog->nloose, sizeof *graph->edges);
    for (int from = 0, to; from < n; from = to) {
        uint32_t oid = nx_result_oid(r, from, EDGE_OID);
        for (to = from + 1; to < n && nx_result_oid(r, to, EDGE_OID) == oid;) {
            to++;
        }
        nx_edge *edge = &graph->edges[graph->nedges];
        if (read_edge(graph->catalog, edge, r, from, to)) {
            add_edge(graph, edge, r, from, EDGE_TAKEN_STEM);
        }
    }
}

/* --- references without a constraint ------------------------------------------------------------- */

static bool same_columns(const nx_edge *edge, const nx_virtual_key *key) {
    int alike = 0;
    for (int i = 0; i < key->nfields; i++) {
        for (int k = 0; k < edge->nfields; k++) { /* names are kept once: equal pointers */
            alike += edge->fields[k] == key->fields[i] && edge->references[k] == key->references[i];
        }
    }
    return edge->nfields == key->nfields && alike == key->nfields;
}

/* Does a constraint, or an edge added before, say the same? */
static bool is_known(const nx_graph *graph, const nx_virtual_key *key) {
    for (int i = 0; i < graph->nedges; i++) {
        const nx_edge *edge = &graph->edges[i];
        if (edge->child == key->child && edge->parent == key->parent && same_columns(edge, key)) {
            return true;
        }
    }
    return false;
}

static void read_loose(nx_graph *graph, const nx_result *r) {
    nx_loose_read(graph->catalog, r);
    for (int row = 0; row < nx_result_rows(r); row++) {
        int64_t i = nx_result_int(r, row, NX_LOOSE_KEY);
        const nx_loose_key *loose = i >= 0 && i < graph->catalog->nloose ? &graph->catalog->loose[i] : NULL;
        if (!loose || !loose->good || is_known(graph, &loose->key)) {
            continue;
        }
        nx_edge *edge = &graph->edges[graph->nedges];
        *edge = (nx_edge){.child = loose->key.child,
                          .parent = loose->key.parent,
                          .on_delete = loose->key.on_delete,
                          .on_update = loose->key.on_update,
                          .nfields = loose->key.nfields,
                          .fields = (const char **)(uintptr_t)loose->key.fields,
                          .references = (const char **)(uintptr_t)loose->key.references,
                          .unique = loose->unique,
                          .optional = true, /* nobody has looked */
                          .indexed = loose->indexed,
                          .virtual = true};
        add_edge(graph, edge, r, row, NX_LOOSE_TAKEN);
    }
}

static void read_pairs(nx_graph *graph, const nx_result *r) {
    for (int row = 0; row < nx_result_rows(r); row++) {
        const nx_model *model = nx_catalog_by_oid(graph->catalog, nx_result_oid(r, row, PAIR_MODEL));
        const char *first = nx_result_text(r, row, PAIR_FIRST), *second = nx_result_text(r, row, PAIR_SECOND);
        if (!model || !first) {
            continue;
        }
        nx_node *node = &graph->nodes[nx_catalog_place(model)];
        bool unique = nx_result_bool(r, row, PAIR_UNIQUE);
        node->pair_is_unique |= unique && second && nx_same_letters(first, "a") && nx_same_letters(second, "b");
        node->second_is_indexed |= !unique && nx_result_int(r, row, PAIR_COUNT) == 1 && nx_same_letters(first, "b");
    }
}

static void read_taken(nx_graph *graph, const nx_result *r) {
    for (int row = 0; row < nx_result_rows(r); row++) {
        take_name(graph, nx_catalog_by_oid(graph->catalog, nx_result_oid(r, row, 0)), nx_result_text(r, row, 1));
    }
}

bool nx_graph_joins(const nx_graph *graph, const nx_model *model, nx_edge **a, nx_edge **b) {
    const nx_node *node = &graph->nodes[nx_catalog_place(model)];
    bool declared = graph->catalog->joins && graph->catalog->joins[nx_catalog_place(model)];
    bool looks = model->name[0] == '_' && node->pair_is_unique && node->second_is_indexed;
    if ((!declared && !looks) || node->nout != 2 || node->out[0]->nfields != 1 || node->out[1]->nfields != 1) {
        return false;
    }
    bool swapped = nx_same_letters(node->out[0]->fields[0], "b");
    *a = node->out[swapped];
    *b = node->out[!swapped];
    return nx_same_letters((*a)->fields[0], "a") && nx_same_letters((*b)->fields[0], "b") &&
           (declared || strcmp((*a)->parent->name, (*b)->parent->name) <= 0);
}

/* The list guessed by names; now it is known. */
static void settle_join_tables(const nx_graph *graph) {
    nx_catalog *catalog = graph->catalog;
    bool moved = false;
    for (int i = 0; i < catalog->count; i++) {
        nx_edge *a, *b;
        nx_model *model = &catalog->storage[i];
        bool joins = nx_graph_joins(graph, model, &a, &b);
        moved = moved || joins != model->join_table;
        model->join_table = joins;
    }
    if (moved) {
        nx_catalog_sort(catalog);
    }
}

/* What an overlay asked comes after everything else. */
static void tell_overlay(nx_catalog *catalog, const nx_trip *trip) {
    const nx_catalog_overlay *overlay = nx_catalog_laid(catalog);
    if (overlay && overlay->related) {
        int at = STATEMENT_LOOSE + (catalog->nloose > 0);
        overlay->related(overlay->owner, catalog, overlay->ask ? nx_catalog_result(trip, at) : NULL);
    }
}

static void add_questions(nx_catalog_job *job, nx_catalog *catalog) {
    const nx_catalog_overlay *overlay = nx_catalog_laid(catalog);
    nx_sql loose = NX_SQL, own = NX_SQL;
    if (nx_loose_ask(catalog, &loose)) {
        nx_catalog_job_add(job, &loose);
    }
    if (overlay && overlay->ask && overlay->ask(overlay->owner, catalog, &own)) {
        nx_catalog_job_add(job, &own);
    }
    nx_sql_free(&loose);
    nx_sql_free(&own);
}

static void read_graph(nx_catalog_job *job, const nx_trip *trip, nx_error *err) {
    (void)err;
    if (job->catalog->has_graph) {
        return; /* another job was faster */
    }
    nx_graph graph = {.catalog = job->catalog};
    graph.nodes = nx_calloc((size_t)job->catalog->count, sizeof *graph.nodes);
    read_edges(&graph, nx_catalog_result(trip, STATEMENT_EDGES));
    read_pairs(&graph, nx_catalog_result(trip, STATEMENT_PAIRS));
    read_taken(&graph, nx_catalog_result(trip, STATEMENT_TAKEN));
    if (graph.catalog->nloose) {
        read_loose(&graph, nx_catalog_result(trip, STATEMENT_LOOSE));
    }
    settle_join_tables(&graph);
    nx_graph_relate(&graph);
    job->catalog->has_graph = true;
    nx_loose_attach(job->catalog);
    tell_overlay(job->catalog, trip);
    nx_tally_free(&graph.taken);
    free(graph.nodes);
    free(graph.edges);
}

nx_catalog_job *nx_catalog_load_graph(nx_session *session, nx_catalog *catalog, nx_catalog_done *done, void *owner) {
    static const char *const statements[] = {
        [STATEMENT_EDGES] = edges_sql, [STATEMENT_PAIRS] = pairs_sql, [STATEMENT_TAKEN] = taken_sql};
    if (catalog->has_graph) {
        done(owner, catalog, NULL);
        return NULL;
    }
    nx_catalog_job *same = nx_catalog_job_follow(session, catalog, read_graph, NULL, done, owner);
    if (same) {
        return same;
    }
    nx_catalog_job *job = nx_catalog_job_new(session, catalog, "relations", read_graph);
    for (size_t i = 0; i < NX_COUNT(statements); i++) {
        nx_sql sql = NX_SQL;
        nx_sql_add(&sql, statements[i]);
        nx_catalog_job_add(job, &sql);
    }
    add_questions(job, catalog);
    nx_catalog_job_send(job, done, owner);
    return job;
}
