#include <string.h>

#include "preview.h"

const nx_model *preview_family(const nx_model *model) {
    while (model->parent) {
        model = model->parent;
    }
    return model;
}

static void copy_fields(nx_arena *arena, preview_staged *s, const nx_change *c) {
    s->fields = nx_arena_array(arena, (size_t)c->nassignments, sizeof *s->fields);
    for (int i = 0; i < c->nassignments; i++) {
        s->fields[s->nfields++] = c->assignments[i].field;
    }
}

static void copy_change(nx_arena *arena, preview_staged *s, const nx_change *c) {
    *s = (preview_staged){.id = c->id, .kind = c->kind, .model = c->model, .nkey = c->nkey,
                          .filter = nx_arena_strdup(arena, c->filter)};
    nx_value *key = nx_arena_array(arena, (size_t)c->nkey, sizeof *key);
    for (int i = 0; i < c->nkey; i++) {
        key[i] = nx_value_copy(arena, c->key[i]);
    }
    s->key = key;
    if (c->kind == NX_UPDATE || c->kind == NX_BULK_UPDATE) {
        copy_fields(arena, s, c);
    }
}

void preview_stage(preview_plan *plan, const nx_changeset *set) {
    int count = nx_changeset_count(set);
    int most = count < NX_PREVIEW_CHANGES ? count : NX_PREVIEW_CHANGES;
    plan->staged = nx_arena_array(plan->arena, (size_t)most, sizeof *plan->staged);
    for (int i = 0; i < count; i++) {
        const nx_change *c = nx_changeset_at(set, i);
        /* Foreign keys point at tables; of several snapshots of the catalog the first one's changes are looked at. */
        bool table = c->model->kind == NX_KIND_TABLE || c->model->kind == NX_KIND_PARTITIONED;
        if (c->kind == NX_INSERT || !table || !c->model->catalog) {
            continue;
        }
        plan->catalog = plan->catalog ? plan->catalog : c->model->catalog;
        if (plan->nstaged == most || c->model->catalog != plan->catalog) {
            plan->limited = true;
            continue;
        }
        copy_change(plan->arena, &plan->staged[plan->nstaged++], c);
    }
}
