/* json.h - writing JSON, and reading it without ever converting a value.
 *
 * Numbers are kept as the text they were written in; no double is made anywhere (RFC 8259).
 */
#ifndef NIXIE_JSON_H
#define NIXIE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nixie/error.h"
#include "nixie/sql.h"

/* Appends a JSON string. Control characters (C0, DEL, C1, U+2028/9) are \u-escaped. Bytes that
 * are not valid UTF-8 make the value {"bytes":"hex"} instead. */
void nx_json_string(nx_buf *buf, const char *s, size_t len);
void nx_json_cstring(nx_buf *buf, const char *s);       /* NULL becomes null */
void nx_json_value(nx_buf *buf, nx_value value);        /* SQL NULL becomes null */

/* Reads a JSON array whose elements are strings, numbers, booleans or null, as --key-json gives it.
 * The values are allocated in `arena`; numbers keep their text. Returns the count or -1 with err
 * (NX_ERR_USAGE, position in characters). */
int nx_json_read_array(const char *json, nx_arena *arena, nx_value **values, nx_error *err);

/* A document as a tree, everything in one arena. */
typedef enum nx_json_kind {
    NX_JSON_NULL, NX_JSON_FALSE, NX_JSON_TRUE, NX_JSON_NUMBER, NX_JSON_STRING, NX_JSON_ARRAY, NX_JSON_OBJECT
} nx_json_kind;

typedef struct nx_json {
    nx_json_kind kind;
    const char *key;      /* the member's name (without NUL bytes), or NULL */
    nx_value value;       /* a string without its escapes, a number as written; NUL-terminated */
    struct nx_json *first, *next; /* the elements or members of this one; the one after this one */
} nx_json;

/* Reads what nixie wrote: strict, nested 32 deep at most. NULL when it is anything else. */
const nx_json *nx_json_parse(const char *text, size_t len, nx_arena *arena);
/* The member of an object, or NULL. `json` may be NULL. */
const nx_json *nx_json_member(const nx_json *json, const char *key);
/* What nx_json_value() wrote: a string, {"bytes":hex} or null. False when it is none of them. */
bool nx_json_read_value(const nx_json *json, nx_arena *arena, nx_value *value);
/* A member that is a string without NUL bytes, or NULL. */
const char *nx_json_text(const nx_json *json, const char *key);
/* A member that is a whole number, else `other`. */
int64_t nx_json_int(const nx_json *json, const char *key, int64_t other);

/* One line of an indented document. */
typedef struct nx_json_line {
    const char *text; /* not NUL-terminated: `len` bytes inside the document, or a literal */
    size_t len;
    int depth;        /* nesting, 0 for the outermost */
    size_t closes;    /* for a line that opens an object or array: index of the closing line; else 0 */
    const char *key;  /* the member's name with its quotes as written, or NULL; keylen bytes */
    size_t keylen;
    bool comma;       /* a comma follows */
} nx_json_line;

/* Splits a JSON document into indented lines, values and digits as written. Lines live in `arena`
 * and point into `json`. Returns the number of lines, or -1 when it is not well-formed JSON
 * (then show it as text). Nesting above 10,000 is refused. */
long nx_json_lines(const char *json, size_t len, nx_arena *arena, nx_json_line **lines);

#endif
