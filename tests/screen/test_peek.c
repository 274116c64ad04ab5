/* The pane that shows the record under the cursor, or the one that a reference points at. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static int setup(void **state) {
    group_open(state);
    lab_sql(url, "CREATE TABLE owner (id int PRIMARY KEY, name text, motto text, code text UNIQUE);"
                 "INSERT INTO owner SELECT i, 'owner ' || i, 'motto of ' || i, 'c' || i FROM generate_series(1, 90) i;"
                 "CREATE TABLE item (id int PRIMARY KEY, title text, owner_id int REFERENCES owner, code text REFERENCES owner (code), long text);"
                 "INSERT INTO item SELECT i, 'title ' || i, CASE WHEN i = 2 THEN NULL ELSE i END, 'c' || i,"
                 "  repeat('word ', 70) || 'end of ' || i FROM generate_series(1, 90) i; ANALYZE");
    return 0;
}

static screen *start(int rows, int columns, const char *to) {
    screen *s = screen_nixie(rows, columns, to, (const char *[]){"item", NULL});
    screen_wait(s, "title 1");
    screen_wait(s, " of ");
    return s;
}

static void it_shows_the_record_and_follows_the_cursor(void **state) {
    (void)state;
    screen *s = start(30, 140, url);
    screen_type(s, "v");
    screen_wait(s, "╭ item 1 ");
    screen_wait(s, "end of 1"); /* long values whole, as far as the pane goes */
    screen_type(s, "jj");
    screen_wait(s, "╭ item 3 ");
    screen_wait(s, "end of 3");
    screen_type(s, "v");
    screen_wait_gone(s, "v closes");
    screen_type(s, "jv");
    screen_wait(s, "╭ item 4 ");
    screen_type(s, "c");
    screen_wait(s, "5 of 5 shown");
    screen_type(s, "/title<Enter> <Enter>"); /* fields that are hidden in the grid are there */
    screen_wait(s, "4 of 5 fields");
    screen_type(s, "j");
    screen_wait(s, "╭ item 5 ");
    screen_wait(s, "title 5");
    hands_quit(s);
}

static void on_a_reference_it_shows_what_it_points_at(void **state) {
    (void)state;
    screen *s = start(30, 140, url);
    screen_type(s, "llv");
    screen_wait(s, "╭ owner_id → owner 1 ");
    screen_wait(s, "motto of 1");
    screen_type(s, "j"); /* NULL points at nothing: the record itself */
    screen_wait(s, "╭ item 2 ");
    screen_type(s, "j");
    screen_wait(s, "motto of 3");
    screen_type(s, "l"); /* by another unique key */
    screen_wait(s, "╭ code → owner c3 ");
    screen_wait(s, "motto of 3");
    screen_type(s, "k");
    screen_wait(s, "motto of 2");
    hands_quit(s);
}

static void staged_values_are_shown_as_such(void **state) {
    (void)state;
    screen *s = start(30, 140, url);
    screen_type(s, "lv");
    screen_wait(s, "╭ item 1 ");
    hands_edit(s, "other words");
    screen_wait(s, "~title ");
    screen_type(s, "h");
    screen_wait(s, "~title     other words");
    screen_type(s, "jlx");
    screen_wait(s, "~title     NULL");
    hands_abandon(s);
}

static void narrow_screens_have_it_below(void **state) {
    (void)state;
    screen *s = start(24, 80, url);
    screen_type(s, "v");
    screen_wait(s, "╭ item 1 ");
    int row, column;
    assert_true(screen_find(s, "╭ item 1 ", &row, &column));
    assert_true(row > 8);
    screen_type(s, "jjjjjjjjjjjjjjjjjjjj");
    screen_wait(s, "╭ item 21 ");
    screen_wait(s, "21  title 21"); /* the cursor's row stays in sight */
    hands_quit(s);
}

static int trips(lab_proxy *proxy) { return lab_proxy_trips(proxy); }

static void one_trip_per_rest_and_none_while_it_moves(void **state) {
    (void)state;
    lab_proxy *proxy = lab_proxy_start(url);
    screen *s = start(30, 140, lab_proxy_url(proxy));
    screen_type(s, "llv");
    screen_wait(s, "motto of 1");
    screen_settle(s);
    int before = trips(proxy);
    screen_type(s, "jjjjj");
    screen_wait(s, "motto of 6");
    screen_settle(s);
    assert_int_equal(trips(proxy) - before, 1);
    screen_type(s, "hh"); /* on a record that the grid has, but for its long value */
    screen_wait(s, "end of 6");
    assert_int_equal(trips(proxy) - before, 2);
    hands_quit(s);
    lab_proxy_stop(proxy);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(it_shows_the_record_and_follows_the_cursor),
    cmocka_unit_test(on_a_reference_it_shows_what_it_points_at),
    cmocka_unit_test(staged_values_are_shown_as_such),
    cmocka_unit_test(narrow_screens_have_it_below),
    cmocka_unit_test(one_trip_per_rest_and_none_while_it_moves),
};

LAB_MAIN(tests, setup, group_close)
