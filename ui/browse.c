#include "browse.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "app.h"
#include "count.h"
#include "edit.h"
#include "export.h"
#include "frame.h"
#include "input_route.h"
#include "keymap.h"
#include "label_choice.h"
#include "migrations.h"
#include "nixie/save.h"
#include "nixie/text.h"
#include "open.h"
#include "orphans.h"
#include "output.h"
#include "password.h"
#include "preview.h"
#include "recovery.h"
#include "schema.h"
#include "typed_ahead.h"
#include "upsert.h"
#include "views.h"

enum { TICK_MS = 100 };

/* --- the catalog ------------------------------------------------------------------------------------- */

static nx_catalog_done catalog_loaded;

static void graph_loaded(void *owner, nx_catalog *catalog, const nx_error *err) {
    ui_app *app = owner;
    app->graph_job = NULL;
    (void)catalog;
    ui_app_release(app);
    if (err) {
        ui_say_error(app, err);
    }
    ui_models_catalog(app->models);
    ui_app_dirty(app);
}

/* Behind what is shown first: nothing of that waits for it. */
static void load_graph(ui_app *app) {
    nx_catalog_drop(app->graph_job);
    app->graph_job = NULL;
    nx_catalog_job *job = nx_catalog_load_graph(app->session, app->catalog, graph_loaded, app);
    app->graph_job = job;
}

/* --- the first trip ------------------------------------------------------------------------------------ */

static void open_named(ui_app *app) {
    nx_error err = NX_ERROR;
    nx_model *model = ui_find_model(app->catalog, app->options->model, app->options, app->source, &err);
    if (model) {
        ui_rows_open(app, model, NULL);
    } else {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
}

/* The model of the command line is described in the trip that loads the list; and where an earlier start has left
 * how it was, its rows are asked for in the same trip as well: the answers come in this order, so the rows are
 * never looked at before it is known that what they were asked by is still true. Until then their view is on the
 * trail, but nobody is there: neither its fields are shown nor does a key reach it. */
static void open_first(ui_app *app) {
    nx_catalog_wish wish;
    nx_arena *arena = nx_arena_new(0);
    if (ui_first_wish(app->options, app->source, app->prisma, arena, &wish)) {
        app->kept = nx_catalog_recall(&wish);
    }
    nx_arena_free(arena);
    app->list_job = nx_catalog_open(app->session, app->kept, catalog_loaded, app);
    nx_catalog *recalled = app->kept ? nx_catalog_recalled(app->kept) : NULL;
    if (recalled) {
        nx_error err = NX_ERROR;
        ui_schema_lay(app->prisma, recalled, app->options, app->source);
        ui_label_lay(app, recalled);
        nx_model *model = ui_find_model(recalled, app->options->model, app->options, app->source, &err);
        if (model && model->described && model->readable) {
            ui_rows_open(app, model, NULL);
            app->early = ui_app_view(app);
            app->at = -1;
            app->focus_models = true;
            app->graph_job = nx_catalog_load_graph(app->session, recalled, graph_loaded, app);
        }
        nx_error_clear(&err);
    }
}

/* True when the rows under way are right: nothing has changed since the start that left their model. */
static bool is_as_it_was(ui_app *app, const nx_catalog *now) {
    bool same = app->kept && now && now == nx_catalog_recalled(app->kept);
    ui_view *early = app->early; /* NULL: there was none, or another took its place */
    nx_catalog_kept_free(app->kept);
    app->kept = NULL;
    app->early = NULL;
    if (same && early) {
        ui_app_forward(app);
        ui_app_hold(app); /* the rows are right behind */
    } else {
        nx_catalog_drop(app->graph_job);
        app->graph_job = NULL;
    }
    if (!same && early) {
        ui_app_drop(app, early);
        ui_app_release(app);
    }
    return same && early;
}

/* Nothing can be browsed: the program ends with the error as an ordinary message, unless it is only a
 * password that is missing. */
static void first_failed(ui_app *app, const nx_error *err) {
    if (ui_wants_password(app->session, err, app->password_tries)) {
        app->password_tries++;
        ui_term_leave();
        char *password = ui_ask_password(nx_source_title(app->source), app->password_tries > 1);
        ui_term_return();
        if (password) {
            nx_session_set_password(app->session, password);
            ui_forget_password(password);
            app->reload = true;
            return;
        }
    }
    nx_error_copy(&app->last_error, err);
    app->failed = true;
    app->leave = true;
}

/* A broken schema stops nobody: it is told, and the database's names are used. */
static void lay_schema(ui_app *app, bool lay) {
    if (lay) {
        ui_schema_lay(app->prisma, app->catalog, app->options, app->source);
    }
    if (nx_failed(&app->schema_err)) {
        ui_say_error(app, &app->schema_err);
        nx_error_clear(&app->schema_err);
    }
}

static void first_loaded(ui_app *app, bool as_it_was) {
    if (!as_it_was && app->options->model) {
        open_named(app);
    }
    ui_recovery_start(app);
}

static void catalog_loaded(void *owner, nx_catalog *catalog, const nx_error *err) {
    ui_app *app = owner;
    app->list_job = NULL;
    ui_app_dirty(app);
    bool first = !app->catalog, laid = app->kept && catalog && catalog == nx_catalog_recalled(app->kept);
    bool as_it_was = first && is_as_it_was(app, catalog);
    if (err && first) {
        first_failed(app, err);
        return;
    }
    if (err) {
        ui_say_error(app, err);
        return;
    }
    if (!first) {
        ui_app_take_catalog(app, catalog);
        return;
    }
    app->catalog = catalog;
    lay_schema(app, !laid);
    ui_label_lay(app, catalog);
    first_loaded(app, as_it_was);
    ui_models_catalog(app->models);
    if (!as_it_was) { /* else it is on its way */
        load_graph(app);
    }
}

void ui_app_take_catalog(ui_app *app, nx_catalog *catalog) {
    nx_catalog *old = app->catalog;
    app->catalog = catalog;
    lay_schema(app, true);
    ui_label_lay(app, catalog);
    ui_models_catalog(app->models); /* which still stands on a model of the old one */
    nx_catalog_unref(old);
    load_graph(app);
}

void ui_app_reload(ui_app *app) {
    nx_prisma_free(app->prisma); /* catalogs that are still shown hold on to it */
    nx_error_clear(&app->schema_err);
    app->prisma = ui_schema_read(app->options, &app->schema_err);
    nx_catalog_drop(app->list_job);
    if (app->catalog) {
        app->list_job = nx_catalog_load(app->session, catalog_loaded, app);
    } else {
        open_first(app);
    }
}

static void on_notice(void *owner, const char *message) { ui_say(owner, UI_INFO, "%s", message); }

/* --- the loop ------------------------------------------------------------------------------------------ */

static void take_signals(ui_app *app) {
    for (ui_signal s; (s = ui_term_signal()) != UI_SIGNAL_NONE;) {
        switch (s) {
        case UI_SIGNAL_RESIZE:
        case UI_SIGNAL_CONT: ui_term_resize(); break;
        case UI_SIGNAL_QUIT: app->leave = true; break;
        case UI_SIGNAL_STOP: ui_term_suspend(); break;
        case UI_SIGNAL_INTERRUPT: ui_app_do(app, UI_DO_CANCEL, 0); break;
        case UI_SIGNAL_NONE: break;
        }
        ui_app_dirty(app);
    }
}

static bool holding(const ui_app *app) { return app->hold_until_ms > 0 && app->hold_until_ms > nx_now_ms(); }

static void take_input(ui_app *app) {
    ui_input input;
    while (!app->leave && !holding(app) && (ui_ahead_next(&input) || ui_term_read(&input))) {
        ui_route_input(app, &input);
    }
    if (ui_term_gone()) {
        app->leave = true;
    }
}

/* While something runs its elapsed time is shown, which needs a tick. */
static bool ticking(const ui_app *app) {
    nx_session_state state = nx_session_get_state(app->session);
    return ui_count_elapsed_ms(app, NULL) >= 0 || (state != NX_SESSION_OFF && state != NX_SESSION_READY && state != NX_SESSION_LOST);
}

/* The end of a hold is waited for; what was typed meanwhile may be in the terminal's buffer already. */
static int64_t hold_deadline(ui_app *app) {
    bool now = holding(app), before = app->held;
    app->held = now;
    return now ? app->hold_until_ms : before ? nx_now_ms() : -1;
}

static int64_t timers_deadline(const ui_app *app) {
    int64_t deadline = -1;
    for (int i = 0; i < UI_TIMERS_MAX; i++) {
        deadline = app->timers[i].run ? nx_sooner(deadline, app->timers[i].due_ms) : deadline;
    }
    return deadline;
}

static void run_timers(ui_app *app) {
    for (int i = 0; i < UI_TIMERS_MAX; i++) {
        ui_timer timer = app->timers[i];
        if (timer.run && timer.due_ms <= nx_now_ms()) {
            app->timers[i] = (ui_timer){0};
            timer.run(timer.owner);
            ui_app_dirty(app);
        }
    }
}

static int64_t next_deadline(ui_app *app) {
    int64_t deadline = nx_sooner(hold_deadline(app), timers_deadline(app));
    if (!app->held && (ui_ahead_ready() || ui_term_waiting())) {
        return nx_now_ms();
    }
    return ticking(app) ? nx_sooner(deadline, nx_now_ms() + TICK_MS) : deadline;
}

static void turn(ui_app *app) {
    nx_wait wait, beside;
    nx_session_wait(app->session, &wait);
    ui_count_wait(app, &beside);
    struct pollfd fds[2 * NX_WAIT_MAX + 2] = {
        {.fd = ui_term_fd(), .events = POLLIN},
        {.fd = ui_term_signal_fd(), .events = POLLIN},
    };
    for (int i = 0; i < wait.nfds; i++) {
        fds[2 + i] = wait.fds[i];
    }
    for (int i = 0; i < beside.nfds; i++) {
        fds[2 + wait.nfds + i] = beside.fds[i];
    }
    int64_t deadline = nx_sooner(next_deadline(app), nx_sooner(wait.deadline_ms, beside.deadline_ms));
    if (app->held) {
        fds[0].fd = -1;
    }
    int n = nx_poll(fds, 2 + wait.nfds + beside.nfds, deadline, wait.pending || beside.pending);
    if (n < 0 && errno != EINTR) {
        app->leave = true;
        return;
    }
    for (int i = 0; i < wait.nfds; i++) {
        wait.fds[i].revents = n > 0 ? fds[2 + i].revents : (short)0;
    }
    for (int i = 0; i < beside.nfds; i++) {
        beside.fds[i].revents = n > 0 ? fds[2 + wait.nfds + i].revents : (short)0;
    }
    if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL) && !(fds[0].revents & POLLIN)) {
        app->leave = true; /* the terminal is gone */
    }
    take_signals(app);
    take_input(app);
    nx_session_step(app->session, &wait);
    ui_count_step(app, &beside);
    run_timers(app);
    if (ticking(app)) {
        ui_app_dirty(app);
    }
}

static void run(ui_app *app) {
    nx_session_state before = nx_session_get_state(app->session);
    while (!app->leave) {
        if (app->reload) {
            app->reload = false;
            ui_app_reload(app);
        }
        if (app->dirty) {
            app->dirty = false;
            ui_frame_draw(app);
        }
        turn(app);
        nx_session_state now = nx_session_get_state(app->session);
        if (now != before) {
            bool connects = now == NX_SESSION_RESOLVING || now == NX_SESSION_CONNECTING;
            app->turned_read_only = app->turned_read_only && !connects; /* it may be another server */
            before = now;
            ui_app_dirty(app);
        }
    }
}

/* --- beginning and end ---------------------------------------------------------------------------------- */

static void close_everything(ui_app *app) {
    nx_catalog_drop(app->list_job);
    nx_catalog_drop(app->graph_job);
    nx_save_drop(app->saving);
    ui_edit_forget(app);
    ui_preview_free(app);
    ui_upsert_free(app);
    ui_orphans_forget();
    ui_recovery_free(app);
    while (app->noverlays > 0) {
        ui_app_remove(app, app->overlays[app->noverlays - 1]);
    }
    while (app->ntrail > 0) {
        app->ntrail--;
        app->trail[app->ntrail]->ops->close(app->trail[app->ntrail]);
    }
    ui_migrations_forget(app);
    nx_catalog_kept_free(app->kept);
    app->models->ops->close(app->models);
    ui_count_free(app);
    ui_export_free(app);
    nx_session_free(app->session);
    nx_catalog_unref(app->catalog);
    nx_prisma_free(app->prisma);
    nx_error_clear(&app->schema_err);
    nx_changeset_free(app->changes);
    nx_journal_free(app->journal); /* what is staged stays in it */
    nx_buf_free(&app->message);
    nx_error_clear(&app->last_error);
    nx_buf_free(&app->saved);
}

static int finish(ui_app *app) {
    nx_error err = NX_ERROR;
    bool failed = app->failed;
    nx_error_move(&err, &app->last_error);
    close_everything(app);
    ui_term_close();
    int sig = ui_term_quit_signal();
    if (sig) {
        signal(sig, SIG_DFL);
        raise(sig);
    }
    int status = failed ? ui_fail(&err) : 0;
    nx_error_clear(&err);
    return status;
}

/* Nothing can be asked or drawn any more, but each staged step was on disk before it was shown. */
static _Noreturn void no_memory(void) {
    static const char words[] = "nixie: there is no more memory; what was staged is in the journal, and offered at the next start\n";
    ui_term_close();
    ssize_t n = write(STDERR_FILENO, words, sizeof words - 1);
    (void)n;
    _exit(1);
}

static _Noreturn void no_memory_nor_journal(void) {
    static const char words[] = "nixie: there is no more memory; without a journal, what was staged is lost\n";
    ui_term_close();
    ssize_t n = write(STDERR_FILENO, words, sizeof words - 1);
    (void)n;
    _exit(1);
}

int ui_browse(const ui_options *options, const nx_source *source) {
    nx_error err = NX_ERROR;
    ui_keymap_init();
    if (!ui_term_open(&err)) {
        return ui_fail(&err);
    }
    nx_out_of_memory_handler(options->no_journal ? no_memory_nor_journal : no_memory);
    ui_theme_init();
    ui_app app = {.options = options, .source = source, .at = -1, .count = -1, .focus_models = true, .dirty = true,
                  .message = NX_BUF,
                  .saved = NX_BUF};
    nx_session_options session = {.read_only = options->read_only || options->settings.read_only, .statement_timeout_ms = options->timeout_s * 1000};
    app.session = nx_session_new(source, &session);
    nx_session_on_notice(app.session, on_notice, &app);
    app.changes = nx_changeset_new();
    app.models = ui_models_new(&app);
    if (nx_failed(&options->config_err)) {
        ui_say_error(&app, &options->config_err);
    }
    ui_app_reload(&app);
    run(&app);
    return finish(&app);
}
