#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "preview.h"

typedef struct reader {
    const preview_plan *plan;
    const char *why;    /* nothing was counted */
    nx_preview *out;
    int64_t *counts;    /* of each node for each staged change */
    int64_t *also;
    nx_preview_tree *trees;
    int64_t *staged;    /* records of each staged change */
    bool known[PREVIEW_NODES];   /* it was counted */
    bool default_gone[PREVIEW_NODES];
    bool more[PREVIEW_NODES];
    bool seen[PREVIEW_NODES];    /* sets of the tree being made */
    nx_effect *effects; /* of that tree */
    int n;
} reader;

static int64_t *cell(const reader *r, int64_t *of, int node, int staged) {
    return &of[(size_t)node * (size_t)r->plan->nstaged + (size_t)staged];
}

static void read_row(reader *r, const nx_result *result, int row) {
    int64_t node = nx_result_int(result, row, PREVIEW_COLUMN_NODE);
    int64_t root = nx_result_int(result, row, PREVIEW_COLUMN_STAGED);
    int64_t count = nx_result_int(result, row, PREVIEW_COLUMN_COUNT);
    if (node < PREVIEW_STAGED || node >= r->plan->n || root >= r->plan->nstaged) {
        return;
    }
    if (node == PREVIEW_STAGED) {
        r->staged[root] += count;
    } else if (root == PREVIEW_GUARD) {
        r->known[node] = r->known[node] && count == 1;
    } else if (root == PREVIEW_DEFAULT) {
        r->default_gone[node] = count == 0;
    } else if (r->plan->nodes[node].kind == PREVIEW_ROOT) {
        r->staged[root] += count;
    } else {
        *cell(r, r->counts, (int)node, (int)root) = count;
        *cell(r, r->also, (int)node, (int)root) = nx_result_int(result, row, PREVIEW_COLUMN_ALSO);
    }
}

static int64_t total_of(const reader *r, int at) {
    int64_t total = 0;
    for (int s = 0; s < r->plan->nstaged; s++) {
        total += *cell(r, r->counts, at, s);
    }
    return total;
}

/* Is there more of what the set's records refer to than was found? */
static bool more_in(const reader *r, const preview_set *set, bool gone) {
    return set->node < 0 ? gone : r->more[set->node];
}

static void read_rows(reader *r, const nx_result *result) {
    const preview_plan *plan = r->plan;
    int64_t all = 0;
    bool gone = false;
    for (int i = 0; i < plan->n; i++) {
        r->known[i] = result && !plan->nodes[i].uncounted;
    }
    for (int row = 0; result && row < nx_result_rows(result); row++) {
        read_row(r, result, row);
    }
    for (int i = 0; i < plan->n; i++) {
        all += plan->nodes[i].event == PREVIEW_DELETED ? total_of(r, i) : 0;
        for (int n = 0; plan->nodes[i].bulk && n < plan->nodes[i].nroots; n++) {
            r->more[i] = r->staged[plan->nodes[i].roots[n]] > NX_PREVIEW_ROWS;
            gone = gone || r->more[i];
        }
        gone = gone || (plan->nodes[i].event == PREVIEW_DELETED && plan->nodes[i].model->row_security);
    }
    gone = gone || all >= PREVIEW_TOTAL;
    for (int i = 0; i < plan->n; i++) {
        const preview_node *node = &plan->nodes[i];
        if (node->kind == PREVIEW_EDGE) { /* row security hides records from this role, not from the foreign key */
            r->more[i] = total_of(r, i) > NX_PREVIEW_ROWS || node->model->row_security ||
                         more_in(r, &plan->sets[node->from], gone);
        }
    }
}

/* --- one tree --------------------------------------------------------------------------------------------------- */

static const char *uncounted(const reader *r, int at) {
    const preview_node *node = &r->plan->nodes[at];
    nx_arena *arena = r->out->arena;
    return node->uncounted ? nx_arena_strdup(arena, node->uncounted)
           : r->why        ? nx_arena_strdup(arena, r->why)
                           : preview_index_words(arena, node);
}

/* Whether these records refuse, and how many of them. */
static void judge(const reader *r, int at, int64_t count, int64_t also, nx_effect *e) {
    const preview_node *node = &r->plan->nodes[at];
    e->refusal = node->refusal;
    e->why = nx_arena_strdup(r->out->arena, node->why);
    if (node->event == PREVIEW_NOTHING && also > 0) {
        /* A cascade takes some of them too: at the end they are gone, before that it depends on the order. */
        bool late = node->action == NX_EFFECT_NO_ACTION && node->key->deferred;
        e->count = late ? count - also : count;
        if (!late && count == also && e->refusal == NX_EFFECT_REFUSES) {
            e->refusal = NX_EFFECT_MAY_REFUSE;
            e->why = "unless a cascade takes them first";
        }
    }
    if (r->default_gone[at]) {
        e->refusal = NX_EFFECT_REFUSES;
        e->why = nx_arena_printf(r->out->arena, "no %s for its default", node->key->target->title);
    }
    if (e->count < 0 && e->refusal == NX_EFFECT_REFUSES) {
        e->refusal = NX_EFFECT_MAY_REFUSE;
    }
    if (e->count == 0) {
        e->refusal = NX_EFFECT_ALLOWED;
    }
}

static void add_effects(reader *r, int set, int staged, int depth);

static void add_effect(reader *r, int at, int staged, int depth) {
    const preview_node *node = &r->plan->nodes[at];
    nx_effect e = {.model = node->model, .key = node->key, .action = node->action, .update = node->update,
                   .depth = depth, .count = -1, .more = r->more[at]};
    int64_t count = *cell(r, r->counts, at, staged);
    if (r->known[at]) {
        e.count = count;
    } else {
        e.uncounted = uncounted(r, at);
    }
    judge(r, at, count, *cell(r, r->also, at, staged), &e);
    e.count = e.count > NX_PREVIEW_ROWS ? NX_PREVIEW_ROWS : e.count;
    e.more = e.more && e.count > 0;
    bool follow = node->event == PREVIEW_DELETED || node->event == PREVIEW_UPDATED;
    e.deeper = follow && (r->why || node->uncounted || (node->to >= 0 && r->plan->sets[node->to].deeper));
    if (e.count != 0) {
        r->effects[r->n++] = e;
    }
    if (node->to >= 0 && !r->why) { /* its records may have been found by another edge */
        add_effects(r, node->to, staged, e.count != 0 ? depth + 1 : depth);
    }
}

static void add_effects(reader *r, int set, int staged, int depth) {
    if (r->seen[set]) {
        return;
    }
    r->seen[set] = true;
    for (int i = 0; i < r->plan->n; i++) {
        if (r->plan->nodes[i].kind == PREVIEW_EDGE && r->plan->nodes[i].from == set) {
            add_effect(r, i, staged, depth);
        }
    }
}

static void add_tree(reader *r, int at, int staged) {
    const preview_node *node = &r->plan->nodes[at];
    const preview_staged *s = &r->plan->staged[staged];
    nx_preview_tree tree = {.change = s->id, .kind = s->kind, .model = s->model, .more = r->more[at],
                            .count = r->known[at] ? r->staged[staged] : -1};
    tree.count = tree.count > NX_PREVIEW_ROWS ? NX_PREVIEW_ROWS : tree.count;
    r->n = 0;
    memset(r->seen, 0, sizeof r->seen);
    if (node->to >= 0) {
        add_effects(r, node->to, staged, 0);
    }
    if (r->n == 0 && node->event != PREVIEW_DELETED) {
        return;
    }
    nx_effect *effects = nx_arena_array(r->out->arena, (size_t)r->n, sizeof *effects);
    for (int i = 0; i < r->n; i++) {
        effects[i] = r->effects[i];
        tree.refusal = effects[i].refusal > tree.refusal ? effects[i].refusal : tree.refusal;
    }
    tree.n = r->n;
    tree.effects = effects;
    r->trees[r->out->n++] = tree;
}

nx_preview *preview_read(const preview_plan *plan, const nx_result *result, const char *why) {
    nx_arena *arena = nx_arena_new(0);
    nx_preview *out = nx_arena_alloc(arena, sizeof *out);
    size_t cells = (size_t)plan->n * (size_t)plan->nstaged + 1;
    reader r = {.plan = plan, .out = out, .why = why};
    *out = (nx_preview){.arena = arena, .catalog = plan->catalog ? nx_catalog_ref(plan->catalog) : NULL,
                        .limited = plan->limited};
    out->trees = r.trees = nx_arena_array(arena, (size_t)plan->nstaged + 1, sizeof *r.trees);
    r.staged = nx_calloc((size_t)plan->nstaged + 1, sizeof *r.staged);
    r.counts = nx_calloc(cells, sizeof *r.counts);
    r.also = nx_calloc(cells, sizeof *r.also);
    r.effects = nx_calloc((size_t)plan->n + 1, sizeof *r.effects);
    read_rows(&r, result);
    for (int i = 0; i < plan->n; i++) {
        const preview_node *node = &plan->nodes[i];
        for (int n = 0; node->kind == PREVIEW_ROOT && n < node->nroots; n++) {
            add_tree(&r, i, node->roots[n]);
        }
    }
    free(r.counts);
    free(r.also);
    free(r.staged);
    free(r.effects);
    return out;
}

void nx_preview_free(nx_preview *preview) {
    if (preview) {
        if (preview->catalog) {
            nx_catalog_unref(preview->catalog);
        }
        nx_arena_free(preview->arena);
    }
}

const nx_preview_tree *nx_preview_of(const nx_preview *preview, uint64_t change) {
    for (int i = 0; preview && i < preview->n; i++) {
        if (preview->trees[i].change == change) {
            return &preview->trees[i];
        }
    }
    return NULL;
}
