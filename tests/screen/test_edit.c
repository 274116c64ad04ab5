/* Editing through the real screen: what is staged is shown, what is saved is in the table. */
#include <sys/stat.h>
#include <unistd.h>

#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"

static screen *open_e(void) {
    hands_make_e(url);
    return hands_rows(url, "e", "three");
}

/* --- one value --------------------------------------------------------------------------------------------- */

static void the_server_judges_a_value_before_it_is_staged(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "ll"); /* n */
    hands_edit_refused(s, "abc", "invalid input syntax for type integer: \"abc\"");
    assert_false(screen_has(s, "staged"));
    screen_type(s, "<C-u>99999999999<Enter>");
    screen_wait(s, "out of range for type integer");
    screen_type(s, "<C-u>42<Enter>");
    screen_wait_gone(s, "Enter stages");
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, "ll"); /* m */
    hands_edit_refused(s, "angry", "invalid input value for enum mood: \"angry\"");
    screen_type(s, "<C-g>");
    screen_wait_gone(s, "Enter stages");
    screen_type(s, "l"); /* ts */
    hands_edit_refused(s, "2026-02-30", "date/time field value out of range");
    screen_type(s, "<Esc>");
    screen_wait_gone(s, "Enter stages");
    screen_type(s, "l"); /* j */
    hands_edit_refused(s, "{", "invalid input syntax for type json");
    screen_type(s, "<C-c>");
    screen_wait_gone(s, "Enter stages");
    screen_type(s, "l"); /* a */
    hands_edit_refused(s, "{a", "malformed array literal");
    screen_type(s, "<C-c>");
    screen_wait_gone(s, "Enter stages");
    screen_wait_line(s, 0, "1 staged");
    hands_save(s);
    hands_assert_value(url, "SELECT array_agg(n ORDER BY id) FROM e", "{42,2,3}");
    hands_quit(s);
}

static void what_is_staged_is_shown_in_place(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "jl");
    hands_edit(s, "zwei");
    screen_wait_line(s, 0, "1 staged");
    int row, column;
    screen_wait(s, "zwei");
    assert_true(screen_find(s, "zwei", &row, &column));
    screen_wait_line(s, row, "~");
    screen_cell staged = screen_at(s, row, column), plain = screen_at(s, row + 1, column);
    assert_true(staged.bold && !plain.bold);
    hands_assert_value(url, "SELECT t FROM e WHERE id = 2", "two"); /* a proposal only */
    hands_edit(s, "two");                                            /* as it was: nothing is staged any more */
    screen_wait_gone(s, "staged");
    hands_quit(s);
}

static void every_type_is_edited_exactly(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "jjl");
    hands_edit(s, "Zoë's \"π\" \\ 100% ");
    screen_type(s, "l");
    hands_edit(s, "-2147483648");
    screen_type(s, "l");
    hands_edit(s, "true");
    screen_type(s, "l");
    hands_edit(s, "happy");
    screen_type(s, "l");
    hands_edit(s, "-infinity");
    screen_type(s, "l");
    hands_edit(s, "{\"a\": 12345678901234567890.123}");
    screen_type(s, "l");
    hands_edit(s, "{\"NULL\",NULL,\"a,b\"}");
    screen_wait_line(s, 0, "1 staged"); /* one record */
    hands_save(s);
    hands_assert_value(url, "SELECT t FROM e WHERE id = 3", "Zoë's \"π\" \\ 100% ");
    hands_assert_value(url, "SELECT concat_ws('|', n, b, m, ts, j) FROM e WHERE id = 3",
                       "-2147483648|t|happy|-infinity|{\"a\": 12345678901234567890.123}");
    hands_assert_value(url, "SELECT a::text FROM e WHERE id = 3", "{\"NULL\",NULL,\"a,b\"}");
    hands_assert_value(url, "SELECT ts::text FROM e WHERE id = 1", "2026-01-02 03:04:05.678901");
    hands_quit(s);
}

static void choices_are_offered_for_enums_and_booleans(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "lll"); /* b of 1 is true */
    screen_type(s, "e");
    screen_wait(s, "Enter stages");
    screen_type(s, "<Tab><Enter>");
    screen_wait_gone(s, "Enter stages");
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, "le");
    screen_wait(s, "happy");
    screen_type(s, "<Down><Enter>");
    screen_wait_gone(s, "Enter stages");
    hands_save(s);
    hands_assert_value(url, "SELECT b || ' ' || m FROM e WHERE id = 1", "false happy");
    hands_quit(s);
}

static void null_and_empty_text_are_two_things(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "lx");
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "NULL");
    screen_type(s, "j");
    hands_edit(s, "");
    screen_wait_line(s, 0, "2 staged");
    screen_wait(s, "''");
    hands_save(s);
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", NULL);
    hands_assert_value(url, "SELECT t FROM e WHERE id = 2", "");
    screen_type(s, "g");
    screen_wait_line(s, -1, "e › 1");
    screen_type(s, "e");
    screen_wait(s, "NULL ─╮");
    screen_type(s, "<C-x>e"); /* the empty text is another thing */
    screen_wait(s, "empty text ''");
    screen_type(s, "<Enter>");
    screen_wait_gone(s, "Enter stages");
    hands_save(s);
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "");
    hands_quit(s);
}

static void default_and_not_null(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "llx");
    screen_wait_line(s, -1, "n is not null");
    screen_type(s, "D");
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "default");
    hands_save(s);
    hands_assert_value(url, "SELECT n FROM e WHERE id = 1", "7");
    hands_quit(s);
}

static void newlines_survive_typed_and_pasted(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "le");
    screen_wait(s, "Enter stages");
    screen_type(s, "<C-e>!<A-Enter>second<C-j>third<Enter>");
    screen_wait_gone(s, "Enter stages");
    screen_wait(s, "one!␊second␊third");
    screen_type(s, "je");
    screen_wait(s, "Enter stages");
    screen_type(s, "<C-u>");
    screen_paste(s, "a\tb\nc\r\ndW\033[31m\n");
    screen_type(s, "<Enter>");
    screen_wait_gone(s, "Enter stages");
    screen_wait_line(s, 0, "2 staged");
    hands_save(s);
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "one!\nsecond\nthird");
    hands_assert_value(url, "SELECT t LIKE E'a\\tb\\nc%dW%[31m\\n' FROM e WHERE id = 2", "t");
    hands_quit(s);
}

static void a_long_paste_is_data(void **state) {
    (void)state;
    screen *s = open_e();
    nx_buf text = NX_BUF;
    for (int i = 0; i < 2048; i++) {
        nx_buf_addf(&text, "%05d: dWyq, quit, all text here\n", i);
    }
    screen_paste(s, text.data);
    screen_wait_line(s, -1, "pasted text ignored");
    nx_buf longer = NX_BUF; /* than a value that is typed may be: said, not hidden */
    for (int i = 0; i < 16; i++) {
        nx_buf_add(&longer, text.data, text.len);
    }
    screen_type(s, "lle");
    screen_wait(s, "Enter stages");
    screen_paste(s, longer.data);
    nx_buf_free(&longer);
    screen_wait_line(s, -1, "longer than 1 MiB: its end is missing");
    screen_type(s, "<C-c>");
    screen_wait_gone(s, "Enter stages");
    screen_type(s, "he");
    screen_wait(s, "Enter stages");
    screen_type(s, "<C-u>");
    screen_paste(s, text.data);
    screen_wait(s, "2047: dWyq");
    screen_type(s, "<Enter>");
    screen_wait_gone(s, "Enter stages");
    hands_save(s);
    nx_buf_free(&text);
    hands_assert_value(url, "SELECT t = (SELECT string_agg(lpad(i::text, 5, '0') || E': dWyq, quit, all text here\n', '' ORDER BY i)"
                            " FROM generate_series(0, 2047) i) FROM e WHERE id = 1", "t");
    hands_quit(s);
}

static void a_value_that_was_cut_is_edited_whole(void **state) {
    (void)state;
    hands_make_e(url);
    lab_sql(url, "UPDATE e SET t = repeat('x', 5000) || 'END' WHERE id = 1");
    screen *s = hands_rows(url, "e", "three");
    screen_type(s, "le");
    screen_wait(s, "Enter stages");
    screen_wait(s, "xEND"); /* the cursor is at the end of all of it */
    screen_type(s, "!<Enter>");
    screen_wait_gone(s, "Enter stages");
    screen_wait_line(s, 0, "1 staged");
    hands_save(s);
    hands_assert_value(url, "SELECT length(t) || right(t, 5) FROM e WHERE id = 1", "5004xEND!");
    hands_quit(s);
}

/* --- records ------------------------------------------------------------------------------------------------ */

static void records_are_deleted_and_taken_back(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "jd");
    screen_wait_line(s, 0, "1 staged");
    int row, column;
    assert_true(screen_find(s, "two", &row, &column));
    screen_wait_line(s, row, "-    2  two");
    screen_type(s, "le");
    screen_wait_line(s, -1, "staged for deletion");
    screen_type(s, "d");
    screen_wait_gone(s, "1 staged");
    screen_type(s, "dkd");
    screen_wait_line(s, 0, "2 staged");
    hands_save(s);
    hands_assert_value(url, "SELECT array_agg(id) FROM e", "{3}");
    screen_wait_gone(s, "two");
    screen_wait(s, "three");
    hands_quit(s);
}

static void records_are_added_and_duplicated(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "a");
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "NULL  no default");
    screen_type(s, "q"); /* the form goes, the record stays staged */
    screen_wait_gone(s, "no default");
    screen_type(s, "l");
    hands_edit(s, "new one");
    screen_wait(s, "new one");
    screen_type(s, "ll");
    hands_edit(s, "false");
    screen_type(s, "jj"); /* from the new record down into the rows */
    screen_wait_line(s, -1, "e › 2");
    screen_type(s, "o");
    screen_wait_line(s, 0, "2 staged");
    screen_wait_line(s, -1, "duplicated without");
    hands_save(s);
    hands_assert_value(url, "SELECT n || ' ' || b FROM e WHERE t = 'new one'", "7 false");
    hands_assert_value(url, "SELECT string_agg(concat_ws('|', n, b, m, ts, j, a::text), ' & ') FROM e WHERE t = 'two'",
                       "2|sad|infinity|null|{} & 2|sad|infinity|null|{}");
    hands_assert_value(url, "SELECT count(*) FROM e", "5");
    hands_quit(s);
}

static void steps_are_undone_and_redone(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "l");
    hands_edit(s, "first");
    hands_edit(s, "second");
    screen_wait(s, "second");
    screen_type(s, "u");
    screen_wait(s, "first");
    screen_type(s, "u");
    screen_wait_gone(s, "staged");
    screen_wait(s, "one");
    screen_type(s, "u");
    screen_wait_line(s, -1, "nothing to undo");
    screen_type(s, "<C-r><C-r>");
    screen_wait(s, "second");
    screen_type(s, "<C-r>");
    screen_wait_line(s, -1, "nothing to redo");
    screen_type(s, "jo");
    screen_wait_line(s, 0, "2 staged");
    screen_type(s, "u"); /* a duplicate is one step */
    screen_wait_line(s, 0, "1 staged");
    hands_save(s);
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "second");
    screen_type(s, "u");
    screen_wait_line(s, -1, "nothing to undo"); /* history ends at a save */
    hands_quit(s);
}

/* --- what cannot be edited --------------------------------------------------------------------------------------- */

static void what_cannot_be_edited_says_why(void **state) {
    (void)state;
    hands_make_e(url);
    lab_sql(url, "CREATE TABLE g (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, v int, twice int GENERATED ALWAYS AS (v * 2) STORED);"
                 "INSERT INTO g (v) VALUES (21);"
                 "CREATE VIEW grouped AS SELECT n % 2 AS odd, count(*) AS many FROM e GROUP BY 1;"
                 "CREATE VIEW keyless AS SELECT 'a' AS word UNION ALL SELECT 'b'");
    screen *s = hands_rows(url, "g", "twice");
    screen_type(s, "lle");
    screen_wait_line(s, -1, "twice cannot be edited: generated from other fields");
    screen_type(s, "0e");
    screen_wait_line(s, -1, "id cannot be edited: generated always as identity");
    screen_type(s, ":grouped<Enter>");
    screen_wait(s, "odd");
    screen_wait(s, "of 2 ");
    screen_type(s, "e");
    screen_wait_line(s, -1, "cannot be edited: ");
    screen_wait_line(s, -1, "it joins, groups or computes its rows");
    screen_type(s, "d");
    screen_wait_line(s, -1, "cannot be edited: ");
    screen_type(s, "a");
    screen_wait_line(s, -1, "cannot be edited: ");
    screen_type(s, ":keyless<Enter>");
    screen_wait(s, "word");
    screen_wait(s, "of 2 ");
    screen_type(s, "e");
    screen_wait_line(s, -1, "keyless cannot be edited: ");
    assert_false(screen_has(s, "staged"));
    hands_quit(s);
}

static void read_only_refuses_everything(void **state) {
    (void)state;
    hands_make_e(url);
    screen *s = screen_nixie(24, 130, url, (const char *[]){"--read-only", "e", NULL});
    screen_wait(s, "three");
    screen_wait_line(s, 0, "read-only");
    static const char *const keys[] = {"e", "a", "d", "o", "x", "D"};
    for (size_t i = 0; i < NX_COUNT(keys); i++) {
        screen_type(s, keys[i]);
        screen_wait_line(s, -1, "nixie was started with --read-only");
        screen_type(s, "l"); /* a key takes the message away */
        screen_wait_line(s, -1, "? help");
    }
    assert_false(screen_has(s, "staged"));
    assert_false(screen_has(s, "e edit")); /* the footer does not offer what cannot be done */
    screen_type(s, "W");
    screen_wait_line(s, -1, "nothing is staged");
    hands_assert_value(url, "SELECT string_agg(t, ',' ORDER BY id) FROM e", "one,two,three");
    hands_quit(s);
}

static void a_record_without_a_key_is_edited_by_its_tuple(void **state) {
    (void)state;
    lab_sql(url, "CREATE TABLE heap (v text, w int); INSERT INTO heap VALUES ('same', 1), ('same', 1), ('other', 2)");
    screen *s = hands_rows(url, "heap", "other");
    hands_edit(s, "changed");
    screen_type(s, "jd");
    screen_wait_line(s, 0, "2 staged");
    hands_save(s);
    hands_assert_value(url, "SELECT string_agg(v, ',' ORDER BY v) FROM heap", "changed,other");
    hands_quit(s);
}

/* --- copying, $EDITOR ---------------------------------------------------------------------------------------------- */

static void copies_are_exactly_the_value(void **state) {
    (void)state;
    hands_make_e(url);
    lab_sql(url, "UPDATE e SET t = E'a\\nb\\x1b[31m' WHERE id = 1");
    screen *s = hands_rows(url, "e", "three");
    screen_type(s, "ly");
    screen_wait_line(s, -1, "copied t (8 bytes)");
    hands_wait_sent(s, "\033]52;c;YQpiG1szMW0=\a"); /* a LF b ESC [ 3 1 m */
    screen_type(s, "jYj");
    hands_wait_sent(s, "\033]52;c;eyJpZCI6ICIyIiwgInQiOiAidHdvIiwg"); /* {"id": "2", "t": "two", */
    screen_type(s, "Yc");
    hands_wait_sent(s, "\033]52;c;aWQsdCxuLGIsbSx0cyxqLGEK"); /* id,t,n,b,m,ts,j,a */
    screen_type(s, "Yi");
    hands_wait_sent(s, "\033]52;c;SU5TRVJUIElOVE8gInB1YmxpYyIuImUiICg"); /* INSERT INTO "public"."e" ( */
    screen_type(s, "lly"); /* a NULL has no text */
    screen_wait_line(s, -1, "b is NULL");
    hands_quit(s);
}

static void the_editor_of_ones_choice_edits_a_value(void **state) {
    (void)state;
    hands_make_e(url);
    char folder[] = "/tmp/nixie-editor-XXXXXX", script[64], command[80];
    assert_non_null(mkdtemp(folder));
    snprintf(script, sizeof script, "%s/editor", folder);
    snprintf(command, sizeof command, "EDITOR=%s --now", script);
    FILE *file = fopen(script, "w");
    assert_non_null(file);
    fputs("#!/bin/sh\n[ \"$1\" = --now ] || exit 3\nprintf 'more\\nlines\\n' >>\"$2\"\n", file);
    fclose(file);
    chmod(script, 0700);
    const char *argv[] = {screen_program(), "--url", url, "e", NULL};
    screen *s = screen_start(24, 130, argv, (const char *[]){command, "VISUAL=", NULL});
    screen_wait(s, "three");
    screen_type(s, "lz");
    screen_wait(s, "e · t");
    screen_wait(s, "1 · 3 B"); /* the value is here */
    screen_type(s, "<C-e>");
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "(staged)");
    screen_type(s, "<BS>");
    screen_wait(s, "onemore␊lines");
    hands_save(s);
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "onemore\nlines");
    hands_quit(s);
    unlink(script);
    rmdir(folder);
}

static void the_record_view_edits_too(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "j<Enter>");
    screen_wait(s, "id ⚷                 2");
    screen_type(s, "j");
    hands_edit(s, "from the record");
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "from the record");
    hands_save(s);
    hands_assert_value(url, "SELECT t FROM e WHERE id = 2", "from the record");
    screen_wait(s, "from the record");
    screen_type(s, "q");
    screen_wait(s, "from the record");
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_server_judges_a_value_before_it_is_staged),
    cmocka_unit_test(what_is_staged_is_shown_in_place),
    cmocka_unit_test(every_type_is_edited_exactly),
    cmocka_unit_test(choices_are_offered_for_enums_and_booleans),
    cmocka_unit_test(null_and_empty_text_are_two_things),
    cmocka_unit_test(default_and_not_null),
    cmocka_unit_test(newlines_survive_typed_and_pasted),
    cmocka_unit_test(a_long_paste_is_data),
    cmocka_unit_test(a_value_that_was_cut_is_edited_whole),
    cmocka_unit_test(records_are_deleted_and_taken_back),
    cmocka_unit_test(records_are_added_and_duplicated),
    cmocka_unit_test(steps_are_undone_and_redone),
    cmocka_unit_test(what_cannot_be_edited_says_why),
    cmocka_unit_test(read_only_refuses_everything),
    cmocka_unit_test(a_record_without_a_key_is_edited_by_its_tuple),
    cmocka_unit_test(copies_are_exactly_the_value),
    cmocka_unit_test(the_editor_of_ones_choice_edits_a_value),
    cmocka_unit_test(the_record_view_edits_too),
};

LAB_MAIN(tests, group_open, group_close)
