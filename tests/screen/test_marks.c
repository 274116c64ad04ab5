/* Marked rows: they stay marked wherever one goes, and are changed, deleted and copied together. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static int setup(void **state) {
    group_open(state);
    lab_sql(url, "CREATE TABLE item (id int PRIMARY KEY, name text, n int NOT NULL DEFAULT 7);"
                 "INSERT INTO item SELECT i, 'item ' || i, i FROM generate_series(1, 12000) i;"
                 "CREATE TABLE few (id int PRIMARY KEY, name text, long text);"
                 "INSERT INTO few SELECT i, 'few ' || i, repeat('long ', 100) FROM generate_series(1, 6) i;"
                 "CREATE TABLE heap (k int, v text); INSERT INTO heap VALUES (1, 'one'), (1, 'one'), (2, 'two'), (3, 'three');"
                 "CREATE VIEW keyless AS SELECT n % 3 AS rest, count(*) FROM item GROUP BY 1; ANALYZE");
    return 0;
}

static void marks_stay_wherever_one_goes(void **state) {
    (void)state;
    screen *s = hands_rows(url, "item", "item 1");
    screen_type(s, "  j ");
    screen_wait(s, "3 marked");
    screen_wait_line(s, 3, "●");
    screen_wait_line(s, 4, "●");
    screen_wait_line(s, 6, "●");
    screen_cell cell = screen_at(s, 3, 34); /* in colour too */
    assert_int_not_equal(cell.bg, screen_at(s, 5, 34).bg);
    screen_type(s, "G");
    screen_wait(s, "item 12000");
    screen_wait(s, "3 marked");
    assert_false(screen_has(s, "●"));
    screen_type(s, "gs"); /* by id, another order to read by */
    screen_wait(s, "▲");
    screen_wait_line(s, 4, "●");
    screen_type(s, "<Enter>");
    screen_wait(s, "item 1");
    screen_wait_gone(s, "marked");
    screen_type(s, "<BS>");
    screen_wait(s, "3 marked");
    screen_type(s, "r");
    screen_wait_line(s, 6, "●");
    screen_type(s, "g "); /* again takes it away */
    screen_wait(s, "2 marked");
    screen_type(s, "<Esc>");
    screen_wait_gone(s, "2 marked");
    screen_wait_line(s, -1, "the marks are taken away");
    screen_wait(s, "item 1");
    hands_quit(s);
}

static void one_value_is_judged_and_set_in_all(void **state) {
    (void)state;
    screen *s = hands_rows(url, "few", "few 1");
    screen_type(s, " jVjV");
    screen_wait(s, "3 marked");
    screen_type(s, "le");
    screen_wait(s, "of 3 marked records");
    screen_type(s, "<C-e><C-u>same<Enter>");
    screen_wait_line(s, -1, "3 records staged");
    screen_wait_line(s, 0, "3 staged");
    screen_type(s, "u"); /* one step */
    screen_wait_gone(s, "3 staged");
    screen_type(s, "<C-r>");
    screen_wait_line(s, 0, "3 staged");
    screen_type(s, "lx"); /* long values are read whole first, though this one is only set to NULL */
    screen_wait_line(s, -1, "3 records staged");
    hands_save(s);
    hands_assert_value(url, "SELECT string_agg(id::text, ',' ORDER BY id) FROM few WHERE name = 'same' AND long IS NULL", "1,3,4");
    screen_wait(s, "few 2");
    screen_wait_gone(s, "marked"); /* they were meant for this save */
    hands_quit(s);
}

static void marked_records_are_deleted_and_kept_again(void **state) {
    (void)state;
    screen *s = hands_rows(url, "few", "few 5");
    screen_type(s, "jjj  d");
    screen_wait_line(s, 0, "2 staged");
    screen_wait_line(s, -1, "2 records staged for deletion");
    screen_type(s, "k");
    screen_wait_line(s, 0, "2 staged");
    screen_type(s, "d");
    screen_wait_line(s, -1, "2 records kept");
    screen_wait_gone(s, "2 staged");
    screen_type(s, "jd");
    screen_wait_line(s, 0, "2 staged");
    hands_save(s);
    hands_assert_value(url, "SELECT string_agg(id::text, ',' ORDER BY id) FROM few", "1,2,3,6");
    hands_quit(s);
}

static void marked_records_are_copied(void **state) {
    (void)state;
    screen *s = hands_rows(url, "heap", "three");
    screen_type(s, " jj ");
    screen_wait(s, "2 marked");
    screen_type(s, "Yc");
    hands_wait_sent(s, "\033]52;c;ayx2CjEsb25lCjMsdGhyZWUK"); /* k,v / 1,one / 3,three */
    screen_wait_line(s, -1, "2 records as CSV");
    screen_type(s, "yj");
    hands_wait_sent(s, "\033]52;c;WwogIHsiayI6ICIxIiwgInYiOiAib25lIn0sCiAgeyJrIjogIjMiLCAidiI6ICJ0aHJlZSJ9Cl0K");
    screen_type(s, "Yi");
    screen_wait_line(s, -1, "2 records as INSERT");
    hands_quit(s);
}

/* One of two records that are alike: by tuple id, version and all fields. */
static void without_a_key_marks_go_by_tuple_id(void **state) {
    (void)state;
    screen *s = hands_rows(url, "heap", "three");
    screen_type(s, " j d");
    screen_wait_line(s, 0, "2 staged");
    hands_save(s);
    hands_assert_value(url, "SELECT string_agg(v, ' ' ORDER BY k) FROM heap", "one three");
    screen_type(s, ":keyless<Enter>");
    screen_wait(s, "rest");
    screen_wait(s, "of 3 ");
    screen_type(s, " ");
    screen_wait_line(s, -1, "have no key to be marked by");
    screen_type(s, "jV");
    screen_wait_line(s, -1, "have no key to be marked by");
    hands_quit(s);
}

static void a_range_goes_over_ten_thousand_rows(void **state) {
    (void)state;
    screen *s = hands_rows(url, "item", "item 1");
    screen_type(s, "/id <lt>= 10000<Enter>");
    screen_wait(s, "id <= 10000");
    screen_wait(s, "1-"); /* from the first */
    screen_type(s, "V");
    screen_wait(s, "range ");
    screen_type(s, "G");
    screen_wait(s, "item 10000");
    screen_wait(s, "●"); /* seen before it is made */
    screen_type(s, "V");
    screen_wait(s, "10,000 marked");
    screen_type(s, "gj "); /* but not this one */
    screen_wait(s, "9,999 marked");
    screen_type(s, "le");
    screen_wait(s, "of 9,999 marked records");
    screen_type(s, "<C-e><C-u>all of them<Enter>");
    screen_wait_line(s, 0, "9999 staged");
    screen_type(s, "u");
    screen_wait_gone(s, "9999 staged");
    screen_type(s, "<C-r>");
    screen_wait_line(s, 0, "9999 staged");
    screen_type(s, "u<Esc>");
    screen_wait_gone(s, "marked");
    hands_quit(s);
}

static void a_range_that_is_too_long_points_to_bulk(void **state) {
    (void)state;
    lab_sql(url, "CREATE TABLE many (id int PRIMARY KEY); INSERT INTO many SELECT generate_series(1, 30000); ANALYZE many");
    screen *s = hands_rows(url, "many", "id");
    screen_type(s, "VGV");
    screen_wait_line(s, -1, "more than 20,000 rows lie between");
    assert_false(screen_has(s, "marked ·"));
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(marks_stay_wherever_one_goes),
    cmocka_unit_test(one_value_is_judged_and_set_in_all),
    cmocka_unit_test(marked_records_are_deleted_and_kept_again),
    cmocka_unit_test(marked_records_are_copied),
    cmocka_unit_test(without_a_key_marks_go_by_tuple_id),
    cmocka_unit_test(a_range_goes_over_ten_thousand_rows),
    cmocka_unit_test(a_range_that_is_too_long_points_to_bulk),
};

LAB_MAIN(tests, setup, group_close)
