/* user.h - a simulated user of a window: does with its events what a view does, and compares what is held with the
 * whole list. */
#ifndef USER_H
#define USER_H

#include "rows/rows_lab.h"

enum { ROWS = 2000 }; /* of item and heap */

typedef struct user {
    rows_lab *lab;
    nx_window *window;
    nx_query *query;
    int row, top, height;
    bool event;
    int resets, failures;
    bool frees; /* on failure */
    char **all; /* the first column of all rows, in order */
    int nall;
} user;

/* For a group of tests: the database that users share who only read. */
int user_open_shared(void **state);
int user_close_shared(void **state);

user *user_begin(const char *model, const char *order, const char *filter);
/* With a database of its own, that the test may change. */
user *user_begin_alone(const char *model);
void user_end(user *u);
void user_new_window(user *u); /* after the first is gone */

void user_settle(user *u);   /* waits until nothing is under way */
void user_read_all(user *u); /* the whole list again */
void user_sql(const user *u, const char *script);
int64_t user_trips(const user *u);

void user_go(user *u, nx_from_kind kind);
void user_look(user *u, int direction);
/* Moves by so many rows, as far as there are any; waits only where rows are not here yet. */
void user_move(user *u, int by);
/* Down to the last row and up again, comparing all the way. */
void user_scroll(user *u, int step);

const char *user_text(const user *u, int row); /* of the first column */
/* The place in the whole list of the first row held; all rows held must stand there one after the other. For lists
 * whose first column is unique. */
int user_place_of_first(const user *u);
/* Where the user's row stands in the whole list; its number must say the same when it is exact. */
int user_place(const user *u);

#endif
