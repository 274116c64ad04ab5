#include "marks.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct mark {
    nx_value *key; /* in the arena; NULL: taken away */
    int nkey;
    uint64_t hash;
} mark;

struct ui_marks {
    nx_arena *arena;
    mark *list;
    int n, room, alive;
    int *table; /* open addressing: slot + 1, 0: free. A mark taken away keeps its place in it */
    size_t size;
};

ui_marks *ui_marks_new(void) { return nx_calloc(1, sizeof(ui_marks)); }

void ui_marks_clear(ui_marks *m) {
    nx_arena_free(m->arena);
    free(m->list);
    free(m->table);
    *m = (ui_marks){0};
}

void ui_marks_free(ui_marks *m) {
    if (m) {
        ui_marks_clear(m);
        free(m);
    }
}

int ui_marks_count(const ui_marks *m) { return m->alive; }
int ui_marks_slots(const ui_marks *m) { return m->n; }
const nx_value *ui_marks_at(const ui_marks *m, int slot) { return m->list[slot].key; }

/* FNV-1a; the length goes in too, so that ("a", "bc") and ("ab", "c") differ. */
static uint64_t hash_of(const nx_value *key, int nkey) {
    uint64_t h = 0xcbf29ce484222325u;
    for (int i = 0; i < nkey; i++) {
        for (size_t b = 0; b < key[i].len; b++) {
            h = (h ^ (unsigned char)key[i].text[b]) * 0x100000001b3u;
        }
        h = (h ^ (key[i].text ? key[i].len : SIZE_MAX)) * 0x100000001b3u;
    }
    return h;
}

static bool same(const mark *a, uint64_t hash, const nx_value *key, int nkey) {
    bool equal = a->key && a->hash == hash && a->nkey == nkey;
    for (int i = 0; equal && i < nkey; i++) {
        equal = nx_value_equal(a->key[i], key[i]);
    }
    return equal;
}

int ui_marks_find(const ui_marks *m, const nx_value *key, int nkey) {
    uint64_t hash = m->alive ? hash_of(key, nkey) : 0;
    for (size_t at = m->alive ? hash & (m->size - 1) : 0; m->alive && m->table[at]; at = (at + 1) & (m->size - 1)) {
        if (same(&m->list[m->table[at] - 1], hash, key, nkey)) {
            return m->table[at] - 1;
        }
    }
    return -1;
}

static void put(ui_marks *m, int slot) {
    size_t at = m->list[slot].hash & (m->size - 1);
    while (m->table[at]) {
        at = (at + 1) & (m->size - 1);
    }
    m->table[at] = slot + 1;
}

/* Room for one more, without those that were taken away. */
static void grow(ui_marks *m) {
    int kept = 0;
    for (int i = 0; i < m->n; i++) {
        if (m->list[i].key) {
            m->list[kept++] = m->list[i];
        }
    }
    m->n = kept;
    m->room = kept * 2 < 64 ? 64 : kept * 2;
    m->list = nx_realloc(m->list, (size_t)m->room, sizeof *m->list);
    free(m->table);
    for (m->size = 128; m->size < (size_t)m->room * 2;) {
        m->size *= 2;
    }
    m->table = nx_calloc(m->size, sizeof *m->table);
    for (int i = 0; i < m->n; i++) {
        put(m, i);
    }
}

void ui_marks_add(ui_marks *m, const nx_value *key, int nkey) {
    if (ui_marks_find(m, key, nkey) >= 0) {
        return;
    }
    if (m->n == m->room) {
        grow(m);
    }
    m->arena = m->arena ? m->arena : nx_arena_new(0);
    mark *new = &m->list[m->n++];
    *new = (mark){.key = nx_arena_array(m->arena, (size_t)nkey, sizeof *new->key), .nkey = nkey, .hash = hash_of(key, nkey)};
    for (int i = 0; i < nkey; i++) {
        new->key[i] = nx_value_copy(m->arena, key[i]);
    }
    m->alive++;
    put(m, m->n - 1);
}

void ui_marks_remove(ui_marks *m, const nx_value *key, int nkey) {
    int slot = ui_marks_find(m, key, nkey);
    if (slot >= 0) {
        m->list[slot].key = NULL;
        m->alive--;
    }
}
