/* A journal's bytes become what is in force in it. Everything is checked: files can be damaged, or made by others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal.h"
#include "nixie/crc.h"
#include "nixie/json.h"

typedef struct reading {
    nx_orphan *o;
    int cap;
    uint64_t last_id; /* the highest so far: most puts are of new changes, which need no search */
    const nx_json **step; /* records of a step whose last has not come yet */
    uint32_t *crcs;
    int nstep, step_cap;
    nx_buf *adopted;
} reading;

/* --- a change ------------------------------------------------------------------------------------------------- */

static bool word(const char *text, const char *const *words, int n, int *at) {
    for (*at = 0; text && *at < n; ++*at) {
        if (strcmp(text, words[*at]) == 0) {
            return true;
        }
    }
    return false;
}

static bool read_field(nx_arena *arena, const nx_json *json, nx_kept_field *f) {
    static const char *const kinds[] = {"value", "null", "default", "reference"};
    static const nx_new_kind meanings[] = {NX_NEW_VALUE, NX_NEW_NULL, NX_NEW_DEFAULT, NX_NEW_REFERENCE};
    const nx_json *value = nx_json_member(json, "value"), *old = nx_json_member(json, "old");
    int kind;
    if (!word(nx_json_text(json, "kind"), kinds, (int)NX_COUNT(kinds), &kind)) {
        return false;
    }
    const nx_json *made = nx_json_member(json, "made");
    *f = (nx_kept_field){.field = nx_json_text(json, "field"), .type = nx_json_text(json, "type"), .kind = meanings[kind],
                         .made = made != NULL,
                         .record = (uint64_t)nx_json_int(json, "record", 0),
                         .record_field = nx_json_text(json, "recordField")};
    return (f->kind != NX_NEW_VALUE || nx_json_read_value(value, arena, &f->value)) &&
           (f->kind != NX_NEW_REFERENCE || (f->record && f->record_field)) &&
           (!old || nx_json_read_value(old, arena, &f->old));
}

static bool read_fields(nx_arena *arena, const nx_json *json, const char *key, bool named, nx_kept_field **list, int *n) {
    const nx_json *array = nx_json_member(json, key);
    if (!array || array->kind != NX_JSON_ARRAY) {
        return false;
    }
    *n = 0;
    for (const nx_json *at = array->first; at; at = at->next) {
        ++*n;
    }
    *list = nx_arena_array(arena, (size_t)*n, sizeof **list);
    nx_kept_field *f = *list;
    for (const nx_json *at = array->first; at; at = at->next, f++) {
        if (!read_field(arena, at, f) || (named && (!f->field || !f->type))) {
            return false;
        }
    }
    return true;
}

static nx_kept_change *read_change(nx_arena *arena, const nx_json *json) {
    static const char *const kinds[] = {"update", "insert", "delete", "bulk update", "bulk delete"};
    static const nx_change_kind meanings[] = {NX_UPDATE, NX_INSERT, NX_DELETE, NX_BULK_UPDATE, NX_BULK_DELETE};
    nx_kept_change *c = nx_arena_alloc(arena, sizeof *c);
    int kind;
    if (!word(nx_json_text(json, "kind"), kinds, (int)NX_COUNT(kinds), &kind)) {
        return NULL;
    }
    c->kind = meanings[kind];
    c->id = (uint64_t)nx_json_int(json, "id", 0);
    c->oid = (uint32_t)nx_json_int(json, "oid", 0);
    c->schema = nx_json_text(json, "schema");
    c->model = nx_json_text(json, "model");
    c->title = nx_json_text(json, "title");
    c->identity = nx_json_text(json, "identity");
    c->filter = nx_json_text(json, "filter");
    c->expected = nx_json_int(json, "expected", 0);
    bool bulk = c->kind == NX_BULK_UPDATE || c->kind == NX_BULK_DELETE;
    bool good = c->id && c->schema && c->model && c->title && c->identity && (!bulk || c->filter) &&
                read_fields(arena, json, "key", false, &c->key, &c->nkey) &&
                read_fields(arena, json, "fields", true, &c->assignments, &c->nassignments) &&
                read_fields(arena, json, "shown", true, &c->shown, &c->nshown);
    return good ? c : NULL;
}

/* --- what is in force ---------------------------------------------------------------------------------------------- */

static int place_of(const reading *r, uint64_t id, int64_t at) {
    const nx_orphan *o = r->o;
    if (at >= 0 && at < o->nchanges && o->changes[at]->id == id) {
        return (int)at;
    }
    for (int i = id > r->last_id ? -1 : o->nchanges - 1; i >= 0; i--) {
        if (o->changes[i]->id == id) {
            return i;
        }
    }
    return -1;
}

static void take_out(nx_orphan *o, int at) {
    o->nchanges--;
    memmove(o->changes + at, o->changes + at + 1, (size_t)(o->nchanges - at) * sizeof(nx_kept_change *));
}

static void put_in(reading *r, nx_kept_change *c, int64_t at) {
    nx_orphan *o = r->o;
    if (o->nchanges == r->cap) { /* abandoned in the arena: it doubles, so that is at most as much again */
        r->cap = r->cap ? r->cap * 2 : 16;
        nx_kept_change **more = nx_arena_array(o->arena, (size_t)r->cap, sizeof(nx_kept_change *));
        memcpy(more, o->changes ? o->changes : more, (size_t)o->nchanges * sizeof(nx_kept_change *));
        o->changes = more;
    }
    int place = at < 0 || at > o->nchanges ? o->nchanges : (int)at;
    memmove(o->changes + place + 1, o->changes + place, (size_t)(o->nchanges - place) * sizeof(nx_kept_change *));
    o->changes[place] = c;
    o->nchanges++;
}

static bool put(reading *r, const nx_json *json, int64_t at, uint32_t crc) {
    nx_kept_change *c = read_change(r->o->arena, json);
    if (!c) {
        return false;
    }
    c->crc = crc;
    int place = place_of(r, c->id, at);
    if (place >= 0) {
        take_out(r->o, place);
    }
    put_in(r, c, at);
    r->last_id = c->id > r->last_id ? c->id : r->last_id;
    return true;
}

static bool commit(nx_orphan *o, const nx_json *json) {
    o->xid = nx_json_text(json, "xid");
    o->backend = nx_json_text(json, "backend");
    o->sent = json;
    return o->xid && o->backend;
}

static bool apply(reading *r, const nx_json *record, uint32_t crc) {
    nx_orphan *o = r->o;
    int64_t at = nx_json_int(record, "at", -1), drop = nx_json_int(record, "drop", 0);
    const nx_json *change = nx_json_member(record, "put"), *sent = nx_json_member(record, "commit");
    const char *adopt = nx_json_text(record, "adopt");
    if (change) {
        return put(r, change, at, crc);
    }
    if (sent) {
        return commit(o, sent);
    }
    if (drop) {
        int place = place_of(r, (uint64_t)drop, at);
        if (place >= 0) {
            take_out(o, place);
        }
        return place >= 0;
    }
    if (nx_json_member(record, "clear")) {
        o->nchanges = 0;
        return true;
    }
    if (nx_json_member(record, "notSaved")) {
        o->xid = NULL;
        return true;
    }
    if (adopt) {
        nx_buf_addf(r->adopted, " %s", adopt);
    }
    return adopt != NULL;
}

/* Records of one step count together or not at all. */
static bool take(reading *r, const nx_json *record, uint32_t crc) {
    if (r->nstep == r->step_cap) {
        r->step_cap = r->step_cap ? r->step_cap * 2 : 16;
        r->step = nx_realloc(r->step, (size_t)r->step_cap, sizeof *r->step);
        r->crcs = nx_realloc(r->crcs, (size_t)r->step_cap, sizeof *r->crcs);
    }
    r->step[r->nstep] = record;
    r->crcs[r->nstep++] = crc;
    if (nx_json_member(record, "more")) {
        return true;
    }
    bool good = true;
    for (int i = 0; good && i < r->nstep; i++) {
        good = apply(r, r->step[i], r->crcs[i]);
    }
    r->nstep = 0;
    return good;
}

/* --- lines ------------------------------------------------------------------------------------------------------------- */

/* The JSON of a line (without its newline), or NULL when it is not byte for byte what was written. */
static const char *json_of(const char *line, const char *end, size_t *len) {
    const char *blank = memchr(line, ' ', (size_t)(end - line));
    const char *second = blank ? memchr(blank + 1, ' ', (size_t)(end - blank - 1)) : NULL;
    if (!second) {
        return NULL;
    }
    const char *json = second + 1;
    *len = (size_t)(end - json);
    char head[48];
    int n = snprintf(head, sizeof head, "%08x %zu ", (unsigned)nx_crc32c(json, *len), *len);
    return n == json - line && memcmp(head, line, (size_t)n) == 0 ? json : NULL;
}

static bool read_header(nx_orphan *o, const nx_json *json) {
    o->id = nx_json_text(json, "id");
    o->pid = nx_json_int(json, "pid", 0);
    o->binding = (nx_binding){
        .host = nx_json_text(json, "host"),         .port = nx_json_text(json, "port"),
        .endpoint = nx_json_text(json, "endpoint"), .branch = nx_json_text(json, "branch"),
        .system = nx_json_text(json, "system"),     .timeline = nx_json_text(json, "timeline"),
        .database = nx_json_text(json, "database"), .user = nx_json_text(json, "role"),
        .timezone = nx_json_text(json, "timezone"),
    };
    const nx_binding *b = &o->binding;
    return nx_json_int(json, "format", 0) == JOURNAL_FORMAT && o->id && b->host && b->port && b->endpoint && b->branch &&
           b->system && b->timeline && b->database && b->user && b->timezone;
}

/* The bytes of the change inside a record, as its crc was made of them when a COMMIT was noted down. */
static uint32_t crc_of_change(const char *json, size_t len) {
    const char *at = memmem(json, len, "\"put\":", 6);
    return at ? nx_crc32c(at + 6, len - (size_t)(at + 6 - json) - 1) : 0;
}

bool journal_read(nx_orphan *o, const char *bytes, size_t len, nx_buf *adopted) {
    reading r = {.o = o, .adopted = adopted};
    const char *end = bytes + len, *newline;
    bool ours = false;
    int line = 1;
    for (const char *at = bytes; (newline = memchr(at, '\n', (size_t)(end - at))); at = newline + 1, line++) {
        size_t n;
        const char *text = json_of(at, newline, &n);
        const nx_json *json = text ? nx_json_parse(text, n, o->arena) : NULL;
        if (line == 1) {
            ours = json && read_header(o, json);
        }
        if (!json || !ours || (line > 1 && !take(&r, json, crc_of_change(text, n)))) {
            o->damaged = line;
            break;
        }
    }
    free(r.step);
    free(r.crcs);
    return ours;
}
