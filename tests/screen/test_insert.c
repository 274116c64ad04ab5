/* New records: the form, what will happen to each field, children of new parents, what is missing. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static int setup(void **state) {
    group_open(state);
    lab_sql(url, "CREATE DOMAIN grade AS int DEFAULT 5;"
                 "CREATE TABLE author (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL,"
                 " email varchar(30) UNIQUE, at timestamptz NOT NULL DEFAULT now(), rank grade,"
                 " twice int GENERATED ALWAYS AS (7 * 2) STORED, bio text);"
                 "CREATE TABLE post (id serial PRIMARY KEY, title text NOT NULL, author int NOT NULL REFERENCES author,"
                 " part int, number int, UNIQUE (part, number));"
                 "CREATE UNIQUE INDEX ON post (lower(title)) WHERE part > 0;"
                 "CREATE TABLE note (id serial PRIMARY KEY, post int NOT NULL REFERENCES post, words text);"
                 "INSERT INTO author (name, email) VALUES ('Ada', 'ada@x.y'), ('Linus', NULL);"
                 "INSERT INTO post (title, author, part, number) VALUES ('first', 1, 1, 2);");
    return 0;
}

typedef struct pair {
    const char *name, *words;
} pair;

static bool stand_together(screen *s, void *data) {
    const pair *p = data;
    int row, column;
    return screen_find(s, p->name, &row, &column) && strstr(screen_line(s, row), p->words);
}

/* Waits until these words stand on the field's line. */
static void beside(screen *s, const char *name, const char *words) {
    pair p = {name, words};
    screen_until(s, stand_together, &p, words);
}

static void give(screen *s, const char *text) {
    hands_edit(s, text);
    screen_wait(s, text);
}

static void the_form_says_what_will_happen(void **state) {
    (void)state;
    screen *s = hands_rows(url, "author", "Linus");
    screen_type(s, "a");
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "new author ─");
    screen_wait(s, "identity  the next number, always");
    screen_wait(s, "! name");
    beside(s, "! name", "required");
    beside(s, " email  ", "NULL  no default");
    beside(s, " at  ", "default  now()");
    beside(s, " rank  ", "default");
    beside(s, " twice  ", "generated  (7 * 2)");
    screen_wait(s, "1 required field missing");
    give(s, "Grace"); /* the cursor stands on what is missing */
    screen_wait_gone(s, "required");
    screen_wait(s, "+ name");
    screen_wait(s, "new author Grace");
    screen_type(s, "G");
    screen_type(s, "ge");
    screen_wait_line(s, -1, "id cannot be edited: generated always");
    screen_type(s, "jx");
    screen_wait_line(s, -1, "name is not null");
    screen_type(s, "jjx"); /* not null either, but D gives it back to the default */
    screen_wait_line(s, -1, "at is not null");
    screen_type(s, "jx");
    screen_wait(s, "+ rank");
    screen_type(s, "D");
    screen_wait_gone(s, "+ rank");
    screen_type(s, "q");
    screen_wait_line(s, 4, "Ada");
    screen_wait_line(s, 3, "default"); /* id, in the grid */
    screen_wait_line(s, 3, "Grace");
    screen_type(s, "<Enter>"); /* and back into the form */
    screen_wait(s, "new author Grace");
    hands_save(s);
    hands_assert_value(url, "SELECT name || ' ' || rank || ' ' || twice || coalesce(email, '-') FROM author WHERE id = 3", "Grace 5 14-");
    hands_quit(s);
}

static void what_is_missing_is_asked_about_before_sending(void **state) {
    (void)state;
    screen *s = hands_rows(url, "post", "first");
    screen_type(s, "a");
    screen_wait(s, "2 required fields missing");
    screen_type(s, "WW");
    screen_wait(s, "The new post lacks title, author");
    screen_type(s, "n");
    screen_wait_gone(s, "Send it?");
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, "Wy"); /* a trigger might have filled it */
    screen_wait(s, "not saved: ");
    screen_wait(s, "null value in column");
    screen_type(s, "qd");
    screen_wait_line(s, -1, "taken back");
    screen_wait_gone(s, "staged ");
    hands_quit(s);
}

static void what_is_taken_back_says_so_and_comes_again(void **state) {
    (void)state;
    screen *s = hands_rows(url, "post", "first");
    screen_type(s, "a");
    screen_wait(s, "2 required fields missing");
    screen_type(s, "u");
    screen_wait(s, "this new record was taken back");
    screen_type(s, "<C-r>");
    screen_wait(s, "2 required fields missing");
    screen_type(s, "d");
    screen_wait_line(s, -1, "taken back");
    screen_wait(s, "first"); /* the grid */
    screen_type(s, "u");
    screen_wait_line(s, 0, "1 staged");
    screen_wait_line(s, 3, "required");
    hands_abandon(s);
}

/* author (new) <- post (new) <- note (new): one save, each id carried forward. */
static void a_new_parent_and_its_children_are_saved_together(void **state) {
    (void)state;
    screen *s = hands_rows(url, "author", "Linus");
    screen_type(s, "a");
    screen_wait(s, "a adds one");
    give(s, "Margaret");
    screen_type(s, "G"); /* post */
    screen_wait_line(s, -1, "post to-many to post");
    screen_type(s, "a");
    screen_wait(s, "new post ─");
    screen_wait(s, "+ author");
    screen_wait(s, "id of the new author");
    give(s, "hers");
    screen_type(s, "G");
    screen_wait_line(s, -1, "note to-many to note");
    screen_type(s, "a");
    screen_wait(s, "id of the new post");
    screen_type(s, "jj");
    give(s, "a word");
    screen_type(s, "kf"); /* to the new post */
    screen_wait(s, "new post hers");
    screen_wait(s, "+ new note");
    screen_type(s, "gjj");
    screen_wait_line(s, -1, "author integer");
    screen_type(s, "f");
    screen_wait(s, "new author Margaret");
    screen_wait(s, "+ new post hers");
    screen_wait_line(s, 0, "3 staged");
    hands_save(s);
    hands_assert_value(url, "SELECT n.words || ', ' || p.title || ', ' || a.name FROM note n JOIN post p ON p.id = n.post"
                            " JOIN author a ON a.id = p.author", "a word, hers, Margaret");
    hands_quit(s);
}

static void children_of_a_saved_record_have_its_key(void **state) {
    (void)state;
    screen *s = hands_rows(url, "author", "Linus");
    screen_type(s, "j<Enter>");
    screen_wait(s, "Relations");
    screen_type(s, "G");
    screen_wait_line(s, -1, "CREATE INDEX CONCURRENTLY ON \"public\".\"post\""); /* where an index is missing, the one it needs */
    screen_type(s, "a");
    screen_wait(s, "new post ─");
    beside(s, "+ author", " 2");
    give(s, "kernel");
    screen_type(s, "q");
    screen_wait(s, "1 new");
    screen_type(s, "<Enter>");
    screen_wait(s, "none saved");
    screen_wait(s, "+ new post kernel");
    screen_type(s, "a"); /* and one more */
    screen_wait(s, "new post ─");
    screen_type(s, "d");
    screen_wait(s, "+ new post kernel");
    screen_type(s, "f"); /* the list of them */
    screen_wait(s, "author 2 › post");
    screen_type(s, "a");
    screen_wait(s, "new post ─");
    beside(s, "+ author", " 2");
    give(s, "git");
    hands_save(s);
    hands_assert_value(url, "SELECT string_agg(title, ' ' ORDER BY title) FROM post WHERE author = 2", "git kernel");
    hands_quit(s);
}

static void duplicates_leave_out_what_must_be_unique(void **state) {
    (void)state;
    screen *s = hands_rows(url, "post", "first");
    screen_type(s, "o");
    screen_wait_line(s, -1, "duplicated without");
    screen_wait(s, "new post ─");
    screen_wait(s, "! title"); /* of an index over an expression */
    screen_wait(s, "+ author");
    screen_wait(s, "+ part");
    beside(s, " number  ", "NULL  no default"); /* one of both is enough */
    give(s, "second");
    hands_save(s);
    hands_assert_value(url, "SELECT author || ' ' || part || ' ' || coalesce(number, 0) FROM post WHERE title = 'second'", "1 1 0");
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_form_says_what_will_happen),
    cmocka_unit_test(what_is_missing_is_asked_about_before_sending),
    cmocka_unit_test(what_is_taken_back_says_so_and_comes_again),
    cmocka_unit_test(a_new_parent_and_its_children_are_saved_together),
    cmocka_unit_test(children_of_a_saved_record_have_its_key),
    cmocka_unit_test(duplicates_leave_out_what_must_be_unique),
};

LAB_MAIN(tests, setup, group_close)
