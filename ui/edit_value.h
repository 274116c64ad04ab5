/* edit_value.h - the parts of editing one value: asking and judging it (edit_value.c), what can be said
 * about a field (edit_field.c), the records a reference may point at (edit_reference.c). */
#ifndef UI_EDIT_VALUE_H
#define UI_EDIT_VALUE_H

#include "edit.h"
#include "input.h"
#include "nixie/rows.h"
#include "nixie/save.h"

/* One value being edited: fetched whole if need be, typed or chosen, judged by the server, staged. At most
 * one at a time; the app owns it. */
struct ui_edit {
    ui_app *app;
    nx_arena *arena;
    ui_target target; /* its key and shown value are copies, its row is not kept */
    nx_assignment *seen; /* what else of the record was on the screen */
    int nseen;
    enum { UI_IN_LINE, UI_IN_EDITOR, UI_SET } how;
    nx_new_kind kind; /* UI_SET */
    ui_view *input, *picker;
    char *typed;      /* what is being judged */
    nx_rows_job *fetching;
    nx_validate_job *judging;
};

enum { UI_STATES_MAX = 2 };

/* edit_field.c */
const nx_change *ui_edit_change(const struct ui_edit *e);
const nx_assignment *ui_edit_assignment(const struct ui_edit *e, const nx_field *field);
/* NULL and DEFAULT, where the field allows them; returns how many. *now is the one it is in, -1 for a text. */
int ui_edit_states(const struct ui_edit *e, ui_input_state states[UI_STATES_MAX], int *now);
nx_new_kind ui_edit_kind_of(const ui_input_state *state);
const char *ui_edit_prompt(const struct ui_edit *e);
const char *const *ui_edit_choices(const struct ui_edit *e);
/* PostgreSQL prints booleans as t and f; people read and type true and false. */
const char *ui_edit_text(const nx_field *field, nx_value value);
/* The name of the field's history, NULL where none is kept: secrets. */
const char *ui_edit_history(const struct ui_edit *e);
const char *ui_edit_extension(const nx_field *field);
/* Where in the text the server stumbled: a 1-based character, 0 unknown. */
int ui_edit_error_position(const nx_error *err, const char *text);

/* edit_reference.c: is it a reference whose records can be offered? */
bool ui_edit_can_choose(const struct ui_edit *e);
void ui_edit_reference(struct ui_edit *e); /* opens the picker on them */

/* edit_value.c */
void ui_edit_open_line(struct ui_edit *e);
/* Stages one field of the record; false when it was refused, which is said. */
bool ui_edit_stage(struct ui_edit *e, const nx_field *field, nx_new_kind kind, nx_value value);
/* The value of another field of the record on the screen; NULL when it is not there whole. */
const nx_value *ui_edit_seen(const struct ui_edit *e, const nx_field *field);
/* What an edit of the field is made against. */
nx_value ui_edit_old(const struct ui_edit *e, const nx_field *field);

#endif
