#include "bench.h"

#include "lab/lab.h"
#include "lab/test.h"

bench *bench_on(const char *url, const nx_session_options *options) {
    bench *b = calloc(1, sizeof *b);
    b->url = nx_strdup(url);
    b->session = lab_session(url, options);
    b->set = nx_changeset_new();
    b->arena = nx_arena_new(0);
    b->told = (nx_buf)NX_BUF;
    return b;
}

bench *bench_new(const char *hint) {
    char *url = lab_database(hint);
    bench *b = bench_on(url, NULL);
    free(url);
    return b;
}

void bench_free(bench *b) {
    bench_drop_save(b); /* a test that failed has left it */
    nx_changeset_free(b->set);
    nx_catalog_unref(b->catalog);
    lab_session_free(b->session);
    nx_error_clear(&b->error);
    nx_arena_free(b->arena);
    nx_buf_free(&b->told);
    free(b->summary);
    free(b->stored);
    free(b->url);
    free(b);
}

int bench_open(void **state) {
    *state = bench_new(lab_topic());
    return 0;
}

int bench_open_sample(void **state) {
    char *url = lab_sample_database(lab_topic());
    *state = bench_on(url, NULL);
    free(url);
    return 0;
}

int bench_close(void **state) {
    bench_free(*state);
    return 0;
}

int bench_clean(void **state) {
    bench *b = *state;
    bench_drop_save(b);
    nx_changeset_clear(b->set, NULL);
    return 0;
}

static void succeeded(nx_trip *trip, void *owner) {
    bench *b = owner;
    b->done = true;
    if (nx_trip_error(trip)) {
        fail_msg("%s", nx_trip_error(trip)->message);
    }
}

void bench_trip(bench *b, nx_trip *trip) {
    b->done = false;
    nx_trip_send(trip, succeeded, b);
    lab_wait(b->session, &b->done);
}

static void loaded(void *owner, nx_catalog *catalog, const nx_error *err) {
    bench *b = owner;
    b->done = true;
    if (err) {
        fail_msg("the catalog: %s", err->message);
    }
    b->catalog = catalog;
}

static void described(void *owner, nx_catalog *catalog, const nx_error *err) {
    (void)catalog;
    bench *b = owner;
    b->done = true;
    if (err) {
        fail_msg("a model: %s", err->message);
    }
}

void bench_sql(bench *b, const char *script) {
    lab_sql(b->url, script);
    nx_catalog_unref(b->catalog);
    b->catalog = NULL;
}

nx_model *bench_model(bench *b, const char *name) {
    if (!b->catalog) {
        b->done = false;
        nx_catalog_load(b->session, loaded, b);
        lab_wait(b->session, &b->done);
    }
    nx_error err = NX_ERROR;
    nx_model *model = nx_catalog_find(b->catalog, name, NULL, &err);
    if (!model) {
        fail_msg("%s", err.message);
    }
    b->done = false;
    nx_catalog_describe(b->session, model, described, b);
    lab_wait(b->session, &b->done);
    return model;
}

void bench_expect(bench *b, const char *sql, const char *expected) {
    char *got = lab_query(b->url, sql);
    if (expected) {
        assert_non_null(got);
        assert_string_equal(got, expected);
    } else {
        assert_null(got);
    }
    free(got);
}

/* --- reading ------------------------------------------------------------------------------------------- */

typedef struct reading {
    bench *b;
    bench_record *r;
    bool done;
} reading;

static void arrived(nx_trip *trip, void *owner) {
    reading *at = owner;
    at->done = true;
    if (nx_trip_error(trip)) {
        fail_msg("%s", nx_trip_error(trip)->message);
    }
    const nx_result *result = nx_trip_result(trip, 0);
    assert_int_equal(nx_result_rows(result), 1);
    int nkey = at->r->nkey, nvalues = at->r->model->nfields;
    at->r->key = nx_arena_array(at->b->arena, (size_t)nkey, sizeof(nx_value));
    at->r->values = nx_arena_array(at->b->arena, (size_t)nvalues, sizeof(nx_value));
    for (int i = 0; i < nkey; i++) {
        at->r->key[i] = nx_value_copy(at->b->arena, nx_result_value(result, 0, i));
    }
    for (int i = 0; i < nvalues; i++) {
        at->r->values[i] = nx_value_copy(at->b->arena, nx_result_value(result, 0, nkey + i));
    }
}

bench_record bench_read(bench *b, const char *name, const char *condition) {
    bench_record r = {.model = bench_model(b, name)};
    nx_key *key = r.model->identity;
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT ");
    r.nkey = key ? key->nfields : 3;
    if (!key) {
        nx_sql_add(&sql, "t.ctid::text, t.xmin::text, t.tableoid::text");
    }
    for (int i = 0; key && i < key->nfields; i++) {
        nx_sql_add(&sql, i > 0 ? ", " : "");
        nx_sql_column(&sql, "t", key->fields[i]->name);
        nx_sql_add(&sql, "::text");
    }
    for (int i = 0; i < r.model->nfields; i++) {
        nx_sql_add(&sql, ", ");
        nx_sql_column(&sql, "t", r.model->fields[i]->name);
        nx_sql_add(&sql, "::text");
    }
    nx_sql_add(&sql, " FROM ");
    nx_sql_name(&sql, r.model->schema, r.model->name);
    nx_sql_add(&sql, " t WHERE ");
    nx_sql_add(&sql, condition);
    reading at = {.b = b, .r = &r};
    nx_trip *trip = nx_trip_new(b->session, NX_TRIP_READ, "read a record");
    nx_trip_add(trip, &sql);
    nx_sql_free(&sql);
    nx_trip_send(trip, arrived, &at);
    lab_wait(b->session, &at.done);
    return r;
}

/* --- staging ------------------------------------------------------------------------------------------- */

static nx_field *field_of(nx_model *model, const char *name) {
    nx_field *field = nx_model_field(model, name);
    if (!field) {
        fail_msg("no field %s", name);
    }
    return field;
}

static int shown_of(const bench_record *r, nx_assignment *shown, int max) {
    int n = r->model->nfields < max ? r->model->nfields : max;
    for (int i = 0; i < n; i++) {
        shown[i] = (nx_assignment){.field = r->model->fields[i], .old = r->values[i]};
    }
    return n;
}

void bench_edit(bench *b, const bench_record *r, const char *name, nx_new_kind kind, const char *value) {
    nx_error err = NX_ERROR;
    nx_assignment shown[64];
    nx_field *field = field_of(r->model, name);
    if (!nx_changeset_update_shown(b->set, r->model, r->key, r->nkey, shown, shown_of(r, shown, 64), field,
                                   r->values[field->index], kind, nx_value_of(value), &err)) {
        fail_msg("%s", err.message);
    }
}

void bench_set(bench *b, const bench_record *r, const char *field, const char *value) {
    bench_edit(b, r, field, value ? NX_NEW_VALUE : NX_NEW_NULL, value);
}

void bench_delete(bench *b, const bench_record *r) {
    nx_error err = NX_ERROR;
    nx_assignment shown[64];
    if (!nx_changeset_delete(b->set, r->model, r->key, r->nkey, shown, shown_of(r, shown, 64), &err)) {
        fail_msg("%s", err.message);
    }
}

uint64_t bench_insert(bench *b, const char *model) {
    nx_error err = NX_ERROR;
    uint64_t id = nx_changeset_insert(b->set, bench_model(b, model), &err);
    if (!id) {
        fail_msg("%s", err.message);
    }
    return id;
}

void bench_assign(bench *b, uint64_t id, const char *model, const char *field, const char *value) {
    nx_error err = NX_ERROR;
    if (!nx_changeset_assign(b->set, id, field_of(bench_model(b, model), field), value ? NX_NEW_VALUE : NX_NEW_NULL,
                             nx_value_of(value), &err)) {
        fail_msg("%s", err.message);
    }
}

void bench_refer(bench *b, uint64_t id, const char *model, const char *field, uint64_t record,
                 const char *record_model, const char *record_field) {
    nx_error err = NX_ERROR;
    nx_field *from = field_of(bench_model(b, model), field), *to = field_of(bench_model(b, record_model), record_field);
    if (!nx_changeset_refer(b->set, id, from, record, to, &err)) {
        fail_msg("%s", err.message);
    }
}

uint64_t bench_bulk(bench *b, const char *model, const char *filter, int64_t expected, const char *name,
                    const char *value) {
    nx_error err = NX_ERROR;
    nx_model *m = bench_model(b, model);
    uint64_t id = nx_changeset_bulk(b->set, m, name ? NX_BULK_UPDATE : NX_BULK_DELETE, filter, expected,
                                    name ? field_of(m, name) : NULL, NX_NEW_VALUE, nx_value_of(value), &err);
    if (!id) {
        fail_msg("%s", err.message);
    }
    return id;
}

void bench_graph(bench *b) {
    b->done = false;
    nx_catalog_load_graph(b->session, b->catalog, described, b);
    lab_wait(b->session, &b->done);
}

/* --- saving -------------------------------------------------------------------------------------------- */

static void tell_value(nx_buf *out, nx_value value) {
    nx_buf_addf(out, value.text ? "'%s'" : "NULL", value.text ? value.text : "");
}

static void tell(nx_buf *out, const nx_saved_change *c) {
    static const char *const words[] = {[NX_UPDATE] = "update", [NX_INSERT] = "insert", [NX_DELETE] = "delete",
                                        [NX_BULK_UPDATE] = "update all", [NX_BULK_DELETE] = "delete all"};
    nx_buf_addf(out, "%s%s %s", out->len ? "; " : "", words[c->kind], c->model->title);
    for (int i = 0; i < c->nkey; i++) {
        nx_buf_addf(out, "%s%s", i ? "," : " ", c->key[i].text ? c->key[i].text : "NULL");
    }
    if (c->affected != 1) {
        nx_buf_addf(out, " (%d)", (int)c->affected);
    }
    for (int i = 0; i < c->nfields; i++) {
        nx_buf_addf(out, "%s%s ", i ? ", " : ": ", c->fields[i].field->name);
        tell_value(out, c->fields[i].sent);
        nx_buf_adds(out, " -> ");
        tell_value(out, c->fields[i].stored);
    }
}

static void saved(void *owner, const nx_save_report *report) {
    bench *b = owner;
    b->done = true;
    b->outcome = report->outcome;
    b->count = report->count;
    b->failed_id = report->failed_id;
    nx_buf_clear(&b->told);
    for (int i = 0; i < report->nsaved; i++) {
        tell(&b->told, &report->saved[i]);
    }
    free(b->summary);
    b->summary = nx_strdup(report->summary);
    if (report->error) {
        nx_error_copy(&b->error, report->error);
    }
}

static void ended(void *owner, const nx_save_report *report) {
    bench *b = owner;
    b->job = NULL;
    b->job_done(b->job_owner, report);
}

nx_save_job *bench_begin_save_for(bench *b, nx_save_done *done, void *owner) {
    b->job_done = done;
    b->job_owner = owner;
    b->job = nx_save(b->session, b->set, ended, b);
    return b->job;
}

nx_save_job *bench_begin_save(bench *b) {
    b->done = false;
    nx_error_clear(&b->error);
    return bench_begin_save_for(b, saved, b);
}

void bench_drop_save(bench *b) {
    nx_save_drop(b->job);
    b->job = NULL;
}

nx_save_outcome bench_save(bench *b) {
    bench_begin_save(b);
    lab_wait(b->session, &b->done);
    return b->outcome;
}

void bench_saved(bench *b) {
    if (bench_save(b) != NX_SAVED) {
        fail_msg("not saved: %s (%s)", b->error.message, b->error.detail ? b->error.detail : "");
    }
    assert_int_equal(nx_changeset_count(b->set), 0);
    assert_false(nx_changeset_undo(b->set, NULL));
}

void bench_refused(bench *b, nx_error_class kind, const char *part) {
    int staged = nx_changeset_count(b->set);
    assert_int_equal(bench_save(b), NX_NOT_SAVED);
    if (b->error.kind != kind || !strstr(b->error.message, part)) {
        fail_msg("%d, not %d: %s (%s)", (int)b->error.kind, (int)kind, b->error.message,
                 b->error.detail ? b->error.detail : "");
    }
    assert_int_equal(nx_changeset_count(b->set), staged);
}

static void judged(void *owner, nx_value stored, const nx_error *err) {
    bench *b = owner;
    b->done = true;
    if (err) {
        nx_error_copy(&b->error, err);
    }
    b->stored = nx_strdup(stored.text);
}

const char *bench_validate(bench *b, const char *model, const char *field, const char *value) {
    nx_field *f = field_of(bench_model(b, model), field);
    nx_error_clear(&b->error);
    free(b->stored);
    b->stored = NULL;
    b->done = false;
    nx_validate(b->session, f, nx_value_of(value), judged, b);
    lab_wait(b->session, &b->done);
    return b->stored;
}
