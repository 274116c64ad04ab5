#include "rank.h"

#include <stdlib.h>

enum { SEEN_MAX = 1000 }; /* models walked through: a bound, not a need */

typedef struct walk {
    const nx_changeset *set;
    nx_ranks *ranks;
    nx_ranks staged; /* the models with staged changes, to find who refers where the graph is not known */
    nx_ranks seen;
} walk;

int nx_ranks_of(const nx_ranks *ranks, const nx_model *model) {
    for (int i = 0; i < ranks->n; i++) {
        if (ranks->list[i]->oid == model->oid) {
            return i;
        }
    }
    return ranks->n;
}

static bool add(nx_ranks *ranks, const nx_model *model) {
    if (nx_ranks_of(ranks, model) < ranks->n) {
        return false;
    }
    if (ranks->n == ranks->cap) {
        ranks->cap = ranks->cap ? ranks->cap * 2 : 16;
        ranks->list = nx_realloc(ranks->list, (size_t)ranks->cap, sizeof *ranks->list);
    }
    ranks->list[ranks->n++] = model;
    return true;
}

static void visit(walk *w, const nx_model *model);

static void visit_children(walk *w, const nx_model *model) {
    for (int i = 0; i < model->nrelations; i++) {
        const nx_relation *r = model->relations[i];
        if (r->kind != NX_TO_ONE) {
            visit(w, r->kind == NX_MANY_TO_MANY && r->through ? r->through : r->target);
        }
    }
    for (int i = 0; i < w->staged.n; i++) {
        const nx_model *child = w->staged.list[i];
        for (int k = 0; k < child->nforeign_keys; k++) {
            if (child->foreign_keys[k]->target->oid == model->oid) {
                visit(w, child);
            }
        }
    }
}

static void visit(walk *w, const nx_model *model) {
    if (w->seen.n < SEEN_MAX && add(&w->seen, model)) {
        visit_children(w, model);
        add(w->ranks, model);
    }
}

void nx_ranks_find(const nx_changeset *set, nx_ranks *ranks) {
    walk w = {.set = set, .ranks = ranks};
    const nx_model *last = NULL; /* changes of one model mostly stand together */
    for (int i = 0; i < nx_changeset_count(set); i++) {
        const nx_model *model = nx_changeset_at(set, i)->model;
        if (model != last) {
            add(&w.staged, model);
            last = model;
        }
    }
    last = NULL;
    for (int i = 0; i < nx_changeset_count(set); i++) {
        const nx_change *c = nx_changeset_at(set, i);
        if (c->kind == NX_DELETE && c->model != last) {
            visit(&w, c->model);
            last = c->model;
        }
    }
    free(w.staged.list);
    free(w.seen.list);
}
