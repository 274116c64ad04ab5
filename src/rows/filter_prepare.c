/* What a filter needs of the catalog, fetched: one trip for the relations, one for each model they lead to. */
#include <stdlib.h>

#include "filter_tree.h"

struct nx_filter_job {
    nx_session *session;
    nx_model *model;
    char *text;
    nx_filter_ready *ready;
    void *owner;
    nx_catalog_job *job;
};

static void free_job(nx_filter_job *job) {
    nx_catalog_unref(job->model->catalog);
    free(job->text);
    free(job);
}

static void end(nx_filter_job *job, const nx_error *err) {
    job->ready(job->owner, err);
    free_job(job);
}

static bool go_on(nx_filter_job *job);

static void arrived(void *owner, nx_catalog *catalog, const nx_error *err) {
    (void)catalog;
    nx_filter_job *job = owner;
    job->job = NULL;
    if (err) {
        end(job, err);
    } else if (!go_on(job)) {
        end(job, NULL);
    }
}

/* False when nothing is missing. What is missing is not here, so that it never arrives at once. */
static bool go_on(nx_filter_job *job) {
    filter_lack lack = nx_filter_lack(job->model, job->text);
    if (lack.graph) {
        job->job = nx_catalog_load_graph(job->session, job->model->catalog, arrived, job);
    } else if (lack.model) {
        job->job = nx_catalog_describe(job->session, lack.model, arrived, job);
    }
    return lack.graph || lack.model;
}

nx_filter_job *nx_filter_prepare(nx_session *session, nx_model *model, const char *text, nx_filter_ready *ready, void *owner) {
    nx_filter_job *job = nx_calloc(1, sizeof *job);
    *job = (nx_filter_job){.session = session, .model = model, .text = nx_strdup(text ? text : ""), .ready = ready, .owner = owner};
    nx_catalog_ref(model->catalog);
    if (go_on(job)) {
        return job;
    }
    end(job, NULL);
    return NULL;
}

void nx_filter_drop(nx_filter_job *job) {
    if (job) {
        nx_catalog_drop(job->job);
        free_job(job);
    }
}
