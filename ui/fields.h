/* fields.h - which fields of a model are shown, and in which order: the overlay to choose them. */
#ifndef UI_FIELDS_H
#define UI_FIELDS_H

#include "app.h"
#include "nixie/catalog.h"

typedef struct ui_fields_choice {
    nx_field *const *fields; /* at least one */
    int n;
    const nx_relation *const *relations; /* to-many and many-to-many, whose counts are shown after the fields */
    int nrelations;
} ui_fields_choice;

typedef struct ui_fields_options {
    nx_model *model;
    nx_field *const *shown; /* as they are now; copied */
    int nshown;
    nx_field *cursor;       /* where the cursor stands; may be NULL */
    bool relations;         /* are to be chosen too; those shown now: */
    const nx_relation *const *counted;
    int ncounted;
    const nx_relation *cursor_relation;
    /* The overlay is already closed. */
    void (*chosen)(void *owner, const ui_fields_choice *choice);
    void *owner;
} ui_fields_options;

/* Space shows and hides, J and K move, / narrows, a is all, Enter applies. */
ui_view *ui_fields_open(ui_app *app, const ui_fields_options *options);

/* What was chosen for a model is remembered while the program runs. */
void ui_fields_keep(const nx_model *model, const ui_fields_choice *choice);
/* The fields chosen for it that are still there and readable, malloc'ed; NULL: nothing was chosen, all of them. */
nx_field **ui_fields_kept(const nx_model *model, int *n);

/* The relations to count, malloc'ed: those chosen, else the first few that lead to many. The graph is known. */
const nx_relation **ui_fields_counted(const nx_model *model, int *n);

/* How many of the model's fields can be read. */
int ui_fields_readable(const nx_model *model);

#endif
