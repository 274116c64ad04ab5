/* values.h - the values that a field has, with counts: to look at, and to filter by. */
#ifndef UI_VALUES_H
#define UI_VALUES_H

#include "app.h"
#include "nixie/rows.h"

typedef struct ui_values_options {
    const nx_query *query; /* copied */
    nx_field *field;
    int64_t rows;          /* how many rows the query has, as far as is known; -1 */
    /* Chosen, with `without` to be left out. The overlay is already closed; the value lives until this returns. */
    void (*chosen)(void *owner, nx_field *field, nx_value value, bool without);
    void *owner;
} ui_values_options;

ui_view *ui_values_open(ui_app *app, const ui_values_options *options);

#endif
