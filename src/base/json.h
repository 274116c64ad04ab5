/* json.h - the tokens of JSON (RFC 8259), for this room. */
#ifndef NIXIE_BASE_JSON_H
#define NIXIE_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "nixie/sql.h"

/* What follows the white space at s. */
const char *nx_json_space(const char *s, const char *end);

/* The end of the string, number, true, false or null at s; NULL when there is none, or a malformed one.
 * *stopped is where the reading stopped. */
const char *nx_json_scalar(const char *s, const char *end, const char **stopped);

/* The value of four hexadecimal digits, -1 when they are none. */
int nx_json_hex4(const char *s, const char *end);

/* What a well-formed string, from quote to quote, stands for; allocated in `arena`. NULL when good, else where a
 * character stands that no text can hold: half of a surrogate pair, and U+0000 unless `nul`. */
const char *nx_json_unescape(const char *s, const char *end, bool nul, nx_arena *arena, nx_value *value);

#endif
