/* Browsing the sample data through the real screen. */
#include <sys/wait.h>

#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/arena.h"
#include "screen.h"

static screen *open_model(const char *model) {
    screen *s = screen_nixie(24, 100, url, (const char *[]){model, NULL});
    return s;
}

/* q leaves; the program must end by itself and leave the terminal as it was. */
static void quit(screen *s) {
    screen_type(s, ":quit<Enter>");
    int status = screen_wait_exit(s);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_false(screen_alternate(s));
    assert_true(screen_cursor_visible(s));
    assert_true(screen_terminal_restored(s));
    screen_stop(s);
}

static void the_frame_says_where_one_is(void **state) {
    (void)state;
    screen *s = screen_nixie(24, 80, url, NULL);
    screen_wait_line(s, 0, "nixie");
    screen_wait_line(s, 0, "read-write");
    screen_wait(s, "Models");
    screen_wait(s, "Post");
    screen_wait(s, "~100K");
    screen_wait(s, "audit");
    screen_wait_line(s, -1, "? help");
    assert_false(screen_has(s, "Event_2025H1")); /* partitions are folded */
    quit(s);
}

static void a_model_opens_with_its_first_rows(void **state) {
    (void)state;
    screen *s = screen_nixie(24, 100, url, NULL);
    screen_wait(s, "Category");
    screen_type(s, "/^C<BS><BS>Post<Enter>");
    screen_wait(s, "Hello, world");
    screen_wait(s, "Keyset beats offset");
    screen_wait(s, "1-19 of ~100K");
    screen_wait_line(s, -1, "Post › 1");
    screen_wait_line(s, -1, "id integer not null");
    quit(s);
}

static void the_last_row_is_one_key_away(void **state) {
    (void)state;
    screen *s = open_model("Post");
    screen_wait(s, "Hello, world");
    screen_type(s, "G");
    screen_wait(s, "100000");
    screen_wait(s, "100%");
    screen_type(s, "g");
    screen_wait(s, "Hello, world");
    screen_wait(s, "1-19 of");
    quit(s);
}

static void paging_shows_every_row_once(void **state) {
    (void)state;
    screen *s = open_model("Post");
    screen_wait(s, "Hello, world");
    screen_type(s, "<PgDn><PgDn><PgDn><PgDn><PgDn><PgDn><PgDn><PgDn><PgDn>");
    screen_wait_line(s, -1, "Post › 163");
    screen_type(s, "<C-b>");
    screen_wait_line(s, -1, "Post › 145");
    screen_type(s, "300j");
    screen_wait_line(s, -1, "Post › 445");
    screen_type(s, "50%");
    screen_wait(s, "of ~100K ─ 5"); /* about the middle, marked as an estimate */
    screen_wait(s, "~4");
    quit(s);
}

static void one_goes_to_a_record_by_its_key(void **state) {
    (void)state;
    screen *s = open_model("User");
    screen_wait(s, "ada@blog.example");
    screen_type(s, "@500<Enter>");
    screen_wait_line(s, -1, "User › 500");
    screen_type(s, "@email=linus@blog.example<Enter>");
    screen_wait_line(s, -1, "User › 2");
    screen_type(s, "@nonsense=1<Enter>");
    screen_wait(s, "nonsense");
    screen_type(s, "<Esc>@99999999<Enter>");
    screen_wait_line(s, -1, "99999999");
    quit(s);
}

static void null_empty_and_the_word_null_look_different(void **state) {
    (void)state;
    lab_sql(url, "CREATE TABLE looks (id int PRIMARY KEY, v text, j jsonb);"
                 "INSERT INTO looks VALUES (1, NULL, NULL), (2, 'NULL', 'null'), (3, '', '{}'), (4, 'x  ', '1'),"
                 " (5, E'a\\nb\\tc\\x1b[31mred', '2'), (6, '^[', '3')");
    screen *s = open_model("looks");
    screen_wait(s, "red");
    int row, column;
    assert_true(screen_find(s, "NULL", &row, &column));
    screen_cell null = screen_at(s, row, column), word = screen_at(s, row + 1, column);
    assert_string_equal(null.text, "N");
    assert_string_equal(word.text, "N");
    assert_true(null.italic != word.italic || null.underline != word.underline);
    screen_wait(s, "''");
    screen_wait(s, "x··");
    screen_wait(s, "a␊b␉c^[[31mred");
    screen_wait(s, "1-6 of 6"); /* the screen is drawn to its end */
    assert_true(screen_find(s, "^[[31mred", &row, &column));
    screen_cell escape = screen_at(s, row, column), literal = screen_at(s, row + 1, column - 5);
    assert_string_equal(literal.text, "^");
    assert_true(escape.underline != literal.underline); /* an escape byte and the text ^[ differ */
    quit(s);
}

static void hostile_text_never_reaches_the_terminal(void **state) {
    (void)state;
    lab_sql(url, "CREATE TABLE \"h\033]0;pwned\007\" (id int PRIMARY KEY, \"c\033[2J\" text);"
                 "INSERT INTO \"h\033]0;pwned\007\" VALUES (1, E'\\x1b]52;c;aGk=\\x07\\u009b31m\\u202eabc\\u200b');"
                 "COMMENT ON TABLE \"h\033]0;pwned\007\" IS E'\\x1b[?1000h'");
    screen *s = screen_nixie(24, 100, url, NULL);
    screen_wait(s, "Category");
    screen_type(s, "/pwned<Enter>");
    screen_wait(s, "<9B>31m<202E>abc");
    screen_type(s, "i");
    screen_wait(s, "addressed by primary key");
    screen_wait(s, "^[[?1000h");
    size_t len;
    const char *bytes = screen_bytes(s, &len);
    static const char *const forbidden[] = {"\033]0;", "\033]52;c;aGk=", "\xc2\x9b", "\xe2\x80\xae", "\xe2\x80\x8b", "\033[31m"};
    for (size_t i = 0; i < NX_COUNT(forbidden); i++) {
        assert_null(memmem(bytes, len, forbidden[i], strlen(forbidden[i])));
    }
    quit(s);
    lab_sql(url, "DROP TABLE \"h\033]0;pwned\007\"");
}

static void sorting_by_any_field(void **state) {
    (void)state;
    screen *s = open_model("Category");
    screen_wait(s, "Databases");
    screen_type(s, "ls");
    screen_wait(s, "name ▲");
    screen_type(s, "s");
    screen_wait(s, "name ▼");
    screen_type(s, "hS");
    screen_wait(s, "name ▼1");
    screen_wait(s, "id ▲2");
    screen_type(s, "ls");
    screen_wait(s, "name ▲");
    quit(s);
}

static void filtering_says_where_it_went_wrong(void **state) {
    (void)state;
    screen *s = open_model("Post");
    screen_wait(s, "Hello, world");
    screen_type(s, "/title contains \"keyset\" and published = false<Enter>");
    screen_wait(s, "Post · title contains");
    screen_wait_gone(s, "Hello, world");
    screen_type(s, "\\");
    screen_wait(s, "Hello, world");
    screen_type(s, "/titel = 1<Enter>");
    screen_wait(s, "titel");
    screen_wait(s, "title"); /* the hint names the nearest field */
    screen_type(s, "<C-c>");
    screen_type(s, "l&");
    screen_wait(s, "title = 'Hello, world'");
    screen_type(s, "\\");
    screen_wait_gone(s, "title = 'Hello");
    screen_type(s, "!");
    screen_wait(s, "title != 'Hello, world'");
    quit(s);
}

static void references_are_followed_and_walked_back(void **state) {
    (void)state;
    screen *s = open_model("Post");
    screen_wait(s, "Hello, world");
    screen_type(s, "lllllll");
    screen_wait(s, "79 → Hugo Dijkstra"); /* the label of the author stands in the cell */
    quit(s);
    s = open_model("User");
    screen_wait(s, "ada@blog.example");
    screen_type(s, "jF");
    screen_wait(s, "what refers to User 2");
    screen_wait(s, "Post");
    screen_type(s, "<Esc>");
    screen_wait_gone(s, "what refers to");
    screen_type(s, "lllll");
    int row, column;
    assert_true(screen_find(s, "linus@blog.example", &row, &column));
    screen_wait_line(s, -1, "managerId");
    screen_type(s, "f");
    screen_wait_line(s, -1, "User › 2 › User › 1");
    screen_type(s, "<BS>");
    screen_wait_line(s, -1, "User › 2");
    screen_wait_line(s, -1, "managerId"); /* exactly where one was */
    screen_type(s, "<A-Right>");
    screen_wait_line(s, -1, "User › 2 › User › 1");
    quit(s);
}

static void a_record_shows_its_relations_as_a_tree(void **state) {
    (void)state;
    screen *s = open_model("User");
    screen_wait(s, "ada@blog.example");
    screen_type(s, "<Enter>");
    screen_wait(s, "User 1");
    screen_wait(s, "Relations");
    screen_wait(s, "Profile");
    screen_type(s, "G<Enter>");
    screen_type(s, "<BS>");
    screen_wait(s, "ada@blog.example");
    quit(s);
}

static void whole_values_open(void **state) {
    (void)state;
    screen *s = open_model("User");
    screen_wait(s, "ada@blog.example");
    screen_type(s, "$z");
    screen_wait(s, "\"digest\": \"daily\"");
    screen_wait(s, "\"theme\": \"light\"");
    screen_type(s, "h");
    screen_wait(s, "… }");
    screen_wait_gone(s, "\"digest\"");
    screen_type(s, "l/digest<Enter>");
    screen_wait(s, "\"digest\"");
    quit(s);
}

static void a_model_is_described(void **state) {
    (void)state;
    screen *s = open_model("Post");
    screen_wait(s, "Hello, world");
    screen_type(s, "i");
    screen_wait(s, "What people write");
    screen_wait(s, "Fields");
    screen_wait(s, "timestamp(3)");
    screen_type(s, "G");
    screen_wait(s, "Relations");
    screen_wait(s, "many-to-many");
    quit(s);
}

static void the_finder_goes_to_any_model(void **state) {
    (void)state;
    screen *s = open_model("Post");
    screen_wait(s, "Hello, world");
    screen_type(s, "<C-p>evnt");
    screen_wait(s, "Event");
    screen_type(s, "<Enter>");
    screen_wait_line(s, -1, "Event");
    screen_wait(s, "actor");
    quit(s);
}

static void help_lists_the_keys_of_this_view(void **state) {
    (void)state;
    screen *s = open_model("Post");
    screen_wait(s, "Hello, world");
    screen_type(s, "?");
    screen_wait(s, "q closes");
    screen_type(s, "/sort by<Enter>");
    screen_wait(s, "sort by this field");
    screen_type(s, "G");
    screen_wait(s, "draw the screen again");
    screen_type(s, "q");
    screen_wait_gone(s, "draw the screen again");
    quit(s);
}

static void any_size_is_survived(void **state) {
    (void)state;
    static const struct {
        int rows, columns;
    } sizes[] = {{10, 40}, {24, 80}, {5, 20}, {200, 500}, {1, 1}, {10, 41}, {30, 64}, {24, 100}};
    screen *s = open_model("Post");
    screen_wait(s, "Hello, world");
    for (size_t i = 0; i < NX_COUNT(sizes); i++) {
        screen_resize(s, sizes[i].rows, sizes[i].columns);
        if (sizes[i].rows >= 10 && sizes[i].columns >= 40) {
            screen_wait(s, "Hello");
            screen_wait_line(s, -1, "? help");
        } else if (sizes[i].columns >= 20) {
            screen_wait(s, "too small");
        }
    }
    quit(s);
}

static void the_mouse_works(void **state) {
    (void)state;
    screen *s = open_model("Category");
    screen_wait(s, "PostgreSQL");
    int row, column;
    assert_true(screen_find(s, "PostgreSQL", &row, &column));
    screen_click(s, row, column, false);
    screen_wait_line(s, -1, "Category › 2");
    screen_wait_line(s, -1, "name");
    assert_true(screen_find(s, "description", &row, &column));
    screen_click(s, row, column, false);
    screen_wait(s, "description ▲");
    quit(s);
}

static void nothing_that_is_pasted_runs(void **state) {
    (void)state;
    screen *s = open_model("Post");
    screen_wait(s, "Hello, world");
    screen_paste(s, "dddW\nWq\n");
    screen_wait_line(s, -1, "pasted text ignored");
    assert_false(screen_has(s, "staged"));
    quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_frame_says_where_one_is),
    cmocka_unit_test(a_model_opens_with_its_first_rows),
    cmocka_unit_test(the_last_row_is_one_key_away),
    cmocka_unit_test(paging_shows_every_row_once),
    cmocka_unit_test(one_goes_to_a_record_by_its_key),
    cmocka_unit_test(null_empty_and_the_word_null_look_different),
    cmocka_unit_test(hostile_text_never_reaches_the_terminal),
    cmocka_unit_test(sorting_by_any_field),
    cmocka_unit_test(filtering_says_where_it_went_wrong),
    cmocka_unit_test(references_are_followed_and_walked_back),
    cmocka_unit_test(a_record_shows_its_relations_as_a_tree),
    cmocka_unit_test(whole_values_open),
    cmocka_unit_test(a_model_is_described),
    cmocka_unit_test(the_finder_goes_to_any_model),
    cmocka_unit_test(help_lists_the_keys_of_this_view),
    cmocka_unit_test(any_size_is_survived),
    cmocka_unit_test(the_mouse_works),
    cmocka_unit_test(nothing_that_is_pasted_runs),
};

LAB_MAIN(tests, group_open_sample, group_close)
