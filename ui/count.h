/* count.h - exact counts, on a connection of their own that is there only while one is counted: what the user does
 * meanwhile does not wait for it. One count at a time. */
#ifndef UI_COUNT_H
#define UI_COUNT_H

#include "app.h"
#include "nixie/rows.h"

/* Called once, unless the count was dropped or cancelled. */
typedef void ui_count_done(void *owner, int64_t count, const nx_error *err);

/* A count that is under way already is given up. */
void ui_count_start(ui_app *app, const nx_query *query, ui_count_done *done, void *owner);
/* How long it has been counting for this owner (NULL: for anyone), -1: it does not. */
int64_t ui_count_elapsed_ms(const ui_app *app, const void *owner);
/* Tells the server to stop, and nobody of the result. */
void ui_count_cancel(ui_app *app);
/* The same where it is this owner's, who goes away. */
void ui_count_drop(ui_app *app, const void *owner);

/* For the loop. */
void ui_count_wait(const ui_app *app, nx_wait *wait);
void ui_count_step(ui_app *app, const nx_wait *wait);
void ui_count_free(ui_app *app);

#endif
