#include "edit.h"

#include <stdlib.h>
#include <string.h>

#include "candidates.h"
#include "editor.h"
#include "input.h"
#include "nixie/rows.h"
#include "nixie/save.h"
#include "views.h"

/* One value being edited: fetched whole if need be, typed, judged by the server, staged. At most one
 * at a time; the app owns it. */
struct ui_edit {
    ui_app *app;
    nx_arena *arena;
    ui_target target; /* its key and shown value are copies, its row is not kept */
    nx_assignment *seen; /* what else of the record was on the screen */
    int nseen;
    enum { IN_LINE, IN_EDITOR, SET } how;
    nx_new_kind kind; /* SET */
    ui_view *input;
    ui_candidates *candidates; /* for a reference */
    nx_rows_job *fetching;
    nx_validate_job *judging;
};

void ui_edit_forget(ui_app *app) {
    struct ui_edit *e = app->edit;
    app->edit = NULL;
    if (e) {
        nx_rows_drop(e->fetching);
        nx_validate_drop(e->judging);
        ui_candidates_free(e->candidates);
        nx_arena_free(e->arena);
        free(e);
    }
}

static const nx_change *change_of(const ui_app *app, const ui_target *t) {
    return t->insert_id ? nx_changeset_by_id(app->changes, t->insert_id)
                        : nx_changeset_find(app->changes, t->model, t->key, t->nkey);
}

static bool refused(ui_app *app, const nx_model *model, const nx_field *field, nx_change_kind kind) {
    const char *why = app->saving ? "a save is under way" : NULL;
    why = !why && nx_session_read_only(app->session) ? "this session is read-only" : why;
    why = why ? why : nx_edit_refusal(model, kind);
    if (why) {
        ui_refuse(app, "%s cannot be edited: %s", model->title, why);
        return true;
    }
    why = field ? nx_field_refusal(field, kind) : NULL;
    if (why) {
        ui_refuse(app, "%s cannot be edited: %s", field->name, why);
    }
    return why != NULL;
}

static bool target_refused(ui_app *app, const ui_target *t) {
    const nx_change *change = change_of(app, t);
    if (change && change->kind == NX_DELETE) {
        ui_refuse(app, "this record is staged for deletion  (d takes that back)");
        return true;
    }
    return refused(app, t->model, t->field, t->insert_id ? NX_INSERT : NX_UPDATE);
}

/* --- staging ---------------------------------------------------------------------------------------------- */

/* The value the record has on the screen when nothing is staged for it; NULL when it is not there whole. */
static const nx_value *value_seen(const struct ui_edit *e) {
    for (int i = 0; i < e->nseen; i++) {
        if (e->seen[i].field->number == e->target.field->number) {
            return &e->seen[i].old;
        }
    }
    return NULL;
}

/* What the edit is made against: the first value shown, until a save has told that another session wrote;
 * then the one that is shown since. */
static nx_value old_value(const struct ui_edit *e) {
    const nx_change *change = change_of(e->app, &e->target);
    const nx_assignment *a = change ? nx_change_assignment(change, e->target.field) : NULL;
    const nx_value *seen = change && change->outcome.kind == NX_ERR_CONFLICT ? value_seen(e) : NULL;
    return seen ? *seen : a ? a->old : e->target.shown;
}

static void stage(struct ui_edit *e, nx_new_kind kind, nx_value value) {
    ui_app *app = e->app;
    const ui_target *t = &e->target;
    nx_error err = NX_ERROR;
    bool good = t->insert_id ? nx_changeset_assign(app->changes, t->insert_id, t->field, kind, value, &err)
                             : nx_changeset_update_shown(app->changes, t->model, t->key, t->nkey, e->seen, e->nseen,
                                                         t->field, old_value(e), kind, value, &err);
    if (!good) {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
    ui_app_changed(app);
}

/* --- judging ----------------------------------------------------------------------------------------------- */

static void judged(void *owner, nx_value stored, const nx_error *err) {
    struct ui_edit *e = owner;
    e->judging = NULL;
    ui_app_release(e->app);
    if (!err) {
        stage(e, NX_NEW_VALUE, stored);
        if (e->input) {
            ui_input_close(e->input);
        }
        ui_edit_forget(e->app);
        return;
    }
    if (e->input) {
        ui_input_error(e->input, err->message, 0);
        nx_error_copy(&e->app->last_error, err);
        return;
    }
    ui_say_error(e->app, err);
    ui_edit_forget(e->app);
}

static ui_input_reply typed(void *owner, const char *text) {
    struct ui_edit *e = owner;
    if (!e->judging) {
        ui_app_hold(e->app); /* keys typed ahead are meant for what comes after the editor */
        e->judging = nx_validate(e->app->session, e->target.field, nx_value_of(text), judged, e);
    }
    return UI_INPUT_KEEP;
}

static void dropped(void *owner) {
    struct ui_edit *e = owner;
    if (e->app->edit == e) {
        ui_edit_forget(e->app);
    }
}

/* --- typing -------------------------------------------------------------------------------------------------- */

static const char *const booleans[] = {"true", "false", NULL};

static const char *const *choices_of(const nx_field *field, nx_arena *arena) {
    if (field->class == NX_TYPE_BOOL) {
        return booleans;
    }
    if (field->nlabels == 0) {
        return NULL;
    }
    const char **labels = nx_arena_array(arena, (size_t)field->nlabels + 1, sizeof *labels);
    memcpy(labels, field->labels, sizeof *labels * (size_t)field->nlabels);
    return labels;
}

/* PostgreSQL prints booleans as t and f; people read and type true and false. */
static const char *initial_text(const struct ui_edit *e) {
    const char *text = e->target.shown.text;
    if (text && e->target.field->class == NX_TYPE_BOOL) {
        return *text == 't' ? "true" : "false";
    }
    return text ? text : "";
}

/* Tab on a reference: the records it may point at, as soon as they are here. */
static char **candidates(void *owner, const char *text, size_t cursor, size_t *start) {
    struct ui_edit *e = owner;
    (void)cursor;
    *start = 0;
    ui_candidates_ask(e->candidates, e->input, text);
    return NULL;
}

static void altered_text(void *owner, const char *text) {
    struct ui_edit *e = owner;
    (void)text;
    if (e->candidates) {
        ui_candidates_drop(e->candidates);
    }
}

/* What an empty line stands for now. */
static const char *now_words(const struct ui_edit *e) {
    const nx_field *f = e->target.field;
    const nx_change *change = change_of(e->app, &e->target);
    const nx_assignment *a = change ? nx_change_assignment(change, f) : NULL;
    bool unset = a ? a->kind == NX_NEW_DEFAULT : e->target.insert_id != 0;
    if (!nx_is_null(e->target.shown)) {
        return "";
    }
    if (!unset) {
        return "  (now NULL)";
    }
    return f->default_expression || f->identity ? "  (now the default)" : f->nullable ? "  (now NULL, the default)" : "  (required)";
}

static void open_line(struct ui_edit *e) {
    const nx_field *f = e->target.field;
    e->candidates = ui_candidates_new(e->app, f);
    ui_input_options o = {
        .prompt = nx_arena_printf(e->arena, "%s %s%s%s", f->name, f->type, f->nullable ? "" : " not null",
                                  now_words(e)),
        .initial = initial_text(e),
        .verb = "stages",
        .extension = f->class == NX_TYPE_JSON ? "json" : "txt",
        .history = nx_arena_printf(e->arena, "%s.%s", e->target.model->title, f->name),
        .multiline = true,
        .anchor = e->target.anchor,
        .choices = choices_of(f, e->arena),
        .complete = e->candidates ? candidates : NULL,
        .changed = altered_text,
        .accept = typed,
        .drop = dropped,
        .owner = e,
    };
    e->input = ui_input_open(e->app, &o);
}

static void open_editor(struct ui_edit *e) {
    nx_error err = NX_ERROR;
    nx_buf text = NX_BUF;
    nx_buf_adds(&text, initial_text(e));
    bool altered;
    if (!ui_editor_run(e->target.field->class == NX_TYPE_JSON ? "json" : "txt", &text, &altered, &err)) {
        ui_say_error(e->app, &err);
        ui_edit_forget(e->app);
    } else if (!altered) {
        ui_say(e->app, UI_INFO, "nothing was altered");
        ui_edit_forget(e->app);
    } else {
        ui_app *app = e->app;
        nx_validate_job *job = nx_validate(app->session, e->target.field, (nx_value){text.data, text.len}, judged, e);
        if (app->edit == e) { /* a value that cannot be sent is refused at once, and the edit is over */
            e->judging = job;
        }
    }
    nx_error_clear(&err);
    nx_buf_free(&text);
}

static void go_on(struct ui_edit *e) {
    switch (e->how) {
    case IN_LINE: open_line(e); break;
    case IN_EDITOR: open_editor(e); break;
    case SET:
        stage(e, e->kind, NX_NULL_VALUE);
        ui_edit_forget(e->app);
        break;
    }
}

static void fetched(void *owner, nx_page *page, const nx_error *err) {
    struct ui_edit *e = owner;
    e->fetching = NULL;
    if (err || page->nrows != 1) {
        if (err) {
            ui_say_error(e->app, err);
        } else {
            ui_say(e->app, UI_ERROR, "the record is gone");
        }
        nx_page_free(page);
        ui_edit_forget(e->app);
        return;
    }
    e->target.shown = nx_value_copy(e->arena, page->rows[0].cells[0].value);
    e->target.cut = false;
    nx_page_free(page);
    go_on(e);
}

static void keep_seen(struct ui_edit *e, const nx_row *row, const nx_query *query) {
    int n = row && query ? nx_query_nfields(query) : 0;
    e->seen = nx_arena_array(e->arena, (size_t)n, sizeof *e->seen);
    for (int i = 0; i < n; i++) {
        const nx_cell *cell = &row->cells[i];
        if (!cell->cut && !cell->withheld) {
            e->seen[e->nseen++] =
                (nx_assignment){.field = nx_query_field(query, i), .old = nx_value_copy(e->arena, cell->value)};
        }
    }
}

static struct ui_edit *begin(ui_app *app, const ui_target *t) {
    ui_edit_forget(app);
    struct ui_edit *e = nx_calloc(1, sizeof *e);
    e->app = app;
    e->arena = nx_arena_new(0);
    e->target = *t;
    e->target.shown = nx_value_copy(e->arena, t->shown);
    nx_value *key = nx_arena_array(e->arena, (size_t)t->nkey, sizeof *key);
    for (int i = 0; i < t->nkey; i++) {
        key[i] = nx_value_copy(e->arena, t->key[i]);
    }
    e->target.key = key;
    keep_seen(e, t->row, t->query);
    e->target.row = NULL;
    e->target.query = NULL;
    app->edit = e;
    return e;
}

static void start(struct ui_edit *e) {
    if (e->target.cut) {
        e->fetching = nx_cell_load(e->app->session, e->target.field, e->target.key, fetched, e);
    } else {
        go_on(e);
    }
}

void ui_edit_value(ui_app *app, const ui_target *target) {
    if (!target_refused(app, target)) {
        struct ui_edit *e = begin(app, target);
        e->how = IN_LINE;
        start(e);
    }
}

void ui_edit_editor(ui_app *app, const ui_target *target) {
    if (!target_refused(app, target)) {
        struct ui_edit *e = begin(app, target);
        e->how = IN_EDITOR;
        start(e);
    }
}

void ui_edit_set(ui_app *app, const ui_target *target, nx_new_kind kind) {
    const nx_field *f = target->field;
    if (target_refused(app, target)) {
        return;
    }
    if (kind == NX_NEW_NULL && !f->nullable) {
        ui_refuse(app, "%s is not null", f->name);
        return;
    }
    struct ui_edit *e = begin(app, target);
    e->how = SET;
    e->kind = kind;
    start(e);
}

/* --- records --------------------------------------------------------------------------------------------------- */

uint64_t ui_edit_add(ui_app *app, nx_model *model) {
    if (refused(app, model, NULL, NX_INSERT)) {
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
    if (refused(app, model, NULL, NX_DELETE)) {
        return;
    }
    nx_error err = NX_ERROR;
    if (!nx_changeset_delete(app->changes, model, key, nkey, shown, n, &err)) {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
    ui_app_changed(app);
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
    app->saving = NULL;
    switch (report->outcome) {
    case NX_SAVED:
        ui_say(app, UI_GOOD, "saved %d change%s", report->count, report->count == 1 ? "" : "s");
        ui_app_saved(app);
        return;
    case NX_NOT_SAVED:
    case NX_IN_DOUBT:
        ui_say_error(app, report->error);
        ui_app_changed(app);
        ui_changes_show(app, report->failed_id);
        return;
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
    app->saving = nx_save(app->session, app->changes, save_done, app);
}
