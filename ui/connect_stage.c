/* Relations are staged like any other change: foreign keys that are set or NULLed, rows of join tables. */
#include <stdlib.h>
#include <string.h>

#include "connect.h"
#include "edit.h"
#include "labels.h"

static bool said(ui_app *app, bool good, nx_error *err) {
    if (!good) {
        ui_say_error(app, err);
    }
    nx_error_clear(err);
    return good;
}

/* --- fields of saved records ------------------------------------------------------------------------------------ */

typedef struct saved { /* a saved record as it was read */
    nx_model *model;
    const nx_value *key;
    int nkey, n;
    const nx_assignment *shown;
} saved;

static const nx_assignment *shown_of(const saved *s, const nx_field *field) {
    for (int i = 0; i < s->n; i++) {
        if (s->shown[i].field->number == field->number) {
            return &s->shown[i];
        }
    }
    return NULL;
}

static saved saved_row(struct connecting *c, nx_model *model, const nx_row *row, const nx_query *query, int nkey) {
    int n = nx_query_nfields(query);
    nx_assignment *shown = nx_arena_array(c->arena, (size_t)n + 1, sizeof *shown);
    saved s = {.model = model, .key = row->key, .nkey = nkey, .shown = shown};
    for (int f = 0; f < n; f++) {
        if (!row->cells[f].cut && !row->cells[f].withheld) {
            shown[s.n++] = (nx_assignment){.field = nx_query_field(query, f), .old = row->cells[f].value};
        }
    }
    return s;
}

/* `a` says what the field gets: kind, value, record and record_field. */
static bool put(ui_app *app, const saved *s, const nx_field *field, nx_assignment a, nx_error *err) {
    const nx_assignment *seen = field ? shown_of(s, field) : NULL;
    if (!seen) {
        nx_error_set(err, NX_ERR_REFUSED, "what %s holds now is not here whole",
                     field ? nx_field_title(field) : s->model->title);
        return false;
    }
    if (a.kind == NX_NEW_REFERENCE) {
        return nx_changeset_update_refer(app->changes, s->model, s->key, s->nkey, s->shown, s->n, field, seen->old,
                                         a.record, a.record_field, err);
    }
    return nx_changeset_update_shown(app->changes, s->model, s->key, s->nkey, s->shown, s->n, field, seen->old, a.kind,
                                     a.value, err);
}

bool ui_connect_can_clear(const nx_model *model, const char *const *columns, int n) {
    for (int i = 0; i < n; i++) {
        const nx_field *field = nx_model_field(model, columns[i]);
        if (field && field->nullable) {
            return true;
        }
    }
    return false;
}

static bool clear(ui_app *app, const saved *s, const char *const *columns, int n, nx_error *err) {
    bool good = true;
    for (int i = 0; i < n && good; i++) {
        const nx_field *field = nx_model_field(s->model, columns[i]);
        if (field && field->nullable) { /* a key over several fields refers to nothing when one of them is NULL */
            good = put(app, s, field, (nx_assignment){.kind = NX_NEW_NULL}, err);
        }
    }
    return good;
}

bool ui_connect_reset(ui_app *app, uint64_t id, const char *const *columns, int n) {
    nx_error err = NX_ERROR;
    bool good = true;
    nx_changeset_group_begin(app->changes);
    for (int i = 0; i < n && good; i++) {
        const nx_change *change = nx_changeset_by_id(app->changes, id); /* anew: it is another one after each step */
        const nx_field *field = change ? nx_model_field(change->model, columns[i]) : NULL;
        const nx_assignment *a = field ? nx_change_assignment(change, field) : NULL;
        if (a) {
            nx_value old = a->old;
            good = nx_changeset_update(app->changes, change->model, change->key, change->nkey, field, old,
                                       old.text ? NX_NEW_VALUE : NX_NEW_NULL, old, &err);
        }
    }
    good = nx_changeset_group_end(app->changes, &err) && good;
    return said(app, good, &err);
}

/* --- to-one ------------------------------------------------------------------------------------------------------- */

static saved owner_of(const struct connecting *c) {
    return (saved){.model = c->owner, .key = c->key, .nkey = c->nkey, .n = c->nshown, .shown = c->shown};
}

bool ui_connect_stage_reference(struct connecting *c) {
    ui_app *app = c->v->view.app;
    const nx_relation *r = c->relation;
    saved owner = owner_of(c);
    nx_error err = NX_ERROR;
    bool good = true;
    for (int i = 0; i < r->nfields && good; i++) {
        nx_assignment a = {.kind = NX_NEW_REFERENCE, .record = c->picked_insert};
        if (c->picked_insert) {
            a.record_field = nx_model_field(r->target, r->references[i]);
        } else {
            a = (nx_assignment){.kind = NX_NEW_VALUE, .value = c->picked[i]};
        }
        good = put(app, &owner, nx_model_field(c->owner, r->fields[i]), a, &err);
    }
    return said(app, good, &err);
}

bool ui_connect_clear_reference(struct connecting *c) {
    saved owner = owner_of(c);
    nx_error err = NX_ERROR;
    return said(c->v->view.app, clear(c->v->view.app, &owner, c->relation->fields, c->relation->nfields, &err), &err);
}

/* --- to-many ------------------------------------------------------------------------------------------------------ */

/* What a field of the other side gets to lead to the owner. */
static nx_assignment to_owner(const struct connecting *c, int i) {
    if (c->insert) {
        return (nx_assignment){.kind = NX_NEW_REFERENCE,
                               .record = c->insert,
                               .record_field = nx_model_field(c->owner, c->relation->fields[i])};
    }
    return (nx_assignment){.kind = NX_NEW_VALUE, .value = c->values[i]};
}

bool ui_connect_stage_child(struct connecting *c, const nx_row *row, const nx_query *query, int nkey) {
    ui_app *app = c->v->view.app;
    const nx_relation *r = c->relation;
    saved child = saved_row(c, r->target, row, query, nkey);
    nx_error err = NX_ERROR;
    bool good = true;
    for (int i = 0; i < r->nfields && good; i++) {
        good = put(app, &child, nx_model_field(r->target, r->references[i]), to_owner(c, i), &err);
    }
    return said(app, good, &err);
}

static bool fill(ui_app *app, uint64_t id, const nx_field *field, const nx_assignment *a, nx_error *err) {
    if (a->kind == NX_NEW_REFERENCE) {
        return nx_changeset_refer(app->changes, id, field, a->record, a->record_field, err);
    }
    return nx_changeset_assign(app->changes, id, field, a->kind, a->value, err);
}

bool ui_connect_stage_new_child(struct connecting *c) {
    nx_error err = NX_ERROR;
    bool good = true;
    for (int i = 0; i < c->relation->nfields && good; i++) {
        nx_assignment a = to_owner(c, i);
        good = fill(c->v->view.app, c->picked_insert, nx_model_field(c->relation->target, c->relation->references[i]),
                    &a, &err);
    }
    return said(c->v->view.app, good, &err);
}

bool ui_connect_clear_child(struct connecting *c, const nx_row *row, const nx_query *query, int nkey) {
    saved child = saved_row(c, c->relation->target, row, query, nkey);
    nx_error err = NX_ERROR;
    ui_app *app = c->v->view.app;
    return said(app, clear(app, &child, c->relation->references, c->relation->nfields, &err), &err);
}

bool ui_connect_delete(struct connecting *c, nx_model *model, const nx_row *row, const nx_query *query, int nkey) {
    saved s = saved_row(c, model, row, query, nkey);
    nx_error err = NX_ERROR;
    ui_app *app = c->v->view.app;
    return said(app, nx_changeset_delete(app->changes, model, s.key, s.nkey, s.shown, s.n, &err), &err);
}

/* --- pairs -------------------------------------------------------------------------------------------------------- */

/* The other record of the pair: a staged one, or one that was picked. */
static nx_assignment to_far(const struct connecting *c, int i) {
    if (c->picked_insert) {
        return (nx_assignment){.kind = NX_NEW_REFERENCE,
                               .record = c->picked_insert,
                               .record_field = nx_model_field(c->join.target, c->join.references[i])};
    }
    return (nx_assignment){.kind = NX_NEW_VALUE, .value = c->picked[i]};
}

bool ui_connect_stage_pair(struct connecting *c) {
    ui_app *app = c->v->view.app;
    const connect_join *j = &c->join;
    nx_error err = NX_ERROR;
    uint64_t id = nx_changeset_insert(app->changes, j->model, &err);
    bool good = id != 0;
    for (int i = 0; i < j->nnear && good; i++) {
        nx_assignment a = to_owner(c, i);
        good = fill(app, id, nx_model_field(j->model, j->near[i]), &a, &err);
    }
    for (int i = 0; i < j->nfar && good; i++) {
        nx_assignment a = to_far(c, i);
        good = fill(app, id, nx_model_field(j->model, j->far[i]), &a, &err);
    }
    return said(app, good, &err);
}

bool ui_connect_stage_made(struct connecting *c, uint64_t *made) {
    *made = c->picked_insert = ui_edit_add(c->v->view.app, c->relation->target);
    if (!*made) {
        return false;
    }
    return c->relation->kind == NX_TO_ONE ? ui_connect_stage_reference(c) : ui_connect_stage_pair(c);
}
