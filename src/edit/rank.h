/* rank.h - which models' records are deleted first: those that refer before those they refer to, however many
 * models lie between. Otherwise a deletion would take along what is still to be deleted.
 */
#ifndef EDIT_RANK_H
#define EDIT_RANK_H

#include "nixie/change.h"

typedef struct nx_ranks {
    const nx_model **list; /* in the order of deletion */
    int n, cap;
} nx_ranks;

/* Of the models that records are to be deleted from. free(ranks->list). */
void nx_ranks_find(const nx_changeset *set, nx_ranks *ranks);
/* The model's place; for a model that is not among them the end. */
int nx_ranks_of(const nx_ranks *ranks, const nx_model *model);

#endif
