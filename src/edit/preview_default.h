/* preview_default.h - defaults that are constants, read from their expressions. */
#ifndef EDIT_PREVIEW_DEFAULT_H
#define EDIT_PREVIEW_DEFAULT_H

#include "nixie/catalog.h"

/* The value of the field's default as text (in `arena`), NULL where it has none. False when it is not a constant. */
bool preview_default(nx_arena *arena, const nx_field *field, nx_value *out);

#endif
