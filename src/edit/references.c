#include <stdlib.h>

#include "changeset.h"

/* Fields of different types can be one foreign key (int4 to int8, varchar to text), so the class decides, and
 * the type itself where the class says little. */
static bool comparable(const nx_field *a, const nx_field *b) {
    bool loose = a->class != NX_TYPE_ENUM && a->class != NX_TYPE_ARRAY && a->class != NX_TYPE_OTHER;
    return a->type_oid == b->type_oid || (a->class == b->class && loose);
}

/* Does this staged insert wait for that one, at once or through others? References never make a circle, so
 * the walk ends. */
static bool waits_for(const nx_changeset *set, uint64_t id, uint64_t that) {
    const nx_change *change = id == that ? NULL : nx_changeset_by_id(set, id);
    for (int i = 0; change && i < change->nassignments; i++) {
        const nx_assignment *a = &change->assignments[i];
        if (a->kind == NX_NEW_REFERENCE && waits_for(set, a->record, that)) {
            return true;
        }
    }
    return id == that;
}

/* `id`: the staged insert that is to refer, 0 for an existing record. */
static bool may_refer(const nx_changeset *set, uint64_t id, const nx_assignment *a, nx_error *err) {
    const nx_change *record = nx_changeset_by_id(set, a->record);
    const char *title = nx_field_title(a->field);
    if (!record || record->kind != NX_INSERT) {
        nx_error_set(err, NX_ERR_REFUSED, "%s can only refer to a new record that is staged", title);
    } else if (record->model->oid != a->record_field->model->oid) {
        nx_error_set(err, NX_ERR_REFUSED, "%s is no field of the new %s", nx_field_title(a->record_field),
                     record->model->title);
    } else if (!comparable(a->field, a->record_field)) {
        nx_error_set(err, NX_ERR_REFUSED, "%s is %s and cannot take %s.%s, which is %s", title, a->field->type,
                     record->model->title, nx_field_title(a->record_field), a->record_field->type);
    } else if (id && waits_for(set, a->record, id)) {
        nx_error_set(err, NX_ERR_REFUSED, "%s: the new records would wait for each other", title);
        nx_error_hint(err, "save one of them first, then set the field");
    } else {
        return true;
    }
    return false;
}

bool nx_changeset_refer(nx_changeset *set, uint64_t id, const nx_field *field, uint64_t record,
                        const nx_field *record_field, nx_error *err) {
    nx_assignment a = {.field = field, .kind = NX_NEW_REFERENCE, .record = record, .record_field = record_field};
    return may_refer(set, id, &a, err) && nx_changeset_put(set, id, a, err);
}

bool nx_changeset_update_refer(nx_changeset *set, nx_model *model, const nx_value *key, int nkey,
                               const nx_assignment *shown, int n, const nx_field *field, nx_value old,
                               uint64_t record, const nx_field *record_field, nx_error *err) {
    nx_assignment a = {
        .field = field, .kind = NX_NEW_REFERENCE, .old = old, .record = record, .record_field = record_field};
    return may_refer(set, 0, &a, err) && nx_changeset_stage(set, model, key, nkey, shown, n, a, err);
}

static bool refers(const nx_change *change, uint64_t id) {
    for (int i = 0; i < change->nassignments; i++) {
        if (change->assignments[i].kind == NX_NEW_REFERENCE && change->assignments[i].record == id) {
            return true;
        }
    }
    return false;
}

/* What the field gets instead: the record's value, or what the record itself refers to. */
static nx_assignment stand_in(nx_assignment a, const nx_assignment *value) {
    bool refers = value && value->kind == NX_NEW_REFERENCE;
    a.kind = refers ? NX_NEW_REFERENCE : value && value->value.text ? NX_NEW_VALUE : NX_NEW_NULL;
    a.value = a.kind == NX_NEW_VALUE ? value->value : NX_NULL_VALUE;
    a.record = refers ? value->record : 0;
    a.record_field = refers ? value->record_field : NULL;
    return a;
}

/* The change at `at` with its references to `id` exchanged for what the record has now; with no values known
 * (present NULL) they go. */
static bool exchange_references(nx_changeset *set, int at, uint64_t id, const nx_change *present, nx_error *err) {
    nx_change draft = set->list[at]->change;
    nx_assignment *all = nx_draft_assignments(&draft);
    const nx_assignment *had = set->list[at]->change.assignments;
    int n = draft.nassignments;
    draft.assignments = all;
    draft.nassignments = 0;
    for (int i = 0; i < n; i++) {
        nx_assignment a = had[i];
        if (a.kind == NX_NEW_REFERENCE && a.record == id) {
            a = stand_in(a, present ? nx_change_assignment(present, a.record_field) : NULL);
            bool same = draft.kind == NX_UPDATE && a.kind != NX_NEW_REFERENCE && nx_value_equal(a.value, a.old);
            if (!present || same) {
                continue;
            }
        }
        all[draft.nassignments++] = a;
    }
    bool good = nx_changeset_restage(set, at, &draft, err);
    free(all);
    return good;
}

static bool exchange_all(nx_changeset *set, uint64_t id, const nx_change *present, nx_error *err) {
    for (int i = set->count - 1; i >= 0; i--) { /* from the end: a change may go */
        if (refers(&set->list[i]->change, id) && !exchange_references(set, i, id, present, err)) {
            return false;
        }
    }
    return true;
}

bool nx_references_take_back(nx_changeset *set, uint64_t id, nx_error *err) {
    return exchange_all(set, id, NULL, err);
}

bool nx_references_become_values(nx_changeset *set, uint64_t id, const nx_change *present, nx_error *err) {
    for (int i = 0; i < set->count; i++) {
        const nx_change *change = &set->list[i]->change;
        for (int k = 0; k < change->nassignments; k++) {
            const nx_assignment *a = &change->assignments[k];
            if (a->kind == NX_NEW_REFERENCE && a->record == id && !nx_change_assignment(present, a->record_field)) {
                nx_error_set(err, NX_ERR_REFUSED, "%s.%s refers to %s, whose present value is not known",
                             change->model->title, nx_field_title(a->field), nx_field_title(a->record_field));
                return false;
            }
        }
    }
    return exchange_all(set, id, present, err);
}
