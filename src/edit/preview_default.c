#include "preview_default.h"

#include <string.h>

/* Is what follows the constant nothing but a cast: ::character varying(20)? */
static bool only_cast(const char *s) {
    static const char type[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ \".,()[]";
    return !*s || (strncmp(s, "::", 2) == 0 && s[2 + strspn(s + 2, type)] == '\0');
}

static bool quoted(nx_arena *arena, const char *s, nx_value *out) {
    nx_buf buf = NX_BUF;
    for (s++; *s && (*s != '\'' || s[1] == '\''); s++) {
        s += *s == '\'';
        nx_buf_addc(&buf, *s);
    }
    bool good = *s == '\'' && only_cast(s + 1);
    *out = (nx_value){nx_arena_strndup(arena, buf.data, buf.len), buf.len};
    nx_buf_free(&buf);
    return good;
}

bool preview_default(nx_arena *arena, const nx_field *field, nx_value *out) {
    const char *s = field->default_expression;
    *out = NX_NULL_VALUE;
    if (!s || field->generated || field->identity) {
        return !field->generated && !field->identity && !field->domain;
    }
    if (*s == '\'') {
        return quoted(arena, s, out);
    }
    if (strncmp(s, "NULL", 4) == 0) {
        return only_cast(s + 4);
    }
    size_t len = strspn(s, "0123456789.");
    len = len ? len : strcmp(s, "true") == 0 || strcmp(s, "false") == 0 ? strlen(s) : 0;
    *out = (nx_value){nx_arena_strndup(arena, s, len), len};
    return len > 0 && only_cast(s + len);
}
