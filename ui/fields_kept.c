/* The fields that were chosen for models, by numbers: models are made anew whenever the catalog is read again. */
#include <stdlib.h>

#include "fields.h"

enum { KEPT_MAX = 128 };

static struct kept {
    uint32_t model;
    int n;
    int *numbers;
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
    *k = (struct kept){.model = model};
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

void ui_fields_keep(const nx_model *model, nx_field *const *fields, int n) {
    struct kept *k = room(model->oid);
    if (is_all(model, fields, n)) {
        return;
    }
    k->numbers = nx_calloc((size_t)n, sizeof *k->numbers);
    for (int i = 0; i < n; i++) {
        k->numbers[k->n++] = fields[i]->number;
    }
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
