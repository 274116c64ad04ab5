#include "holder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "nixie/trip.h"
#include "statement.h"

struct nx_holder_job {
    nx_trip *trip;
    int record_at, table_at; /* statements; record_at -1: an insert waits for no record of its own */
    nx_holder_done *done;
    void *owner;
};

#define IS " OPERATOR(pg_catalog.=) "
#define ANY_OF(array) IS "ANY (" array "::pg_catalog.text[])"

#define SESSION                                                                                                        \
    "SELECT a.pid, a.usename, a.application_name, a.state, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()" \
    " OPERATOR(pg_catalog.-) COALESCE(a.state_change, a.xact_start))::pg_catalog.int8, "

static int add(nx_trip *trip, nx_sql *sql) {
    int at = nx_trip_add(trip, sql);
    nx_sql_free(sql);
    return at;
}

/* Whoever has written or locked the record left the number of his transaction in it. */
static int add_record(nx_trip *trip, const nx_change *change) {
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, SESSION "1 FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid" IS "l.pid"
                     " WHERE l.locktype" IS "'transactionid' AND l.granted AND a.pid OPERATOR(pg_catalog.<>)"
                     " pg_catalog.pg_backend_pid() AND l.transactionid::pg_catalog.text" IS
                     "ANY (ARRAY(SELECT t.xmax::pg_catalog.text FROM ");
    nx_sql_name(&sql, change->model->schema, change->model->name);
    nx_sql_add(&sql, " AS t WHERE ");
    nx_statement_key(&sql, change);
    nx_sql_add(&sql, ")) LIMIT 1");
    return add(trip, &sql);
}

/* The table as a whole: first those whose lock lets nobody write; then those who write to it, or to a table that
 * it refers to (an insert waits for the record it refers to, and for whoever inserts the same key). */
static int add_table(nx_trip *trip, const nx_model *model) {
    nx_sql sql = NX_SQL;
    nx_sql_addf(&sql,
                SESSION "CASE WHEN l.mode"
                ANY_OF("'{ShareLock,ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}'")
                " THEN 1 ELSE 2 END AS rank FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid" IS
                "l.pid WHERE l.locktype" IS "'relation' AND l.granted AND a.pid OPERATOR(pg_catalog.<>)"
                " pg_catalog.pg_backend_pid() AND a.datname" IS "pg_catalog.current_database() AND l.database" IS
                "a.datid AND l.mode" ANY_OF("'{RowShareLock,RowExclusiveLock,ShareUpdateExclusiveLock,ShareLock,"
                "ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}'")
                " AND l.relation" IS "ANY (ARRAY[%u", (unsigned)model->oid);
    for (int i = 0; i < model->nforeign_keys; i++) {
        nx_sql_addf(&sql, ", %u", (unsigned)model->foreign_keys[i]->target->oid);
    }
    nx_sql_add(&sql, "]::pg_catalog.oid[]) ORDER BY rank, a.xact_start LIMIT 1");
    return add(trip, &sql);
}

/* --- words -------------------------------------------------------------------------------------------------------- */

static void add_duration(nx_buf *out, int64_t seconds) {
    if (seconds < 120) {
        nx_buf_addf(out, " %" PRId64 " s", seconds < 0 ? 0 : seconds);
    } else if (seconds < 7200) {
        nx_buf_addf(out, " %" PRId64 " min", seconds / 60);
    } else {
        nx_buf_addf(out, " %" PRId64 " h", seconds / 3600);
    }
}

static bool tell(nx_buf *out, const nx_result *result) {
    if (!result || nx_result_rows(result) == 0) {
        return false;
    }
    nx_buf_addf(out, "%sheld by pid %s (", nx_result_int(result, 0, 5) == 1 ? "" : "probably ",
                nx_result_text(result, 0, 0));
    static const int said[] = {1, 2, 3}; /* user, program, state; others' may be hidden from this role */
    bool any = false;
    for (size_t i = 0; i < NX_COUNT(said); i++) {
        const char *text = nx_result_text(result, 0, said[i]);
        if (text && *text) {
            nx_buf_addf(out, "%s%s", any ? ", " : "", text);
            any = true;
        }
    }
    if (nx_result_text(result, 0, 3) && nx_result_text(result, 0, 4)) {
        add_duration(out, nx_result_int(result, 0, 4));
    }
    nx_buf_adds(out, any ? ")" : "another role's session)");
    return true;
}

static void answered(nx_trip *trip, void *owner) {
    nx_holder_job *job = owner;
    nx_buf words = NX_BUF;
    const nx_result *table = nx_trip_result(trip, job->table_at);
    bool locked = table && nx_result_rows(table) > 0 && nx_result_int(table, 0, 5) == 1;
    const nx_result *record = locked || job->record_at < 0 ? NULL : nx_trip_result(trip, job->record_at);
    bool told = tell(&words, record) || tell(&words, table);
    job->done(job->owner, told ? words.data : NULL);
    nx_buf_free(&words);
    free(job);
}

nx_holder_job *nx_holder_ask(nx_session *session, const nx_change *change, nx_holder_done *done, void *owner) {
    nx_holder_job *job = nx_calloc(1, sizeof *job);
    *job = (nx_holder_job){.record_at = -1, .done = done, .owner = owner};
    job->trip = nx_trip_new(session, NX_TRIP_READ, "see who holds the lock");
    job->table_at = add_table(job->trip, change->model);
    if (change->kind == NX_UPDATE || change->kind == NX_DELETE) {
        /* A segment of its own: a table that nobody may even read must not make it wait, nor spoil the rest. */
        nx_trip_segment(job->trip);
        nx_sql quick = NX_SQL;
        nx_sql_add(&quick, "SELECT pg_catalog.set_config('lock_timeout', '100', true)");
        add(job->trip, &quick);
        job->record_at = add_record(job->trip, change);
    }
    nx_trip_send(job->trip, answered, job);
    return job;
}

void nx_holder_drop(nx_holder_job *job) {
    if (job) {
        nx_trip_drop(job->trip);
        free(job);
    }
}
