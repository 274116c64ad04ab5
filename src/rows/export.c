/* All rows of a query, page after page: the next one is under way while one is written, and no more than two are held.
 * A page is read as it would be shown, which costs little however large its values are; where some of them were cut,
 * as many of its rows are read again, whole, as fit into memory by the sizes that the page told. */
#include <stdlib.h>

#include "query.h"

enum { FIRST_ROWS = 200, MOST_ROWS = 2000, PAGE_BYTES = 4 << 20, PACKED = 8 };

struct nx_export {
    nx_session *session;
    nx_query *query, *shown; /* whole values; those of a page */
    nx_rows_job *job;
    nx_export_page *page;
    void *owner;
    int64_t rows;
    int limit;
    nx_cursor after; /* the last row given out; in `arena` */
    nx_arena *arena; /* NULL: none was */
    bool more;       /* behind the rows that are read whole */
};

static void looked(void *owner, nx_page *page, const nx_error *err);
static void arrived(void *owner, nx_page *page, const nx_error *err);

static bool is_numbered(const nx_export *e) { return e->query->paging == NX_PAGING_OFFSET; }

static nx_from behind(const nx_export *e) {
    return (nx_from){.kind = e->arena ? NX_FROM_AFTER : NX_FROM_FIRST, .cursor = e->after};
}

/* Rows without a key are numbered anew each time: they are read once, whole. */
static void ask(nx_export *e) {
    nx_from from = behind(e);
    bool once = is_numbered(e);
    e->job = nx_rows_fetch(e->session, once ? e->query : e->shown, &from, e->limit, once ? arrived : looked, e);
}

static void set_after(nx_export *e, const nx_page *page) {
    const nx_cursor *last = &page->rows[page->nrows - 1].cursor;
    nx_arena *arena = nx_arena_new(0);
    nx_value *values = nx_arena_array(arena, (size_t)last->nvalues, sizeof *values);
    for (int i = 0; i < last->nvalues; i++) {
        values[i] = nx_value_copy(arena, last->values[i]);
    }
    nx_arena_free(e->arena);
    e->arena = arena;
    e->after = (nx_cursor){.nvalues = last->nvalues, .values = values};
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

static void free_export(nx_export *e) {
    nx_query_free(e->query);
    nx_query_free(e->shown);
    nx_arena_free(e->arena);
    free(e);
}

static void finish(nx_export *e, const nx_page *page, const nx_error *err) {
    nx_export_page *tell = e->page;
    void *owner = e->owner;
    free_export(e);
    tell(owner, page, true, err);
}

static void give(nx_export *e, nx_page *page, bool more, const nx_error *why) {
    nx_error err = NX_ERROR;
    if (why) {
        nx_error_copy(&err, why);
    } else {
        e->rows += page->nrows;
        if (is_numbered(e) && e->rows >= NX_OFFSET_CAP) {
            nx_error_set(&err, NX_ERR_REFUSED, "%s has no key: only its first %d rows can be read one after the other",
                         e->query->model->title, NX_OFFSET_CAP);
            nx_error_hint(&err, "a filter that leaves fewer rows can be exported");
        }
    }
    if (nx_failed(&err) || page->nrows == 0 || !more) {
        finish(e, nx_failed(&err) ? NULL : page, nx_failed(&err) ? &err : NULL);
        nx_page_free(page);
        nx_error_clear(&err);
        return;
    }
    adapt(e, page);
    set_after(e, page);
    ask(e);
    bool go_on = e->page(e->owner, page, false, NULL);
    nx_page_free(page);
    if (!go_on) {
        nx_export_drop(e);
    }
}

static void arrived(void *owner, nx_page *page, const nx_error *err) {
    nx_export *e = owner;
    e->job = NULL;
    give(e, page, page && (e->more || page->more_after), err);
}

/* --- what was cut ------------------------------------------------------------------------------------------ */

/* Of what is not a text or bytes the size is the stored one, which is compressed. */
static size_t bytes_of(const nx_field *field, const nx_cell *cell) {
    if (!cell->cut && !cell->withheld) {
        return cell->value.len;
    }
    size_t size = cell->size > 0 ? (size_t)cell->size : 0;
    return field->cut == NX_CUT_GUARD ? size * PACKED : field->cut == NX_CUT_BYTES ? size * 2 : size;
}

static size_t row_bytes(const nx_export *e, const nx_row *row, bool *cut) {
    size_t bytes = 0;
    for (int f = 0; f < e->query->nfields; f++) {
        const nx_cell *cell = &row->cells[f];
        bytes += bytes_of(e->query->fields[f], cell);
        *cut = *cut || cell->cut || cell->withheld;
    }
    return bytes;
}

/* How many of the rows may be read whole, at least one; 0 where they are already. */
static int rows_that_fit(const nx_export *e, const nx_page *page) {
    size_t bytes = 0;
    bool cut = false;
    int fit = 0;
    for (int r = 0; r < page->nrows; r++) {
        bytes += row_bytes(e, &page->rows[r], &cut);
        fit += fit == r && (r == 0 || bytes <= PAGE_BYTES);
    }
    return cut ? fit : 0;
}

static void looked(void *owner, nx_page *page, const nx_error *err) {
    nx_export *e = owner;
    e->job = NULL;
    int fit = page ? rows_that_fit(e, page) : 0;
    if (fit == 0) {
        give(e, page, page && page->more_after, err);
        return;
    }
    e->more = fit < page->nrows;
    nx_page_free(page);
    nx_from from = behind(e);
    e->job = nx_rows_fetch(e->session, e->query, &from, fit, arrived, e);
}

nx_export *nx_export_start(nx_session *session, const nx_query *query, nx_export_page *page, void *owner) {
    nx_export *e = nx_calloc(1, sizeof *e);
    e->session = session;
    e->query = nx_query_copy(query);
    nx_query_set_labels(e->query, false);
    nx_query_set_counts(e->query, NULL, 0);
    e->shown = nx_query_copy(e->query);
    nx_query_set_whole(e->query, true);
    e->page = page;
    e->owner = owner;
    e->limit = is_numbered(e) ? NX_OFFSET_CAP : FIRST_ROWS;
    ask(e);
    return e;
}

void nx_export_drop(nx_export *e) {
    if (e) {
        nx_rows_drop(e->job);
        free_export(e);
    }
}
