#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "nixie/text.h"
#include "peek.h"
#include "rows.h"
#include "watch.h"

enum { PLACES_MAX = 256, MARGIN = 2 };

/* --- header -------------------------------------------------------------------------------------------- */

static int mark(int y, int x, int end, unsigned mods, const char *glyph) {
    return x < end ? ui_draw_words(y, x, end - x, UI_HEADER_MARK | mods, glyph) : 0;
}

static void draw_header(const rows_view *v, int y, int x, int width, int f) {
    rows_head head = ui_rows_head(v, f);
    unsigned mods = f == v->field ? UI_ON_ROW : 0;
    int end = x + width, name = nx_text_width(head.title, strlen(head.title));
    ui_draw_fill(y, x, width, UI_HEADER | mods);
    int at = head.right && head.width < width ? end - head.width : x;
    at += ui_draw_text(y, at, name < end - at ? name : end - at, UI_HEADER | mods, UI_LEFT, head.title, strlen(head.title));
    if (head.place) {
        bool desc = v->order.terms[head.place - 1].desc;
        at += 1 + mark(y, at + 1, end, mods, ui_glyph(desc ? UI_GLYPH_DESC : UI_GLYPH_ASC));
        if (v->order.nterms > 1 && at < end) {
            at += ui_draw_wordsf(y, at, end - at, UI_HEADER_MARK | mods, "%d", head.place);
        }
    }
    for (size_t i = 0; i < NX_COUNT(head.marks) && head.marks[i]; i++) {
        at += 1 + mark(y, at + 1, end, mods, head.marks[i]);
    }
}

/* --- rows ---------------------------------------------------------------------------------------------- */

static const char *row_mark(const nx_change *change, bool here, ui_style *style) {
    static const struct {
        const char *mark;
        ui_style style;
    } marks[] = {[NX_UPDATE] = {"~", UI_UPDATED}, [NX_INSERT] = {"+", UI_INSERTED}, [NX_DELETE] = {"-", UI_DELETED},
                 [NX_BULK_UPDATE] = {"~", UI_UPDATED}, [NX_BULK_DELETE] = {"-", UI_DELETED}};
    if (change && nx_failed(&change->outcome)) {
        *style = UI_ERROR;
        return "!";
    }
    if (change) {
        *style = marks[change->kind].style;
        return marks[change->kind].mark;
    }
    *style = UI_KEY;
    return here ? ui_glyph(UI_GLYPH_POINTER) : " ";
}

static void draw_row(rows_view *v, int y, ui_rect r, const rows_place *places, int n, const nx_row *row,
                     const nx_change *change, int at, bool marked, bool focused) {
    bool here = at == v->row, news = at >= 0 && ui_watch_changed(v->watch, at, -1);
    unsigned mods = (here ? UI_ON_ROW : 0u) | (marked ? UI_ON_MARK : 0u);
    ui_style style;
    const char *glyph = row_mark(change, here, &style);
    ui_draw_fill(y, r.x, r.width, UI_PLAIN | mods);
    ui_draw_words(y, r.x, 1, style | mods, glyph);
    ui_draw_words(y, r.x + 1, 1, UI_HEADER_MARK | mods, marked ? ui_glyph(UI_GLYPH_MARK) : news ? "*" : " ");
    for (int i = 0; i < n; i++) {
        int f = places[i].field;
        unsigned m = mods;
        if (here && f == v->field) {
            m |= UI_ON_CURSOR | (focused ? 0 : UI_UNFOCUSED);
        }
        m |= news && f < nx_query_nfields(v->query) && ui_watch_changed(v->watch, at, f) ? UI_ON_MARK : 0u;
        if (ui_rows_relation_at(v, f)) {
            char words[24];
            const char *text = ui_rows_count_words(v, row, f, words);
            ui_draw_text(y, r.x + MARGIN + places[i].x, places[i].width, UI_DIM | m, UI_RIGHT_ALIGN, text, strlen(text));
            continue;
        }
        ui_cell cell = ui_cell_of(nx_query_field(v->query, f), row ? &row->cells[f] : NULL, change);
        ui_cell_draw(y, r.x + MARGIN + places[i].x, places[i].width, m, &cell);
    }
}

static void draw_bars(const rows_place *places, int n, ui_rect r, int rows) {
    for (int i = 0; i + 1 < n; i++) {
        if (places[i].frozen && !places[i + 1].frozen) {
            int x = r.x + MARGIN + places[i].x + places[i].width;
            for (int y = 0; y <= rows; y++) {
                ui_draw_words(r.y + y, x, 1, UI_DIM, ui_glyph(UI_GLYPH_BAR));
            }
        }
    }
}

int ui_rows_inserts_shown(const rows_view *v, int height) {
    int most = height / 2 < UI_INSERTS_SHOWN ? height / 2 : UI_INSERTS_SHOWN;
    return v->ninserts < most ? v->ninserts : most;
}

static int draw_inserts(rows_view *v, ui_rect r, const rows_place *places, int n, bool focused) {
    int shown = ui_rows_inserts_shown(v, r.height - 1);
    /* Row -1 is the newest; the window of those shown follows the cursor. */
    int first = v->ninserts - shown;
    int at = v->row < 0 ? v->ninserts + v->row : v->ninserts - 1;
    first = at < first ? at : first;
    for (int i = 0; i < shown; i++) {
        const nx_change *change = nx_changeset_by_id(v->view.app->changes, v->inserts[first + i]);
        draw_row(v, r.y + 1 + i, r, places, n, NULL, change, first + i - v->ninserts, false, focused);
    }
    return shown;
}

static void say(ui_rect r, int line, unsigned style, const char *text) {
    if (line < r.height) {
        ui_draw_text(r.y + line, r.x + 1, r.width - 2, style, UI_LEFT, text, strlen(text));
    }
}

/* Nothing to show is said in words: still reading, failed (in the server's words), or truly empty. */
static bool draw_instead(const rows_view *v, ui_rect r) {
    const nx_error *err = nx_failed(&v->error) ? &v->error : v->window ? nx_window_error(v->window) : NULL;
    if (err && nx_failed(err) && (!v->window || nx_window_count(v->window) == 0)) {
        say(r, 1, UI_ERROR, err->message);
        say(r, 2, UI_PLAIN, err->detail ? err->detail : "");
        say(r, 3, UI_DIM, err->hint ? err->hint : "r tries again");
        return true;
    }
    if (!v->window || !nx_window_loaded(v->window)) {
        say(r, 1, UI_DIM, "reading");
        return true;
    }
    if (nx_window_count(v->window) == 0) {
        bool filtered = nx_query_filter(v->query) != NULL;
        say(r, 1 + ui_rows_inserts_shown(v, r.height - 1), UI_DIM, filtered ? "no rows match the filter  (\\ clears it)" : "no rows");
    }
    return false;
}

static void draw_grid(rows_view *v, ui_rect r, bool focused) {
    v->width = r.width - MARGIN;
    if (!v->query) {
        v->height = r.height - 1;
        draw_instead(v, r);
        return;
    }
    const nx_change *here = ui_rows_current_change(v);
    v->here = here ? here->id : 0;
    rows_place places[PLACES_MAX];
    ui_rows_measure(v);
    ui_rows_show_field(v, v->width);
    int n = ui_rows_layout(v, v->width, places, PLACES_MAX);
    for (int i = 0; i < n; i++) {
        draw_header(v, r.y, r.x + MARGIN + places[i].x, places[i].width, places[i].field);
    }
    if (draw_instead(v, r)) {
        return;
    }
    const nx_change *bulk = ui_rows_bulk_change(v);
    ui_rows_bulk_draw(v, r);
    r.height -= ui_rows_bulk_lines(v);
    int used = draw_inserts(v, r, places, n, focused);
    int before = v->height;
    v->height = r.height - 1 - used;
    v->height > before ? ui_rows_look(v, 0) : ui_rows_clamp(v); /* a taller screen may need rows that are not here */
    int count = nx_window_count(v->window), drawn = 0;
    for (; drawn < v->height && v->top + drawn < count; drawn++) {
        const nx_row *row = nx_window_row(v->window, v->top + drawn);
        const nx_change *change = nx_changeset_find(v->view.app->changes, v->model, row->key, nx_window_nkey(v->window));
        int at = v->top + drawn;
        change = change ? change : bulk;
        bool marked = ui_rows_marked(v, at) || ui_rows_in_range(v, at);
        draw_row(v, r.y + 1 + used + drawn, r, places, n, row, change, at, marked, focused);
    }
    draw_bars(places, n, r, used + drawn);
}

void ui_rows_draw(ui_view *view, ui_rect r, bool focused) {
    rows_view *v = (rows_view *)view;
    ui_rect pane = v->peek ? ui_peek_place(&r) : (ui_rect){0};
    draw_grid(v, r, focused);
    if (v->peek) {
        ui_peek_draw(v->peek, pane);
    }
}

/* --- where one is ---------------------------------------------------------------------------------------- */

/* Fields of the model that the role has no right to: they have no column, so they are told of here. */
static int withheld_fields(const nx_model *model) {
    int n = 0;
    for (int i = 0; i < model->nfields; i++) {
        n += !model->fields[i]->can_select;
    }
    return n;
}

void ui_rows_foot(ui_view *view, nx_buf *out) {
    rows_view *v = (rows_view *)view;
    if (!v->window || !nx_window_loaded(v->window)) {
        return;
    }
    int count = nx_window_count(v->window), last = v->top + v->height - 1;
    char marked[24];
    if (v->range.on) {
        nx_buf_addf(out, "range %s ", ui_glyph(UI_GLYPH_DOT));
    }
    if (ui_marks_count(v->marks) > 0) {
        nx_buf_addf(out, "%s marked %s ", ui_format_exact(ui_marks_count(v->marks), marked), ui_glyph(UI_GLYPH_DOT));
    }
    last = last >= count ? count - 1 : last;
    int withheld = withheld_fields(v->model);
    if (withheld > 0) {
        nx_buf_addf(out, "%d field%s may not be read %s ", withheld, withheld == 1 ? "" : "s", ui_glyph(UI_GLYPH_DOT));
    }
    ui_rows_fields_foot(v, out);
    ui_rows_count_foot(v, out);
    if (!nx_query_indexed(v->query)) {
        nx_buf_addf(out, "unindexed sort %s ", ui_glyph(UI_GLYPH_DOT));
    }
    for (int i = 0; i < v->order.nterms; i++) {
        if (v->order.terms[i].npath) { /* no header tells, or one out of sight */
            char *order = nx_order_text(&v->order);
            nx_buf_addf(out, "by %s %s ", order, ui_glyph(UI_GLYPH_DOT));
            free(order);
            break;
        }
    }
    if (count == 0) {
        nx_buf_adds(out, "0 rows");
        return;
    }
    bool exact, total_exact;
    int64_t first = nx_window_number(v->window, v->top, &exact), total = nx_window_total(v->window, &total_exact);
    char a[24], b[24], c[24];
    if (first >= 0) {
        nx_buf_addf(out, "%s%s-%s", exact ? "" : "~", ui_format_exact(first, a), ui_format_exact(first + last - v->top, b));
    }
    if (total >= 0) {
        nx_buf_addf(out, "%sof %s", first >= 0 ? " " : "", total_exact ? ui_format_exact(total, c) : ui_format_estimate(total, c));
    }
    if (first >= 0 && total > 0) {
        int64_t end = first + last - v->top;
        int percent = end >= total ? 100 : (int)(end * 100 / total);
        bool done = nx_window_at_end(v->window) && last == count - 1;
        percent = done ? 100 : percent == 100 ? 99 : percent;
        nx_buf_addf(out, " %s %d%%", ui_glyph(UI_GLYPH_LINE), percent);
    }
}
