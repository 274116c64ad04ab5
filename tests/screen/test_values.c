/* The values of a field with counts: looked at, and filtered by. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static int setup(void **state) {
    group_open(state);
    lab_sql(url, "CREATE TABLE item (id int PRIMARY KEY, status text);"
                 "INSERT INTO item SELECT i, CASE WHEN i % 10 = 0 THEN NULL WHEN i % 10 < 4 THEN 'draft' ELSE 'live' END"
                 "  FROM generate_series(1, 500) i;"
                 "CREATE FUNCTION slow() RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT pg_sleep(0.02) IS NOT NULL';"
                 "CREATE VIEW sleepy AS SELECT id % 3 AS n FROM generate_series(1, 1000) id WHERE slow(); ANALYZE");
    return 0;
}

static void values_are_counted_and_filtered_by(void **state) {
    (void)state;
    screen *s = hands_rows(url, "item", "draft");
    screen_type(s, "lt");
    screen_wait(s, "values of status");
    screen_wait(s, "3 values in 500 rows");
    screen_wait(s, "60%");
    screen_type(s, "<Enter>"); /* the most frequent one */
    screen_wait(s, "status = 'live'");
    screen_wait_gone(s, "draft");
    screen_type(s, "\\t");
    screen_wait(s, "3 values in 500 rows");
    screen_type(s, "G!"); /* without NULL */
    screen_wait(s, "status is not null");
    screen_type(s, "t"); /* of the rows that are left */
    screen_wait(s, "2 values in 450 rows");
    screen_wait(s, "67%");
    screen_type(s, "j!");
    screen_wait(s, "!= 'draft'");
    screen_type(s, "t");
    screen_wait(s, "1 value in 300 rows");
    screen_type(s, "<Esc>");
    screen_wait_gone(s, "values of status");
    hands_quit(s);
}

static void what_takes_long_is_cancelled(void **state) {
    (void)state;
    screen *s = screen_nixie(24, 130, url, (const char *[]){"item", NULL});
    screen_wait(s, "draft");
    screen_type(s, ":sleepy<Enter>");
    screen_wait(s, " sleepy ");
    screen_wait_line(s, 2, "n");
    screen_type(s, "t");
    screen_wait(s, "values of n");
    screen_wait(s, "reading");
    screen_type(s, "<Esc>");
    screen_wait_gone(s, "values of n");
    screen_type(s, ":item<Enter>");
    screen_wait(s, "draft");
    hands_quit(s);
}

/* More values than a screen has lines: every key and the mouse; a sample of a large table; values that are cut. */
static void the_list_of_values_is_walked(void **state) {
    (void)state;
    lab_sql(url, "CREATE TABLE wide (id int PRIMARY KEY, word text, long text);"
                 "INSERT INTO wide SELECT i, 'word ' || least(i, 70), repeat('long ', 500) || i FROM generate_series(1, 900) i; ANALYZE wide");
    screen *s = hands_rows(url, "wide", "word 1");
    screen_type(s, "lt");
    screen_wait(s, "70 values in 900 rows");
    screen_wait(s, "92%");
    screen_wait(s, "<1%");
    screen_wait(s, "▸ word 70");
    int first = 0, column = 0, row = 0;
    assert_true(screen_find(s, "▸ word 70", &first, &column));
    static const char *const walk[] = {"j", "jj", "k", "<PgDn>", "<PgDn>", "<PgUp>", "<C-f>", "<C-b>", "G", "g"};
    int before = first;
    for (size_t i = 0; i < sizeof walk / sizeof *walk; i++) {
        screen_type(s, walk[i]);
        screen_settle(s);
        assert_true(screen_find(s, "▸ word", &row, &column));
        static const int below[] = {1, 3, 2};
        if (i < sizeof below / sizeof *below) {
            assert_int_equal(row, first + below[i]);
        }
        before = row;
    }
    assert_int_equal(before, first); /* g is where it began */
    screen_wait(s, "▸ word 70");
    hands_wheel_at(s, first, column, true);
    screen_wait_gone(s, "▸ word 70");
    hands_wheel_at(s, first, column, false);
    screen_wait(s, "▸ word 70");
    screen_type(s, "y");
    screen_wait_line(s, -1, "copied word (7 bytes)");
    hands_wait_copied(s, "word 70");
    screen_click(s, first + 2, column + 4, false);
    screen_wait_gone(s, "▸ word 70");
    assert_true(screen_find(s, "▸ word", &row, &column));
    assert_int_equal(row, first + 2);
    screen_click(s, 0, 0, false); /* beside it: a slip of the hand */
    screen_rest(s);
    screen_wait(s, "values of word");
    hands_click(s, "word 70 ", true);
    screen_wait(s, "word = 'word 70'");
    screen_type(s, "lt");
    screen_wait(s, "the most frequent:");
    ANSWERS(s, {"<Enter>", "this value is too long to filter by: / with contains does it"}, {"!", "this value is too long to filter by"});
    screen_type(s, "<Esc>");
    screen_wait_gone(s, "values of long");
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_list_of_values_is_walked),
    cmocka_unit_test(values_are_counted_and_filtered_by),
    cmocka_unit_test(what_takes_long_is_cancelled),
};

LAB_MAIN(tests, setup, group_close)
