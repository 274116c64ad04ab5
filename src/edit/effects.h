/* effects.h - what a save did beyond its own changes: cascades and triggers.
 *
 * The server counts for each table what a transaction did to it. Asked at its beginning and at its end, inside
 * the trips that are made anyway, this is exact whatever caused it, and costs nothing for each record.
 */
#ifndef EDIT_EFFECTS_H
#define EDIT_EFFECTS_H

#include "nixie/save.h"
#include "nixie/trip.h"

/* False where the counters cannot be told from the changes themselves (through views), or would cost too much. */
bool nx_effects_counted(const nx_changeset *set);

/* Adds the question; returns its index in the trip. */
int nx_effects_ask(nx_trip *trip);

/* "12 Comment deleted by cascade, 3 Post set NULL": the difference, less what the saved changes did themselves.
 * From the arena; NULL when there is nothing to tell. */
const char *nx_effects_tell(nx_arena *arena, const nx_saved_change *saved, int n, const nx_changeset *set,
                            const nx_result *before, const nx_result *after);

#endif
