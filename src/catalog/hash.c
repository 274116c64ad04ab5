#include "hash.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 64 }; /* sizes are powers of two, and a quarter stays empty */

static bool is_full(size_t used, size_t size) { return used >= size / 4 * 3; }

static size_t grown(size_t size) { return size ? size * 2 : FIRST_SIZE; }

static size_t mix(uint64_t h) {
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdULL;
    h ^= h >> 33;
    return (size_t)h;
}

/* The names are the server's: the seed keeps it from choosing names that fall on one slot. */
static size_t hash_string(const char *s) {
    static const char here;
    uint64_t h = 14695981039346656037ULL ^ (uint64_t)(uintptr_t)&here;
    for (; *s; s++) {
        h = (h ^ (unsigned char)*s) * 1099511628211ULL;
    }
    return mix(h);
}

static size_t string_slot(const nx_strings *strings, const char *s) {
    size_t i = hash_string(s) & (strings->size - 1);
    while (strings->slots[i] && strcmp(strings->slots[i], s) != 0) {
        i = (i + 1) & (strings->size - 1);
    }
    return i;
}

static void grow_strings(nx_strings *strings) {
    nx_strings old = *strings;
    strings->size = grown(old.size);
    strings->slots = nx_calloc(strings->size, sizeof *strings->slots);
    for (size_t i = 0; i < old.size; i++) {
        if (old.slots[i]) {
            strings->slots[string_slot(strings, old.slots[i])] = old.slots[i];
        }
    }
    free(old.slots);
}

const char *nx_strings_add(nx_strings *strings, nx_arena *arena, const char *s) {
    if (is_full(strings->used, strings->size)) {
        grow_strings(strings);
    }
    size_t i = string_slot(strings, s);
    if (!strings->slots[i]) {
        strings->slots[i] = nx_arena_strdup(arena, s);
        strings->used++;
    }
    return strings->slots[i];
}

void nx_strings_free(nx_strings *strings) {
    free(strings->slots);
    *strings = (nx_strings){0};
}

static size_t oid_slot(const nx_oids *oids, uint32_t oid) {
    size_t i = mix(oid) & (oids->size - 1);
    while (oids->slots[i].oid && oids->slots[i].oid != oid) {
        i = (i + 1) & (oids->size - 1);
    }
    return i;
}

static void grow_oids(nx_oids *oids) {
    nx_oids old = *oids;
    oids->size = grown(old.size);
    oids->slots = nx_calloc(oids->size, sizeof *oids->slots);
    for (size_t i = 0; i < old.size; i++) {
        if (old.slots[i].oid) {
            oids->slots[oid_slot(oids, old.slots[i].oid)] = old.slots[i];
        }
    }
    free(old.slots);
}

void nx_oids_put(nx_oids *oids, uint32_t oid, void *value) {
    if (oid == 0) {
        return;
    }
    if (is_full(oids->used, oids->size)) {
        grow_oids(oids);
    }
    nx_oid_slot *slot = &oids->slots[oid_slot(oids, oid)];
    if (!slot->oid) {
        *slot = (nx_oid_slot){oid, value};
        oids->used++;
    }
}

void *nx_oids_get(const nx_oids *oids, uint32_t oid) {
    return oid && oids->size ? oids->slots[oid_slot(oids, oid)].value : NULL;
}

void nx_oids_free(nx_oids *oids) {
    free(oids->slots);
    *oids = (nx_oids){0};
}

static nx_tally_slot *tally_slot(const nx_tally *tally, const void *owner, const char *name) {
    size_t i = mix((uint64_t)(uintptr_t)owner * 31 + (uint64_t)(uintptr_t)name) & (tally->size - 1);
    while (tally->slots[i].name && (tally->slots[i].name != name || tally->slots[i].owner != owner)) {
        i = (i + 1) & (tally->size - 1);
    }
    return &tally->slots[i];
}

static void grow_tally(nx_tally *tally) {
    nx_tally old = *tally;
    tally->size = grown(old.size);
    tally->slots = nx_calloc(tally->size, sizeof *tally->slots);
    for (size_t i = 0; i < old.size; i++) {
        if (old.slots[i].name) {
            *tally_slot(tally, old.slots[i].owner, old.slots[i].name) = old.slots[i];
        }
    }
    free(old.slots);
}

int *nx_tally_of(nx_tally *tally, const void *owner, const char *interned) {
    if (is_full(tally->used, tally->size)) {
        grow_tally(tally);
    }
    nx_tally_slot *slot = tally_slot(tally, owner, interned);
    if (!slot->name) {
        *slot = (nx_tally_slot){.owner = owner, .name = interned};
        tally->used++;
    }
    return &slot->count;
}

void nx_tally_free(nx_tally *tally) {
    free(tally->slots);
    *tally = (nx_tally){0};
}
