/* Every record that the filter matches: counted, shown, asked about, staged as one change. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static screen *open_item(void) {
    lab_sql(url, "DROP TABLE IF EXISTS part, item CASCADE;"
                 "CREATE TABLE item (id int PRIMARY KEY, name text, n int NOT NULL CHECK (n < 100000));"
                 "INSERT INTO item SELECT i, 'item ' || i, i % 10 FROM generate_series(1, 5000) i;"
                 "CREATE TABLE part (id int PRIMARY KEY, item int REFERENCES item, note text);"
                 "INSERT INTO part SELECT i, 4990 + i % 2, 'part ' || i FROM generate_series(1, 60) i; ANALYZE");
    return hands_rows(url, "item", "item 1");
}

static void filter(screen *s, const char *text, const char *first) {
    screen_type(s, "/");
    screen_send(s, text, strlen(text));
    screen_type(s, "<Enter>");
    screen_wait_gone(s, "Enter filters");
    screen_wait(s, first);
}

static void matches_are_counted_shown_and_deleted(void **state) {
    (void)state;
    screen *s = open_item();
    filter(s, "n = 3", "item 13");
    screen_type(s, "B");
    screen_wait(s, "every matching record of item");
    screen_wait(s, "500 records");
    screen_type(s, "d");
    screen_wait(s, "Delete every match");
    screen_wait(s, "500 records of item");
    screen_wait(s, "DELETE FROM public.item");
    screen_type(s, "n");
    screen_wait_gone(s, "Delete every match");
    assert_false(screen_has(s, "staged"));
    screen_type(s, "Bdy");
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "- staged: delete every match, 500 records · n = 3");
    screen_wait_line(s, 3, "-"); /* and each of them looks it */
    screen_type(s, "\\");
    screen_wait(s, "item 1 ");
    screen_wait(s, "- staged: delete every match, 500 records · n = 3"); /* which they are is not known here */
    screen_type(s, "u");
    screen_wait_gone(s, "staged: delete");
    screen_type(s, "<C-r>");
    screen_wait(s, "staged: delete every match");
    hands_save(s);
    hands_assert_value(url, "SELECT count(*) || ' ' || count(*) FILTER (WHERE n = 3) FROM item", "4500 0");
    hands_quit(s);
}

static void a_field_is_set_in_every_match(void **state) {
    (void)state;
    screen *s = open_item();
    filter(s, "n = 4", "item 14");
    screen_type(s, "llBs");
    screen_wait(s, "n integer not null of every match");
    screen_type(s, "<C-e><C-u>many<Enter>"); /* the server judges it, once */
    screen_wait(s, "invalid input syntax for type integer");
    screen_type(s, "<C-e><C-u>77<Enter>");
    screen_wait(s, "500 records of item: n becomes '77'");
    screen_wait(s, "UPDATE public.item SET n = 77 WHERE");
    screen_type(s, "y");
    screen_wait(s, "~ staged: set n = '77' in every match, 500 records");
    screen_wait_line(s, 3, "77");
    hands_save(s);
    hands_assert_value(url, "SELECT count(*) FROM item WHERE n = 77", "500");
    hands_quit(s);
}

static void every_record_asks_for_the_name(void **state) {
    (void)state;
    screen *s = open_item();
    screen_type(s, "lB");
    screen_wait(s, "EVERY record of item");
    screen_type(s, "s");
    screen_wait(s, "of every match");
    screen_type(s, "<C-x>n<Enter>");
    screen_wait(s, "Change EVERY record");
    screen_wait(s, "all 5,000 records of item: name becomes NULL");
    screen_type(s, "y");
    screen_wait(s, "type item: this is EVERY record of it");
    screen_type(s, "yes<Enter>");
    screen_wait(s, "this is not the model's name");
    screen_type(s, "<C-e><C-u>item<Enter>");
    screen_wait(s, "~ staged: set name = NULL in EVERY record, 5,000 records");
    hands_save(s);
    hands_assert_value(url, "SELECT count(*) FROM item WHERE name IS NULL", "5000");
    hands_quit(s);
}

/* Of a relation's list the records of the other records stay. */
static void the_records_of_a_relation_are_a_filter_too(void **state) {
    (void)state;
    screen *s = open_item();
    screen_type(s, "G");
    screen_wait(s, "item 5000");
    screen_type(s, "@4991<Enter>");
    screen_wait_line(s, -1, "item › 4991");
    screen_type(s, "F");
    screen_wait(s, "what refers to item");
    screen_type(s, "<Enter>");
    screen_wait(s, "part 1 ");
    screen_type(s, "B");
    screen_wait(s, "30 records");
    screen_type(s, "dy");
    screen_wait(s, "- staged: delete every match, 30 records · item = ");
    hands_save(s);
    hands_assert_value(url, "SELECT count(*) || ' ' || min(item) || ' ' || max(item) FROM part", "30 4990 4990");
    hands_quit(s);
}

static void more_than_were_counted_are_refused(void **state) {
    (void)state;
    screen *s = open_item();
    filter(s, "n = 5", "item 15");
    screen_type(s, "BdyW");
    screen_wait(s, "not saved yet");
    lab_sql(url, "INSERT INTO item VALUES (6000, 'one more', 5)");
    screen_type(s, "W");
    screen_wait(s, "not saved: ");
    hands_assert_value(url, "SELECT count(*) FROM item WHERE n = 5", "501");
    hands_abandon(s);
}

static void what_cannot_be_changed_says_why(void **state) {
    (void)state;
    lab_sql(url, "CREATE VIEW sums AS SELECT 1 AS n, count(*) AS many FROM pg_class");
    screen *s = hands_rows(url, "sums", "many");
    screen_type(s, "B");
    screen_wait_line(s, -1, "sums cannot be edited: ");
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(matches_are_counted_shown_and_deleted),
    cmocka_unit_test(a_field_is_set_in_every_match),
    cmocka_unit_test(every_record_asks_for_the_name),
    cmocka_unit_test(the_records_of_a_relation_are_a_filter_too),
    cmocka_unit_test(more_than_were_counted_are_refused),
    cmocka_unit_test(what_cannot_be_changed_says_why),
};

LAB_MAIN(tests, group_open, group_close)
