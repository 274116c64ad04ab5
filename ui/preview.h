/* preview.h - what the database will do when the staged changes are saved: asked in the background, told on the bottom
 * line and under each change. */
#ifndef UI_PREVIEW_H
#define UI_PREVIEW_H

#include "app.h"
#include "doc.h"
#include "nixie/change.h"

/* A deletion was staged: tells on the bottom line what it does, once that is known. */
void ui_preview_staged(ui_app *app, uint64_t change);
/* Looks again: the changes are shown. */
void ui_preview_refresh(ui_app *app);
/* Appends the lines that belong to the change, if there are any. */
void ui_preview_add(const ui_app *app, ui_doc *doc, const nx_change *change, int item);
void ui_preview_free(ui_app *app);

#endif
