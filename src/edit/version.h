/* version.h - one version of a change: immutable but for its outcome and conflict, in memory of its own.
 *
 * Editing a staged change makes a new version; the history keeps the ones before, so that undo only
 * exchanges pointers.
 */
#ifndef EDIT_VERSION_H
#define EDIT_VERSION_H

#include "nixie/change.h"

typedef struct nx_version {
    nx_change change;
    nx_arena *arena; /* owns this and everything in `change` but the outcome and the conflict */
    nx_arena *told;          /* owns change.conflict, or NULL */
    struct nx_version *next; /* in the map's chain */
    uint64_t hash;
} nx_version;

/* A deep copy of `draft` without its outcome. It keeps a reference to the model's catalog. */
nx_version *nx_version_new(const nx_change *draft);
void nx_version_free(nx_version *version);

/* Finds a version by model and key. Only versions that are in force and have a key are in it. */
typedef struct nx_version_map {
    nx_version **buckets;
    size_t nbuckets, count;
} nx_version_map;

void nx_version_map_add(nx_version_map *map, nx_version *version);
void nx_version_map_remove(nx_version_map *map, nx_version *version);
nx_version *nx_version_map_find(const nx_version_map *map, const nx_model *model, const nx_value *key, int nkey);
void nx_version_map_free(nx_version_map *map);

#endif
