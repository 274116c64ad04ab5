/* Editing one value: what it can be besides a text, texts of several lines, pastes, $EDITOR, what the server
 * makes of it. */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"
#include "nixie/clock.h"

static char folder[] = "/tmp/nixie-value-XXXXXX";

static int setup(void **state) {
    group_open(state);
    return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state) {
    rmdir(folder);
    group_close(state);
    return 0;
}

enum { PASTE_DRAWN = 64 * 1024 }; /* bytes to the terminal: a few screens */

static screen *open_e(void) {
    hands_make_e(url);
    return hands_rows(url, "e", "three");
}

static void staged(screen *s) { screen_wait_gone(s, "Enter stages"); }

/* --- what a value can be ------------------------------------------------------------------------------------ */

static void null_text_and_the_empty_text_are_told_apart(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "le");
    screen_wait(s, "text ─╮");
    screen_wait(s, "^X n NULL");
    screen_type(s, "<C-x>n");
    screen_wait(s, "NULL ─╮");
    screen_type(s, "<C-x>e");
    screen_wait(s, "empty text '' ─╮");
    screen_type(s, "NULL"); /* a word of four letters */
    screen_wait(s, "text ─╮");
    screen_type(s, "<Enter>");
    staged(s);
    screen_type(s, "je<C-x>n<Enter>");
    staged(s);
    screen_type(s, "je<C-u>");
    screen_wait(s, "empty text '' ─╮");
    screen_type(s, "<Enter>");
    staged(s);
    screen_wait_line(s, 0, "3 staged");
    hands_save(s);
    hands_assert_value(url, "SELECT string_agg(coalesce('<' || t || '>', 'none'), ' ' ORDER BY id) FROM e", "<NULL> none <>");
    hands_quit(s);
}

static void typing_into_null_makes_a_text_of_it(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "le<C-x>n");
    screen_wait(s, "NULL ─╮");
    screen_type(s, "a");
    screen_wait(s, "text ─╮");
    screen_type(s, "<BS>");
    screen_wait(s, "empty text ''");
    screen_type(s, "<C-x>nb<Enter>");
    staged(s);
    hands_save(s);
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "b");
    hands_quit(s);
}

static void a_default_is_a_choice_of_its_own(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "lle");
    screen_wait(s, "^X d DEFAULT");
    assert_false(screen_has(s, "^X n")); /* not null */
    screen_type(s, "<C-x>d");
    screen_wait(s, "DEFAULT 7");
    screen_type(s, "<Enter>");
    staged(s);
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, "e");
    screen_wait(s, "DEFAULT 7"); /* what it is now */
    screen_type(s, "<Enter>");
    staged(s);
    hands_save(s);
    hands_assert_value(url, "SELECT n FROM e WHERE id = 1", "7");
    screen_type(s, "a");
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "no default");
    screen_type(s, "q");
    screen_wait_gone(s, "no default");
    screen_type(s, "0le"); /* t of a new record */
    screen_wait(s, "DEFAULT NULL");
    screen_type(s, "<C-x>e<Enter>");
    staged(s);
    hands_save(s);
    hands_assert_value(url, "SELECT count(*) FROM e WHERE t = '' AND n = 7", "1");
    hands_quit(s);
}

static void values_are_offered_and_narrowed(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "llll"); /* m is ok */
    screen_type(s, "e");
    screen_wait(s, "▸ ok");
    screen_wait(s, "happy");
    screen_wait(s, "NULL");
    screen_type(s, "ha");
    screen_wait(s, "▸ happy");
    screen_wait_gone(s, "sad"); /* only those like it */
    screen_type(s, "<Enter>");
    staged(s);
    screen_type(s, "je");
    screen_wait(s, "▸ sad");
    screen_type(s, "<C-x>n<Enter>");
    staged(s);
    screen_type(s, "je");
    screen_wait(s, "▸ NULL");
    screen_type(s, "<Up><Enter>");
    staged(s);
    screen_wait_line(s, 0, "3 staged");
    hands_save(s);
    hands_assert_value(url, "SELECT string_agg(coalesce(m::text, 'none'), ' ' ORDER BY id) FROM e", "happy none happy");
    hands_quit(s);
}

/* --- several lines -------------------------------------------------------------------------------------------- */

static void lines_are_moved_between_and_kept(void **state) {
    (void)state;
    hands_make_e(url);
    lab_sql(url, "UPDATE e SET t = E'first\\r\\n\\tsecond 山田e\\u0301\\n\\nlast\\n' WHERE id = 1");
    screen *s = hands_rows(url, "e", "three");
    screen_type(s, "le");
    screen_wait(s, "first␍␊");
    screen_wait(s, "␉second 山田");
    screen_wait(s, "last␊");
    screen_type(s, "<Up><Up><Up><End><Left>X<Home>Y<Up><Home>Z<Enter>");
    staged(s);
    hands_save(s);
    hands_assert_value(url, "SELECT t = E'Zfirst\\r\\nY\\tsecond 山田Xe\\u0301\\n\\nlast\\n' FROM e WHERE id = 1", "t");
    screen_type(s, "e");
    screen_wait(s, "Enter stages");
    screen_type(s, "<Enter>"); /* looked at only: nothing is staged */
    staged(s);
    assert_false(screen_has(s, "1 staged"));
    hands_quit(s);
}

static void a_long_line_wraps_and_a_long_text_scrolls(void **state) {
    (void)state;
    hands_make_e(url);
    lab_sql(url, "UPDATE e SET t = repeat('x', 150) || 'TAIL' WHERE id = 1;"
                 "UPDATE e SET t = (SELECT string_agg('row ' || i, E'\\n') FROM generate_series(1, 300) i) WHERE id = 2");
    screen *s = screen_nixie(10, 40, url, (const char *[]){"e", NULL});
    screen_wait(s, "xxx");
    screen_wait(s, " of ");
    screen_type(s, "le");
    screen_wait(s, "TAIL");
    screen_type(s, "<Up><Up><Home>HEAD<Enter>");
    staged(s);
    screen_type(s, "je");
    screen_wait(s, "row 300 of 300");
    screen_type(s, "<PgUp><PgUp><End>!");
    screen_wait(s, "row 284!");
    screen_type(s, "<Enter>");
    staged(s);
    screen_type(s, "llle");
    screen_wait(s, "▸ sad");
    screen_wait(s, "happy");
    screen_type(s, "<Esc>");
    staged(s);
    hands_save(s);
    hands_assert_value(url, "SELECT left(t, 5) || right(t, 5) FROM e WHERE id = 1", "HEADxxTAIL");
    hands_assert_value(url, "SELECT t LIKE E'%row 283\\nrow 284!\\nrow 285%' FROM e WHERE id = 2", "t");
    hands_quit(s);
}

/* --- pastes ---------------------------------------------------------------------------------------------------- */

static void a_long_text_is_pasted_at_once(void **state) {
    (void)state;
    screen *s = open_e();
    nx_buf text = NX_BUF;
    nx_buf_adds(&text, "\033[200~");
    for (int i = 0; text.len < 500000; i++) {
        nx_buf_addf(&text, "%06d: dWyq, quit, é all\n", i);
    }
    nx_buf_adds(&text, "\033[201~!<"); /* typed in the same moment */
    screen_type(s, "le");
    screen_wait(s, "Enter stages");
    screen_type(s, "<C-u>");
    screen_rest(s);
    size_t before, after;
    screen_bytes(s, &before);
    screen_send(s, text.data, text.len);
    screen_wait(s, "!<");
    screen_bytes(s, &after);
    assert_true(after - before < PASTE_DRAWN); /* drawn once, not line by line */
    screen_type(s, "<BS><Enter>");
    staged(s);
    hands_save(s);
    nx_buf_free(&text);
    hands_assert_value(url, "SELECT length(t) > 480000 AND t LIKE E'000000: dWyq%\\n!' AND NOT t LIKE '%<%' FROM e WHERE id = 1", "t");
    hands_quit(s);
}

static void what_is_pasted_is_data(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "le<C-u>");
    static const char begins[] = "\033[200~a\r\nb\rc\033[200~d\033[201~";
    screen_send(s, begins, sizeof begins - 1);
    screen_wait(s, "a␍␊");
    screen_wait(s, "cd");
    static const char nul[] = "\033[200~with\0nul\033[201~";
    screen_send(s, nul, sizeof nul - 1);
    screen_wait_line(s, -1, "not pasted: the text holds a NUL byte");
    screen_type(s, "<Enter>");
    staged(s);
    hands_save(s);
    hands_assert_value(url, "SELECT t = E'a\\r\\nb\\ncd' FROM e WHERE id = 1", "t");
    hands_quit(s);
}

/* --- $EDITOR ------------------------------------------------------------------------------------------------------ */

static void with_editor(const char *script, const char *keys, const char *words) {
    char path[64], command[90];
    snprintf(path, sizeof path, "%s/editor", folder);
    snprintf(command, sizeof command, "VISUAL=%s", path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "#!/bin/sh\n%s\n", script);
    fclose(file);
    chmod(path, 0700);
    hands_make_e(url);
    const char *argv[] = {screen_program(), "--url", url, "e", NULL};
    screen *s = screen_start(24, 130, argv, (const char *[]){command, "EDITOR=false", "TMPDIR=/tmp", NULL});
    screen_wait(s, "three");
    screen_wait(s, " of ");
    screen_type(s, "le");
    screen_wait(s, "Enter stages");
    screen_type(s, keys);
    screen_wait(s, words);
    screen_type(s, "<C-e>.<Enter>");
    staged(s);
    hands_save(s);
    hands_quit(s);
    unlink(path);
}

static void the_editor_takes_the_value_and_gives_it_back(void **state) {
    (void)state;
    with_editor("[ $(stat -c %a \"$1\") = 600 ] || exit 4; kill -QUIT $PPID; echo backup >\"$1~\";"
                "printf 'from outside\\n' >\"$1\"", "<C-x><C-e>", "from outside");
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "from outside.");
    with_editor("sed -i 's/b$/b more/' \"$1\"", "<C-u>a<A-Enter>b<C-j><C-x><C-e>", "b more");
    hands_assert_value(url, "SELECT t = E'a\\nb more\\n.' FROM e WHERE id = 1", "t"); /* it had a last newline */
}

static void an_editor_that_fails_alters_nothing(void **state) {
    (void)state;
    with_editor("echo lost >\"$1\"; exit 3", "!<C-x><C-e>", "the editor ended with status 3");
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "one!.");
    with_editor("rm \"$1\"", "!<C-x><C-e>", "left no file behind");
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "one!.");
    with_editor("printf 'a\\0b' >\"$1\"", "!<C-x><C-e>", "holds a NUL byte");
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "one!.");
    with_editor("kill -KILL $$", "!<C-x><C-e>", "ended by signal 9");
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "one!.");
}

/* --- the server ------------------------------------------------------------------------------------------------------ */

static void what_the_server_makes_of_it_is_told(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "$hh"); /* ts */
    hands_edit(s, "Fri Dec 31 1999");
    screen_wait_line(s, -1, "ts: Fri Dec 31 1999 is stored as 1999-12-31 00:00:00");
    screen_type(s, "l");
    hands_edit(s, "{\"b\": 1.500, \"a\":2}");
    screen_wait_line(s, -1, "is stored as {\"a\": 2, \"b\": 1.500}");
    hands_edit_refused(s, "{\"a\": 1,\"b\" 2}", "Expected \":\", but found \"2\"");
    screen_wait(s, "{\"a\": 1,\"b\" 2}"); /* kept, to be corrected */
    int row, column;
    assert_true(screen_find(s, "{\"a\": 1,\"b\" 2}", &row, &column));
    assert_int_equal(screen_at(s, row, column).fg, screen_at(s, row, column + 3).fg);
    screen_cell good = screen_at(s, row, column), wrong = screen_at(s, row, column + 12);
    assert_true(good.rgb_fg != wrong.rgb_fg || good.fg != wrong.fg || good.bold != wrong.bold);
    screen_type(s, "<Left><Left>:<Enter>");
    staged(s);
    hands_save(s);
    hands_assert_value(url, "SELECT ts || ' ' || j FROM e WHERE id = 1", "1999-12-31 00:00:00 {\"a\": 1, \"b\": 2}");
    hands_quit(s);
}

/* Enter, then keys for the grid while the answer is a second away. */
static void keys_typed_while_it_is_judged_wait(void **state) {
    (void)state;
    hands_make_e(url);
    lab_proxy *proxy = lab_proxy_start(url);
    screen *s = hands_rows(lab_proxy_url(proxy), "e", "three");
    lab_proxy_fault(proxy, "delay 250");
    screen_type(s, "lle<C-u>41<Enter>");
    screen_wait(s, "checking");
    screen_type(s, "je<C-u>43<Enter>ke<C-u>abc<Enter>je<C-u>99<Enter>d");
    screen_wait(s, "invalid input syntax for type integer: \"abc\"");
    screen_wait(s, "typed meanwhile did nothing");
    screen_wait_line(s, 0, "2 staged");
    screen_type(s, "<C-u>5<Enter>");
    screen_wait(s, "checking");
    screen_type(s, "x<Esc>"); /* no more waiting; the text is still there */
    screen_wait_gone(s, "checking");
    screen_type(s, "1<Enter>");
    screen_wait(s, "checking");
    lab_proxy_fault(proxy, "pass");
    staged(s);
    hands_save(s);
    hands_assert_value(url, "SELECT string_agg(n::text, ' ' ORDER BY id) FROM e", "51 43 3");
    hands_quit(s);
    lab_proxy_stop(proxy);
}

static void a_lost_connection_keeps_the_text(void **state) {
    (void)state;
    hands_make_e(url);
    lab_proxy *proxy = lab_proxy_start(url);
    screen *s = hands_rows(lab_proxy_url(proxy), "e", "three");
    screen_type(s, "le<C-u>precious");
    lab_proxy_fault(proxy, "refuse");
    lab_proxy_fault(proxy, "rst");
    screen_type(s, "<Enter>");
    screen_wait(s, "checking");
    screen_type(s, "<Esc>"); /* not waited for any longer */
    screen_wait_gone(s, "checking");
    screen_wait(s, "precious");
    lab_proxy_fault(proxy, "listen");
    lab_proxy_fault(proxy, "pass");
    screen_type(s, "<Enter>");
    staged(s);
    hands_save(s);
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "precious");
    hands_quit(s);
    lab_proxy_stop(proxy);
}

static void a_server_that_takes_too_long_keeps_the_text(void **state) {
    (void)state;
    lab_sql(url, "CREATE TABLE pace (s float); INSERT INTO pace VALUES (0);"
                 "CREATE FUNCTION late(text) RETURNS boolean LANGUAGE plpgsql AS"
                 " $$ BEGIN PERFORM pg_sleep((SELECT s FROM public.pace)); RETURN true; END $$;"
                 "CREATE DOMAIN judged AS text CHECK (late(VALUE)); CREATE TABLE slow (id int PRIMARY KEY, v judged);"
                 "INSERT INTO slow VALUES (1, 'at first'); UPDATE pace SET s = 30");
    screen *s = screen_nixie(24, 110, url, (const char *[]){"--timeout", "1", "slow", NULL});
    screen_wait(s, "at first");
    screen_wait(s, " of ");
    screen_type(s, "le<C-u>precious<Enter>");
    screen_wait(s, "not judged, nothing is staged: Enter tries again");
    screen_wait(s, "precious");
    lab_sql(url, "UPDATE pace SET s = 0");
    screen_type(s, "<Enter>");
    staged(s);
    hands_save(s);
    hands_assert_value(url, "SELECT v FROM slow", "precious");
    hands_quit(s);
}

/* A signal while something is open: everything is put away, the terminal is as it was. */
static void the_program_can_end_while_a_value_is_edited(void **state) {
    (void)state;
    lab_sql(url, "DROP TABLE IF EXISTS child; DROP TABLE IF EXISTS e; DROP TYPE IF EXISTS mood");
    hands_make_e(url);
    lab_sql(url, "CREATE TABLE child (id int PRIMARY KEY, e_id int REFERENCES e, t text);"
                 "INSERT INTO child VALUES (1, 1, 'three')");
    static const char *const keys[][2] = {{"$e", "^X n NULL"}, {"le", "e_id → e"}, {"le<Tab>", "Tab chooses"}};
    for (size_t i = 0; i < NX_COUNT(keys); i++) {
        screen *s = hands_rows(url, "child", "three");
        screen_type(s, keys[i][0]);
        screen_wait(s, keys[i][1]);
        kill(screen_pid(s), SIGTERM);
        int status = screen_wait_exit(s);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
        assert_true(screen_terminal_restored(s));
        screen_stop(s);
    }
    lab_sql(url, "DROP TABLE child");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(null_text_and_the_empty_text_are_told_apart),
    cmocka_unit_test(typing_into_null_makes_a_text_of_it),
    cmocka_unit_test(a_default_is_a_choice_of_its_own),
    cmocka_unit_test(values_are_offered_and_narrowed),
    cmocka_unit_test(lines_are_moved_between_and_kept),
    cmocka_unit_test(a_long_line_wraps_and_a_long_text_scrolls),
    cmocka_unit_test(a_long_text_is_pasted_at_once),
    cmocka_unit_test(what_is_pasted_is_data),
    cmocka_unit_test(the_editor_takes_the_value_and_gives_it_back),
    cmocka_unit_test(an_editor_that_fails_alters_nothing),
    cmocka_unit_test(what_the_server_makes_of_it_is_told),
    cmocka_unit_test(keys_typed_while_it_is_judged_wait),
    cmocka_unit_test(a_lost_connection_keeps_the_text),
    cmocka_unit_test(a_server_that_takes_too_long_keeps_the_text),
    cmocka_unit_test(the_program_can_end_while_a_value_is_edited),
};

LAB_MAIN(tests, setup, teardown)
