/* The picker on the screen: what is typed, then keys and labels. */
#include <stdio.h>
#include <string.h>

#include "nixie/text.h"
#include "picker_view.h"

enum { WIDTH = 64, ROWS = 14, KEYS_MAX = 24 };

/* The values asked for, as one text: "7", "12, 7". */
static void key_words(const picker_view *v, const nx_row *row, nx_buf *out) {
    for (int i = 0; i < v->o.nfields; i++) {
        nx_value value = row->cells[i].value;
        nx_buf_adds(out, i ? ", " : "");
        nx_buf_add(out, value.text ? value.text : "NULL", value.text ? value.len : 4);
    }
}

static int keys_width(const picker_view *v) {
    int width = 1;
    for (int i = v->top; i < v->top + v->height; i++) {
        picker_entry entry = ui_picker_entry(v, i);
        if (entry.row) {
            nx_buf words = NX_BUF;
            key_words(v, entry.row, &words);
            int w = nx_text_width(words.data, words.len);
            width = w > width ? w : width;
            nx_buf_free(&words);
        }
    }
    return width > KEYS_MAX ? KEYS_MAX : width;
}

static void draw_row(const picker_view *v, const nx_row *row, int y, ui_rect r, int keys, unsigned mods) {
    nx_buf words = NX_BUF;
    key_words(v, row, &words);
    bool labelled = nx_query_nfields(v->query) > v->o.nfields;
    bool number = v->o.nfields == 1 && v->fields[0]->class == NX_TYPE_NUMBER;
    unsigned style = number ? UI_NUMBER : UI_OTHER;
    int width = labelled ? keys : r.width - 1;
    ui_draw_text(y, r.x, width, style | mods, number && labelled ? UI_RIGHT_ALIGN : UI_LEFT, words.data, words.len);
    nx_buf_free(&words);
    if (labelled) {
        nx_value label = row->cells[v->o.nfields].value;
        unsigned plain = (label.text ? UI_PLAIN : UI_NULL) | mods;
        const char *text = label.text ? label.text : "NULL";
        ui_draw_match(y, r.x + keys + 2, r.width - keys - 3, plain, text, strlen(text), v->typed.len ? v->typed.data : NULL);
    }
}

static void draw_entry(const picker_view *v, picker_entry entry, int y, ui_rect r, int keys, bool here) {
    unsigned mods = here ? UI_ON_ROW : 0;
    ui_rect inner = {y, r.x + 2, 1, r.width - 2};
    ui_draw_fill(y, r.x, r.width, UI_PLAIN | mods);
    ui_draw_words(y, r.x, 1, UI_KEY | mods, here ? ui_glyph(UI_GLYPH_POINTER) : " ");
    if (entry.kind == ENTRY_STATE) {
        const ui_input_state *s = &v->o.states[entry.index];
        unsigned style = (s->key == 'n' ? UI_NULL : UI_DEFAULT) | mods;
        ui_draw_text(y, inner.x, inner.width - 1, style, UI_LEFT, s->words, strlen(s->words));
    } else if (entry.kind == ENTRY_NEW) {
        nx_buf words = NX_BUF;
        nx_buf_addf(&words, "+ new %s  ", v->o.model->title);
        nx_buf values = NX_BUF;
        ui_picker_new_words(v, entry.insert, &values);
        nx_buf_add(&words, values.data, values.len);
        ui_draw_text(y, inner.x, inner.width - 1, UI_INSERTED | mods, UI_LEFT, words.data, words.len);
        nx_buf_free(&values);
        nx_buf_free(&words);
    } else if (entry.row) {
        draw_row(v, entry.row, y, inner, keys, mods);
    }
}

static void status_words(const picker_view *v, nx_buf *out) {
    bool exact = false;
    int64_t total = v->window ? nx_window_total(v->window, &exact) : -1;
    if (ui_picker_waiting(v) || v->taking) {
        nx_buf_addf(out, "searching%s", ui_glyph(UI_GLYPH_ELLIPSIS));
    } else if (total >= 0 && (exact || !v->typed.len)) {
        nx_buf_addf(out, "%s%lld", exact ? "" : "~", (long long)total + (v->exact ? 1 : 0));
    }
}

static void foot_words(const picker_view *v, int width, char *out, size_t size) {
    const char *verb = v->o.verb ? v->o.verb : "chooses", *tab = v->o.leave ? "  Tab types the value" : "";
    char states[64] = "";
    for (int i = 0; i < v->o.nstates; i++) {
        size_t at = strlen(states);
        snprintf(states + at, sizeof states - at, "  ^X %c %s", v->o.states[i].key, v->o.states[i].name);
    }
    snprintf(out, size, "Enter %s%s%s  Esc drops", verb, tab, states);
    if ((int)strlen(out) > width - 6) {
        snprintf(out, size, "Enter %s%s  Esc drops", verb, v->o.leave ? "  Tab types" : "");
    }
}

static void draw_edges(const picker_view *v) {
    char foot[160];
    nx_buf status = NX_BUF;
    foot_words(v, v->box.width, foot, sizeof foot);
    ui_draw_box(v->box, true, v->title, foot);
    status_words(v, &status);
    int width = nx_text_width(status.data, status.len);
    if (width && width + nx_text_width(v->title, strlen(v->title)) + 10 < v->box.width) {
        ui_draw_fill(v->box.y, v->box.x + v->box.width - width - 4, width + 2, UI_DIM);
        ui_draw_text(v->box.y, v->box.x + v->box.width - width - 3, width, UI_DIM, UI_LEFT, status.data, status.len);
    }
    nx_buf_free(&status);
}

static void draw_typed(const picker_view *v, ui_rect r, bool focused) {
    ui_draw_words(r.y, r.x, 1, UI_KEY, ui_glyph(UI_GLYPH_TRAIL));
    int used = 0;
    if (v->typed.len) {
        used = ui_draw_text(r.y, r.x + 2, r.width - 3, UI_BOLD, UI_LEFT, v->typed.data, v->typed.len);
    } else {
        ui_draw_words(r.y, r.x + 3, r.width - 4, UI_DIM, "type a label or a key");
    }
    if (focused) {
        ui_draw_cursor(r.y, r.x + 2 + used);
    }
}

static void draw_list(picker_view *v, ui_rect r) {
    v->height = r.height;
    v->top = v->cursor < v->top ? v->cursor : v->top;
    v->top = v->cursor >= v->top + r.height ? v->cursor - r.height + 1 : v->top;
    v->top = v->top < 0 ? 0 : v->top;
    int keys = keys_width(v), n = ui_picker_count(v);
    for (int i = 0; i < r.height && v->top + i < n; i++) {
        draw_entry(v, ui_picker_entry(v, v->top + i), r.y + i, r, keys, v->top + i == v->cursor);
    }
    if (v->error.len) {
        ui_draw_text(r.y + r.height - 1, r.x + 2, r.width - 3, UI_ERROR, UI_LEFT, v->error.data, v->error.len);
    } else if (n == 0 && !ui_picker_waiting(v)) {
        ui_draw_words(r.y, r.x + 2, r.width - 3, UI_DIM, "no record has a key or a label like this");
    }
    ui_draw_scroll(v->box, v->top, r.height, n);
}

void ui_picker_draw(ui_view *view, ui_rect screen, bool focused) {
    picker_view *v = (picker_view *)view;
    int rows = screen.height - 7 > ROWS ? ROWS : screen.height - 7;
    int title = nx_text_width(v->title, strlen(v->title)) + 20;
    v->box = ui_rect_centre(screen, rows + 3, title > WIDTH ? title : WIDTH);
    ui_draw_clear(v->box, UI_PLAIN);
    draw_edges(v);
    ui_rect r = ui_rect_inside(v->box);
    draw_typed(v, r, focused);
    draw_list(v, (ui_rect){r.y + 1, r.x, r.height - 1, r.width});
}
