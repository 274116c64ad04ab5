/* Cursors as text: base64url of  place (4) | sum (4) | { length + 1 as a varint, 0 for NULL | bytes }.
 * "place" hashes what the cursor belongs to, "sum" the values. It guards against accidents, not against malice: a
 * cursor holds nothing that a filter could not say. */
#include "query.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 8 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* --- hashes (FNV-1a, 32 bits) ---------------------------------------------------------------------- */

static uint32_t hash_bytes(uint32_t hash, const void *bytes, size_t len) {
    const unsigned char *p = bytes;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ p[i]) * 16777619u;
    }
    return hash;
}

/* Its NUL included, so that neighbouring texts do not run together. */
static uint32_t hash_text(uint32_t hash, const char *text) { return hash_bytes(hash, text, strlen(text) + 1); }

static uint32_t hash_scope(uint32_t hash, const nx_query *query) {
    const nx_relation *r = query->scope.relation;
    hash = hash_text(hash, r->constraint ? r->constraint : "");
    for (int i = 0; i < r->nfields; i++) {
        hash = hash_text(hash, r->references[i]);
    }
    for (int i = 0; i < query->scope.nvalues; i++) {
        nx_value v = query->scope.values[i];
        hash = hash_text(hash, nx_is_null(v) ? "-" : "+");
        hash = hash_bytes(hash, v.text, v.len);
    }
    return hash;
}

static uint32_t hash_path(uint32_t hash, const nx_order_term *term) {
    for (int i = 0; i < term->npath; i++) {
        hash = hash_text(hash, term->path[i]->name);
    }
    return hash_text(hash, term->count ? "" : term->field->name);
}

static uint32_t place_of(const nx_query *query) {
    uint32_t hash = 2166136261u;
    hash = hash_text(hash, query->model->schema);
    hash = hash_text(hash, query->model->name);
    for (int i = 0; i < query->nsort; i++) {
        const nx_sort_term *term = &query->sort[i];
        const char flags[] = {term->desc ? 'd' : 'a', term->nulls_first ? 'f' : 'l',
                              query->paging == NX_PAGING_OFFSET ? 'o' : 'k'};
        hash = hash_bytes(hash_text(hash, term->column), flags, sizeof flags);
        hash = term->related ? hash_path(hash, term->related) : hash;
    }
    hash = hash_text(hash, query->filter ? nx_filter_text(query->filter) : "");
    return query->has_scope ? hash_scope(hash, query) : hash;
}

static void put32(unsigned char *p, uint32_t n) {
    for (int i = 0; i < 4; i++) {
        p[i] = (unsigned char)(n >> (8 * i));
    }
}

static uint32_t get32(const unsigned char *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* --- encoding -------------------------------------------------------------------------------------- */

static void add_value(nx_buf *out, nx_value v) {
    size_t n = nx_is_null(v) ? 0 : v.len + 1;
    for (; n >= 0x80; n >>= 7) {
        nx_buf_addc(out, (char)(n & 0x7F) | (char)0x80);
    }
    nx_buf_addc(out, (char)n);
    if (v.text) {
        nx_buf_add(out, v.text, v.len);
    }
}

static char *to_base64(const nx_buf *bytes) {
    nx_buf out = NX_BUF;
    const unsigned char *p = (const unsigned char *)bytes->data;
    for (size_t i = 0; i < bytes->len; i += 3) {
        size_t left = bytes->len - i;
        uint32_t group = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) | (left > 2 ? p[i + 2] : 0);
        for (size_t k = 0; k < (left > 2 ? 4 : left + 1); k++) {
            nx_buf_addc(&out, digits[(group >> (18 - 6 * k)) & 0x3F]);
        }
    }
    char *text = nx_buf_take(&out);
    return text ? text : nx_strdup("");
}

char *nx_cursor_encode(const nx_query *query, const nx_cursor *cursor) {
    static const char head[HEAD];
    nx_buf bytes = NX_BUF;
    nx_buf_add(&bytes, head, HEAD);
    for (int i = 0; i < cursor->nvalues; i++) {
        add_value(&bytes, cursor->values[i]);
    }
    char *text;
    if (nx_buf_failed(&bytes)) {
        text = nx_strdup("");
    } else {
        put32((unsigned char *)bytes.data, place_of(query));
        put32((unsigned char *)bytes.data + 4, hash_bytes(2166136261u, bytes.data + HEAD, bytes.len - HEAD));
        text = to_base64(&bytes);
    }
    nx_buf_free(&bytes);
    return text;
}

/* --- decoding --------------------------------------------------------------------------------------- */

/* The bytes in `arena`; NULL when a character is not of the alphabet or the end is ragged. */
static unsigned char *from_base64(const char *text, nx_arena *arena, size_t *len) {
    size_t n = strlen(text), at = 0;
    unsigned char *out = nx_arena_alloc(arena, n + 1);
    uint32_t group = 0;
    int bits = 0;
    for (size_t i = 0; i < n; i++) {
        const char *digit = strchr(digits, text[i]);
        if (!digit) {
            return NULL;
        }
        group = (group << 6 | (uint32_t)(digit - digits)) & 0xFFFFFF;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[at++] = (unsigned char)(group >> bits);
        }
    }
    *len = at;
    return n % 4 == 1 || (group & ((1u << bits) - 1)) ? NULL : out;
}

static bool read_size(const unsigned char *bytes, size_t len, size_t *at, size_t *size) {
    *size = 0;
    for (unsigned shift = 0; *at < len && shift < 56; shift += 7) {
        unsigned char c = bytes[(*at)++];
        *size |= (size_t)(c & 0x7F) << shift;
        if (c < 0x80) {
            return true;
        }
    }
    return false;
}

static bool read_values(const unsigned char *bytes, size_t len, nx_arena *arena, nx_cursor *cursor) {
    size_t at = HEAD;
    for (int i = 0; i < cursor->nvalues; i++) {
        size_t size;
        if (!read_size(bytes, len, &at, &size) || (size > 0 && size - 1 > len - at)) {
            return false;
        }
        if (size > 0) {
            cursor->values[i] = (nx_value){nx_arena_strndup(arena, (const char *)bytes + at, size - 1), size - 1};
            at += size - 1;
        }
    }
    return at == len;
}

static bool refuse(nx_error *err, const char *why) {
    nx_error_set(err, NX_ERR_USAGE, "%s", why);
    nx_error_hint(err,
                  "use a cursor as it was printed, with the same model, --sort and --filter; or start without one");
    return false;
}

bool nx_cursor_decode(const nx_query *query, const char *text, nx_arena *arena, nx_cursor *cursor, nx_error *err) {
    size_t len = 0;
    unsigned char *bytes = from_base64(text, arena, &len);
    if (!bytes || len < HEAD || get32(bytes + 4) != hash_bytes(2166136261u, bytes + HEAD, len - HEAD)) {
        return refuse(err, "the cursor is damaged");
    }
    if (get32(bytes) != place_of(query)) {
        return refuse(err, "the cursor belongs to another model, order or filter");
    }
    nx_cursor read = {.nvalues = nx_query_cursor_width(query)};
    read.values = nx_arena_array(arena, (size_t)read.nvalues, sizeof *read.values);
    if (!read_values(bytes, len, arena, &read)) {
        return refuse(err, "the cursor is damaged");
    }
    *cursor = read;
    return true;
}
