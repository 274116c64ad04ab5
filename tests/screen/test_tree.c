/* What one types into and unfolds: references offered as one types, keys typed ahead, a record's tree. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

/* Ships and their sailors. */
static screen *open_model(const char *model, const char *first) {
    lab_sql(url, "DROP TABLE IF EXISTS entry, sailor, ship CASCADE;"
                 "CREATE TABLE ship (id int PRIMARY KEY, name text, built boolean);"
                 "CREATE TABLE sailor (id int PRIMARY KEY, name text, ship_id int REFERENCES ship);"
                 "INSERT INTO ship SELECT i, 'Vessel ' || i, i % 2 = 0 FROM generate_series(1, 200) i;"
                 "UPDATE ship SET name = 'Fram' WHERE id = 17;"
                 "UPDATE ship SET name = 'Gjoa & ''Fram''' WHERE id = 150;"
                 "INSERT INTO sailor VALUES (1, 'Roald', 17), (2, 'Eva', 17), (3, 'Nobody', NULL); ANALYZE");
    screen *s = screen_nixie(24, 110, url, (const char *[]){model, NULL});
    screen_wait(s, first);
    screen_wait(s, " of ");
    return s;
}

static void a_reference_offers_the_records_it_may_point_at(void **state) {
    (void)state;
    screen *s = open_model("sailor", "Nobody");
    screen_type(s, "jj$e");
    screen_wait(s, "ship_id → ship");
    screen_type(s, "fram"); /* by label, in any case */
    screen_wait(s, "▸  17  Fram");
    screen_wait(s, "150  Gjoa & 'Fram'");
    screen_wait_gone(s, "Vessel 1 ");
    screen_type(s, "<Down><Enter>");
    screen_wait_gone(s, "Enter stages");
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "150 → Gjoa & 'Fram'"); /* its label stands there at once */
    screen_type(s, "e");
    screen_wait(s, "▸ 150  Gjoa"); /* where it is */
    screen_type(s, "152"); /* by key */
    screen_wait(s, "▸ 152  Vessel 152");
    screen_type(s, "<C-u>no such 'ship");
    screen_wait(s, "no record has a key or a label like this");
    screen_type(s, "<C-u>");
    screen_wait(s, "▸ 150  Gjoa");
    screen_type(s, "17<Enter>"); /* the answer is waited for */
    screen_wait_gone(s, "Enter stages");
    screen_wait(s, "17 → Fram");
    hands_save(s);
    hands_assert_value(url, "SELECT ship_id FROM sailor WHERE id = 3", "17");
    hands_quit(s);
}

/* All at once, as a person types who knows where the keys lead. */
static void keys_typed_ahead_meet_the_record_they_are_meant_for(void **state) {
    (void)state;
    screen *s = open_model("ship", "Vessel 5");
    screen_type(s, "l@150<Enter>e<C-u>Maud<Enter>Gke<C-u>last but one<Enter>ge<C-u>first<Enter>");
    screen_wait_line(s, 0, "3 staged");
    hands_save(s);
    hands_assert_value(url, "SELECT name FROM ship WHERE id = 150", "Maud");
    hands_assert_value(url, "SELECT name FROM ship WHERE id = 199", "last but one");
    hands_assert_value(url, "SELECT name FROM ship WHERE id = 1", "first");
    hands_quit(s);
}

static void a_record_read_again_keeps_what_was_unfolded(void **state) {
    (void)state;
    screen *s = open_model("ship", "Vessel 5");
    screen_type(s, "@17<Enter><Enter>");
    screen_wait(s, "Relations");
    screen_type(s, "G<Enter>");
    screen_wait(s, "Roald");
    screen_type(s, "jj<Enter>"); /* Eva */
    screen_wait(s, "ship_id");
    screen_type(s, "jje<C-u>Eva P.<Enter>"); /* her name */
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "~ name");
    hands_save(s);
    screen_wait(s, "2  Eva P.");
    screen_wait(s, "ship_id");
    screen_type(s, "<C-l>");
    screen_wait_line(s, -1, "name text"); /* the cursor is on her name */
    hands_assert_value(url, "SELECT name FROM sailor WHERE id = 2", "Eva P.");
    hands_quit(s);
}

/* d in the tree means the record that the cursor is in, not the one at its root. */
static void a_record_of_the_tree_is_deleted_where_it_stands(void **state) {
    (void)state;
    screen *s = open_model("ship", "Vessel 5");
    screen_type(s, "@17<Enter><Enter>");
    screen_wait(s, "Relations");
    screen_type(s, "G<Enter>");
    screen_wait(s, "Roald");
    screen_type(s, "jd");
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "- ▸ 1  Roald");
    hands_save(s);
    hands_assert_value(url, "SELECT count(*) FROM sailor WHERE id = 1", "0");
    hands_assert_value(url, "SELECT count(*) FROM ship WHERE id = 17", "1");
    hands_quit(s);
}

/* A ship with a crew of 25, and a log without an index. */
static screen *open_crew(void) {
    screen *s = open_model("ship", "Vessel 5");
    screen_type(s, "q");
    screen_wait_exit(s);
    screen_stop(s);
    lab_sql(url, "DROP TABLE IF EXISTS entry; INSERT INTO sailor SELECT 100 + i, 'Hand ' || i, 17 FROM generate_series(1, 23) i;"
                 "CREATE INDEX ON sailor (ship_id);"
                 "CREATE TABLE entry (id int PRIMARY KEY, ship_id int REFERENCES ship);"
                 "INSERT INTO entry SELECT i, 17 FROM generate_series(1, 10001) i; ANALYZE");
    s = screen_nixie(40, 110, url, (const char *[]){"ship", NULL});
    screen_wait(s, "Vessel 5");
    screen_type(s, "@17<Enter><Enter>");
    screen_wait(s, "Relations");
    screen_wait(s, "sailor[]  25");
    return s;
}

static void relations_are_counted_where_an_index_leads(void **state) {
    (void)state;
    screen *s = open_crew();
    screen_wait(s, "entry[]  not counted: no index");
    screen_type(s, "Gk");
    screen_wait_line(s, -1, "CREATE INDEX CONCURRENTLY ON");
    hands_quit(s);
}

static void lists_are_paged_in_place(void **state) {
    (void)state;
    screen *s = open_crew();
    screen_type(s, "G<Enter>");
    screen_wait(s, "more: Enter loads them");
    screen_wait(s, "108  Hand 8");
    screen_type(s, "G<Enter>");
    screen_wait(s, "118  Hand 18");
    screen_wait_line(s, -1, "record of sailor");
    screen_type(s, "G<Enter>");
    screen_wait(s, "123  Hand 23");
    screen_wait_gone(s, "more: Enter");
    screen_type(s, "r"); /* what was loaded is read again */
    screen_settle(s);
    screen_wait(s, "123  Hand 23");
    hands_quit(s);
}

static void lists_have_a_filter_an_order_and_fields(void **state) {
    (void)state;
    screen *s = open_crew();
    screen_type(s, "G<Enter>");
    screen_wait(s, "108  Hand 8");
    screen_type(s, "/name contains '2'<Enter>");
    screen_wait(s, "where name contains '2'");
    screen_wait_gone(s, "Hand 8");
    screen_wait(s, "122  Hand 22");
    screen_type(s, "sid desc<Enter>");
    screen_wait(s, "by id desc");
    screen_wait(s, "122  Hand 22");
    int first = 0, second = 0, column;
    screen_settle(s);
    assert_true(screen_find(s, "Hand 22", &first, &column) && screen_find(s, "Hand 2 ", &second, &column));
    assert_true(first < second);
    screen_type(s, "/nosuch = 1<Enter>");
    screen_wait(s, "nosuch");
    screen_type(s, "<Esc>");
    screen_type(s, "r"); /* kept when it is read again */
    screen_wait(s, "by id desc");
    screen_type(s, "\\");
    screen_wait_gone(s, "where name");
    screen_wait(s, "Hand 19");
    screen_type(s, "c");
    screen_wait(s, "Space");
    screen_type(s, "gj <Enter>"); /* without the name */
    screen_wait_gone(s, "Hand 19");
    screen_wait(s, "ship_id Fram");
    hands_quit(s);
}

static void booleans_are_filtered_by_their_words(void **state) {
    (void)state;
    screen *s = open_model("ship", "Vessel 5");
    screen_type(s, "$&");
    screen_wait(s, "built = false");
    screen_wait_gone(s, "Vessel 2 ");
    screen_wait(s, "\\ clear filter");
    screen_type(s, "\\");
    screen_wait(s, "Vessel 2 ");
    hands_quit(s);
}

static void narrowing_puts_the_cursor_on_the_best_answer(void **state) {
    (void)state;
    lab_sql(url, "CREATE TABLE a_log_of_imports (id int PRIMARY KEY); CREATE TABLE logs (id int PRIMARY KEY, logs_only text)");
    screen *s = screen_nixie(24, 110, url, NULL);
    screen_wait(s, "a_log_of_imports");
    screen_type(s, "/logs");
    screen_wait(s, "Esc clears");
    screen_type(s, "<Enter>");
    screen_wait(s, "logs_only");
    hands_quit(s);
}

/* The same keys wherever a list is narrowed. */
static void what_narrows_can_be_pasted_and_taken_back(void **state) {
    (void)state;
    lab_sql(url, "CREATE TABLE \"cafe\xcc\x81\" (id int PRIMARY KEY)");
    screen *s = screen_nixie(24, 110, url, NULL);
    screen_wait(s, "sailor");
    screen_type(s, "/");
    screen_wait(s, "Esc clears");
    screen_paste(s, "cafe\xcc\x81\nsailor"); /* its first line; the accent is a character of its own */
    screen_wait(s, "/cafe\xcc\x81");
    screen_wait_gone(s, "sailor");
    screen_type(s, "<BS>");
    screen_wait(s, "/caf ");
    screen_type(s, "x<C-w>");
    screen_wait(s, "sailor");
    screen_type(s, "<Esc><C-p>");
    screen_wait(s, "Go to model");
    screen_paste(s, "cafe\xcc\x81\nsailor");
    screen_wait(s, "\xe2\x80\xba " "cafe\xcc\x81");
    screen_type(s, "<BS>x<BS>");
    screen_wait(s, "\xe2\x80\xba " "caf ");
    screen_type(s, "<Enter>");
    screen_wait_line(s, -1, "cafe\xcc\x81");
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_reference_offers_the_records_it_may_point_at),
    cmocka_unit_test(keys_typed_ahead_meet_the_record_they_are_meant_for),
    cmocka_unit_test(a_record_read_again_keeps_what_was_unfolded),
    cmocka_unit_test(a_record_of_the_tree_is_deleted_where_it_stands),
    cmocka_unit_test(relations_are_counted_where_an_index_leads),
    cmocka_unit_test(lists_are_paged_in_place),
    cmocka_unit_test(lists_have_a_filter_an_order_and_fields),
    cmocka_unit_test(booleans_are_filtered_by_their_words),
    cmocka_unit_test(narrowing_puts_the_cursor_on_the_best_answer),
    cmocka_unit_test(what_narrows_can_be_pasted_and_taken_back),
};

LAB_MAIN(tests, group_open, group_close)
