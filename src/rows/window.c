/* A window on the rows of a query: contiguous pages around where the user is. */
#include "nixie/rows.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_ROWS = 150, PAGES_MAX = 5, REFRESH_BEFORE = 50 };

struct nx_window {
    nx_session *session;
    nx_query *query;
    nx_window_changed *changed;
    void *owner;
    nx_page *pages[PAGES_MAX + 1];
    int npages, nrows;
    bool current; /* the pages are those of `query` */
    bool loaded;

    nx_rows_job *job;
    nx_from_kind going;    /* what the job fetches for nx_window_go */
    double fraction;
    enum { NO_JOB, GOING, NEXT, PREVIOUS, REFRESH_ALL, REFRESH_FROM, REFRESH_ABOVE } doing;
    nx_arena *kept;        /* of a refresh: the row to come back to */
    nx_cursor kept_cursor;
    nx_value *kept_key;
    int kept_nkey, kept_index;
    int64_t kept_number;
    bool kept_exact;

    int64_t first_number; /* the number of the first row held, -1 unknown */
    bool first_exact;
    int64_t total;        /* exact, -1 unknown */
    int64_t estimate;
    nx_error error;
};

nx_window *nx_window_new(nx_session *session, const nx_query *query, nx_window_changed *changed, void *owner) {
    nx_window *w = nx_calloc(1, sizeof *w);
    w->session = session;
    w->query = nx_query_copy(query);
    w->changed = changed;
    w->owner = owner;
    w->first_number = w->total = w->estimate = -1;
    return w;
}

static void drop_pages(nx_window *w) {
    for (int i = 0; i < w->npages; i++) {
        nx_page_free(w->pages[i]);
    }
    w->npages = w->nrows = 0;
}

static void drop_job(nx_window *w) {
    nx_rows_drop(w->job);
    w->job = NULL;
    w->doing = NO_JOB;
    nx_arena_free(w->kept);
    w->kept = NULL;
}

void nx_window_free(nx_window *window) {
    if (window) {
        drop_job(window);
        drop_pages(window);
        nx_query_free(window->query);
        nx_error_clear(&window->error);
        free(window);
    }
}

void nx_window_set_query(nx_window *window, const nx_query *query) {
    drop_job(window);
    nx_query_free(window->query);
    window->query = nx_query_copy(query);
    window->current = false;
}

const nx_query *nx_window_query(const nx_window *window) { return window->query; }

/* --- what is held ------------------------------------------------------------------------------------------ */

int nx_window_count(const nx_window *window) { return window->nrows; }

const nx_row *nx_window_row(const nx_window *window, int i) {
    for (int p = 0; p < window->npages; p++) {
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
    return window->loaded && (!first || (first->before_known && !first->more_before));
}

bool nx_window_at_end(const nx_window *window) {
    const nx_page *last = window->npages ? window->pages[window->npages - 1] : NULL;
    return window->loaded && (!last || (last->after_known && !last->more_after));
}

bool nx_window_busy(const nx_window *window) { return window->job != NULL; }
bool nx_window_loaded(const nx_window *window) { return window->loaded; }
const nx_error *nx_window_error(const nx_window *window) { return &window->error; }

int64_t nx_window_number(const nx_window *window, int i, bool *exact) {
    *exact = window->first_exact && window->first_number >= 0;
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

/* What both ends tell about the numbers. */
static void number(nx_window *w) {
    if (w->loaded && nx_window_at_start(w)) {
        w->first_number = 1;
        w->first_exact = true;
    }
    if (w->loaded && nx_window_at_end(w)) {
        if (w->first_exact && w->first_number > 0) {
            w->total = w->first_number + w->nrows - 1;
        } else if (w->total >= 0 || w->estimate >= w->nrows) {
            w->first_number = (w->total >= 0 ? w->total : w->estimate) - w->nrows + 1;
            w->first_exact = w->total >= 0;
        }
    }
    if (w->first_number < 1 && w->first_number != -1) {
        w->first_number = 1;
        w->first_exact = false;
    }
}

/* --- pages coming and going ------------------------------------------------------------------------------- */

static void only_page(nx_window *w, nx_page *page) {
    drop_pages(w);
    w->pages[w->npages++] = page;
    w->nrows = page->nrows;
    w->current = w->loaded = true;
    if (page->rows_estimate >= 0) {
        w->estimate = page->rows_estimate;
    }
}

static int drop_first(nx_window *w) {
    int dropped = w->pages[0]->nrows;
    nx_page_free(w->pages[0]);
    memmove(w->pages, w->pages + 1, sizeof(w->pages[0]) * (size_t)(w->npages - 1));
    w->npages--;
    w->nrows -= dropped;
    w->first_number += w->first_number >= 0 ? dropped : 0;
    return dropped;
}

static void drop_last(nx_window *w) {
    w->npages--;
    w->nrows -= w->pages[w->npages]->nrows;
    nx_page_free(w->pages[w->npages]);
}

/* An end page that turned out empty says only that there is nothing there. */
static void end_seen(nx_window *w, nx_page *empty, bool after) {
    nx_page *edge = after ? w->pages[w->npages - 1] : w->pages[0];
    if (after) {
        edge->more_after = false;
        edge->after_known = true;
    } else {
        edge->more_before = false;
        edge->before_known = true;
    }
    nx_page_free(empty);
    number(w);
    w->changed(w->owner, w, NX_WINDOW_GREW, 0);
}

static void append(nx_window *w, nx_page *page) {
    if (page->nrows == 0) {
        end_seen(w, page, true);
        return;
    }
    w->pages[w->npages++] = page;
    w->nrows += page->nrows;
    int shift = w->npages > PAGES_MAX ? -drop_first(w) : 0;
    number(w);
    w->changed(w->owner, w, NX_WINDOW_GREW, shift);
}

static void prepend(nx_window *w, nx_page *page) {
    if (page->nrows == 0) {
        end_seen(w, page, false);
        return;
    }
    memmove(w->pages + 1, w->pages, sizeof(w->pages[0]) * (size_t)w->npages);
    w->pages[0] = page;
    w->npages++;
    w->nrows += page->nrows;
    w->first_number -= w->first_number >= 0 ? page->nrows : 0;
    if (w->npages > PAGES_MAX) {
        drop_last(w);
    }
    number(w);
    w->changed(w->owner, w, NX_WINDOW_GREW, page->nrows);
}

static void arrived_somewhere(nx_window *w, nx_page *page) {
    only_page(w, page);
    w->first_number = -1;
    w->first_exact = false;
    int at = 0;
    if (w->going == NX_FROM_LAST) {
        at = w->nrows - 1;
    } else if (w->going == NX_FROM_FRACTION && w->estimate >= 0) {
        w->first_number = (int64_t)(w->fraction * (double)w->estimate) + 1;
    }
    number(w);
    w->changed(w->owner, w, NX_WINDOW_RESET, at < 0 ? 0 : at);
}

/* --- refreshing ---------------------------------------------------------------------------------------------- */

static int find_kept(const nx_window *w, int otherwise) {
    for (int i = 0; i < w->nrows; i++) {
        const nx_row *row = nx_window_row(w, i);
        bool same = w->kept_nkey > 0;
        for (int k = 0; same && k < w->kept_nkey; k++) {
            same = nx_value_equal(row->key[k], w->kept_key[k]);
        }
        if (same) {
            return i;
        }
    }
    return otherwise < w->nrows ? otherwise : w->nrows - 1;
}

static void refreshed(nx_window *w, int otherwise) {
    int at = find_kept(w, otherwise);
    nx_arena_free(w->kept);
    w->kept = NULL;
    number(w);
    w->changed(w->owner, w, NX_WINDOW_RESET, at < 0 ? 0 : at);
}

static void fetch(nx_window *w, const nx_from *from, int limit);

/* The rows from the kept one on have come; those just above it follow. */
static void refresh_above(nx_window *w, nx_page *page) {
    only_page(w, page);
    w->first_number = w->kept_number;
    w->first_exact = w->kept_exact;
    w->doing = REFRESH_ABOVE;
    fetch(w, &(nx_from){.kind = NX_FROM_BEFORE, .cursor = w->kept_cursor}, REFRESH_BEFORE);
}

static void refresh_done(nx_window *w, nx_page *page) {
    int above = page->nrows;
    if (above == 0) {
        nx_page *first = w->pages[0];
        first->more_before = false;
        first->before_known = true;
        nx_page_free(page);
    } else {
        memmove(w->pages + 1, w->pages, sizeof(w->pages[0]) * (size_t)w->npages);
        w->pages[0] = page;
        w->npages++;
        w->nrows += above;
        w->first_number -= w->first_number >= 0 ? above : 0;
    }
    refreshed(w, above);
}

/* --- fetching -------------------------------------------------------------------------------------------------- */

static void arrived(void *owner, nx_page *page, const nx_error *err) {
    nx_window *w = owner;
    int doing = (int)w->doing;
    w->job = NULL;
    w->doing = NO_JOB;
    if (err) {
        nx_error_copy(&w->error, err);
        nx_arena_free(w->kept);
        w->kept = NULL;
        w->changed(w->owner, w, NX_WINDOW_FAILED, 0);
        return;
    }
    nx_error_clear(&w->error);
    switch (doing) {
    case NEXT: append(w, page); break;
    case PREVIOUS: prepend(w, page); break;
    case REFRESH_ALL:
        only_page(w, page);
        w->total = -1;
        refreshed(w, w->kept_index);
        break;
    case REFRESH_FROM: refresh_above(w, page); break;
    case REFRESH_ABOVE: refresh_done(w, page); break;
    default: arrived_somewhere(w, page); break;
    }
}

static void fetch(nx_window *w, const nx_from *from, int limit) {
    /* The answer may come before nx_rows_fetch returns; then there is no job any more. */
    nx_rows_job *job = nx_rows_fetch(w->session, w->query, from, limit, arrived, w);
    if (job) {
        w->job = job;
    }
}

void nx_window_go(nx_window *window, const nx_from *from) {
    drop_job(window);
    bool held = window->current && window->nrows > 0 && !nx_failed(&window->error);
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
    window->doing = GOING;
    window->going = from->kind;
    window->fraction = from->fraction;
    fetch(window, from, PAGE_ROWS);
}

static void keep(nx_window *w, int index) {
    const nx_row *row = nx_window_row(w, index);
    w->kept = nx_arena_new(0);
    w->kept_index = index;
    w->kept_number = w->first_number < 0 ? -1 : w->first_number + index;
    w->kept_exact = w->first_exact;
    w->kept_nkey = nx_window_nkey(w);
    w->kept_key = nx_arena_array(w->kept, (size_t)w->kept_nkey, sizeof *w->kept_key);
    for (int i = 0; i < w->kept_nkey; i++) {
        w->kept_key[i] = nx_value_copy(w->kept, row->key[i]);
    }
    w->kept_cursor.nvalues = row->cursor.nvalues;
    w->kept_cursor.values = nx_arena_array(w->kept, (size_t)row->cursor.nvalues, sizeof *w->kept_cursor.values);
    for (int i = 0; i < row->cursor.nvalues; i++) {
        w->kept_cursor.values[i] = nx_value_copy(w->kept, row->cursor.values[i]);
    }
}

/* Near the beginning everything from the first row on is read again, so that new rows show; elsewhere
 * the rows from the kept one on, then those just above it. */
void nx_window_refresh(nx_window *window, int index) {
    drop_job(window);
    if (index < 0 || index >= window->nrows) {
        index = window->nrows - 1;
    }
    if (index < 0) {
        window->current = false;
        nx_window_go(window, &(nx_from){.kind = NX_FROM_FIRST});
        return;
    }
    keep(window, index);
    if (nx_window_at_start(window) && index < PAGE_ROWS) {
        window->doing = REFRESH_ALL;
        fetch(window, &(nx_from){.kind = NX_FROM_FIRST}, PAGE_ROWS);
    } else {
        window->doing = REFRESH_FROM;
        fetch(window, &(nx_from){.kind = NX_FROM_AT, .cursor = window->kept_cursor}, PAGE_ROWS);
    }
}

/* The rows after a page's last one, or before its first. */
static void fetch_beside(nx_window *w, const nx_page *page, nx_from_kind kind) {
    const nx_row *edge = &page->rows[kind == NX_FROM_AFTER ? page->nrows - 1 : 0];
    fetch(w, &(nx_from){.kind = kind, .cursor = edge->cursor}, PAGE_ROWS);
}

void nx_window_look(nx_window *window, int top, int height, int direction) {
    if (window->job || window->nrows == 0 || !window->current || nx_failed(&window->error)) {
        return;
    }
    int margin = 2 * (height > 10 ? height : 10);
    if (direction >= 0 && window->nrows - top - height < margin && !nx_window_at_end(window)) {
        window->doing = NEXT;
        fetch_beside(window, window->pages[window->npages - 1], NX_FROM_AFTER);
    } else if (direction <= 0 && top < margin && !nx_window_at_start(window)) {
        window->doing = PREVIOUS;
        fetch_beside(window, window->pages[0], NX_FROM_BEFORE);
    }
}
