#include "connect_task.h"

#include <string.h>

nx_model *ui_connect_unknown(const struct connecting *c) {
    const nx_relation *r = c->relation;
    if (!r->target->described) {
        return r->target;
    }
    return r->through && !r->through->described ? r->through : NULL;
}

static bool among(const char *name, const char *const *names, int n) {
    for (int i = 0; i < n; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Is there a unique key of these columns and those, and nothing else? */
static bool pairs(const nx_model *model, const nx_relation *near, const nx_relation *far) {
    for (int k = 0; k < model->nkeys; k++) {
        const nx_key *key = model->keys[k];
        bool good = key->nfields == near->nfields + far->nfields;
        for (int f = 0; good && f < key->nfields; f++) {
            good = among(key->fields[f]->name, near->references, near->nfields) ||
                   among(key->fields[f]->name, far->fields, far->nfields);
        }
        if (good) {
            return true;
        }
    }
    return false;
}

static bool overlap(const nx_relation *near, const nx_relation *far) {
    for (int i = 0; i < far->nfields; i++) {
        if (among(far->fields[i], near->references, near->nfields)) {
            return true;
        }
    }
    return false;
}

void ui_connect_find_join(struct connecting *c) {
    const nx_relation *r = c->relation;
    if (r->kind == NX_MANY_TO_MANY) {
        c->join = (connect_join){.model = r->through,
                                 .nnear = r->nfields,
                                 .nfar = r->nfields,
                                 .near = r->through_fields,
                                 .far = r->through_references,
                                 .target = r->target,
                                 .references = r->references};
        return;
    }
    for (int i = 0; r->kind == NX_TO_MANY && !r->one_to_one && i < r->target->nrelations; i++) {
        const nx_relation *far = r->target->relations[i];
        if (far->kind == NX_TO_ONE && far != r->inverse && !overlap(r, far) && pairs(r->target, r, far)) {
            c->join = (connect_join){.model = r->target,
                                     .nnear = r->nfields,
                                     .nfar = far->nfields,
                                     .near = r->references,
                                     .far = far->fields,
                                     .target = far->target,
                                     .references = far->references};
            return;
        }
    }
}

/* --- looking at what is staged ---------------------------------------------------------------------------------- */

static bool points(const nx_change *change, const char *column, uint64_t record, nx_value value) {
    const nx_field *field = nx_model_field(change->model, column);
    const nx_assignment *a = field ? nx_change_assignment(change, field) : NULL;
    if (record) {
        return a && a->kind == NX_NEW_REFERENCE && a->record == record;
    }
    return a && a->kind == NX_NEW_VALUE && nx_value_equal(a->value, value);
}

bool ui_connect_pair_staged(const struct connecting *c) {
    const connect_join *j = &c->join;
    const nx_changeset *set = c->v->view.app->changes;
    for (int i = 0; i < nx_changeset_count(set); i++) {
        const nx_change *change = nx_changeset_at(set, i);
        bool same = change->kind == NX_INSERT && change->model->oid == j->model->oid;
        for (int k = 0; same && k < j->nnear; k++) {
            same = points(change, j->near[k], c->insert, c->values ? c->values[k] : NX_NULL_VALUE);
        }
        for (int k = 0; same && k < j->nfar; k++) {
            same = points(change, j->far[k], c->picked_insert, c->picked ? c->picked[k] : NX_NULL_VALUE);
        }
        if (same) {
            return true;
        }
    }
    return false;
}

bool ui_connect_leads(const nx_row *row, const nx_query *query, const nx_relation *relation, const nx_value *values) {
    for (int i = 0; i < relation->nfields; i++) {
        bool same = false;
        for (int f = 0; f < nx_query_nfields(query); f++) {
            bool it = strcmp(nx_query_field(query, f)->name, relation->references[i]) == 0;
            same = same || (it && values && nx_value_equal(row->cells[f].value, values[i]));
        }
        if (!same) {
            return false;
        }
    }
    return true;
}

bool ui_connect_release(ui_app *app, uint64_t insert, const char *const *columns, int n) {
    nx_error err = NX_ERROR;
    bool good = true;
    nx_changeset_group_begin(app->changes);
    for (int i = 0; i < n && good; i++) {
        const nx_change *change = nx_changeset_by_id(app->changes, insert);
        const nx_field *field = change ? nx_model_field(change->model, columns[i]) : NULL;
        good = !field || nx_changeset_assign(app->changes, insert, field, NX_NEW_DEFAULT, NX_NULL_VALUE, &err);
    }
    good = nx_changeset_group_end(app->changes, &err) && good;
    if (!good) {
        ui_say_error(app, &err);
    }
    nx_error_clear(&err);
    return good;
}
