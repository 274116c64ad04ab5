/* From the wish to the text, in one trip. */
#include "pull.h"

#include <stdlib.h>
#include <string.h>

struct nx_pull_job {
    nx_pull_schema pull;
    nx_trip *trip;
    nx_pulled *done;
    void *owner;
};

static bool previews(const nx_prisma *prisma, const char *feature) {
    for (int i = 0; prisma && i < prisma->nconfigs; i++) {
        const nx_psl_config *config = &prisma->configs[i];
        for (int k = 0; k < config->nproperties && !config->datasource; k++) {
            const nx_psl_value *value = config->properties[k].value;
            bool features = value && strcmp(config->properties[k].name, "previewFeatures") == 0 && value->kind == NX_PSL_LIST;
            for (int v = 0; features && v < value->nargs; v++) {
                if (value->args[v].value && strcmp(value->args[v].value->text, feature) == 0) {
                    return true;
                }
            }
        }
    }
    return false;
}

static const char *datasource_name(const nx_prisma *prisma) {
    for (int i = 0; prisma && i < prisma->nconfigs; i++) {
        if (prisma->configs[i].datasource) {
            return prisma->configs[i].name;
        }
    }
    return "db";
}

static bool holds_something(const nx_pull_schema *pull) {
    bool any = pull->nenums > 0;
    for (int i = 0; i < pull->ntables; i++) {
        any = any || ((!pull->tables[i].view || pull->views) && !pull->tables[i].hidden);
    }
    return any;
}

static char *write_schema(nx_pull_schema *pull, const nx_trip *trip, nx_error *err) {
    const nx_result *results[NX_PULL_QUERIES];
    for (int i = 0; i < NX_PULL_QUERIES; i++) {
        results[i] = nx_trip_result(trip, i + 1);
    }
    if (!nx_pull_read(pull, results, err)) {
        return NULL;
    }
    nx_pull_keep(pull);
    nx_pull_name_relations_first(pull);
    nx_pull_relate(pull);
    nx_pull_name_models(pull);
    if (!holds_something(pull)) {
        nx_error_set(err, NX_ERR_NOT_FOUND, "there are no tables in schema \"%s\"", pull->schemas[0]);
        nx_error_hint(err, "--schema NAME chooses another one, --schema A,B several");
        return NULL;
    }
    nx_buf out = NX_BUF;
    nx_pull_print(pull, &out);
    char *text = nx_buf_take(&out);
    if (!text) {
        nx_error_set(err, NX_ERR_MEMORY, "not enough memory for the schema");
    }
    return text;
}

static void free_job(nx_pull_job *job) {
    nx_arena_free(job->pull.arena);
    free(job);
}

static void arrived(nx_trip *trip, void *owner) {
    nx_pull_job *job = owner;
    nx_error err = NX_ERROR;
    char *text = NULL;
    if (nx_trip_error(trip)) {
        nx_error_copy(&err, nx_trip_error(trip));
    } else {
        text = write_schema(&job->pull, trip, &err);
    }
    nx_pulled *done = job->done;
    void *whose = job->owner;
    free_job(job);
    done(whose, text, nx_failed(&err) ? &err : NULL);
    nx_error_clear(&err);
}

static void copy_wish(nx_pull_schema *pull, const nx_pull_wish *wish) {
    pull->arena = nx_arena_new(0);
    pull->prisma = wish->prisma;
    pull->multi = wish->multi;
    pull->anew = wish->anew;
    pull->views = previews(wish->prisma, "views");
    pull->datasource = datasource_name(wish->prisma);
    pull->nschemas = wish->nschemas;
    pull->schemas = nx_arena_array(pull->arena, (size_t)wish->nschemas, sizeof *pull->schemas);
    for (int i = 0; i < wish->nschemas; i++) {
        pull->schemas[i] = nx_arena_strdup(pull->arena, wish->schemas[i]);
    }
}

nx_pull_job *nx_pull(nx_session *session, const nx_pull_wish *wish, nx_pulled *done, void *owner) {
    nx_pull_job *job = nx_calloc(1, sizeof *job);
    *job = (nx_pull_job){.trip = nx_trip_new(session, NX_TRIP_READ, "pull the schema"), .done = done, .owner = owner};
    copy_wish(&job->pull, wish);
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, "SELECT pg_catalog.set_config('jit', 'off', true)"); /* it would cost more than the queries */
    nx_trip_add(job->trip, &sql);
    nx_sql_free(&sql);
    for (int i = 0; i < NX_PULL_QUERIES; i++) {
        nx_pull_query(&job->pull, i, &sql);
        nx_trip_add(job->trip, &sql);
        nx_sql_free(&sql);
    }
    nx_trip_send(job->trip, arrived, job);
    return job;
}

void nx_pull_drop(nx_pull_job *job) {
    if (job) {
        nx_trip_drop(job->trip);
        free_job(job);
    }
}
