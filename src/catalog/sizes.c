#include "describe.h"

/* A partitioned table stores nothing itself: its size is that of its partitions. */
static const char sizes_sql[] =
    ") SELECT c.oid, CASE WHEN c.relkind" EQ "'p' THEN (SELECT"
    " pg_catalog.sum(pg_catalog.pg_total_relation_size(p.relid))::pg_catalog.int8"
    "  FROM pg_catalog.pg_partition_tree(c.oid) p)"
    " ELSE pg_catalog.pg_total_relation_size(c.oid) END"
    " FROM pg_catalog.pg_class c, wanted w WHERE c.oid" EQ "ANY (w.oids)";

static void read_sizes(nx_catalog_job *job, const nx_trip *trip, nx_error *err) {
    (void)err;
    const nx_result *r = nx_catalog_result(trip, 0);
    for (int i = 0; i < nx_result_rows(r); i++) {
        nx_model *model = nx_catalog_by_oid(job->catalog, nx_result_oid(r, i, 0));
        if (model && nx_result_text(r, i, 1)) {
            model->size = nx_result_int(r, i, 1);
        }
    }
}

nx_catalog_job *nx_catalog_load_sizes(nx_session *session, nx_catalog *catalog, nx_model *const *models, int count,
                                      nx_catalog_done *done, void *owner) {
    nx_catalog_job *job = nx_catalog_job_new(session, catalog, "sizes", read_sizes);
    nx_buf oids = NX_BUF;
    nx_buf_addc(&oids, '{');
    for (int i = 0; i < count; i++) {
        nx_buf_addf(&oids, i ? ",%u" : "%u", models[i]->oid);
    }
    nx_buf_addc(&oids, '}');
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "WITH wanted(oids) AS (SELECT ");
    nx_sql_param(&sql, nx_value_of(oids.data), "pg_catalog.oid[]");
    nx_sql_add(&sql, sizes_sql);
    nx_buf_free(&oids);
    nx_catalog_job_add(job, &sql);
    nx_catalog_job_send(job, done, owner);
    return job;
}
