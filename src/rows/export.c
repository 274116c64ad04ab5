/* All rows of a query, page after page: the next one is under way while one is written, and no more than two are held.
 * How many rows a page has follows their size, so that wide ones do not fill the memory. */
#include <stdlib.h>

#include "query.h"

enum { FIRST_ROWS = 200, MOST_ROWS = 2000, PAGE_BYTES = 4 << 20 };

struct nx_export {
    nx_session *session;
    nx_query *query;
    nx_rows_job *job;
    nx_export_page *page;
    void *owner;
    int64_t rows;
    int limit;
};

static void arrived(void *owner, nx_page *page, const nx_error *err);

static void ask(nx_export *e, const nx_from *from) {
    e->job = nx_rows_fetch(e->session, e->query, from, e->limit, arrived, e);
}

static void adapt(nx_export *e, const nx_page *page) {
    size_t bytes = 1;
    for (int r = 0; r < page->nrows; r++) {
        for (int f = 0; f < e->query->nfields; f++) {
            bytes += page->rows[r].cells[f].value.len + sizeof(nx_cell);
        }
    }
    size_t fit = page->nrows ? PAGE_BYTES / (bytes / (size_t)page->nrows + 1) : MOST_ROWS;
    int most = e->limit * 4 > MOST_ROWS ? MOST_ROWS : e->limit * 4;
    e->limit = fit > (size_t)most ? most : fit > 0 ? (int)fit : 1;
}

static void finish(nx_export *e, const nx_page *page, const nx_error *err) {
    nx_export_page *tell = e->page;
    void *owner = e->owner;
    nx_query_free(e->query);
    free(e);
    tell(owner, page, true, err);
}

static void arrived(void *owner, nx_page *page, const nx_error *why) {
    nx_export *e = owner;
    nx_error err = NX_ERROR;
    e->job = NULL;
    if (why) {
        nx_error_copy(&err, why);
    } else {
        e->rows += page->nrows;
        if (e->query->paging == NX_PAGING_OFFSET && e->rows >= NX_OFFSET_CAP) {
            nx_error_set(&err, NX_ERR_REFUSED, "%s has no key: only its first %d rows can be read one after the other",
                         e->query->model->title, NX_OFFSET_CAP);
            nx_error_hint(&err, "a filter that leaves fewer rows can be exported");
        }
    }
    if (nx_failed(&err) || page->nrows == 0 || !page->more_after) {
        finish(e, nx_failed(&err) ? NULL : page, nx_failed(&err) ? &err : NULL);
        nx_page_free(page);
        nx_error_clear(&err);
        return;
    }
    adapt(e, page);
    ask(e, &(nx_from){.kind = NX_FROM_AFTER, .cursor = page->rows[page->nrows - 1].cursor});
    bool go_on = e->page(e->owner, page, false, NULL);
    nx_page_free(page);
    if (!go_on) {
        nx_export_drop(e);
    }
}

nx_export *nx_export_start(nx_session *session, const nx_query *query, nx_export_page *page, void *owner) {
    nx_export *e = nx_calloc(1, sizeof *e);
    e->session = session;
    e->query = nx_query_copy(query);
    nx_query_set_whole(e->query, true);
    nx_query_set_labels(e->query, false);
    nx_query_set_counts(e->query, NULL, 0);
    e->page = page;
    e->owner = owner;
    e->limit = e->query->paging == NX_PAGING_OFFSET ? NX_OFFSET_CAP : FIRST_ROWS;
    e->job = nx_rows_fetch(session, e->query, &(nx_from){.kind = NX_FROM_FIRST}, e->limit, arrived, e);
    return e;
}

void nx_export_drop(nx_export *e) {
    if (e) {
        nx_rows_drop(e->job);
        nx_query_free(e->query);
        free(e);
    }
}
