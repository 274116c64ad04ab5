/* What the application would fill in itself, where a schema says so, is staged along: identifiers and times of new
 * records, the time of an update. Every way of staging comes through here. */
#include "made.h"

#include "nixie/prisma.h"

static bool make(const nx_field *field, bool insert, nx_arena *arena, nx_assignment *a) {
    char value[NX_CLIENT_VALUE_MAX];
    if (nx_field_refusal(field, insert ? NX_INSERT : NX_BULK_UPDATE) || !nx_client_value(field, insert, value)) {
        return false;
    }
    *a = (nx_assignment){
        .field = field, .kind = NX_NEW_VALUE, .value = nx_value_of(nx_arena_strdup(arena, value)), .made = true};
    return true;
}

bool nx_made_value(const nx_field *field, nx_arena *arena, nx_assignment *a) { return make(field, true, arena, a); }

int nx_made_insert(const nx_model *model, nx_arena *arena, nx_assignment *list) {
    int n = 0;
    for (int i = 0; i < model->nfields; i++) {
        n += make(model->fields[i], true, arena, &list[n]);
    }
    return n;
}

static nx_value shown_value(const nx_change *draft, const nx_field *field) {
    for (int i = 0; i < draft->nshown; i++) {
        if (draft->shown[i].field->number == field->number) {
            return draft->shown[i].old;
        }
    }
    return NX_NULL_VALUE;
}

void nx_made_update(nx_change *draft, nx_arena *arena) {
    for (int i = 0; i < draft->model->nfields; i++) {
        nx_field *field = draft->model->fields[i];
        nx_assignment a;
        if (field->updated_at && !nx_change_assignment(draft, field) && make(field, false, arena, &a)) {
            a.old = shown_value(draft, field);
            draft->assignments[draft->nassignments++] = a;
        }
    }
}

bool nx_made_alone(const nx_change *change) {
    for (int i = 0; i < change->nassignments; i++) {
        if (!change->assignments[i].made) {
            return false;
        }
    }
    return true;
}
