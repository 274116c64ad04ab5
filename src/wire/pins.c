/* The settings every segment runs under. Roles and databases may have defaults of their own, and a
 * pooler hands out connections with other people's: text would not come back as it went. */
#include <stdio.h>

#include "session.h"

#define PIN(name, value) "pg_catalog.set_config('" name "', " value ", true)"

/* array_nulls and standard_conforming_strings change what the text that we send means; the timeouts
 * are milliseconds. */
#define PINS                                                                                                           \
    "SELECT " PIN("extra_float_digits", "'1'") ", " PIN("DateStyle", "'ISO, YMD'") ", " PIN(                           \
        "IntervalStyle",                                                                                               \
        "'postgres'") ", " PIN("bytea_output",                                                                         \
                               "'hex'") ", " PIN("array_nulls",                                                        \
                                                 "'on'") ", " PIN("standard_conforming_strings",                       \
                                                                  "'on'") ", " PIN("statement_timeout",                \
                                                                                   "$1") ", " PIN("lock_timeout",      \
                                                                                                  "$2") ", " PIN("Tim" \
                                                                                                                 "eZo" \
                                                                                                                 "ne", \
                                                                                                                 "COA" \
                                                                                                                 "LES" \
                                                                                                                 "CE(" \
                                                                                                                 "$3:" \
                                                                                                                 ":pg" \
                                                                                                                 "_ca" \
                                                                                                                 "tal" \
                                                                                                                 "og." \
                                                                                                                 "tex" \
                                                                                                                 "t, " \
                                                                                                                 "pg_" \
                                                                                                                 "cat" \
                                                                                                                 "alo" \
                                                                                                                 "g."  \
                                                                                                                 "cur" \
                                                                                                                 "ren" \
                                                                                                                 "t_"  \
                                                                                                                 "set" \
                                                                                                                 "tin" \
                                                                                                                 "g('" \
                                                                                                                 "Tim" \
                                                                                                                 "eZo" \
                                                                                                                 "ne'" \
                                                                                                                 "))")

/* A database in SQL_ASCII may hold bytes that are not UTF-8; under any other client_encoding one such
 * byte would fail a whole page. */
#define PIN_ENCODING                                                                                                   \
    ", " PIN("client_encoding",                                                                                        \
             "CASE pg_catalog.getdatabaseencoding() WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END")

bool wire_pins_send(nx_session *s) {
    char statement_timeout[24], lock_timeout[24];
    snprintf(statement_timeout, sizeof statement_timeout, "%d", s->statement_timeout_ms);
    snprintf(lock_timeout, sizeof lock_timeout, "%d", s->lock_timeout_ms);
    const char *values[] = {statement_timeout, lock_timeout, s->timezone};
    bool other_bytes = !s->server || s->sql_ascii;
    return PQsendQueryParams(s->conn, other_bytes ? PINS PIN_ENCODING : PINS, 3, NULL, values, NULL, NULL, 0);
}
