#include "links.h"

#include <stdlib.h>
#include <string.h>

#include "labels.h"

static const nx_assignment *assigned(const nx_change *change, const char *column) {
    const nx_field *field = nx_model_field(change->model, column);
    return field ? nx_change_assignment(change, field) : NULL;
}

static void add_link(ui_link **links, int *n, ui_link link) {
    *links = nx_realloc(*links, (size_t)*n + 1, sizeof **links);
    (*links)[(*n)++] = link;
}

/* Will the field hold what the owner has in `from`? */
static bool holds(const nx_assignment *a, const ui_link_owner *owner, const char *from, int i) {
    if (!a || a->kind == NX_NEW_REFERENCE) {
        return a && owner->insert && a->record == owner->insert && strcmp(a->record_field->name, from) == 0;
    }
    return !owner->insert && owner->values && a->kind == NX_NEW_VALUE && nx_value_equal(a->value, owner->values[i]);
}

/* --- what will be there ---------------------------------------------------------------------------------------- */

/* A field that is not assigned keeps what it has: of a key over several fields some may be shared. */
static bool kept(const nx_change *change, const nx_relation *r, const ui_link_owner *owner, int i) {
    for (int s = 0; change->kind == NX_UPDATE && owner->values && s < change->nshown; s++) {
        if (strcmp(change->shown[s].field->name, r->references[i]) == 0) {
            return nx_value_equal(change->shown[s].old, owner->values[i]);
        }
    }
    return false;
}

static bool comes(const nx_change *change, const nx_relation *r, const ui_link_owner *owner) {
    bool any = false;
    for (int i = 0; i < r->nfields; i++) {
        const nx_assignment *a = assigned(change, r->references[i]);
        if (!(a ? holds(a, owner, r->fields[i], i) : kept(change, r, owner, i))) {
            return false;
        }
        any = any || a;
    }
    return any;
}

static void link_to_many(const nx_change *change, const nx_relation *r, const ui_link_owner *owner, ui_link **links,
                         int *n) {
    bool can = change->kind == NX_INSERT || change->kind == NX_UPDATE;
    if (can && change->model->oid == r->target->oid && comes(change, r, owner)) {
        add_link(links, n, (ui_link){.change = change->id, .insert = change->kind == NX_INSERT ? change->id : 0});
    }
}

static void link_through(const nx_change *change, const nx_relation *r, const ui_link_owner *owner, ui_link **links,
                         int *n) {
    if (change->kind != NX_INSERT || change->model->oid != r->through->oid) {
        return;
    }
    for (int i = 0; i < r->nfields; i++) {
        if (!holds(assigned(change, r->through_fields[i]), owner, r->fields[i], i)) {
            return;
        }
    }
    const nx_assignment *to = assigned(change, r->through_references[0]);
    if (to && (to->kind == NX_NEW_VALUE || to->kind == NX_NEW_REFERENCE)) {
        add_link(links, n, (ui_link){.change = change->id, .insert = to->kind == NX_NEW_REFERENCE ? to->record : 0});
    }
}

static void link_to_one(const nx_change *change, const nx_relation *r, ui_link **links, int *n) {
    ui_link link = {.change = change->id};
    bool any = false;
    for (int i = 0; i < r->nfields; i++) {
        const nx_assignment *a = assigned(change, r->fields[i]);
        if (a && a->kind != NX_NEW_VALUE && a->kind != NX_NEW_REFERENCE) {
            return;
        }
        any = any || a;
        link.insert = a && a->kind == NX_NEW_REFERENCE ? a->record : link.insert;
    }
    if (any) {
        add_link(links, n, link);
    }
}

int ui_links(const nx_changeset *set, const nx_relation *relation, const ui_link_owner *owner, ui_link **links) {
    int n = 0;
    *links = NULL;
    if (relation->kind == NX_TO_ONE) {
        if (owner->change && owner->change->kind == NX_UPDATE) {
            link_to_one(owner->change, relation, links, &n);
        }
        return n;
    }
    for (int i = 0; i < nx_changeset_count(set); i++) {
        (relation->kind == NX_TO_MANY ? link_to_many : link_through)(nx_changeset_at(set, i), relation, owner, links,
                                                                     &n);
    }
    return n;
}

/* --- what will not ------------------------------------------------------------------------------------------------ */

static bool leaves(const nx_change *change, const char *const *columns, int n, const nx_value *values) {
    for (int i = 0; i < n; i++) {
        const nx_assignment *a = assigned(change, columns[i]);
        if (a && !(values && a->kind == NX_NEW_VALUE && nx_value_equal(a->value, values[i]))) {
            return true;
        }
    }
    return false;
}

static bool was(const nx_change *change, const char *column, nx_value value) {
    const nx_assignment *a = assigned(change, column);
    return a && nx_value_equal(a->old, value);
}

static bool drops(const nx_change *change, const nx_relation *r, const nx_value *values, const nx_value *references) {
    if (change->kind != NX_DELETE || change->model->oid != r->through->oid) {
        return false;
    }
    bool same = true;
    for (int i = 0; i < r->nfields && same; i++) {
        same = was(change, r->through_fields[i], values[i]) && was(change, r->through_references[i], references[i]);
    }
    return same;
}

uint64_t ui_link_cut(const nx_changeset *set, const nx_relation *relation, const ui_link_owner *owner,
                     const nx_value *references, const nx_change *change) {
    const nx_relation *r = relation;
    if (r->kind != NX_MANY_TO_MANY) {
        const nx_change *c = r->kind == NX_TO_ONE ? owner->change : change;
        bool away = c && c->kind == NX_UPDATE &&
                    leaves(c, r->kind == NX_TO_ONE ? r->fields : r->references, r->nfields, owner->values);
        return away ? c->id : 0;
    }
    for (int i = 0; owner->values && references && i < nx_changeset_count(set); i++) {
        if (drops(nx_changeset_at(set, i), r, owner->values, references)) {
            return nx_changeset_at(set, i)->id;
        }
    }
    return 0;
}

/* --- words -------------------------------------------------------------------------------------------------------- */

static void label_words(const char *label, nx_buf *out) {
    if (label) {
        nx_buf_addf(out, "  %s", label);
    }
}

static nx_value shown_value(const nx_change *change, const nx_field *field) {
    for (int i = 0; field && i < change->nshown; i++) {
        if (change->shown[i].field->number == field->number) {
            return change->shown[i].old;
        }
    }
    return NX_NULL_VALUE;
}

void ui_link_words(const nx_change *change, const nx_relation *relation, nx_buf *out) {
    if (relation->kind == NX_TO_MANY) {
        for (int i = 0; change->model->identity && i < change->nkey; i++) {
            nx_buf_addf(out, "%s%s", i ? "," : "", change->key[i].text);
        }
        label_words(shown_value(change, change->model->label).text, out);
        return;
    }
    const char **columns = relation->kind == NX_TO_ONE ? relation->fields : relation->through_references;
    const nx_assignment *first = NULL;
    for (int i = 0; i < relation->nfields; i++) {
        const nx_assignment *a = assigned(change, columns[i]);
        const nx_field *field = nx_model_field(change->model, columns[i]);
        nx_value value = a ? a->value : shown_value(change, field);
        nx_buf_addf(out, "%s%s", i ? "," : "", value.text ? value.text : "");
        first = first ? first : a;
    }
    label_words(first ? ui_labels_find(first->field, first->value) : NULL, out);
}

bool ui_link_key(const nx_change *change, const nx_relation *relation, nx_arena *arena, nx_key_test *key) {
    const nx_relation *r = relation;
    if (!change) {
        return false;
    }
    if (r->kind == NX_TO_MANY) {
        nx_row row = {.key = change->key};
        return change->kind == NX_UPDATE && nx_row_key(change->model, &row, arena, key);
    }
    const char **columns = r->kind == NX_TO_ONE ? r->fields : r->through_references;
    *key = (nx_key_test){.n = r->nfields};
    key->fields = nx_arena_array(arena, (size_t)r->nfields, sizeof *key->fields);
    key->values = nx_arena_array(arena, (size_t)r->nfields, sizeof *key->values);
    for (int i = 0; i < r->nfields; i++) {
        const nx_assignment *a = assigned(change, columns[i]);
        key->fields[i] = nx_model_field(r->target, r->references[i]);
        key->values[i] = a ? a->value : shown_value(change, nx_model_field(change->model, columns[i]));
        if (!key->fields[i] || !key->values[i].text) {
            return false;
        }
    }
    return true;
}
