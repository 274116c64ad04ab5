/* The command line: settings, abbreviations, completion, and what it does not know. */
#include "hands.h"
#include "lab/lab.h"
#include "lab/test.h"

static char *url;

static int setup(void **state) {
    (void)state;
    url = lab_database("command");
    lab_sql(url, "CREATE TABLE item (id int PRIMARY KEY, name text, mark text); INSERT INTO item VALUES (1, 'first', 'a');"
                 "CREATE TABLE items_of_old (id int PRIMARY KEY); CREATE TABLE elsewhere (id int PRIMARY KEY)");
    return 0;
}

static int teardown(void **state) {
    (void)state;
    free(url);
    return 0;
}

static void settings_are_set_and_taken_back(void **state) {
    (void)state;
    screen *s = hands_rows(url, "item", "first");
    ANSWERS(s, {":set mouse off<Enter>", "the mouse is the terminal's: text can be selected"}, {":set mouse<Enter>", "the mouse is nixie's"},
            {":set nomouse<Enter>", "the mouse is the terminal's"}, {":set mouse on<Enter>", "the mouse is nixie's"},
            {":set nosuch<Enter>", "unknown setting: nosuch  (set mouse on|off, set system on|off)"},
            {":set mouse maybe<Enter>", "unknown setting: mouse maybe"}, {":set systems<Enter>", "unknown setting: systems"},
            {":set no<Enter>", "unknown setting: no"}, {":nosuch<Enter>", "no command and no model: nosuch"});
    assert_false(screen_has(s, "pg_class"));
    screen_type(s, ":set system<Enter>");
    screen_type(s, "<Tab>/pg_class");
    screen_wait(s, "pg_class");
    screen_wait(s, "pg_catalog");
    screen_type(s, "<Esc>:set nosystem<Enter>");
    screen_wait_gone(s, "pg_catalog");
    hands_quit(s);
}

static void commands_are_run_by_their_names(void **state) {
    (void)state;
    screen *s = hands_rows(url, "item", "first");
    ANSWERS(s, {":<Enter>", "item › 1"}, {":   <Enter>", "item › 1"}, {":w<Enter>", "nothing is staged"}, {":  undo<Enter>", "nothing to undo"},
            {":order id desc<Enter>", "item › 1"});
    screen_wait(s, "id ▼ ⚷");
    screen_type(s, ":elsewhere<Enter>");
    screen_wait(s, "╭ elsewhere");
    screen_type(s, ":log<Enter>");
    screen_wait(s, "╭ statements");
    screen_type(s, ":back<Enter>:back<Enter>");
    screen_wait(s, "╭ item");
    screen_type(s, "l");
    hands_edit(s, "other");
    screen_type(s, ":q<Enter>");
    screen_wait(s, "1 staged change is not saved. Quit?");
    screen_type(s, "<Esc>");
    screen_wait_gone(s, "Quit?");
    screen_type(s, "e<C-u>first<Enter>");
    screen_wait_gone(s, "1 staged");
    screen_type(s, ":q<Enter>");
    hands_ended(s, 0);
}

/* Tab completes where one word fits, and offers where several do. */
static void words_are_completed(void **state) {
    (void)state;
    static const struct {
        const char *typed, *shown;
    } cases[] = {
        {":elsew<Tab>", "│ elsewhere "}, {":ELSEW<Tab>", "│ elsewhere "}, {":mig<Tab>", "│ migrations "},  {":set mo<Tab>", "  mouse off"},
        {":set s<Tab>", "  system on"},  {":set q<Tab>", "│ set q "},     {":label na<Tab>", "│ label name "}, {":label q<Tab>", "│ label q "},
        {":unsta<Tab>", "│ unstage"},    {":zzz<Tab>", "│ zzz "},
    };
    screen *s = hands_rows(url, "item", "first");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        screen_type(s, cases[i].typed);
        screen_wait(s, cases[i].shown);
        screen_type(s, "<Esc><Esc>"); /* what is offered, then the line */
        screen_wait_gone(s, "Enter runs");
    }
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(settings_are_set_and_taken_back),
    cmocka_unit_test(commands_are_run_by_their_names),
    cmocka_unit_test(words_are_completed),
};

LAB_MAIN(tests, setup, teardown)
