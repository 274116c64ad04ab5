/* window.h - what the files of the window share. */
#ifndef NIXIE_ROWS_WINDOW_H
#define NIXIE_ROWS_WINDOW_H

#include "nixie/rows.h"

enum {
    WINDOW_PAGE = 150,  /* rows of a page */
    WINDOW_PAGE_LEAST = 60, WINDOW_PAGE_CELLS = 60000, WINDOW_PAGES_WIDE = 3, /* of very wide rows, which take megabytes */
    WINDOW_PAGES = 5,   /* more are dropped, but for those that the user looks at */
    WINDOW_ROOM = 32,   /* and then this is the end of it */
    WINDOW_HEIGHT = 500 /* screens are not higher */
};

typedef struct window_kept { /* of a refresh: where the user was */
    nx_arena *arena;
    nx_cursor cursor;
    int index, nkey;
    int nrows;      /* the row and those after it, by their keys */
    nx_value *keys; /* nrows * nkey */
    int64_t number;
    bool exact;
} window_kept;

struct nx_window {
    nx_session *session;
    nx_query *query;
    nx_window_changed *changed;
    void *owner;

    nx_page *pages[WINDOW_ROOM + 1]; /* one after the other; an empty one only when it is alone */
    int npages, nrows;
    bool current; /* the pages are those of `query` */
    bool loaded;
    int top, height; /* where the user looks */

    nx_rows_job *count_job;
    nx_rows_job *job;
    nx_from_kind going; /* where the job goes */
    double fraction;

    window_kept kept;
    nx_rows_job *above_job; /* of a refresh in the midst of the rows: those before the kept one; `job` */
    nx_page *below, *above; /* reads the others. What has come of both */

    int64_t first_number; /* the number of the first row held, -1 unknown */
    bool first_exact;
    int64_t total; /* exact, -1 unknown */
    int64_t estimate;
    nx_error error;
};

/* --- pages ---------------------------------------------------------------------------------------- */

void nx_window_drop_pages(nx_window *w);
/* These pages, which become the window's, and no others; what is empty is left out. */
void nx_window_set_pages(nx_window *w, nx_page *first, nx_page *second);
/* One page more at the end or the beginning; returns what is to be added to every index. */
int nx_window_append(nx_window *w, nx_page *page);
int nx_window_prepend(nx_window *w, nx_page *page);
/* What the ends, where they are held, tell about the numbers. */
void nx_window_count_rows(nx_window *w);
/* How many rows should be held on each side of those that are looked at. */
int nx_window_margin(const nx_window *w);

/* --- fetching --------------------------------------------------------------------------------------- */

/* How many rows a page has. */
int nx_window_page(const nx_window *w);
/* Fetches; `done` has been called already, and the window may be gone, when it returns NULL. */
nx_rows_job *nx_window_fetch(nx_window *w, const nx_from *from, int limit, nx_rows_done *done);
/* Reads the counts that rows held lack, by their keys. */
void nx_window_count_missing(nx_window *w);
void nx_window_stop_counting(nx_window *w);
/* Forgets what is under way. */
void nx_window_forget(nx_window *w);
void nx_window_fail(nx_window *w, const nx_error *err);

#endif
