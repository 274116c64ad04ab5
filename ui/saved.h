/* saved.h - what a save did, in words. */
#ifndef UI_SAVED_H
#define UI_SAVED_H

#include "app.h"
#include "nixie/save.h"

/* "saved 3 changes · 12 Comment deleted by cascade · the server changed 2 fields (E: more)" */
void ui_saved_tell(ui_app *app, const nx_save_report *report);
/* What the last save did, field by field; false when there is nothing to show. */
bool ui_saved_open(ui_app *app);

/* "saving 3,000 of 10,000", while there is something to tell; else nothing. */
void ui_saving_progress(const ui_app *app, char *out, size_t size);

#endif
