/* json_out.h - writing a JSON document member by member. Commas take care of themselves. */
#ifndef UI_JSON_OUT_H
#define UI_JSON_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "nixie/catalog.h"
#include "nixie/json.h"

void ui_json_next(nx_buf *out);                          /* before an element of an array */
void ui_json_line(nx_buf *out);                          /* the same, on a line of its own */
void ui_json_key(nx_buf *out, const char *name);         /* before a member's value */
void ui_json_text(nx_buf *out, const char *name, const char *text); /* NULL becomes null */
void ui_json_number(nx_buf *out, const char *name, int64_t number); /* negative: null (not known) */
void ui_json_bool(nx_buf *out, const char *name, bool value);
void ui_json_names(nx_buf *out, const char *name, const char *const *names, int n);
void ui_json_fields(nx_buf *out, const char *name, nx_field *const *fields, int n);

#endif
