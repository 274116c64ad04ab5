#include "open.h"

#include <string.h>

#include "command.h"
#include "output.h"
#include "password.h"
#include "process.h"

enum { SLICE_MS = 250, CANCEL_MS = 3000, PASSWORD_TRIES = 3 };

/* What a job's callback leaves behind. */
typedef struct answer {
    bool done;
    nx_catalog *catalog;
    nx_page *page;
    nx_tree *tree;
    nx_error *err;
} answer;

nx_session_options ui_session_options(const ui_options *options, const nx_source *source) {
    return (nx_session_options){
        .read_only = options->read_only || options->settings.read_only,
        .statement_timeout_ms = options->timeout_s ? options->timeout_s * 1000 : source->statement_timeout_ms,
    };
}

nx_model *ui_find_model(const nx_catalog *catalog, const char *name, const ui_options *options, const nx_source *source,
                        nx_error *err) {
    if (options->schema) {
        return nx_catalog_find(catalog, name, options->schema, err);
    }
    nx_model *model = source->schema ? nx_catalog_find(catalog, name, source->schema, err) : NULL;
    if (!model) {
        nx_error_clear(err);
        model = nx_catalog_find(catalog, name, NULL, err);
    }
    return model;
}

void ui_link_start(ui_link *link, const ui_options *options, const nx_source *source) {
    *link = (ui_link){.options = options, .source = source, .err = NX_ERROR, .schema_err = NX_ERROR};
    ui_process_catch();
    const nx_session_options wishes = ui_session_options(options, source);
    link->session = nx_session_new(source, &wishes);
}

/* Waits for an answer. After Ctrl-C the server is asked to cancel, and has a moment to say so. The
 * slices close the gap between looking at ui_stop and going to sleep. */
bool ui_link_wait(ui_link *link, const bool *done) {
    while (!*done && !ui_stop) {
        nx_session_run(link->session, done, SLICE_MS, &ui_stop);
    }
    if (!*done) {
        nx_session_cancel(link->session);
        nx_session_run(link->session, done, CANCEL_MS, NULL);
    }
    if (ui_stop) {
        nx_error_set(&link->err, NX_ERR_CANCELLED, "cancelled");
    }
    return *done && !nx_failed(&link->err);
}

static void catalog_done(void *owner, nx_catalog *catalog, const nx_error *err) {
    answer *a = owner;
    a->done = true;
    a->catalog = catalog;
    if (err) {
        nx_error_copy(a->err, err);
    }
}

static void rows_done(void *owner, nx_page *page, const nx_error *err) {
    answer *a = owner;
    a->done = true;
    a->page = page;
    if (err) {
        nx_error_copy(a->err, err);
    }
}

static bool finish_catalog(ui_link *link, nx_catalog_job *job, const answer *a) {
    bool ok = ui_link_wait(link, &a->done);
    if (!a->done) {
        nx_catalog_drop(job);
    }
    return ok;
}

static nx_page *finish_rows(ui_link *link, nx_rows_job *job, const answer *a) {
    bool ok = ui_link_wait(link, &a->done);
    if (!a->done) {
        nx_rows_drop(job);
    }
    if (!ok && a->page) {
        nx_page_free(a->page);
    }
    return ok ? a->page : NULL;
}

static void query_ready(void *owner, const nx_error *err) { catalog_done(owner, NULL, err); }

static void tree_done(void *owner, nx_tree *tree, const nx_error *err) {
    answer *a = owner;
    a->tree = tree;
    query_ready(owner, err);
}

nx_tree *ui_link_tree(ui_link *link, nx_query *query, nx_page *page, nx_include *include, int limit, bool whole_lists) {
    answer a = {.err = &link->err};
    nx_tree_job *job = nx_tree_load(link->session, query, page, include, limit, whole_lists, tree_done, &a);
    bool ok = ui_link_wait(link, &a.done);
    if (!a.done) {
        nx_tree_drop(job);
    }
    if (!ok) {
        nx_tree_free(a.tree);
    }
    return ok ? a.tree : NULL;
}

bool ui_link_prepare(ui_link *link, nx_model *model, const char *filter, const char *order) {
    answer a = {.err = &link->err};
    nx_prepare_job *job = nx_query_prepare(link->session, model, filter, order, query_ready, &a);
    bool ok = ui_link_wait(link, &a.done);
    if (!a.done) {
        nx_prepare_drop(job);
    }
    return ok;
}

static bool load(ui_link *link) {
    answer a = {.err = &link->err};
    nx_arena *arena = nx_arena_new(0);
    nx_catalog_wish wish;
    nx_catalog_kept *named = NULL;
    if (ui_first_wish(link->options, link->source, link->prisma, arena, &wish)) {
        wish.place = NULL; /* a command is over before what it kept would be of use */
        named = nx_catalog_recall(&wish);
    }
    nx_catalog_job *job = nx_catalog_open(link->session, named, catalog_done, &a);
    bool ok = finish_catalog(link, job, &a);
    nx_catalog_kept_free(named);
    nx_arena_free(arena);
    link->catalog = a.catalog;
    if (ok) {
        ui_schema_lay(link->prisma, link->catalog, link->options, link->source);
    }
    return ok;
}

bool ui_wants_password(const nx_session *session, const nx_error *err, int tries) {
    bool wrong = tries > 0 && strcmp(err->sqlstate, "28P01") == 0;
    return tries < PASSWORD_TRIES && (wrong || nx_session_needs_password(session));
}

/* True when the user typed one. */
static bool got_password(ui_link *link, int tries) {
    if (ui_stop || !ui_wants_password(link->session, &link->err, tries)) {
        return false;
    }
    char *password = ui_ask_password(nx_source_title(link->source), tries > 0);
    if (!password) {
        if (ui_stop) {
            nx_error_set(&link->err, NX_ERR_CANCELLED, "cancelled");
        }
        return false;
    }
    nx_session_set_password(link->session, password);
    ui_forget_password(password);
    nx_error_clear(&link->err);
    return true;
}

/* A schema that cannot be read is told and left alone, but for one that was asked for by name and is not
 * there. False then. */
static bool read_schema(ui_link *link) {
    link->prisma = ui_schema_read(link->options, &link->schema_err);
    if (!nx_failed(&link->schema_err)) {
        return true;
    }
    if (link->options->prisma && link->schema_err.kind == NX_ERR_SYSTEM) {
        nx_error_move(&link->err, &link->schema_err);
        link->err.kind = NX_ERR_USAGE;
        return false;
    }
    if (!link->options->drift) {
        ui_note("%s", link->schema_err.message);
        ui_hint("%s", link->schema_err.hint ? link->schema_err.hint : "the database's own names are used");
    }
    return true;
}

bool ui_link_open(ui_link *link, const ui_options *options, const nx_source *source) {
    ui_link_start(link, options, source);
    if (!read_schema(link)) {
        return false;
    }
    int tries = 0;
    while (!load(link)) {
        if (!got_password(link, tries++)) {
            return false;
        }
    }
    return true;
}

static bool ask_time(ui_link *link, char time[64]) {
    nx_clock clock;
    nx_clock_ask(link->session, &clock);
    bool ok = ui_link_wait(link, &clock.done);
    if (!nx_failed(&link->err)) {
        nx_error_copy(&link->err, &clock.err);
    }
    memcpy(time, clock.time, sizeof clock.time);
    ok = ok && !nx_failed(&clock.err);
    nx_clock_drop(&clock);
    return ok;
}

bool ui_link_time(ui_link *link, char time[64]) {
    int tries = 0;
    while (!ask_time(link, time)) {
        if (!got_password(link, tries++)) {
            return false;
        }
    }
    return true;
}

bool ui_link_describe(ui_link *link, nx_model *model) {
    answer a = {.err = &link->err};
    return finish_catalog(link, nx_catalog_describe(link->session, model, catalog_done, &a), &a);
}

bool ui_link_graph(ui_link *link) {
    answer a = {.err = &link->err};
    return finish_catalog(link, nx_catalog_load_graph(link->session, link->catalog, catalog_done, &a), &a);
}

bool ui_link_sizes(ui_link *link, nx_model *const *models, int count) {
    answer a = {.err = &link->err};
    return finish_catalog(link, nx_catalog_load_sizes(link->session, link->catalog, models, count, catalog_done, &a),
                          &a);
}

nx_model *ui_link_model(ui_link *link) {
    nx_model *model = ui_find_model(link->catalog, link->options->model, link->options, link->source, &link->err);
    return model && ui_link_describe(link, model) ? model : NULL;
}

nx_page *ui_link_rows(ui_link *link, const nx_query *query, const nx_from *from, int limit) {
    answer a = {.err = &link->err};
    return finish_rows(link, nx_rows_fetch(link->session, query, from, limit, rows_done, &a), &a);
}

nx_page *ui_link_record(ui_link *link, nx_model *model, const nx_key_test *key) {
    answer a = {.err = &link->err};
    return finish_rows(link, nx_record_load(link->session, model, key, rows_done, &a), &a);
}

int ui_link_status(const ui_link *link) {
    if (ui_stop) {
        return ui_process_stopped();
    }
    bool usable = nx_session_server(link->session) != NULL;
    return usable || link->err.kind == NX_ERR_USAGE ? ui_exit_status(&link->err) : UI_EXIT_CONNECT;
}

int ui_link_close(ui_link *link, int status) {
    if (nx_failed(&link->err)) {
        status = ui_link_status(link);
        ui_fail(&link->err);
    }
    nx_catalog_unref(link->catalog);
    nx_prisma_free(link->prisma);
    nx_error_clear(&link->schema_err);
    nx_session_free(link->session);
    return status;
}
