/* A document as indented lines. It is read twice, first to count the lines, so that a large document costs
 * exactly the memory of its lines. Nothing recurses: nesting comes from outside. */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "nixie/json.h"

enum { MAX_DEPTH = 10000 };

typedef struct open_line {
    size_t line;
    char close; /* } or ] */
} open_line;

typedef struct reader {
    const char *s, *end;
    nx_json_line *lines; /* NULL while counting */
    size_t count;
    open_line *open;
    size_t depth, cap;
    const char *key; /* of the value that comes next */
    size_t keylen;
} reader;

static void emit(reader *r, const char *text, size_t len) {
    if (r->lines) {
        r->lines[r->count] =
            (nx_json_line){.text = text, .len = len, .depth = (int)r->depth, .key = r->key, .keylen = r->keylen};
    }
    r->count++;
    r->key = NULL;
    r->keylen = 0;
}

static bool push(reader *r, char close) {
    if (r->depth == MAX_DEPTH) {
        return false;
    }
    if (r->depth == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 16;
        r->open = nx_realloc(r->open, r->cap, sizeof *r->open);
    }
    r->open[r->depth++] = (open_line){.line = r->count - 1, .close = close};
    return true;
}

static void skip(reader *r) { r->s = nx_json_space(r->s, r->end); }

static bool take(reader *r, char c) {
    skip(r);
    bool is = r->s < r->end && *r->s == c;
    r->s += is;
    return is;
}

/* "name": in front of a member. */
static bool read_key(reader *r) {
    skip(r);
    const char *stopped, *start = r->s;
    if (r->s == r->end || *r->s != '"') {
        return false;
    }
    const char *after = nx_json_scalar(r->s, r->end, &stopped);
    if (!after) {
        return false;
    }
    r->key = start;
    r->keylen = (size_t)(after - start);
    r->s = after;
    return take(r, ':');
}

/* Opens an object or array; an empty one is a line of its own. *inside: its first element comes next. */
static bool read_open(reader *r, bool *inside) {
    bool object = *r->s == '{';
    const char *text = r->s++;
    if (take(r, object ? '}' : ']')) {
        emit(r, object ? "{}" : "[]", 2);
        return r->depth < MAX_DEPTH;
    }
    emit(r, text, 1);
    *inside = true;
    return push(r, object ? '}' : ']') && (!object || read_key(r));
}

static bool read_value(reader *r, bool *inside) {
    skip(r);
    *inside = false;
    if (r->s < r->end && (*r->s == '{' || *r->s == '[')) {
        return read_open(r, inside);
    }
    const char *stopped, *start = r->s;
    const char *after = nx_json_scalar(r->s, r->end, &stopped);
    if (!after) {
        return false;
    }
    r->s = after;
    emit(r, start, (size_t)(after - start));
    return true;
}

static void close_one(reader *r) {
    open_line open = r->open[--r->depth];
    if (r->lines) {
        r->lines[open.line].closes = r->count;
    }
    emit(r, open.close == '}' ? "}" : "]", 1);
}

/* After a value: closes what ends here. *more: another element comes. */
static bool read_after(reader *r, bool *more) {
    *more = false;
    while (r->depth > 0) {
        char close = r->open[r->depth - 1].close;
        if (take(r, ',')) {
            if (r->lines) {
                r->lines[r->count - 1].comma = true;
            }
            *more = true;
            return close == ']' || read_key(r);
        }
        if (!take(r, close)) {
            return false;
        }
        close_one(r);
    }
    skip(r);
    return r->s == r->end;
}

static bool read_document(reader *r) {
    bool more = true, inside = false;
    while (more) {
        if (!read_value(r, &inside) || (!inside && !read_after(r, &more))) {
            return false;
        }
    }
    return true;
}

static long read_lines(const char *json, size_t len, nx_json_line *lines) {
    reader r = {.s = json, .end = json + len, .lines = lines};
    bool ok = read_document(&r);
    free(r.open);
    return ok ? (long)r.count : -1;
}

long nx_json_lines(const char *json, size_t len, nx_arena *arena, nx_json_line **lines) {
    long count = read_lines(json, len, NULL);
    if (count < 0 || (size_t)count > SIZE_MAX / sizeof **lines) {
        return -1;
    }
    *lines = nx_arena_try(arena, (size_t)count * sizeof **lines);
    return *lines ? read_lines(json, len, *lines) : -1;
}
