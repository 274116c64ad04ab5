/* The pages that a window holds, and the numbers of their rows. */
#include "query.h"
#include "window.h"

#include <string.h>

void nx_window_drop_pages(nx_window *w) {
    for (int i = 0; i < w->npages; i++) {
        nx_page_free(w->pages[i]);
    }
    w->npages = w->nrows = 0;
}

int nx_window_margin(const nx_window *w) {
    int height = w->height < 10 ? 10 : w->height > WINDOW_HEIGHT ? WINDOW_HEIGHT : w->height;
    return 2 * height <= WINDOW_PAGE ? 2 * height : height > WINDOW_PAGE ? height : WINDOW_PAGE;
}

static void push(nx_window *w, nx_page *page) {
    w->pages[w->npages++] = page;
    w->nrows += page->nrows;
    if (page->uncounted) {
        nx_query_set_uncounted(w->query, page->uncounted);
    }
    w->estimate = page->rows_estimate >= 0 ? page->rows_estimate : w->estimate;
}

static void nothing_after(nx_page *page) {
    page->more_after = false;
    page->after_known = true;
}

static void nothing_before(nx_page *page) {
    page->more_before = false;
    page->before_known = true;
}

void nx_window_set_pages(nx_window *w, nx_page *first, nx_page *second) {
    nx_window_drop_pages(w);
    if (second && first->nrows == 0) {
        nothing_before(second);
        nx_page_free(first);
        first = second;
    } else if (second && second->nrows == 0) {
        nothing_after(first);
        nx_page_free(second);
    } else if (second) {
        push(w, first);
        first = second;
    }
    push(w, first);
    w->current = w->loaded = true;
}

/* --- numbers -------------------------------------------------------------------------------------------- */

void nx_window_count_rows(nx_window *w) {
    if (nx_window_at_start(w)) {
        w->first_number = 1;
        w->first_exact = true;
    }
    if (nx_window_at_end(w)) {
        if (w->first_exact && w->first_number > 0) {
            w->total = w->first_number + w->nrows - 1;
        } else if (w->total >= 0 || w->estimate >= w->nrows) {
            w->first_number = (w->total >= 0 ? w->total : w->estimate) - w->nrows + 1;
            w->first_exact = w->total >= 0;
        }
    }
    if (w->first_number < 1 && w->first_number != -1) { /* an estimate was too low */
        w->first_number = 1;
        w->first_exact = false;
    }
}

void nx_window_set_total(nx_window *w, int64_t total) {
    w->total = total;
    if (nx_window_at_end(w) && !w->first_exact) {
        w->first_number = -1;
    }
    nx_window_count_rows(w);
}

int64_t nx_window_number(const nx_window *window, int i, bool *exact) {
    *exact = window->first_exact && window->first_number > 0;
    return window->first_number < 0 ? -1 : window->first_number + i;
}

int64_t nx_window_total(const nx_window *window, bool *exact) {
    *exact = window->total >= 0;
    if (*exact) {
        return window->total;
    }
    /* An estimate is never less than what has been seen. */
    int64_t seen = window->first_number > 0 ? window->first_number + window->nrows - 1 : window->nrows;
    return window->estimate >= 0 && window->estimate < seen ? seen : window->estimate;
}

/* --- growing -------------------------------------------------------------------------------------------- */

/* Moved by that many rows, where the number is known at all. */
static void move_number(nx_window *w, int64_t by) {
    if (w->first_number > 0) {
        w->first_number += by;
        w->first_exact = w->first_exact && w->first_number > 0;
        w->first_number = w->first_number > 0 ? w->first_number : 1;
    }
}

static int drop_first(nx_window *w) {
    int dropped = w->pages[0]->nrows;
    nx_page_free(w->pages[0]);
    w->npages--;
    memmove(w->pages, w->pages + 1, sizeof(w->pages[0]) * (size_t)w->npages);
    w->nrows -= dropped;
    w->top -= dropped;
    move_number(w, dropped);
    return dropped;
}

static void drop_last(nx_window *w) {
    w->npages--;
    w->nrows -= w->pages[w->npages]->nrows;
    nx_page_free(w->pages[w->npages]);
}

/* Only pages far from what is looked at are dropped: else they would be fetched again at once. */
static bool far_above(const nx_window *w) { return w->top - w->pages[0]->nrows >= nx_window_margin(w); }
static bool far_below(const nx_window *w) {
    int rows = w->nrows - w->pages[w->npages - 1]->nrows;
    return rows - w->top - w->height >= nx_window_margin(w);
}

/* Pages of very wide rows are shorter, and fewer. */
static int pages_held(const nx_window *w) { return nx_window_page(w) < WINDOW_PAGE ? WINDOW_PAGES_WIDE : WINDOW_PAGES; }

int nx_window_append(nx_window *w, nx_page *page) {
    int shift = 0;
    if (page->nrows == 0) {
        nothing_after(w->pages[w->npages - 1]);
        nx_page_free(page);
    } else {
        push(w, page);
    }
    while (w->npages > WINDOW_ROOM || (w->npages > pages_held(w) && far_above(w))) {
        shift -= drop_first(w);
    }
    nx_window_count_rows(w);
    return shift;
}

int nx_window_prepend(nx_window *w, nx_page *page) {
    int shift = page->nrows;
    if (shift == 0) {
        nothing_before(w->pages[0]);
        nx_page_free(page);
    } else {
        memmove(w->pages + 1, w->pages, sizeof(w->pages[0]) * (size_t)w->npages);
        w->pages[0] = page;
        w->npages++;
        w->nrows += shift;
        w->top += shift;
        move_number(w, -shift);
    }
    while (w->npages > WINDOW_ROOM || (w->npages > pages_held(w) && far_below(w))) {
        drop_last(w);
    }
    nx_window_count_rows(w);
    return shift;
}
