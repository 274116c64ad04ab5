/* Counts for rows that were read without them: relations become known after the first page. */
#include "query.h"
#include "window.h"

#include <stdlib.h>

void nx_window_stop_counting(nx_window *w) {
    nx_rows_drop(w->count_job);
    w->count_job = NULL;
}

static bool same_key(const nx_row *a, const nx_row *b, int n) {
    for (int i = 0; i < n; i++) {
        if (!nx_value_equal(a->key[i], b->key[i])) {
            return false;
        }
    }
    return true;
}

static const nx_row *find(const nx_page *page, const nx_row *row, int nkey) {
    for (int i = 0; i < page->nrows; i++) {
        if (same_key(&page->rows[i], row, nkey)) {
            return &page->rows[i];
        }
    }
    return NULL;
}

/* What is gone by now has none, and is not asked about again. */
static void take(const nx_window *w, nx_page *held, const nx_page *counted) {
    int n = w->query->ncounts;
    for (int i = 0; i < held->nrows; i++) {
        nx_row *row = &held->rows[i];
        if (row->counts) {
            continue;
        }
        const nx_row *found = counted->nkey == held->nkey ? find(counted, row, held->nkey) : NULL;
        row->counts = nx_arena_array(held->arena, (size_t)n, sizeof *row->counts);
        for (int k = 0; k < n; k++) {
            row->counts[k] = found && found->counts ? found->counts[k] : -1;
        }
    }
}

static void arrived(void *owner, nx_page *page, const nx_error *err) {
    nx_window *w = owner;
    w->count_job = NULL;
    if (err) {
        nx_query_set_uncounted(w->query, err->message);
    } else {
        for (int p = 0; p < w->npages; p++) {
            take(w, w->pages[p], page);
        }
        nx_page_free(page);
    }
    w->changed(w->owner, w, NX_WINDOW_COUNTED, 0);
}

static int missing(const nx_window *w, const nx_value **keys, int max) {
    int n = 0;
    for (int p = 0; p < w->npages; p++) {
        for (int i = 0; i < w->pages[p]->nrows && n < max; i++) {
            const nx_row *row = &w->pages[p]->rows[i];
            if (!row->counts) {
                keys[n++] = row->key;
            }
        }
    }
    return n;
}

void nx_window_count_missing(nx_window *w) {
    bool able = w->query->ncounts && !w->query->uncounted && nx_window_nkey(w) > 0;
    if (!able || w->count_job) {
        return;
    }
    const nx_value **keys = nx_calloc(NX_KEYS_MAX, sizeof *keys);
    int n = missing(w, keys, NX_KEYS_MAX);
    if (n > 0) {
        nx_query *query = nx_query_copy(w->query);
        nx_query_set_fields(query, query->fields, 0);
        nx_query_set_labels(query, false);
        nx_rows_job *job = nx_rows_by_keys_titled(w->session, query, keys, n, "count what refers here", arrived, w);
        w->count_job = job;
        nx_query_free(query);
    }
    free(keys);
}

void nx_window_set_counts(nx_window *window, const nx_query *query) {
    nx_window_stop_counting(window);
    for (int p = 0; p < window->npages; p++) {
        for (int i = 0; i < window->pages[p]->nrows; i++) {
            window->pages[p]->rows[i].counts = NULL; /* of other relations */
        }
    }
    nx_query_set_counts_of(window->query, query);
    nx_window_count_missing(window);
}

const char *nx_window_uncounted(const nx_window *window) { return window->query->uncounted; }
