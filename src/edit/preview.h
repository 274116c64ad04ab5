/* preview.h - how the effects of staged changes are found: the staged changes as they were (preview_stage.c), the
 * foreign keys that they lead along (preview_plan.c), the question (preview_sql.c), the answer (preview_read.c). */
#ifndef EDIT_PREVIEW_H
#define EDIT_PREVIEW_H

#include "nixie/preview.h"
#include "nixie/trip.h"

typedef enum preview_event { PREVIEW_NOTHING, PREVIEW_DELETED, PREVIEW_UPDATED } preview_event;

typedef struct preview_staged { /* a staged change, copied */
    uint64_t id;
    nx_change_kind kind;
    nx_model *model;
    int nkey;
    const nx_value *key;
    int nfields; /* assigned ones of updates */
    const nx_field **fields;
    const char *filter;
} preview_staged;

/* Records that are followed further along what refers to them: all that go, of one model; or those of one node
 * whose fields change. */
typedef struct preview_set {
    const nx_model *model;
    int node;              /* whose records change; -1: the records that go */
    int depth;
    int ncolumns;          /* what is compared with */
    const nx_field **columns;
    bool deeper;           /* not all of what refers to them is looked at */
} preview_set;

typedef enum preview_kind {
    PREVIEW_ROOT,  /* staged changes */
    PREVIEW_MOVED, /* staged updates that point `key` elsewhere: their records do not refer any more */
    PREVIEW_EDGE   /* what refers to the records of a set */
} preview_kind;

typedef struct preview_node {
    preview_kind kind;
    preview_event event;   /* what happens to its records */
    const nx_model *model;
    int to;                /* the set that its records belong to, -1: they are not followed */
    /* Of staged changes: */
    int nroots;
    int *roots;            /* places in the plan's list of staged changes */
    bool bulk;
    /* Of edges: */
    int from;              /* the set that they refer to */
    const nx_foreign_key *key;
    nx_effect_action action;
    bool update;
    const nx_model *leaf;  /* only what of the set lies in this partition; or NULL */
    const char *uncounted;
    bool guarded;          /* counted only where its table is small */
    nx_effect_refusal refusal; /* of each record that there is */
    const char *why;
    const nx_value *defaults;  /* what the fields are set to, where that is known and not NULL; or NULL */
    int nchanged;
    const nx_field **changed;  /* of PREVIEW_UPDATED */
} preview_node;

enum { PREVIEW_NODES = NX_PREVIEW_NODES * 2, PREVIEW_TOTAL = 5000 };

typedef struct preview_plan {
    nx_arena *arena;
    nx_catalog *catalog;
    bool limited;
    int nstaged;
    preview_staged *staged;
    int n, nsets;
    preview_node nodes[PREVIEW_NODES]; /* staged ones besides edges */
    preview_set sets[PREVIEW_NODES];
} preview_plan;

void preview_stage(preview_plan *plan, const nx_changeset *set);
/* Models that must be described before all nodes can be known; those in `failed` never will. 0: the plan is made. */
int preview_make(preview_plan *plan, nx_model *const *failed, int nfailed, nx_model **needed, int max);

/* Writes the question; false when there is nothing to ask. */
bool preview_sql(const preview_plan *plan, nx_sql *sql);
/* Its columns: a node (of those that go: the edge, PREVIEW_STAGED for staged ones); a staged change's place, or one
 * of these; two counts. */
enum { PREVIEW_COLUMN_NODE, PREVIEW_COLUMN_STAGED, PREVIEW_COLUMN_COUNT, PREVIEW_COLUMN_ALSO };
enum { PREVIEW_STAGED = -1 };
enum { PREVIEW_GUARD = -1, PREVIEW_DEFAULT = -2 };
/* ALSO: of those that refuse, the ones that a cascade deletes too. GUARD: count is 1 when it was counted. DEFAULT:
 * count is 1 when the record that the default names exists and stays. */

/* `why`: nothing could be counted, for this reason; then result is NULL. */
nx_preview *preview_read(const preview_plan *plan, const nx_result *result, const char *why);

const char *preview_index_words(nx_arena *arena, const preview_node *node); /* "no index on Comment (postId)" */
const nx_model *preview_family(const nx_model *model); /* the topmost partitioned one */

#endif
