/* What is staged shows wherever its record appears, and a record is followed to the key it was given. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static int setup(void **state) {
    group_open(state);
    lab_sql(url, "CREATE TABLE ship (id int PRIMARY KEY, name text NOT NULL);"
                 "CREATE TABLE sailor (id int PRIMARY KEY, name text, ship_id int REFERENCES ship ON UPDATE CASCADE);"
                 "CREATE INDEX ON sailor (ship_id);"
                 "INSERT INTO ship SELECT i, 'Vessel ' || i FROM generate_series(1, 300) i;"
                 "INSERT INTO sailor SELECT i, 'Sailor ' || i, (i + 1) / 2 FROM generate_series(1, 600) i; ANALYZE");
    return 0;
}

static void a_staged_value_shows_in_every_view(void **state) {
    (void)state;
    screen *s = hands_rows(url, "sailor", "Sailor 3");
    screen_type(s, "jl");
    hands_edit(s, "Captain");
    screen_type(s, "z"); /* the whole value */
    screen_wait(s, "name (staged)");
    screen_wait(s, "Captain");
    screen_type(s, "q<Enter>"); /* the record */
    screen_wait(s, "~ name");
    screen_type(s, "q");
    screen_wait(s, "Sailor 3");
    screen_type(s, "hs");
    screen_wait(s, "id ▲");
    screen_type(s, "s");
    screen_wait(s, "Sailor 600");
    screen_wait_gone(s, "Captain");
    screen_type(s, "/id < 3<Enter>");
    screen_wait(s, "sailor · id < 3");
    screen_wait(s, "Captain"); /* sorted and filtered */
    screen_type(s, "p");
    screen_type(s, "ship<Enter>");
    screen_wait(s, "Vessel 2");
    screen_type(s, "<Enter>"); /* in the tree of another record, that it belongs to */
    screen_wait(s, "Relations");
    screen_type(s, "G<Enter>");
    screen_wait(s, "Captain");
    screen_wait_gone(s, "Sailor 2");
    screen_type(s, "f"); /* and in the list of its relation */
    screen_wait(s, "ship_id");
    screen_wait(s, "Captain");
    hands_abandon(s);
}

static void the_changes_lead_to_their_rows(void **state) {
    (void)state;
    screen *s = hands_rows(url, "sailor", "Sailor 3");
    screen_type(s, "@500<Enter>");
    screen_wait_line(s, -1, "sailor › 500");
    screen_type(s, "l");
    hands_edit(s, "Far away");
    screen_type(s, "/id < 3<Enter>");
    screen_wait_gone(s, "Far away");
    screen_type(s, "C<Enter>"); /* outside of the filter that is on */
    screen_wait_line(s, -1, "sailor › 500");
    screen_wait_line(s, -1, "name text");
    screen_wait(s, "Far away");
    hands_abandon(s);
}

static void a_refused_field_is_marked_and_led_to(void **state) {
    (void)state;
    screen *s = hands_rows(url, "sailor", "Sailor 3");
    screen_type(s, "jl");
    hands_edit(s, "Fine");
    screen_type(s, "h");
    hands_edit(s, "7"); /* there is a sailor 7 */
    screen_type(s, "W");
    screen_wait(s, "not saved yet");
    screen_type(s, "W");
    screen_wait(s, "duplicate key");
    screen_wait(s, "! id");
    assert_false(screen_has(s, "! name"));
    screen_type(s, "<Enter>");
    screen_wait_line(s, -1, "id integer");
    screen_wait(s, "Fine"); /* kept */
    hands_abandon(s);
}

static void an_edited_key_is_followed(void **state) {
    (void)state;
    screen *s = hands_rows(url, "ship", "Vessel 3");
    screen_type(s, "j");
    hands_edit(s, "900");
    hands_save(s);
    screen_type(s, "<C-l>");
    screen_wait_line(s, -1, "ship › 900"); /* the grid's cursor */
    screen_type(s, "<Enter>");
    screen_wait(s, "Vessel 2");
    hands_edit(s, "901");
    hands_save(s);
    screen_wait(s, "901"); /* the record view */
    screen_wait(s, "Vessel 2");
    hands_assert_value(url, "SELECT count(*) FROM sailor WHERE ship_id = 901", "2");
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_staged_value_shows_in_every_view),
    cmocka_unit_test(the_changes_lead_to_their_rows),
    cmocka_unit_test(a_refused_field_is_marked_and_led_to),
    cmocka_unit_test(an_edited_key_is_followed),
};

LAB_MAIN(tests, setup, group_close)
