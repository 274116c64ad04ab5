/* After a conflict: the change is made against what stands there now, or gives way to it. */
#include <stdlib.h>

#include "changeset.h"
#include "conflict.h"
#include "statement.h"

static nx_version *conflicting(nx_changeset *set, uint64_t id, int *at, nx_error *err) {
    for (int i = 0; i < set->count; i++) {
        nx_change *change = &set->list[i]->change;
        if (change->id == id && change->conflict) {
            *at = i;
            return set->list[i];
        }
    }
    nx_error_set(err, NX_ERR_NOT_FOUND, "this change is in no conflict that is known");
    nx_error_hint(err, "only a save finds out");
    return NULL;
}

/* Which of the conflict's fields are meant: this one, or all. */
static bool meant(const nx_change *change, const nx_field *field, nx_error *err) {
    if (!field || nx_conflict_of(change, field)) {
        return true;
    }
    nx_error_set(err, NX_ERR_NOT_FOUND, "%s.%s is not in conflict", change->model->title, nx_field_title(field));
    return false;
}

static bool is_meant(const nx_field *one, const nx_conflict_field *field) {
    return !one || one->number == field->field->number;
}

static void drop_assignment(nx_change *draft, const nx_field *field) {
    int kept = 0;
    for (int i = 0; i < draft->nassignments; i++) {
        if (draft->assignments[i].field->number != field->number) {
            draft->assignments[kept++] = draft->assignments[i];
        }
    }
    draft->nassignments = kept;
}

/* --- keep mine --------------------------------------------------------------------------------------------------- */

static bool may_keep(const nx_change *change, const nx_field *field, nx_error *err) {
    if (change->conflict->gone) {
        nx_error_set(err, NX_ERR_REFUSED, "%s: the record is gone, there is nothing to keep it in",
                     change->model->title);
        nx_error_hint(err, "insert it again, or take the change back");
        return false;
    }
    if (!change->model->identity) {
        nx_error_set(err, NX_ERR_REFUSED, "%s: its records have no key, and this one is another version by now",
                     change->model->title);
        nx_error_hint(err, "take the change back, refresh, and edit it as it is now");
        return false;
    }
    for (int i = 0; i < change->conflict->n; i++) {
        const nx_conflict_field *f = &change->conflict->fields[i];
        if (is_meant(field, f) && f->cut) {
            nx_error_set(err, NX_ERR_REFUSED, "%s: their value is longer than %d KiB, and was not read whole",
                         nx_field_title(f->field), NX_LOOK_WHOLE >> 10);
            nx_error_hint(err, "take theirs, and edit it from there");
            return false;
        }
    }
    return true;
}

/* What I want there is there already. */
static bool agreed(const nx_change *change, const nx_assignment *a, nx_value theirs) {
    return change->kind == NX_UPDATE && (a->kind == NX_NEW_VALUE || a->kind == NX_NEW_NULL) &&
           nx_value_equal(a->kind == NX_NEW_NULL ? NX_NULL_VALUE : a->value, theirs);
}

static void take_base(nx_change *draft, const nx_conflict_field *f) {
    for (int i = 0; i < draft->nassignments; i++) {
        nx_assignment *a = &draft->assignments[i];
        if (a->field->number == f->field->number && agreed(draft, a, f->theirs)) {
            drop_assignment(draft, f->field);
            return;
        }
        if (a->field->number == f->field->number) {
            a->old = f->theirs;
        }
    }
}

bool nx_changeset_keep_mine(nx_changeset *set, uint64_t id, const nx_field *field, nx_error *err) {
    int at;
    const nx_version *version = conflicting(set, id, &at, err);
    if (!version || !meant(&version->change, field, err) || !may_keep(&version->change, field, err)) {
        return false;
    }
    nx_change draft = version->change;
    draft.assignments = nx_draft_assignments(&version->change);
    for (int i = 0; i < version->change.conflict->n; i++) {
        if (is_meant(field, &version->change.conflict->fields[i])) {
            take_base(&draft, &version->change.conflict->fields[i]);
        }
    }
    bool good = nx_changeset_settle(set, at, &draft, field, err);
    free(draft.assignments);
    return good;
}

/* --- take theirs -------------------------------------------------------------------------------------------------- */

bool nx_changeset_take_theirs(nx_changeset *set, uint64_t id, const nx_field *field, nx_error *err) {
    int at;
    const nx_version *version = conflicting(set, id, &at, err);
    if (!version || !meant(&version->change, field, err)) {
        return false;
    }
    const nx_conflict *conflict = version->change.conflict;
    bool whole = version->change.kind != NX_UPDATE || conflict->gone || !version->change.model->identity;
    if (whole) { /* one cannot delete a part of a record, nor edit one that is not there */
        return nx_history_exchange(set, at, set->list[at], NULL, err);
    }
    nx_change draft = version->change;
    draft.assignments = nx_draft_assignments(&version->change);
    for (int i = 0; i < conflict->n; i++) {
        if (is_meant(field, &conflict->fields[i])) {
            drop_assignment(&draft, conflict->fields[i].field);
        }
    }
    bool good = nx_changeset_settle(set, at, &draft, field, err);
    free(draft.assignments);
    return good;
}

/* --- insert again --------------------------------------------------------------------------------------------------- */

static bool may_insert(const nx_change *change, nx_error *err) {
    const char *why = nx_edit_refusal(change->model, NX_INSERT);
    if (!why && (!change->conflict->gone || change->kind != NX_UPDATE)) {
        why = "only an edited record that is gone can be";
    }
    if (!why && !change->model->identity) {
        why = "without a key it may only have moved, and there would be two of it";
    }
    if (why) {
        nx_error_set(err, NX_ERR_REFUSED, "%s cannot be inserted again: %s", change->model->title, why);
    }
    return !why;
}

/* Generated by the server in any case: its value cannot be given. One that is always an identity can,
 * where the statement says so. */
static bool insertable(const nx_field *field) {
    return !field->generated && (field->identity == 'a' ? field->can_insert : !nx_field_refusal(field, NX_INSERT));
}

static void put_value(nx_change *draft, const nx_field *field, nx_value value) {
    if (insertable(field) && !nx_change_assignment(draft, field)) {
        draft->assignments[draft->nassignments++] = (nx_assignment){
            .field = field, .kind = value.text ? NX_NEW_VALUE : NX_NEW_NULL, .value = value};
    }
}

/* What I set, then its key, then what else was shown. */
static void fill_insert(nx_change *draft, const nx_change *update) {
    for (int i = 0; i < update->nassignments; i++) {
        const nx_assignment *a = &update->assignments[i];
        if (a->kind != NX_NEW_DEFAULT && insertable(a->field)) {
            draft->assignments[draft->nassignments] = *a;
            draft->assignments[draft->nassignments++].old = NX_NULL_VALUE;
        }
    }
    for (int i = 0; i < update->nkey; i++) {
        const nx_field *field = update->model->identity->fields[i];
        const nx_assignment *a = nx_change_assignment(update, field);
        if (!a) {
            put_value(draft, field, update->key[i]);
        }
    }
    for (int i = 0; i < update->nshown; i++) {
        const nx_assignment *a = nx_change_assignment(update, update->shown[i].field);
        if (!a || a->kind != NX_NEW_DEFAULT) {
            put_value(draft, update->shown[i].field, update->shown[i].old);
        }
    }
}

bool nx_changeset_insert_again(nx_changeset *set, uint64_t id, nx_error *err) {
    int at;
    const nx_version *version = conflicting(set, id, &at, err);
    if (!version || !may_insert(&version->change, err)) {
        return false;
    }
    const nx_change *update = &version->change;
    nx_change draft = {.id = id, .kind = NX_INSERT, .model = update->model};
    size_t most = (size_t)(update->nassignments + update->nkey + update->nshown) + 1;
    draft.assignments = nx_calloc(most, sizeof *draft.assignments);
    fill_insert(&draft, update);
    bool good = nx_changeset_restage(set, at, &draft, err);
    free(draft.assignments);
    return good;
}
