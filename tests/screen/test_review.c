/* The staged changes under review: every key and the mouse, many of them by model, whole values, whose fault it was. */
#include "hands.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"

static char *url;

static int setup(void **state) {
    (void)state;
    url = lab_database("review");
    lab_sql(url, "CREATE TABLE a (id int PRIMARY KEY, t text, d text DEFAULT 'usual');"
                 "CREATE TABLE b (id int PRIMARY KEY, t text, a_id int REFERENCES a);"
                 "CREATE TABLE wide (id serial PRIMARY KEY);"
                 "INSERT INTO a SELECT i, 'a ' || i, 'd ' || i FROM generate_series(1, 20) i;"
                 "INSERT INTO b SELECT i, 'b ' || i, i FROM generate_series(1, 10) i; ANALYZE");
    return 0;
}

static int teardown(void **state) {
    (void)state;
    free(url);
    return 0;
}

static void go_to(screen *s, const char *model, const char *first) {
    screen_type(s, "p");
    screen_wait(s, "Go to model");
    screen_type(s, model);
    screen_settle(s);
    screen_type(s, "<Enter>");
    screen_wait(s, first);
    screen_settle(s);
}

/* Twelve changes of two models, those of `a` before and after those of `b`. */
static screen *with_twelve(void) {
    screen *s = screen_nixie(24, 110, url, (const char *[]){"a", NULL});
    screen_wait(s, "a 5");
    screen_settle(s);
    screen_type(s, "lxjxjxjxjxjlD");
    screen_wait_line(s, 0, "6 staged");
    go_to(s, "b", "b 5");
    screen_type(s, "djdjdjd");
    screen_wait_line(s, 0, "10 staged");
    screen_settle(s);
    screen_type(s, "a");
    screen_wait(s, "new b ─");
    screen_type(s, "gj");
    hands_edit(s, "fresh");
    screen_wait_line(s, 0, "11 staged");
    screen_type(s, "q");
    screen_settle(s);
    go_to(s, "a", "a 9");
    screen_type(s, "8jlx");
    screen_wait_line(s, 0, "12 staged");
    screen_type(s, "C");
    screen_wait(s, "Changes · 12 staged");
    screen_wait(s, "a 7 changes");
    screen_settle(s);
    return s;
}

static void many_changes_are_walked_by_model(void **state) {
    (void)state;
    screen *s = with_twelve();
    HANDS_WALK(s, {"g", "1 of 12"}, {"j", "2 of 12"}, {"2<Down>", "4 of 12"}, {"k", "3 of 12"}, {"9<Up>", "1 of 12"}, {"G", "12 of 12"},
               {"j", "12 of 12"}, {"g6j", "7 of 12"}, {"j", "b 5 changes"}, {"<End><PgUp>", " of 12"}, {"9<PgUp>", "1 of 12"},
               {"<C-f>", " of 12"}, {"9<C-f>", "12 of 12"}, {"k", "11 of 12"}, {"<Home>", "1 of 12"}, {"C", "1 of 12"});
    HANDS_WALK(s, {"z", "t before:"}, {"q5jz", "DEFAULT"}, {"qjz", "after:"}, {"qjz", "a_id before:"}, {"q", "8 of 12"},
               {"y", "copied statement ("}, {"e", "no single value here to edit"}, {"m", "no conflict here"}, {"t", "no conflict here"},
               {"a", "no conflict here"}, {"8j", "12 of 12"}, {"z", "value:"}, {"q", "12 of 12"}, {"e", "fresh"}, {"<Esc>", "12 of 12"},
               {"g6je", "NULL ─╮"}, {"<Esc>", "7 of 12"}, {"<Tab>C", "7 of 12"}, {"G<Enter>", "b 10"}, {"<BS>", "Changes · 12 staged"},
               {"8k<Enter>", "Changes › a › 4"}, {"<BS>", "Changes · 12 staged"}, {"_n", "Changes · 12 staged"}, {"_y", "all taken back"},
               {"j", "nothing is staged  (q goes back"});
    static const char *const keys[] = {"-", "_", "z", "y", "<Enter>", "e", "m", "W"};
    static const char *const refusals[] = {"nothing is staged", "nothing is staged", "nothing is staged", "nothing is staged",
                                           "nothing is staged", "no single value here", "no conflict here", "nothing is staged"};
    for (size_t i = 0; i < NX_COUNT(keys); i++) {
        screen_type(s, keys[i]);
        screen_wait_line(s, -1, refusals[i]);
        screen_type(s, "j"); /* it is gone with the next key */
        screen_settle(s);
        assert_null(strstr(screen_line(s, screen_rows(s) - 1), refusals[i]));
    }
    HANDS_WALK(s, {"u", "Changes · 12 staged"}, {"G-", "Changes · 11 staged"}, {"g-", "Changes · 10 staged"});
    hands_abandon(s);
}

static void changes_are_reviewed_with_the_mouse(void **state) {
    (void)state;
    screen *s = with_twelve();
    screen_type(s, "g");
    hands_click(s, "a 3  update", false);
    screen_wait(s, "3 of 12");
    hands_click(s, "a 7 changes", false); /* a heading belongs to none */
    screen_wait(s, "3 of 12");
    hands_wheel(s, "a 3  update", false);
    screen_wait(s, "4 of 12");
    hands_wheel(s, "a 3  update", true);
    screen_wait(s, "3 of 12");
    hands_click(s, "a 2  update", true);
    screen_wait_line(s, -1, "Changes › a › 2");
    hands_abandon(s);
}

/* A record of twenty fields: the first sixteen, and how many more. */
static void a_wide_record_is_cut_short(void **state) {
    (void)state;
    nx_buf sql = NX_BUF;
    for (int i = 1; i <= 20; i++) {
        nx_buf_addf(&sql, "ALTER TABLE wide ADD f%02d text DEFAULT 'v';", i);
    }
    nx_buf_adds(&sql, "INSERT INTO wide DEFAULT VALUES; ANALYZE wide");
    lab_sql(url, sql.data);
    nx_buf_free(&sql);
    screen *s = screen_nixie(40, 110, url, (const char *[]){"wide", NULL});
    screen_wait(s, "f01");
    screen_settle(s);
    screen_type(s, "o");
    screen_wait_line(s, 0, "1 staged");
    HANDS_WALK(s, {"C", "and 4 more fields  (z shows all)"}, {"z", "f05 value:"}, {"G", "f20 value:"}, {"q", "and 4 more fields"});
    hands_abandon(s);
}

/* --- whose fault it was --------------------------------------------------------------------------------------------- */

static void the_field_at_fault_is_marked(void **state) {
    (void)state;
    static const struct {
        const char *keys, *text, *mark; /* NULL: the server does not tell */
    } cases[] = {
        {"ll", "taken", "! u "},     /* a unique index */
        {"lll", "-1", "! c "},       /* a check with PostgreSQL's own name */
        {"llll", "nowhere", "! r "}, /* a foreign key */
        {"lllll", "-1", NULL},       /* a check with a name of its own */
    };
    lab_sql(url, "CREATE TABLE target (code text PRIMARY KEY); INSERT INTO target VALUES ('here');"
                 "CREATE TABLE g (id int PRIMARY KEY, t text, u text UNIQUE, c int CHECK (c > 0), r text REFERENCES target,"
                 " x int CONSTRAINT own CHECK (x > 0), CONSTRAINT both_of CHECK (t <> u));"
                 "INSERT INTO g VALUES (1, 'a', 'taken', 1, 'here', 1), (2, 'b', 'free', 1, 'here', 1); ANALYZE g");
    screen *s = screen_nixie(24, 110, url, (const char *[]){"g", NULL});
    screen_wait(s, "free");
    screen_settle(s);
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        screen_type(s, "0jl");
        hands_edit(s, "altered");
        screen_type(s, "0");
        screen_type(s, cases[i].keys);
        hands_edit(s, cases[i].text);
        screen_type(s, "W");
        screen_wait(s, "not saved yet");
        screen_type(s, "W");
        screen_wait(s, "not saved: ");
        screen_settle(s);
        if (cases[i].mark) {
            screen_wait(s, cases[i].mark);
        } else {
            assert_false(screen_has(s, "! "));
        }
        screen_type(s, "-");
        screen_wait(s, "nothing is staged");
        screen_type(s, "q");
        screen_settle(s);
    }
    hands_quit(s);
    hands_assert_value(url, "SELECT count(*) FROM g WHERE t = 'altered'", "0");
}

/* --- conflicts -------------------------------------------------------------------------------------------------------- */

static void whole_values_of_a_conflict_can_be_read(void **state) {
    (void)state;
    lab_sql(url, "CREATE TABLE c (id int PRIMARY KEY, t text, n text DEFAULT 'usual');"
                 "INSERT INTO c SELECT i, 't ' || i, 'n ' || i FROM generate_series(1, 4) i; ANALYZE c");
    screen *s = screen_nixie(30, 110, url, (const char *[]){"c", NULL});
    screen_wait(s, "t 4");
    screen_settle(s);
    screen_type(s, "lxlDj0d");
    screen_wait_line(s, 0, "2 staged");
    lab_sql(url, "UPDATE c SET t = repeat('their long text ', 20), n = repeat('x', 70000) WHERE id < 3");
    HANDS_WALK(s, {"W", "not saved yet"}, {"W", "changed by another session"}, {"j", "c 1 was changed"});
    screen_wait(s, "deleted ");
    HANDS_WALK(s, {"g", "1 of 2"}, {"j", "▸    t "}, {"z", "mine:"}, {"G", "their long text their long text"}, {"q", "▸    t "},
               {"j", "▸    n "}, {"z", "DEFAULT"}, {"G", "(the beginning of a longer value)"}, {"q", "▸    n "},
               {"e", "their value is longer than 64 KiB: take theirs"}, {"G", "2 of 2"}, {"j", "▸    t      t 2"}, {"z", "theirs:"},
               {"q", "▸    t      t 2"}, {"k", "▸ - c 2"}, {"k", "▸    n      n 1"}, {"m", "was not read whole"}, {"k", "▸    t      t 1"},
               {"m", "mine is kept, 2 conflicts left"}, {"G", "2 of 2"}, {"m", "was not read whole"}, {"-", "Changes · 1 staged"},
               {"j", "▸    n      n 1"}, {"t", "theirs is taken: W saves"}, {"W", "saved 1 change"});
    hands_assert_value(url, "SELECT coalesce(t, 'none') || ' ' || length(n) FROM c WHERE id = 1", "none 70000");
    hands_assert_value(url, "SELECT count(*) FROM c", "4");
    hands_quit(s);
}

/* A record without a key of its own is found by what it held: a conflict there can only be taken back. */
static void a_conflict_without_a_key_can_only_be_taken_back(void **state) {
    (void)state;
    lab_sql(url, "CREATE TABLE keyless (t text, n int); INSERT INTO keyless VALUES ('one', 1), ('two', 2); ANALYZE keyless");
    screen *s = screen_nixie(24, 110, url, (const char *[]){"keyless", NULL});
    screen_wait(s, "two");
    screen_settle(s);
    hands_edit(s, "mine");
    lab_sql(url, "UPDATE keyless SET t = 'theirs' WHERE n = 1");
    HANDS_WALK(s, {"W", "not saved yet"}, {"W", "not saved: "});
    assert_false(screen_has(s, "keep mine"));
    HANDS_WALK(s, {"-", "nothing is staged"});
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(many_changes_are_walked_by_model),
    cmocka_unit_test(changes_are_reviewed_with_the_mouse),
    cmocka_unit_test(a_wide_record_is_cut_short),
    cmocka_unit_test(the_field_at_fault_is_marked),
    cmocka_unit_test(whole_values_of_a_conflict_can_be_read),
    cmocka_unit_test(a_conflict_without_a_key_can_only_be_taken_back),
};

LAB_MAIN(tests, setup, teardown)
