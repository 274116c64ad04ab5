#include <string.h>

#include "nixie/text.h"
#include "rows.h"

enum { MEASURE_ROWS = 400 };

static rows_head relation_head(const rows_view *v, const nx_relation *r) {
    return (rows_head){.title = r->name, .right = true, .place = nx_order_count_place(&v->order, r),
                       .marks = {ui_glyph(UI_GLYPH_REFERRERS)}};
}

static rows_head field_head(const rows_view *v, const nx_field *field) {
    const nx_foreign_key *fk = nx_field_foreign_key(field);
    rows_head head = {.title = nx_field_title(field), .right = field->class == NX_TYPE_NUMBER && !fk,
                      .place = nx_order_place(&v->order, field)};
    int n = 0;
    if (nx_field_in_identity(field)) {
        head.marks[n++] = ui_glyph(UI_GLYPH_KEY);
    }
    if (fk) {
        head.marks[n++] = ui_glyph(UI_GLYPH_REFERENCE);
    }
    return head;
}

/* Name, place in the order, marks: key, reference, or that it leads to many. */
rows_head ui_rows_head(const rows_view *v, int column) {
    const nx_relation *r = ui_rows_relation_at(v, column);
    rows_head head = r ? relation_head(v, r) : field_head(v, nx_query_field(v->query, column));
    head.width = nx_text_width(head.title, strlen(head.title)) + (!head.place ? 0 : v->order.nterms > 1 ? 3 : 2);
    for (size_t i = 0; i < NX_COUNT(head.marks) && head.marks[i]; i++) {
        head.width += 2;
    }
    return head;
}

/* What is staged is shown in place, and wants its room too. */
static int staged_width(const rows_view *v, const nx_field *field, int max) {
    const nx_changeset *set = v->view.app->changes;
    int width = 0;
    for (int i = 0; i < nx_changeset_count(set); i++) {
        const nx_change *change = nx_changeset_at(set, i);
        bool shown = change->kind == NX_INSERT || ((change->kind == NX_UPDATE || change->kind == NX_BULK_UPDATE) && nx_change_assignment(change, field));
        if (shown && change->model->oid == v->model->oid) {
            ui_cell cell = ui_cell_of(field, NULL, change);
            int w = ui_cell_width(&cell, max);
            width = w > width ? w : width;
        }
    }
    return width;
}

/* "99+", or why there are no numbers, which is the same in all rows. */
static int count_width(const rows_view *v, int column) {
    const nx_row *row = v->window && nx_window_count(v->window) ? nx_window_row(v->window, 0) : NULL;
    char words[24];
    const char *text = ui_rows_count_words(v, row, column, words);
    int width = nx_text_width(text, strlen(text));
    return width > UI_COLUMN_MIN ? width : UI_COLUMN_MIN;
}

static int natural_width(const rows_view *v, int f, int max) {
    int width = ui_rows_head(v, f).width;
    if (ui_rows_relation_at(v, f)) {
        int w = count_width(v, f);
        width = w > width ? w : width;
        return width > max ? max : width < UI_COLUMN_MIN ? UI_COLUMN_MIN : width;
    }
    const nx_field *field = nx_query_field(v->query, f);
    int n = v->window ? nx_window_count(v->window) : 0;
    int from = n > MEASURE_ROWS && v->top > MEASURE_ROWS / 2 ? v->top - MEASURE_ROWS / 2 : 0;
    for (int i = from; i < n && i < from + MEASURE_ROWS && width < max; i++) {
        ui_cell cell = ui_cell_of(field, &nx_window_row(v->window, i)->cells[f], NULL);
        int w = ui_cell_width(&cell, max);
        width = w > width ? w : width;
    }
    int staged = staged_width(v, field, max);
    width = staged > width ? staged : width;
    return width > max ? max : width < UI_COLUMN_MIN ? UI_COLUMN_MIN : width;
}

void ui_rows_measure(rows_view *v) {
    for (int f = 0; f < ui_rows_ncolumns(v); f++) {
        if (!v->columns[f].chosen) {
            int width = natural_width(v, f, UI_COLUMN_MAX);
            v->columns[f].width = width > v->columns[f].width ? width : v->columns[f].width;
        }
    }
}

void ui_rows_fit(rows_view *v, int field) {
    v->columns[field].chosen = true;
    v->columns[field].width = natural_width(v, field, 400);
}

/* Fields of the identity that have scrolled out at the left stay in sight, frozen. */
static int place_frozen(rows_view *v, int width, rows_place *places, int max, int *x) {
    int n = 0;
    for (int f = 0; f < v->left && n < max; f++) {
        int w = v->columns[f].width;
        if (f >= nx_query_nfields(v->query) || !nx_field_in_identity(nx_query_field(v->query, f)) || *x + w > width / 2) {
            continue;
        }
        places[n++] = (rows_place){.field = f, .x = *x, .width = w, .frozen = true};
        *x += w + 2;
    }
    return n;
}

int ui_rows_layout(rows_view *v, int width, rows_place *places, int max) {
    int x = 0, n = place_frozen(v, width, places, max, &x), fields = ui_rows_ncolumns(v);
    for (int f = v->left; f < fields && n < max && x < width; f++) {
        int w = v->columns[f].width;
        w = x + w > width ? width - x : w;
        if (w < UI_COLUMN_MIN && f > v->left) {
            break;
        }
        places[n++] = (rows_place){.field = f, .x = x, .width = w};
        x += w + 2;
    }
    return n;
}

static bool in_sight(rows_view *v, int width) {
    rows_place places[256];
    int n = ui_rows_layout(v, width, places, (int)NX_COUNT(places));
    for (int i = 0; i < n; i++) {
        if (places[i].field == v->field) {
            bool whole = places[i].width >= v->columns[v->field].width;
            return whole || v->field == v->left || places[i].frozen;
        }
    }
    return false;
}

void ui_rows_show_field(rows_view *v, int width) {
    if (v->field < v->left && !in_sight(v, width)) {
        v->left = v->field;
    }
    while (v->left < v->field && !in_sight(v, width)) {
        v->left++;
    }
}
