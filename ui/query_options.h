/* query_options.h - the rows that the command line asks for. */
#ifndef UI_QUERY_OPTIONS_H
#define UI_QUERY_OPTIONS_H

#include "nixie/rows.h"
#include "options.h"

/* --fields, --order and --where; what they need of the catalog is known. False with err. */
bool ui_query_options(nx_query *query, const ui_options *options, nx_error *err);

#endif
