/* turns.h - the order in which the changes of a save run.
 *
 * As they were staged, but inserts before updates before deletions before changes of all that match, and
 * whatever must be there (or gone) first before what needs it.
 */
#ifndef EDIT_TURNS_H
#define EDIT_TURNS_H

#include "nixie/change.h"

typedef struct nx_need { /* places in the changeset: this one has to run before that one */
    int before, after;
} nx_need;

typedef struct nx_needs {
    nx_need *list;
    int n, cap;
} nx_needs;

/* What needs what: staged records that refer to each other, by reference or by value, and values of unique
 * keys that move from one to another. free(needs->list). */
void nx_needs_find(const nx_changeset *set, nx_needs *needs);

/* Fills `order` with the places of all changes. False when some wait for each other in a circle: then only
 * constraints that can be deferred let it pass. */
bool nx_order_changes(const nx_changeset *set, int *order);

#endif
