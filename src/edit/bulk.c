#include <stdlib.h>

#include "changeset.h"
#include "made.h"
#include "nixie/filter.h"
#include "statement.h"

static bool may_change_all(const nx_model *model, nx_change_kind kind, const nx_assignment *a, nx_error *err) {
    const char *why = a->field ? nx_field_refusal(a->field, kind) : nx_edit_refusal(model, kind);
    if (!why && kind == NX_BULK_UPDATE && !a->field) {
        why = "no field was named";
    }
    if (!why && a->kind == NX_NEW_REFERENCE) {
        why = "many records cannot be given one that is itself only staged";
    }
    if (why) {
        nx_error_set(err, NX_ERR_REFUSED, "the records of %s%s%s cannot be %s: %s", model->title, a->field ? "." : "",
                     a->field ? nx_field_title(a->field) : "", kind == NX_BULK_DELETE ? "deleted" : "changed", why);
        return false;
    }
    return a->kind != NX_NEW_VALUE || !a->field || nx_value_storable(a->value, nx_field_title(a->field), err);
}

uint64_t nx_changeset_bulk(nx_changeset *set, nx_model *model, nx_change_kind kind, const char *filter,
                           int64_t expected, const nx_field *field, nx_new_kind new_kind, nx_value value,
                           nx_error *err) {
    nx_assignment a = {.field = kind == NX_BULK_UPDATE ? field : NULL, .kind = new_kind, .value = value};
    if (a.kind == NX_NEW_VALUE && !a.value.text) {
        a.kind = NX_NEW_NULL;
    }
    if (!may_change_all(model, kind, &a, err)) {
        return 0;
    }
    nx_filter *parsed = nx_filter_parse(model, filter ? filter : "", err);
    if (!parsed) {
        return 0;
    }
    nx_filter_free(parsed);
    nx_arena *arena = nx_arena_new(0);
    nx_change draft = {
        .id = ++set->last_id, .kind = kind, .model = model, .filter = filter ? filter : "", .expected = expected};
    draft.assignments = nx_arena_array(arena, (size_t)model->nfields + 1, sizeof *draft.assignments);
    if (a.field) {
        draft.assignments[draft.nassignments++] = a;
        nx_made_update(&draft, arena);
    }
    bool good = nx_changeset_restage(set, set->count, &draft, err);
    nx_arena_free(arena);
    return good ? draft.id : 0;
}
