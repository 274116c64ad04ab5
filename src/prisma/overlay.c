/* Matching the models of a schema with those of a catalog. */
#include "overlay.h"

#include <stdlib.h>
#include <string.h>

/* --- looking up ------------------------------------------------------------------------------------- */

nx_overlay *nx_overlay_of(const nx_catalog *catalog) {
    const nx_catalog_overlay *laid = nx_catalog_laid(catalog);
    return laid && laid->described == nx_overlay_describe ? laid->owner : NULL;
}

static int oid_against_match(const void *key, const void *match) {
    uint32_t a = *(const uint32_t *)key, b = ((const nx_match *)match)->model->oid;
    return (a > b) - (a < b);
}

const nx_match *nx_overlay_match(const nx_overlay *overlay, const nx_model *model) {
    return bsearch(&model->oid, overlay->by_oid, (size_t)overlay->nmatches, sizeof *overlay->by_oid, oid_against_match);
}

nx_model *nx_overlay_model(const nx_overlay *overlay, const nx_psl_model *psl) {
    return psl ? overlay->by_rank[psl->rank].model : NULL;
}

const char *nx_overlay_schema(const nx_overlay *overlay, const nx_psl_model *psl) {
    return psl->schema ? psl->schema : overlay->schema;
}

const nx_psl_field *nx_psl_column(const nx_psl_model *model, const char *column) {
    for (int i = 0; i < model->nfields; i++) {
        if (model->fields[i].column && strcmp(model->fields[i].column, column) == 0) {
            return &model->fields[i];
        }
    }
    return NULL;
}

const nx_prisma *nx_prisma_of(const nx_catalog *catalog) {
    const nx_overlay *overlay = nx_overlay_of(catalog);
    return overlay ? overlay->prisma : NULL;
}

int nx_prisma_matched(const nx_catalog *catalog) {
    const nx_overlay *overlay = nx_overlay_of(catalog);
    return overlay ? overlay->nmatches : 0;
}

const nx_psl_model *nx_prisma_model(const nx_model *model) {
    const nx_overlay *overlay = nx_overlay_of(model->catalog);
    const nx_match *match = overlay ? nx_overlay_match(overlay, model) : NULL;
    return match ? match->psl : NULL;
}

const nx_psl_field *nx_prisma_field(const nx_field *field) {
    const nx_psl_model *psl = nx_prisma_model(field->model);
    return psl ? nx_psl_column(psl, field->name) : NULL;
}

const char *nx_prisma_column(const nx_model *model, const char *column) {
    const nx_overlay *overlay = nx_overlay_of(model->catalog);
    const nx_match *match = overlay && !overlay->database_names ? nx_overlay_match(overlay, model) : NULL;
    const nx_psl_field *field = match ? nx_psl_column(match->psl, column) : NULL;
    return field ? field->name : column;
}

int nx_prisma_models(const nx_prisma *prisma) {
    int n = 0;
    for (int i = 0; i < prisma->nmodels; i++) {
        n += !prisma->models[i].composite;
    }
    return n;
}

/* --- matching --------------------------------------------------------------------------------------- */

static int by_oid(const void *left, const void *right) {
    uint32_t a = ((const nx_match *)left)->model->oid, b = ((const nx_match *)right)->model->oid;
    return (a > b) - (a < b);
}

typedef struct wanted { /* a table that the schema says there is */
    const char *schema, *table;
    const nx_psl_model *psl;
} wanted;

static int by_table(const void *left, const void *right) {
    const wanted *a = left, *b = right;
    int order = strcmp(a->table, b->table);
    return order ? order : strcmp(a->schema, b->schema);
}

static void match_models(nx_overlay *overlay) {
    const nx_prisma *prisma = overlay->prisma;
    wanted *tables = nx_calloc((size_t)prisma->nmodels + 1, sizeof *tables);
    size_t n = 0;
    for (int i = 0; i < prisma->nmodels; i++) {
        const nx_psl_model *psl = &prisma->models[i];
        overlay->by_rank[i].psl = psl;
        if (!psl->composite) {
            tables[n++] = (wanted){nx_overlay_schema(overlay, psl), psl->table, psl};
        }
    }
    qsort(tables, n, sizeof *tables, by_table);
    for (int i = 0; i < nx_catalog_count(overlay->catalog); i++) {
        nx_model *model = nx_catalog_model(overlay->catalog, i);
        const wanted key = {model->schema, model->name, NULL};
        const wanted *found = bsearch(&key, tables, n, sizeof *tables, by_table);
        if (found && !overlay->by_rank[found->psl->rank].model) {
            overlay->by_rank[found->psl->rank].model = model;
            overlay->by_oid[overlay->nmatches++] = (nx_match){found->psl, model};
        }
    }
    qsort(overlay->by_oid, (size_t)overlay->nmatches, sizeof *overlay->by_oid, by_oid);
    free(tables);
}

/* A table that the schema does not have must not be called like a model that it has. */
static void rename_others(const nx_overlay *overlay) {
    for (int i = 0; i < nx_catalog_count(overlay->catalog); i++) {
        nx_model *model = nx_catalog_model(overlay->catalog, i);
        const nx_psl_model *alike = model->alias ? NULL : nx_psl_find_model(overlay->prisma, model->title);
        if (alike && nx_overlay_model(overlay, alike)) {
            model->title = nx_arena_printf(overlay->arena, "%s.%s", model->schema, model->name);
        }
    }
}

static void name_models(const nx_overlay *overlay) {
    for (int i = 0; i < overlay->nmatches; i++) {
        nx_model *model = overlay->by_oid[i].model;
        const nx_psl_model *psl = overlay->by_oid[i].psl;
        model->ignored = psl->ignored;
        model->alias = model->title = psl->name;
        model->rank = psl->rank + 1;
        model->system = false; /* whoever writes it down wants to see it */
    }
    rename_others(overlay);
    nx_catalog_resort(overlay->catalog);
}

/* --- the whole -------------------------------------------------------------------------------------- */

static void related(void *owner, nx_catalog *catalog, const nx_result *answer) {
    nx_overlay *overlay = owner;
    (void)catalog;
    nx_overlay_relate(overlay);
    nx_overlay_compare(overlay, answer);
}

static void free_overlay(void *owner) {
    nx_overlay *overlay = owner;
    nx_prisma_free(overlay->prisma);
    free(overlay->drift);
    nx_arena_free(overlay->arena);
    free(overlay);
}

void nx_prisma_lay(nx_prisma *prisma, nx_catalog *catalog, const nx_overlay_wish *wish) {
    nx_overlay *overlay = nx_calloc(1, sizeof *overlay);
    size_t n = (size_t)prisma->nmodels + 1;
    overlay->prisma = nx_prisma_ref(prisma);
    overlay->catalog = catalog;
    overlay->arena = nx_arena_new(0);
    overlay->schema = nx_arena_strdup(overlay->arena, wish->schema ? wish->schema : "public");
    overlay->database_names = wish->database_names;
    overlay->by_oid = nx_arena_array(overlay->arena, n, sizeof(nx_match));
    overlay->by_rank = nx_arena_array(overlay->arena, n, sizeof(nx_match));
    overlay->drifting = nx_arena_array(overlay->arena, n, sizeof(bool));
    match_models(overlay);
    if (!overlay->database_names) {
        name_models(overlay);
    }
    nx_catalog_lay(catalog, &(nx_catalog_overlay){.described = nx_overlay_describe,
                                                  .ask = nx_overlay_ask,
                                                  .related = related,
                                                  .free = free_overlay,
                                                  .owner = overlay});
    nx_overlay_declare(overlay);
}
