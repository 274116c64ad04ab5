/* The array of scalars that stands for a key: ["a", 12, null]. */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "nixie/json.h"

typedef struct reader {
    const char *json, *end;
    nx_arena *arena;
    nx_error *err;
} reader;

static bool bad(const reader *r, const char *at, const char *what) {
    nx_error_set(r->err, NX_ERR_USAGE, "%s", what);
    nx_error_hint(r->err, "an example: [\"a\", 12, null]");
    r->err->position = 1;
    for (const char *s = r->json; s < at; s++) {
        r->err->position += ((unsigned char)*s & 0xC0) != 0x80;
    }
    return false;
}

/* A well-formed string, from quote to quote, without its escapes. */
static bool read_string(const reader *r, const char *s, const char *end, nx_value *value) {
    const char *stopped = nx_json_unescape(s, end, false, r->arena, value);
    return !stopped || bad(r, stopped, "a text cannot hold this character (U+0000, or half of a surrogate pair)");
}

/* The element at s into *value; NULL after an error, else what follows it. */
static const char *read_element(const reader *r, const char *s, nx_value *value) {
    const char *stopped;
    const char *after = nx_json_scalar(s, r->end, &stopped);
    if (!after) {
        bool nested = s < r->end && (*s == '[' || *s == '{');
        return bad(r, stopped, nested ? "an array or object cannot be part of a key" : "malformed JSON"), NULL;
    }
    if (*s == '"') {
        return read_string(r, s, after, value) ? after : NULL;
    }
    size_t len = (size_t)(after - s);
    *value = *s == 'n' ? NX_NULL_VALUE : (nx_value){nx_arena_strndup(r->arena, s, len), len};
    return after;
}

/* More elements than there can be: one more than commas. */
static size_t most(const char *json) {
    size_t n = 1;
    for (; *json; json++) {
        n += *json == ',';
    }
    return n;
}

static int read_elements(const reader *r, const char *s, nx_value *values) {
    int count = 0;
    s = nx_json_space(s, r->end);
    if (s < r->end && *s == ']') {
        s = nx_json_space(s + 1, r->end);
        return s == r->end ? 0 : (bad(r, s, "something follows the JSON array"), -1);
    }
    for (;; s++) {
        s = read_element(r, nx_json_space(s, r->end), &values[count]);
        if (!s) {
            return -1;
        }
        count++;
        s = nx_json_space(s, r->end);
        if (s == r->end || *s != ',') {
            break;
        }
    }
    if (s == r->end || *s != ']') {
        return bad(r, s, "malformed JSON: expected , or ]"), -1;
    }
    s = nx_json_space(s + 1, r->end);
    return s == r->end ? count : (bad(r, s, "something follows the JSON array"), -1);
}

int nx_json_read_array(const char *json, nx_arena *arena, nx_value **values, nx_error *err) {
    reader r = {.json = json, .end = json + strlen(json), .arena = arena, .err = err};
    const char *s = nx_json_space(json, r.end);
    if (s == r.end || *s != '[') {
        return bad(&r, s, "not a JSON array"), -1;
    }
    size_t n = most(json);
    if (n > INT_MAX) {
        return bad(&r, s, "too many values"), -1;
    }
    *values = nx_arena_array(arena, n, sizeof **values);
    return read_elements(&r, s + 1, *values);
}
