#include "rows/user.h"

#include "lab/test.h"

static const char script[] =
    "CREATE TABLE item (id int PRIMARY KEY, grp int, name text NOT NULL);"
    "INSERT INTO item SELECT i * 3, nullif(i % 7, 3), 'n' || (i * 7919) % 2003 FROM generate_series(1, 2000) i;"
    "CREATE INDEX ON item (grp, id); CREATE TABLE heap AS SELECT i AS id, 'x' || i AS name FROM generate_series(1, "
    "2000) i;"
    "CREATE VIEW many AS SELECT grp, name, count(*) FROM item GROUP BY grp, name;"
    "CREATE TABLE nothing (id int PRIMARY KEY); ANALYZE";

static void changed(void *owner, nx_window *window, nx_window_event event, int shift) {
    user *u = owner;
    assert_ptr_equal(window, u->window);
    u->event = true;
    switch (event) {
    case NX_WINDOW_RESET:
        u->resets++;
        u->row = u->top = shift;
        assert_in_range(shift, 0, nx_window_count(window));
        break;
    case NX_WINDOW_COUNTED: break;
    case NX_WINDOW_GREW:
        u->row += shift;
        u->top += shift;
        break;
    case NX_WINDOW_FAILED:
        u->failures++;
        assert_true(nx_failed(nx_window_error(window)));
        if (u->frees) {
            nx_window_free(window);
            u->window = NULL;
        }
        break;
    }
}

/* Waits until nothing is under way. */
void user_settle(user *u) {
    while (u->window && nx_window_busy(u->window)) {
        u->event = false;
        lab_wait(u->lab->session, &u->event);
    }
}

/* All rows in the order of the query, read in one page. */
void user_read_all(user *u) {
    for (int i = 0; i < u->nall; i++) {
        free(u->all[i]);
    }
    free(u->all);
    nx_page *page = rows_lab_first(u->lab, u->query, 10000);
    u->nall = page->nrows;
    u->all = nx_calloc((size_t)u->nall + 1, sizeof *u->all);
    for (int i = 0; i < u->nall; i++) {
        u->all[i] = nx_strdup(page->rows[i].cells[0].value.text ? page->rows[i].cells[0].value.text : "NULL");
    }
    nx_page_free(page);
}

static rows_lab *shared; /* for users that only read */

void user_new_window(user *u) { u->window = nx_window_new(u->lab->session, u->query, changed, u); }

static user *begin_in(rows_lab *lab, const char *model, const char *order, const char *filter) {
    user *u = nx_calloc(1, sizeof *u);
    u->lab = lab;
    u->query = rows_lab_query(u->lab, model, order, filter);
    u->height = 20;
    user_read_all(u);
    user_new_window(u);
    return u;
}

user *user_begin(const char *model, const char *order, const char *filter) {
    return begin_in(shared, model, order, filter);
}

/* With a database of its own, that the test may change. */
user *user_begin_alone(const char *model) { return begin_in(rows_lab_open("window", script, NULL), model, NULL, NULL); }

void user_end(user *u) {
    nx_window_free(u->window);
    nx_query_free(u->query);
    if (u->lab != shared) {
        rows_lab_close(u->lab);
    }
    for (int i = 0; i < u->nall; i++) {
        free(u->all[i]);
    }
    free(u->all);
    free(u);
}

int64_t user_trips(const user *u) { return nx_session_trips(u->lab->session); }
void user_sql(const user *u, const char *text) { lab_sql(u->lab->url, text); }

void user_go(user *u, nx_from_kind kind) {
    nx_window_go(u->window, &(nx_from){.kind = kind});
    user_settle(u);
}

const char *user_text(const user *u, int row) {
    const nx_row *r = nx_window_row(u->window, row);
    return r ? (r->cells[0].value.text ? r->cells[0].value.text : "NULL") : "(none)";
}

/* The place in the whole list of the first row held, and that all rows held stand there one after the other. For lists
 * whose first column is unique. */
int user_place_of_first(const user *u) {
    int at = 0;
    while (at < u->nall && strcmp(u->all[at], user_text(u, 0)) != 0) {
        at++;
    }
    for (int i = 0; i < nx_window_count(u->window); i++) {
        assert_true(at + i < u->nall);
        assert_string_equal(user_text(u, i), u->all[at + i]);
    }
    assert_null(nx_window_row(u->window, -1));
    assert_null(nx_window_row(u->window, nx_window_count(u->window)));
    if (nx_window_at_start(u->window)) {
        assert_int_equal(at, 0);
    }
    if (nx_window_at_end(u->window)) {
        assert_int_equal(at + nx_window_count(u->window), u->nall);
    }
    return at;
}

/* Where the user's row stands in the whole list; its number, when it is exact, says the same. */
int user_place(const user *u) {
    bool exact, total_exact;
    int at = user_place_of_first(u) + u->row;
    int64_t number = nx_window_number(u->window, u->row, &exact), total = nx_window_total(u->window, &total_exact);
    if (exact) {
        assert_int_equal(number, at + 1);
    }
    if (total_exact) {
        assert_int_equal(total, u->nall);
    }
    return at;
}

void user_look(user *u, int direction) {
    int lowest = nx_window_count(u->window) - u->height;
    u->top = u->row < u->top ? u->row : u->row >= u->top + u->height ? u->row - u->height + 1 : u->top;
    u->top = u->top > lowest ? lowest : u->top;
    u->top = u->top < 0 ? 0 : u->top;
    nx_window_look(u->window, u->top, u->height, direction);
}

/* Moves by so many rows, as far as there are any; waits only where rows are not here yet. */
void user_move(user *u, int by) {
    int direction = by < 0 ? -1 : 1;
    for (int left = by * direction; left > 0;) {
        bool there = direction > 0 ? u->row + 1 < nx_window_count(u->window) : u->row > 0;
        if (there) {
            u->row += direction;
            left--;
        }
        user_look(u, direction);
        if (!there) {
            if (!nx_window_busy(u->window)) {
                return;
            }
            user_settle(u);
        }
    }
}

void user_scroll(user *u, int step) {
    int at = user_place(u), seen = 0;
    while (at < u->nall - 1) {
        user_move(u, step);
        int now = user_place(u);
        assert_int_equal(now, at + step < u->nall ? at + step : u->nall - 1);
        at = now;
        seen = nx_window_count(u->window) > seen ? nx_window_count(u->window) : seen;
    }
    user_settle(u);
    assert_true(nx_window_at_end(u->window));
    assert_true(seen <= 900); /* a few hundred rows, however far one goes */
    while (at > 0) {
        user_move(u, -step);
        int now = user_place(u);
        assert_int_equal(now, at > step ? at - step : 0);
        at = now;
    }
    user_settle(u);
    assert_true(nx_window_at_start(u->window));
}

int user_open_shared(void **state) {
    (void)state;
    shared = rows_lab_open("window", script, NULL);
    return 0;
}

int user_close_shared(void **state) {
    (void)state;
    rows_lab_close(shared);
    return 0;
}
