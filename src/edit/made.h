/* made.h - assignments that are made as the application would make them. */
#ifndef EDIT_MADE_H
#define EDIT_MADE_H

#include "nixie/change.h"

/* Of a new record: fills at most model->nfields of `list`; returns how many. Texts live in `arena`. */
int nx_made_insert(const nx_model *model, nx_arena *arena, nx_assignment *list);
/* Of one field of a new record; false: nothing is made of it. */
bool nx_made_value(const nx_field *field, nx_arena *arena, nx_assignment *a);
/* Appends to a draft whose assignments have room for model->nfields more. */
void nx_made_update(nx_change *draft, nx_arena *arena);
/* Is there nothing in the change but what was made? Then it is none. */
bool nx_made_alone(const nx_change *change);

#endif
