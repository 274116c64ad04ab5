/* A window on the rows of a query: contiguous pages around where the user is. */
#include "query.h"
#include "window.h"

#include <stdlib.h>

nx_window *nx_window_new(nx_session *session, const nx_query *query, nx_window_changed *changed, void *owner) {
    nx_window *w = nx_calloc(1, sizeof *w);
    w->session = session;
    w->query = nx_query_copy(query);
    w->changed = changed;
    w->owner = owner;
    w->first_number = w->total = w->estimate = -1;
    return w;
}

void nx_window_forget(nx_window *w) {
    nx_rows_drop(w->job);
    nx_rows_drop(w->above_job);
    nx_page_free(w->below);
    nx_page_free(w->above);
    nx_arena_free(w->kept.arena);
    w->job = w->above_job = NULL;
    w->below = w->above = NULL;
    w->kept = (window_kept){.arena = NULL};
}

void nx_window_free(nx_window *window) {
    if (window) {
        nx_window_forget(window);
        nx_window_stop_counting(window);
        nx_window_drop_pages(window);
        nx_query_free(window->query);
        nx_error_clear(&window->error);
        free(window);
    }
}

void nx_window_set_query(nx_window *window, const nx_query *query) {
    nx_query *copy = nx_query_copy(query); /* it may be the window's own */
    nx_window_forget(window);
    nx_window_stop_counting(window);
    nx_query_set_uncounted(copy, window->query->uncounted);
    nx_query_free(window->query);
    window->query = copy;
    window->current = false;
}

void nx_window_set_fields(nx_window *window, const nx_query *query) {
    nx_window_forget(window);
    nx_window_stop_counting(window);
    nx_query_set_fields_of(window->query, query);
}

const nx_query *nx_window_query(const nx_window *window) { return window->query; }

/* --- what is held ------------------------------------------------------------------------------------------ */

int nx_window_count(const nx_window *window) { return window->nrows; }

const nx_row *nx_window_row(const nx_window *window, int i) {
    for (int p = 0; p < window->npages && i >= 0; p++) {
        if (i < window->pages[p]->nrows) {
            return &window->pages[p]->rows[i];
        }
        i -= window->pages[p]->nrows;
    }
    return NULL;
}

int nx_window_nkey(const nx_window *window) { return window->npages ? window->pages[0]->nkey : 0; }

bool nx_window_at_start(const nx_window *window) {
    const nx_page *first = window->npages ? window->pages[0] : NULL;
    return first && first->before_known && !first->more_before;
}

bool nx_window_at_end(const nx_window *window) {
    const nx_page *last = window->npages ? window->pages[window->npages - 1] : NULL;
    return last && last->after_known && !last->more_after;
}

bool nx_window_busy(const nx_window *window) { return window->job || window->above_job; }
bool nx_window_loaded(const nx_window *window) { return window->loaded; }
const nx_error *nx_window_error(const nx_window *window) { return &window->error; }

/* --- fetching -------------------------------------------------------------------------------------------------- */

int nx_window_page(const nx_window *w) {
    int fields = nx_query_nfields(w->query), rows = fields ? WINDOW_PAGE_CELLS / fields : WINDOW_PAGE;
    rows = rows < WINDOW_PAGE_LEAST ? WINDOW_PAGE_LEAST : rows;
    rows = rows < w->height ? w->height : rows;
    return rows < WINDOW_PAGE ? rows : WINDOW_PAGE;
}

nx_rows_job *nx_window_fetch(nx_window *w, const nx_from *from, int limit, nx_rows_done *done) {
    return nx_rows_fetch(w->session, w->query, from, limit, done, w);
}

/* The rows stay as they were. */
void nx_window_fail(nx_window *w, const nx_error *err) {
    nx_window_forget(w);
    nx_error_copy(&w->error, err);
    w->changed(w->owner, w, NX_WINDOW_FAILED, 0);
}

static void next_arrived(void *owner, nx_page *page, const nx_error *err) {
    nx_window *w = owner;
    w->job = NULL;
    if (err) {
        nx_window_fail(w, err);
        return;
    }
    nx_error_clear(&w->error);
    int shift = nx_window_append(w, page);
    nx_window_count_missing(w);
    w->changed(w->owner, w, NX_WINDOW_GREW, shift);
}

static void previous_arrived(void *owner, nx_page *page, const nx_error *err) {
    nx_window *w = owner;
    w->job = NULL;
    if (err) {
        nx_window_fail(w, err);
        return;
    }
    nx_error_clear(&w->error);
    int shift = nx_window_prepend(w, page);
    nx_window_count_missing(w);
    w->changed(w->owner, w, NX_WINDOW_GREW, shift);
}

/* --- going somewhere -------------------------------------------------------------------------------------------- */

static void start(nx_window *w, const nx_from *from);

/* The rows after a place may all be gone by now: those before it are what is left, and the other way round. */
static bool elsewhere(const nx_window *w, const nx_page *page, nx_from_kind *kind) {
    bool before = w->going == NX_FROM_BEFORE;
    bool after = w->going == NX_FROM_AFTER || w->going == NX_FROM_AT || w->going == NX_FROM_FRACTION;
    *kind = before ? NX_FROM_FIRST : NX_FROM_LAST;
    return page->nrows == 0 && (before || after);
}

static void somewhere_arrived(void *owner, nx_page *page, const nx_error *err) {
    nx_window *w = owner;
    nx_from from = {.kind = NX_FROM_FIRST};
    w->job = NULL;
    if (err) {
        nx_window_fail(w, err);
        return;
    }
    if (elsewhere(w, page, &from.kind)) {
        nx_page_free(page);
        start(w, &from);
        return;
    }
    nx_error_clear(&w->error);
    nx_window_set_pages(w, page, NULL);
    bool placed = w->going == NX_FROM_FRACTION && w->estimate >= 0;
    w->first_number = placed ? (int64_t)(w->fraction * (double)w->estimate) + 1 : -1;
    w->first_exact = false;
    nx_window_count_rows(w);
    bool last = w->going == NX_FROM_LAST || w->going == NX_FROM_BEFORE;
    w->top = last && w->nrows > 0 ? w->nrows - 1 : 0;
    nx_window_count_missing(w);
    w->changed(w->owner, w, NX_WINDOW_RESET, w->top);
}

static void start(nx_window *w, const nx_from *from) {
    w->going = from->kind;
    w->fraction = from->fraction;
    nx_rows_job *job = nx_window_fetch(w, from, nx_window_page(w), somewhere_arrived);
    if (job) {
        w->job = job;
    }
}

void nx_window_go(nx_window *window, const nx_from *from) {
    bool held = window->current && window->nrows > 0 && !nx_failed(&window->error);
    nx_window_forget(window);
    if (held && from->kind == NX_FROM_FIRST && nx_window_at_start(window)) {
        window->changed(window->owner, window, NX_WINDOW_RESET, 0);
        return;
    }
    if (held && from->kind == NX_FROM_LAST && nx_window_at_end(window)) {
        window->changed(window->owner, window, NX_WINDOW_RESET, window->nrows - 1);
        return;
    }
    if (!window->current) {
        window->total = window->estimate = -1;
    }
    start(window, from);
}

/* The rows after the last page's last one, or before the first one's first. */
static void fetch_beside(nx_window *w, nx_from_kind kind, nx_rows_done *done) {
    const nx_page *page = w->pages[kind == NX_FROM_AFTER ? w->npages - 1 : 0];
    const nx_row *edge = &page->rows[kind == NX_FROM_AFTER ? page->nrows - 1 : 0];
    nx_rows_job *job = nx_window_fetch(w, &(nx_from){.kind = kind, .cursor = edge->cursor}, nx_window_page(w), done);
    if (job) {
        w->job = job;
    }
}

/* After a failure rows are asked for again only where the user runs against the end of those held, not
 * by every key that comes near it. */
void nx_window_look(nx_window *window, int top, int height, int direction) {
    window->top = top;
    window->height = height < WINDOW_HEIGHT ? height : WINDOW_HEIGHT;
    if (nx_window_busy(window) || window->nrows == 0 || !window->current) {
        return;
    }
    int below = window->nrows - top - height;
    int margin = nx_failed(&window->error) ? 1 : nx_window_margin(window);
    if (nx_failed(&window->error) && direction == 0) {
        return;
    }
    if (direction >= 0 && below < margin && !nx_window_at_end(window)) {
        fetch_beside(window, NX_FROM_AFTER, next_arrived);
    } else if (direction <= 0 && top < margin && !nx_window_at_start(window)) {
        fetch_beside(window, NX_FROM_BEFORE, previous_arrived);
    }
}
