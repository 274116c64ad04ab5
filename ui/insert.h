/* insert.h - staged new records: what will happen to each field, what is missing, whose children they are. */
#ifndef UI_INSERT_H
#define UI_INSERT_H

#include "app.h"
#include "nixie/change.h"
#include "nixie/rows.h"

/* What the save will do with a field of a new record. */
typedef enum ui_fill {
    UI_FILL_VALUE,     /* given: a text */
    UI_FILL_NULL,      /* given: NULL */
    UI_FILL_REFERENCE, /* given: what another new record will have */
    UI_FILL_DEFAULT,   /* its default's expression, or that of its domain or of the table behind a view */
    UI_FILL_IDENTITY,
    UI_FILL_GENERATED,
    UI_FILL_NOTHING,   /* no default: NULL */
    UI_FILL_REQUIRED   /* nothing is given, and the server will refuse that */
} ui_fill;

ui_fill ui_insert_fill(const nx_field *field, const nx_change *change);
/* The same in words; `out` takes the expression, or what else there is to say, "" when nothing. */
const char *ui_insert_words(const nx_field *field, ui_fill fill, nx_buf *out);

/* How many required fields nothing is given for; their names, comma-separated, into `names` (may be NULL). */
int ui_insert_missing(const nx_change *change, nx_buf *names);
/* "1 required field missing" */
void ui_insert_missing_words(const nx_change *change, nx_buf *out);
/* Staged new records that the server would refuse: says which and what they lack, and asks; `yes` is called
 * only when they are to be sent all the same. False when there are none. */
bool ui_insert_ask_missing(ui_app *app, void (*yes)(void *app));

/* Stages a new record of relation->target (described) whose foreign key is filled. 0 when it cannot, said why. */
uint64_t ui_insert_child(ui_app *app, const nx_relation *relation, uint64_t parent, const nx_value *values);
/* Is this field copied to a duplicate? Not what is the server's to fill in, nor what must be unique. */
bool ui_insert_copies(const nx_model *model, const nx_field *field);

/* "new Post", and what was given that tells which. */
void ui_insert_title(const nx_change *change, nx_buf *out);

#endif
