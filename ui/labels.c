#include "labels.h"

#include <stdlib.h>
#include <string.h>

enum { LABELS_MAX = 512 };

static struct label {
    uint32_t model; /* 0: a staged new record */
    int field;
    uint64_t id;
    char *value, *label;
} labels[LABELS_MAX];
static int next; /* the oldest is forgotten */

static struct label *find(uint32_t model, int field, uint64_t id, const char *value) {
    for (int i = 0; i < LABELS_MAX; i++) {
        struct label *l = &labels[i];
        bool same = l->label && l->model == model && l->field == field && l->id == id;
        if (same && (!value || strcmp(l->value, value) == 0)) {
            return l;
        }
    }
    return NULL;
}

static void keep(struct label label, const char *value, const char *text) {
    struct label *l = find(label.model, label.field, label.id, value);
    if (!l) {
        l = &labels[next];
        next = (next + 1) % LABELS_MAX;
    }
    free(l->value);
    free(l->label);
    *l = label;
    l->value = nx_strdup(value);
    l->label = nx_strdup(text);
}

void ui_labels_keep(const nx_field *field, nx_value value, const char *label) {
    if (value.text && label) {
        keep((struct label){.model = field->model->oid, .field = field->number}, value.text, label);
    }
}

void ui_labels_keep_new(uint64_t id, const char *label) { keep((struct label){.id = id}, NULL, label); }

const char *ui_labels_find(const nx_field *field, nx_value value) {
    const struct label *l = value.text ? find(field->model->oid, field->number, 0, value.text) : NULL;
    return l ? l->label : NULL;
}

const char *ui_labels_find_new(uint64_t id) {
    const struct label *l = find(0, 0, id, NULL);
    return l ? l->label : NULL;
}
