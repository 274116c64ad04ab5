#include "model.h"

#include <stdlib.h>
#include <string.h>

const char *nx_model_kind_name(nx_model_kind kind) {
    static const char *const names[] = {
        [NX_KIND_TABLE] = "table",
        [NX_KIND_PARTITIONED] = "partitioned table",
        [NX_KIND_VIEW] = "view",
        [NX_KIND_MATVIEW] = "materialized view",
        [NX_KIND_FOREIGN] = "foreign table",
    };
    return names[kind];
}

const char *nx_identity_name(nx_identity_kind kind) {
    static const char *const names[] = {
        [NX_IDENTITY_PRIMARY] = "primary key",
        [NX_IDENTITY_UNIQUE] = "unique key",
        [NX_IDENTITY_TUPLE] = "tuple id",
        [NX_IDENTITY_NONE] = "none",
    };
    return names[kind];
}

const char *nx_relation_kind_name(nx_relation_kind kind) {
    static const char *const names[] = {
        [NX_TO_ONE] = "to-one",
        [NX_TO_MANY] = "to-many",
        [NX_MANY_TO_MANY] = "many-to-many",
    };
    return names[kind];
}

nx_catalog *nx_catalog_new(int count) {
    nx_catalog *catalog = nx_calloc(1, sizeof *catalog);
    catalog->references = 1;
    catalog->arena = nx_arena_new(0);
    catalog->storage = nx_arena_array(catalog->arena, (size_t)count, sizeof *catalog->storage);
    catalog->models = nx_arena_array(catalog->arena, (size_t)count, sizeof(nx_model *));
    return catalog;
}

nx_catalog *nx_catalog_ref(nx_catalog *catalog) {
    catalog->references++;
    return catalog;
}

void nx_catalog_unref(nx_catalog *catalog) {
    if (!catalog || --catalog->references > 0) {
        return;
    }
    if (catalog->overlay.free) {
        catalog->overlay.free(catalog->overlay.owner);
    }
    free(catalog->loose);
    nx_strings_free(&catalog->strings);
    nx_oids_free(&catalog->by_oid);
    nx_oids_free(&catalog->types);
    nx_arena_free(catalog->arena);
    free(catalog);
}

void nx_catalog_lay(nx_catalog *catalog, const nx_catalog_overlay *overlay) {
    catalog->overlay = *overlay;
    catalog->laid = true;
    for (int i = 0; i < catalog->count && overlay->described; i++) {
        if (catalog->storage[i].described) {
            overlay->described(overlay->owner, &catalog->storage[i]);
        }
    }
}

void nx_catalog_on_described(nx_catalog *catalog, void (*described)(void *owner, nx_model *model), void *owner) {
    catalog->on_described = described;
    catalog->on_described_owner = owner;
    for (int i = 0; i < catalog->count && described; i++) {
        if (catalog->storage[i].described) {
            described(owner, &catalog->storage[i]);
        }
    }
}

const nx_catalog_overlay *nx_catalog_laid(const nx_catalog *catalog) {
    return catalog->laid ? &catalog->overlay : NULL;
}

const char *nx_catalog_intern(nx_catalog *catalog, const char *s) {
    return s ? nx_strings_add(&catalog->strings, catalog->arena, s) : NULL;
}

int nx_catalog_count(const nx_catalog *catalog) { return catalog->count; }

nx_model *nx_catalog_model(const nx_catalog *catalog, int i) {
    return i >= 0 && i < catalog->count ? catalog->models[i] : NULL;
}

nx_model *nx_catalog_by_oid(const nx_catalog *catalog, uint32_t oid) { return nx_oids_get(&catalog->by_oid, oid); }

int nx_catalog_place(const nx_model *model) { return (int)(model - model->catalog->storage); }

bool nx_catalog_has_graph(const nx_catalog *catalog) { return catalog->has_graph; }

bool nx_model_listed(const nx_model *model) { return !model->system && !model->parent; }

nx_field *nx_model_field(const nx_model *model, const char *name) {
    for (int i = 0; i < model->nfields; i++) {
        if (strcmp(model->fields[i]->name, name) == 0) {
            return model->fields[i];
        }
    }
    return NULL;
}

static bool has_field(nx_field *const *fields, int n, const nx_field *field) {
    for (int i = 0; i < n; i++) {
        if (fields[i] == field) {
            return true;
        }
    }
    return false;
}

const nx_foreign_key *nx_field_foreign_key(const nx_field *field) {
    const nx_model *model = field->model;
    const nx_foreign_key *best = NULL;
    for (int i = 0; i < model->nforeign_keys; i++) {
        const nx_foreign_key *key = model->foreign_keys[i];
        if (has_field(key->fields, key->nfields, field) && (!best || key->nfields < best->nfields)) {
            best = key;
        }
    }
    return best;
}

bool nx_field_in_identity(const nx_field *field) {
    const nx_key *key = field->model->identity;
    return key && has_field(key->fields, key->nfields, field);
}
