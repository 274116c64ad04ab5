#include "json_out.h"

#include <string.h>

#include "nixie/text.h"

/* A string never ends in one of these outside of its quotes, so the last byte tells. */
static bool at_start(const nx_buf *out) { return out->len == 0 || strchr("{[:", out->data[out->len - 1]); }

void ui_json_next(nx_buf *out) {
    if (!at_start(out)) {
        nx_buf_addc(out, ',');
    }
}

void ui_json_line(nx_buf *out) {
    ui_json_next(out);
    nx_buf_addc(out, '\n');
}

void ui_json_key(nx_buf *out, const char *name) {
    ui_json_next(out);
    /* A key cannot be an object, so bytes that are no UTF-8 are spelled out. */
    if (nx_text_valid(name, strlen(name))) {
        nx_json_cstring(out, name);
    } else {
        nx_buf safe = NX_BUF;
        nx_text_sanitise(&safe, name, strlen(name), -1);
        nx_json_string(out, safe.data, safe.len);
        nx_buf_free(&safe);
    }
    nx_buf_addc(out, ':');
}

void ui_json_text(nx_buf *out, const char *name, const char *text) {
    ui_json_key(out, name);
    nx_json_cstring(out, text);
}

void ui_json_number(nx_buf *out, const char *name, int64_t number) {
    ui_json_key(out, name);
    if (number < 0) {
        nx_buf_adds(out, "null");
    } else {
        nx_buf_addf(out, "%lld", (long long)number);
    }
}

void ui_json_bool(nx_buf *out, const char *name, bool value) {
    ui_json_key(out, name);
    nx_buf_adds(out, value ? "true" : "false");
}

void ui_json_names(nx_buf *out, const char *name, const char *const *names, int n) {
    ui_json_key(out, name);
    nx_buf_addc(out, '[');
    for (int i = 0; i < n; i++) {
        ui_json_next(out);
        nx_json_cstring(out, names[i]);
    }
    nx_buf_addc(out, ']');
}

void ui_json_fields(nx_buf *out, const char *name, nx_field *const *fields, int n) {
    ui_json_key(out, name);
    nx_buf_addc(out, '[');
    for (int i = 0; i < n; i++) {
        ui_json_next(out);
        nx_json_cstring(out, fields[i] ? nx_field_title(fields[i]) : NULL);
    }
    nx_buf_addc(out, ']');
}
