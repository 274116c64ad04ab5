/* fetch.h - the parts that a fetch of one page is made of. */
#ifndef NIXIE_ROWS_FETCH_H
#define NIXIE_ROWS_FETCH_H

#include "keyset.h"

/* The planner's idea of how many rows the query has: for filtered rows and views, where reltuples says nothing. */
bool nx_estimate_is_asked(const nx_query *query);
void nx_estimate_sql(const nx_query *query, nx_sql *sql);
int64_t nx_estimate_read(const nx_result *plan); /* -1: unknown */

typedef struct nx_fetch { /* the state of a job of nx_rows_fetch; in the job's arena */
    nx_from from;         /* a copy */
    int limit;
    nx_columns *columns;
    nx_walk walk;
    int page_at, estimate_at, key_at, exists_at; /* statements of the trip under way, -1: not in it */
    bool sampled_all;
} nx_fetch;

/* Appends the segments that read one page as fetch->walk says. */
void nx_fetch_add_page(nx_rows_job *job, nx_trip *trip);
/* Ends the job with the page that came back, or with what went wrong. */
void nx_fetch_finish(nx_rows_job *job, nx_trip *trip);
/* Ends the job with what went wrong, unless it was the counts: then without them. */
void nx_fetch_fail(nx_rows_job *job, const nx_error *why);
/* Reads from there on: one more trip. */
void nx_fetch_send_page(nx_rows_job *job, const nx_cursor *cursor, bool backward, bool inclusive);
/* The trip that finds where to begin. False with err when that cannot be done. */
bool nx_fetch_send_fraction(nx_rows_job *job, nx_error *err);
bool nx_fetch_send_key(nx_rows_job *job, nx_error *err);
nx_trip *nx_fetch_trip(nx_rows_job *job);

#endif
