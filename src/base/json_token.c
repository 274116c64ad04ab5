#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "json.h"
#include "utf8.h"

const char *nx_json_space(const char *s, const char *end) {
    while (s < end && (*s == ' ' || *s == '\n' || *s == '\t' || *s == '\r')) {
        s++;
    }
    return s;
}

static bool digit(const char *s, const char *end) { return s < end && *s >= '0' && *s <= '9'; }

static const char *digits(const char *s, const char *end) {
    while (digit(s, end)) {
        s++;
    }
    return s;
}

static const char *number(const char *s, const char *end, const char **stopped) {
    s += *s == '-';
    const char *start = *stopped = s;
    s = digits(s, end);
    if (s == start || (*start == '0' && s - start > 1)) {
        return NULL;
    }
    if (s < end && *s == '.') {
        *stopped = s + 1;
        if (!digit(s + 1, end)) {
            return NULL;
        }
        s = digits(s + 1, end);
    }
    if (s < end && (*s == 'e' || *s == 'E')) {
        s++;
        s += s < end && (*s == '+' || *s == '-');
        *stopped = s;
        if (!digit(s, end)) {
            return NULL;
        }
        s = digits(s, end);
    }
    return s;
}

int nx_json_hex4(const char *s, const char *end) {
    int value = 0;
    for (int i = 0; i < 4; i++, s++) {
        int c = s < end ? *s : 0;
        int d = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
        if (d < 0) {
            return -1;
        }
        value = value * 16 + d;
    }
    return value;
}

/* Bytes of the escape at s (a backslash), 0 when it is none. */
static size_t escape(const char *s, const char *end) {
    if (s + 1 >= end || !s[1] || !strchr("\"\\/bfnrtu", s[1])) {
        return 0;
    }
    if (s[1] != 'u') {
        return 2;
    }
    return nx_json_hex4(s + 2, end) >= 0 ? 6 : 0;
}

static const char *string(const char *s, const char *end, const char **stopped) {
    for (s++; s < end && *s != '"';) {
        uint32_t code;
        size_t n = *s == '\\'                 ? escape(s, end)
                   : (unsigned char)*s < 0x20 ? 0
                                              : nx_utf8_decode(s, (size_t)(end - s), &code);
        if (n == 0) {
            break;
        }
        s += n;
    }
    *stopped = s;
    return s < end && *s == '"' ? s + 1 : NULL;
}

static const char *word(const char *s, const char *end, const char **stopped) {
    static const char *const words[] = {"true", "false", "null"};
    *stopped = s;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(end - s) >= n && memcmp(s, words[i], n) == 0) {
            return s + n;
        }
    }
    return NULL;
}

const char *nx_json_scalar(const char *s, const char *end, const char **stopped) {
    *stopped = s;
    if (s == end) {
        return NULL;
    }
    if (*s == '"') {
        return string(s, end, stopped);
    }
    return *s == '-' || digit(s, end) ? number(s, end, stopped) : word(s, end, stopped);
}
