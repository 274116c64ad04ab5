/* result.h - a libpq result as the upper rooms see it. */
#ifndef WIRE_RESULT_H
#define WIRE_RESULT_H

#include <libpq-fe.h>

#include "nixie/trip.h"

nx_result *wire_result_new(PGresult *res); /* takes it over */

#endif
