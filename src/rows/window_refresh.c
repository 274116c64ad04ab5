/* Reading the present rows again, with the user's row kept in place. */
#include "window.h"

#include <string.h>

enum { ABOVE_ROWS = 50 };

/* --- where the user was ---------------------------------------------------------------------------------- */

static nx_value *copy_values(nx_arena *arena, const nx_value *values, int n, nx_value *to) {
    for (int i = 0; i < n; i++) {
        to[i] = nx_value_copy(arena, values[i]);
    }
    return to;
}

/* The rows after it are kept by their keys too: when it is gone, the next one that is left takes its place. */
static void keep(nx_window *w, int index) {
    window_kept *k = &w->kept;
    const nx_row *row = nx_window_row(w, index);
    k->arena = nx_arena_new(0);
    k->index = index;
    k->number = w->first_number < 0 ? -1 : w->first_number + index;
    k->exact = w->first_exact;
    k->nkey = nx_window_nkey(w);
    k->nrows = w->nrows - index < WINDOW_PAGE ? w->nrows - index : WINDOW_PAGE;
    k->keys = nx_arena_array(k->arena, (size_t)(k->nrows * k->nkey), sizeof *k->keys);
    for (int i = 0; i < k->nrows; i++) {
        copy_values(k->arena, nx_window_row(w, index + i)->key, k->nkey, k->keys + i * k->nkey);
    }
    k->cursor.nvalues = row->cursor.nvalues;
    k->cursor.values = nx_arena_array(k->arena, (size_t)row->cursor.nvalues, sizeof *k->cursor.values);
    copy_values(k->arena, row->cursor.values, row->cursor.nvalues, k->cursor.values);
}

static bool same_key(const nx_value *a, const nx_value *b, int n) {
    for (int i = 0; i < n; i++) {
        if (!nx_value_equal(a[i], b[i])) {
            return false;
        }
    }
    return true;
}

/* The row among those held now that is the kept one, or the next of the kept that is left; -1: none. */
static int find_kept(const nx_window *w) {
    const window_kept *k = &w->kept;
    for (int i = 0; k->nkey && i < k->nrows; i++) {
        for (int r = 0; r < w->nrows; r++) {
            if (same_key(nx_window_row(w, r)->key, k->keys + i * k->nkey, k->nkey)) {
                return r;
            }
        }
    }
    return -1;
}

static void finish(nx_window *w, int at) {
    at = at < w->nrows ? at : w->nrows - 1;
    at = at < 0 ? 0 : at;
    nx_window_forget(w);
    nx_error_clear(&w->error);
    nx_window_count_rows(w);
    nx_window_count_missing(w);
    w->changed(w->owner, w, NX_WINDOW_RESET, at);
}

/* Others may have added or removed rows: what was counted is an estimate from now on. */
static void doubt_total(nx_window *w) {
    w->estimate = w->total >= 0 ? w->total : w->estimate;
    w->total = -1;
}

/* --- in the midst of the rows: two fetches at the same time ------------------------------------------------ */

static void both_arrived(nx_window *w) {
    if (!w->below || !w->above) {
        return;
    }
    nx_page *above = w->above, *below = w->below;
    int before = above->nrows;
    w->above = w->below = NULL;
    doubt_total(w);
    nx_window_set_pages(w, above, below);
    int at = find_kept(w);
    /* The number that the row had is its own still only where it has not moved. */
    w->first_number = w->kept.number > before ? w->kept.number - before : w->kept.number < 0 ? -1 : 1;
    w->first_exact = w->kept.exact && w->kept.number > before && at == before;
    finish(w, at < 0 ? before : at);
}

static void below_arrived(void *owner, nx_page *page, const nx_error *err) {
    nx_window *w = owner;
    w->job = NULL;
    w->below = page;
    if (err) {
        nx_window_fail(w, err);
    } else {
        both_arrived(w);
    }
}

static void above_arrived(void *owner, nx_page *page, const nx_error *err) {
    nx_window *w = owner;
    w->above_job = NULL;
    w->above = page;
    if (err) {
        nx_window_fail(w, err);
    } else {
        both_arrived(w);
    }
}

static void read_around(nx_window *w) {
    int above = w->height > ABOVE_ROWS ? w->height : ABOVE_ROWS;
    nx_from at = {.kind = NX_FROM_AT, .cursor = w->kept.cursor};
    nx_from before = {.kind = NX_FROM_BEFORE, .cursor = w->kept.cursor};
    nx_rows_job *job = nx_window_fetch(w, &at, nx_window_page(w) + w->height, below_arrived);
    if (!job) {
        return;
    }
    w->job = job;
    job = nx_window_fetch(w, &before, above, above_arrived);
    if (job) {
        w->above_job = job;
    }
}

/* --- near the beginning: everything from the first row on, so that new rows show ------------------------------ */

static void all_arrived(void *owner, nx_page *page, const nx_error *err) {
    nx_window *w = owner;
    w->job = NULL;
    if (err) {
        nx_window_fail(w, err);
        return;
    }
    doubt_total(w);
    nx_window_set_pages(w, page, NULL);
    int at = w->kept.nkey ? find_kept(w) : w->kept.index;
    if (at < 0 && !nx_window_at_end(w)) { /* so many are new before it */
        read_around(w);
        return;
    }
    finish(w, at < 0 ? w->nrows - 1 : at);
}

void nx_window_refresh(nx_window *window, int index) {
    nx_window_forget(window);
    if (!window->current || window->nrows == 0) {
        window->current = false;
        nx_window_go(window, &(nx_from){.kind = NX_FROM_FIRST});
        return;
    }
    index = index < 0 ? 0 : index < window->nrows ? index : window->nrows - 1;
    keep(window, index);
    if (!nx_window_at_start(window) || index >= nx_window_page(window)) {
        read_around(window);
        return;
    }
    nx_rows_job *job = nx_window_fetch(window, &(nx_from){.kind = NX_FROM_FIRST}, nx_window_page(window) + index, all_arrived);
    if (job) {
        window->job = job;
    }
}
