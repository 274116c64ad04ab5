/* Watching: the rows read again every few seconds, with what changed marked. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static int setup(void **state) {
    group_open(state);
    lab_sql(url, "CREATE TABLE job (id int PRIMARY KEY, state text, n int);"
                 "INSERT INTO job SELECT i, 'waiting', 0 FROM generate_series(1, 5) i; ANALYZE");
    return 0;
}

static void what_changes_is_marked_for_one_period(void **state) {
    (void)state;
    screen *s = hands_rows(url, "job", "waiting");
    screen_type(s, "jj1w");
    screen_wait_line(s, 1, "every 1 s");
    lab_sql(url, "UPDATE job SET state = 'running' WHERE id = 2");
    screen_wait(s, "running");
    screen_wait_line(s, 4, "*");
    int row, column;
    assert_true(screen_find(s, "running", &row, &column));
    assert_int_not_equal(screen_at(s, row, column).bg, screen_at(s, row - 1, column).bg);
    screen_wait_line(s, 5, "▸"); /* the cursor stays */
    screen_wait_gone(s, "*");
    lab_sql(url, "INSERT INTO job VALUES (0, 'new', 9); DELETE FROM job WHERE id = 5");
    screen_wait(s, "new");
    screen_wait_line(s, 3, "*");
    screen_wait(s, "of 5");
    screen_wait_line(s, 6, "▸"); /* on its record, one line below */
    screen_type(s, "w");
    screen_wait_line(s, -1, "watching has stopped");
    screen_wait_gone(s, "every");
    hands_quit(s);
}

static void it_stops_when_the_connection_is_lost(void **state) {
    (void)state;
    lab_proxy *proxy = lab_proxy_start(url);
    screen *s = hands_rows(lab_proxy_url(proxy), "job", "waiting");
    screen_type(s, "1w");
    screen_wait_line(s, 1, "every 1 s");
    lab_proxy_reset_trips(proxy);
    lab_sql(url, "UPDATE job SET n = n + 1 WHERE id = 1");
    screen_wait_line(s, 4, "*");
    lab_proxy_stop(proxy);
    screen_wait(s, "watching has stopped");
    screen_wait_gone(s, "every 1 s");
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_changes_is_marked_for_one_period),
    cmocka_unit_test(it_stops_when_the_connection_is_lost),
};

LAB_MAIN(tests, setup, group_close)
