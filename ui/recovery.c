#include "recovery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "list.h"
#include "nixie/journal.h"
#include "nixie/text.h"

/* The journals that are offered, one after the other. */
struct ui_recovery {
    ui_app *app;
    nx_catalog *catalog;
    nx_orphan **orphans;
    int n, at;
    ui_view *list;           /* open, or NULL */
    nx_settle_job *settling;
    nx_catalog_job *describing;
    int next;                /* the change whose model is described next */
};

void ui_recovery_free(ui_app *app) {
    struct ui_recovery *r = app->recovery;
    app->recovery = NULL;
    if (!r) {
        return;
    }
    nx_settle_drop(r->settling);
    nx_catalog_drop(r->describing);
    if (r->list) {
        ui_view *list = r->list;
        r->list = NULL;
        ui_app_remove(app, list);
    }
    for (int i = 0; i < r->n; i++) {
        nx_orphan_free(r->orphans[i]);
    }
    free(r->orphans);
    nx_catalog_unref(r->catalog);
    free(r);
}

static void offer(struct ui_recovery *r);
static void begin(struct ui_recovery *r);

/* The lock goes with it, so that another instance may be offered what was kept. */
static void go_on(struct ui_recovery *r) {
    nx_orphan_free(r->orphans[r->at]);
    r->orphans[r->at++] = NULL;
    if (r->at < r->n) {
        begin(r);
    } else {
        ui_recovery_free(r->app);
    }
}

static void say_failed(struct ui_recovery *r, nx_error *err) {
    ui_say_error(r->app, err);
    nx_error_clear(err);
}

/* --- taking over ------------------------------------------------------------------------------------------------ */

static void take_over(struct ui_recovery *r) {
    ui_app *app = r->app;
    nx_buf notes = NX_BUF;
    nx_error err = NX_ERROR;
    int before = nx_changeset_count(app->changes);
    if (!nx_orphan_recover(r->orphans[r->at], r->catalog, app->changes, &notes, &err)) {
        say_failed(r, &err);
        nx_buf_free(&notes);
        go_on(r);
        return;
    }
    int n = nx_changeset_count(app->changes) - before;
    ui_say(app, UI_GOOD, "%d change%s staged again  (C shows, u takes back)", n, n == 1 ? " is" : "s are");
    go_on(r);
    ui_app_changed(app);
    if (notes.len) {
        ui_text_open(app, "Recovered, but", notes.data, notes.len);
    }
    nx_buf_free(&notes);
}

static void described(void *owner, nx_catalog *catalog, const nx_error *err);

/* Every model it touches must be known first. */
static void describe_next(struct ui_recovery *r) {
    const nx_orphan *o = r->orphans[r->at];
    while (r->next < o->nchanges) {
        nx_model *model = nx_orphan_model(o, o->changes[r->next++], r->catalog);
        if (model && !model->described) {
            r->describing = nx_catalog_describe(r->app->session, model, described, r);
            return;
        }
    }
    take_over(r);
}

static void described(void *owner, nx_catalog *catalog, const nx_error *err) {
    struct ui_recovery *r = owner;
    (void)catalog;
    r->describing = NULL;
    if (err && err->kind != NX_ERR_NOT_FOUND) { /* gone meanwhile is told with the rest */
        ui_say_error(r->app, err);
        offer(r);
        return;
    }
    describe_next(r);
}

static void recover(struct ui_recovery *r) {
    r->next = 0;
    describe_next(r);
}

/* --- questions ------------------------------------------------------------------------------------------------------ */

static void discard(struct ui_recovery *r) {
    nx_error err = NX_ERROR;
    if (nx_orphan_discard(r->orphans[r->at], &err)) {
        ui_say(r->app, UI_INFO, "discarded");
    } else {
        say_failed(r, &err);
    }
    go_on(r);
}

static void back(void *owner) {
    struct ui_recovery *r = owner;
    r->list = NULL;
    if (r->app->recovery == r && !r->app->leave) {
        offer(r);
    }
}

static void answered(void *owner, const ui_list_item *item) {
    struct ui_recovery *r = owner;
    r->list = NULL;
    switch (item->key) {
    case 'D': discard(r); break;
    case 'R': recover(r); break;
    default: offer(r);
    }
}

static void ask(struct ui_recovery *r, const char *title, const char *yes, char key) {
    const ui_list_item items[] = {{.text = "no", .key = 'n'}, {.text = yes, .key = key}};
    r->list = ui_list_open(r->app, &(ui_list_options){.title = title, .items = items, .nitems = 2, .chosen = answered,
                                                      .dropped = back, .owner = r});
}

/* --- the offer ---------------------------------------------------------------------------------------------------------- */

static void look(struct ui_recovery *r) {
    nx_buf lines = NX_BUF;
    ui_recovery_lines(r->orphans[r->at], &lines);
    offer(r);
    ui_text_open(r->app, "Unsaved changes", lines.data, lines.len);
    nx_buf_free(&lines);
}

static void later(struct ui_recovery *r) {
    ui_say(r->app, UI_INFO, "kept for later  (:recover offers them again)");
    go_on(r);
}

static void chosen(void *owner, const ui_list_item *item) {
    struct ui_recovery *r = owner;
    const nx_orphan *o = r->orphans[r->at];
    r->list = NULL;
    switch (item->key) {
    case 'r':
        if (o->mismatch || o->xid) {
            ask(r, o->xid ? "They may have been saved already. Stage them again?" : "Stage them here all the same?",
                "yes, stage them", 'R');
        } else {
            recover(r);
        }
        break;
    case 'l': look(r); break;
    case 'd': ask(r, "Discard them for good?", "yes, discard them", 'D'); break;
    default: later(r);
    }
}

static void dropped(void *owner) {
    struct ui_recovery *r = owner;
    r->list = NULL;
    if (r->app->recovery == r && !r->app->leave) {
        later(r);
    }
}

static void add_circumstances(const nx_orphan *o, nx_buf *out) {
    nx_buf_addf(out, "\nof nixie process %lld, which is gone", (long long)o->pid);
    if (o->mismatch) {
        nx_buf_adds(out, "\nStaged elsewhere: ");
    }
    for (const char *at = o->mismatch; at;) { /* one difference a line: they can be long */
        const char *end = strstr(at, "; ");
        nx_buf_add(out, at, end ? (size_t)(end - at) : strlen(at));
        nx_buf_adds(out, end ? "\n  " : "");
        at = end ? end + 2 : NULL;
    }
    if (o->damaged) {
        nx_buf_addf(out, "\nLine %d of the journal is damaged: only what stands before it can be read", o->damaged);
    }
    if (o->xid) {
        nx_buf_addf(out, "\nThe commit of transaction %s was under way, and it is not known what became of it", o->xid);
    }
}

static void offer(struct ui_recovery *r) {
    static const ui_list_item items[] = {
        {.text = "recover: stage them again", .key = 'r'},
        {.text = "look at them", .key = 'l'},
        {.text = "keep them for later", .key = 'k'},
        {.text = "discard them", .key = 'd'},
    };
    const nx_orphan *o = r->orphans[r->at];
    char when[32] = "", title[64];
    time_t at = (time_t)o->time;
    struct tm tm;
    if (localtime_r(&at, &tm)) {
        strftime(when, sizeof when, "%Y-%m-%d %H:%M", &tm);
    }
    snprintf(title, sizeof title, "Unsaved changes of %s", when);
    nx_buf words = NX_BUF;
    ui_recovery_summary(o, &words);
    add_circumstances(o, &words);
    r->list = ui_list_open(r->app, &(ui_list_options){.title = title, .words = words.data, .items = items,
                                                      .nitems = (int)NX_COUNT(items), .chosen = chosen,
                                                      .dropped = dropped, .owner = r});
    nx_buf_free(&words);
}

/* --- one after the other --------------------------------------------------------------------------------------------------- */

static void settled(void *owner, nx_settled what) {
    struct ui_recovery *r = owner;
    nx_orphan *o = r->orphans[r->at];
    r->settling = NULL;
    if (what == NX_SETTLED_SAVED) {
        ui_say(r->app, UI_GOOD, "the save that process %lld had under way was committed", (long long)o->pid);
    } else if (what == NX_SETTLED_NOT_SAVED) {
        ui_say(r->app, UI_INFO, "the save that process %lld had under way was rolled back: nothing of it was saved",
               (long long)o->pid);
    }
    if (o->nchanges == 0 && !o->damaged) {
        nx_orphan_discard(o, NULL);
        go_on(r);
    } else {
        offer(r);
    }
}

static void begin(struct ui_recovery *r) {
    nx_orphan *o = r->orphans[r->at];
    if (o->xid) {
        nx_settle_job *job = nx_orphan_settle(o, r->app->session, settled, r);
        if (job) {
            r->settling = job;
        }
    } else {
        offer(r);
    }
}

/* False when there is nothing to offer. */
static bool scan(ui_app *app) {
    nx_orphan **orphans;
    int n = app->journal && !app->recovery ? nx_journal_orphans(app->journal, &orphans) : 0;
    if (n == 0) {
        return app->recovery != NULL;
    }
    struct ui_recovery *r = app->recovery = nx_calloc(1, sizeof *r);
    *r = (struct ui_recovery){.app = app, .catalog = nx_catalog_ref(app->catalog), .orphans = orphans, .n = n};
    begin(r);
    return true;
}

void ui_recovery_open(ui_app *app) {
    if (!app->catalog || app->saving || nx_session_read_only(app->session)) {
        ui_refuse(app, app->saving ? "a save is under way" : app->catalog ? "this session is read-only"
                                                                           : "the catalog is still being read");
    } else if (!scan(app)) {
        ui_refuse(app, "no instance of nixie left changes of this database behind");
    }
}

void ui_recovery_start(ui_app *app) {
    const nx_server *server = nx_session_server(app->session);
    if (!server || app->journal || app->options->no_journal || app->options->foreign) {
        return;
    }
    char *folder = nx_journal_default_folder();
    nx_error err = NX_ERROR;
    app->journal = nx_journal_new(folder, server);
    nx_changeset_journal(app->changes, app->journal);
    free(folder);
    if (nx_session_read_only(app->session)) {
        return; /* nothing can be staged, and nothing saved */
    }
    if (nx_journal_check(app->journal, &err)) {
        scan(app);
        return;
    }
    nx_error why = NX_ERROR;
    nx_error_set(&why, NX_ERR_SYSTEM, "nothing can be staged: %s", err.message);
    nx_error_hint(&why, "%s; with --no-journal changes are staged in memory only, and lost with the process",
                  err.hint ? err.hint : "make room for the journal, or name another place in XDG_STATE_HOME");
    ui_say_error(app, &why);
    nx_error_clear(&why);
    nx_error_clear(&err);
}
