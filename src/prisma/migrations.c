/* The table of migrations beside the folder of them. */
#include <stdlib.h>
#include <string.h>

#include "migrations.h"
#include "nixie/trip.h"

enum { COLUMN_NAME, COLUMN_CHECKSUM, COLUMN_STARTED, COLUMN_FINISHED, COLUMN_ROLLED_BACK, COLUMN_STEPS, COLUMN_LOGS, COLUMN_YOUNG };
enum { STATEMENT_STATE, STATEMENT_ROWS };

struct nx_migrations_job {
    nx_trip *trip;
    nx_migrations *found;
    nx_script *scripts;
    nx_migrations_done *done;
    void *owner;
};

const char *nx_migration_state_name(nx_migration_state state) {
    static const char *const names[] = {
        [NX_MIGRATION_APPLIED] = "applied",         [NX_MIGRATION_FAILED] = "failed",
        [NX_MIGRATION_RUNNING] = "running",         [NX_MIGRATION_ROLLED_BACK] = "rolled back",
        [NX_MIGRATION_PENDING] = "not applied",
    };
    return names[state];
}

const char *nx_migrations_status_name(nx_migrations_status status) {
    static const char *const names[] = {
        [NX_MIGRATIONS_UP_TO_DATE] = "up to date", [NX_MIGRATIONS_BEHIND] = "behind",
        [NX_MIGRATIONS_DIVERGED] = "diverged",     [NX_MIGRATIONS_UNMANAGED] = "unmanaged",
        [NX_MIGRATIONS_FAILED] = "failed",         [NX_MIGRATIONS_SWITCHED] = "provider switched",
    };
    return names[status];
}

/* --- the table -------------------------------------------------------------------------------------------------- */

static const char *text(const nx_migrations *m, const nx_result *r, int row, int column) {
    return nx_arena_strdup(m->arena, nx_result_text(r, row, column));
}

static nx_migration_row *read_rows(const nx_migrations *m, const nx_result *r, int n) {
    nx_migration_row *rows = nx_calloc((size_t)n + 1, sizeof *rows);
    for (int i = 0; i < n; i++) {
        const char *name = text(m, r, i, COLUMN_NAME), *checksum = text(m, r, i, COLUMN_CHECKSUM);
        rows[i] = (nx_migration_row){
            .name = name ? name : "",
            .checksum = checksum ? checksum : "",
            .started_at = text(m, r, i, COLUMN_STARTED),
            .finished_at = text(m, r, i, COLUMN_FINISHED),
            .rolled_back_at = text(m, r, i, COLUMN_ROLLED_BACK),
            .steps = text(m, r, i, COLUMN_STEPS),
            .logs = text(m, r, i, COLUMN_LOGS),
            .young = nx_result_bool(r, i, COLUMN_YOUNG),
        };
    }
    return rows;
}

static bool read_answer(nx_migrations_job *job, const nx_trip *trip, nx_error *err) {
    nx_migrations *m = job->found;
    const nx_result *state = nx_trip_result(trip, STATEMENT_STATE), *r = nx_trip_result(trip, STATEMENT_ROWS);
    bool locked = state && nx_result_rows(state) == 1 && nx_result_bool(state, 0, 0);
    m->has_marker = state && nx_result_rows(state) == 1 && nx_result_bool(state, 0, 1);
    m->has_table = r != NULL;
    int n = r ? nx_result_rows(r) : 0;
    if (n > NX_MIGRATIONS_MOST) {
        nx_error_set(err, NX_ERR_SYSTEM, "_prisma_migrations has more than %d rows", NX_MIGRATIONS_MOST);
        return false;
    }
    nx_migration_row *rows = read_rows(m, r, n);
    bool good = nx_migrations_compare(m, job->scripts, rows, n, locked, err);
    free(rows);
    return good;
}

/* --- the trip ------------------------------------------------------------------------------------------------------ */

static void free_job(nx_migrations_job *job) {
    nx_migrations_free(job->found);
    free(job->scripts);
    free(job);
}

static void finish(nx_migrations_job *job, const nx_error *err) {
    nx_migrations *found = err ? NULL : job->found;
    job->found = err ? job->found : NULL;
    job->done(job->owner, found, err);
    free_job(job);
}

static void answered(nx_trip *trip, void *owner) {
    nx_migrations_job *job = owner;
    const nx_error *err = nx_trip_statement_error(trip, STATEMENT_ROWS), *first = nx_trip_statement_error(trip, STATEMENT_STATE);
    bool no_table = err && strcmp(err->sqlstate, "42P01") == 0;
    if (first || (err && !no_table)) {
        finish(job, first ? first : err);
        return;
    }
    nx_error own = NX_ERROR;
    finish(job, read_answer(job, trip, &own) ? NULL : &own);
    nx_error_clear(&own);
}

/* Prisma's lock is looked at: classid 0 and objid 72707369 of an advisory one. */
static void add_state(nx_trip *trip) {
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory'"
                     " AND l.classid OPERATOR(pg_catalog.=) 0 AND l.objid OPERATOR(pg_catalog.=) 72707369"
                     " AND l.database OPERATOR(pg_catalog.=) (SELECT d.oid FROM pg_catalog.pg_database d"
                     "  WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())),"
                     " pg_catalog.to_regclass('prisma_contract.marker') IS NOT NULL");
    nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
}

static void add_rows(nx_trip *trip, const char *schema) {
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT t.migration_name::pg_catalog.text, t.checksum::pg_catalog.text, t.started_at::pg_catalog.text,"
                     " t.finished_at::pg_catalog.text, t.rolled_back_at::pg_catalog.text,"
                     " t.applied_steps_count::pg_catalog.text, pg_catalog.left(t.logs, 100000),"
                     " t.started_at OPERATOR(pg_catalog.>) (pg_catalog.now() OPERATOR(pg_catalog.-)"
                     " '1 minute'::pg_catalog.interval) FROM ");
    nx_sql_name(&sql, schema, "_prisma_migrations");
    nx_sql_add(&sql, " AS t ORDER BY t.started_at, t.id LIMIT 20001");
    nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
}

nx_migrations_job *nx_migrations_load(nx_session *session, const char *folder, const char *schema,
                                      nx_migrations_done *done, void *owner) {
    nx_migrations *m = nx_calloc(1, sizeof *m);
    nx_migrations_job *job = nx_calloc(1, sizeof *job);
    m->arena = nx_arena_new(0);
    m->folder = nx_arena_strdup(m->arena, folder);
    *job = (nx_migrations_job){.found = m, .done = done, .owner = owner};
    nx_error err = NX_ERROR;
    if (folder && !nx_migrations_read_folder(folder, m->arena, &job->scripts, &m->nlocal, &err)) {
        finish(job, &err);
        nx_error_clear(&err);
        return NULL;
    }
    m->provider = folder ? nx_migrations_read_lock(folder, m->arena) : NULL;
    job->trip = nx_trip_new(session, NX_TRIP_READ, "migrations");
    add_state(job->trip);
    nx_trip_segment(job->trip); /* where there is no such table the rest has its answer all the same */
    add_rows(job->trip, schema ? schema : "public");
    nx_trip_send(job->trip, answered, job);
    return job;
}

void nx_migrations_drop(nx_migrations_job *job) {
    if (job) {
        nx_trip_drop(job->trip);
        free_job(job);
    }
}

void nx_migrations_free(nx_migrations *migrations) {
    if (migrations) {
        nx_arena_free(migrations->arena);
        free(migrations);
    }
}
