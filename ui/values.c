#include "values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cell_draw.h"
#include "format.h"
#include "nixie/text.h"

enum { COUNT_WIDTH = 13, SHARE_WIDTH = 6 };

typedef struct values_view {
    ui_view view;
    nx_catalog *catalog; /* a reference */
    ui_values_options o;
    nx_rows_job *job;
    nx_arena *arena; /* holds what was found */
    nx_distinct found;
    bool here;
    nx_buf error;
    int cursor, top, height;
    ui_rect box;
} values_view;

static const ui_view_ops values_ops;

/* --- what was found ----------------------------------------------------------------------------------------- */

static void keep(values_view *v, const nx_distinct *found) {
    size_t n = (size_t)found->n + 1;
    v->found = *found;
    v->found.values = nx_arena_array(v->arena, n, sizeof *v->found.values);
    v->found.counts = nx_arena_array(v->arena, n, sizeof *v->found.counts);
    v->found.cut = nx_arena_array(v->arena, n, sizeof *v->found.cut);
    for (int i = 0; i < found->n; i++) {
        v->found.values[i] = nx_value_copy(v->arena, found->values[i]);
        v->found.counts[i] = found->counts[i];
        v->found.cut[i] = found->cut[i];
    }
}

static void loaded(void *owner, const nx_distinct *found, const nx_error *err) {
    values_view *v = owner;
    v->job = NULL;
    v->here = true;
    ui_app_dirty(v->view.app);
    if (err) {
        nx_buf_adds(&v->error, err->message);
        ui_say_error(v->view.app, err);
    } else {
        keep(v, found);
    }
}

/* --- keys ----------------------------------------------------------------------------------------------------- */

static void move(values_view *v, int to) {
    v->cursor = to >= v->found.n ? v->found.n - 1 : to;
    v->cursor = v->cursor < 0 ? 0 : v->cursor;
}

static int choose(values_view *v, bool without) {
    ui_app *app = v->view.app;
    if (v->cursor >= v->found.n) {
        return ui_refuse(app, v->here ? "there is no value here" : "the values are not here yet");
    }
    if (v->found.cut[v->cursor]) {
        return ui_refuse(app, "this value is too long to filter by: / with contains does it");
    }
    ui_values_options o = v->o;
    nx_arena *arena = v->arena;
    nx_value value = v->found.values[v->cursor];
    v->arena = NULL;
    ui_app_remove(app, &v->view);
    o.chosen(o.owner, o.field, value, without);
    nx_arena_free(arena);
    return UI_DONE;
}

static int act(ui_view *view, ui_action action, int count) {
    values_view *v = (values_view *)view;
    int n = count ? count : 1;
    switch (action) {
    case UI_DO_DOWN: move(v, v->cursor + n); return UI_DONE;
    case UI_DO_UP: move(v, v->cursor - n); return UI_DONE;
    case UI_DO_PAGE_DOWN: move(v, v->cursor + v->height); return UI_DONE;
    case UI_DO_PAGE_UP: move(v, v->cursor - v->height); return UI_DONE;
    case UI_DO_FIRST: move(v, 0); return UI_DONE;
    case UI_DO_LAST: move(v, v->found.n - 1); return UI_DONE;
    case UI_DO_FILTER_KEEP: return choose(v, false);
    case UI_DO_FILTER_DROP: return choose(v, true);
    case UI_DO_COPY:
        if (v->cursor < v->found.n && v->found.values[v->cursor].text) {
            nx_value value = v->found.values[v->cursor];
            ui_copy(view->app, value.text, value.len, nx_field_title(v->o.field));
        }
        return UI_DONE;
    default: return UI_UNHANDLED;
    }
}

static int mouse(ui_view *view, const ui_input *input, ui_rect screen) {
    values_view *v = (values_view *)view;
    (void)screen;
    if (input->mouse == UI_MOUSE_WHEEL_UP || input->mouse == UI_MOUSE_WHEEL_DOWN) {
        move(v, v->cursor + (input->mouse == UI_MOUSE_WHEEL_UP ? -3 : 3));
        return UI_DONE;
    }
    ui_rect r = ui_rect_inside(v->box);
    int at = v->top + input->y - r.y - 1;
    bool inside = input->x >= r.x && input->x < r.x + r.width && input->y > r.y && input->y < r.y + r.height;
    if (!inside || at < 0 || at >= v->found.n) {
        return UI_DONE;
    }
    v->cursor = at;
    return input->mouse == UI_MOUSE_DOUBLE ? choose(v, false) : UI_DONE;
}

/* --- drawing ---------------------------------------------------------------------------------------------------- */

static void draw_value(const values_view *v, int i, int y, ui_rect r) {
    const nx_distinct *d = &v->found;
    unsigned mods = i == v->cursor ? UI_ON_ROW : 0;
    char count[24], share[16] = "";
    nx_cell cell = {.value = d->values[i], .cut = d->cut[i], .size = -1};
    ui_cell shown = ui_cell_of(v->o.field, &cell, NULL);
    int end = r.x + r.width - 1, x = end - SHARE_WIDTH - COUNT_WIDTH;
    ui_draw_fill(y, r.x, r.width, UI_PLAIN | mods);
    ui_draw_words(y, r.x, 1, UI_KEY | mods, i == v->cursor ? ui_glyph(UI_GLYPH_POINTER) : " ");
    ui_cell_draw(y, r.x + 2, x - r.x - 3, mods, &shown);
    ui_format_exact(d->counts[i], count);
    ui_draw_text(y, x, COUNT_WIDTH, UI_NUMBER | mods, UI_RIGHT_ALIGN, count, strlen(count));
    if (d->sampled && COUNT_WIDTH > (int)strlen(count)) {
        ui_draw_words(y, x + COUNT_WIDTH - (int)strlen(count) - 1, 1, UI_NUMBER | mods, "~");
    }
    if (d->rows > 0) {
        double percent = 100.0 * (double)d->counts[i] / (double)d->rows;
        snprintf(share, sizeof share, percent < 0.95 ? "<1%%" : "%.0f%%", percent);
    }
    ui_draw_text(y, end - SHARE_WIDTH, SHARE_WIDTH, UI_DIM | mods, UI_RIGHT_ALIGN, share, strlen(share));
}

static void draw_words(const values_view *v, ui_rect r) {
    const nx_distinct *d = &v->found;
    char n[24], rows[24];
    if (v->error.len) {
        ui_draw_text(r.y, r.x + 2, r.width - 3, UI_ERROR, UI_LEFT, v->error.data, v->error.len);
    } else if (!v->here) {
        ui_draw_words(r.y, r.x + 2, r.width - 3, UI_DIM, "reading  (Esc cancels)");
    } else if (d->n == 0) {
        ui_draw_words(r.y, r.x + 2, r.width - 3, UI_DIM, "no rows");
    } else {
        ui_format_exact(d->distinct, n);
        ui_format_exact(d->rows, rows);
        ui_draw_wordsf(r.y, r.x + 2, r.width - 3, UI_DIM, "%s%s value%s in %s%s rows%s", d->sampled ? "at least " : "", n,
                       d->distinct == 1 ? "" : "s", d->sampled ? "~" : "", rows,
                       d->sampled ? ", by a sample" : d->more ? ", the most frequent:" : "");
    }
}

static void draw(ui_view *view, ui_rect screen, bool focused) {
    values_view *v = (values_view *)view;
    nx_buf title = NX_BUF;
    nx_buf_addf(&title, "values of %s", nx_field_title(v->o.field));
    int most = screen.height - 7, rows = v->found.n < 3 ? 3 : v->found.n > most ? most : v->found.n;
    v->box = ui_rect_centre(screen, rows + 3, 66);
    ui_rect r = ui_rect_inside(v->box);
    ui_draw_clear(v->box, UI_PLAIN);
    ui_draw_box(v->box, focused, title.data, "Enter keeps only these  ! leaves them out");
    nx_buf_free(&title);
    draw_words(v, r);
    v->height = r.height - 1;
    v->top = v->cursor < v->top ? v->cursor : v->top;
    v->top = v->cursor >= v->top + v->height ? v->cursor - v->height + 1 : v->top;
    for (int i = 0; i < v->height && v->top + i < v->found.n; i++) {
        draw_value(v, v->top + i, r.y + 1 + i, r);
    }
    ui_draw_scroll(v->box, v->top, v->height, v->found.n);
}

/* --- opening and closing ------------------------------------------------------------------------------------------ */

/* What nobody waits for any more is not left running: it would keep the next page waiting. */
static void close_values(ui_view *view) {
    values_view *v = (values_view *)view;
    if (v->job) {
        nx_rows_drop(v->job);
        nx_session_cancel(view->app->session);
    }
    nx_catalog_unref(v->catalog);
    nx_arena_free(v->arena);
    nx_buf_free(&v->error);
    free(v);
}

static const ui_view_ops values_ops = {
    .name = "values",
    .scope = UI_SCOPE_VALUES,
    .draw = draw,
    .act = act,
    .mouse = mouse,
    .close = close_values,
};

ui_view *ui_values_open(ui_app *app, const ui_values_options *o) {
    values_view *v = nx_calloc(1, sizeof *v);
    v->view = (ui_view){&values_ops, app};
    v->o = *o;
    v->o.query = NULL;
    v->catalog = nx_catalog_ref(o->field->model->catalog);
    v->arena = nx_arena_new(0);
    v->error = (nx_buf)NX_BUF;
    v->height = 10;
    ui_app_overlay(app, &v->view);
    v->job = nx_distinct_load(app->session, o->query, o->field, o->rows, loaded, v);
    return &v->view;
}
