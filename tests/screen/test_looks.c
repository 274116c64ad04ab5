/* What reaches a terminal: no colour where none is wanted, no character it cannot show, no byte that acts. */
#include <sys/wait.h>

#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/arena.h"
#include "sent.h"

static screen *start(int rows, int columns, const char *model, const char *const *env) {
    const char *argv[] = {screen_program(), "--url", url, model, NULL};
    return screen_start(rows, columns, argv, env);
}

static sent judge(screen *s) {
    size_t len;
    const char *bytes = screen_bytes(s, &len);
    return sent_judge(bytes, len);
}

/* --- colours and characters ------------------------------------------------------------------------------------ */

static void make_nulls(void) {
    lab_sql(url, "DROP TABLE IF EXISTS nulls;"
                 "CREATE TABLE nulls (id int PRIMARY KEY, v text, \"größe\" text);"
                 "INSERT INTO nulls VALUES (1, 'first', 'x'), (2, NULL, 'x'), (3, 'NULL', 'é€→'), (4, '', 'x')");
}

/* NULL and the word NULL differ by more than colour. */
static void assert_null_looks_different(screen *s) {
    int row, column;
    assert_true(screen_find(s, "NULL", &row, &column));
    screen_cell null = screen_at(s, row, column), word = screen_at(s, row + 1, column);
    assert_string_equal(null.text, "N");
    assert_string_equal(word.text, "N");
    assert_true(null.underline != word.underline || null.italic != word.italic || null.reverse != word.reverse);
}

static void tour(screen *s) {
    screen_wait(s, "first");
    screen_wait(s, "of 4");
    assert_null_looks_different(s);
    screen_type(s, "l");
    hands_edit(s, "staged");
    screen_wait(s, "staged ");
    screen_type(s, "jjjd");
    screen_wait_line(s, 0, "2 staged");
    screen_type(s, "C");
    screen_wait(s, "Changes");
    screen_type(s, "q?");
    screen_wait(s, "q closes");
    screen_type(s, "qi");
    screen_wait(s, "addressed by primary key");
    screen_type(s, "q");
    screen_wait_gone(s, "addressed by");
    screen_type(s, ":nonsense<Enter>");
    screen_wait_line(s, -1, "no command and no model");
    screen_type(s, "k"); /* any key takes it away */
    screen_wait_line(s, -1, "? help");
    screen_type(s, "<C-p>");
    screen_wait(s, "Go to model");
    screen_type(s, "<Esc>");
    screen_wait_gone(s, "Go to model");
}

static void no_color_means_none(void **state) {
    (void)state;
    make_nulls();
    screen *s = start(24, 100, "nulls", (const char *[]){"NO_COLOR=1", NULL});
    tour(s);
    for (int row = 0; row < screen_rows(s); row++) {
        for (int column = 0; column < screen_columns(s); column++) {
            screen_cell cell = screen_at(s, row, column);
            assert_int_equal(cell.fg, -1);
            assert_int_equal(cell.bg, -1);
        }
    }
    assert_false(judge(s).colours);
    hands_abandon(s);
}

static void eight_colours_are_enough(void **state) {
    (void)state;
    make_nulls();
    screen *s = start(24, 100, "nulls", (const char *[]){"TERM=xterm", NULL});
    tour(s);
    bool coloured = false;
    for (int row = 0; row < screen_rows(s); row++) {
        for (int column = 0; column < screen_columns(s); column++) {
            screen_cell cell = screen_at(s, row, column);
            assert_true(cell.fg < 16 && cell.bg < 16);
            coloured |= cell.fg >= 0;
        }
    }
    assert_true(coloured);
    hands_abandon(s);
}

static bool knows_the_terminal_or_not(screen *s, void *data) {
    (void)data;
    return screen_has(s, "is unknown") || screen_has(s, "first");
}

static void other_terminals_work(void **state) {
    (void)state;
    static const char *const terms[] = {"TERM=vt100", "TERM=linux", "TERM=screen", "TERM=tmux-256color", "TERM=vt220"};
    make_nulls();
    for (size_t i = 0; i < NX_COUNT(terms); i++) {
        /* On TERM=linux curses loads the console's mouse library, which leaks. */
        screen *s = start(24, 100, "nulls", (const char *[]){terms[i], "ASAN_OPTIONS=detect_leaks=0", NULL});
        screen_until(s, knows_the_terminal_or_not, NULL, "rows, or that the terminal is unknown");
        if (screen_has(s, "is unknown")) { /* its description is not installed */
            print_message("skipped: %s\n", terms[i]);
            hands_ended(s, 2);
            continue;
        }
        screen_wait(s, "first");
        screen_type(s, "j<Enter>");
        screen_wait(s, "nulls 2");
        screen_type(s, ":quit<Enter>");
        int status = screen_wait_exit(s);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            size_t len;
            const char *bytes = screen_bytes(s, &len);
            fail_msg("%s: ended with %x\n%s", terms[i], (unsigned)status, bytes + (len > 600 ? len - 600 : 0));
        }
        assert_true(screen_terminal_restored(s));
        screen_stop(s);
    }
}

/* A terminal that cannot repeat a character: libvterm 0.1 takes a repetition that ends one column before the
 * margin for one that ends at it. */
#define NO_REPEAT "TERM=screen-256color"

static void assert_plain_ascii(const char *const *env) {
    make_nulls();
    screen *s = start(24, 100, "nulls", env);
    screen_wait(s, "+ nulls -");
    tour(s);
    screen_wait(s, "gr<00F6><00DF>e"); /* visible and told apart, not lost */
    assert_false(judge(s).beyond_ascii);
    screen_type(s, ":User<Enter>");
    screen_wait(s, "ada@blog.example");
    screen_type(s, ":Specimen<Enter>");
    screen_wait(s, "every field NULL");
    screen_type(s, "G<Enter>");
    screen_wait(s, "Specimen ");
    assert_false(judge(s).beyond_ascii);
    assert_string_equal(judge(s).wrong, "");
    hands_abandon(s);
}

static void the_c_locale_gets_ascii(void **state) {
    (void)state;
    assert_plain_ascii((const char *[]){"LC_ALL=C", NO_REPEAT, NULL});
}

static void an_eight_bit_locale_gets_ascii(void **state) {
    (void)state;
    char folder[] = "/tmp/nixie-locale-XXXXXX", command[256], path[80];
    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof command, "localedef -i en_US -f ISO-8859-1 %s/en_US.ISO-8859-1 >/dev/null 2>&1", folder);
    snprintf(path, sizeof path, "LOCPATH=%s", folder);
    bool made = system(command) == 0;
    if (made) {
        /* The C library leaks what it reads of LOCPATH. */
        assert_plain_ascii((const char *[]){path, "ASAN_OPTIONS=detect_leaks=0", "LC_ALL=en_US.ISO-8859-1", NO_REPEAT, NULL});
    }
    snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
    if (!made) {
        print_message("skipped: localedef cannot make en_US.ISO-8859-1 here\n");
        skip();
    }
}

static void only_harmless_bytes_are_sent(void **state) {
    (void)state;
    screen *s = start(50, 180, "Specimen", NULL);
    screen_wait(s, "every field NULL");
    for (int i = 0; i < 90; i++) { /* all fields of all records come by */
        screen_type(s, "l");
    }
    screen_type(s, "G<C-b><C-b><C-b>0");
    char *keys = lab_query(url, "SELECT string_agg(id::text, ' ' ORDER BY id) FROM \"Specimen\" WHERE id >= 20"), *rest = NULL;
    for (char *key = strtok_r(keys, " ", &rest); key; key = strtok_r(NULL, " ", &rest)) {
        char step[64];
        snprintf(step, sizeof step, "@%s<Enter>", key);
        screen_type(s, step);
        snprintf(step, sizeof step, "Specimen › %s", key);
        screen_wait_line(s, -1, step);
        screen_type(s, "<Enter>");
        screen_wait(s, "▸  id ⚷");
        screen_type(s, "G<PgUp>g12jz"); /* the record, and its text whole */
        screen_wait(s, "Specimen · text");
        screen_wait(s, "line 1 of ");
        screen_type(s, "ye<C-c>qq");
        screen_wait_line(s, -1, step);
    }
    free(keys);
    screen_type(s, ":quit<Enter>");
    int status = screen_wait_exit(s);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    sent all = judge(s);
    assert_string_equal(all.wrong, "");
    assert_true(all.clipboards > 10);
    screen_stop(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(no_color_means_none),
    cmocka_unit_test(eight_colours_are_enough),
    cmocka_unit_test(other_terminals_work),
    cmocka_unit_test(the_c_locale_gets_ascii),
    cmocka_unit_test(an_eight_bit_locale_gets_ascii),
    cmocka_unit_test(only_harmless_bytes_are_sent),
};

LAB_MAIN(tests, group_open_sample, group_close)
