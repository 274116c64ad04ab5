/* The fields that were chosen for models, by numbers: models are made anew whenever the catalog is read again. */
#include <stdlib.h>
#include <string.h>

#include "fields.h"

enum { KEPT_MAX = 128, COUNTED_UNASKED = 8 };

static struct kept {
    uint32_t model;
    int n;
    int *numbers;
    int nrelations; /* -1: not chosen */
    char **relations; /* their names */
} kept[KEPT_MAX];
static int nkept, oldest;

static struct kept *find(uint32_t model) {
    for (int i = 0; i < nkept; i++) {
        if (kept[i].model == model) {
            return &kept[i];
        }
    }
    return NULL;
}

static struct kept *room(uint32_t model) {
    struct kept *k = find(model);
    if (!k && nkept < KEPT_MAX) {
        k = &kept[nkept++];
    } else if (!k) {
        k = &kept[oldest];
        oldest = (oldest + 1) % KEPT_MAX;
    }
    free(k->numbers);
    for (int i = 0; i < k->nrelations; i++) {
        free(k->relations[i]);
    }
    free(k->relations);
    *k = (struct kept){.model = model, .nrelations = -1};
    return k;
}

int ui_fields_readable(const nx_model *model) {
    int n = 0;
    for (int i = 0; i < model->nfields; i++) {
        n += model->fields[i]->can_select ? 1 : 0;
    }
    return n;
}

/* All of them in their own order is no choice: fields that are added later are to be seen. */
static bool is_all(const nx_model *model, nx_field *const *fields, int n) {
    int at = 0;
    for (int i = 0; i < model->nfields; i++) {
        if (model->fields[i]->can_select && (at == n || fields[at++] != model->fields[i])) {
            return false;
        }
    }
    return at == n;
}

/* The first few relations to many: a page is not to pay for more unasked. */
static int unasked(const nx_model *model, const nx_relation **relations) {
    int n = 0;
    for (int i = 0; i < model->nrelations && n < COUNTED_UNASKED; i++) {
        const nx_relation *r = model->relations[i];
        if (r->kind != NX_TO_ONE && r->target->readable) {
            relations[n++] = r;
        }
    }
    return n;
}

static void keep_relations(struct kept *k, const nx_model *model, const ui_fields_choice *choice) {
    const nx_relation *usual[COUNTED_UNASKED];
    int n = unasked(model, usual);
    bool same = n == choice->nrelations;
    for (int i = 0; i < n && same; i++) {
        same = usual[i] == choice->relations[i];
    }
    if (same || !model->graph_known) {
        return;
    }
    k->nrelations = choice->nrelations;
    k->relations = nx_calloc((size_t)k->nrelations + 1, sizeof *k->relations);
    for (int i = 0; i < k->nrelations; i++) {
        k->relations[i] = nx_strdup(choice->relations[i]->name);
    }
}

void ui_fields_keep(const nx_model *model, const ui_fields_choice *choice) {
    struct kept *k = room(model->oid);
    keep_relations(k, model, choice);
    if (is_all(model, choice->fields, choice->n)) {
        return;
    }
    k->numbers = nx_calloc((size_t)choice->n, sizeof *k->numbers);
    for (int i = 0; i < choice->n; i++) {
        k->numbers[k->n++] = choice->fields[i]->number;
    }
}

const nx_relation **ui_fields_counted(const nx_model *model, int *n) {
    const struct kept *k = find(model->oid);
    const nx_relation **found = nx_calloc((size_t)(k && k->nrelations > COUNTED_UNASKED ? k->nrelations : COUNTED_UNASKED) + 1, sizeof *found);
    *n = 0;
    if (!k || k->nrelations < 0) {
        *n = unasked(model, found);
        return found;
    }
    for (int i = 0; i < k->nrelations; i++) {
        for (int r = 0; r < model->nrelations; r++) {
            bool it = model->relations[r]->kind != NX_TO_ONE && strcmp(model->relations[r]->name, k->relations[i]) == 0;
            if (it && model->relations[r]->target->readable) {
                found[(*n)++] = model->relations[r];
                break;
            }
        }
    }
    return found;
}

static nx_field *numbered(const nx_model *model, int number) {
    for (int i = 0; i < model->nfields; i++) {
        if (model->fields[i]->number == number && model->fields[i]->can_select) {
            return model->fields[i];
        }
    }
    return NULL;
}

nx_field **ui_fields_kept(const nx_model *model, int *n) {
    const struct kept *k = find(model->oid);
    *n = 0;
    if (!k || k->n == 0) {
        return NULL;
    }
    nx_field **fields = nx_calloc((size_t)k->n, sizeof *fields);
    for (int i = 0; i < k->n; i++) {
        nx_field *field = numbered(model, k->numbers[i]);
        if (field) {
            fields[(*n)++] = field;
        }
    }
    if (*n == 0) {
        free(fields);
        return NULL;
    }
    return fields;
}
