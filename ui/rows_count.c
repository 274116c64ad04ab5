/* What the database says about all rows of the grid: how many, and which values a field has. */
#include "count.h"
#include "rows.h"
#include "values.h"

static void counted(void *owner, int64_t count, const nx_error *err) {
    rows_view *v = owner;
    if (err) {
        ui_say_error(v->view.app, err);
    } else {
        nx_window_set_total(v->window, count);
    }
}

int ui_rows_count(rows_view *v) {
    bool exact = false;
    if (!v->window || !nx_window_loaded(v->window) || v->going) {
        return ui_refuse(v->view.app, "the rows are not here yet");
    }
    nx_window_total(v->window, &exact);
    if (exact) {
        return ui_refuse(v->view.app, "the number is exact already  (r reads the rows again)");
    }
    ui_count_start(v->view.app, v->query, counted, v);
    return UI_DONE;
}

void ui_rows_count_foot(const rows_view *v, nx_buf *out) {
    int64_t ms = ui_count_elapsed_ms(v->view.app, v);
    if (ms >= 0) {
        nx_buf_addf(out, "counting %.1f s %s ", (double)ms / 1000.0, ui_glyph(UI_GLYPH_DOT));
    }
}

static void chosen(void *owner, nx_field *field, nx_value value, bool without) {
    ui_rows_filter_add(owner, field, value, without);
}

int ui_rows_values(rows_view *v) {
    nx_field *field = ui_rows_field(v);
    bool exact;
    if (!field || !v->window) {
        return ui_refuse(v->view.app, "the rows are not here yet");
    }
    ui_values_open(v->view.app, &(ui_values_options){.query = v->query, .field = field, .chosen = chosen, .owner = v,
                                                     .rows = nx_window_total(v->window, &exact)});
    return UI_DONE;
}
