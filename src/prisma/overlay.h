/* overlay.h - a schema that is laid over a catalog. */
#ifndef NIXIE_PRISMA_OVERLAY_H
#define NIXIE_PRISMA_OVERLAY_H

#include "nixie/prisma.h"

typedef struct nx_match { /* a model of both */
    const nx_psl_model *psl;
    nx_model *model;
} nx_match;

typedef struct nx_overlay {
    nx_prisma *prisma;
    nx_catalog *catalog; /* which owns this: no reference */
    nx_arena *arena;
    const char *schema;  /* of models that name none */
    bool database_names;
    nx_match *by_oid;    /* sorted by the model's oid */
    nx_match *by_rank;   /* by the place of the schema's model; .model NULL: not in the database */
    int nmatches;
    nx_drift *drift;
    int ndrift, drift_cap;
    int first_unknown;   /* in drift: tables that the schema does not have */
    bool *drifting;      /* by index into by_oid */
} nx_overlay;

nx_overlay *nx_overlay_of(const nx_catalog *catalog); /* NULL when another overlay, or none, is laid */
const nx_match *nx_overlay_match(const nx_overlay *overlay, const nx_model *model); /* NULL: not in the schema */
nx_model *nx_overlay_model(const nx_overlay *overlay, const nx_psl_model *psl);     /* NULL: not in the database */
const char *nx_overlay_schema(const nx_overlay *overlay, const nx_psl_model *psl);
/* The field with this column, NULL when the model has none. */
const nx_psl_field *nx_psl_column(const nx_psl_model *model, const char *column);
bool nx_psl_is_implicit(const nx_psl_field *field); /* one side of an implicit many-to-many relation */
/* "_CategoryToPost", at most 63 bytes; in the arena. */
const char *nx_psl_join_table(const nx_psl_field *field, nx_arena *arena);

nx_model *nx_overlay_join_table(const nx_overlay *overlay, const nx_psl_field *field); /* NULL: there is none */

/* overlay_fields.c */
void nx_overlay_describe(void *owner, nx_model *model);
/* overlay_relations.c: what goes into the catalog before the graph, and what is named with it. */
void nx_overlay_declare(nx_overlay *overlay);
void nx_overlay_relate(nx_overlay *overlay);
/* The field that is this relation, on the side of its model; NULL: the schema has none. */
const nx_psl_field *nx_overlay_relation(const nx_overlay *overlay, const nx_relation *relation);
/* drift.c */
bool nx_overlay_ask(void *owner, nx_catalog *catalog, nx_sql *sql);
void nx_overlay_compare(nx_overlay *overlay, const nx_result *answer);

#endif
