#include "nixie/upsert.h"

#include <stdlib.h>

enum { KEYS_MAX = 16 };

typedef struct look {
    nx_upsert_job *job;
    const nx_key *unique;
    nx_rows_job *rows;
} look;

struct nx_upsert_job {
    nx_model *model;
    nx_catalog *catalog; /* a reference */
    look looks[KEYS_MAX];
    int n, waiting;
    bool starting;
    nx_page *page;       /* the first that was found */
    const nx_key *unique;
    nx_error error;
    nx_upsert_done *done;
    void *owner;
};

static const nx_value *given(const nx_change *insert, const nx_field *field) {
    const nx_assignment *a = nx_change_assignment(insert, field);
    return a && a->kind == NX_NEW_VALUE && a->value.text ? &a->value : NULL;
}

bool nx_upsert_given(const nx_change *insert, const nx_key *key) {
    for (int i = 0; i < key->nfields; i++) {
        if (!given(insert, key->fields[i])) {
            return false;
        }
    }
    return key->nfields > 0;
}

/* --- among the staged ---------------------------------------------------------------------------------------- */

static bool same(const nx_change *a, const nx_change *b, const nx_key *key) {
    for (int i = 0; i < key->nfields; i++) {
        const nx_value *x = given(a, key->fields[i]), *y = given(b, key->fields[i]);
        if (!x || !y || !nx_value_equal(*x, *y)) {
            return false;
        }
    }
    return key->nfields > 0;
}

uint64_t nx_upsert_twin(const nx_changeset *set, uint64_t id, const nx_key **key) {
    const nx_change *mine = nx_changeset_by_id(set, id);
    for (int i = 0; mine && i < nx_changeset_count(set); i++) {
        const nx_change *c = nx_changeset_at(set, i);
        for (int k = 0; c->kind == NX_INSERT && c->id != id && c->model == mine->model && k < c->model->nkeys; k++) {
            if (same(mine, c, c->model->keys[k])) {
                if (key) {
                    *key = c->model->keys[k];
                }
                return c->id;
            }
        }
    }
    return 0;
}

/* --- among the saved ------------------------------------------------------------------------------------------- */

static void free_job(nx_upsert_job *job) {
    nx_page_free(job->page);
    nx_error_clear(&job->error);
    if (job->catalog) {
        nx_catalog_unref(job->catalog);
    }
    free(job);
}

/* A whole record has the readable fields, in the model's order. */
static nx_assignment *values_of(const nx_upsert_job *job, int *n) {
    const nx_model *model = job->model;
    nx_assignment *values = nx_calloc((size_t)model->nfields + 1, sizeof *values);
    int cell = 0;
    *n = 0;
    for (int i = 0; i < model->nfields && cell < job->page->ncells; i++) {
        if (model->fields[i]->can_select) {
            const nx_cell *c = &job->page->rows[0].cells[cell++];
            if (!c->cut && !c->withheld) {
                values[(*n)++] = (nx_assignment){.field = model->fields[i], .old = c->value};
            }
        }
    }
    return values;
}

static void finish(nx_upsert_job *job) {
    if (!job->page) {
        job->done(job->owner, NULL, nx_failed(&job->error) ? &job->error : NULL);
        free_job(job);
        return;
    }
    nx_present present = {.unique = job->unique, .nkey = job->page->nkey, .key = job->page->rows[0].key};
    nx_assignment *values = values_of(job, &present.n);
    present.values = values;
    job->done(job->owner, &present, NULL);
    free(values);
    free_job(job);
}

static void arrived(void *owner, nx_page *page, const nx_error *err) {
    look *l = owner;
    nx_upsert_job *job = l->job;
    l->rows = NULL;
    job->waiting--;
    if (page && page->nrows == 1 && !job->page) {
        job->page = page;
        job->unique = l->unique;
    } else {
        nx_page_free(page);
    }
    if (err && err->kind != NX_ERR_NOT_FOUND && !nx_failed(&job->error)) {
        nx_error_copy(&job->error, err);
    }
    if (job->waiting == 0 && !job->starting) {
        finish(job);
    }
}

static bool about(const nx_key *key, const nx_field *field) {
    for (int i = 0; i < key->nfields; i++) {
        if (!field || key->fields[i]->number == field->number) {
            return true;
        }
    }
    return false;
}

static void begin(nx_upsert_job *job, nx_session *session, const nx_change *insert, const nx_key *key) {
    look *l = &job->looks[job->n++];
    nx_value *values = nx_calloc((size_t)key->nfields, sizeof *values);
    const nx_field **fields = nx_calloc((size_t)key->nfields, sizeof *fields);
    for (int i = 0; i < key->nfields; i++) {
        fields[i] = key->fields[i];
        const nx_value *value = given(insert, key->fields[i]);
        values[i] = value ? *value : NX_NULL_VALUE; /* each is given, or one would not look */
    }
    nx_key_test test = {.n = key->nfields, .fields = fields, .values = values};
    *l = (look){.job = job, .unique = key};
    job->waiting++;
    nx_rows_job *rows = nx_record_load(session, job->model, &test, arrived, l);
    l->rows = rows;
    free(values);
    free(fields);
}

nx_upsert_job *nx_upsert_look(nx_session *session, const nx_changeset *set, uint64_t id, const nx_field *field,
                              nx_upsert_done *done, void *owner) {
    const nx_change *insert = nx_changeset_by_id(set, id);
    nx_upsert_job *job = nx_calloc(1, sizeof *job);
    job->done = done;
    job->owner = owner;
    job->starting = true;
    if (insert && insert->kind == NX_INSERT && insert->model->identity) {
        job->model = insert->model;
        job->catalog = insert->model->catalog ? nx_catalog_ref(insert->model->catalog) : NULL;
        for (int k = 0; k < job->model->nkeys && job->n < KEYS_MAX; k++) {
            if (nx_upsert_given(insert, job->model->keys[k]) && about(job->model->keys[k], field)) {
                begin(job, session, insert, job->model->keys[k]);
            }
        }
    }
    job->starting = false;
    if (job->waiting == 0) {
        finish(job);
        return NULL;
    }
    return job;
}

void nx_upsert_drop(nx_upsert_job *job) {
    if (!job) {
        return;
    }
    for (int i = 0; i < job->n; i++) {
        nx_rows_drop(job->looks[i].rows);
    }
    free_job(job);
}
