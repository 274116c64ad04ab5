/* schema.h - the project's Prisma schema, where there is one. */
#ifndef UI_SCHEMA_H
#define UI_SCHEMA_H

#include "nixie/prisma.h"
#include "nixie/source.h"
#include "options.h"

/* Finds and reads it, before anything is connected to. NULL without an error: there is none, or the server
 * is not the project's. NULL with NX_ERR_USAGE or NX_ERR_SYSTEM: it cannot be read; one goes on without it. */
nx_prisma *ui_schema_read(const ui_options *options, nx_error *err);
/* Lays it over a catalog whose list was just loaded. NULL: nothing is laid. */
void ui_schema_lay(nx_prisma *prisma, nx_catalog *catalog, const ui_options *options, const nx_source *source);
/* The model of the command line as a wish to be described with the list: its table by the schema's names or the
 * database's own. False: none was named, or the name needs the list to be understood. Strings in `arena`. */
bool ui_first_wish(const ui_options *options, const nx_source *source, const nx_prisma *prisma, nx_arena *arena,
                   nx_catalog_wish *wish);
/* A column of a model's as nixie names the field, whether or not the model is described. */
const char *ui_schema_column(const nx_model *model, const char *column);

#endif
