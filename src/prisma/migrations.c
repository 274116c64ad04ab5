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
        [NX_MIGRATIONS_FAILED] = "failed",
    };
    return names[status];
}

/* --- the table -------------------------------------------------------------------------------------------------- */

static nx_migration *find(nx_migrations *m, const char *name) {
    for (int i = 0; i < m->n; i++) {
        if (strcmp(m->list[i].name, name) == 0) {
            return &m->list[i];
        }
    }
    return NULL;
}

static const char *text(const nx_migrations *m, const nx_result *r, int row, int column) {
    return nx_arena_strdup(m->arena, nx_result_text(r, row, column));
}

static bool is_failed(const nx_migration *one) {
    return one->state == NX_MIGRATION_FAILED || one->state == NX_MIGRATION_RUNNING;
}

static void read_row(nx_migrations *m, const nx_script *scripts, const nx_result *r, int row, bool locked) {
    const char *name = nx_result_text(r, row, COLUMN_NAME), *checksum = nx_result_text(r, row, COLUMN_CHECKSUM);
    nx_migration *one = find(m, name ? name : "");
    if (!one) {
        one = &m->list[m->n++];
        *one = (nx_migration){.name = nx_arena_strdup(m->arena, name ? name : "")};
    }
    if (one->tries++ == 0 && one->local) { /* Prisma compares with the oldest row */
        one->edited = !nx_script_has_sum(&scripts[one - m->list], checksum ? checksum : "");
    }
    if (is_failed(one)) {
        return; /* a try that failed and was never settled, whatever came after it */
    }
    one->started_at = text(m, r, row, COLUMN_STARTED);
    one->finished_at = text(m, r, row, COLUMN_FINISHED);
    one->rolled_back_at = text(m, r, row, COLUMN_ROLLED_BACK);
    one->steps = text(m, r, row, COLUMN_STEPS);
    one->logs = text(m, r, row, COLUMN_LOGS);
    bool young = nx_result_bool(r, row, COLUMN_YOUNG);
    one->state = one->rolled_back_at ? NX_MIGRATION_ROLLED_BACK
               : one->finished_at   ? NX_MIGRATION_APPLIED
               : locked || young    ? NX_MIGRATION_RUNNING
                                    : NX_MIGRATION_FAILED;
}

/* --- what it comes to ------------------------------------------------------------------------------------------- */

static void conclude(nx_migrations *m) {
    int pending = 0, unknown = 0, failed = 0;
    for (int i = 0; i < m->n; i++) {
        if (m->list[i].tries == 0 && pending++ == 0) {
            m->last_common = i > 0 ? m->list[i - 1].name : NULL; /* the folder's, just before */
        }
        unknown += !m->list[i].local;
        failed += is_failed(&m->list[i]);
    }
    m->status = pending && unknown ? NX_MIGRATIONS_DIVERGED
              : pending            ? NX_MIGRATIONS_BEHIND
              : !m->has_table      ? NX_MIGRATIONS_UNMANAGED
              : failed             ? NX_MIGRATIONS_FAILED
                                   : NX_MIGRATIONS_UP_TO_DATE;
    m->last_common = m->status == NX_MIGRATIONS_DIVERGED ? m->last_common : NULL;
}

static void read_answer(nx_migrations_job *job, const nx_trip *trip) {
    nx_migrations *m = job->found;
    const nx_result *state = nx_trip_result(trip, STATEMENT_STATE), *rows = nx_trip_result(trip, STATEMENT_ROWS);
    bool locked = state && nx_result_rows(state) == 1 && nx_result_bool(state, 0, 0);
    m->has_marker = state && nx_result_rows(state) == 1 && nx_result_bool(state, 0, 1);
    m->has_table = rows != NULL;
    int n = rows ? nx_result_rows(rows) : 0;
    nx_migration *list = nx_arena_array(m->arena, (size_t)(m->nlocal + n) + 1, sizeof *list);
    for (int i = 0; i < m->nlocal; i++) {
        list[i] = (nx_migration){.name = job->scripts[i].name, .path = job->scripts[i].path, .local = true,
                                 .state = NX_MIGRATION_PENDING};
    }
    m->list = list;
    m->n = m->nlocal;
    for (int row = 0; row < n; row++) {
        read_row(m, job->scripts, rows, row, locked);
    }
    conclude(m);
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
    read_answer(job, trip);
    finish(job, NULL);
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
    nx_sql_add(&sql, " AS t ORDER BY t.started_at, t.id LIMIT 20000");
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
