/* The mouse on the grid. */
#include "peek.h"
#include "rows.h"

static int click(ui_view *view, const ui_input *input, ui_rect r) {
    rows_view *v = (rows_view *)view;
    if (!v->query || !v->window) {
        return UI_DONE;
    }
    if (input->mouse == UI_MOUSE_WHEEL_UP || input->mouse == UI_MOUSE_WHEEL_DOWN) {
        return ui_rows_move(v, input->mouse == UI_MOUSE_WHEEL_UP ? UI_DO_UP : UI_DO_DOWN, 3);
    }
    rows_place places[256];
    int n = ui_rows_layout(v, v->width, places, (int)NX_COUNT(places)), x = input->x - r.x - 2, hit = -1;
    for (int i = 0; i < n; i++) {
        hit = x >= places[i].x && x < places[i].x + places[i].width + 1 ? i : hit;
    }
    if (hit < 0) {
        return UI_DONE;
    }
    v->field = places[hit].field;
    int line = input->y - r.y - 1, inserts = ui_rows_inserts_shown(v, r.height - 1);
    if (line < 0) {
        return ui_rows_sort(v, false);
    }
    if (line - inserts >= v->height) {
        return UI_DONE; /* the lines below the rows */
    }
    int row = line < inserts ? line - inserts : v->top + line - inserts;
    if (row >= nx_window_count(v->window)) {
        return UI_DONE;
    }
    v->row = row;
    return ui_rows_click(v, x - places[hit].x, input->mouse == UI_MOUSE_DOUBLE);
}

int ui_rows_mouse(ui_view *view, const ui_input *input, ui_rect r) {
    int flags = click(view, input, r);
    ui_peek_look(((rows_view *)view)->peek);
    return flags;
}
