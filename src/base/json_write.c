#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "utf8.h"
#include "nixie/json.h"
#include "nixie/text.h"

/* Escaped although only C0 must be: the others can act on a terminal, or end a line in JavaScript. */
static bool must_escape(uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x2028 || code == 0x2029;
}

static void write_bytes(nx_buf *buf, const char *s, size_t len) {
    static const char digits[] = "0123456789abcdef";
    nx_buf_adds(buf, "{\"bytes\":\"");
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        nx_buf_addc(buf, digits[c >> 4]);
        nx_buf_addc(buf, digits[c & 15]);
    }
    nx_buf_adds(buf, "\"}");
}

void nx_json_string(nx_buf *buf, const char *s, size_t len) {
    if (!nx_text_valid(s, len)) {
        write_bytes(buf, s, len);
        return;
    }
    nx_buf_addc(buf, '"');
    size_t done = 0; /* what was copied: the rest goes over in runs */
    for (size_t i = 0, n; i < len; i += n) {
        uint32_t code = 0;
        n = nx_utf8_decode(s + i, len - i, &code);
        bool quote = code == '"' || code == '\\';
        if (!quote && !must_escape(code)) {
            continue;
        }
        nx_buf_add(buf, s + done, i - done);
        if (quote) {
            nx_buf_addc(buf, '\\');
            nx_buf_addc(buf, (char)code);
        } else {
            nx_buf_addf(buf, "\\u%04x", (unsigned)code);
        }
        done = i + n;
    }
    nx_buf_add(buf, s + done, len - done);
    nx_buf_addc(buf, '"');
}

void nx_json_cstring(nx_buf *buf, const char *s) {
    if (s) {
        nx_json_string(buf, s, strlen(s));
    } else {
        nx_buf_adds(buf, "null");
    }
}

void nx_json_value(nx_buf *buf, nx_value value) {
    if (nx_is_null(value)) {
        nx_buf_adds(buf, "null");
    } else {
        nx_json_string(buf, value.text, value.len);
    }
}
