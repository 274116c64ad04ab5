#include "edit_value.h"

#include <stdlib.h>
#include <string.h>

#include "editor.h"
#include "nixie/text.h"
#include "protect.h"
#include "upsert.h"
#include "views.h"

enum { SAID_COLUMNS = 40 };

static void end(struct ui_edit *e) {
    nx_rows_drop(e->fetching);
    nx_validate_drop(e->judging);
    free(e->typed);
    nx_arena_free(e->arena);
    free(e);
}

void ui_edit_forget(ui_app *app) {
    struct ui_edit *e = app->edit;
    app->edit = NULL; /* what it has open must not find it */
    if (e) {
        ui_app_remove(app, e->input);
        ui_app_remove(app, e->picker);
        end(e);
    }
}

/* --- may it be edited? ------------------------------------------------------------------------------------- */

bool ui_edit_refused(ui_app *app, const nx_model *model, const nx_field *field, nx_change_kind kind) {
    const char *why = app->saving ? "a save is under way" : NULL;
    why = why ? why : ui_protect_read_only(app);
    why = why ? why : nx_edit_refusal(model, kind);
    if (why) {
        ui_refuse(app, "%s cannot be edited: %s", model->title, why);
        return true;
    }
    why = field ? nx_field_refusal(field, kind) : NULL;
    if (why) {
        ui_refuse(app, "%s cannot be edited: %s", nx_field_title(field), why);
    }
    return why != NULL;
}

static bool target_refused(ui_app *app, const ui_target *t) {
    const nx_change *change = t->insert_id || t->stage ? NULL : nx_changeset_find(app->changes, t->model, t->key, t->nkey);
    if (change && change->kind == NX_DELETE) {
        ui_refuse(app, "this record is staged for deletion  (d takes that back)");
        return true;
    }
    if (t->shown.text && !nx_text_valid(t->shown.text, t->shown.len)) { /* of a database that knows no encoding */
        ui_refuse(app, "%s holds bytes that are no text in UTF-8, and is left as it is", nx_field_title(t->field));
        return true;
    }
    return ui_edit_refused(app, t->model, t->field, t->insert_id ? NX_INSERT : t->bulk ? NX_BULK_UPDATE : NX_UPDATE);
}

/* --- staging ---------------------------------------------------------------------------------------------- */

const nx_value *ui_edit_seen(const struct ui_edit *e, const nx_field *field) {
    for (int i = 0; i < e->nseen; i++) {
        if (e->seen[i].field->number == field->number) {
            return &e->seen[i].old;
        }
    }
    return NULL;
}

/* The first value shown, until a save has told that another session wrote; then the one that is shown since. */
nx_value ui_edit_old(const struct ui_edit *e, const nx_field *field) {
    const nx_change *change = ui_edit_change(e);
    const nx_assignment *a = change ? nx_change_assignment(change, field) : NULL;
    const nx_value *seen = change && change->outcome.kind == NX_ERR_CONFLICT ? ui_edit_seen(e, field) : NULL;
    if (seen || a) {
        return seen ? *seen : a->old;
    }
    seen = field == e->target.field ? &e->target.shown : ui_edit_seen(e, field);
    return seen ? *seen : NX_NULL_VALUE;
}

bool ui_edit_stage(struct ui_edit *e, const nx_field *field, nx_new_kind kind, nx_value value) {
    ui_app *app = e->app;
    const ui_target *t = &e->target;
    nx_error err = NX_ERROR;
    if (t->stage) {
        return t->stage(t->owner, field, kind, value);
    }
    bool good = t->insert_id ? nx_changeset_assign(app->changes, t->insert_id, field, kind, value, &err)
                             : nx_changeset_update_shown(app->changes, t->model, t->key, t->nkey, e->seen, e->nseen,
                                                         field, ui_edit_old(e, field), kind, value, &err);
    if (!good) {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
    ui_app_changed(app);
    return good;
}

/* --- judging ----------------------------------------------------------------------------------------------- */

/* "tomorrow" is stored as a date: what the server made of it is told. */
static void tell_stored(const struct ui_edit *e, nx_value stored) {
    const nx_field *f = e->target.field;
    if (!e->typed || !stored.text || strcmp(e->typed, ui_edit_text(f, stored)) == 0 || f->class == NX_TYPE_BOOL) {
        return;
    }
    nx_buf typed = NX_BUF;
    nx_text_sanitise(&typed, e->typed, strlen(e->typed), SAID_COLUMNS);
    ui_say(e->app, UI_INFO, "%s: %s is stored as %s", nx_field_title(f), typed.data, *stored.text ? stored.text : "''");
    nx_buf_free(&typed);
}

/* The server's words, and its details: for JSON they name what it stumbled over. */
static void show_refusal(struct ui_edit *e, const nx_error *err) {
    nx_buf words = NX_BUF;
    nx_buf_adds(&words, err->message);
    if (err->detail) {
        nx_buf_addf(&words, "\n%s", err->detail);
    }
    if (err->kind == NX_ERR_LOST || err->kind == NX_ERR_CONNECT || err->kind == NX_ERR_TIMEOUT) {
        nx_buf_adds(&words, "\nnot judged, nothing is staged: Enter tries again");
    }
    ui_input_error(e->input, words.data, ui_edit_error_position(err, e->typed ? e->typed : ""));
    nx_error_copy(&e->app->last_error, err);
    nx_buf_free(&words);
}

static void finish(struct ui_edit *e) {
    ui_app *app = e->app;
    ui_view *input = e->input;
    app->edit = NULL; /* the editor's end must not find it */
    if (input) {
        ui_input_close(input);
    }
    end(e);
}

static void judged(void *owner, nx_value stored, const nx_error *err) {
    struct ui_edit *e = owner;
    e->judging = NULL;
    ui_app_release(e->app);
    if (err && e->input) {
        show_refusal(e, err);
        return;
    }
    if (err) {
        ui_say_error(e->app, err);
        ui_edit_forget(e->app);
        return;
    }
    if (ui_edit_stage(e, e->target.field, stored.text ? NX_NEW_VALUE : NX_NEW_NULL, stored)) {
        tell_stored(e, stored);
    }
    ui_app *app = e->app;
    uint64_t insert = e->target.insert_id;
    const nx_field *field = e->target.field;
    finish(e);
    if (insert) {
        ui_upsert_look(app, insert, field);
    }
}

static void judge(struct ui_edit *e, nx_value value) {
    ui_app *app = e->app;
    free(e->typed);
    e->typed = nx_strdup(value.text);
    if (e->input) {
        ui_input_wait(e->input, "checking");
    } else {
        ui_app_hold(app); /* keys typed ahead are meant for what comes after it */
    }
    nx_validate_job *job = nx_validate(app->session, e->target.field, value, judged, e);
    if (app->edit == e) { /* what needs no trip is judged at once, and the edit may be over */
        e->judging = job;
    }
}

/* --- typing -------------------------------------------------------------------------------------------------- */

/* Exactly what it was, and nothing staged for it. */
static bool as_it_was(const struct ui_edit *e, int state, const char *text) {
    ui_input_state states[UI_STATES_MAX];
    int now;
    if (e->target.stage) {
        return false; /* what is so of one need not be of the others */
    }
    ui_edit_states(e, states, &now);
    if (state >= 0 || now >= 0) {
        return state == now && (now < 0 || e->target.insert_id || !ui_edit_assignment(e, e->target.field));
    }
    bool same = !nx_is_null(e->target.shown) && strcmp(text, ui_edit_text(e->target.field, e->target.shown)) == 0;
    return same && !ui_edit_assignment(e, e->target.field);
}

static ui_input_reply typed(void *owner, const char *text) {
    struct ui_edit *e = owner;
    ui_input_state states[UI_STATES_MAX];
    int now, state = ui_input_state_now(e->input);
    ui_edit_states(e, states, &now);
    if (as_it_was(e, state, text)) {
        finish(e);
    } else if (state >= 0 && ui_edit_kind_of(&states[state]) == NX_NEW_DEFAULT) {
        ui_edit_stage(e, e->target.field, NX_NEW_DEFAULT, NX_NULL_VALUE);
        finish(e);
    } else {
        judge(e, state >= 0 ? NX_NULL_VALUE : nx_value_of(text));
    }
    return UI_INPUT_KEEP;
}

/* Esc while the value is fetched ends the edit, while it is judged only the waiting. */
static void stopped(void *owner) {
    struct ui_edit *e = owner;
    if (e->fetching) {
        ui_app_remove(e->app, e->input);
        return;
    }
    nx_validate_drop(e->judging);
    e->judging = NULL;
}

static void dropped(void *owner) {
    struct ui_edit *e = owner;
    if (e->app->edit == e) {
        e->input = NULL; /* it closes by itself */
        ui_edit_forget(e->app);
    }
}

/* Tab: back to the records it may point at. */
static void to_picker(void *owner) {
    struct ui_edit *e = owner;
    ui_view *input = e->input;
    e->app->edit = NULL;
    ui_input_close(input);
    e->app->edit = e;
    e->input = NULL;
    ui_edit_reference(e);
}

void ui_edit_open_line(struct ui_edit *e) {
    const nx_field *f = e->target.field;
    ui_input_state states[UI_STATES_MAX];
    int now, n = ui_edit_states(e, states, &now);
    ui_input_options o = {
        .prompt = ui_edit_prompt(e),
        .initial = ui_edit_text(f, e->target.shown),
        .verb = "stages",
        .extension = ui_edit_extension(f),
        .history = ui_edit_history(e),
        .multiline = f->class != NX_TYPE_NUMBER && f->class != NX_TYPE_TIME && f->class != NX_TYPE_UUID,
        .anchor = e->target.anchor,
        .choices = ui_edit_choices(e),
        .value = true,
        .states = states,
        .nstates = n,
        .state = e->target.cut ? -1 : now,
        .leave = ui_edit_can_choose(e) ? to_picker : NULL,
        .leave_words = "chooses",
        .accept = typed,
        .drop = dropped,
        .stop = stopped,
        .owner = e,
    };
    e->input = ui_input_open(e->app, &o);
}

static void open_editor(struct ui_edit *e) {
    const nx_field *f = e->target.field;
    nx_error err = NX_ERROR;
    nx_buf text = NX_BUF;
    nx_buf_adds(&text, ui_edit_text(f, e->target.shown));
    bool altered;
    if (!ui_editor_run(ui_edit_extension(f), &text, &altered, &err)) {
        ui_say_error(e->app, &err);
        ui_edit_forget(e->app);
    } else if (!altered) {
        ui_say(e->app, UI_INFO, "nothing was altered");
        ui_edit_forget(e->app);
    } else {
        judge(e, (nx_value){text.data, text.len});
    }
    nx_error_clear(&err);
    nx_buf_free(&text);
}

static void go_on(struct ui_edit *e) {
    switch (e->how) {
    case UI_IN_LINE:
        if (ui_edit_can_choose(e)) {
            ui_edit_reference(e);
        } else {
            ui_edit_open_line(e);
        }
        break;
    case UI_IN_EDITOR: open_editor(e); break;
    case UI_SET:
        ui_edit_stage(e, e->target.field, e->kind, NX_NULL_VALUE);
        ui_edit_forget(e->app);
        break;
    }
}

/* --- beginning ------------------------------------------------------------------------------------------------- */

static void not_fetched(struct ui_edit *e, const nx_error *err) {
    if (err) {
        ui_say_error(e->app, err);
    } else {
        ui_say(e->app, UI_ERROR, "the record is gone");
    }
    ui_edit_forget(e->app);
}

static void fetched(void *owner, nx_page *page, const nx_error *err) {
    struct ui_edit *e = owner;
    e->fetching = NULL;
    ui_app_release(e->app);
    if (err || page->nrows != 1) {
        not_fetched(e, err);
        nx_page_free(page);
        return;
    }
    e->target.shown = nx_value_copy(e->arena, page->rows[0].cells[0].value);
    e->target.cut = false;
    nx_page_free(page);
    if (e->input) {
        ui_input_set_text(e->input, ui_edit_text(e->target.field, e->target.shown));
        ui_input_wait(e->input, NULL);
    } else {
        go_on(e);
    }
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
    e->target.many = nx_arena_strdup(e->arena, t->many);
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

/* A value that was cut is fetched whole; keys wait in its editor. */
static void start(struct ui_edit *e) {
    if (!e->target.cut) {
        go_on(e);
        return;
    }
    if (e->how == UI_IN_LINE) {
        e->target.shown = NX_NULL_VALUE;
        ui_edit_open_line(e);
        ui_input_wait(e->input, "reading the value");
    } else {
        ui_app_hold(e->app);
    }
    ui_app *app = e->app;
    nx_rows_job *job = nx_cell_load(app->session, e->target.field, e->target.key, fetched, e);
    if (app->edit == e) {
        e->fetching = job;
    }
}

void ui_edit_value(ui_app *app, const ui_target *target) {
    if (!target_refused(app, target)) {
        struct ui_edit *e = begin(app, target);
        e->how = UI_IN_LINE;
        start(e);
    }
}

void ui_edit_editor(ui_app *app, const ui_target *target) {
    if (!target_refused(app, target)) {
        struct ui_edit *e = begin(app, target);
        e->how = UI_IN_EDITOR;
        start(e);
    }
}

void ui_edit_set(ui_app *app, const ui_target *target, nx_new_kind kind) {
    const nx_field *f = target->field;
    if (target_refused(app, target)) {
        return;
    }
    if (kind == NX_NEW_NULL && !f->nullable) {
        ui_refuse(app, "%s is not null", nx_field_title(f));
        return;
    }
    struct ui_edit *e = begin(app, target);
    e->how = UI_SET;
    e->kind = kind;
    start(e);
}
