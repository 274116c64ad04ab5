#include <stdlib.h>
#include <string.h>

#include "turns.h"

/* Columns that identify records of a model: a unique key, or what a foreign key points at. */
typedef struct column_set {
    const nx_model *model;
    int n;
    const nx_field **fields;
} column_set;

/* These values in a column set, which a change brings about or ends. */
typedef struct holding {
    const char *key;
    size_t len;
    int change;
} holding;

typedef struct holdings {
    holding *list;
    int n, cap;
} holdings;

typedef struct survey {
    const nx_changeset *set;
    nx_arena *arena;
    nx_needs *needs;
    const nx_model **models; /* each staged one once */
    int nmodels;
    column_set *sets;
    int nsets;
    holdings taken, left;
    nx_buf key; /* the one being made */
} survey;

static void add_need(nx_needs *needs, int before, int after) {
    if (before < 0 || after < 0 || before == after) {
        return;
    }
    if (needs->n == needs->cap) {
        needs->cap = needs->cap ? needs->cap * 2 : 64;
        needs->list = nx_realloc(needs->list, (size_t)needs->cap, sizeof *needs->list);
    }
    needs->list[needs->n++] = (nx_need){before, after};
}

/* --- values, as far as they are known --------------------------------------------------------------------- */

static bool old_value(const nx_change *c, const nx_field *field, nx_value *out) {
    const nx_assignment *a = nx_change_assignment(c, field);
    for (int i = 0; !a && i < c->nshown; i++) {
        a = c->shown[i].field->number == field->number ? &c->shown[i] : NULL;
    }
    if (a) {
        *out = a->old;
        return true;
    }
    const nx_key *key = c->model->identity;
    for (int i = 0; key && i < key->nfields && i < c->nkey; i++) {
        if (key->fields[i]->number == field->number) {
            *out = c->key[i];
            return true;
        }
    }
    return false;
}

static bool new_value(const nx_change *c, const nx_field *field, nx_value *out) {
    const nx_assignment *a = nx_change_assignment(c, field);
    if (!a) {
        return c->kind == NX_UPDATE && old_value(c, field, out);
    }
    *out = a->kind == NX_NEW_VALUE ? a->value : NX_NULL_VALUE;
    return a->kind == NX_NEW_VALUE || a->kind == NX_NEW_NULL;
}

static bool assigns_any(const nx_change *c, const nx_field *const *fields, int n) {
    for (int i = 0; i < n; i++) {
        if (nx_change_assignment(c, fields[i])) {
            return true;
        }
    }
    return false;
}

/* Does it bring values into these columns, does it take some out of them? */
static bool brings(const nx_change *c, const nx_field *const *fields, int n) {
    return c->kind == NX_INSERT || (c->kind == NX_UPDATE && assigns_any(c, fields, n));
}

static bool takes_out(const nx_change *c, const nx_field *const *fields, int n) {
    return c->kind == NX_DELETE || (c->kind == NX_UPDATE && assigns_any(c, fields, n));
}

/* The values of a change in these columns, as a key of column set `set`. False where one is NULL, which neither
 * refers nor collides, or unknown. */
static bool make_key(survey *s, int set, const nx_change *c, const nx_field *const *fields, int n, bool old) {
    nx_buf_clear(&s->key);
    nx_buf_add(&s->key, (const char *)&set, sizeof set);
    for (int i = 0; i < n; i++) {
        nx_value v = NX_NULL_VALUE;
        if (!(old ? old_value(c, fields[i], &v) : new_value(c, fields[i], &v)) || !v.text) {
            return false;
        }
        nx_buf_add(&s->key, (const char *)&v.len, sizeof v.len);
        nx_buf_add(&s->key, v.text, v.len);
    }
    return !nx_buf_failed(&s->key);
}

/* --- who holds what ----------------------------------------------------------------------------------------- */

static int compare_keys(const char *a, size_t alen, const char *b, size_t blen) {
    int order = memcmp(a, b, alen < blen ? alen : blen);
    return order ? order : (alen > blen) - (alen < blen);
}

static int by_key(const void *a, const void *b) {
    const holding *x = a, *y = b;
    int order = compare_keys(x->key, x->len, y->key, y->len);
    return order ? order : (x->change > y->change) - (x->change < y->change);
}

static void hold(survey *s, holdings *in, int change) {
    if (in->n == in->cap) {
        in->cap = in->cap ? in->cap * 2 : 64;
        in->list = nx_realloc(in->list, (size_t)in->cap, sizeof *in->list);
    }
    in->list[in->n++] = (holding){nx_arena_strndup(s->arena, s->key.data, s->key.len), s->key.len, change};
}

static void sort(holdings *h) {
    if (h->n > 0) {
        qsort(h->list, (size_t)h->n, sizeof *h->list, by_key);
    }
}

/* The change that holds the key just made, or -1. */
static int holder(const survey *s, const holdings *h) {
    int low = 0, high = h->n;
    while (low < high) {
        int middle = low + (high - low) / 2;
        const holding *at = &h->list[middle];
        if (compare_keys(at->key, at->len, s->key.data, s->key.len) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = low < h->n && compare_keys(h->list[low].key, h->list[low].len, s->key.data, s->key.len) == 0;
    return found ? h->list[low].change : -1;
}

/* --- the models ---------------------------------------------------------------------------------------------- */

static const nx_model *staged_model(const survey *s, uint32_t oid) {
    for (int i = s->nmodels - 1; i >= 0; i--) {
        if (s->models[i]->oid == oid) {
            return s->models[i];
        }
    }
    return NULL;
}

static void collect_models(survey *s) {
    int count = nx_changeset_count(s->set);
    s->models = nx_arena_array(s->arena, (size_t)count + 1, sizeof *s->models);
    const nx_model *last = NULL; /* changes of one model mostly stand together */
    for (int i = 0; i < count; i++) {
        const nx_model *model = nx_changeset_at(s->set, i)->model;
        if (model != last && !staged_model(s, model->oid)) {
            s->models[s->nmodels++] = model;
        }
        last = model;
    }
}

static bool same_set(const column_set *set, const nx_model *model, const nx_field *const *fields, int n) {
    bool same = set->model->oid == model->oid && set->n == n;
    for (int i = 0; same && i < n; i++) {
        same = set->fields[i]->number == fields[i]->number;
    }
    return same;
}

static int set_number(survey *s, const nx_model *model, const nx_field *const *fields, int n) {
    for (int i = 0; i < s->nsets; i++) {
        if (same_set(&s->sets[i], model, fields, n)) {
            return i;
        }
    }
    s->sets = nx_realloc(s->sets, (size_t)s->nsets + 1, sizeof *s->sets);
    const nx_field **copy = nx_arena_array(s->arena, (size_t)n, sizeof *copy);
    memcpy(copy, fields, (size_t)n * sizeof *copy);
    s->sets[s->nsets] = (column_set){model, n, copy};
    return s->nsets++;
}

/* The column set that a foreign key points at, in a staged model; -1 where there is none. */
static int target_set(survey *s, const nx_foreign_key *fk) {
    const nx_model *target = staged_model(s, fk->target->oid);
    const nx_field **fields = nx_arena_array(s->arena, (size_t)fk->nfields, sizeof *fields);
    for (int i = 0; i < fk->nfields; i++) {
        fields[i] = target ? nx_model_field(target, fk->references[i]) : NULL;
        if (!fields[i]) {
            return -1;
        }
    }
    return set_number(s, target, fields, fk->nfields);
}

static void collect_sets(survey *s) {
    for (int m = 0; m < s->nmodels; m++) {
        const nx_model *model = s->models[m];
        for (int k = 0; k < model->nkeys; k++) {
            const nx_key *key = model->keys[k];
            set_number(s, model, (const nx_field *const *)key->fields, key->nfields);
        }
        for (int k = 0; k < model->nforeign_keys; k++) {
            target_set(s, model->foreign_keys[k]);
        }
    }
}

/* --- what follows ---------------------------------------------------------------------------------------------- */

static void collect_holdings(survey *s, int i, const nx_change *c) {
    for (int k = 0; k < s->nsets; k++) {
        const column_set *set = &s->sets[k];
        if (set->model->oid != c->model->oid) {
            continue;
        }
        if (brings(c, set->fields, set->n) && make_key(s, k, c, set->fields, set->n, false)) {
            hold(s, &s->taken, i);
        }
        if (takes_out(c, set->fields, set->n) && make_key(s, k, c, set->fields, set->n, true)) {
            hold(s, &s->left, i);
        }
    }
}

/* A unique value has to be free before it is taken. */
static void need_free_values(survey *s, int i, const nx_change *c) {
    for (int k = 0; k < s->nsets; k++) {
        const column_set *set = &s->sets[k];
        if (set->model->oid == c->model->oid && brings(c, set->fields, set->n) &&
            make_key(s, k, c, set->fields, set->n, false)) {
            add_need(s->needs, holder(s, &s->left), i);
        }
    }
}

/* What is referred to has to be there, and may go only when nothing refers to it any more. */
static void need_target(survey *s, int i, const nx_change *c, const nx_foreign_key *fk, int set) {
    const nx_field *const *fields = (const nx_field *const *)fk->fields;
    if (brings(c, fields, fk->nfields) && make_key(s, set, c, fields, fk->nfields, false)) {
        add_need(s->needs, holder(s, &s->taken), i);
    }
    if (takes_out(c, fields, fk->nfields) && make_key(s, set, c, fields, fk->nfields, true)) {
        add_need(s->needs, i, holder(s, &s->left));
    }
}

typedef struct place {
    uint64_t id;
    int at;
} place;

static int by_id(const void *a, const void *b) {
    const place *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static void need_references(survey *s) {
    int count = nx_changeset_count(s->set);
    place *places = nx_arena_array(s->arena, (size_t)count + 1, sizeof *places);
    for (int i = 0; i < count; i++) {
        places[i] = (place){nx_changeset_at(s->set, i)->id, i};
    }
    qsort(places, (size_t)count, sizeof *places, by_id);
    for (int i = 0; i < count; i++) {
        const nx_change *c = nx_changeset_at(s->set, i);
        for (int k = 0; k < c->nassignments; k++) {
            place wanted = {.id = c->assignments[k].record};
            const place *found = c->assignments[k].kind == NX_NEW_REFERENCE
                                     ? bsearch(&wanted, places, (size_t)count, sizeof *places, by_id)
                                     : NULL;
            add_need(s->needs, found ? found->at : -1, i);
        }
    }
}

static void need_targets(survey *s) {
    for (int m = 0; m < s->nmodels; m++) {
        for (int k = 0; k < s->models[m]->nforeign_keys; k++) {
            const nx_foreign_key *fk = s->models[m]->foreign_keys[k];
            int set = target_set(s, fk);
            for (int i = 0; set >= 0 && i < nx_changeset_count(s->set); i++) {
                const nx_change *c = nx_changeset_at(s->set, i);
                if (c->model->oid == s->models[m]->oid) {
                    need_target(s, i, c, fk, set);
                }
            }
        }
    }
}

void nx_needs_find(const nx_changeset *set, nx_needs *needs) {
    survey s = {.set = set, .arena = nx_arena_new(0), .needs = needs, .key = NX_BUF};
    collect_models(&s);
    collect_sets(&s);
    for (int i = 0; i < nx_changeset_count(set); i++) {
        collect_holdings(&s, i, nx_changeset_at(set, i));
    }
    sort(&s.taken);
    sort(&s.left);
    for (int i = 0; i < nx_changeset_count(set); i++) {
        need_free_values(&s, i, nx_changeset_at(set, i));
    }
    need_targets(&s);
    need_references(&s);
    free(s.sets);
    free(s.taken.list);
    free(s.left.list);
    nx_buf_free(&s.key);
    nx_arena_free(s.arena);
}
