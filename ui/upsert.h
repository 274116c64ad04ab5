/* upsert.h - a staged new record whose unique key exists: the offer to make it an update of that record. */
#ifndef UI_UPSERT_H
#define UI_UPSERT_H

#include "app.h"
#include "nixie/catalog.h"

/* A field of the staged insert was set (NULL: its save was refused): looks in the background, and asks where a record
 * with this key exists. */
void ui_upsert_look(ui_app *app, uint64_t insert, const nx_field *field);
void ui_upsert_free(ui_app *app);

#endif
