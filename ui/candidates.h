/* candidates.h - the records that a foreign key may point at, offered while its value is typed. */
#ifndef UI_CANDIDATES_H
#define UI_CANDIDATES_H

#include "app.h"

typedef struct ui_candidates ui_candidates;

/* NULL when the field is no reference of a single field, or its target may not be read. */
ui_candidates *ui_candidates_new(ui_app *app, const nx_field *field);
/* Looks for records whose key begins with `text` or whose label contains it, and offers them to the
 * line editor (ui_input_offer). What was asked before is dropped. */
void ui_candidates_ask(ui_candidates *c, ui_view *input, const char *text);
/* The text was altered: what was asked no longer matters. */
void ui_candidates_drop(ui_candidates *c);
void ui_candidates_free(ui_candidates *c); /* NULL is allowed */

#endif
