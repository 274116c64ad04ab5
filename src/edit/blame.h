/* blame.h - whose statement it was, and what to do about it. */
#ifndef EDIT_BLAME_H
#define EDIT_BLAME_H

#include "nixie/change.h"

/* The one change that can have broken this constraint, as its place in the changeset; -1 when none or several
 * can. For constraints that object at the end of the transaction. */
int nx_blame_constraint(const nx_changeset *set, const char *name);

/* Adds what the server leaves unsaid: what became of the save, and the policies that were in the way.
 * `change`: whose statement was refused, NULL when unknown. */
void nx_blame_explain(nx_error *err, const nx_change *change);

#endif
