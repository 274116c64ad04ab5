/* In which order the changes are shown: as they were made, together by model when there are many. */
#include <stdlib.h>

#include "changes.h"

enum { MANY = 8 };

typedef struct place {
    int rank; /* of the model: by its first change */
    int at;
} place;

static int by_rank(const void *a, const void *b) {
    const place *x = a, *y = b;
    return x->rank != y->rank ? (x->rank < y->rank ? -1 : 1) : (x->at > y->at) - (x->at < y->at);
}

/* Numbers the models by their first change; returns how many there are. */
static int rank(const nx_changeset *set, place *places, int n) {
    uint32_t *oids = nx_calloc((size_t)n + 1, sizeof *oids);
    int models = 0, last = 0;
    for (int i = 0; i < n; i++) {
        uint32_t oid = nx_changeset_at(set, i)->model->oid;
        int r = models > 0 && oids[last] == oid ? last : 0; /* mostly as the one before */
        while (r < models && oids[r] != oid) {
            r++;
        }
        if (r == models) {
            oids[models++] = oid;
        }
        places[i] = (place){r, i};
        last = r;
    }
    free(oids);
    return models;
}

void ui_changes_arrange(changes_view *v) {
    const nx_changeset *set = v->view.app->changes;
    int n = nx_changeset_count(set);
    place *places = nx_calloc((size_t)n + 1, sizeof *places);
    v->grouped = rank(set, places, n) > 1 && n > MANY;
    if (v->grouped) {
        qsort(places, (size_t)n, sizeof *places, by_rank);
    }
    v->order = nx_realloc(v->order, (size_t)n + 1, sizeof *v->order);
    v->norder = n;
    for (int i = 0; i < n; i++) {
        v->order[i] = places[i].at;
    }
    free(places);
}

const nx_change *ui_changes_at(const changes_view *v, int at) {
    bool there = at >= 0 && at < v->norder;
    return there ? nx_changeset_at(v->view.app->changes, v->order[at]) : NULL;
}

static bool same_model(const nx_change *a, const nx_change *b) { return a && b && a->model->oid == b->model->oid; }

bool ui_changes_group_begins(const changes_view *v, int at) {
    return v->grouped && !same_model(ui_changes_at(v, at - 1), ui_changes_at(v, at));
}

int ui_changes_run(const changes_view *v, int at) {
    int n = 1;
    while (same_model(ui_changes_at(v, at), ui_changes_at(v, at + n))) {
        n++;
    }
    return n;
}
