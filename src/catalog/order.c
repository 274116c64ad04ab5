#include "model.h"

#include <stdlib.h>
#include <string.h>

bool nx_model_looks_joining(const char *name) {
    const char *to = name[0] == '_' && name[1] ? strstr(name + 2, "To") : NULL;
    return to && to[2];
}

static int schema_order(const nx_model *a, const nx_model *b) {
    if (a->schema == b->schema) {
        return 0;
    }
    bool a_public = strcmp(a->schema, "public") == 0, b_public = strcmp(b->schema, "public") == 0;
    return a_public != b_public ? b_public - a_public : strcmp(a->schema, b->schema);
}

/* Models of a schema laid over come first, in its order. */
static int by_rank(const nx_model *a, const nx_model *b) {
    if ((a->rank == 0) != (b->rank == 0)) {
        return a->rank == 0 ? 1 : -1;
    }
    return a->rank - b->rank;
}

static int by_place_in_list(const void *left, const void *right) {
    const nx_model *a = *(nx_model *const *)left, *b = *(nx_model *const *)right;
    int order = schema_order(a, b);
    order = order ? order : a->join_table - b->join_table;
    order = order ? order : a->ignored - b->ignored;
    order = order ? order : by_rank(a, b);
    order = order ? order : strcmp(a->name, b->name);
    return order ? order : (a->oid > b->oid) - (a->oid < b->oid);
}

typedef struct tree { /* partitions under their parent: places in storage, -1 for none */
    nx_catalog *catalog;
    int *first, *next;
    bool *placed;
    nx_model **out;
    int count;
} tree;

static void place(tree *t, nx_model *model) {
    t->out[t->count++] = model;
    t->placed[nx_catalog_place(model)] = true;
}

/* Walks down and back up along the parents, so that depth costs no stack. */
static void place_with_partitions(tree *t, nx_model *root) {
    nx_model *storage = t->catalog->storage, *model = root;
    place(t, root);
    for (;;) {
        int down = t->first[nx_catalog_place(model)];
        while (down < 0 && model != root) {
            down = t->next[nx_catalog_place(model)];
            model = model->parent;
        }
        if (down < 0) {
            return;
        }
        model = &storage[down];
        place(t, model);
    }
}

static void link_partitions(tree *t) {
    for (int i = 0; i < t->catalog->count; i++) {
        t->first[i] = t->next[i] = -1;
    }
    for (int i = t->catalog->count - 1; i >= 0; i--) {
        nx_model *model = t->catalog->models[i];
        if (model->parent) {
            int place = nx_catalog_place(model), parent = nx_catalog_place(model->parent);
            t->next[place] = t->first[parent];
            t->first[parent] = place;
        }
    }
}

void nx_catalog_sort(nx_catalog *catalog) {
    size_t n = (size_t)catalog->count;
    qsort(catalog->models, n, sizeof *catalog->models, by_place_in_list);
    tree t = {catalog, nx_calloc(n, sizeof(int)), nx_calloc(n, sizeof(int)), nx_calloc(n, sizeof(bool)),
              nx_calloc(n, sizeof(nx_model *)), 0};
    link_partitions(&t);
    for (int i = 0; i < catalog->count; i++) {
        if (!catalog->models[i]->parent) {
            place_with_partitions(&t, catalog->models[i]);
        }
    }
    /* What no root leads to hangs in a ring, which only a lying server can say. */
    for (int i = 0; i < catalog->count; i++) {
        if (!t.placed[nx_catalog_place(catalog->models[i])]) {
            catalog->models[i]->parent = NULL;
            place(&t, catalog->models[i]);
        }
    }
    if (n) {
        memcpy(catalog->models, t.out, n * sizeof *catalog->models);
    }
    free(t.first);
    free(t.next);
    free(t.placed);
    free(t.out);
}

void nx_catalog_resort(nx_catalog *catalog) { nx_catalog_sort(catalog); }

void nx_catalog_sum_leaves(nx_catalog *catalog) {
    for (int i = catalog->count - 1; i >= 0; i--) { /* partitions come after their parent */
        const nx_model *model = catalog->models[i];
        nx_model *parent = model->parent;
        if (parent && model->rows_estimate >= 0) {
            parent->rows_estimate = (parent->rows_estimate < 0 ? 0 : parent->rows_estimate) + model->rows_estimate;
        }
    }
}

static int by_name(const void *left, const void *right) {
    const nx_model *a = *(nx_model *const *)left, *b = *(nx_model *const *)right;
    return strcmp(a->name, b->name);
}

/* Models of one name. A system object never makes a model of the user's carry its schema. */
static void entitle_group(nx_catalog *catalog, nx_model **group, int n) {
    int users = 0;
    for (int i = 0; i < n; i++) {
        users += !group[i]->system;
    }
    for (int i = 0; i < n; i++) {
        if (group[i]->system ? n > 1 : users > 1) {
            group[i]->title = nx_arena_printf(catalog->arena, "%s.%s", group[i]->schema, group[i]->name);
        }
    }
}

void nx_catalog_entitle(nx_catalog *catalog) {
    size_t n = (size_t)catalog->count;
    nx_model **models = nx_calloc(n, sizeof *models);
    if (n) {
        memcpy(models, catalog->models, n * sizeof *models);
    }
    qsort(models, n, sizeof *models, by_name);
    for (int from = 0, to; from < catalog->count; from = to) {
        for (to = from + 1; to < catalog->count && models[to]->name == models[from]->name;) {
            to++;
        }
        entitle_group(catalog, models + from, to - from);
    }
    free(models);
}
