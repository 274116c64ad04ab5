/* The line editor on the screen: a box that grows with its text, the value's state in its upper edge, what
 * the keys do in the lower one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input_view.h"
#include "nixie/text.h"
#include "readline_glue.h"

enum { ROWS_MIN = 3, ERROR_ROWS = 3, WIDTH_MAX = 100 };

/* --- rows ------------------------------------------------------------------------------------------------ */

/* One glyph and its width. Plain ASCII, which long texts are made of, is not looked at more closely unless
 * something that could combine with it follows. */
static size_t step(const char *s, size_t len, int *width) {
    unsigned char c = (unsigned char)s[0];
    if (c >= 0x20 && c < 0x7f && (len == 1 || (unsigned char)s[1] < 0x80)) {
        *width = 1;
        return 1;
    }
    nx_glyph glyph;
    size_t used = nx_text_next(s, len, &glyph);
    *width = glyph.width;
    return used;
}

static void add_row(ui_lines *lines, size_t start) {
    if (lines->n == lines->cap) {
        lines->cap = lines->cap ? lines->cap * 2 : 16;
        lines->starts = nx_realloc(lines->starts, (size_t)lines->cap, sizeof *lines->starts);
    }
    lines->starts[lines->n++] = start;
}

/* Rows of `width` columns, of which the last is the cursor's or a line end's. */
void ui_lines_of(ui_lines *lines, const char *s, size_t len, int width) {
    int col = 0, w;
    lines->n = 0;
    add_row(lines, 0);
    for (size_t i = 0; i < len;) {
        size_t used = step(s + i, len - i, &w);
        if (s[i] != '\n' && col > 0 && col + w > width - 1) {
            add_row(lines, i);
            col = 0;
        }
        col += w;
        i += used;
        if (s[i - used] == '\n') {
            add_row(lines, i);
            col = 0;
        }
    }
}

int ui_lines_find(const ui_lines *lines, size_t byte) {
    int low = 0, high = lines->n - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (lines->starts[middle] <= byte) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

static size_t row_end(const ui_lines *lines, int row, size_t len) {
    return row + 1 < lines->n ? lines->starts[row + 1] : len;
}

int ui_lines_column(const ui_lines *lines, const char *s, int row, size_t byte) {
    int col = 0, w;
    size_t end = row_end(lines, row, strlen(s));
    for (size_t i = lines->starts[row]; i < byte && i < end; col += w) {
        size_t used = step(s + i, end - i, &w);
        if (i + used > byte) {
            break; /* within a character and its marks */
        }
        i += used;
    }
    return col;
}

size_t ui_lines_byte(const ui_lines *lines, const char *s, size_t len, int row, int column) {
    size_t i = lines->starts[row], end = row_end(lines, row, len);
    int col = 0, w;
    while (i < end && s[i] != '\n') {
        size_t used = step(s + i, end - i, &w);
        if (col + w > column || (i + used == end && row + 1 < lines->n)) { /* the row's end is the next one's start */
            break;
        }
        col += w;
        i += used;
    }
    return i;
}

/* --- the text -------------------------------------------------------------------------------------------- */

static size_t error_byte(const input_view *v, const char *s, size_t len) {
    size_t i = 0;
    for (int character = 1; v->error_at && character < v->error_at && i < len; character++) {
        for (i++; i < len && ((unsigned char)s[i] & 0xC0) == 0x80; i++) {
        }
    }
    return v->error_at ? i : len + 1;
}

static size_t trailing_blanks(const char *s, size_t len) {
    size_t at = len;
    while (at > 0 && s[at - 1] == ' ') {
        at--;
    }
    return at;
}

static void draw_text(const input_view *v, const char *s, size_t len, ui_rect r) {
    size_t wrong = error_byte(v, s, len), blanks = v->o.value ? trailing_blanks(s, len) : len;
    for (int y = 0; y < r.height && v->top + y < v->lines.n; y++) {
        size_t i = v->lines.starts[v->top + y], end = row_end(&v->lines, v->top + y, len);
        nx_glyph glyph;
        for (int col = 0; i < end; col += glyph.width) {
            size_t used = nx_text_next(s + i, end - i, &glyph);
            unsigned style = i >= wrong ? UI_ERROR : UI_PLAIN;
            if (i >= blanks) {
                ui_draw_words(r.y + y, r.x + col, 1, UI_EMPTY, ui_glyph(UI_GLYPH_BLANK));
            } else {
                ui_draw_text(r.y + y, r.x + col, glyph.width, style, UI_LEFT, s + i, used);
            }
            i += used;
        }
    }
}

/* What stands where there is no text. */
static void draw_no_text(const input_view *v, ui_rect r) {
    if (v->nchoices) {
        ui_draw_words(r.y, r.x + 1, r.width - 1, UI_DIM, "type to narrow");
    }
    if (v->nchoices || !v->o.value) {
        return;
    }
    const char *words = v->state < 0 ? "''" : v->states[v->state].words;
    unsigned style = v->state < 0 ? UI_EMPTY : v->states[v->state].key == 'n' ? UI_NULL : UI_DEFAULT;
    ui_draw_text(r.y, r.x + 2, r.width - 2, style, UI_LEFT, words, strlen(words));
}

/* --- popup ------------------------------------------------------------------------------------------------ */

static int popup_count(const input_view *v) { return v->words ? ui_input_count_words(v) : v->nshown; }

static void popup_item(const input_view *v, int i, const char **text, unsigned *style) {
    *style = UI_PLAIN;
    if (v->words) {
        *text = v->words[i];
        return;
    }
    const ui_input_choice *c = &v->choices[v->shown[i]];
    *text = c->text;
    if (c->state >= 0) {
        *style = v->states[c->state].key == 'n' ? UI_NULL : UI_DEFAULT;
    }
}

static void draw_popup(const input_view *v, ui_rect r) {
    int n = popup_count(v), at = v->words ? v->word : v->choice, top = at >= r.height ? at - r.height + 1 : 0;
    for (int i = 0; i < r.height && top + i < n; i++) {
        const char *text;
        unsigned style, mods = top + i == at ? UI_ON_ROW : 0;
        popup_item(v, top + i, &text, &style);
        ui_draw_fill(r.y + i, r.x, r.width, UI_PLAIN | mods);
        ui_draw_words(r.y + i, r.x, 1, UI_KEY | mods, mods ? ui_glyph(UI_GLYPH_POINTER) : " ");
        ui_draw_match(r.y + i, r.x + 2, r.width - 2, style | mods, text, strlen(text), v->words ? NULL : ui_readline_text());
    }
    if (n == 0 && v->nchoices && r.height > 0) {
        ui_draw_words(r.y, r.x + 2, r.width - 2, UI_DIM, "none of them: Enter asks the server");
    }
    ui_draw_scroll((ui_rect){r.y - 1, r.x - 1, r.height + 2, r.width + 2}, top, r.height, n);
}

/* --- edges -------------------------------------------------------------------------------------------------- */

/* "text · line 2 of 14", "NULL", "empty text ''". */
static void tag_words(const input_view *v, nx_buf *out) {
    if (v->waiting) {
        nx_buf_addf(out, "%s%s", v->waiting, ui_glyph(UI_GLYPH_ELLIPSIS));
        return;
    }
    const char *mode = ui_readline_mode();
    if (v->o.value && !v->nchoices) {
        const char *s = ui_readline_text();
        nx_buf_adds(out, v->state >= 0 ? v->states[v->state].name : *s ? "text" : "empty text ''");
        if (v->lines.n > v->rows) {
            nx_buf_addf(out, " %s row %d of %d", ui_glyph(UI_GLYPH_DOT),
                        ui_lines_find(&v->lines, ui_readline_cursor()) + 1, v->lines.n);
        }
    }
    if (mode) {
        nx_buf_addf(out, "%s%s", out->len ? " " : "", out->len ? ui_glyph(UI_GLYPH_DOT) : "");
        nx_buf_addf(out, "%s%s", out->len ? " " : "", mode);
    }
}

static void add_piece(nx_buf *out, int room, const char *words) {
    if ((int)(out->len + strlen(words)) + 2 <= room) {
        nx_buf_addf(out, "  %s", words);
    }
}

/* What the keys do here, as much as fits: leaving last, because it stands at the corner. */
static void foot_words(const input_view *v, int width, nx_buf *out) {
    const char *leaves = ui_readline_mode() ? "Ctrl-G drops" : v->waiting ? "Esc stops" : "Esc drops";
    int room = width - 6 - (int)strlen(leaves) - 2;
    char words[64];
    nx_buf_addf(out, "Enter %s", v->o.verb ? v->o.verb : "accepts");
    if (v->nchoices) {
        add_piece(out, room, "Tab chooses");
    } else if (v->o.leave || v->o.complete) {
        snprintf(words, sizeof words, "Tab %s", v->o.leave ? v->o.leave_words : "completes");
        add_piece(out, room, words);
    }
    for (int i = 0; i < v->o.nstates; i++) {
        snprintf(words, sizeof words, "^X %c %s", v->states[i].key, v->states[i].name);
        add_piece(out, room, words);
    }
    if (v->o.multiline && !v->nchoices) {
        add_piece(out, room, "Alt-Enter new line");
    }
    if (v->o.value && v->o.multiline && !v->nchoices) {
        add_piece(out, room, "^X e ''");
        add_piece(out, room, "^X ^E $EDITOR");
    }
    nx_buf_addf(out, "  %s", leaves);
}

static void draw_edges(const input_view *v, ui_rect box) {
    nx_buf tag = NX_BUF, foot = NX_BUF, title = NX_BUF;
    tag_words(v, &tag);
    foot_words(v, box.width, &foot);
    int width = nx_text_width(tag.data, tag.len), room = box.width - 6 - (width ? width + 3 : 0);
    nx_text_sanitise(&title, v->o.prompt, strlen(v->o.prompt), room > 4 ? room : 4);
    ui_draw_box(box, true, title.data, foot.data);
    if (width && width + 6 < box.width) {
        int x = box.x + box.width - width - 4;
        ui_draw_fill(box.y, x, width + 2, UI_KEY);
        unsigned style = v->waiting ? UI_INFO : v->state >= 0 ? UI_NULL : *ui_readline_text() ? UI_DIM : UI_EMPTY;
        ui_draw_text(box.y, x + 1, width, style, UI_LEFT, tag.data, tag.len);
    }
    nx_buf_free(&title);
    nx_buf_free(&tag);
    nx_buf_free(&foot);
}

/* --- the box ------------------------------------------------------------------------------------------------ */

/* Below its cell when there is room, else above; at the bottom without an anchor. */
static ui_rect place(const input_view *v, ui_rect screen, int height, int width) {
    ui_rect a = v->o.anchor;
    int bottom = screen.height - 1;
    if (a.width == 0) {
        return (ui_rect){bottom - height, 0, height, screen.width};
    }
    int y = a.y + 1 + height <= bottom ? a.y + 1 : a.y - height;
    y = y < 1 ? (bottom - height > 1 ? bottom - height : 1) : y;
    int x = a.x + width <= screen.width ? a.x : screen.width - width;
    return (ui_rect){y, x < 0 ? 0 : x, height, width};
}

static int error_lines(const input_view *v, int width, ui_lines *lines) {
    if (!v->error.len) {
        return 0;
    }
    ui_lines_of(lines, v->error.data, v->error.len, width + 1);
    return lines->n > ERROR_ROWS ? ERROR_ROWS : lines->n;
}

static void draw_error(const input_view *v, const ui_lines *lines, ui_rect r) {
    for (int i = 0; i < r.height; i++) {
        size_t from = lines->starts[i], end = i == r.height - 1 ? v->error.len : row_end(lines, i, v->error.len);
        end -= end > from && v->error.data[end - 1] == '\n' ? 1 : 0;
        ui_draw_text(r.y + i, r.x, r.width, UI_ERROR, UI_LEFT, v->error.data + from, end - from);
    }
}

static int least(int a, int b) { return a < b ? a : b; }

void ui_input_draw(ui_view *view, ui_rect screen, bool focused) {
    input_view *v = (input_view *)view;
    const char *s = ui_readline_text();
    size_t len = strlen(s);
    int width = v->o.anchor.width ? least(v->o.anchor.width, WIDTH_MAX) : screen.width;
    width = width < 38 ? least(38, screen.width) : width;
    v->width = width - 4;
    ui_lines_of(&v->lines, s, len, v->width);
    ui_lines wrong = {0};
    int room = screen.height - 4, errors = least(error_lines(v, v->width, &wrong), room - 1), popup = popup_count(v);
    popup = v->nchoices && !popup ? 1 : popup;
    /* The text has half of the screen, what it offers the rest; neither is ever without a row. */
    v->rows = least(v->lines.n, screen.height / 2 > ROWS_MIN ? screen.height / 2 : ROWS_MIN);
    popup = least(popup, screen.height / 2 + 2);
    if (v->rows + popup + errors > room) {
        v->rows = least(v->rows, popup ? ROWS_MIN - 1 : room - errors);
        popup = least(popup, room - errors - v->rows);
    }
    ui_rect box = place(v, screen, v->rows + popup + errors + 2, width);
    int row = ui_lines_find(&v->lines, ui_readline_cursor());
    v->top = row < v->top ? row : row >= v->top + v->rows ? row - v->rows + 1 : v->top;
    v->top = v->top + v->rows > v->lines.n ? v->lines.n - v->rows : v->top;
    ui_draw_clear(box, UI_PLAIN);
    draw_edges(v, box);
    ui_rect text = {box.y + 1, box.x + 2, v->rows, v->width};
    draw_text(v, s, len, text);
    if (len == 0) {
        draw_no_text(v, text);
    }
    draw_error(v, &wrong, (ui_rect){text.y + v->rows, text.x, errors, v->width});
    draw_popup(v, (ui_rect){text.y + v->rows + errors, box.x + 1, popup, width - 2});
    if (v->lines.n > v->rows) {
        ui_draw_scroll((ui_rect){box.y, box.x, v->rows + 2, box.width}, v->top, v->rows, v->lines.n);
    }
    if (focused) {
        ui_draw_cursor(text.y + row - v->top, text.x + ui_lines_column(&v->lines, s, row, ui_readline_cursor()));
    }
    free(wrong.starts);
}
