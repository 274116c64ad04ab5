#include "edit.h"

#include <stdlib.h>
#include <string.h>
#include <string.h>

#include "insert.h"
#include "nixie/save.h"
#include "orphans.h"
#include "preview.h"
#include "protect.h"
#include "saved.h"
#include "upsert.h"
#include "views.h"

/* --- records --------------------------------------------------------------------------------------------------- */

uint64_t ui_edit_add(ui_app *app, nx_model *model) {
    if (ui_edit_refused(app, model, NULL, NX_INSERT)) {
        return 0;
    }
    nx_error err = NX_ERROR;
    uint64_t id = nx_changeset_insert(app->changes, model, &err);
    if (!id) {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
    ui_app_changed(app);
    return id;
}

void ui_edit_delete(ui_app *app, nx_model *model, const nx_value *key, int nkey, const nx_assignment *shown, int n) {
    if (ui_edit_refused(app, model, NULL, NX_DELETE)) {
        return;
    }
    nx_error err = NX_ERROR;
    if (!nx_changeset_delete(app->changes, model, key, nkey, shown, n, &err)) {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
    ui_app_changed(app);
    const nx_change *staged = nx_changeset_find(app->changes, model, key, nkey);
    if (staged && staged->kind == NX_DELETE) {
        ui_orphans_warn(app, model, key, shown, n);
        ui_preview_staged(app, staged->id);
    }
}

static void step(ui_app *app, bool (*walk)(nx_changeset *set, nx_error *err), const char *nothing) {
    nx_error err = NX_ERROR;
    if (app->saving || !walk(app->changes, &err)) {
        ui_refuse(app, "%s", app->saving ? "a save is under way" : nothing);
    }
    if (nx_failed(&err)) {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
    ui_app_changed(app);
}

void ui_edit_undo(ui_app *app) { step(app, nx_changeset_undo, "nothing to undo"); }
void ui_edit_redo(ui_app *app) { step(app, nx_changeset_redo, "nothing to redo"); }

void ui_edit_unstage(ui_app *app, uint64_t id) {
    nx_error err = NX_ERROR;
    nx_changeset_remove(app->changes, id, &err);
    if (nx_failed(&err)) {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
    ui_app_changed(app);
}

/* --- saving ------------------------------------------------------------------------------------------------------- */

static void save_done(void *owner, const nx_save_report *report) {
    ui_app *app = owner;
    bool leave = app->leave_when_saved;
    app->saving = NULL;
    app->leave_when_saved = false;
    app->leave = app->leave || (leave && report->outcome == NX_SAVED);
    switch (report->outcome) {
    case NX_SAVED:
        ui_saved_tell(app, report);
        app->report = report;
        ui_app_saved(app);
        app->report = NULL;
        ui_changes_close(app);
        return;
    case NX_NOT_SAVED:
    case NX_IN_DOUBT:
        ui_say_error(app, report->error);
        ui_protect_refused(app, report->error);
        ui_app_changed(app);
        ui_changes_show(app, report->failed_id);
        if (strcmp(report->error->sqlstate, "23505") == 0) {
            ui_upsert_look(app, report->failed_id, NULL);
        }
        return;
    }
}

static void send_now(void *owner) {
    ui_app *app = owner;
    if (!app->saving && nx_changeset_count(app->changes) > 0) {
        app->saving = nx_save(app->session, app->changes, save_done, app);
    }
}

static void send(void *owner) {
    if (!ui_protect_ask(owner, send_now)) {
        send_now(owner);
    }
}

void ui_edit_save(ui_app *app) {
    if (app->saving) {
        ui_refuse(app, "a save is under way");
        return;
    }
    if (nx_changeset_count(app->changes) == 0) {
        ui_refuse(app, "nothing is staged");
        return;
    }
    if (!ui_insert_ask_missing(app, send)) {
        send(app);
    }
}
