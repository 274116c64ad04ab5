/* The record: every key and the mouse, on its fields, its relations, their rows and what is staged. */
#include "hands.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/arena.h"

static char *url;

static const char schema[] =
    "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
    "CREATE TABLE author (id int PRIMARY KEY, name text NOT NULL, boss_id int REFERENCES author, bio text, note text);"
    "CREATE INDEX ON author (boss_id);"
    "CREATE TABLE post (id int PRIMARY KEY, title text, author_id int REFERENCES author, body text);"
    "CREATE INDEX ON post (author_id);"
    "CREATE TABLE line (author_id int REFERENCES author, words text); CREATE INDEX ON line (author_id);"
    "CREATE TABLE diary (id int PRIMARY KEY, author_id int REFERENCES author);"
    "CREATE TABLE seat (house text, number int, author_id int REFERENCES author, mark text, PRIMARY KEY (house, number));"
    "CREATE INDEX ON seat (author_id);"
    "INSERT INTO author VALUES (1, 'Ada', NULL, 'countess', ''), (2, 'Linus', 1, NULL, 'x'), (3, 'Grace', 2, NULL, 'y');"
    "INSERT INTO post SELECT i, 'Post ' || i, 1, repeat('word ', 900) FROM generate_series(1, 12) i;"
    "INSERT INTO line VALUES (1, 'first line'), (1, 'second line');"
    "INSERT INTO diary SELECT i, 1 FROM generate_series(1, 10001) i;"
    "INSERT INTO seat VALUES ('east', 1, 1, 'a   '), ('west', 2, NULL, NULL); ANALYZE";

static int setup(void **state) {
    (void)state;
    url = lab_database("record");
    return 0;
}

static int teardown(void **state) {
    (void)state;
    free(url);
    return 0;
}

static screen *open_record(const char *to, int rows, const char *model, const char *key) {
    screen *s = screen_nixie(rows, 110, to, (const char *[]){model, NULL});
    screen_wait(s, " of ");
    screen_type(s, "@");
    screen_type(s, key);
    screen_type(s, "<Enter><Enter>");
    screen_wait(s, "Relations");
    return s;
}

static void keys_and_the_mouse_walk_its_lines(void **state) {
    (void)state;
    lab_sql(url, schema);
    screen *s = open_record(url, 12, "author", "2");
    ANSWERS(s, {"G", "seat to-many to seat"}, {"k", "post to-many"}, {"g", "id integer not null"}, {"2j", "boss_id integer"},
            {"<PgDn>", "to-"}, {"<PgUp>", "integer"}, {"<C-f>", "to-"}, {"<C-b>", "integer"}, {"g", "id integer not null"});
    screen_wait(s, "lines 1-");
    hands_wheel_at(s, 4, 50, true);
    screen_wait_line(s, -1, "bio text");
    hands_wheel_at(s, 4, 50, false);
    screen_wait_line(s, -1, "id integer not null");
    hands_click(s, "Linus", false);
    screen_wait_line(s, -1, "name text not null");
    screen_type(s, "G");
    screen_wait_line(s, -1, "seat to-many");
    hands_click(s, "Relations", false); /* a title is nothing to stand on */
    screen_rest(s);
    screen_wait_line(s, -1, "seat to-many");
    hands_click(s, "boss ", true);
    screen_wait(s, "1  Ada");
    screen_type(s, "g");
    hands_click(s, "Linus", true); /* a field opens its value */
    screen_wait(s, "╭ author · name");
    screen_type(s, "q");
    screen_wait_line(s, -1, "name text not null");
    screen_type(s, "h"); /* out of the record */
    screen_wait_line(s, -1, "author › 2");
    hands_quit(s);
}

static void relations_are_unfolded_folded_and_followed(void **state) {
    (void)state;
    lab_sql(url, schema);
    screen *s = open_record(url, 40, "author", "1");
    hands_stand_on(s, "post to-many");
    screen_type(s, "l");
    screen_wait(s, "1  Post 1");
    screen_type(s, "jl"); /* and a row of it */
    screen_wait(s, "author_id");
    screen_type(s, "j");
    screen_wait_line(s, -1, "id integer not null");
    screen_type(s, "h"); /* the row that the field is of */
    screen_wait_gone(s, "author_id");
    screen_wait_line(s, -1, "record of post");
    screen_type(s, "h");
    screen_wait_gone(s, "Post 1");
    screen_wait_line(s, -1, "post to-many");
    screen_type(s, "<Right>");
    screen_wait(s, "1  Post 1");
    screen_type(s, "jf"); /* a row: its record */
    screen_wait(s, "╭ post 1");
    hands_stand_on(s, "author_id integer");
    screen_type(s, "f"); /* a field of a reference: where it points */
    screen_wait(s, "post › author");
    screen_wait(s, "Ada");
    screen_type(s, "<BS><BS>");
    screen_wait(s, "╭ author 1");
    hands_stand_on(s, "post to-many");
    screen_type(s, "f"); /* a relation: its rows */
    screen_wait(s, "author › post");
    screen_wait(s, "1-12 of 12");
    screen_type(s, "<BS>");
    screen_wait(s, "╭ author 1");
    hands_stand_on(s, "line to-many");
    screen_type(s, "l");
    screen_wait(s, "first line");
    screen_type(s, "jf"); /* a record that is known by its place alone */
    screen_wait(s, "╭ line ");
    screen_wait(s, "Relations");
    screen_type(s, "<BS>");
    screen_wait(s, "╭ author 1");
    ANSWERS(s, {"gf", "id references nothing"}, {"jf", "name references nothing"}, {"jf", "there is no related record"});
    hands_stand_on(s, "boss to-one");
    ANSWERS(s, {"f", "there is no related record"}, {"e", "no value under the cursor"}, {"z", "no value under the cursor"},
            {"x", "no value under the cursor"}, {"/", "only the list of a relation"}, {"s", "only the list of a relation"},
            {"c", "only the list of a relation"}, {"\\", "only the list of a relation"});
    screen_type(s, "l"); /* of nobody */
    screen_wait(s, "none");
    screen_type(s, "j");
    ANSWERS(s, {"<Enter>f", "there is no related record"});
    hands_stand_on(s, "seat to-many");
    ANSWERS(s, {"\\", "there is no filter"});
    screen_type(s, "l");
    screen_wait(s, "east,1");
    screen_type(s, "jf"); /* a key of two fields; a value with blanks at its end */
    screen_wait(s, "╭ seat east,1");
    screen_wait(s, "(3 trailing blanks)");
    hands_quit(s);
}

static void what_is_under_the_cursor_is_copied(void **state) {
    (void)state;
    lab_sql(url, schema);
    screen *s = open_record(url, 40, "author", "1");
    screen_wait(s, "not counted: no index");
    screen_type(s, "gjy");
    hands_wait_copied(s, "Ada");
    screen_wait_line(s, -1, "copied name (3 bytes)");
    ANSWERS(s, {"jy", "there is no text to copy"});
    hands_stand_on(s, "CREATE INDEX CONCURRENTLY");
    screen_wait_line(s, -1, "y copy");
    screen_type(s, "y");
    screen_wait_line(s, -1, "copied statement of the index");
    hands_stand_on(s, "post to-many");
    ANSWERS(s, {"y", "there is no text to copy"});
    static const struct {
        const char *key, *copied, *words;
    } forms[] = {
        {"j", "{\"id\": \"1\", \"name\": \"Ada\", \"boss_id\": null, \"bio\": \"countess\", \"note\": \"\"}", "copied JSON"},
        {"c", "id,name,boss_id,bio,note\n1,Ada,,countess,\"\"\n", "copied CSV"},
        {"i", "INSERT INTO \"public\".\"author\" (\"id\", \"name\", \"boss_id\", \"bio\", \"note\") "
              "VALUES ('1', 'Ada', NULL, 'countess', '');", "copied INSERT"},
    };
    for (size_t i = 0; i < NX_COUNT(forms); i++) {
        screen_type(s, "Y");
        screen_wait(s, "copy the record as");
        screen_type(s, forms[i].key);
        screen_wait_line(s, -1, forms[i].words);
        hands_wait_copied(s, forms[i].copied);
    }
    screen_type(s, "i");
    screen_wait(s, "records addressed by primary key");
    hands_quit(s);
}

static void a_record_that_is_gone_has_nothing_to_act_on(void **state) {
    (void)state;
    lab_sql(url, schema);
    screen *s = open_record(url, 40, "author", "2");
    lab_sql(url, "ALTER TABLE author RENAME TO gone");
    screen_type(s, "gr");
    screen_wait(s, "does not exist");
    screen_wait_gone(s, "Linus");
    ANSWERS(s, {"e", "no value under the cursor"}, {"z", "no value under the cursor"}, {"d", "the record is not here yet"},
            {"+", "the record is not here yet"}, {"-", "the record is not here yet"}, {"y", "there is no text to copy"},
            {"/", "only the list of a relation"});
    screen_type(s, "lfa<Esc>");
    screen_rest(s);
    lab_sql(url, "ALTER TABLE gone RENAME TO author");
    screen_type(s, "r");
    screen_wait(s, "Linus");
    lab_sql(url, "DELETE FROM author WHERE id = 3; DELETE FROM author WHERE id = 2");
    screen_type(s, "r");
    screen_wait(s, "no record");
    hands_abandon(s);
}

/* A record with a key of two fields that is staged, saved and read again; its form has more lines than the screen. */
static void a_new_record_is_a_form(void **state) {
    (void)state;
    lab_sql(url, schema);
    screen *s = open_record(url, 13, "author", "1");
    screen_type(s, "ga"); /* on a field: one more of the same model */
    screen_wait(s, "new author");
    screen_wait(s, "2 required fields missing · lines 1-");
    ANSWERS(s, {"r", "a record that is not saved is not on the server"}, {"z", "no value is given for id  (e gives one)"},
            {"jz", "no value is given for name  (e gives one)"}, {"jf", "boss_id has no value yet  (e chooses a record)"},
            {"j+", "bio references nothing"}, {"-", "bio references nothing"}, {"f", "bio references nothing"});
    screen_type(s, "G");
    screen_wait_line(s, -1, "seat to-many");
    ANSWERS(s, {"f", "nothing is saved there yet  (a adds one)"});
    screen_type(s, "g<Enter>"); /* a field of the form is edited */
    screen_wait(s, "Enter stages");
    screen_type(s, "9<Enter>");
    screen_wait_gone(s, "Enter stages");
    screen_type(s, "j");
    hands_edit(s, "Barbara");
    screen_type(s, "z");
    screen_wait(s, "╭ author · name");
    screen_wait(s, "Barbara");
    screen_type(s, "<BS>j+"); /* a field that refers */
    screen_wait(s, "boss_id → author");
    screen_type(s, "3<Enter>");
    screen_wait_gone(s, "Enter stages");
    screen_wait(s, "3 → Grace");
    screen_type(s, "f");
    screen_wait_line(s, -1, "author › 3");
    screen_type(s, "<BS>");
    screen_wait(s, "Barbara");
    screen_type(s, "-"); /* given nothing: its default */
    screen_wait_gone(s, "Grace");
    hands_save(s);
    screen_wait(s, "╭ author 9"); /* a record like any other now */
    hands_assert_value(url, "SELECT concat_ws('|', name, boss_id) FROM author WHERE id = 9", "Barbara");
    screen_type(s, "a");
    screen_wait(s, "new author");
    screen_type(s, "d");
    screen_wait_line(s, -1, "the new record was taken back");
    screen_wait(s, "╭ author 9");
    screen_wait_gone(s, "staged");
    hands_quit(s);
}

/* A new child, and one that is saved already, as nodes of the tree: opened, followed, told of and taken back. */
static void what_is_staged_stands_in_the_tree(void **state) {
    (void)state;
    lab_sql(url, schema);
    screen *s = open_record(url, 40, "author", "3");
    hands_stand_on(s, "post to-many");
    screen_type(s, "a");
    screen_wait(s, "new post");
    screen_wait(s, "author_id            3"); /* it belongs to her */
    screen_type(s, "<BS>");
    screen_wait(s, "╭ author 3");
    screen_wait(s, "post[]  0  1 new"); /* folded, it is only counted */
    screen_type(s, "l");
    screen_wait(s, "+ new post");
    screen_wait(s, "1 required field missing");
    hands_stand_on(s, "new record of post, not saved yet");
    screen_type(s, "l");
    screen_wait(s, "╭ new post");
    screen_type(s, "<BS>");
    hands_stand_on(s, "new record of post, not saved yet");
    screen_type(s, "f");
    screen_wait(s, "╭ new post");
    screen_type(s, "<BS>");
    screen_wait(s, "╭ author 3");
    hands_stand_on(s, "post to-many");
    hands_stand_on(s, "new record of post, not saved yet");
    screen_type(s, "d");
    screen_wait_gone(s, "+ new post");
    screen_wait_gone(s, "1 staged");
    hands_stand_on(s, "post to-many");
    screen_type(s, "+");
    screen_wait(s, "Enter connects");
    screen_type(s, "Post 7<Enter>");
    screen_wait_gone(s, "Enter connects");
    screen_wait(s, "Post 7  connected");
    hands_stand_on(s, "record of post, connected but not saved yet");
    screen_type(s, "f");
    screen_wait_line(s, -1, "post › 7");
    screen_type(s, "<BS>");
    hands_stand_on(s, "record of post, connected but not saved yet");
    screen_type(s, "l");
    screen_wait_line(s, -1, "post › 7");
    screen_type(s, "<BS>");
    screen_wait(s, "Post 7  connected");
    hands_stand_on(s, "boss_id integer");
    screen_type(s, "-"); /* on the field of a reference: the reference */
    screen_wait_line(s, 0, "2 staged");
    screen_wait(s, "Linus  disconnected");
    screen_type(s, "u");
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, "+");
    screen_wait(s, "Enter connects");
    screen_type(s, "ada<Enter>");
    screen_wait_gone(s, "Enter connects");
    screen_wait(s, "+ → 1  Ada  connected");
    ANSWERS(s, {"gj-", "nothing is staged for name"}, {"+", "name references nothing"});
    hands_edit(s, "Hopper");
    screen_wait(s, "~ name");
    screen_type(s, "-"); /* what is staged for a field is taken back */
    screen_wait_gone(s, "Hopper");
    hands_save(s);
    hands_assert_value(url, "SELECT (SELECT boss_id FROM author WHERE id = 3) || ' ' || author_id FROM post WHERE id = 7", "1 3");
    hands_quit(s);
}

/* Lists: values that are cut, filters that are wrong, fields that are chosen again, a list that fails. */
static void lists_say_what_they_cannot(void **state) {
    (void)state;
    lab_sql(url, schema);
    screen *s = open_record(url, 50, "author", "1");
    hands_stand_on(s, "post to-many");
    screen_type(s, "l");
    screen_wait(s, "more: Enter loads them");
    screen_type(s, "jd"); /* its body is not here whole: it is deleted all the same */
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "- ▸ 1  Post 1");
    screen_type(s, "u");
    screen_wait_gone(s, "1 staged");
    screen_type(s, "/ti<Tab>");
    screen_wait(s, "│ title ");
    screen_type(s, "<C-u>title = <Enter>");
    screen_wait(s, "expected");
    screen_type(s, "<C-u>title != 'Post 2'<Enter>");
    screen_wait(s, "where title != 'Post 2'");
    screen_type(s, "/");
    screen_wait(s, "title != 'Post 2'"); /* what was typed is there to be changed */
    screen_type(s, "<Esc>snosuch<Enter>");
    screen_wait(s, "nosuch");
    screen_type(s, "<C-u>title desc<Enter>");
    screen_wait(s, "by title desc");
    screen_type(s, "c");
    screen_wait(s, "4 of 4 shown");
    screen_type(s, "gjj <Enter>"); /* without the author */
    screen_wait(s, "9  title Post 9  body word");
    screen_type(s, "c");
    screen_wait(s, "3 of 4 shown");
    screen_type(s, "<Esc>");
    hands_stand_on(s, "record of post");
    screen_type(s, "l"); /* a row shows the fields that were chosen */
    screen_wait(s, "body                 word");
    screen_type(s, "r");
    screen_settle(s);
    screen_wait(s, "title Post 8  body word"); /* read again in the same way */
    screen_wait(s, "body                 word");
    screen_type(s, "h");
    screen_wait_gone(s, "body                 word");
    screen_type(s, "h");
    screen_wait_gone(s, "body word");
    hands_stand_on(s, "line to-many");
    lab_sql(url, "ALTER TABLE line RENAME TO lines");
    screen_type(s, "l");
    screen_wait(s, "does not exist");
    hands_quit(s);
}

/* What one may not read or has no key: said where one meets it. */
static void what_may_not_be_read_is_not_unfolded(void **state) {
    (void)state;
    lab_sql(url, schema);
    lab_sql(url, "DROP ROLE IF EXISTS record_clerk; CREATE ROLE record_clerk LOGIN; GRANT USAGE ON SCHEMA public TO record_clerk; GRANT SELECT ON author, diary TO record_clerk;"
                 "GRANT SELECT (author_id) ON line TO record_clerk");
    char address[400];
    snprintf(address, sizeof address, "%s&user=record_clerk", url);
    screen *s = open_record(address, 40, "author", "1");
    hands_stand_on(s, "post to-many");
    ANSWERS(s, {"l", "no right to read post"}, {"f", "no right to read post"}, {"/", "unfold post first"},
            {"s", "unfold post first"}, {"c", "unfold post first"});
    hands_stand_on(s, "line to-many");
    screen_type(s, "l");
    screen_wait(s, "→ line[]  2");
    screen_wait(s, "▸   Ada");
    screen_type(s, "j");
    screen_wait_line(s, -1, "record of line");
    ANSWERS(s, {"f", "records of line have no key to be opened by"});
    hands_quit(s);
    lab_sql(url, "DROP OWNED BY record_clerk; DROP ROLE record_clerk");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(keys_and_the_mouse_walk_its_lines),
    cmocka_unit_test(relations_are_unfolded_folded_and_followed),
    cmocka_unit_test(what_is_under_the_cursor_is_copied),
    cmocka_unit_test(a_record_that_is_gone_has_nothing_to_act_on),
    cmocka_unit_test(a_new_record_is_a_form),
    cmocka_unit_test(what_is_staged_stands_in_the_tree),
    cmocka_unit_test(lists_say_what_they_cannot),
    cmocka_unit_test(what_may_not_be_read_is_not_unfolded),
};

LAB_MAIN(tests, setup, teardown)
