/* plan.h - the trips that write: where each change's statements stand in them, and what came back.
 *
 * A part is a trip of a limited size, so that neither side has to hold a big save in memory; all parts belong to
 * one transaction, and most saves are one part.
 */
#ifndef EDIT_PLAN_H
#define EDIT_PLAN_H

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

typedef struct nx_save_plan {
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
} nx_save_plan;

void nx_save_plan_make(nx_save_plan *plan, nx_changeset *set);
void nx_save_plan_free(nx_save_plan *plan);

/* Adds the statements of the next part to the trip. */
void nx_save_plan_part(nx_save_plan *plan, nx_trip *trip);
static inline bool nx_save_plan_is_last(const nx_save_plan *plan) { return plan->to == plan->count; }

/* From the beginning, without looking at what is stored. */
void nx_save_plan_again(nx_save_plan *plan);
/* Was it only such a look that failed? */
bool nx_save_plan_looked(const nx_save_plan *plan, int statement);

/* The change whose statement this is in the part, as its place in the changeset; -1 when none's. */
int nx_save_plan_whose(const nx_save_plan *plan, int statement);

/* Judges the changes of the part that were answered: an outcome for each that did not do what it should.
 * Returns the first such, as its place in the changeset, or -1. */
int nx_save_plan_judge(nx_save_plan *plan, const nx_trip *trip);

#endif
