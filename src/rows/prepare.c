/* What a filter and an order need of the catalog, fetched: one trip for the relations, one for each model they lead
 * to. */
#include <stdlib.h>

#include "filter_tree.h"
#include "query.h"

struct nx_prepare_job {
    nx_session *session;
    nx_model *model;
    char *filter, *order;
    nx_query_ready *ready;
    void *owner;
    nx_catalog_job *job;
};

static void free_job(nx_prepare_job *job) {
    nx_catalog_unref(job->model->catalog);
    free(job->filter);
    free(job->order);
    free(job);
}

static void end(nx_prepare_job *job, const nx_error *err) {
    job->ready(job->owner, err);
    free_job(job);
}

static bool go_on(nx_prepare_job *job);

static void arrived(void *owner, nx_catalog *catalog, const nx_error *err) {
    (void)catalog;
    nx_prepare_job *job = owner;
    job->job = NULL;
    if (err) {
        end(job, err);
    } else if (!go_on(job)) {
        end(job, NULL);
    }
}

/* False when nothing is missing. What is missing is not here, so that it never arrives at once. */
static bool go_on(nx_prepare_job *job) {
    nx_lack lack = nx_filter_lack(job->model, job->filter);
    if (!lack.graph && !lack.model) {
        lack = nx_order_lack(job->model, job->order);
    }
    if (lack.graph) {
        job->job = nx_catalog_load_graph(job->session, job->model->catalog, arrived, job);
    } else if (lack.model) {
        job->job = nx_catalog_describe(job->session, lack.model, arrived, job);
    }
    return lack.graph || lack.model;
}

nx_prepare_job *nx_query_prepare(nx_session *session, nx_model *model, const char *filter, const char *order,
                                 nx_query_ready *ready, void *owner) {
    nx_prepare_job *job = nx_calloc(1, sizeof *job);
    *job = (nx_prepare_job){.session = session, .model = model, .filter = nx_strdup(filter ? filter : ""),
                            .order = nx_strdup(order ? order : ""), .ready = ready, .owner = owner};
    nx_catalog_ref(model->catalog);
    if (go_on(job)) {
        return job;
    }
    end(job, NULL);
    return NULL;
}

void nx_prepare_drop(nx_prepare_job *job) {
    if (job) {
        nx_catalog_drop(job->job);
        free_job(job);
    }
}
