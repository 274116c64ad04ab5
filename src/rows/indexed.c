#include "keyset.h"

#include <string.h>

/* The planner does not know that a NOT NULL column has no NULLs to place: for such a term any placement will do, but
 * the one of the index must be asked for. For a nullable first term another placement will do as well, if the rows with
 * NULL are read apart. */
static bool term_fits(const nx_sort_term *term, const nx_index *index, int at, bool turned) {
    return index->fields[at] && index->fields[at] == term->field && (index->desc[at] != turned) == term->desc;
}

static bool nulls_fit(const nx_sort_term *term, const nx_index *index, int at, bool turned) {
    return !term->nullable || (index->nulls_first[at] != turned) == term->nulls_first;
}

static bool fixed_by_scope(const nx_query *query, const nx_field *field) {
    if (!query->has_scope || !field || query->scope.relation->kind == NX_MANY_TO_MANY) {
        return false;
    }
    const nx_relation *r = query->scope.relation;
    for (int i = 0; i < r->nfields; i++) {
        if (nx_model_field(query->model, r->references[i]) == field) {
            return true;
        }
    }
    return false;
}

static void match(const nx_query *query, const nx_index *index, bool turned, nx_serving *found) {
    int at = 0;
    while (at < index->nfields && !term_fits(&query->sort[0], index, at, turned) &&
           fixed_by_scope(query, index->fields[at])) {
        at++; /* rows of one scope lie together in such an index */
    }
    for (int i = 0; i < query->nsort && at < index->nfields; i++, at++) {
        const nx_sort_term *term = &query->sort[i];
        bool fits = term_fits(term, index, at, turned);
        bool placed = fits && nulls_fit(term, index, at, turned);
        if (!placed && (!fits || i > 0)) {
            return;
        }
        found->split |= !placed;
        found->nulls_first[i] = index->nulls_first[at] != turned;
        found->matched = i + 1;
    }
}

static void own_nulls(const nx_query *query, nx_serving *serving) {
    *serving = (nx_serving){.matched = 0};
    for (int i = 0; i < query->nsort; i++) {
        const nx_sort_term *term = &query->sort[i];
        serving->nulls_first[i] = term->nullable ? term->nulls_first : term->desc;
    }
}

static bool better(const nx_serving *a, const nx_serving *b) {
    return a->matched > b->matched || (a->matched == b->matched && b->split && !a->split);
}

void nx_query_serving(const nx_query *query, nx_serving *best) {
    const nx_model *model = query->model;
    own_nulls(query, best);
    for (int i = 0; query->nsort && i < model->nindexes; i++) {
        const nx_index *index = model->indexes[i];
        bool ordered = index->method && strcmp(index->method, "btree") == 0 && index->valid && !index->partial;
        for (int turned = 0; ordered && index->plain_order && turned < 2; turned++) {
            nx_serving found;
            own_nulls(query, &found);
            match(query, index, turned, &found);
            if (better(&found, best)) {
                *best = found;
            }
        }
    }
}

/* A view's key is its base table's. */
static bool sorts_by_identity(const nx_query *query) {
    for (int i = 0; i < query->nsort; i++) {
        if (!query->sort[i].field || !nx_field_in_identity(query->sort[i].field)) {
            return false;
        }
    }
    return query->nsort > 0;
}

bool nx_query_indexed(const nx_query *query) {
    if (query->paging == NX_PAGING_TUPLE || (query->paging == NX_PAGING_OFFSET && query->nsort == 0)) {
        return true;
    }
    if (query->model->kind == NX_KIND_VIEW || query->model->kind == NX_KIND_FOREIGN) {
        return sorts_by_identity(query);
    }
    nx_serving serving;
    nx_query_serving(query, &serving);
    return serving.matched > 0;
}
