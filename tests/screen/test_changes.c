/* Staged changes through the real screen: reviewed, saved together or not at all, kept until then. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static screen *open_e(void) {
    hands_make_e(url);
    return hands_rows(url, "e", "three");
}

/* --- the changes --------------------------------------------------------------------------------------------- */

static void changes_show_before_and_after_and_the_statement(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "l");
    hands_edit(s, "uno");
    screen_type(s, "lx"); /* refused */
    screen_type(s, "jhd");
    screen_type(s, "C");
    screen_wait(s, "Changes · 2 staged");
    screen_wait(s, "one → uno");
    screen_wait(s, "UPDATE public.e SET t = 'uno' WHERE id = 1 AND t = 'one'");
    screen_wait(s, "DELETE FROM public.e WHERE id = 2");
    screen_type(s, "G-");
    screen_wait(s, "Changes · 1 staged");
    screen_type(s, "<Enter>");
    screen_wait_line(s, -1, "e › 1");
    screen_type(s, "C_");
    screen_wait(s, "Take all staged changes back?");
    screen_type(s, "n");
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, "_y");
    screen_wait(s, "nothing is staged");
    screen_type(s, "u");
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "one → uno");
    screen_type(s, "W");
    screen_wait_line(s, -1, "saved 1 change");
    hands_assert_value(url, "SELECT string_agg(t, ',' ORDER BY id) FROM e", "uno,two,three");
    hands_quit(s);
}

static void another_sessions_change_is_never_overwritten(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "jl");
    hands_edit(s, "mine");
    screen_type(s, "j");
    hands_edit(s, "also mine");
    lab_sql(url, "UPDATE e SET t = 'theirs' WHERE id = 2; UPDATE e SET n = 4711 WHERE id = 1");
    screen_type(s, "W");
    screen_wait(s, "not saved yet");
    screen_type(s, "W");
    screen_wait(s, "e 2 was changed by another session");
    screen_wait(s, "theirs");
    screen_wait(s, "m keep mine · t take theirs");
    screen_wait_line(s, 0, "2 staged");
    hands_assert_value(url, "SELECT string_agg(t, ',' ORDER BY id) FROM e", "one,theirs,three");
    screen_type(s, "qr"); /* as the hint says: refresh, edit again */
    screen_wait(s, "4711");
    screen_type(s, "k");
    hands_edit(s, "agreed"); /* from the grid: made against what the conflict told of */
    hands_save(s);
    hands_assert_value(url, "SELECT string_agg(t, ',' ORDER BY id) FROM e", "one,agreed,also mine");
    hands_quit(s);
}

static void a_record_deleted_meanwhile_saves_nothing(void **state) {
    (void)state;
    screen *s = open_e();
    screen_type(s, "l");
    hands_edit(s, "kept");
    screen_type(s, "j");
    hands_edit(s, "lost");
    lab_sql(url, "DELETE FROM e WHERE id = 2");
    screen_type(s, "W");
    screen_wait(s, "not saved yet");
    screen_type(s, "W");
    screen_wait(s, "e 2 is gone");
    screen_wait_line(s, 0, "2 staged");
    hands_assert_value(url, "SELECT string_agg(t, ',' ORDER BY id) FROM e", "one,three");
    screen_type(s, "-"); /* the cursor stands on the guilty one */
    screen_wait(s, "Changes · 1 staged");
    screen_type(s, "W");
    screen_wait_line(s, -1, "saved 1 change");
    hands_assert_value(url, "SELECT string_agg(t, ',' ORDER BY id) FROM e", "kept,three");
    hands_quit(s);
}

static void one_refused_of_three_saves_none(void **state) {
    (void)state;
    hands_make_e(url);
    lab_sql(url, "ALTER TABLE e ADD CONSTRAINT small CHECK (n < 100)");
    screen *s = hands_rows(url, "e", "three");
    screen_type(s, "ll");
    hands_edit(s, "10");
    screen_type(s, "j");
    hands_edit(s, "200");
    screen_type(s, "j");
    hands_edit(s, "30");
    screen_wait_line(s, 0, "3 staged");
    screen_type(s, "W");
    screen_wait(s, "not saved yet");
    screen_type(s, "W");
    screen_wait(s, "violates check constraint \"small\"");
    screen_wait_line(s, 0, "3 staged");
    hands_assert_value(url, "SELECT array_agg(n ORDER BY id) FROM e", "{1,2,3}");
    screen_type(s, "E");
    screen_wait(s, "SQLSTATE 23514");
    screen_type(s, "qq");
    screen_wait(s, "!    2  two    200"); /* the row says so itself */
    hands_abandon(s);
}

static void what_a_trigger_made_of_it_is_shown(void **state) {
    (void)state;
    hands_make_e(url);
    lab_sql(url, "CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS"
                 " $$ BEGIN NEW.t := upper(NEW.t); RETURN NEW; END $$;"
                 "CREATE TRIGGER shout BEFORE UPDATE ON e FOR EACH ROW EXECUTE FUNCTION shout()");
    screen *s = hands_rows(url, "e", "three");
    screen_type(s, "l");
    hands_edit(s, "loud");
    screen_type(s, "W");
    screen_wait(s, "not saved yet");
    screen_type(s, "W");
    screen_wait_line(s, -1, "saved 1 change · the server changed 1 field  (E: more)");
    screen_wait(s, "LOUD");
    screen_type(s, "E");
    screen_wait(s, "What the server made of it");
    screen_wait(s, "t is 'LOUD', sent was 'loud'");
    screen_type(s, "q");
    hands_quit(s);
    lab_sql(url, "DROP FUNCTION shout CASCADE");
}

/* --- staying staged -------------------------------------------------------------------------------------------- */

static void staged_changes_stay_through_paging_and_sorting(void **state) {
    (void)state;
    lab_sql(url, "CREATE TABLE many AS SELECT i AS id, 'row ' || i AS t FROM generate_series(1, 2000) i;"
                 "ALTER TABLE many ADD PRIMARY KEY (id); ANALYZE many");
    screen *s = hands_rows(url, "many", "row 3");
    screen_type(s, "jjl");
    hands_edit(s, "staged one");
    screen_type(s, "G");
    screen_wait(s, "row 2000");
    screen_wait_gone(s, "staged one");
    screen_type(s, "g");
    screen_wait(s, "staged one");
    screen_type(s, "hs");
    screen_wait(s, "id ▲");
    screen_type(s, "s");
    screen_wait(s, "id ▼");
    screen_wait(s, "row 2000");
    screen_type(s, "G");
    screen_wait(s, "staged one");
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, "q");
    screen_wait(s, "1 staged change is not saved. Quit?");
    screen_type(s, "c");
    screen_wait_gone(s, "Quit?");
    screen_wait(s, "staged one");
    screen_type(s, "q");
    screen_wait(s, "Quit?");
    screen_type(s, "d");
    hands_ended(s, 0);
    hands_assert_value(url, "SELECT count(*) FROM many WHERE t = 'staged one'", "0");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(changes_show_before_and_after_and_the_statement),
    cmocka_unit_test(another_sessions_change_is_never_overwritten),
    cmocka_unit_test(a_record_deleted_meanwhile_saves_nothing),
    cmocka_unit_test(one_refused_of_three_saves_none),
    cmocka_unit_test(what_a_trigger_made_of_it_is_shown),
    cmocka_unit_test(staged_changes_stay_through_paging_and_sorting),
};

LAB_MAIN(tests, group_open, group_close)
