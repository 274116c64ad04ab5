/* orphans.h - what would point nowhere when a record is deleted: relations that only the schema knows. */
#ifndef UI_ORPHANS_H
#define UI_ORPHANS_H

#include "app.h"

/* A record with these values is being deleted: counts what refers to it where no constraint will see to that, and
 * says so. */
void ui_orphans_warn(ui_app *app, nx_model *model, const nx_value *key, const nx_assignment *shown, int n);
/* Nothing is to be said any more. */
void ui_orphans_forget(void);

#endif
