/* result.h - a libpq result as the upper rooms see it. */
#ifndef WIRE_RESULT_H
#define WIRE_RESULT_H

#include <libpq-fe.h>

#include "nixie/trip.h"

/* Takes it over. `packed`: by nx_sql_entry; what is malformed stays as it came. */
nx_result *wire_result_new(PGresult *res, bool packed);

#endif
