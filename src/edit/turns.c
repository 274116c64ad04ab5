#include "turns.h"

#include <stdlib.h>

#include "rank.h"

typedef struct walk {
    const nx_need *needs;  /* sorted by `after` */
    const int *first;      /* where those of a change begin; one more at the end */
    int *next;             /* the need to look at next */
    char *seen;            /* 0 not yet, 1 waiting for others, 2 in the order */
    int *stack, *order;
    int n;
    bool circle;
} walk;

static int by_after(const void *a, const void *b) {
    const nx_need *x = a, *y = b;
    return x->after != y->after ? (x->after > y->after) - (x->after < y->after)
                                : (x->before > y->before) - (x->before < y->before);
}

/* Puts what the change waits for into the order, then the change. A stack of its own: chains can be as long as
 * the changeset. */
static void visit(walk *w, int change) {
    int depth = 0;
    if (w->seen[change] == 0) {
        w->seen[change] = 1;
        w->stack[depth++] = change;
    }
    while (depth > 0) {
        int at = w->stack[depth - 1];
        if (w->next[at] == w->first[at + 1]) {
            w->seen[at] = 2;
            w->order[w->n++] = at;
            depth--;
            continue;
        }
        int before = w->needs[w->next[at]++].before;
        w->circle = w->circle || w->seen[before] == 1;
        if (w->seen[before] == 0) {
            w->seen[before] = 1;
            w->stack[depth++] = before;
        }
    }
}

static void index_needs(nx_needs *needs, int *first, int count) {
    if (needs->n > 0) {
        qsort(needs->list, (size_t)needs->n, sizeof *needs->list, by_after);
    }
    int at = 0;
    for (int i = 0; i <= count; i++) {
        while (at < needs->n && needs->list[at].after < i) {
            at++;
        }
        first[i] = at;
    }
}

typedef struct turn { /* when a change runs as far as nothing else is needed */
    int kind, rank, at;
} turn;

static int by_turn(const void *a, const void *b) {
    const turn *x = a, *y = b;
    return x->kind != y->kind ? x->kind - y->kind : x->rank != y->rank ? x->rank - y->rank : x->at - y->at;
}

/* free(). */
static turn *take_turns(const nx_changeset *set) {
    static const int kinds[] = {
        [NX_INSERT] = 0, [NX_UPDATE] = 1, [NX_DELETE] = 2, [NX_BULK_UPDATE] = 3, [NX_BULK_DELETE] = 3};
    int count = nx_changeset_count(set);
    turn *turns = nx_calloc((size_t)count + 1, sizeof *turns);
    nx_ranks ranks = {.list = NULL};
    nx_ranks_find(set, &ranks);
    for (int i = 0; i < count; i++) {
        const nx_change *c = nx_changeset_at(set, i);
        turns[i] = (turn){kinds[c->kind], c->kind == NX_DELETE ? nx_ranks_of(&ranks, c->model) : 0, i};
    }
    qsort(turns, (size_t)count, sizeof *turns, by_turn);
    free(ranks.list);
    return turns;
}

bool nx_order_changes(const nx_changeset *set, int *order) {
    size_t count = (size_t)nx_changeset_count(set);
    nx_needs needs = {.list = NULL};
    nx_needs_find(set, &needs);
    int *numbers = nx_calloc(3 * count + 1, sizeof *numbers);
    walk w = {.first = numbers, .next = nx_calloc(count + 1, sizeof(int)), .seen = nx_calloc(count + 1, 1),
              .stack = numbers + count + 1, .order = order};
    index_needs(&needs, numbers, (int)count);
    w.needs = needs.list;
    for (size_t i = 0; i < count; i++) {
        w.next[i] = w.first[i];
    }
    turn *turns = take_turns(set);
    for (size_t i = 0; i < count; i++) {
        visit(&w, turns[i].at);
    }
    free(turns);
    free(w.seen);
    free(w.next);
    free(numbers);
    free(needs.list);
    return !w.circle;
}
