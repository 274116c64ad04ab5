/* graph.h - the foreign keys of the whole database, while relations are made of them. */
#ifndef NIXIE_CATALOG_GRAPH_H
#define NIXIE_CATALOG_GRAPH_H

#include "model.h"

typedef struct nx_edge { /* one foreign key */
    nx_model *child, *parent;
    const char *name;
    char on_delete, on_update;
    int nfields, first_number; /* attnum of its first column */
    const char **fields;       /* on the child */
    const char **references;   /* on the parent */
    bool unique, indexed;
    bool optional;             /* one of its columns may be NULL */
    bool virtual;              /* no constraint: name is NULL */
} nx_edge;

typedef struct nx_node { /* what the graph needs to know of a model; by its place in the catalog */
    int nout;        /* foreign keys that leave it */
    nx_edge *out[2]; /* the first two of them */
    bool pair_is_unique, second_is_indexed; /* indexes that Prisma's implicit tables have */
} nx_node;

typedef struct nx_graph {
    nx_catalog *catalog;
    nx_edge *edges;
    int nedges;
    nx_node *nodes;
    nx_tally taken; /* (model, name): columns and relations that have the name */
} nx_graph;

/* Puts the two foreign keys of an implicit many-to-many table in order A, B. False when it is none. */
bool nx_graph_joins(const nx_graph *graph, const nx_model *model, nx_edge **a, nx_edge **b);

/* Makes and names the relations of all models. */
void nx_graph_relate(nx_graph *graph);

#endif
