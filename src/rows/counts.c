/* How many records each relation of a record has, bounded. */
#include "query.h"

enum { SMALL_ROWS = 10000 };

typedef struct counts_more {
    nx_counts counts;
    int *statement; /* of each relation, -1: not counted */
    nx_counts_done *done;
} counts_more;

static void arrived(nx_rows_job *job, nx_trip *trip) {
    counts_more *more = job->more;
    const nx_error *lost = nx_trip_error(trip);
    nx_error err = NX_ERROR;
    if (lost && lost->kind != NX_ERR_SERVER && lost->kind != NX_ERR_TIMEOUT) {
        nx_error_copy(&err, lost);
    }
    for (int i = 0; i < more->counts.n; i++) {
        const nx_result *result = more->statement[i] >= 0 ? nx_trip_result(trip, more->statement[i]) : NULL;
        more->counts.counts[i] = result && nx_result_rows(result) ? nx_result_int(result, 0, 0) : -1;
    }
    if (more->done) {
        more->done(job->owner, &more->counts, nx_failed(&err) ? &err : NULL);
    }
    nx_error_clear(&err);
    nx_rows_job_free(job);
}

/* Without an index on the child's side a count reads the whole child: only small ones are. */
static bool affordable(const nx_relation *r) {
    return r->target->readable && (r->indexed || (r->target->rows_estimate >= 0 && r->target->rows_estimate <= SMALL_ROWS));
}

/* The fields of the other model are known by name only, so that values are compared as unknown
 * literals of the column's own type: $1 alone takes it. */
static void add_count(nx_sql *sql, const nx_relation *r, const nx_scope *scope, int64_t bound) {
    const nx_model *child = r->kind == NX_MANY_TO_MANY ? r->through : r->target;
    const char *const *columns = r->kind == NX_MANY_TO_MANY ? r->through_fields : r->references;
    nx_sql_add(sql, "SELECT pg_catalog.count(*) FROM (SELECT 1 FROM ");
    nx_sql_name(sql, child->schema, child->name);
    nx_sql_add(sql, " t WHERE ");
    for (int i = 0; i < r->nfields; i++) {
        nx_sql_add(sql, i ? " AND " : "");
        nx_sql_column(sql, "t", columns[i]);
        nx_sql_add(sql, " = ");
        nx_sql_param(sql, scope->values[i], NULL);
    }
    nx_sql_addf(sql, " LIMIT %lld) s", (long long)bound + 1);
}

nx_rows_job *nx_relations_count(nx_session *session, nx_model *model, const nx_row *row, const nx_query *query, int64_t bound,
                                nx_counts_done *done, void *owner) {
    nx_rows_job *job = nx_rows_job_new(session, NULL, NULL, owner);
    counts_more *more = nx_arena_alloc(job->arena, sizeof *more);
    size_t n = (size_t)model->nrelations;
    more->done = done;
    more->counts.bound = bound;
    more->counts.relations = nx_arena_array(job->arena, n, sizeof *more->counts.relations);
    more->counts.counts = nx_arena_array(job->arena, n, sizeof *more->counts.counts);
    more->statement = nx_arena_array(job->arena, n, sizeof *more->statement);
    job->more = more;
    nx_trip *trip = nx_trip_new(session, NX_TRIP_READ, "count what refers here");
    int segments = 0;
    for (int i = 0; i < model->nrelations; i++) {
        const nx_relation *r = model->relations[i];
        nx_scope scope;
        if (r->kind == NX_TO_ONE) {
            continue;
        }
        int at = more->counts.n++;
        more->counts.relations[at] = r;
        more->statement[at] = -1;
        if (!affordable(r) || !nx_relation_scope(r, query, row, job->arena, &scope)) {
            continue;
        }
        nx_sql sql = NX_SQL;
        add_count(&sql, r, &scope, bound);
        if (segments++) {
            nx_trip_segment(trip); /* an error in one count leaves the others */
        }
        more->statement[at] = nx_trip_add(trip, &sql);
        nx_sql_free(&sql);
    }
    nx_rows_job_send(job, trip, arrived);
    return job;
}
