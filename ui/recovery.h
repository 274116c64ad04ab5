/* recovery.h - the journal in the program: opened once it is known which database this is, and what an
 * instance that is gone had staged there is offered. */
#ifndef UI_RECOVERY_H
#define UI_RECOVERY_H

#include "app.h"

/* After the first trip. Says so where no journal can be kept: then nothing can be staged. */
void ui_recovery_start(ui_app *app);
/* Offers again what was kept for later. */
void ui_recovery_open(ui_app *app);
/* Lets go of what is being offered. */
void ui_recovery_free(ui_app *app);

/* "3 updates, 1 insert, 1 delete of Post, User" */
void ui_recovery_summary(const nx_orphan *orphan, nx_buf *out);
/* What each change is: a line for the record, a line for each field. */
void ui_recovery_lines(const nx_orphan *orphan, nx_buf *out);

#endif
