/* An orphan's changes are staged again: names become models and fields of this catalog, as far as they still stand. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "journal.h"

typedef struct recovering {
    nx_orphan *o;
    const nx_catalog *catalog;
    nx_changeset *set;
    nx_arena *arena;
    nx_buf *notes;
    nx_change *drafts;    /* one per change; model NULL for one that cannot be staged */
} recovering;

/* Said once, however many changes it concerns. */
static void note(recovering *r, const char *format, ...) NX_PRINTF(2, 3);
static void note(recovering *r, const char *format, ...) {
    nx_buf line = NX_BUF;
    va_list args;
    va_start(args, format);
    nx_buf_vaddf(&line, format, args);
    va_end(args);
    nx_buf_addc(&line, '\n');
    if (!strstr(r->notes->data, line.data)) {
        nx_buf_adds(r->notes, line.data);
    }
    nx_buf_free(&line);
}

nx_model *nx_orphan_model(const nx_orphan *orphan, const nx_kept_change *change, const nx_catalog *catalog) {
    nx_model *by_oid = nx_catalog_by_oid(catalog, change->oid);
    if (by_oid && strcmp(by_oid->name, change->model) == 0 && strcmp(by_oid->schema, change->schema) == 0) {
        return by_oid;
    }
    nx_model *model = nx_catalog_find(catalog, change->model, change->schema, NULL);
    bool exact = model && strcmp(model->name, change->model) == 0 && strcmp(model->schema, change->schema) == 0;
    return exact ? model : orphan->mismatch ? NULL : by_oid; /* renamed, where oids mean the same */
}

/* --- one change ---------------------------------------------------------------------------------------------- */

static nx_field *field_of(recovering *r, const nx_kept_change *c, const nx_model *model, const nx_kept_field *f) {
    nx_field *field = f->field ? nx_model_field(model, f->field) : NULL;
    if (!field) {
        note(r, "%s.%s is gone", c->title, f->field ? f->field : "?");
    } else if (strcmp(field->type, f->type) != 0) {
        note(r, "%s.%s was %s and is %s now", c->title, f->field, f->type, field->type);
    }
    return field;
}

/* The first and later mentions: types that changed are only told, fields that went are left out. */
static nx_assignment *assignments_of(recovering *r, const nx_kept_change *c, const nx_model *model,
                                     const nx_kept_field *from, int n, bool proposed, int *count) {
    nx_assignment *list = nx_arena_array(r->arena, (size_t)n, sizeof *list);
    *count = 0;
    for (int i = 0; i < n; i++) {
        const nx_field *field = field_of(r, c, model, &from[i]);
        const char *why = field && proposed && from[i].kind != NX_NEW_DEFAULT ? nx_field_refusal(field, c->kind) : NULL;
        if (why) {
            note(r, "%s.%s cannot be edited: %s", c->title, field->name, why);
        }
        if (field && !why) {
            list[(*count)++] = (nx_assignment){.field = field, .kind = from[i].kind, .value = from[i].value,
                                               .made = from[i].made, .old = from[i].old, .record = from[i].record};
        }
    }
    return list;
}

static bool same_identity(const nx_kept_change *c, const nx_model *model) {
    const nx_key *identity = model->identity;
    if (c->nkey == 0) {
        return true;
    }
    if (!c->key[0].field) {
        return model->identity_kind == NX_IDENTITY_TUPLE;
    }
    bool same = identity && identity->nfields == c->nkey;
    for (int i = 0; same && i < c->nkey; i++) {
        same = c->key[i].field && strcmp(identity->fields[i]->name, c->key[i].field) == 0;
    }
    return same;
}

static void draft_of(recovering *r, const nx_kept_change *c, nx_change *d) {
    nx_model *model = nx_orphan_model(r->o, c, r->catalog);
    if (!model || !model->described) {
        note(r, "%s is gone", c->title);
        return;
    }
    if (strcmp(model->name, c->model) != 0 || strcmp(model->schema, c->schema) != 0) {
        note(r, "%s is called %s now", c->title, model->title);
    }
    if (!same_identity(c, model)) {
        note(r, "the key of %s is another one now", c->title);
        return;
    }
    const char *why = nx_edit_refusal(model, c->kind);
    if (why) {
        note(r, "%s cannot be edited: %s", c->title, why);
        return;
    }
    bool proposed = c->kind != NX_DELETE && c->kind != NX_BULK_DELETE;
    *d = (nx_change){.kind = c->kind, .nkey = c->nkey, .filter = c->filter, .expected = c->expected};
    d->key = nx_arena_array(r->arena, (size_t)c->nkey, sizeof *d->key);
    for (int i = 0; i < c->nkey; i++) {
        d->key[i] = c->key[i].value;
    }
    d->assignments = assignments_of(r, c, model, c->assignments, c->nassignments, proposed, &d->nassignments);
    d->shown = assignments_of(r, c, model, c->shown, c->nshown, false, &d->nshown);
    bool empty = d->nassignments == 0 && (c->kind == NX_UPDATE || c->kind == NX_BULK_UPDATE);
    d->model = empty ? NULL : model;
}

/* --- references between new records ------------------------------------------------------------------------------ */

static const nx_change *draft_with(const recovering *r, uint64_t id) {
    for (int i = 0; i < r->o->nchanges; i++) {
        if (r->o->changes[i]->id == id && r->drafts[i].model && r->drafts[i].kind == NX_INSERT) {
            return &r->drafts[i];
        }
    }
    return NULL;
}

/* The field of the new record that the journal names, under the id that record has now. */
static bool refer(const recovering *r, const nx_kept_field *from, nx_assignment *a) {
    const nx_change *target = draft_with(r, from->record);
    a->record = target ? target->id : 0;
    a->record_field = target ? nx_model_field(target->model, from->record_field) : NULL;
    return a->record_field != NULL;
}

/* The draft's fields were found by the names in the journal: this is one of them (some of those may have none). */
static const nx_kept_field *kept_field(const nx_kept_change *c, const char *name) {
    int i = 0;
    while (i + 1 < c->nassignments && (!c->assignments[i].field || strcmp(c->assignments[i].field, name) != 0)) {
        i++;
    }
    return &c->assignments[i];
}

static void refer_all(recovering *r, const nx_kept_change *c, nx_change *d) {
    int kept = 0;
    for (int i = 0; i < d->nassignments; i++) {
        nx_assignment a = d->assignments[i];
        if (a.kind == NX_NEW_REFERENCE && !refer(r, kept_field(c, a.field->name), &a)) {
            note(r, "%s.%s referred to a new record that cannot be staged", c->title, a.field->name);
        } else {
            d->assignments[kept++] = a;
        }
    }
    d->nassignments = kept;
}

/* --- all of them ----------------------------------------------------------------------------------------------------- */

static bool staged_here(const recovering *r, nx_error *err) {
    for (int i = 0; i < r->o->nchanges; i++) {
        const nx_change *d = &r->drafts[i];
        if (d->model && d->nkey && nx_changeset_find(r->set, d->model, d->key, d->nkey)) {
            nx_error_set(err, NX_ERR_REFUSED, "a record of %s is staged here and in the journal", d->model->title);
            nx_error_hint(err, "save or discard what is staged here first");
            return true;
        }
    }
    return false;
}

static int make_drafts(recovering *r) {
    int n = 0;
    for (int i = 0; i < r->o->nchanges; i++) {
        draft_of(r, r->o->changes[i], &r->drafts[i]);
        if (r->drafts[i].model) {
            r->drafts[i].id = ++r->set->last_id;
            n++;
        }
    }
    for (int i = 0; i < r->o->nchanges; i++) {
        if (r->drafts[i].model) {
            refer_all(r, r->o->changes[i], &r->drafts[i]);
        }
    }
    return n;
}

static bool stage(const recovering *r, nx_error *err) {
    nx_changeset *set = r->set;
    nx_changeset_group_begin(set);
    for (int i = 0; i < r->o->nchanges; i++) {
        if (r->drafts[i].model) {
            nx_history_exchange(set, set->count, NULL, nx_version_new(&r->drafts[i]), NULL);
        }
    }
    if (set->journal) {
        set->journal->adopting = nx_strdup(r->o->id); /* from this write on the orphan is not offered any more */
    }
    bool good = nx_changeset_group_end(set, err);
    if (set->journal) {
        free(set->journal->adopting);
        set->journal->adopting = NULL;
    }
    return good;
}

/* What could not be staged stays to be read, under a name that no start looks for. */
static void put_away(recovering *r) {
    nx_orphan *o = r->o;
    char old[JOURNAL_ID + 8];
    snprintf(old, sizeof old, "%s.old", o->id);
    if (r->notes->len == 0 || renameat(o->folder, strrchr(o->path, '/') + 1, o->folder, old) != 0) {
        nx_orphan_discard(o, NULL);
        return;
    }
    fsync(o->folder);
    int folder = (int)(strrchr(o->path, '/') - o->path);
    nx_buf_addf(r->notes, "the journal as it was: %.*s/%s\n", folder, o->path, old);
}

bool nx_orphan_recover(nx_orphan *orphan, const nx_catalog *catalog, nx_changeset *set, nx_buf *notes, nx_error *err) {
    recovering r = {.o = orphan, .catalog = catalog, .set = set, .arena = nx_arena_new(0), .notes = notes};
    r.drafts = nx_arena_array(r.arena, (size_t)orphan->nchanges, sizeof *r.drafts);
    bool good = false;
    if (orphan->damaged) {
        note(&r, "line %d of the journal is damaged: what was staged from there on is not recovered", orphan->damaged);
    }
    if (make_drafts(&r) == 0) {
        nx_error_set(err, NX_ERR_NOT_FOUND, "nothing of it can be staged any more");
        nx_error_detail(err, "%s", notes->data);
    } else if (!staged_here(&r, err)) {
        good = stage(&r, err);
    }
    if (good) {
        put_away(&r);
    }
    nx_arena_free(r.arena);
    return good;
}
