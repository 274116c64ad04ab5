#include "utf8.h"

#include <stdbool.h>

#include "nixie/text.h"

static bool continues(unsigned char c) { return (c & 0xC0) == 0x80; }

/* Bytes that the first one announces, 0 when none can follow it; *rest gets its own bits. */
static size_t announced(unsigned char first, uint32_t *rest) {
    if (first >= 0xC2 && first <= 0xDF) {
        *rest = first & 0x1F;
        return 2;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        *rest = first & 0x0F;
        return 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        *rest = first & 0x07;
        return 4;
    }
    return 0;
}

size_t nx_utf8_decode(const char *s, size_t len, uint32_t *code) {
    const unsigned char *u = (const unsigned char *)s;
    if (u[0] < 0x80) {
        *code = u[0];
        return 1;
    }
    uint32_t c = 0;
    size_t n = announced(u[0], &c);
    if (n == 0 || n > len) {
        return 0;
    }
    for (size_t i = 1; i < n; i++) {
        if (!continues(u[i])) {
            return 0;
        }
        c = c << 6 | (u[i] & 0x3F);
    }
    bool overlong = (n == 3 && c < 0x800) || (n == 4 && c < 0x10000);
    if (overlong || (c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF) {
        return 0;
    }
    *code = c;
    return n;
}

size_t nx_utf8_encode(char *to, uint32_t code) {
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n - 1; i > 0; i--) {
        to[i] = (char)(unsigned char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    to[0] = (char)(unsigned char)(marks[n] | code);
    return n;
}

bool nx_text_valid(const char *s, size_t len) {
    uint32_t code;
    for (size_t i = 0, n; i < len; i += n) {
        n = nx_utf8_decode(s + i, len - i, &code);
        if (n == 0 || code == 0) {
            return false;
        }
    }
    return true;
}
