#include "count.h"

#include <stdlib.h>

#include "nixie/clock.h"
#include "open.h"

/* It may take long, and the user sees it running and can cancel it: a limit only for who forgets it. */
enum { TIMEOUT_MS = 30 * 60 * 1000 };

struct ui_count {
    ui_app *app;
    nx_session *session;
    nx_rows_job *job; /* NULL once it is over */
    int64_t since;
    ui_count_done *done; /* NULL: nobody waits for it, the server is being told to stop */
    void *owner;
};

static void counted(void *owner, int64_t n, const nx_error *err) {
    struct ui_count *count = owner;
    ui_count_done *done = count->done;
    count->job = NULL; /* the connection is closed after this step */
    count->done = NULL;
    ui_app_dirty(count->app);
    if (done) {
        done(count->owner, n, err);
    }
}

void ui_count_free(ui_app *app) {
    struct ui_count *count = app->counting;
    app->counting = NULL;
    if (count) {
        nx_rows_drop(count->job);
        nx_session_free(count->session);
        free(count);
    }
}

void ui_count_start(ui_app *app, const nx_query *query, ui_count_done *done, void *owner) {
    ui_count_free(app);
    nx_session_options options = ui_session_options(app->options, app->source);
    options.statement_timeout_ms = app->options->timeout_s ? options.statement_timeout_ms : TIMEOUT_MS;
    struct ui_count *count = nx_calloc(1, sizeof *count);
    count->app = app;
    count->session = nx_session_beside(app->session, &options);
    count->since = nx_now_ms();
    count->done = done;
    count->owner = owner;
    app->counting = count;
    count->job = nx_rows_count(count->session, query, counted, count);
}

int64_t ui_count_elapsed_ms(const ui_app *app, const void *owner) {
    const struct ui_count *count = app->counting;
    bool on = count && count->done && (!owner || count->owner == owner);
    return on ? nx_now_ms() - count->since : -1;
}

void ui_count_cancel(ui_app *app) {
    struct ui_count *count = app->counting;
    if (count && count->done) {
        count->done = NULL;
        nx_session_cancel(count->session);
    }
}

void ui_count_drop(ui_app *app, const void *owner) {
    if (app->counting && app->counting->owner == owner) {
        ui_count_cancel(app);
    }
}

void ui_count_wait(const ui_app *app, nx_wait *wait) {
    *wait = (nx_wait){.deadline_ms = -1};
    if (app->counting) {
        nx_session_wait(app->counting->session, wait);
    }
}

void ui_count_step(ui_app *app, const nx_wait *wait) {
    if (app->counting && app->counting->job) {
        nx_session_step(app->counting->session, wait);
    }
    if (app->counting && !app->counting->job) {
        ui_count_free(app);
    }
}
