#include "describe.h"

#include <string.h>

/* The end of "name" or name, as format('%I') writes it; NULL when it is neither. */
static const char *after_name(const char *s) {
    if (*s != '"') {
        size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");
        return n ? s + n : NULL;
    }
    for (s++; *s; s++) {
        if (*s == '"' && *++s != '"') {
            return s;
        }
    }
    return NULL;
}

const char *nx_operator_text(const char *text) {
    static const char head[] = "OPERATOR(";
    if (!text || strncmp(text, head, strlen(head)) != 0) {
        return NULL;
    }
    const char *dot = after_name(text + strlen(head));
    size_t n = dot && *dot == '.' ? strspn(dot + 1, "+-*/<>=~!@#%^&|`?") : 0;
    bool comment = n && (strstr(dot, "--") || strstr(dot, "/*"));
    return n && !comment && strcmp(dot + 1 + n, ")") == 0 ? text : NULL;
}
