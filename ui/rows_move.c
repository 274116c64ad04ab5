#include "rows.h"

enum { OWED_MAX = 2000 };

static int count_of(const rows_view *v) { return v->window ? nx_window_count(v->window) : 0; }

void ui_rows_clamp(rows_view *v) {
    int n = count_of(v);
    if (v->row >= n) {
        v->row = n > 0 ? n - 1 : v->ninserts > 0 ? -1 : 0;
    }
    if (v->row < -v->ninserts) {
        v->row = v->ninserts > 0 ? -v->ninserts : 0;
    }
    int height = v->height > 0 ? v->height : 1;
    if (v->row >= 0) {
        v->top = v->row < v->top ? v->row : v->top;
        v->top = v->row >= v->top + height ? v->row - height + 1 : v->top;
    }
    /* No blank space below the last row while there are rows above. */
    if (v->top > n - height) {
        v->top = n > height ? n - height : 0;
    }
}

void ui_rows_look(rows_view *v, int direction) {
    ui_rows_clamp(v);
    if (v->window) {
        nx_window_look(v->window, v->top, v->height > 0 ? v->height : 1, direction);
    }
}

/* Keys typed faster than rows arrive are not lost: what could not be moved yet is owed, and paid when
 * the next page is here. */
static void owe(rows_view *v, int at, int n) {
    v->owed = 0;
    if (v->window && at >= n && n > 0 && !nx_window_at_end(v->window)) {
        v->owed = at - (n - 1) > OWED_MAX ? OWED_MAX : at - (n - 1);
    } else if (v->window && at < 0 && v->row >= 0 && !nx_window_at_start(v->window)) {
        v->owed = at < -OWED_MAX ? -OWED_MAX : at;
    }
}

/* Staged new records stand above the first row in sight: up from the very first row leads to them. */
static void move_rows(rows_view *v, int by) {
    int n = count_of(v), at = v->row + by;
    if (v->row < 0 && at >= 0) {
        at = v->top + at;
    }
    if (v->row >= 0 && at < 0) {
        at = v->row > 0 || v->ninserts == 0 ? 0 : at;
    }
    owe(v, at, n);
    at = at < -v->ninserts ? -v->ninserts : at;
    v->row = at >= n ? (n > 0 ? n - 1 : v->row < 0 ? v->row : 0) : at;
    ui_rows_look(v, by < 0 ? -1 : 1);
}

void ui_rows_pay(rows_view *v) {
    int owed = v->owed;
    if (owed) {
        v->top += owed;
        move_rows(v, owed);
    }
}

/* A page keeps the cursor's place on the screen. */
static void move_page(rows_view *v, int pages) {
    int by = pages * (v->height > 1 ? v->height - 1 : 1) + v->owed;
    int n = count_of(v), height = v->height > 0 ? v->height : 1;
    v->top += by;
    v->top = v->top > n - height ? n - height : v->top;
    v->top = v->top < 0 ? 0 : v->top;
    move_rows(v, by);
}

void ui_rows_go(rows_view *v, const nx_from *from) {
    v->going = true;
    v->went = from->kind;
    ui_app_hold(v->view.app);
    nx_window_go(v->window, from);
}

static void go(rows_view *v, nx_from_kind kind, double fraction) {
    if (v->window) {
        ui_rows_go(v, &(nx_from){.kind = kind, .fraction = fraction});
    }
}

static void move_field(rows_view *v, int to) {
    int n = v->query ? ui_rows_ncolumns(v) : 0;
    v->field = to >= n ? n - 1 : to;
    v->field = v->field < 0 ? 0 : v->field;
}

/* The last field; from there, or from a relation, the last of those. */
static void move_last(rows_view *v) {
    int last = v->query ? nx_query_nfields(v->query) - 1 : 0;
    move_field(v, v->query && v->field >= last ? ui_rows_ncolumns(v) - 1 : last);
}

static int percent(rows_view *v, int count) {
    if (count > 100) {
        return ui_refuse(v->view.app, "%d%% is more than there is", count);
    }
    if (count == 0) {
        return ui_refuse(v->view.app, "type a number first: 50%% goes to the middle");
    }
    go(v, count == 100 ? NX_FROM_LAST : NX_FROM_FRACTION, (double)count / 100.0);
    return UI_DONE;
}

int ui_rows_move(rows_view *v, ui_action action, int count) {
    int n = count ? count : 1;
    switch (action) {
    case UI_DO_DOWN: move_rows(v, v->owed + n); return UI_DONE;
    case UI_DO_UP: move_rows(v, v->owed - n); return UI_DONE;
    case UI_DO_PAGE_DOWN: move_page(v, n); return UI_DONE;
    case UI_DO_PAGE_UP: move_page(v, -n); return UI_DONE;
    case UI_DO_FIRST: go(v, NX_FROM_FIRST, 0); return UI_DONE;
    case UI_DO_LAST: go(v, NX_FROM_LAST, 0); return UI_DONE;
    case UI_DO_LEFT: move_field(v, v->field - n); return UI_DONE;
    case UI_DO_RIGHT: move_field(v, v->field + n); return UI_DONE;
    case UI_DO_FIRST_FIELD: move_field(v, 0); return UI_DONE;
    case UI_DO_LAST_FIELD: move_last(v); return UI_DONE;
    case UI_DO_PERCENT: return percent(v, count);
    default: return UI_UNHANDLED;
    }
}
