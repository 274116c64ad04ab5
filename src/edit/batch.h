/* batch.h - the trips that write: where each change's statements stand in them, and what came back.
 *
 * A part is a trip of a limited size, so that neither side has to hold a big save in memory; all parts belong to
 * one transaction, and most saves are one part.
 */
#ifndef EDIT_BATCH_H
#define EDIT_BATCH_H

#include "carry.h"
#include "changeset.h"
#include "nixie/save.h"
#include "nixie/trip.h"
#include "stored.h"

typedef struct nx_place { /* a change's statements in its trip; -1: none */
    int statement, look, stored, verify;
    int stored_column; /* in `look`, 0 when it does not say */
} nx_place;

typedef struct nx_verified {
    const nx_model *model;
    int statement;
} nx_verified;

typedef struct nx_batch {
    nx_changeset *set;
    int count;
    int *order;        /* places in the changeset, in the order in which they run */
    bool circle;       /* some wait for each other */
    bool bare;         /* what is stored is not looked at: a column that does not matter is gone */
    nx_wanted_list wanted;
    int from, to;      /* the part under way: order[from] up to order[to] */
    nx_place *places;  /* of the part */
    nx_verified *verified; /* the models of the part */
    int nverified;
    int transaction_at, before_at, after_at; /* the statements around; -1: not in this part */
    nx_arena *arena;
    nx_result *before; /* the counters at the beginning */
    nx_saved_change *saved; /* as far as judged, in the order in which they ran */
} nx_batch;

void nx_batch_make(nx_batch *batch, nx_changeset *set);
void nx_batch_free(nx_batch *batch);

/* Adds the statements of the next part to the trip. */
void nx_batch_part(nx_batch *batch, nx_trip *trip);
static inline bool nx_batch_is_last(const nx_batch *batch) { return batch->to == batch->count; }

/* From the beginning, without looking at what is stored. */
void nx_batch_again(nx_batch *batch);
/* Was it only such a look that failed? */
bool nx_batch_looked(const nx_batch *batch, int statement);

/* The change whose statement this is in the part, as its place in the changeset; -1 when none's. */
int nx_batch_whose(const nx_batch *batch, int statement);

/* Judges the changes of the part that were answered: an outcome for each that did not do what it should.
 * Returns the first such, as its place in the changeset, or -1. */
int nx_batch_judge(nx_batch *batch, const nx_trip *trip);

#endif
