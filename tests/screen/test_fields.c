/* Choosing fields: which, in which order, remembered; only those are asked for. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static int setup(void **state) {
    group_open(state);
    lab_sql(url, "CREATE TABLE owner (id int PRIMARY KEY, name text); INSERT INTO owner VALUES (1, 'Ada'), (2, 'Grace');"
                 "CREATE TABLE item (id int PRIMARY KEY, alpha text, beta int, gamma text, delta text,"
                 "                   owner_id int REFERENCES owner);"
                 "INSERT INTO item SELECT i, 'alpha ' || i, 1000 - i, 'gamma ' || i, repeat('x', 5), 1 + i % 2"
                 "  FROM generate_series(1, 400) i; ANALYZE");
    return 0;
}

/* The header's names stand in this order. */
static void assert_header(screen *s, const char *first, const char *second) {
    const char *line = screen_line(s, 2), *a = strstr(line, first), *b = strstr(line, second);
    assert_non_null(a);
    assert_non_null(b);
    assert_true(a < b);
}

static void fields_are_hidden_moved_and_shown_again(void **state) {
    (void)state;
    screen *s = hands_rows(url, "item", "alpha 1");
    screen_type(s, "jjlc"); /* the cursor is on alpha of the third row */
    screen_wait(s, "fields of item");
    screen_wait(s, "6 of 6 shown");
    screen_type(s, " "); /* alpha goes, the cursor is on beta */
    screen_wait(s, "5 of 6 shown");
    screen_type(s, "jJ"); /* gamma after delta */
    screen_type(s, "<Enter>");
    screen_wait(s, "5 of 6 fields");
    screen_wait_gone(s, "alpha");
    assert_header(s, "delta", "gamma");
    screen_wait_line(s, 5, "▸"); /* the cursor stays on its row */
    screen_wait(s, "Ada"); /* labels come with the fields shown */
    screen_type(s, "c");
    screen_wait(s, "5 of 6 shown");
    screen_type(s, "a<Enter>");
    screen_wait(s, "alpha 3");
    screen_wait_gone(s, "of 6 fields");
    assert_header(s, "gamma", "delta");
    hands_quit(s);
}

static void hidden_fields_still_sort_filter_and_follow(void **state) {
    (void)state;
    screen *s = hands_rows(url, "item", "alpha 1");
    screen_type(s, "ca"); /* none */
    screen_wait(s, "0 of 6 shown");
    screen_type(s, "<Enter>");
    screen_wait_line(s, -1, "no field is chosen");
    screen_type(s, "/gam<Enter>");
    screen_wait_gone(s, "[ ] alpha");
    screen_type(s, " <Enter>");
    screen_wait(s, "1 of 6 fields");
    screen_wait_gone(s, "alpha 1");
    screen_type(s, ":order beta<Enter>");
    screen_wait_line(s, 3, "gamma 400");
    screen_type(s, "/alpha endsWith '77'<Enter>");
    screen_wait_line(s, 3, "gamma 377");
    screen_type(s, "<Enter>"); /* the identity came besides: the record opens, whole */
    screen_wait(s, "alpha 377");
    screen_type(s, "<BS>");
    screen_wait_line(s, 3, "gamma 377");
    screen_type(s, "Yj"); /* a record is copied whole, whatever is shown */
    hands_wait_sent(s, "\033]52;c;");
    screen_wait_line(s, -1, "record as JSON");
    hands_quit(s);
}

static void the_choice_is_remembered_and_pages_come_on(void **state) {
    (void)state;
    screen *s = hands_rows(url, "item", "alpha 1");
    screen_type(s, "c");
    screen_wait(s, "fields of item");
    screen_type(s, "/beta<Enter> <Enter>");
    screen_wait(s, "5 of 6 fields");
    screen_type(s, ":owner<Enter>");
    screen_wait(s, "Grace");
    screen_type(s, ":item<Enter>");
    screen_wait(s, "5 of 6 fields");
    screen_wait(s, "alpha 1");
    screen_type(s, "G");
    screen_wait(s, "alpha 400");
    screen_wait_gone(s, "beta");
    screen_type(s, "g");
    screen_wait_line(s, 3, "alpha 1");
    screen_type(s, "c<Esc>"); /* Esc changes nothing */
    screen_wait(s, "5 of 6 fields");
    hands_quit(s);
}

static void a_failure_leaves_the_fields_as_they_were(void **state) {
    (void)state;
    lab_sql(url, "CREATE TABLE gone (id int PRIMARY KEY, a text, b text); INSERT INTO gone VALUES (1, 'aa', 'bb')");
    screen *s = hands_rows(url, "gone", "aa");
    screen_type(s, "c");
    screen_wait(s, "3 of 3 shown");
    lab_sql(url, "ALTER TABLE gone DROP COLUMN b");
    screen_type(s, "/a<Enter> <Enter>");
    screen_wait_line(s, -1, "does not exist");
    screen_wait(s, "aa");
    screen_type(s, "c");
    screen_wait(s, "3 of 3 shown");
    screen_type(s, "<Esc>");
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(fields_are_hidden_moved_and_shown_again),
    cmocka_unit_test(hidden_fields_still_sort_filter_and_follow),
    cmocka_unit_test(the_choice_is_remembered_and_pages_come_on),
    cmocka_unit_test(a_failure_leaves_the_fields_as_they_were),
};

LAB_MAIN(tests, setup, group_close)
