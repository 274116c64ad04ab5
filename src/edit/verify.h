/* verify.h - is the table still the one that the catalog described? Asked inside the save's transaction,
 * when its statements hold the table: dropped and made anew, renamed or altered columns are found before
 * COMMIT. */
#ifndef EDIT_VERIFY_H
#define EDIT_VERIFY_H

#include "nixie/change.h"
#include "nixie/trip.h"

/* Adds the question; returns its index in the trip. */
int nx_verify_ask(nx_trip *trip, const nx_model *model);

/* Compares the answer with what this change was made against. */
bool nx_verify_change(const nx_change *change, const nx_result *answer, nx_error *err);

#endif
