#include <inttypes.h>

#include "nixie/preview.h"

const char *nx_effect_action_name(nx_effect_action action) {
    static const char *const names[] = {
        [NX_EFFECT_CASCADE] = "cascade", [NX_EFFECT_SET_NULL] = "set null", [NX_EFFECT_SET_DEFAULT] = "set default",
        [NX_EFFECT_RESTRICT] = "restrict", [NX_EFFECT_NO_ACTION] = "no action"};
    return names[action];
}

void nx_effect_words(const nx_effect *effect, nx_buf *out) {
    if (effect->count >= 0) {
        nx_buf_addf(out, "%" PRId64 "%s %s", effect->count, effect->more ? "+" : "", effect->model->title);
    } else {
        nx_buf_addf(out, "%s (not counted: %s)", effect->model->title, effect->uncounted);
    }
}

/* The parts of the line, in order; of each, the records of one model together. */
typedef enum part { GO, FOLLOW, BECOME_NULL, BECOME_DEFAULT, MAY_REFUSE, REFUSE, PARTS } part;

static part part_of(const nx_effect *e) {
    if (e->refusal != NX_EFFECT_ALLOWED) {
        return e->refusal == NX_EFFECT_REFUSES ? REFUSE : MAY_REFUSE;
    }
    switch (e->action) {
    case NX_EFFECT_CASCADE: return e->update ? FOLLOW : GO;
    case NX_EFFECT_SET_NULL: return BECOME_NULL;
    case NX_EFFECT_SET_DEFAULT: return BECOME_DEFAULT;
    default: return MAY_REFUSE;
    }
}

static bool told_before(const nx_preview_tree *tree, int at) {
    for (int i = 0; i < at; i++) {
        if (tree->effects[i].model == tree->effects[at].model &&
            part_of(&tree->effects[i]) == part_of(&tree->effects[at])) {
            return true;
        }
    }
    return false;
}

/* "12 Comment"; where it refuses "Invoice (2)", as what matters is who. */
static void add_model(const nx_preview_tree *tree, int at, nx_buf *out) {
    const nx_effect *first = &tree->effects[at];
    part p = part_of(first);
    int64_t count = 0;
    bool more = false, counted = false;
    for (int i = at; i < tree->n; i++) {
        const nx_effect *e = &tree->effects[i];
        if (e->model == first->model && part_of(e) == p) {
            counted = counted || e->count >= 0;
            count += e->count > 0 ? e->count : 0;
            more = more || e->more || e->count < 0;
        }
    }
    if (!counted) {
        nx_buf_addf(out, "%s (not counted)", first->model->title);
    } else if (p == REFUSE || p == MAY_REFUSE) {
        nx_buf_addf(out, "%s (%" PRId64 "%s%s%s)", first->model->title, count, more ? "+" : "",
                    first->why ? ": " : "", first->why ? first->why : "");
    } else {
        nx_buf_addf(out, "%" PRId64 "%s %s", count, more ? "+" : "", first->model->title);
    }
}

static bool add_part(const nx_preview_tree *tree, part p, nx_buf *out) {
    static const char *const before[] = {[GO] = ", cascades to ",        [FOLLOW] = ", changes ",
                                         [BECOME_NULL] = ", sets NULL in ", [BECOME_DEFAULT] = ", sets the default in ",
                                         [MAY_REFUSE] = "; may be refused by ", [REFUSE] = "; refused by "};
    int total = 0, n = 0;
    for (int i = 0; i < tree->n; i++) {
        total += part_of(&tree->effects[i]) == p && !told_before(tree, i);
    }
    for (int i = 0; i < tree->n; i++) {
        if (part_of(&tree->effects[i]) == p && !told_before(tree, i)) {
            nx_buf_adds(out, n == 0 ? before[p] : n == total - 1 ? " and " : ", ");
            add_model(tree, i, out);
            n++;
        }
    }
    return total > 0;
}

void nx_preview_words(const nx_preview_tree *tree, nx_buf *out) {
    bool deletes = tree->kind == NX_DELETE || tree->kind == NX_BULK_DELETE, any = false;
    if (tree->count == 0) {
        nx_buf_addf(out, "%s: nothing is there any more", tree->model->title);
        return;
    }
    nx_buf_adds(out, deletes ? "deletes " : "changes the key of ");
    if (tree->count > 0) {
        nx_buf_addf(out, "%" PRId64 "%s ", tree->count, tree->more ? "+" : "");
    }
    nx_buf_adds(out, tree->model->title);
    for (int p = 0; p < PARTS; p++) {
        any = add_part(tree, (part)p, out) || any;
    }
    nx_buf_adds(out, any ? "" : "; nothing refers to it");
}
