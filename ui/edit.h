/* edit.h - editing one value and staging changes, the same from the grid, the record and the cell view. */
#ifndef UI_EDIT_H
#define UI_EDIT_H

#include "app.h"
#include "nixie/change.h"

typedef struct ui_target { /* the field of a record, or of a staged new record */
    nx_model *model;
    nx_field *field;
    const nx_value *key; /* the record's identity (nkey values); NULL for a staged new record */
    int nkey;
    uint64_t insert_id;  /* a staged new record, else 0 */
    nx_value shown;      /* the value on the screen, or its beginning */
    bool cut;            /* shown is not whole: it is fetched first */
    const nx_row *row;   /* the record on the screen and the query it came by, or NULL: its other values */
    const nx_query *query; /* are compared at the save where the record has no key */
    ui_rect anchor;      /* where it stands on the screen */
    /* Many records at once: what is judged is given to `stage` instead, once for each field it sets; row and
     * key are one of them. */
    bool (*stage)(void *owner, const nx_field *field, nx_new_kind kind, nx_value value);
    void *owner;
    const char *many; /* "12 marked records" */
    bool bulk;        /* it is of all that match, whether they can be told apart or not */
} ui_target;

/* `e`: opens the line editor (or a list of values for enums and booleans) on the value; Enter lets the
 * server judge it and stages it. Says why when the field cannot be edited. The target is copied. */
void ui_edit_value(ui_app *app, const ui_target *target);
/* `x` and `D`. */
void ui_edit_set(ui_app *app, const ui_target *target, nx_new_kind kind);
/* Hands the value to $EDITOR, and stages what comes back. */
void ui_edit_editor(ui_app *app, const ui_target *target);
/* `a`: stages a new record; returns its id, 0 when it cannot (said why). */
uint64_t ui_edit_add(ui_app *app, nx_model *model);
/* `d`: stages or takes back a deletion. `shown` as for nx_changeset_delete. */
void ui_edit_delete(ui_app *app, nx_model *model, const nx_value *key, int nkey, const nx_assignment *shown, int n);
/* u and Ctrl-R. */
/* Takes one change back. */
void ui_edit_unstage(ui_app *app, uint64_t id);
void ui_edit_undo(ui_app *app);
void ui_edit_redo(ui_app *app);
/* W in Changes: saves everything. */
void ui_edit_save(ui_app *app);

/* Why the model, or its field (may be NULL), cannot be edited now: says so. */
bool ui_edit_refused(ui_app *app, const nx_model *model, const nx_field *field, nx_change_kind kind);

/* Drops the edit under way, if any. */
void ui_edit_forget(ui_app *app);

#endif
