#include "study.h"

#include "lab/lab.h"
#include "lab/test.h"

typedef struct outcome {
    bool done;
    nx_catalog *catalog;
    nx_error err;
} outcome;

static void note(void *owner, nx_catalog *catalog, const nx_error *err) {
    outcome *o = owner;
    assert_false(o->done);
    o->done = true;
    o->catalog = catalog;
    if (err) {
        nx_error_copy(&o->err, err);
    }
}

static void wait_for(study *s, outcome *o) {
    lab_wait(s->session, &o->done);
    if (nx_failed(&o->err)) {
        fail_msg("%s (%s)\n%s", o->err.message, o->err.sqlstate, o->err.statement ? o->err.statement : "");
    }
}

study study_open(char *url) {
    study s = {.url = url, .session = lab_session(url, NULL)};
    outcome o = {.done = false};
    nx_catalog_load(s.session, note, &o);
    wait_for(&s, &o);
    s.catalog = o.catalog;
    return s;
}

study study_script(const char *hint, const char *script) {
    char *url = lab_database(hint);
    lab_sql(url, script);
    return study_open(url);
}

void study_close(study *s) {
    nx_catalog_unref(s->catalog);
    lab_session_free(s->session);
    free(s->url);
}

void study_graph(study *s) {
    outcome o = {.done = false};
    nx_catalog_load_graph(s->session, s->catalog, note, &o);
    wait_for(s, &o);
    assert_true(nx_catalog_has_graph(s->catalog));
}

void study_sizes(study *s, nx_model *const *models, int n) {
    outcome o = {.done = false};
    nx_catalog_load_sizes(s->session, s->catalog, models, n, note, &o);
    wait_for(s, &o);
}

nx_model *study_listed(study *s, const char *schema, const char *name) {
    nx_error err = NX_ERROR;
    nx_model *model = nx_catalog_find(s->catalog, name, schema, &err);
    if (!model) {
        fail_msg("%s", err.message);
    }
    return model;
}

nx_model *study_model(study *s, const char *schema, const char *name) {
    nx_model *model = study_listed(s, schema, name);
    outcome o = {.done = false};
    nx_catalog_describe(s->session, model, note, &o);
    wait_for(s, &o);
    assert_true(model->described);
    return model;
}

nx_field *study_field(study *s, const char *model, const char *field) {
    nx_field *found = nx_model_field(study_model(s, "public", model), field);
    assert_non_null(found);
    return found;
}

nx_error_class study_describe_fails(study *s, nx_model *model, nx_error *err) {
    outcome o = {.done = false};
    nx_catalog_describe(s->session, model, note, &o);
    lab_wait(s->session, &o.done);
    nx_error_class kind = o.err.kind;
    if (err) {
        nx_error_move(err, &o.err);
    }
    nx_error_clear(&o.err);
    return kind;
}

int64_t study_trips(const study *s) { return nx_session_trips(s->session); }

char *study_url_as(const char *url, const char *role) {
    const char *user = strstr(url, "postgres@");
    assert_non_null(user);
    nx_buf out = NX_BUF;
    nx_buf_add(&out, url, (size_t)(user - url));
    nx_buf_addf(&out, "%s%s", role, user + strlen("postgres"));
    return nx_buf_take(&out);
}

static void add_names(nx_buf *out, const char *const *names, int n) {
    for (int i = 0; i < n; i++) {
        nx_buf_addf(out, i ? ",%s" : "%s", names[i]);
    }
}

char *study_relations(const nx_model *model) {
    nx_buf out = NX_BUF;
    for (int i = 0; i < model->nrelations; i++) {
        const nx_relation *r = model->relations[i];
        assert_ptr_equal(r->model, model);
        nx_buf_addf(&out, "%s%s %s %s[", i ? "; " : "", r->name, nx_relation_kind_name(r->kind), r->target->name);
        add_names(&out, (const char *const *)r->fields, r->nfields);
        nx_buf_adds(&out, "->");
        add_names(&out, (const char *const *)r->references, r->nfields);
        nx_buf_adds(&out, "]");
    }
    return nx_buf_take(&out);
}

char *study_fields(nx_field *const *fields, int n) {
    nx_buf out = NX_BUF;
    for (int i = 0; i < n; i++) {
        nx_buf_addf(&out, i ? ",%s" : "%s", fields[i] ? fields[i]->name : "?");
    }
    return nx_buf_take(&out);
}
