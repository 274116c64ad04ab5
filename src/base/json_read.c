#include "nixie/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

enum { DEEPEST = 32 };

typedef struct reader {
    const char *at, *end;
    nx_arena *arena;
} reader;

static nx_json *read_any(reader *r, int depth);

static bool eat(reader *r, char c) {
    r->at = nx_json_space(r->at, r->end);
    bool there = r->at < r->end && *r->at == c;
    r->at += there;
    return there;
}

static bool read_text(reader *r, nx_value *value) {
    r->at = nx_json_space(r->at, r->end);
    const char *start = r->at, *stopped;
    if (start == r->end || *start != '"') {
        return false;
    }
    r->at = nx_json_scalar(start, r->end, &stopped);
    return r->at && !nx_json_unescape(start, r->at, true, r->arena, value);
}

static bool read_key(reader *r, const char **key) {
    nx_value name;
    if (!read_text(r, &name) || strlen(name.text) != name.len || !eat(r, ':')) {
        return false;
    }
    *key = name.text;
    return true;
}

/* What stands between the brackets at which the reader has just passed the first. */
static bool read_children(reader *r, nx_json *parent, int depth) {
    char close = parent->kind == NX_JSON_OBJECT ? '}' : ']';
    if (eat(r, close)) {
        return true;
    }
    for (nx_json **tail = &parent->first;; tail = &(*tail)->next) {
        const char *key = NULL;
        if (parent->kind == NX_JSON_OBJECT && !read_key(r, &key)) {
            return false;
        }
        *tail = read_any(r, depth + 1);
        if (!*tail) {
            return false;
        }
        (*tail)->key = key;
        if (eat(r, close)) {
            return true;
        }
        if (!eat(r, ',')) {
            return false;
        }
    }
}

static bool read_scalar(reader *r, nx_json *json) {
    const char *start = r->at, *stopped;
    if (start < r->end && *start == '"') {
        json->kind = NX_JSON_STRING;
        return read_text(r, &json->value);
    }
    r->at = nx_json_scalar(start, r->end, &stopped);
    if (!r->at) {
        return false;
    }
    json->kind = *start == 'n' ? NX_JSON_NULL : *start == 't' ? NX_JSON_TRUE : *start == 'f' ? NX_JSON_FALSE
                                                                                             : NX_JSON_NUMBER;
    size_t len = (size_t)(r->at - start);
    json->value = (nx_value){nx_arena_strndup(r->arena, start, len), len};
    return true;
}

static nx_json *read_any(reader *r, int depth) {
    nx_json *json = nx_arena_alloc(r->arena, sizeof *json);
    bool object = eat(r, '{');
    if (depth == DEEPEST) {
        return NULL;
    }
    if (object || eat(r, '[')) {
        json->kind = object ? NX_JSON_OBJECT : NX_JSON_ARRAY;
        return read_children(r, json, depth) ? json : NULL;
    }
    return read_scalar(r, json) ? json : NULL;
}

const nx_json *nx_json_parse(const char *text, size_t len, nx_arena *arena) {
    reader r = {.at = text, .end = text + len, .arena = arena};
    nx_json *json = read_any(&r, 0);
    return json && nx_json_space(r.at, r.end) == r.end ? json : NULL;
}

const nx_json *nx_json_member(const nx_json *json, const char *key) {
    const nx_json *at = json && json->kind == NX_JSON_OBJECT ? json->first : NULL;
    while (at && strcmp(at->key, key) != 0) {
        at = at->next;
    }
    return at;
}

static bool read_hex(nx_value hex, nx_arena *arena, nx_value *value) {
    char *bytes = nx_arena_alloc(arena, hex.len / 2 + 1);
    for (size_t i = 0; i + 1 < hex.len; i += 2) {
        char four[] = {'0', '0', hex.text[i], hex.text[i + 1]};
        int byte = nx_json_hex4(four, four + sizeof four);
        if (byte < 0) {
            return false;
        }
        bytes[i / 2] = (char)byte;
    }
    *value = (nx_value){bytes, hex.len / 2};
    return hex.len % 2 == 0;
}

bool nx_json_read_value(const nx_json *json, nx_arena *arena, nx_value *value) {
    const nx_json *bytes = nx_json_member(json, "bytes");
    *value = NX_NULL_VALUE;
    if (bytes) {
        return bytes->kind == NX_JSON_STRING && !json->first->next && read_hex(bytes->value, arena, value);
    }
    if (json && json->kind == NX_JSON_STRING) {
        *value = json->value;
        return true;
    }
    return json && json->kind == NX_JSON_NULL;
}

const char *nx_json_text(const nx_json *json, const char *key) {
    const nx_json *member = nx_json_member(json, key);
    bool good = member && member->kind == NX_JSON_STRING && strlen(member->value.text) == member->value.len;
    return good ? member->value.text : NULL;
}

int64_t nx_json_int(const nx_json *json, const char *key, int64_t other) {
    const nx_json *member = nx_json_member(json, key);
    if (!member || member->kind != NX_JSON_NUMBER) {
        return other;
    }
    char *end;
    errno = 0;
    long long number = strtoll(member->value.text, &end, 10);
    return errno || *end ? other : (int64_t)number;
}
