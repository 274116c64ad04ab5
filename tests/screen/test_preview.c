/* What the database will do is told before it is saved, through the real screen. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static const char posts[] =
    "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
    "CREATE TABLE post (id int PRIMARY KEY, slug text UNIQUE, title text);"
    "CREATE TABLE comment (id int PRIMARY KEY, post int REFERENCES post ON DELETE CASCADE);"
    "CREATE TABLE likes (id int PRIMARY KEY, comment int REFERENCES comment ON DELETE CASCADE);"
    "CREATE TABLE invoice (id int PRIMARY KEY, post int REFERENCES post);"
    "INSERT INTO post VALUES (1, 'one', 'first'), (2, 'two', 'second'), (3, 'three', NULL);"
    "INSERT INTO comment SELECT i, 1 FROM generate_series(1, 12) i; INSERT INTO likes VALUES (1, 1), (2, 2), (3, 3);"
    "INSERT INTO invoice VALUES (1, 2), (2, 2);";

static void a_deletion_tells_what_goes_with_it(void **state) {
    (void)state;
    lab_sql(url, posts);
    screen *s = hands_rows(url, "post", "first");
    screen_type(s, "d");
    screen_wait_line(s, -1, "deletes 1 post, cascades to 12 comment and 3 likes");
    screen_type(s, "W");
    screen_wait(s, "cascades to");
    screen_wait(s, "12 comment");
    screen_wait(s, "3 likes");
    screen_type(s, "W");
    screen_wait_line(s, -1, "saved 1 change");
    hands_assert_value(url, "SELECT count(*) FROM comment", "0");
    hands_quit(s);
}

static void a_refusal_is_told_before_it_happens(void **state) {
    (void)state;
    lab_sql(url, posts);
    screen *s = hands_rows(url, "post", "second");
    screen_type(s, "jd");
    screen_wait_line(s, -1, "deletes 1 post; refused by invoice (2)");
    screen_type(s, "C");
    screen_wait(s, "refused by");
    screen_wait(s, "2 invoice  post · no action");
    screen_type(s, "W");
    screen_wait(s, "not saved: ");
    lab_sql(url, "DELETE FROM invoice");
    screen_type(s, "qC"); /* opened again it looks again */
    screen_wait(s, "nothing refers to it");
    screen_type(s, "W");
    screen_wait_line(s, -1, "saved 1 change");
    hands_quit(s);
}

/* --- what exists already ---------------------------------------------------------------------------------------- */

static void type_field(screen *s, const char *field, const char *text) {
    screen_type(s, "e");
    screen_wait(s, field);
    screen_type(s, "<C-u>");
    screen_type(s, text);
    screen_type(s, "<Enter>");
}

static void a_new_record_that_exists_can_become_an_update(void **state) {
    (void)state;
    lab_sql(url, posts);
    screen *s = hands_rows(url, "post", "first");
    screen_type(s, "a");
    screen_wait(s, "new post");
    screen_type(s, "j");
    type_field(s, "slug text", "two");
    screen_wait(s, "post with slug 'two' exists (id 2): make this an update of it?");
    screen_type(s, "n");
    screen_wait_gone(s, "make this an update");
    screen_type(s, "j");
    hands_edit(s, "better");
    screen_type(s, "k");
    type_field(s, "slug text", "three");
    screen_wait(s, "post with slug 'three' exists (id 3): make this an update of it?");
    screen_type(s, "y");
    screen_wait_line(s, -1, "it is an update of the present record now");
    screen_type(s, "C");
    screen_wait(s, "post 3  update");
    screen_wait(s, "NULL → better");
    screen_type(s, "W");
    screen_wait_line(s, -1, "saved 1 change");
    hands_assert_value(url, "SELECT string_agg(title, ',' ORDER BY id) FROM post", "first,second,better");
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_deletion_tells_what_goes_with_it),
    cmocka_unit_test(a_refusal_is_told_before_it_happens),
    cmocka_unit_test(a_new_record_that_exists_can_become_an_update),
};

LAB_MAIN(tests, group_open, group_close)
