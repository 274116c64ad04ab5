#include "preview.h"

#include <stdlib.h>

/* Models described at the same time; a plan has at most so many nodes. */
enum { LOADS = NX_PREVIEW_NODES, TIMEOUT_MS = 3000 };

typedef struct load {
    nx_preview_job *job;
    nx_model *model; /* NULL: the graph */
    nx_catalog_job *catalog;
} load;

struct nx_preview_job {
    nx_session *session;
    preview_plan plan;
    load loads[LOADS];
    int nloads, waiting; /* those begun, those not back */
    bool starting;       /* a load may answer before its beginning returns */
    nx_model **failed;   /* could not be described */
    int nfailed;
    nx_error error;
    nx_trip *trip;
    nx_preview_done *done;
    void *owner;
};

static void free_job(nx_preview_job *job) {
    if (job->plan.catalog) {
        nx_catalog_unref(job->plan.catalog);
    }
    nx_arena_free(job->plan.arena);
    nx_error_clear(&job->error);
    free(job->failed);
    free(job);
}

static void finish(nx_preview_job *job, nx_preview *preview, const nx_error *err) {
    nx_preview_done *done = job->done;
    void *owner = job->owner;
    nx_error copy = NX_ERROR;
    if (err) {
        nx_error_copy(&copy, err);
    }
    free_job(job);
    done(owner, preview, err ? &copy : NULL);
    nx_error_clear(&copy);
}

/* --- the question ----------------------------------------------------------------------------------------------- */

static void answered(nx_trip *trip, void *owner) {
    nx_preview_job *job = owner;
    const nx_error *err = nx_trip_error(trip);
    job->trip = NULL;
    if (!err) {
        finish(job, preview_read(&job->plan, nx_trip_result(trip, 1), NULL), NULL);
    } else if (err->kind == NX_ERR_TIMEOUT) {
        finish(job, preview_read(&job->plan, NULL, "it took too long"), NULL);
    } else if (err->kind == NX_ERR_SERVER) {
        finish(job, preview_read(&job->plan, NULL, err->message), NULL);
    } else {
        finish(job, NULL, err);
    }
}

static bool ask(nx_preview_job *job) {
    nx_sql limit = NX_SQL, sql = NX_SQL;
    bool any = preview_sql(&job->plan, &sql);
    if (any) {
        nx_sql_addf(&limit, "SELECT pg_catalog.set_config('statement_timeout', '%d', true)", TIMEOUT_MS);
        job->trip = nx_trip_new(job->session, NX_TRIP_READ, "look what a deletion does");
        nx_trip_add(job->trip, &limit);
        nx_trip_add(job->trip, &sql);
        nx_trip_send(job->trip, answered, job);
    } else {
        finish(job, preview_read(&job->plan, NULL, NULL), NULL);
    }
    nx_sql_free(&limit);
    nx_sql_free(&sql);
    return any;
}

/* --- what must be known before ----------------------------------------------------------------------------------- */

static bool proceed(nx_preview_job *job);

static void loaded(void *owner, nx_catalog *catalog, const nx_error *err) {
    load *l = owner;
    nx_preview_job *job = l->job;
    (void)catalog;
    l->catalog = NULL;
    job->waiting--;
    /* A model that is gone, or may not be seen, is left out; anything else is a matter of the connection. */
    bool local = err && l->model && (err->kind == NX_ERR_NOT_FOUND || err->kind == NX_ERR_SERVER);
    if (local) {
        job->failed = nx_realloc(job->failed, (size_t)job->nfailed + 1, sizeof(nx_model *));
        job->failed[job->nfailed++] = l->model;
    } else if (err && !nx_failed(&job->error)) {
        nx_error_copy(&job->error, err);
    }
    if (job->waiting == 0 && !job->starting) {
        proceed(job);
    }
}

static void begin_loads(nx_preview_job *job, nx_model *const *models, int n) {
    job->starting = true;
    job->nloads = n;
    job->waiting = n;
    for (int i = 0; i < n; i++) {
        load *l = &job->loads[i];
        *l = (load){.job = job, .model = models ? models[i] : NULL};
        nx_catalog_job *begun = l->model ? nx_catalog_describe(job->session, l->model, loaded, l)
                                         : nx_catalog_load_graph(job->session, job->plan.catalog, loaded, l);
        l->catalog = begun;
    }
    job->starting = false;
}

/* Loads what is missing, then asks. False when the callback was made. */
static bool proceed(nx_preview_job *job) {
    nx_model *needed[LOADS];
    while (job->waiting == 0) {
        if (nx_failed(&job->error)) {
            finish(job, NULL, &job->error);
            return false;
        }
        if (job->plan.catalog && !nx_catalog_has_graph(job->plan.catalog)) {
            begin_loads(job, NULL, 1);
            continue;
        }
        int n = preview_make(&job->plan, job->failed, job->nfailed, needed, LOADS);
        if (n == 0) {
            return ask(job);
        }
        begin_loads(job, needed, n);
    }
    return true;
}

nx_preview_job *nx_preview_ask(nx_session *session, const nx_changeset *set, nx_preview_done *done, void *owner) {
    nx_preview_job *job = nx_calloc(1, sizeof *job);
    job->session = session;
    job->done = done;
    job->owner = owner;
    job->plan.arena = nx_arena_new(0);
    preview_stage(&job->plan, set);
    if (job->plan.catalog) {
        nx_catalog_ref(job->plan.catalog);
    }
    return proceed(job) ? job : NULL;
}

void nx_preview_drop(nx_preview_job *job) {
    if (!job) {
        return;
    }
    for (int i = 0; i < job->nloads; i++) {
        nx_catalog_drop(job->loads[i].catalog);
    }
    if (job->trip) {
        nx_trip_drop(job->trip);
    }
    free_job(job);
}
