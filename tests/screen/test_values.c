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

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(values_are_counted_and_filtered_by),
    cmocka_unit_test(what_takes_long_is_cancelled),
};

LAB_MAIN(tests, setup, group_close)
