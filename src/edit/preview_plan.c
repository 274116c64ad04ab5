/* Which foreign keys the staged changes lead along: breadth first, so that what is left out lies deep. */
#include <stdlib.h>
#include <string.h>

#include "preview.h"
#include "preview_default.h"

typedef struct maker {
    preview_plan *plan;
    nx_model *const *failed;
    int nfailed;
    nx_model **needed;
    int nneeded, max;
} maker;

static preview_node *add_node(preview_plan *plan, preview_node node) {
    if (plan->n == PREVIEW_NODES) {
        return NULL;
    }
    node.to = -1;
    plan->nodes[plan->n] = node;
    return &plan->nodes[plan->n++];
}

/* Those of this model that go are one set, however they are found. */
static int set_of(preview_plan *plan, const nx_model *model, int node, int depth) {
    for (int i = 0; i < plan->nsets; i++) {
        if (plan->sets[i].node == node && (node >= 0 || plan->sets[i].model == model)) {
            return i;
        }
    }
    if (plan->nsets == PREVIEW_NODES || depth > NX_PREVIEW_DEPTH) {
        return -1;
    }
    plan->sets[plan->nsets] = (preview_set){.model = model, .node = node, .depth = depth};
    return plan->nsets++;
}

static int *places(preview_plan *plan) {
    return nx_arena_array(plan->arena, (size_t)plan->nstaged, sizeof(int));
}

/* --- the staged changes ------------------------------------------------------------------------------------- */

static bool has(const nx_field *const *fields, int n, const nx_field *field) {
    for (int i = 0; i < n; i++) {
        if (fields[i]->number == field->number && fields[i]->model->oid == field->model->oid) {
            return true;
        }
    }
    return false;
}

static bool same_fields(const preview_node *node, const preview_staged *s) {
    for (int i = 0; i < s->nfields; i++) {
        if (!has(node->changed, node->nchanged, s->fields[i])) {
            return false;
        }
    }
    return node->nchanged == s->nfields;
}

/* Changes alike are asked about together. */
static preview_node *root_for(preview_plan *plan, const preview_staged *s) {
    bool bulk = s->kind == NX_BULK_UPDATE || s->kind == NX_BULK_DELETE;
    preview_event event = s->kind == NX_DELETE || s->kind == NX_BULK_DELETE ? PREVIEW_DELETED : PREVIEW_UPDATED;
    for (int i = 0; !bulk && i < plan->n; i++) {
        preview_node *node = &plan->nodes[i];
        bool alike = node->kind == PREVIEW_ROOT && !node->bulk && node->model->oid == s->model->oid &&
                     node->event == event;
        if (alike && (event == PREVIEW_DELETED || same_fields(node, s))) {
            return node;
        }
    }
    if (plan->n >= NX_PREVIEW_NODES) {
        return NULL;
    }
    preview_node *node = add_node(plan, (preview_node){.kind = PREVIEW_ROOT, .model = s->model, .event = event,
                                                       .bulk = bulk,
                                                       .roots = places(plan), .nchanged = s->nfields,
                                                       .changed = s->fields});
    node->to = set_of(plan, s->model, event == PREVIEW_DELETED ? -1 : plan->n - 1, 0);
    return node;
}

static void put_root(preview_plan *plan, int staged) {
    preview_node *node = root_for(plan, &plan->staged[staged]);
    if (node) {
        node->roots[node->nroots++] = staged;
    } else {
        plan->limited = true;
    }
}

static void add_roots(preview_plan *plan) {
    for (int deletions = 1; deletions >= 0; deletions--) { /* deletions first: a record has one change only */
        for (int i = 0; i < plan->nstaged; i++) {
            nx_change_kind kind = plan->staged[i].kind;
            if ((kind == NX_DELETE || kind == NX_BULK_DELETE) == (deletions == 1)) {
                put_root(plan, i);
            }
        }
    }
}

/* --- one foreign key ------------------------------------------------------------------------------------------ */

static const nx_foreign_key *key_of(const nx_model *child, const nx_model *parent, const nx_relation *r) {
    bool many = r->kind == NX_MANY_TO_MANY;
    const char *const *columns = many ? r->through_fields : r->references;
    for (int i = 0; i < child->nforeign_keys; i++) {
        const nx_foreign_key *key = child->foreign_keys[i];
        bool alike = !key->virtual && key->target == parent && key->nfields == r->nfields;
        if (many || !r->constraint) {
            for (int k = 0; alike && k < r->nfields; k++) {
                alike = strcmp(key->fields[k]->name, columns[k]) == 0;
            }
        } else {
            alike = alike && strcmp(key->name, r->constraint) == 0;
        }
        if (alike) {
            return key;
        }
    }
    return NULL;
}

static nx_effect_action action_of(char code) {
    switch (code) {
    case 'c': return NX_EFFECT_CASCADE;
    case 'n': return NX_EFFECT_SET_NULL;
    case 'd': return NX_EFFECT_SET_DEFAULT;
    case 'r': return NX_EFFECT_RESTRICT;
    default: return NX_EFFECT_NO_ACTION;
    }
}

/* False when a column of the key is not known. */
static bool want_columns(preview_plan *plan, preview_set *set, const nx_foreign_key *key) {
    for (int i = 0; i < key->nfields; i++) {
        const nx_field *field = nx_model_field(set->model, key->references[i]);
        if (!field) {
            return false;
        }
        if (has(set->columns, set->ncolumns, field)) {
            continue;
        }
        const nx_field **more = nx_arena_array(plan->arena, (size_t)set->ncolumns + 1, sizeof *more);
        if (set->ncolumns) {
            memcpy(more, set->columns, (size_t)set->ncolumns * sizeof *more);
        }
        more[set->ncolumns++] = field;
        set->columns = more;
    }
    return true;
}

static void set_changed(preview_plan *plan, preview_node *node, const bool *which) {
    const nx_foreign_key *key = node->key;
    node->event = PREVIEW_UPDATED;
    node->changed = nx_arena_array(plan->arena, (size_t)key->nfields, sizeof *node->changed);
    for (int i = 0; i < key->nfields; i++) {
        if (!which || which[i]) {
            node->changed[node->nchanged++] = key->fields[i];
        }
    }
}

static void refuses(preview_node *node, nx_effect_refusal refusal, const char *why) {
    if (refusal > node->refusal) {
        node->refusal = refusal;
        node->why = why;
    }
}

/* NULL in a field that is NOT NULL. */
static void judge_null(preview_plan *plan, preview_node *node, const nx_field *field) {
    if (!field->nullable) {
        refuses(node, NX_EFFECT_REFUSES, nx_arena_printf(plan->arena, "%s is NOT NULL", nx_field_title(field)));
    }
}

/* What the defaults are: all known and none NULL, then the server is asked whether there is such a record. */
static void judge_defaults(preview_plan *plan, preview_node *node) {
    const nx_foreign_key *key = node->key;
    nx_value *values = nx_arena_array(plan->arena, (size_t)key->nfields, sizeof *values);
    bool null = false, known = node->nchanged == key->nfields;
    for (int i = 0; i < node->nchanged; i++) {
        bool told = preview_default(plan->arena, node->changed[i], &values[i]);
        known = known && told;
        if (told && nx_is_null(values[i])) {
            null = true;
            judge_null(plan, node, node->changed[i]);
        }
    }
    if (null) {
        return; /* a reference that is NULL in part refers to nothing */
    }
    if (known) {
        node->defaults = values;
    } else {
        refuses(node, NX_EFFECT_MAY_REFUSE, "unless there is a record for its default");
    }
}

static void act(preview_plan *plan, preview_node *node, bool update) {
    const nx_foreign_key *key = node->key;
    switch (node->action) {
    case NX_EFFECT_CASCADE:
        if (update) {
            set_changed(plan, node, NULL);
        } else {
            node->event = PREVIEW_DELETED;
        }
        return;
    case NX_EFFECT_SET_NULL:
        set_changed(plan, node, update ? NULL : key->set);
        for (int i = 0; i < node->nchanged; i++) {
            judge_null(plan, node, node->changed[i]);
        }
        return;
    case NX_EFFECT_SET_DEFAULT:
        set_changed(plan, node, update ? NULL : key->set);
        judge_defaults(plan, node);
        return;
    case NX_EFFECT_RESTRICT:
    case NX_EFFECT_NO_ACTION: node->refusal = NX_EFFECT_REFUSES; return;
    }
}

static bool readable(const nx_model *model) {
    bool all = model->readable;
    for (int i = 0; all && i < model->nfields; i++) {
        all = model->fields[i]->can_select; /* its place in the table can only be read with the whole table */
    }
    return all;
}

static const char *columns_of(nx_arena *arena, const nx_foreign_key *key) {
    nx_buf buf = NX_BUF;
    for (int i = 0; i < key->nfields; i++) {
        nx_buf_addf(&buf, "%s%s", i ? ", " : "", nx_field_title(key->fields[i]));
    }
    const char *copy = nx_arena_strdup(arena, buf.data);
    nx_buf_free(&buf);
    return copy;
}

static bool touches(const preview_node *parent, const nx_foreign_key *key) {
    for (int i = 0; i < parent->nchanged; i++) {
        for (int k = 0; k < key->nfields; k++) {
            if (strcmp(parent->changed[i]->name, key->references[k]) == 0) {
                return true;
            }
        }
    }
    return false;
}

static bool points(const preview_staged *s, const nx_foreign_key *key) {
    for (int i = 0; s->kind == NX_UPDATE && i < s->nfields; i++) {
        for (int k = 0; k < key->nfields; k++) {
            if (strcmp(key->fields[k]->name, s->fields[i]->name) == 0) {
                return true;
            }
        }
    }
    return false;
}

static preview_node *moved_for(preview_plan *plan, const nx_foreign_key *key, const nx_model *model) {
    for (int i = 0; i < plan->n; i++) {
        if (plan->nodes[i].kind == PREVIEW_MOVED && plan->nodes[i].key == key && plan->nodes[i].model == model) {
            return &plan->nodes[i];
        }
    }
    return add_node(plan, (preview_node){.kind = PREVIEW_MOVED, .model = model, .key = key, .roots = places(plan)});
}

/* The staged updates that point this key elsewhere: their records no longer refer. */
static void add_moved(preview_plan *plan, const nx_foreign_key *key) {
    const nx_model *family = preview_family(key->fields[0]->model);
    for (int i = 0; i < plan->n; i++) {
        if (plan->nodes[i].kind == PREVIEW_MOVED && plan->nodes[i].key == key) {
            return;
        }
    }
    for (int s = 0; s < plan->nstaged; s++) {
        const preview_staged *staged = &plan->staged[s];
        if (!points(staged, key) || preview_family(staged->model) != family) {
            continue;
        }
        preview_node *node = moved_for(plan, key, staged->model);
        if (!node) {
            plan->limited = true;
            return;
        }
        node->roots[node->nroots++] = s;
    }
}

static bool failed(const maker *m, const nx_model *model) {
    for (int i = 0; i < m->nfailed; i++) {
        if (m->failed[i] == model) {
            return true;
        }
    }
    return false;
}

/* False when the child has to be described first. */
static bool known(maker *m, nx_model *child) {
    if (child->described || failed(m, child)) {
        return true;
    }
    for (int i = 0; i < m->nneeded; i++) {
        if (m->needed[i] == child) {
            return false;
        }
    }
    if (m->nneeded < m->max) {
        m->needed[m->nneeded++] = child;
    }
    return false;
}

static const preview_node *changing(const preview_plan *plan, const preview_set *set) {
    return set->node < 0 ? NULL : &plan->nodes[set->node];
}

static void follow(maker *m, int from, const nx_model *parent, const nx_model *leaf, const nx_relation *r) {
    preview_plan *plan = m->plan;
    preview_set *set = &plan->sets[from];
    nx_model *child = r->kind == NX_MANY_TO_MANY ? r->through : r->target;
    if (r->kind == NX_TO_ONE || r->virtual || !child || !known(m, child)) {
        return;
    }
    const nx_foreign_key *key = child->described ? key_of(child, parent, r) : NULL;
    const nx_model *of = changing(plan, set) ? changing(plan, set)->model : NULL;
    if (!key || (of && !touches(changing(plan, set), key)) || !want_columns(plan, set, key)) {
        return;
    }
    nx_effect_action action = action_of(of ? key->on_update : key->on_delete);
    preview_node *node = add_node(plan, (preview_node){.kind = PREVIEW_EDGE, .from = from, .model = child, .key = key,
                                                       .leaf = leaf, .action = action, .update = of != NULL});
    if (!node) {
        set->deeper = true;
        return;
    }
    act(plan, node, of != NULL);
    node->guarded = r->kind != NX_MANY_TO_MANY && !r->indexed;
    if (!readable(child)) {
        node->uncounted = nx_arena_printf(plan->arena, "%s may not be read", child->title);
    } else if (node->event != PREVIEW_NOTHING && node->refusal != NX_EFFECT_REFUSES) {
        node->to = set_of(plan, child, node->event == PREVIEW_DELETED ? -1 : (int)(node - plan->nodes), set->depth + 1);
        set->deeper = set->deeper || node->to < 0;
    }
    add_moved(plan, key);
}

static void follow_all(maker *m, int from, const nx_model *model, const nx_model *leaf) {
    for (int i = 0; i < model->nrelations; i++) {
        follow(m, from, model, leaf, model->relations[i]);
    }
}

static bool below(const nx_model *model, const nx_model *top) {
    while (model && model != top) {
        model = model->parent;
    }
    return model == top;
}

/* Keys may point at the table itself, at what it is a partition of, and at its partitions. */
static void expand(maker *m, int from) {
    const nx_model *model = m->plan->sets[from].model;
    for (const nx_model *up = model; up; up = up->parent) {
        follow_all(m, from, up, NULL);
    }
    for (int i = 0; model->kind == NX_KIND_PARTITIONED && i < nx_catalog_count(model->catalog); i++) {
        const nx_model *part = nx_catalog_model(model->catalog, i);
        if (part != model && part->nrelations && below(part, model)) {
            follow_all(m, from, part, part);
        }
    }
}

const char *preview_index_words(nx_arena *arena, const preview_node *node) {
    return nx_arena_printf(arena, "no index on %s (%s)", node->model->title, columns_of(arena, node->key));
}

/* A reference that is set otherwise by another key may not refuse any more when it is asked. */
static void soften(preview_plan *plan) {
    for (int i = 0; i < plan->n; i++) {
        preview_node *node = &plan->nodes[i];
        if (node->kind != PREVIEW_EDGE || node->event != PREVIEW_NOTHING) {
            continue;
        }
        for (int k = 0; k < plan->n; k++) {
            const preview_node *other = &plan->nodes[k];
            bool sets = other->kind == PREVIEW_EDGE && other->event == PREVIEW_UPDATED;
            for (int f = 0; sets && f < node->key->nfields; f++) {
                if (has(other->changed, other->nchanged, node->key->fields[f])) {
                    node->refusal = NX_EFFECT_MAY_REFUSE;
                }
            }
        }
    }
}

int preview_make(preview_plan *plan, nx_model *const *given_up, int nfailed, nx_model **needed, int max) {
    maker m = {.plan = plan, .failed = given_up, .nfailed = nfailed, .needed = needed, .max = max};
    plan->n = plan->nsets = 0;
    add_roots(plan);
    for (int at = 0; at < plan->nsets; at++) {
        expand(&m, at);
    }
    soften(plan);
    return m.nneeded;
}
