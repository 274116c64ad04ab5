/* Servers that are not as one would wish: other encodings, tables altered meanwhile, rights that are missing. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"

/* --- encodings ----------------------------------------------------------------------------------------------------- */

static void bytes_that_are_no_text_are_shown_and_left_alone(void **state) {
    (void)state;
    char *ascii = lab_database_encoded("oddascii", "SQL_ASCII");
    lab_sql(ascii, "CREATE TABLE t (id int PRIMARY KEY, v text, w text); SET client_encoding = SQL_ASCII;"
                   "INSERT INTO t VALUES (1, 'plain', 'x'), (2, convert_from('\\x61ff62', 'SQL_ASCII'), 'y'),"
                   " (3, convert_from('\\xc3a9', 'SQL_ASCII'), 'z')");
    screen *s = hands_rows(ascii, "t", "plain");
    screen_wait(s, "a<FF>b");
    screen_wait(s, "é");
    screen_type(s, "jle");
    screen_wait_line(s, -1, "bytes");
    screen_type(s, "le<C-e>!<Enter>"); /* another field of that record is fine */
    screen_wait_line(s, 0, "1 staged");
    hands_save(s);
    hands_assert_value(ascii, "SELECT w || encode(v::bytea, 'hex') FROM t WHERE id = 2", "y!61ff62");
    hands_quit(s);
    free(ascii);
}

static void latin_data_is_read_filtered_and_edited(void **state) {
    (void)state;
    char *latin = lab_database_encoded("oddlatin", "LATIN1");
    char speaks[400];
    snprintf(speaks, sizeof speaks, "%s&client_encoding=UTF8", latin);
    lab_sql(speaks, "CREATE TABLE \"caf\xc3\xa9\" (id int PRIMARY KEY, v text);"
                   "INSERT INTO \"caf\xc3\xa9\" VALUES (1, 'cr\xc3\xa8me'), (2, 'th\xc3\xa9')");
    screen *s = hands_rows(latin, "caf\xc3\xa9", "cr\xc3\xa8me");
    screen_type(s, "/v contains '\xc3\xa9'<Enter>");
    screen_wait(s, "1-1 of 1");
    screen_wait(s, "th\xc3\xa9");
    screen_type(s, "l");
    hands_edit(s, "caf\xc3\xa9 cr\xc3\xa8me");
    hands_save(s);
    hands_assert_value(speaks, "SELECT encode(v::bytea, 'hex') FROM \"caf\xc3\xa9\" WHERE id = 2", "636166e9206372e86d65");
    screen_type(s, "e<C-e> \xe2\x82\xac<Enter>"); /* the euro sign came after this encoding */
    screen_wait(s, "has no equivalent in encoding");
    screen_type(s, "<Esc>");
    screen_type(s, "/<C-u>v = '\xe2\x82\xac'<Enter>");
    screen_wait(s, "has no equivalent in encoding");
    hands_quit(s);
    free(latin);
}

/* --- altered meanwhile ------------------------------------------------------------------------------------------------ */

static screen *open_t(void) {
    lab_sql(url, "DROP TABLE IF EXISTS t, moved CASCADE; CREATE TABLE t (id int PRIMARY KEY, v text, n int);"
                 "INSERT INTO t SELECT i, 'row ' || i, i * 10 FROM generate_series(1, 2000) i; ANALYZE t");
    screen *s = hands_rows(url, "t", "row 3");
    screen_wait(s, "of ~2000");
    return s;
}

static void a_page_of_an_altered_table_has_the_new_shape(void **state) {
    (void)state;
    static const struct {
        const char *script, *shows, *hides;
    } cases[] = {
        {"ALTER TABLE t DROP n", "row 2000", "20000"},
        {"ALTER TABLE t RENAME n TO amount", "amount", NULL},
        {"ALTER TABLE t ADD extra text DEFAULT 'more'; UPDATE t SET extra = 'most'", "most", NULL},
        {"ALTER TABLE t ALTER n TYPE text USING 'number ' || n", "number 20000", NULL},
        {"ALTER TABLE t DROP v; ALTER TABLE t ADD v text DEFAULT 'anew'", "anew", NULL},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        screen *s = open_t();
        lab_sql(url, cases[i].script);
        screen_type(s, "r");
        screen_wait(s, "t was altered meanwhile: this is its new shape");
        screen_type(s, "G");
        screen_wait(s, cases[i].shows);
        screen_wait_line(s, -1, "t › 2000");
        assert_false(cases[i].hides && screen_has(s, cases[i].hides));
        hands_quit(s);
    }
}

/* Not asked for, but met: the page after the one that is there. */
static void a_field_that_is_gone_is_met_while_paging(void **state) {
    (void)state;
    screen *s = open_t();
    screen_type(s, "/id > 5<Enter>");
    screen_wait_line(s, -1, "t › 6 ");
    lab_sql(url, "ALTER TABLE t DROP n");
    screen_type(s, "G");
    screen_wait(s, "t was altered meanwhile: this is its new shape");
    screen_type(s, "g");
    screen_wait_line(s, -1, "t › 6"); /* the filter is still there */
    hands_quit(s);
}

static void a_table_that_is_gone_is_said_to_be(void **state) {
    (void)state;
    screen *s = open_t();
    lab_sql(url, "DROP TABLE t");
    screen_type(s, "G");
    screen_wait(s, "t no longer exists");
    hands_quit(s);
    s = open_t();
    lab_sql(url, "ALTER TABLE t RENAME TO moved");
    screen_type(s, "G");
    screen_wait(s, "t no longer exists");
    hands_quit(s);
}

/* --- rights ------------------------------------------------------------------------------------------------------------- */

static void what_may_not_be_read_is_marked(void **state) {
    (void)state;
    lab_sql(url, "DROP TABLE IF EXISTS part, shut CASCADE; DROP SCHEMA IF EXISTS vault CASCADE; DROP ROLE IF EXISTS odd_clerk;"
                 "CREATE ROLE odd_clerk LOGIN; CREATE TABLE part (id int PRIMARY KEY, v text, secret text);"
                 "INSERT INTO part VALUES (1, 'seen', 'unseen'); GRANT SELECT (id, v), UPDATE (v) ON part TO odd_clerk;"
                 "CREATE TABLE shut (id int PRIMARY KEY); CREATE SCHEMA vault; CREATE TABLE vault.gold (id int PRIMARY KEY)");
    char address[400];
    snprintf(address, sizeof address, "%s&user=odd_clerk", url);
    screen *s = hands_rows(address, "part", "seen");
    assert_false(screen_has(s, "unseen"));
    screen_wait(s, "1 field may not be read");
    screen_type(s, "i");
    screen_wait(s, "no right to read");
    screen_wait(s, "secret");
    screen_type(s, "<BS>l");
    screen_wait_line(s, -1, "v text");
    hands_edit(s, "changed");
    hands_save(s);
    hands_assert_value(url, "SELECT v || secret FROM part", "changedunseen");
    screen_type(s, "<C-p>shut<Enter>");
    screen_wait_line(s, -1, "no right to read shut");
    screen_type(s, "<C-p>gold<Enter>");
    screen_wait_line(s, -1, "no right to read");
    hands_quit(s);
    lab_sql(url, "DROP TABLE part; DROP OWNED BY odd_clerk; DROP ROLE odd_clerk");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(bytes_that_are_no_text_are_shown_and_left_alone),
    cmocka_unit_test(latin_data_is_read_filtered_and_edited),
    cmocka_unit_test(a_page_of_an_altered_table_has_the_new_shape),
    cmocka_unit_test(a_field_that_is_gone_is_met_while_paging),
    cmocka_unit_test(a_table_that_is_gone_is_said_to_be),
    cmocka_unit_test(what_may_not_be_read_is_marked),
};

LAB_MAIN(tests, group_open, group_close)
