/* export.h - all rows of a view into a file, while one goes on. One export at a time. */
#ifndef UI_EXPORT_H
#define UI_EXPORT_H

#include "app.h"
#include "nixie/rows.h"

/* `X`: asks for the format and the file, then exports the query's rows: its filter, scope, order and fields. */
void ui_export_ask(ui_app *app, const nx_query *query);
/* `X` on a value: asks for the file, then writes all of it, byte for byte. `bytes`: it is at hand; NULL: it is read. */
void ui_export_value_ask(ui_app *app, nx_field *field, const nx_value *key, int nkey, nx_value bytes);
/* Appends what is done so far: "exporting 12,000 of ~1.2M rows". False: none is under way. */
bool ui_export_progress(const ui_app *app, char *out, size_t size);
/* Gives it up, and says so; an old file stays as it was. */
void ui_export_cancel(ui_app *app);
void ui_export_free(ui_app *app);

#endif
