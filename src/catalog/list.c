#include "model.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "kept.h"
#include "query.h"

enum { LIST_SCHEMA, LIST_NAME, LIST_ROWS, LIST_REST };

/* Of 100,000 models each column of the answer takes 1.6 MB and more: what can be one is one.
 * The same for all server versions: when it goes out, nobody has asked the server for its version yet.
 * Temporary tables are left out: through a pooler, nobody knows whose they are. */
static const char list_sql[] =
    "SELECT n.nspname, c.relname, c.reltuples::pg_catalog.int8, pg_catalog.concat_ws(' ', c.oid, c.relkind,"
    " pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND (pg_catalog.has_table_privilege(c.oid, 'SELECT')"
    "   OR pg_catalog.has_any_column_privilege(c.oid, 'SELECT')),"
    " COALESCE(i.inhparent, 0::pg_catalog.oid), e.objid IS NOT NULL)"
    " FROM pg_catalog.pg_class c"
    " JOIN pg_catalog.pg_namespace n ON n.oid" EQ "c.relnamespace"
    " LEFT JOIN pg_catalog.pg_inherits i ON i.inhrelid" EQ "c.oid AND c.relispartition"
    " LEFT JOIN (SELECT DISTINCT d.objid FROM pg_catalog.pg_depend d"
    "   WHERE d.refclassid" EQ CLASS_OF("pg_extension") " AND d.classid" EQ CLASS_OF("pg_class")
    "   AND d.deptype" EQ "'e') e ON e.objid" EQ "c.oid"
    " WHERE c.relkind" IS_ONE_OF("{r,p,v,m,f}") " AND c.relpersistence" OP("<>") "'t' ORDER BY c.oid";

static nx_model_kind kind_of(char relkind) {
    switch (relkind) {
    case 'p': return NX_KIND_PARTITIONED;
    case 'v': return NX_KIND_VIEW;
    case 'm': return NX_KIND_MATVIEW;
    case 'f': return NX_KIND_FOREIGN;
    default: return NX_KIND_TABLE;
    }
}

static bool starts_with(const char *s, const char *prefix) { return strncmp(s, prefix, strlen(prefix)) == 0; }

/* The server's own schemas, and those that hosts and extensions keep for themselves. */
static bool is_system_schema(const char *schema) {
    static const char *const names[] = {"information_schema", "neon", "neon_migration"};
    for (size_t i = 0; i < NX_COUNT(names); i++) {
        if (strcmp(schema, names[i]) == 0) {
            return true;
        }
    }
    return starts_with(schema, "pg_") || starts_with(schema, "_timescaledb_");
}

static int64_t estimate(nx_model_kind kind, int64_t tuples) {
    static const int64_t most = 1000000000000000; /* sums of these never overflow */
    if (tuples < 0 || kind == NX_KIND_VIEW || kind == NX_KIND_PARTITIONED) {
        return -1;
    }
    return tuples > most ? most : tuples;
}

typedef struct rest { /* as the server writes it */
    uint32_t oid, parent;
    char kind, readable, extension;
} rest;

static rest read_rest(const nx_result *r, int row) {
    rest x = {.kind = 'r'};
    const char *text = nx_result_text(r, row, LIST_REST);
    sscanf(text ? text : "", "%" SCNu32 " %c %c %" SCNu32 " %c", &x.oid, &x.kind, &x.readable, &x.parent, &x.extension);
    return x;
}

static void read_model(nx_catalog *catalog, nx_model *model, const nx_result *r, int row) {
    const char *schema = nx_result_text(r, row, LIST_SCHEMA), *name = nx_result_text(r, row, LIST_NAME);
    rest x = read_rest(r, row);
    model->catalog = catalog;
    model->oid = x.oid;
    model->schema = nx_catalog_intern(catalog, schema ? schema : "");
    model->name = nx_catalog_intern(catalog, name ? name : "");
    model->title = model->name;
    model->kind = kind_of(x.kind);
    model->rows_estimate = estimate(model->kind, nx_result_int(r, row, LIST_ROWS));
    model->size = -1;
    model->readable = x.readable == 't';
    model->system = x.extension == 't' || is_system_schema(model->schema) || strcmp(model->name, "_prisma_migrations") == 0;
    model->join_table = model->kind == NX_KIND_TABLE && nx_model_looks_joining(model->name);
    model->identity_kind = NX_IDENTITY_NONE;
}

static void read_parents(nx_catalog *catalog, const nx_result *r) {
    for (int i = 0; i < catalog->count; i++) {
        nx_model *parent = nx_catalog_by_oid(catalog, read_rest(r, i).parent);
        catalog->storage[i].parent = parent == &catalog->storage[i] ? NULL : parent;
    }
}

static nx_catalog *read_list(const nx_result *r) {
    nx_catalog *catalog = nx_catalog_new(nx_result_rows(r));
    catalog->count = nx_result_rows(r);
    for (int i = 0; i < catalog->count; i++) {
        nx_model *model = catalog->models[i] = &catalog->storage[i];
        read_model(catalog, model, r, i);
        nx_oids_put(&catalog->by_oid, model->oid, model);
    }
    read_parents(catalog, r);
    nx_catalog_sort(catalog);
    nx_catalog_sum_leaves(catalog);
    nx_catalog_entitle(catalog);
    return catalog;
}

/* What stood in the list of earlier but for the estimates: the server counts anew all the time. */
static void read_estimates(nx_catalog *catalog, const nx_result *r) {
    for (int i = 0; i < catalog->count && i < nx_result_rows(r); i++) {
        nx_model *model = &catalog->storage[i];
        model->rows_estimate = estimate(model->kind, nx_result_int(r, i, LIST_ROWS));
    }
    nx_catalog_sum_leaves(catalog);
}

nx_catalog *nx_catalog_read_all(const nx_trip *trip, int nparts) {
    nx_catalog *catalog = read_list(nx_catalog_result(trip, 0));
    if (nparts > 1) {
        nx_read_descriptions(catalog, trip, NX_KEPT_DESCRIPTION);
    }
    return catalog;
}

static void read_answer(nx_catalog_job *job, const nx_trip *trip, nx_error *err) {
    (void)err;
    int nparts = job->kept ? NX_KEPT_PARTS : 1;
    if (job->kept && nx_kept_answer(job->kept, trip, LIST_ROWS)) {
        job->catalog = nx_catalog_ref(job->kept->catalog); /* nothing has changed */
        read_estimates(job->catalog, nx_catalog_result(trip, 0));
        return;
    }
    job->catalog = nx_catalog_read_all(trip, nparts);
}

nx_catalog_job *nx_catalog_open(nx_session *session, nx_catalog_kept *kept, nx_catalog_done *done, void *owner) {
    nx_catalog_job *job = nx_catalog_job_new(session, NULL, kept ? "list models, describe one" : "list models", read_answer);
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, list_sql);
    nx_catalog_job_add(job, &sql);
    if (kept) {
        nx_describe_named(job, &kept->wish);
        nx_describe_add(job, NULL, "{}", "{}");
    }
    job->kept = kept;
    nx_catalog_job_send(job, done, owner);
    return job;
}

nx_catalog_job *nx_catalog_load(nx_session *session, nx_catalog_done *done, void *owner) {
    return nx_catalog_open(session, NULL, done, owner);
}
