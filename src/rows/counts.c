/* How many records each relation of a record has, bounded. */
#include "query.h"

enum { SMALL_ROWS = 10000 };

typedef struct counts_more {
    nx_counts counts;
    int *statement; /* of each relation, -1: not counted */
    nx_counts_done *done;
} counts_more;

/* Takes the counts out of the trip, if there was one, and tells the owner, who has no job any more then. */
static void finish(nx_rows_job *job, const nx_trip *trip, const nx_error *err) {
    counts_more *more = job->more;
    void *owner = job->owner;
    nx_arena *arena = job->arena;
    job->arena = NULL;
    nx_rows_job_free(job);
    for (int i = 0; i < more->counts.n; i++) {
        const nx_result *result = more->statement[i] >= 0 ? nx_trip_result(trip, more->statement[i]) : NULL;
        more->counts.counts[i] = result && nx_result_rows(result) ? nx_result_int(result, 0, 0) : -1;
    }
    more->done(owner, &more->counts, err);
    nx_arena_free(arena);
}

/* What the server refuses in one segment (no right, a timeout) says nothing of the others. */
static void arrived(nx_rows_job *job, nx_trip *trip) {
    const nx_error *err = nx_trip_error(trip);
    bool single = err && (err->kind == NX_ERR_SERVER || err->kind == NX_ERR_TIMEOUT);
    finish(job, trip, single ? NULL : err);
}

/* Whose rows are counted, and by which columns. */
static const nx_model *counted(const nx_relation *r) { return r->kind == NX_MANY_TO_MANY ? r->through : r->target; }
static const char *const *counted_by(const nx_relation *r) {
    return r->kind == NX_MANY_TO_MANY ? r->through_fields : r->references;
}

/* Without an index on the other side a count reads all of it: only what is known to be small. */
bool nx_related_affordable(const nx_relation *r, int64_t small) {
    if (r->kind == NX_TO_ONE) {
        return false;
    }
    const nx_model *m = counted(r);
    return m->readable && (r->indexed || (m->rows_estimate >= 0 && m->rows_estimate <= small));
}

/* The other side may not be described: values are of this side's types, and its operators take both. */
static void add_test(nx_sql *sql, const nx_relation *r, int i, nx_value value) {
    const nx_field *here = nx_model_field(r->model, r->fields[i]);
    nx_sql_column(sql, "t", counted_by(r)[i]);
    nx_sql_addf(sql, " %s ", here && here->op_eq ? here->op_eq : "OPERATOR(pg_catalog.=)");
    nx_sql_param(sql, value, here ? here->cast : NULL);
}

static int add_count(nx_trip *trip, const nx_relation *r, const nx_scope *scope, int64_t bound) {
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT pg_catalog.count(*) FROM (SELECT 1 FROM ");
    nx_sql_name(&sql, counted(r)->schema, counted(r)->name);
    nx_sql_add(&sql, " t WHERE ");
    for (int i = 0; i < r->nfields; i++) {
        nx_sql_add(&sql, i ? " AND " : "");
        add_test(&sql, r, i, scope->values[i]);
    }
    nx_sql_addf(&sql, " LIMIT %lld) s", (long long)bound + 1);
    nx_trip_segment(trip); /* an error in one count leaves the others */
    int at = nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
    return at;
}

static counts_more *make_more(nx_rows_job *job, const nx_model *model, int64_t bound, nx_counts_done *done) {
    counts_more *more = nx_arena_alloc(job->arena, sizeof *more);
    size_t n = (size_t)model->nrelations;
    more->done = done;
    more->counts.bound = bound;
    more->counts.relations = nx_arena_array(job->arena, n, sizeof *more->counts.relations);
    more->counts.counts = nx_arena_array(job->arena, n, sizeof *more->counts.counts);
    more->statement = nx_arena_array(job->arena, n, sizeof *more->statement);
    job->more = more;
    return more;
}

nx_rows_job *nx_relations_count(nx_session *session, nx_model *model, const nx_row *row, const nx_query *query,
                                int64_t bound, nx_counts_done *done, void *owner) {
    nx_rows_job *job = nx_rows_job_new(session, NULL, NULL, owner);
    counts_more *more = make_more(job, model, bound, done);
    nx_trip *trip = nx_trip_new(session, NX_TRIP_READ, "count what refers here");
    bool any = false;
    for (int i = 0; i < model->nrelations; i++) {
        const nx_relation *r = model->relations[i];
        nx_scope scope;
        if (r->kind == NX_TO_ONE) {
            continue;
        }
        int at = more->counts.n++;
        more->counts.relations[at] = r;
        more->statement[at] = -1;
        if (nx_related_affordable(r, SMALL_ROWS) && nx_relation_scope(r, query, row, job->arena, &scope)) {
            more->statement[at] = add_count(trip, r, &scope, bound);
            any = true;
        }
    }
    if (!any) { /* nothing to ask */
        nx_trip_discard(trip);
        finish(job, NULL, NULL);
        return NULL;
    }
    nx_rows_job_send(job, trip, arrived);
    return job;
}

char *nx_relation_index(const nx_relation *relation) {
    const nx_relation *r = relation;
    if (r->kind == NX_TO_ONE || r->indexed) {
        return NULL;
    }
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "CREATE INDEX CONCURRENTLY ON ");
    nx_sql_name(&sql, counted(r)->schema, counted(r)->name);
    for (int i = 0; i < r->nfields; i++) {
        nx_sql_add(&sql, i ? ", " : " (");
        nx_sql_ident(&sql, counted_by(r)[i]);
    }
    nx_sql_add(&sql, ")");
    char *text = nx_strdup(sql.text.data);
    nx_sql_free(&sql);
    return text;
}
