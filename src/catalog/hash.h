/* hash.h - three small hash tables: strings kept once, pointers by oid, counts by owner and name. */
#ifndef NIXIE_CATALOG_HASH_H
#define NIXIE_CATALOG_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "nixie/arena.h"

typedef struct nx_strings { /* a string stands in the arena once; equal strings are one pointer */
    const char **slots;
    size_t used, size;
} nx_strings;

const char *nx_strings_add(nx_strings *strings, nx_arena *arena, const char *s);
void nx_strings_free(nx_strings *strings);

typedef struct nx_oid_slot {
    uint32_t oid;
    void *value;
} nx_oid_slot;
typedef struct nx_oids { /* oid -> pointer; an oid is never 0, the first put wins */
    nx_oid_slot *slots;
    size_t used, size;
} nx_oids;

void nx_oids_put(nx_oids *oids, uint32_t oid, void *value);
void *nx_oids_get(const nx_oids *oids, uint32_t oid);
void nx_oids_free(nx_oids *oids);

typedef struct nx_tally_slot {
    const void *owner;
    const char *name;
    int count;
} nx_tally_slot;
typedef struct nx_tally { /* (owner, interned name) -> count */
    nx_tally_slot *slots;
    size_t used, size;
} nx_tally;

/* The count of this pair, 0 when it is new. The pointer is good until the next call. */
int *nx_tally_of(nx_tally *tally, const void *owner, const char *interned);
void nx_tally_free(nx_tally *tally);

#endif
