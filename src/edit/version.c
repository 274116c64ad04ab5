#include "version.h"

#include <stdlib.h>

static nx_value *copy_values(nx_arena *arena, const nx_value *values, int n) {
    nx_value *copy = nx_arena_array(arena, (size_t)n, sizeof *copy);
    for (int i = 0; i < n; i++) {
        copy[i] = nx_value_copy(arena, values[i]);
    }
    return copy;
}

static nx_assignment *copy_assignments(nx_arena *arena, const nx_assignment *from, int n) {
    nx_assignment *copy = nx_arena_array(arena, (size_t)n, sizeof *copy);
    for (int i = 0; i < n; i++) {
        copy[i] = from[i];
        copy[i].value = from[i].kind == NX_NEW_VALUE ? nx_value_copy(arena, from[i].value) : NX_NULL_VALUE;
        copy[i].old = nx_value_copy(arena, from[i].old);
    }
    return copy;
}

/* FNV-1a (RFC draft-eastlake-fnv): short keys, no adversary worth a better one. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t len) {
    const unsigned char *p = bytes;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ p[i]) * UINT64_C(1099511628211);
    }
    return hash;
}

static uint64_t hash_key(const nx_model *model, const nx_value *key, int nkey) {
    uint64_t hash = hash_bytes(UINT64_C(14695981039346656037), &model->oid, sizeof model->oid);
    for (int i = 0; i < nkey; i++) {
        /* The length keeps ("a", "bc") and ("ab", "c") apart. */
        hash = hash_bytes(hash, &key[i].len, sizeof key[i].len);
        if (key[i].text) {
            hash = hash_bytes(hash, key[i].text, key[i].len);
        }
    }
    return hash;
}

nx_version *nx_version_new(const nx_change *draft) {
    nx_arena *arena = nx_arena_new(0);
    nx_version *version = nx_arena_alloc(arena, sizeof *version);
    version->arena = arena;
    version->change = *draft;
    version->change.outcome = (nx_error)NX_ERROR;
    version->change.conflict = NULL;
    version->change.filter = nx_arena_strdup(arena, draft->filter);
    version->change.key = copy_values(arena, draft->key, draft->nkey);
    version->change.assignments = copy_assignments(arena, draft->assignments, draft->nassignments);
    version->change.shown = copy_assignments(arena, draft->shown, draft->nshown);
    version->hash = hash_key(draft->model, draft->key, draft->nkey);
    if (draft->model->catalog) {
        nx_catalog_ref(draft->model->catalog);
    }
    return version;
}

void nx_version_free(nx_version *version) {
    if (!version) {
        return;
    }
    if (version->change.model->catalog) {
        nx_catalog_unref(version->change.model->catalog);
    }
    nx_error_clear(&version->change.outcome);
    nx_arena_free(version->told);
    nx_arena_free(version->arena);
}

static void link_in(nx_version_map *map, nx_version *version) {
    nx_version **bucket = &map->buckets[version->hash % map->nbuckets];
    version->next = *bucket;
    *bucket = version;
}

static void grow(nx_version_map *map) {
    nx_version **old = map->buckets;
    size_t nold = map->nbuckets;
    map->nbuckets = nold ? nold * 2 : 64;
    map->buckets = nx_calloc(map->nbuckets, sizeof(nx_version *));
    for (size_t i = 0; i < nold; i++) {
        for (nx_version *v = old[i]; v;) {
            nx_version *next = v->next;
            link_in(map, v);
            v = next;
        }
    }
    free(old);
}

void nx_version_map_add(nx_version_map *map, nx_version *version) {
    if (version->change.nkey == 0) {
        return;
    }
    if (map->count >= map->nbuckets) {
        grow(map);
    }
    link_in(map, version);
    map->count++;
}

void nx_version_map_remove(nx_version_map *map, nx_version *version) {
    if (version->change.nkey == 0) {
        return;
    }
    nx_version **at = &map->buckets[version->hash % map->nbuckets];
    while (*at && *at != version) {
        at = &(*at)->next;
    }
    if (*at) {
        *at = version->next;
        map->count--;
    }
}

static bool same_record(const nx_change *change, const nx_model *model, const nx_value *key, int nkey) {
    if (change->model->oid != model->oid || change->nkey != nkey) {
        return false;
    }
    for (int i = 0; i < nkey; i++) {
        if (!nx_value_equal(change->key[i], key[i])) {
            return false;
        }
    }
    return true;
}

nx_version *nx_version_map_find(const nx_version_map *map, const nx_model *model, const nx_value *key, int nkey) {
    if (map->count == 0 || nkey < 1) {
        return NULL;
    }
    uint64_t hash = hash_key(model, key, nkey);
    for (nx_version *v = map->buckets[hash % map->nbuckets]; v; v = v->next) {
        if (v->hash == hash && same_record(&v->change, model, key, nkey)) {
            return v;
        }
    }
    return NULL;
}

void nx_version_map_free(nx_version_map *map) {
    free(map->buckets);
    *map = (nx_version_map){0};
}
