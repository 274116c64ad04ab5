#include "doc.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "nixie/text.h"

void ui_doc_free(ui_doc *doc) {
    nx_arena_free(doc->arena);
    free(doc->lines);
    free(doc->spans);
    free(doc->needle);
    *doc = (ui_doc){0};
}

void ui_doc_clear(ui_doc *doc) {
    nx_arena_free(doc->arena);
    doc->arena = nx_arena_new(0);
    doc->nlines = doc->nspans = 0;
}

void ui_doc_line_add(ui_doc *doc, int item, int indent) {
    if ((doc->nlines & (doc->nlines - 1)) == 0) {
        doc->lines = nx_realloc(doc->lines, doc->nlines ? (size_t)doc->nlines * 2 : 1, sizeof *doc->lines);
    }
    doc->lines[doc->nlines++] = (ui_doc_line){item, indent, doc->nspans, 0};
}

void ui_doc_add(ui_doc *doc, unsigned style, const char *text, size_t len) {
    if ((doc->nspans & (doc->nspans - 1)) == 0) {
        doc->spans = nx_realloc(doc->spans, doc->nspans ? (size_t)doc->nspans * 2 : 1, sizeof *doc->spans);
    }
    doc->spans[doc->nspans++] = (ui_span){style, nx_arena_strndup(doc->arena, text, len), len};
    doc->lines[doc->nlines - 1].nspans++;
}

void ui_doc_adds(ui_doc *doc, unsigned style, const char *text) { ui_doc_add(doc, style, text, strlen(text)); }

void ui_doc_addf(ui_doc *doc, unsigned style, const char *format, ...) {
    nx_buf buf = NX_BUF;
    va_list args;
    va_start(args, format);
    nx_buf_vaddf(&buf, format, args);
    va_end(args);
    ui_doc_add(doc, style, buf.data, buf.len);
    nx_buf_free(&buf);
}

static int line_width(const ui_doc *doc, const ui_doc_line *l) {
    int width = 0;
    for (int i = 0; i < l->nspans; i++) {
        width += nx_text_width(doc->spans[l->first + i].text, doc->spans[l->first + i].len);
    }
    return width;
}

void ui_doc_pad(ui_doc *doc, int column) {
    static const char blanks[] = "                                                                ";
    int gap = column - line_width(doc, &doc->lines[doc->nlines - 1]);
    while (gap > 0) {
        int n = gap > (int)sizeof blanks - 1 ? (int)sizeof blanks - 1 : gap;
        ui_doc_add(doc, UI_PLAIN, blanks, (size_t)n);
        gap -= n;
    }
}

void ui_doc_wrap(ui_doc *doc, unsigned style, const char *text, size_t len, int width, int most) {
    ui_doc_line l = doc->lines[doc->nlines - 1];
    int at = line_width(doc, &l), col = 0, lines = 1;
    size_t from = 0, blank = 0; /* blank: just after the last blank of this line, 0: none */
    nx_glyph glyph;
    width = width < 8 ? 8 : width;
    for (size_t i = 0; i < len;) {
        size_t used = nx_text_next(text + i, len - i, &glyph);
        bool newline = text[i] == '\n';
        if (!newline && col + glyph.width <= width) {
            col += glyph.width;
            i += used;
            blank = text[i - 1] == ' ' ? i : blank;
            continue;
        }
        size_t end = newline || blank <= from ? i : blank;
        ui_doc_add(doc, style, text + from, end - from);
        from = i = end + (newline ? used : 0);
        col = 0;
        if (most && lines == most) {
            ui_doc_adds(doc, UI_DIM, ui_glyph(UI_GLYPH_ELLIPSIS));
            return;
        }
        lines++;
        ui_doc_line_add(doc, l.item, l.indent + at);
    }
    ui_doc_add(doc, style, text + from, len - from);
}

/* --- drawing ---------------------------------------------------------------------------------------------- */

static void draw_line(const ui_doc *doc, const ui_doc_line *l, int y, ui_rect r, unsigned mods) {
    ui_draw_fill(y, r.x, r.width, UI_PLAIN | mods);
    int x = r.x + 1 + l->indent, end = r.x + r.width;
    for (int i = 0; i < l->nspans && x < end; i++) {
        const ui_span *s = &doc->spans[l->first + i];
        int width = nx_text_width(s->text, s->len);
        if (width > 0) {
            x += ui_draw_match(y, x, width < end - x ? width : end - x, s->style | mods, s->text, s->len, doc->needle);
        }
    }
}

void ui_doc_draw(ui_doc *doc, ui_rect r, bool focused) {
    doc->height = r.height;
    if (doc->cursor >= doc->nlines) {
        doc->cursor = doc->nlines ? doc->nlines - 1 : 0;
    }
    doc->top = doc->cursor < doc->top ? doc->cursor : doc->top;
    doc->top = doc->cursor >= doc->top + r.height ? doc->cursor - r.height + 1 : doc->top;
    int here = ui_doc_item(doc);
    for (int i = 0; i < r.height && doc->top + i < doc->nlines; i++) {
        const ui_doc_line *l = &doc->lines[doc->top + i];
        bool on = doc->top + i == doc->cursor || (here >= 0 && l->item == here);
        draw_line(doc, l, r.y + i, r, on && focused ? UI_ON_ROW : 0);
        if (doc->top + i == doc->cursor) {
            ui_draw_words(r.y + i, r.x, 1, UI_KEY | (focused ? UI_ON_ROW : 0), ui_glyph(UI_GLYPH_POINTER));
        }
    }
}

/* --- moving ------------------------------------------------------------------------------------------------ */

int ui_doc_item(const ui_doc *doc) { return doc->cursor < doc->nlines ? doc->lines[doc->cursor].item : -1; }

void ui_doc_move_to(ui_doc *doc, int line) {
    doc->cursor = line >= doc->nlines ? doc->nlines - 1 : line;
    doc->cursor = doc->cursor < 0 ? 0 : doc->cursor;
}

/* One step goes to the next item; in documents without items, to the next line. */
static bool step(ui_doc *doc, int by) {
    int from = ui_doc_item(doc);
    for (int i = doc->cursor + by; i >= 0 && i < doc->nlines; i += by) {
        if (doc->lines[i].item >= 0 && doc->lines[i].item != from) {
            /* Upwards one arrives at the last line of an item: go to its first. */
            while (i > 0 && doc->lines[i - 1].item == doc->lines[i].item) {
                i--;
            }
            doc->cursor = i;
            return true;
        }
    }
    return false;
}

static bool has_items(const ui_doc *doc) {
    for (int i = 0; i < doc->nlines; i++) {
        if (doc->lines[i].item >= 0) {
            return true;
        }
    }
    return false;
}

void ui_doc_move(ui_doc *doc, int by) {
    if (!has_items(doc)) {
        ui_doc_move_to(doc, doc->cursor + by);
        return;
    }
    for (int n = by < 0 ? -by : by; n > 0 && step(doc, by < 0 ? -1 : 1); n--) {
    }
}

void ui_doc_go_item(ui_doc *doc, int item) {
    for (int i = 0; i < doc->nlines; i++) {
        if (doc->lines[i].item == item) {
            doc->cursor = i;
            return;
        }
    }
}

void ui_doc_set_needle(ui_doc *doc, const char *needle) {
    free(doc->needle);
    doc->needle = needle && *needle ? nx_strdup(needle) : NULL;
}

static bool line_has(const ui_doc *doc, const ui_doc_line *l) {
    for (int i = 0; i < l->nspans; i++) {
        const ui_span *s = &doc->spans[l->first + i];
        if (nx_text_find(s->text, s->len, 0, doc->needle) >= 0) {
            return true;
        }
    }
    return false;
}

bool ui_doc_find(ui_doc *doc, int by) {
    for (int n = 1; doc->needle && n <= doc->nlines; n++) {
        int at = ((doc->cursor + n * by) % doc->nlines + doc->nlines) % doc->nlines;
        if (line_has(doc, &doc->lines[at])) {
            doc->cursor = at;
            return true;
        }
    }
    return false;
}
