/* The value of the cell view: a small one comes whole, in one trip; of a large one as much as is worth looking at,
 * part by part, so that it is seen while it comes, and can be cancelled. */
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "cell_view.h"
#include "format.h"

/* What a small value is: of JSON more, which is laid out as a whole. More than VIEW_MOST is not kept in memory. */
enum { SMALL_MOST = 1 << 20, JSON_MOST = 4 << 20, VIEW_MOST = 32 << 20 };

void ui_cell_free_value(cell_view *v) {
    nx_rows_drop(v->job);
    nx_stream_drop(v->stream);
    v->job = NULL;
    v->stream = NULL;
    nx_arena_free(v->hold);
    nx_buf_free(&v->bytes);
    v->hold = NULL;
    v->value = NX_NULL_VALUE;
    v->json = NULL;
    v->njson = -1;
}

bool ui_cell_is_bytes(const cell_view *v) { return v->field->class == NX_TYPE_BYTES; }

/* Of what is not whole the last character may not be. */
static size_t without_torn_end(const char *s, size_t len) {
    size_t at = len;
    while (at > 0 && len - at < 3 && ((unsigned char)s[at - 1] & 0xc0) == 0x80) {
        at--;
    }
    return at > 0 && ((unsigned char)s[at - 1] & 0xc0) == 0xc0 ? at - 1 : len;
}

void ui_cell_shown(const cell_view *v, const char **bytes, size_t *len) {
    bool text = !nx_is_null(v->value) && v->bytes.len == 0;
    *bytes = text ? v->value.text : v->bytes.data;
    *len = text ? v->value.len : v->bytes.len;
    if (v->state != CELL_WHOLE && !ui_cell_is_bytes(v)) {
        *len = without_torn_end(*bytes, *len);
    }
}

/* --- a small one ------------------------------------------------------------------------------------------ */

static int nibble(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "\x48656c..." as bytes; false: it is something else. */
static bool read_hex(nx_value value, nx_buf *out) {
    if (value.len % 2 != 0 || strncmp(value.text, "\\x", 2) != 0) {
        return false;
    }
    for (size_t i = 2; i < value.len; i += 2) {
        int high = nibble(value.text[i]), low = nibble(value.text[i + 1]);
        if (high < 0 || low < 0) {
            nx_buf_free(out);
            return false;
        }
        nx_buf_addc(out, (char)(high * 16 + low));
    }
    return true;
}

void ui_cell_take(cell_view *v, nx_value value) {
    nx_arena *old = v->hold;
    v->hold = nx_arena_new(0);
    value = nx_value_copy(v->hold, value); /* it may be the one that was shown */
    nx_arena *keep = v->hold;
    v->hold = old;
    ui_cell_free_value(v);
    v->hold = keep;
    v->value = value;
    v->total = (int64_t)value.len;
    v->loaded = true;
    v->state = CELL_WHOLE;
    v->is_long = value.text && value.len > 0;
    if (v->field->class == NX_TYPE_JSON && value.text && value.len <= JSON_MOST) {
        v->njson = nx_json_lines(value.text, value.len, v->hold, &v->json);
        v->folded = v->njson > 0 ? nx_arena_array(v->hold, (size_t)v->njson, sizeof *v->folded) : NULL;
        v->is_long = v->is_long && v->njson < 0;
    } else if (v->is_long && ui_cell_is_bytes(v) && read_hex(value, &v->bytes)) {
        v->total = (int64_t)v->bytes.len;
    }
    v->width = 0;
    ui_app_dirty(v->view.app);
}

/* --- a large one ------------------------------------------------------------------------------------------- */

static void end_stream(cell_view *v, cell_state state) {
    v->stream = NULL;
    v->state = state;
    ui_app_dirty(v->view.app);
}

static void take_first(cell_view *v, int64_t total) {
    ui_cell_free_value(v);
    v->total = total;
    v->loaded = v->is_long = true;
    v->state = CELL_READING;
    v->width = 0;
}

static bool failed(cell_view *v, const nx_error *err) {
    end_stream(v, CELL_CUT_OFF);
    v->state = v->loaded ? v->state : CELL_WHOLE;
    v->width = 0;
    ui_say_error(v->view.app, err);
    return false;
}

static bool part_here(void *owner, const nx_stream_piece *piece, const nx_error *err) {
    cell_view *v = owner;
    if (err) {
        return failed(v, err);
    }
    if (nx_is_null(piece->bytes)) { /* it has become NULL meanwhile */
        v->stream = NULL;
        ui_cell_take(v, NX_NULL_VALUE);
        return false;
    }
    if (piece->at == 0) {
        nx_stream *stream = v->stream;
        v->stream = NULL;
        take_first(v, piece->total);
        v->stream = stream;
    }
    nx_buf_add(&v->bytes, piece->bytes.text, piece->bytes.len);
    bool all = piece->last, full = v->bytes.len >= VIEW_MOST, elsewhere = ui_app_view(v->view.app) != &v->view;
    if (all || full || elsewhere) {
        end_stream(v, all ? CELL_WHOLE : full ? CELL_LIMIT : CELL_STOPPED);
    }
    if (v->state == CELL_LIMIT) {
        ui_say(v->view.app, UI_INFO, "more of it is not shown: X saves the whole value to a file");
    }
    const char *bytes;
    size_t len;
    ui_cell_shown(v, &bytes, &len);
    if (v->width) {
        ui_long_grow(&v->text, bytes, len);
    }
    ui_app_dirty(v->view.app);
    return v->state == CELL_READING;
}

bool ui_cell_stop(cell_view *v) {
    if (!v->stream) {
        return false;
    }
    nx_stream_drop(v->stream);
    end_stream(v, v->loaded ? CELL_STOPPED : CELL_WHOLE);
    v->width = 0;
    nx_session_cancel(v->view.app->session);
    return true;
}

/* --- loading -------------------------------------------------------------------------------------------------- */

static void arrived(void *owner, nx_page *page, const nx_error *err) {
    cell_view *v = owner;
    v->job = NULL;
    v->width = 0;
    if (err && err->kind == NX_ERR_MEMORY) {
        v->stream = nx_stream_start(v->view.app->session, v->field, v->key, part_here, v);
    } else if (err) {
        ui_say_error(v->view.app, err);
    } else if (page->nrows == 1) {
        ui_cell_take(v, page->rows[0].cells[0].value);
    } else {
        ui_say(v->view.app, UI_ERROR, "the record is gone");
    }
    nx_page_free(page);
    ui_app_dirty(v->view.app);
}

void ui_cell_load(cell_view *v) {
    nx_rows_drop(v->job);
    nx_stream_drop(v->stream);
    v->stream = NULL;
    v->state = v->state == CELL_READING ? CELL_STOPPED : v->state;
    int64_t most = v->field->class == NX_TYPE_JSON ? JSON_MOST : SMALL_MOST;
    v->job = nx_cell_load_within(v->view.app->session, v->field, v->key, most, arrived, v);
}
