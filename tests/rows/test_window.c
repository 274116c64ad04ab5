/* The window that a grid scrolls through, with a user who walks it, against the whole list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rows/rows_lab.h"

enum { ROWS = 2000, HEIGHT = 20 };

static rows_lab *lab;

typedef struct user {
    nx_window *window;
    int row, top; /* where the user looks */
    int resets, failures;
} user;

static int open_lab(void **state) {
    (void)state;
    lab = rows_lab_open("window",
                        "CREATE TABLE list (id int PRIMARY KEY, v text); INSERT INTO list SELECT i * 2, 'v' || i FROM "
                        "generate_series(1, 2000) i; CREATE TABLE empty (id int PRIMARY KEY); ANALYZE",
                        NULL);
    return 0;
}

static int close_lab(void **state) {
    (void)state;
    rows_lab_close(lab);
    return 0;
}

static void changed(void *owner, nx_window *window, nx_window_event event, int shift) {
    user *u = owner;
    (void)window;
    switch (event) {
    case NX_WINDOW_RESET:
        u->row = u->top = shift;
        u->resets++;
        break;
    case NX_WINDOW_GREW:
        u->row += shift;
        u->top += shift;
        break;
    case NX_WINDOW_FAILED: u->failures++; break;
    }
}

/* The user stays where it is in memory: the window tells it what happens. */
static void start(user *u, const char *model) {
    nx_query *query = rows_lab_query(lab, model, NULL, NULL);
    *u = (user){.window = nx_window_new(lab->session, query, changed, u)};
    nx_query_free(query);
}

static void wait_idle(user *u) {
    while (nx_window_busy(u->window)) {
        bool never = false;
        nx_session_run(lab->session, &never, 5, NULL);
    }
}

static void go(user *u, nx_from_kind kind, double fraction) {
    nx_window_go(u->window, &(nx_from){.kind = kind, .fraction = fraction});
    wait_idle(u);
}

static int id_at(const user *u, int i) { return atoi(nx_window_row(u->window, i)->key[0].text); }

/* Whatever is held is a stretch of the list without a hole. */
static void check(const user *u) {
    int n = nx_window_count(u->window);
    for (int i = 0; i + 1 < n; i++) {
        assert_int_equal(id_at(u, i) + 2, id_at(u, i + 1));
    }
    if (n && nx_window_at_start(u->window)) {
        assert_int_equal(id_at(u, 0), 2);
    }
    if (n && nx_window_at_end(u->window)) {
        assert_int_equal(id_at(u, n - 1), 2 * ROWS);
    }
    bool exact;
    int64_t number = n ? nx_window_number(u->window, 0, &exact) : -1;
    if (n && number >= 0 && exact) {
        assert_int_equal(number * 2, id_at(u, 0));
    }
    assert_true(n <= 5 * 150);
}

static void look(user *u, int direction) {
    nx_window_look(u->window, u->top, HEIGHT, direction);
    wait_idle(u);
    check(u);
}

static void every_row_is_seen_once_downwards_and_upwards(void **state) {
    (void)state;
    user u;
    start(&u, "list");
    go(&u, NX_FROM_FIRST, 0);
    int expected = 2, steps = 0;
    for (;; u.row++, u.top = u.row, steps++) {
        look(&u, 1);
        assert_int_equal(id_at(&u, u.row), expected);
        expected += 2;
        if (expected > 2 * ROWS) {
            break;
        }
    }
    assert_int_equal(steps, ROWS - 1);
    bool exact;
    assert_int_equal(nx_window_total(u.window, &exact), ROWS);
    assert_true(exact);
    for (expected = 2 * ROWS; expected > 2; expected -= 2) {
        assert_int_equal(id_at(&u, u.row), expected);
        u.row--;
        u.top = u.row;
        look(&u, -1);
    }
    assert_true(nx_window_at_start(u.window));
    nx_window_free(u.window);
}

static void a_random_user_never_sees_a_hole(void **state) {
    (void)state;
    user u;
    start(&u, "list");
    go(&u, NX_FROM_FIRST, 0);
    unsigned seed = 7;
    for (int i = 0; i < 300; i++) {
        seed = seed * 1103515245u + 12345u;
        unsigned dice = seed >> 16;
        if (dice % 17 == 0) {
            go(&u, NX_FROM_LAST, 0);
            assert_int_equal(id_at(&u, u.row), 2 * ROWS);
        } else if (dice % 19 == 0) {
            go(&u, NX_FROM_FIRST, 0);
            assert_int_equal(id_at(&u, u.row), 2);
        } else if (dice % 23 == 0) {
            go(&u, NX_FROM_FRACTION, 0.5);
            assert_in_range(id_at(&u, u.row), ROWS / 2, 3 * ROWS / 2);
        } else {
            int direction = dice % 3 ? 1 : -1, n = nx_window_count(u.window);
            u.row += direction * (int)(dice % 60);
            u.row = u.row < 0 ? 0 : u.row >= n ? n - 1 : u.row;
            u.top = u.row;
            look(&u, direction);
        }
        check(&u);
    }
    assert_int_equal(u.failures, 0);
    nx_window_free(u.window);
}

static void ends_that_are_held_cost_no_trip(void **state) {
    (void)state;
    user u;
    start(&u, "list");
    go(&u, NX_FROM_FIRST, 0);
    int64_t trips = nx_session_trips(lab->session);
    go(&u, NX_FROM_FIRST, 0);
    nx_window_look(u.window, 0, HEIGHT, 1); /* plenty below: nothing to fetch */
    wait_idle(&u);
    assert_int_equal(nx_session_trips(lab->session), trips);
    assert_int_equal(u.resets, 2);
    nx_window_look(u.window, 120, HEIGHT, 1); /* near the end: one page ahead */
    wait_idle(&u);
    assert_int_equal(nx_session_trips(lab->session), trips + 1);
    nx_window_free(u.window);
}

static void a_refresh_keeps_its_row(void **state) {
    (void)state;
    user u;
    start(&u, "list");
    go(&u, NX_FROM_LAST, 0);
    look(&u, -1);
    int id = id_at(&u, u.row - 30);
    lab_sql(lab->url, "INSERT INTO list SELECT i, 'new' FROM generate_series(3001, 3101, 2) i");
    nx_window_refresh(u.window, u.row - 30);
    wait_idle(&u);
    assert_int_equal(id_at(&u, u.row), id);
    go(&u, NX_FROM_FIRST, 0);
    u.row = 10;
    lab_sql(lab->url, "DELETE FROM list WHERE id = 22 OR id = 2"); /* the row itself, and the first one */
    nx_window_refresh(u.window, 10);
    wait_idle(&u);
    assert_int_equal(id_at(&u, 0), 4);
    assert_in_range(id_at(&u, u.row), 20, 26);
    lab_sql(lab->url, "DELETE FROM list WHERE id % 2 = 1; INSERT INTO list VALUES (2, 'v1'), (22, 'v11')");
    nx_window_free(u.window);
}

static void a_failure_keeps_the_rows(void **state) {
    (void)state;
    user u;
    start(&u, "list");
    go(&u, NX_FROM_FIRST, 0);
    int n = nx_window_count(u.window);
    lab_sql(lab->url, "ALTER TABLE list RENAME TO gone");
    go(&u, NX_FROM_LAST, 0);
    assert_int_equal(u.failures, 1);
    assert_int_equal(nx_window_error(u.window)->kind, NX_ERR_SERVER);
    assert_int_equal(nx_window_count(u.window), n);
    lab_sql(lab->url, "ALTER TABLE gone RENAME TO list");
    go(&u, NX_FROM_LAST, 0);
    assert_int_equal(id_at(&u, u.row), 2 * ROWS);
    assert_false(nx_failed(nx_window_error(u.window)));
    nx_window_free(u.window);
}

static void another_query_supersedes_the_fetch_under_way(void **state) {
    (void)state;
    user u;
    start(&u, "list");
    nx_window_go(u.window, &(nx_from){.kind = NX_FROM_FIRST});
    nx_query *query = rows_lab_query(lab, "list", "id desc", "id > 3990");
    nx_window_set_query(u.window, query);
    nx_query_free(query);
    go(&u, NX_FROM_FIRST, 0);
    assert_int_equal(u.resets, 1);
    assert_int_equal(nx_window_count(u.window), 5);
    assert_int_equal(id_at(&u, 0), 2 * ROWS);
    bool exact;
    assert_int_equal(nx_window_total(u.window, &exact), 5);
    assert_true(exact);
    nx_window_go(u.window, &(nx_from){.kind = NX_FROM_LAST});
    nx_window_free(u.window); /* busy or not */
}

static void nothing_is_not_an_error(void **state) {
    (void)state;
    user u;
    start(&u, "empty");
    assert_false(nx_window_loaded(u.window));
    go(&u, NX_FROM_FIRST, 0);
    assert_true(nx_window_loaded(u.window));
    assert_int_equal(nx_window_count(u.window), 0);
    assert_true(nx_window_at_start(u.window) && nx_window_at_end(u.window));
    nx_window_refresh(u.window, 0);
    wait_idle(&u);
    go(&u, NX_FROM_LAST, 0);
    assert_int_equal(u.failures, 0);
    nx_window_free(u.window);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_seen_once_downwards_and_upwards),
        cmocka_unit_test(a_random_user_never_sees_a_hole),
        cmocka_unit_test(ends_that_are_held_cost_no_trip),
        cmocka_unit_test(a_refresh_keeps_its_row),
        cmocka_unit_test(a_failure_keeps_the_rows),
        cmocka_unit_test(another_query_supersedes_the_fetch_under_way),
        cmocka_unit_test(nothing_is_not_an_error),
    };
    return cmocka_run_group_tests(tests, open_lab, close_lab);
}
