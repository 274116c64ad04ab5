/* bench.h - a database, a session and a changeset for tests of edits. */
#ifndef TESTS_EDIT_BENCH_H
#define TESTS_EDIT_BENCH_H

#include "nixie/save.h"
#include "nixie/trip.h"

typedef struct bench {
    char *url;
    nx_session *session;
    nx_catalog *catalog;
    nx_changeset *set;
    nx_arena *arena;
    nx_save_job *job;       /* the save under way: it must not outlive the changeset */
    nx_save_done *job_done; /* whom it tells, see bench_begin_save_for */
    void *job_owner;
    bool done; /* what was waited for has answered */
    nx_save_outcome outcome;
    int count;
    uint64_t failed_id;
    nx_error error;
    nx_buf told;  /* what the changes did: "update post 7: title 'sent' -> 'stored'; insert ..." */
    char *summary;
    char *stored; /* by bench_validate */
} bench;

typedef struct bench_record { /* as a page would hold it */
    nx_model *model;
    int nkey;
    nx_value *key;
    nx_value *values; /* one per field, whole */
} bench_record;

/* On a database of its own. */
bench *bench_new(const char *hint);
/* On this database (copied), with these options (may be NULL). */
bench *bench_on(const char *url, const nx_session_options *options);
void bench_free(bench *b);
/* For LAB_MAIN: a group whose state is a bench, on a database of its own, empty or with the sample data. */
int bench_open(void **state);
int bench_open_sample(void **state);
int bench_close(void **state);
int bench_clean(void **state); /* before each test: nothing staged, nothing under way */

/* Runs a script on a connection of its own and reads the models again. */
void bench_sql(bench *b, const char *script);
nx_model *bench_model(bench *b, const char *name);
/* Asks on a connection of its own: is the first value of the answer this text? */
void bench_expect(bench *b, const char *sql, const char *expected);

/* Sends a trip of the test's own and waits for it; it must succeed. */
void bench_trip(bench *b, nx_trip *trip);

/* The one record for which the condition holds. */
bench_record bench_read(bench *b, const char *model, const char *condition);
/* Stages; the test fails when that is refused. */
void bench_edit(bench *b, const bench_record *r, const char *field, nx_new_kind kind, const char *value);
void bench_set(bench *b, const bench_record *r, const char *field, const char *value); /* NULL sets NULL */
void bench_delete(bench *b, const bench_record *r);
uint64_t bench_insert(bench *b, const char *model);
void bench_refer(bench *b, uint64_t id, const char *model, const char *field, uint64_t record,
                 const char *record_model, const char *record_field);
uint64_t bench_bulk(bench *b, const char *model, const char *filter, int64_t expected, const char *field,
                    const char *value); /* field NULL deletes */
void bench_assign(bench *b, uint64_t id, const char *model, const char *field, const char *value);

/* Saves and waits; outcome and error are in b. */
nx_save_outcome bench_save(bench *b);
nx_save_job *bench_begin_save(bench *b); /* without waiting: b->done tells the end */
nx_save_job *bench_begin_save_for(bench *b, nx_save_done *done, void *owner);
void bench_drop_save(bench *b); /* done will not be called; nothing happens when no save is under way */
/* Reads the graph of the models, for those that have been described. */
void bench_graph(bench *b);

/* Saves and fails the test unless everything is saved, or nothing with this message (a part of it). */
void bench_saved(bench *b);
void bench_refused(bench *b, nx_error_class kind, const char *part);
/* Judges a value; returns the stored text, or NULL with b->error. */
const char *bench_validate(bench *b, const char *model, const char *field, const char *value);

#endif
