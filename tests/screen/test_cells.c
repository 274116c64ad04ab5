/* One value on the whole screen: walked, folded, searched, copied, edited, staged and saved. And what the clipboard gets. */
#include <sys/stat.h>
#include <unistd.h>

#include "hands.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"

static char *url;
static char folder[] = "/tmp/nixie-cells-XXXXXX";

static int setup(void **state) {
    (void)state;
    url = lab_database("cells");
    return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    free(url);
    return system(command);
}

static screen *open_values(void) {
    lab_sql(url, "DROP TABLE IF EXISTS v; CREATE TABLE v (id int PRIMARY KEY, j jsonb, t text, b bytea, e text, n text);"
                 "INSERT INTO v VALUES (1, '{\"a\": {\"b\": [1, true, null], \"c\": \"deep\"}, \"d\": \"x\"}',"
                 " 'line one' || repeat(E'\\nmore', 40) || E'\\nlast', '\\x00ff41', '', NULL); ANALYZE v");
    screen *s = screen_nixie(20, 100, url, (const char *[]){"v", NULL});
    screen_wait(s, "line one");
    screen_settle(s);
    return s;
}

static void a_document_is_folded_and_searched(void **state) {
    (void)state;
    screen *s = open_values();
    HANDS_WALK(s, {"lz", "▸▾ {"}, {"j", "▸  ▾ \"a\": {"}, {"h", "▸  ▸ \"a\": { … }"}, {"l", "▸  ▾ \"a\": {"}, {"h", "▸  ▸ \"a\": { … }"},
               {"j", "▸    \"d\": \"x\""}, {"<Enter>", "▸    \"d\": \"x\""}, {"<Left>", "▸▸ { … }"}, {"h", "▸▸ { … }"}, {"l", "▸▾ {"},
               {"/deep<Enter>", "▸      \"c\": \"deep\""}, {"n", "▸      \"c\": \"deep\""}, {"k", "▸      ],"}, {"N", "▸      \"c\": \"deep\""},
               {"h", "▸  ▸ \"a\": { … }"}, {"l", "▸  ▾ \"a\": {"}, {"/none<Enter>", "\"none\" is not in this value"}, {"g", "▸▾ {"},
               {"n", "\"none\" is not here"}, {"/<C-u><Enter>", "▸▾ {"}, {"N", "nothing was searched for"}, {"G", "▸  }"}, {"<PgUp>", "▸▾ {"},
               {" ", "▸  }"}, {"2k", "▸    },"}, {"7<Up>", "▸  ▾ \"a\": {"}, {"<Home>", "line 1 of 11"}, {"y", "copied j (52 bytes)"},
               {"r", "line 1 of 11"});
    hands_click(s, "\"c\": \"deep\"", false);
    screen_wait(s, "▸      \"c\": \"deep\"");
    hands_wheel(s, "\"c\": \"deep\"", true);
    screen_wait(s, "▸        true");
    hands_wheel(s, "\"c\": \"deep\"", false);
    screen_wait(s, "▸      \"c\": \"deep\"");
    hands_quit(s);
}

static void a_text_is_walked_and_searched(void **state) {
    (void)state;
    screen *s = open_values();
    HANDS_WALK(s, {"llz", "line 1 of 42"}, {"j", "line 2 of 42"}, {"3j", "line 5 of 42"}, {"k", "line 4 of 42"}, {"G", "line 42 of 42"},
               {"<PgUp>", "line 26 of 42"}, {"<PgDn>", "line 42 of 42"}, {"9<C-b>", "line 1 of 42"}, {"h", "line 1 of 42"},
               {"/more<Enter>", "line 2 of 42"}, {"n", "line 3 of 42"}, {"N", "line 2 of 42"}, {"N", "line 41 of 42"},
               {"/<C-u>absent<Enter>", "\"absent\" is not in this value"}, {"y", "copied t (213 bytes)"}, {"g", "line 1 of 42"});
    hands_click(s, "more", false);
    screen_wait(s, "line 2 of 42");
    hands_wheel(s, "more", false);
    screen_wait(s, "line 5 of 42");
    hands_wheel(s, "more", true);
    screen_wait(s, "line 2 of 42");
    hands_quit(s);
}

static void bytes_and_nothing_are_shown_for_what_they_are(void **state) {
    (void)state;
    screen *s = open_values();
    HANDS_WALK(s, {"lllz", "00 ff 41"}, {"/ff 41<Enter>", "line 1 of 1"}, {"y", "copied b (8 bytes)"}, {"X", "v-1.b.bin"}, {"<Esc>", "00 ff 41"},
               {"qlz", "''"}, {"y", "copied e (0 bytes)"}, {"j", "''"}, {"X", "v-1.e.txt"}, {"<Esc>", "''"}, {"qlz", "NULL"},
               {"y", "there is no text to copy"}, {"X", "NULL: there is nothing to write into a file"}, {"h", "NULL"},
               {"/x<Enter>", "\"x\" is not in this value"});
    hands_quit(s);
}

/* What is staged is what is shown, until it is taken back; and after a save it is found by the key it has then. */
static void a_value_is_staged_where_it_is_shown(void **state) {
    (void)state;
    screen *s = open_values();
    screen_type(s, "lllllz");
    screen_wait(s, "v · n");
    screen_settle(s);
    screen_type(s, "e");
    screen_wait(s, "Enter stages");
    screen_type(s, "something<Enter>");
    screen_wait_gone(s, "Enter stages");
    HANDS_WALK(s, {"j", "v · n (staged)"}, {"y", "copied n (9 bytes)"}, {"r", "v · n (staged)"}, {"X", "v-1.n.txt"}, {"<Esc>", "something"});
    screen_type(s, "u");
    screen_wait_gone(s, "(staged)");
    screen_wait(s, "NULL");
    HANDS_WALK(s, {"<C-r>", "v · n (staged)"}, {"q0z", "v · id"});
    screen_type(s, "e");
    screen_wait(s, "Enter stages");
    screen_type(s, "<C-u>7<Enter>");
    screen_wait(s, "v · id (staged)");
    screen_type(s, "W");
    screen_wait(s, "not saved yet");
    screen_type(s, "W");
    screen_wait_line(s, -1, "saved 1 change");
    hands_assert_value(url, "SELECT id || n FROM v", "7something");
    HANDS_WALK(s, {"r", "v · id"});
    assert_false(screen_has(s, "no record of v"));
    lab_sql(url, "DELETE FROM v");
    HANDS_WALK(s, {"r", "no record of v with id = 7"}, {"y", "copied id (1 byte"});
    hands_quit(s);
}

/* --- the clipboard -------------------------------------------------------------------------------------------------- */

static bool has_text(screen *s, void *data) {
    char found[64] = "";
    FILE *file = fopen(data, "r");
    (void)s;
    if (file) {
        found[fread(found, 1, sizeof found - 1, file)] = '\0';
        fclose(file);
    }
    return strcmp(found, "copied text") == 0;
}

/* The desktop's own program gets the text, whichever there is; without a desktop only the terminal does. */
static void the_desktops_clipboard_gets_the_text(void **state) {
    (void)state;
    static const struct {
        const char *variable, *program;
    } cases[] = {{"DISPLAY=:9", "xclip"}, {"WAYLAND_DISPLAY=w", "wl-copy"}, {"DISPLAY=", NULL}};
    char path[80], output[64], search[256];
    lab_sql(url, "CREATE TABLE words (t text PRIMARY KEY); INSERT INTO words VALUES ('copied text'); ANALYZE words");
    snprintf(output, sizeof output, "%s/got", folder);
    snprintf(search, sizeof search, "PATH=%s:%s", folder, getenv("PATH"));
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, cases[i].program ? cases[i].program : "xclip");
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fprintf(file, "#!/bin/sh\ncat >'%s'\n", output);
        fclose(file);
        chmod(path, 0700);
        unlink(output);
        const char *argv[] = {screen_program(), "--url", url, "words", NULL};
        screen *s = screen_start(20, 90, argv, (const char *[]){cases[i].variable, search, NULL});
        screen_wait(s, "copied text");
        screen_settle(s);
        screen_type(s, "y");
        screen_wait_line(s, -1, "copied t (11 bytes)");
        hands_wait_sent(s, "\033]52;c;Y29waWVkIHRleHQ=");
        if (cases[i].program) {
            screen_until(s, has_text, output, "the text in the clipboard");
        }
        hands_quit(s);
        assert_int_equal(access(output, F_OK) == 0, cases[i].program != NULL);
        unlink(path);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_document_is_folded_and_searched),
    cmocka_unit_test(a_text_is_walked_and_searched),
    cmocka_unit_test(bytes_and_nothing_are_shown_for_what_they_are),
    cmocka_unit_test(a_value_is_staged_where_it_is_shown),
    cmocka_unit_test(the_desktops_clipboard_gets_the_text),
};

LAB_MAIN(tests, setup, teardown)
