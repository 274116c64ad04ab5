/* Another session wrote meanwhile: the conflict is shown field by field, and settled with a key. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

/* Row 2 has t and n edited; then another session writes, and saving fails with these words. */
static screen *conflicting(const char *theirs, const char *words) {
    hands_make_e(url);
    screen *s = hands_rows(url, "e", "three");
    screen_type(s, "jl");
    hands_edit(s, "my text");
    screen_type(s, "l");
    hands_edit(s, "22");
    lab_sql(url, theirs);
    screen_type(s, "W");
    screen_wait(s, "not saved yet");
    screen_type(s, "W");
    screen_wait(s, words);
    return s;
}

static screen *both_fields(void) {
    return conflicting("UPDATE e SET t = 'their text', n = 222 WHERE id = 2", "e 2 was changed by another session");
}

/* The row of the table that begins with this field. */
static void wait_row(screen *s, const char *field, const char *base, const char *mine, const char *theirs) {
    char row[200];
    snprintf(row, sizeof row, "%-7s%-27s%-27s%s", field, base, mine, theirs);
    screen_wait(s, row);
}

static void saved(screen *s, const char *t, const char *n) {
    screen_type(s, "W");
    screen_wait_line(s, -1, "saved 1 change");
    screen_wait_gone(s, "Changes");
    hands_assert_value(url, "SELECT t FROM e WHERE id = 2", t);
    hands_assert_value(url, "SELECT n FROM e WHERE id = 2", n);
    hands_quit(s);
}

/* --- each choice ----------------------------------------------------------------------------------------------- */

static void base_mine_and_theirs_stand_side_by_side(void **state) {
    (void)state;
    screen *s = both_fields();
    wait_row(s, "field", "base", "mine", "theirs");
    wait_row(s, "t", "two", "my text", "their text");
    wait_row(s, "n", "2", "22", "222");
    screen_wait(s, "m keep mine · t take theirs · e edit · z whole");
    screen_type(s, "j");
    screen_wait_line(s, -1, "m keep mine");
    screen_wait_line(s, -1, "t take theirs");
    screen_type(s, "k");
    screen_type(s, "z");
    screen_wait(s, "theirs:");
    screen_wait(s, "their text");
    screen_type(s, "q");
    screen_wait_gone(s, "theirs:");
    hands_abandon(s);
}

static void mine_is_kept_field_by_field(void **state) {
    (void)state;
    screen *s = both_fields();
    screen_type(s, "m");
    screen_wait_line(s, -1, "mine is kept, 1 conflict left");
    screen_wait(s, "their text → my text");
    screen_type(s, "m");
    screen_wait_line(s, -1, "mine is kept: W saves");
    screen_wait(s, "222 → 22");
    saved(s, "my text", "22");
}

static void theirs_is_taken_field_by_field(void **state) {
    (void)state;
    screen *s = both_fields();
    screen_type(s, "jt"); /* of n */
    screen_wait_line(s, -1, "theirs is taken, 1 conflict left");
    screen_wait_gone(s, "222");
    screen_type(s, "u");
    screen_wait(s, "222");
    screen_type(s, "<C-r>");
    screen_wait_gone(s, "222");
    screen_type(s, "m");
    screen_wait_line(s, -1, "mine is kept: W saves");
    saved(s, "my text", "222");
}

static void theirs_of_the_whole_record_is_taken(void **state) {
    (void)state;
    screen *s = both_fields();
    screen_type(s, "kt"); /* on the record: all its fields */
    screen_wait_line(s, -1, "theirs is taken, and nothing is left to save");
    screen_wait(s, "nothing is staged");
    screen_type(s, "q");
    hands_quit(s);
    hands_assert_value(url, "SELECT t || n FROM e WHERE id = 2", "their text222");
}

static void mine_is_edited_on(void **state) {
    (void)state;
    screen *s = both_fields();
    hands_edit(s, "both texts");
    screen_wait(s, "their text → both texts");
    screen_wait(s, "222"); /* n is not settled yet */
    screen_type(s, "kjm");
    screen_wait_line(s, -1, "mine is kept: W saves");
    saved(s, "both texts", "22");
}

static void what_is_there_already_is_said(void **state) {
    (void)state;
    screen *s = conflicting("UPDATE e SET t = 'my text', n = 222 WHERE id = 2", "e 2 was changed by another session");
    wait_row(s, "t", "two", "my text", "already so");
    screen_type(s, "t");
    screen_wait_line(s, -1, "theirs is taken, 1 conflict left");
    screen_type(s, "m");
    screen_wait_line(s, -1, "W saves");
    saved(s, "my text", "22");
}

static void a_second_writer_is_found_again(void **state) {
    (void)state;
    screen *s = both_fields();
    screen_type(s, "km");
    screen_wait_line(s, -1, "mine is kept: W saves");
    lab_sql(url, "UPDATE e SET t = 'their second' WHERE id = 2");
    screen_type(s, "W");
    wait_row(s, "t", "their text", "my text", "their second");
    hands_assert_value(url, "SELECT n FROM e WHERE id = 2", "222"); /* all or nothing */
    screen_type(s, "m");
    screen_wait_line(s, -1, "W saves");
    saved(s, "my text", "22");
}

static void null_looks_like_no_text(void **state) {
    (void)state;
    screen *s = conflicting("UPDATE e SET t = NULL WHERE id = 2", "e 2 was changed by another session");
    wait_row(s, "t", "two", "my text", "NULL");
    int row, column;
    assert_true(screen_find(s, "NULL", &row, &column));
    assert_true(screen_at(s, row, column).italic); /* the word itself would be plain */
    screen_type(s, "m");
    screen_wait_line(s, -1, "W saves");
    saved(s, "my text", "22");
}

/* --- gone --------------------------------------------------------------------------------------------------------- */

static void a_deleted_record_is_inserted_again(void **state) {
    (void)state;
    screen *s = conflicting("DELETE FROM e WHERE id = 2", "e 2 is gone");
    screen_wait(s, "a insert again · - take back");
    screen_type(s, "m");
    screen_wait_line(s, -1, "the record is gone");
    screen_type(s, "a");
    screen_wait(s, "+ e");
    screen_wait_line(s, -1, "it is inserted again: W saves");
    screen_type(s, "W");
    screen_wait_line(s, -1, "saved 1 change");
    hands_assert_value(url, "SELECT (t, n, m, ts, a)::text FROM e WHERE id = 2", "(\"my text\",22,sad,infinity,{})");
    hands_quit(s);
}

static void a_deleted_record_is_let_go(void **state) {
    (void)state;
    screen *s = conflicting("DELETE FROM e WHERE id = 2", "e 2 is gone");
    screen_type(s, "<Enter>"); /* its neighbours are there */
    screen_wait(s, "three");
    screen_type(s, "q-");
    screen_wait(s, "nothing is staged");
    screen_type(s, "q");
    hands_quit(s);
    hands_assert_value(url, "SELECT count(*) FROM e", "2");
}

static void a_deletion_of_what_changed_is_settled_too(void **state) {
    (void)state;
    hands_make_e(url);
    screen *s = hands_rows(url, "e", "three");
    screen_type(s, "jd");
    lab_sql(url, "UPDATE e SET t = 'precious' WHERE id = 2");
    screen_type(s, "W");
    screen_wait(s, "not saved yet");
    screen_type(s, "W");
    wait_row(s, "t", "two", "deleted", "precious");
    screen_type(s, "m");
    screen_wait_line(s, -1, "mine is kept: W saves");
    screen_type(s, "W");
    screen_wait_line(s, -1, "saved 1 change");
    hands_assert_value(url, "SELECT count(*) FROM e", "2");
    hands_quit(s);
}

static void keys_that_do_not_apply_say_so(void **state) {
    (void)state;
    hands_make_e(url);
    screen *s = hands_rows(url, "e", "three");
    screen_type(s, "jl");
    hands_edit(s, "my text");
    screen_type(s, "C");
    screen_wait(s, "two → my text");
    assert_false(screen_has(s, "keep mine"));
    screen_type(s, "m");
    screen_wait_line(s, -1, "no conflict here");
    screen_type(s, "a");
    screen_wait_line(s, -1, "no conflict here");
    hands_edit(s, "edited here"); /* its only field */
    screen_wait(s, "two → edited here");
    hands_abandon(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(base_mine_and_theirs_stand_side_by_side),
    cmocka_unit_test(mine_is_kept_field_by_field),
    cmocka_unit_test(theirs_is_taken_field_by_field),
    cmocka_unit_test(theirs_of_the_whole_record_is_taken),
    cmocka_unit_test(mine_is_edited_on),
    cmocka_unit_test(what_is_there_already_is_said),
    cmocka_unit_test(a_second_writer_is_found_again),
    cmocka_unit_test(null_looks_like_no_text),
    cmocka_unit_test(a_deleted_record_is_inserted_again),
    cmocka_unit_test(a_deleted_record_is_let_go),
    cmocka_unit_test(a_deletion_of_what_changed_is_settled_too),
    cmocka_unit_test(keys_that_do_not_apply_say_so),
};

LAB_MAIN(tests, group_open, group_close)
