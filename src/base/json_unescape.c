#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "json.h"
#include "utf8.h"

enum { NO_CHARACTER = 0xD800 }; /* half of a surrogate pair stands for none */

/* The character of \uXXXX at s, two of them for a surrogate pair. *used gets the bytes read. */
static uint32_t unicode_escape(const char *s, const char *end, size_t *used) {
    uint32_t high = (uint32_t)nx_json_hex4(s + 2, end);
    *used = 6;
    if (high < 0xD800 || high > 0xDFFF) {
        return high;
    }
    int low = end - s >= 12 && s[6] == '\\' && s[7] == 'u' ? nx_json_hex4(s + 8, end) : -1;
    if (high > 0xDBFF || low < 0xDC00 || low > 0xDFFF) {
        return NO_CHARACTER;
    }
    *used = 12;
    return 0x10000 + ((high - 0xD800) << 10) + (uint32_t)(low - 0xDC00);
}

static char short_escape(char c) {
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *at = strchr(from, c);
    return at ? to[at - from] : c;
}

const char *nx_json_unescape(const char *s, const char *end, bool nul, nx_arena *arena, nx_value *value) {
    char *text = nx_arena_alloc(arena, (size_t)(end - s));
    size_t n = 0, used = 0;
    for (s++; s < end - 1; s += used) {
        used = 1;
        if (*s != '\\') {
            text[n++] = *s;
        } else if (s[1] != 'u') {
            text[n++] = short_escape(s[1]);
            used = 2;
        } else {
            uint32_t code = unicode_escape(s, end, &used);
            if (code == NO_CHARACTER || (code == 0 && !nul)) {
                return s;
            }
            n += nx_utf8_encode(text + n, code);
        }
    }
    *value = (nx_value){text, n};
    return NULL;
}
