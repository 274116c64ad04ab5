/* Large values: seen while they come, cancelled, saved to a file; wide tables. The really large are for `make soak`. */
#include <unistd.h>

#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"

static char folder[] = "/tmp/nixie-large-XXXXXX", path[64];

static int setup(void **state) {
    group_open(state);
    lab_sql(url, "CREATE TABLE big (id int PRIMARY KEY, t text, b bytea, j jsonb);"
                 "INSERT INTO big VALUES (1, 'begin ' || repeat('0123456789 é' || chr(10), 450000) || 'the END', decode(repeat('00ff0a58', 600000) || '4e45454445', 'hex'),"
                 "  (SELECT jsonb_agg(jsonb_build_object('n', i, 's', repeat('x', 20))) FROM generate_series(1, 120000) i)),"
                 " (2, repeat('x', 36 << 20), '\\x00ff41', '{\"a\": [1, 2]}'), (3, '', '', 'null'), (4, NULL, NULL, NULL);"
                 "DO $$ BEGIN EXECUTE 'CREATE TABLE wide (id int PRIMARY KEY, ' || (SELECT string_agg('c' || i || ' text', ', ')"
                 " FROM generate_series(1, 1599) i) || ')'; END $$; INSERT INTO wide (id, c1, c1599) SELECT i, 'first ' || i, 'last ' || i FROM generate_series(1, 3) i");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/out", folder);
    return 0;
}

static int teardown(void **state) {
    unlink(path);
    rmdir(folder);
    group_close(state);
    return 0;
}

/* --- seeing -------------------------------------------------------------------------------------------------- */

static void a_large_text_comes_in_parts(void **state) {
    (void)state;
    screen *s = hands_rows(url, "big", "begin");
    screen_type(s, "lz");
    screen_wait(s, "line 1 of 450,001 · 6.0 MiB");
    screen_wait_gone(s, "incomplete");
    screen_type(s, "G");
    screen_wait(s, "the END");
    screen_type(s, "g/the end<Enter>");
    screen_wait(s, "line 450,001 of");
    screen_type(s, "/BEGIN<Enter>");
    screen_wait(s, "line 1 of");
    screen_type(s, "/789 é<Enter>NNN"); /* the first line has it; around the end */
    screen_wait(s, "line 449,999 of");
    screen_type(s, "/nowhere<Enter>");
    screen_wait_line(s, -1, "\"nowhere\" is not in this value");
    screen_resize(s, 24, 50);
    screen_wait(s, "of 450,001");
    screen_type(s, "r");
    screen_wait(s, "of 450,001 · 6.0 MiB");
    hands_quit(s);
}

static void bytes_are_a_dump_of_any_length(void **state) {
    (void)state;
    screen *s = hands_rows(url, "big", "begin");
    screen_type(s, "llz");
    screen_wait(s, "00 ff 0a 58");
    screen_wait(s, "of 150,001 · 2.3 MiB");
    screen_type(s, "G");
    screen_wait(s, "4e 45 45 44 45");
    screen_wait(s, "NEEDE");
    screen_type(s, "g/needE<Enter>");
    screen_wait(s, "line 150,001 of 150,001");
    screen_type(s, "g/0a 58 4E<Enter>"); /* over the end of a line */
    screen_wait(s, "line 150,000 of 150,001");
    screen_type(s, "y");
    screen_wait_line(s, -1, "too large to be copied: X saves");
    screen_type(s, "<BS>jz");
    screen_wait(s, "00 ff 41");
    screen_wait(s, "line 1 of 1 · 3 B");
    screen_wait(s, "..A");
    hands_quit(s);
}

static void json_too_large_to_be_laid_out_is_text(void **state) {
    (void)state;
    screen *s = hands_rows(url, "big", "begin");
    screen_type(s, "$z");
    screen_wait(s, "[{\"n\": 1, \"s\":");
    screen_wait_gone(s, "incomplete");
    screen_type(s, "/\"n\": 120000<Enter>");
    screen_wait(s, "\"n\": 120000");
    screen_type(s, "<BS>jz");
    screen_wait(s, "line 1 of 6");
    screen_type(s, "jh"); /* a small one is laid out, and folds */
    screen_wait(s, "\"a\": [ \xe2\x80\xa6 ]");
    screen_wait(s, "line 2 of 3");
    hands_quit(s);
}

static void more_than_memory_should_hold_is_not_shown(void **state) {
    (void)state;
    screen *s = hands_rows(url, "big", "begin");
    screen_type(s, "jlz");
    screen_wait(s, "the first 32.0 MiB of 36.0 MiB, 88%");
    screen_wait_line(s, -1, "X saves the whole value to a file");
    screen_wait(s, "incomplete");
    screen_type(s, "y");
    screen_wait_line(s, -1, "too large to be copied");
    screen_type(s, "e"); /* is read whole to be edited */
    screen_wait(s, "Enter stages");
    screen_type(s, "<Esc><BS>lz");
    screen_wait(s, "00 ff"); /* the session is free */
    hands_quit(s);
}

/* --- cancelling ------------------------------------------------------------------------------------------------- */

static bool reading_some(screen *s, void *data) {
    (void)data;
    return screen_has(s, "reading 2.0 MiB of 6.0 MiB") || screen_has(s, "reading 1.0 MiB of 6.0 MiB") || screen_has(s, "reading 3.0 MiB");
}

static void what_came_stays_when_it_is_cancelled(void **state) {
    (void)state;
    lab_proxy *proxy = lab_proxy_start(url);
    screen *s = hands_rows(lab_proxy_url(proxy), "big", "begin");
    lab_proxy_fault(proxy, "delay 150");
    screen_type(s, "lz");
    screen_until(s, reading_some, NULL, "a part of the value, and the progress");
    assert_true(screen_has(s, "begin 0123456789"));
    screen_type(s, "<C-c>");
    screen_wait_line(s, -1, "what is here is not the whole value");
    screen_wait(s, "cancelled at");
    screen_wait(s, "(incomplete)");
    lab_proxy_fault(proxy, "pass");
    screen_type(s, "r"); /* again, and whole */
    screen_wait(s, "of 450,001 · 6.0 MiB");
    screen_wait_gone(s, "incomplete");
    lab_proxy_fault(proxy, "delay 150");
    screen_type(s, "r");
    screen_until(s, reading_some, NULL, "the progress");
    screen_type(s, "<BS>"); /* one does not wait for the rest */
    screen_wait(s, "▸    1");
    lab_proxy_fault(proxy, "pass");
    screen_type(s, "G");
    screen_wait(s, "4 of 4");
    screen_type(s, "g<BS>");
    hands_quit(s);
    lab_proxy_stop(proxy);
}

static void a_loss_leaves_what_came(void **state) {
    (void)state;
    lab_proxy *proxy = lab_proxy_start(url);
    screen *s = hands_rows(lab_proxy_url(proxy), "big", "begin");
    lab_proxy_fault(proxy, "dropafter 2500000");
    screen_type(s, "lz");
    screen_wait(s, "cut off at");
    lab_proxy_fault(proxy, "pass");
    screen_type(s, "r");
    screen_wait(s, "of 450,001 · 6.0 MiB");
    hands_quit(s);
    lab_proxy_stop(proxy);
}

/* --- saving ----------------------------------------------------------------------------------------------------- */

static void save(screen *s) {
    screen_type(s, "X");
    screen_wait(s, "save the value to");
    screen_type(s, "<C-e><C-u>");
    screen_type(s, path);
    screen_type(s, "<Enter>");
}

/* The server need not be allowed to read the file: by its hash. */
static void assert_file_is(const char *value) {
    char command[120], hash[40] = "";
    snprintf(command, sizeof command, "md5sum <%s", path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(hash, 33, pipe));
    pclose(pipe);
    nx_buf sql = NX_BUF;
    nx_buf_addf(&sql, "SELECT md5(%s) FROM big WHERE id = 1", value);
    hands_assert_value(url, sql.data, hash);
    nx_buf_free(&sql);
}

static void a_value_is_saved_byte_for_byte(void **state) {
    (void)state;
    screen *s = hands_rows(url, "big", "begin");
    screen_type(s, "lz");
    screen_wait(s, "450,001");
    screen_type(s, "X");
    screen_wait(s, "big-1.t.txt");
    screen_type(s, "<C-c>");
    save(s);
    screen_wait_line(s, -1, "the whole value, 6.0 MiB, is in");
    assert_file_is("convert_to(t, 'UTF8')");
    screen_type(s, "<BS>lz");
    screen_wait(s, "00 ff");
    save(s);
    screen_wait(s, "is there already: replace it?");
    screen_type(s, "n");
    assert_file_is("convert_to(t, 'UTF8')");
    save(s);
    screen_wait(s, "is there already: replace it?");
    screen_type(s, "y");
    screen_wait_line(s, -1, "the whole value, 2.3 MiB, is in");
    assert_file_is("b");
    hands_quit(s);
}

/* --- wide tables -------------------------------------------------------------------------------------------------- */

static void a_table_of_1600_fields_is_like_any_other(void **state) {
    (void)state;
    screen *s = hands_rows(url, "wide", "first 1");
    screen_type(s, "j$");
    screen_wait(s, "last 2");
    hands_edit(s, "changed, \"2\"");
    screen_wait_line(s, 0, "1 staged");
    hands_save(s);
    hands_assert_value(url, "SELECT c1599 FROM wide WHERE id = 2", "changed, \"2\"");
    screen_wait(s, "changed, \"2\"");
    screen_type(s, "<Enter>");
    screen_wait(s, "of 1600");
    screen_type(s, "G");
    screen_wait(s, "changed, \"2\"");
    screen_type(s, "<BS>s");
    screen_wait_line(s, 3, "changed");
    screen_type(s, "e<C-u>mine<Enter>");
    screen_wait_line(s, 0, "1 staged");
    lab_sql(url, "UPDATE wide SET c1599 = 'theirs' WHERE id = 2");
    screen_type(s, "W");
    screen_wait(s, "not saved yet");
    screen_type(s, "W");
    screen_wait_line(s, -1, "wide 2 was changed by another session");
    screen_type(s, "m");
    screen_wait_line(s, -1, "mine is kept: W saves");
    screen_type(s, "W");
    screen_wait_line(s, -1, "saved 1 change");
    hands_assert_value(url, "SELECT c1599 FROM wide WHERE id = 2", "mine");
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_large_text_comes_in_parts),
    cmocka_unit_test(bytes_are_a_dump_of_any_length),
    cmocka_unit_test(json_too_large_to_be_laid_out_is_text),
    cmocka_unit_test(more_than_memory_should_hold_is_not_shown),
    cmocka_unit_test(what_came_stays_when_it_is_cancelled),
    cmocka_unit_test(a_loss_leaves_what_came),
    cmocka_unit_test(a_value_is_saved_byte_for_byte),
    cmocka_unit_test(a_table_of_1600_fields_is_like_any_other),
};

LAB_MAIN(tests, setup, teardown)
