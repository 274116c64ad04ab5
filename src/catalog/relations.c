/* From foreign keys to relations: two for each key, one seen from either side; for an implicit
 * many-to-many table two that lead through it, and its own references. */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

typedef struct maker {
    nx_graph *graph;
    nx_arena *arena;
    nx_relation **all;
    int count;
    nx_tally alike; /* (model, plain name): how many relations would have it */
} maker;

/* --- making --------------------------------------------------------------------------------------- */

static nx_relation *make(maker *m, nx_relation relation) {
    nx_relation *made = m->all[m->count++] = nx_arena_alloc(m->arena, sizeof *made);
    *made = relation;
    made->model->nrelations++;
    return made;
}

static nx_relation *make_forward(maker *m, const nx_edge *edge) {
    return make(m, (nx_relation){.kind = NX_TO_ONE,
                                 .model = edge->child,
                                 .target = edge->parent,
                                 .constraint = edge->name,
                                 .nfields = edge->nfields,
                                 .fields = edge->fields,
                                 .references = edge->references,
                                 .one_to_one = edge->unique,
                                 .optional = edge->optional,
                                 .indexed = edge->indexed,
                                 .on_delete = edge->on_delete,
                                 .on_update = edge->on_update,
                                 .virtual = edge->virtual});
}

static nx_relation *make_backward(maker *m, const nx_edge *edge) {
    return make(m, (nx_relation){.kind = NX_TO_MANY,
                                 .model = edge->parent,
                                 .target = edge->child,
                                 .constraint = edge->name,
                                 .nfields = edge->nfields,
                                 .fields = edge->references,
                                 .references = edge->fields,
                                 .one_to_one = edge->unique,
                                 .optional = edge->optional,
                                 .indexed = edge->indexed,
                                 .on_delete = edge->on_delete,
                                 .on_update = edge->on_update,
                                 .virtual = edge->virtual});
}

static nx_relation *make_through(maker *m, const nx_edge *from, const nx_edge *to) {
    return make(m, (nx_relation){.kind = NX_MANY_TO_MANY,
                                 .model = from->parent,
                                 .target = to->parent,
                                 .constraint = from->name,
                                 .nfields = 1,
                                 .fields = from->references,
                                 .references = to->references,
                                 .through = from->child,
                                 .through_fields = from->fields,
                                 .through_references = to->fields,
                                 .indexed = from->indexed,
                                 .on_delete = from->on_delete,
                                 .on_update = from->on_update,
                                 .virtual = from->virtual});
}

static void pair(nx_relation *a, nx_relation *b) {
    a->inverse = b;
    b->inverse = a;
}

static void make_all(maker *m) {
    const nx_graph *graph = m->graph;
    for (int i = 0; i < graph->nedges; i++) {
        const nx_edge *edge = &graph->edges[i];
        nx_relation *forward = make_forward(m, edge);
        nx_edge *a, *b;
        if (!edge->child->join_table) {
            pair(forward, make_backward(m, edge));
        } else if (nx_graph_joins(graph, edge->child, &a, &b) && a == edge) {
            pair(make_through(m, a, b), make_through(m, b, a));
        }
    }
}

/* --- naming --------------------------------------------------------------------------------------- */

/* The part of a key column's name that names what it points at: authorId, author_id -> author. NULL
 * when the name does not say. */
static const char *stem(maker *m, const char *column) {
    static const char *const endings[] = {"_id", "_Id", "_ID", "Id", "ID"};
    size_t length = strlen(column);
    for (size_t i = 0; i < NX_COUNT(endings); i++) {
        size_t cut = strlen(endings[i]);
        if (length > cut && strcmp(column + length - cut, endings[i]) == 0) {
            nx_buf name = NX_BUF;
            nx_buf_add(&name, column, length - cut);
            const char *interned = nx_catalog_intern(m->graph->catalog, name.data);
            nx_buf_free(&name);
            return interned;
        }
    }
    return NULL;
}

static const char *plain_name(maker *m, const nx_relation *relation) {
    const char *name = relation->kind == NX_TO_ONE && relation->nfields == 1 ? stem(m, relation->fields[0]) : NULL;
    return name ? name : relation->target->name;
}

/* Relations to one record and relations to many are told apart from each other later: a reference
 * that is alone in its name keeps it, whatever refers back. */
static const void *family(const nx_relation *relation) {
    const char *model = (const char *)relation->model;
    return relation->kind == NX_TO_ONE ? model : model + 1;
}

static void add_path(nx_buf *out, const nx_relation *relation) {
    if (relation->through) {
        nx_buf_adds(out, relation->through->name);
        if (relation->model == relation->target) {
            nx_buf_addf(out, ".%s", relation->through_fields[0]);
        }
        return;
    }
    const char **columns = relation->kind == NX_TO_ONE ? relation->fields : relation->references;
    for (int i = 0; i < relation->nfields; i++) {
        nx_buf_addf(out, i ? ",%s" : "%s", columns[i]);
    }
}

static const char *long_name(maker *m, const nx_relation *relation) {
    nx_buf name = NX_BUF;
    nx_buf_addf(&name, "%s via ", relation->target->name);
    add_path(&name, relation);
    const char *interned = nx_catalog_intern(m->graph->catalog, name.data);
    nx_buf_free(&name);
    return interned;
}

static bool take(maker *m, nx_relation *relation, const char *name) {
    int *users = nx_tally_of(&m->graph->taken, relation->model, name);
    if (*users) {
        return false;
    }
    *users = 1;
    relation->name = relation->plain_name = name;
    return true;
}

/* Two keys over the same columns to the same model, or a column that is called like a relation. */
static void take_numbered(maker *m, nx_relation *relation, const char *name) {
    const void *counter = (const char *)relation->model + 2; /* apart from the families of names */
    int *tried = nx_tally_of(&m->alike, counter, name); /* so that many do not count from one each */
    int number = *tried;
    bool taken = false;
    while (!taken) {
        nx_buf numbered = NX_BUF;
        nx_buf_addf(&numbered, number ? "%s_rel%d" : "%s_rel", name, number + 1);
        number++;
        taken = take(m, relation, nx_catalog_intern(m->graph->catalog, numbered.data));
        nx_buf_free(&numbered);
    }
    *nx_tally_of(&m->alike, counter, name) = number;
}

static void name_relation(maker *m, nx_relation *relation) {
    const char *plain = plain_name(m, relation);
    if (*nx_tally_of(&m->alike, family(relation), plain) == 1 && take(m, relation, plain)) {
        return;
    }
    const char *longer = long_name(m, relation);
    if (!take(m, relation, longer)) {
        take_numbered(m, relation, longer);
    }
}

static void name_all(maker *m) {
    for (int i = 0; i < m->count; i++) {
        ++*nx_tally_of(&m->alike, family(m->all[i]), plain_name(m, m->all[i]));
    }
    for (int kind = NX_TO_ONE; kind <= NX_MANY_TO_MANY; kind++) {
        for (int i = 0; i < m->count; i++) {
            if ((int)m->all[i]->kind == kind) {
                name_relation(m, m->all[i]);
            }
        }
    }
}

/* --- handing out ---------------------------------------------------------------------------------- */

static int by_kind_and_name(const void *left, const void *right) {
    const nx_relation *a = *(nx_relation *const *)left, *b = *(nx_relation *const *)right;
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    return strcmp(a->name, b->name);
}

static void hand_out(maker *m) {
    nx_catalog *catalog = m->graph->catalog;
    for (int i = 0; i < catalog->count; i++) {
        nx_model *model = &catalog->storage[i];
        model->relations = nx_arena_array(m->arena, (size_t)model->nrelations, sizeof(nx_relation *));
        model->nrelations = 0;
        model->graph_known = true;
    }
    for (int i = 0; i < m->count; i++) {
        nx_model *model = m->all[i]->model;
        model->relations[model->nrelations++] = m->all[i];
    }
    for (int i = 0; i < catalog->count; i++) {
        nx_model *model = &catalog->storage[i];
        qsort(model->relations, (size_t)model->nrelations, sizeof(nx_relation *), by_kind_and_name);
    }
}

void nx_graph_relate(nx_graph *graph) {
    maker m = {.graph = graph, .arena = graph->catalog->arena};
    m.all = nx_calloc((size_t)graph->nedges * 3, sizeof(nx_relation *)); /* forward, and at most two besides */
    make_all(&m);
    name_all(&m);
    hand_out(&m);
    nx_tally_free(&m.alike);
    free(m.all);
}
