/* A reference is edited by choosing the record it points at. */
#include <stdlib.h>
#include <string.h>

#include "edit_value.h"
#include "labels.h"
#include "picker.h"

/* The name of a referenced column, as a field of the target. */
static bool target_fields(const nx_foreign_key *fk, nx_field **fields) {
    for (int i = 0; i < fk->nfields; i++) {
        fields[i] = nx_model_field(fk->target, fk->references[i]);
        if (!fields[i] || !fields[i]->can_select) {
            return false;
        }
    }
    return true;
}

/* All fields of the reference are set at once: each must be editable, and what it holds now be known. */
static bool fields_known(const struct ui_edit *e, const nx_foreign_key *fk) {
    nx_change_kind kind = e->target.insert_id ? NX_INSERT : NX_UPDATE;
    for (int i = 0; i < fk->nfields; i++) {
        const nx_field *f = fk->fields[i];
        bool seen = e->target.insert_id || e->target.stage || f == e->target.field || ui_edit_seen(e, f) || ui_edit_assignment(e, f);
        if (nx_field_refusal(f, kind) || !seen) {
            return false;
        }
    }
    return true;
}

static nx_value value_now(const struct ui_edit *e, const nx_field *field) {
    const nx_assignment *a = ui_edit_assignment(e, field);
    if (a) {
        return a->kind == NX_NEW_VALUE ? a->value : NX_NULL_VALUE;
    }
    const nx_value *seen = field == e->target.field ? &e->target.shown : ui_edit_seen(e, field);
    return seen ? *seen : NX_NULL_VALUE;
}

/* --- chosen ------------------------------------------------------------------------------------------------ */

static bool refer(struct ui_edit *e, const nx_field *field, uint64_t record, const nx_field *record_field) {
    ui_app *app = e->app;
    const ui_target *t = &e->target;
    nx_error err = NX_ERROR;
    bool good = t->insert_id ? nx_changeset_refer(app->changes, t->insert_id, field, record, record_field, &err)
                             : nx_changeset_update_refer(app->changes, t->model, t->key, t->nkey, e->seen, e->nseen,
                                                         field, ui_edit_old(e, field), record, record_field, &err);
    if (!good) {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
    ui_app_changed(app);
    return good;
}

static void stage_picked(struct ui_edit *e, const nx_foreign_key *fk, const ui_picked *picked) {
    ui_input_state states[UI_STATES_MAX];
    nx_field *fields[UI_PICKED_FIELDS_MAX];
    int now;
    ui_edit_states(e, states, &now);
    target_fields(fk, fields);
    bool good = true;
    for (int i = 0; i < fk->nfields && good; i++) {
        const nx_field *f = fk->fields[i];
        switch (picked->kind) {
        case UI_PICKED_RECORD: good = ui_edit_stage(e, f, NX_NEW_VALUE, picked->values[i]); break;
        case UI_PICKED_NEW: good = refer(e, f, picked->insert, fields[i]); break;
        case UI_PICKED_STATE: /* of a reference of several fields, those that can be NULL */
            if (f == e->target.field || f->nullable) {
                good = ui_edit_stage(e, f, ui_edit_kind_of(&states[picked->state]), NX_NULL_VALUE);
            }
            break;
        }
    }
}

static void chosen(void *owner, const ui_picked *picked) {
    struct ui_edit *e = owner;
    ui_app *app = e->app;
    const nx_foreign_key *fk = nx_field_foreign_key(e->target.field);
    e->picker = NULL;
    if (picked->kind == UI_PICKED_RECORD) {
        ui_labels_keep(fk->fields[0], picked->values[0], picked->label);
    } else if (picked->kind == UI_PICKED_NEW) {
        ui_labels_keep_new(picked->insert, picked->label);
    }
    nx_changeset_group_begin(app->changes); /* one u takes all fields of the reference back */
    stage_picked(e, fk, picked);
    nx_error err = NX_ERROR;
    if (!nx_changeset_group_end(app->changes, &err)) {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
    ui_app_changed(app);
    ui_edit_forget(app);
}

static void dropped(void *owner) {
    struct ui_edit *e = owner;
    if (e->app->edit == e) {
        e->picker = NULL; /* it closes by itself */
        ui_edit_forget(e->app);
    }
}

static void to_line(void *owner) {
    struct ui_edit *e = owner;
    e->picker = NULL;
    ui_edit_open_line(e);
}

/* --- opening ------------------------------------------------------------------------------------------------ */

bool ui_edit_can_choose(const struct ui_edit *e) {
    const nx_foreign_key *fk = nx_field_foreign_key(e->target.field);
    nx_field *fields[UI_PICKED_FIELDS_MAX];
    return fk && fk->nfields <= UI_PICKED_FIELDS_MAX && fk->target->readable && fk->target->described &&
           target_fields(fk, fields) && fields_known(e, fk);
}

void ui_edit_reference(struct ui_edit *e) {
    const nx_foreign_key *fk = nx_field_foreign_key(e->target.field);
    nx_field *fields[UI_PICKED_FIELDS_MAX];
    target_fields(fk, fields);
    nx_value now[UI_PICKED_FIELDS_MAX];
    bool whole = true;
    for (int i = 0; i < fk->nfields; i++) {
        now[i] = value_now(e, fk->fields[i]);
        whole = whole && now[i].text;
    }
    ui_input_state states[UI_STATES_MAX];
    int state, n = ui_edit_states(e, states, &state);
    e->picker = ui_picker_open(e->app, &(ui_picker_options){
        .model = fk->target,
        .title = nx_arena_printf(e->arena, "%s %s %s", nx_field_title(e->target.field), ui_glyph(UI_GLYPH_ARROW), fk->target->title),
        .verb = "stages",
        .fields = fields,
        .nfields = fk->nfields,
        .now = whole ? now : NULL,
        .states = states,
        .nstates = n,
        .state = state,
        .not_insert = e->target.insert_id,
        .leave = to_line,
        .chosen = chosen,
        .dropped = dropped,
        .inserts = true,
        .owner = e,
    });
}
