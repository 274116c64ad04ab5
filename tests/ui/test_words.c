/* How keys, numbers, documents and pictures are written: for people and for other programs. */
#include <locale.h>

#include "canvas.h"
#include "doc.h"
#include "format.h"
#include "json_out.h"
#include "key.h"
#include "lab/test.h"
#include "long.h"
#include "nixie/buf.h"

static int setup(void **state) {
    (void)state;
    return setlocale(LC_ALL, "C.UTF-8") ? 0 : -1;
}

/* --- keys ------------------------------------------------------------------------------------------------------- */

static void a_key_has_a_name_and_the_name_is_the_key(void **state) {
    (void)state;
    static const struct {
        const char *name;
        ui_key key;
        const char *again; /* the name that is shown; NULL: the same */
    } keys[] = {
        {"j", {'j', 0}, NULL},
        {"G", {'G', 0}, NULL},
        {"~", {'~', 0}, NULL},
        {"!", {'!', 0}, NULL},
        {"Space", {' ', 0}, NULL},
        {"PgDn", {UI_KEY_PGDN, 0}, NULL},
        {"Shift-Tab", {UI_KEY_BACKTAB, 0}, NULL},
        {"F1", {UI_KEY_F1, 0}, NULL},
        {"F12", {UI_KEY_F12, 0}, NULL},
        {"Alt-F5", {UI_KEY_F1 + 4, UI_ALT}, NULL},
        {"Ctrl-F", {'f', UI_CTRL}, NULL},
        {"Ctrl-f", {'f', UI_CTRL}, "Ctrl-F"},
        {"Ctrl-]", {']', UI_CTRL}, NULL},
        {"Ctrl-{", {'{', UI_CTRL}, NULL},
        {"Ctrl-~", {'~', UI_CTRL}, NULL},
        {"Ctrl-@", {'@', UI_CTRL}, NULL},
        {"Alt-Left", {UI_KEY_LEFT, UI_ALT}, NULL},
        {"Alt-Ctrl-x", {'x', UI_CTRL | UI_ALT}, "Ctrl-Alt-X"},
        {"Shift-Up", {UI_KEY_UP, UI_SHIFT}, NULL},
        {"Alt--", {'-', UI_ALT}, NULL},
        {"F", {'F', 0}, NULL},
    };
    char name[32];
    for (size_t i = 0; i < NX_COUNT(keys); i++) {
        ui_key key;
        if (!ui_key_parse(keys[i].name, &key) || !ui_key_equal(key, keys[i].key)) {
            fail_msg("%s is read as %x, %x", keys[i].name, (unsigned)key.code, key.mods);
        }
        assert_string_equal(ui_key_name(key, name), keys[i].again ? keys[i].again : keys[i].name);
    }
    static const char *const none[] = {"", "F0", "F13", "jj", "Ctrl-", "Alt-jj", "Ctrl-Nowhere", "\xc3\xa9", "\x1b", "\x7f"};
    for (size_t i = 0; i < NX_COUNT(none); i++) {
        ui_key key;
        if (ui_key_parse(none[i], &key)) {
            fail_msg("\"%s\" is a key", none[i]);
        }
    }
    assert_string_equal(ui_key_name((ui_key){0xe9, 0}, name), "U+00E9");
    assert_string_equal(ui_key_name((ui_key){0x1f600, UI_ALT}, name), "Alt-U+1F600");
    assert_string_equal(ui_key_name((ui_key){UI_KEY_F12 + 1, 0}, name), "U+11001B");
}

/* --- numbers ----------------------------------------------------------------------------------------------------- */

static void numbers_are_short_or_exact(void **state) {
    (void)state;
    static const struct {
        int64_t n;
        const char *count, *estimate, *exact, *size;
    } numbers[] = {
        {0, "0", "~0", "0", "0 B"},
        {7, "7", "~7", "7", "7 B"},
        {999, "999", "~999", "999", "999 B"},
        {1000, "1000", "~1000", "1,000", "1000 B"},
        {1024, "1024", "~1024", "1,024", "1.0 KiB"},
        {9999, "9999", "~9999", "9,999", "9.8 KiB"},
        {10000, "10K", "~10K", "10,000", "9.8 KiB"},
        {123456, "123K", "~123K", "123,456", "121 KiB"},
        {1000000, "1M", "~1M", "1,000,000", "977 KiB"},
        {1250000, "1.2M", "~1.2M", "1,250,000", "1.2 MiB"},
        {48000000, "48M", "~48M", "48,000,000", "45.8 MiB"},
        {5368709120, "5.4G", "~5.4G", "5,368,709,120", "5.0 GiB"},
        {3000000000000, "3T", "~3T", "3,000,000,000,000", "2.7 TiB"},
        {INT64_MAX, "9223372T", "~9223372T", "9,223,372,036,854,775,807", "8388608 TiB"},
        {-1, "-1", "", "-1", "-1 B"},
        {-123456, "-123456", "", "-123,456", "-123456 B"},
    };
    char buf[32];
    for (size_t i = 0; i < NX_COUNT(numbers); i++) {
        assert_string_equal(ui_format_count(numbers[i].n, buf), numbers[i].count);
        assert_string_equal(ui_format_estimate(numbers[i].n, buf), numbers[i].estimate);
        assert_string_equal(ui_format_size(numbers[i].n, buf), numbers[i].size);
        if (strlen(numbers[i].exact) < 24) {
            assert_string_equal(ui_format_exact(numbers[i].n, buf), numbers[i].exact);
        }
    }
}

/* --- JSON ---------------------------------------------------------------------------------------------------------- */

static void a_document_is_written_member_by_member(void **state) {
    (void)state;
    nx_field plain = {.name = "id", .alias = "Id"};
    nx_field *fields[] = {&plain, NULL};
    const char *names[] = {"a", "\"b\""};
    nx_buf out = NX_BUF;
    nx_buf_addc(&out, '{');
    ui_json_text(&out, "text", "x\ny");
    ui_json_text(&out, "none", NULL);
    ui_json_number(&out, "count", 12);
    ui_json_number(&out, "unknown", -1);
    ui_json_bool(&out, "yes", true);
    ui_json_bool(&out, "no", false);
    ui_json_names(&out, "names", names, 2);
    ui_json_names(&out, "nobody", NULL, 0);
    ui_json_fields(&out, "fields", fields, 2); /* an expression of an index is no field */
    ui_json_key(&out, "caf\xe9");              /* a database may hold names that are no UTF-8 */
    nx_buf_adds(&out, "1}");
    assert_string_equal(out.data, "{\"text\":\"x\\u000ay\",\"none\":null,\"count\":12,\"unknown\":null,\"yes\":true,\"no\":false,"
                                  "\"names\":[\"a\",\"\\\"b\\\"\"],\"nobody\":[],\"fields\":[\"Id\",null],\"caf<E9>\":1}");
    nx_buf_free(&out);
}

/* --- documents ----------------------------------------------------------------------------------------------------- */

/* All its lines, one below the other. */
static void expect_lines(const ui_doc *doc, const char *text) {
    nx_buf out = NX_BUF;
    for (int i = 0; i < doc->nlines; i++) {
        nx_buf_addf(&out, "%*s", doc->lines[i].indent, "");
        for (int s = 0; s < doc->lines[i].nspans; s++) {
            const ui_span *span = &doc->spans[doc->lines[i].first + s];
            nx_buf_add(&out, span->text, span->len);
        }
        nx_buf_addc(&out, '\n');
    }
    assert_string_equal(out.data ? out.data : "", text);
    nx_buf_free(&out);
}

static void words_are_wrapped_where_they_end(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int width, most;
        const char *lines; /* "~" for the ellipsis: no terminal is open that could show one */
    } cases[] = {
        {"one two three four", 10, 0, "  > one two \n    three four\n"},
        {"one two", 40, 0, "  > one two\n"},
        {"", 10, 0, "  > \n"},
        {"one\ntwo\n", 40, 0, "  > one\n    two\n    \n"},
        {"abcdefghijklmnop", 8, 0, "  > abcdefgh\n    ijklmnop\n"},
        {"abc", 1, 0, "  > abc\n"}, /* never narrower than 8 */
        {"one two three four five", 11, 1, "  > one two ~\n"},
        {"one two three four five", 11, 2, "  > one two \n    three four ~\n"},
        {"one two three", 10, 2, "  > one two \n    three\n"},
        {"\xe4\xb8\x80\xe4\xba\x8c\xe4\xb8\x89\xe5\x9b\x9b\xe4\xba\x94", 8, 0,
         "  > \xe4\xb8\x80\xe4\xba\x8c\xe4\xb8\x89\xe5\x9b\x9b\n    \xe4\xba\x94\n"}, /* two columns each */
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        ui_doc doc = {0};
        ui_doc_clear(&doc);
        ui_doc_line_add(&doc, 1, 2);
        ui_doc_adds(&doc, UI_PLAIN, "> ");
        ui_doc_wrap(&doc, UI_PLAIN, cases[i].text, strlen(cases[i].text), cases[i].width, cases[i].most);
        expect_lines(&doc, cases[i].lines);
        for (int l = 0; l < doc.nlines; l++) {
            assert_int_equal(doc.lines[l].item, 1); /* all of it is one item */
        }
        ui_doc_free(&doc);
    }
}

static void a_cursor_goes_from_item_to_item(void **state) {
    (void)state;
    static const int items[] = {-1, 0, 0, -1, 1, 1, 1, -1, 2, -1};
    ui_doc doc = {0};
    ui_doc_move(&doc, 1); /* in nothing at all */
    assert_int_equal(doc.cursor, 0);
    assert_int_equal(ui_doc_item(&doc), -1);
    ui_doc_clear(&doc);
    for (size_t i = 0; i < NX_COUNT(items); i++) {
        ui_doc_line_add(&doc, items[i], 0);
        ui_doc_addf(&doc, UI_PLAIN, "line %d", (int)i);
    }
    static const struct {
        int by, line;
    } moves[] = {{1, 1}, {1, 4}, {1, 8}, {1, 8}, {-1, 4}, {-1, 1}, {-1, 1}, {2, 8}, {-2, 1}, {9, 8}, {-9, 1}};
    for (size_t i = 0; i < NX_COUNT(moves); i++) {
        ui_doc_move(&doc, moves[i].by);
        assert_int_equal(doc.cursor, moves[i].line);
    }
    ui_doc_go_item(&doc, 2);
    assert_int_equal(doc.cursor, 8);
    ui_doc_go_item(&doc, 7); /* there is none: it stays */
    assert_int_equal(doc.cursor, 8);
    ui_doc_move_to(&doc, 99);
    assert_int_equal(doc.cursor, 9);
    ui_doc_move_to(&doc, -3);
    assert_int_equal(doc.cursor, 0);
    ui_doc_free(&doc);
    ui_doc_clear(&doc); /* without items it goes line by line */
    ui_doc_line_add(&doc, -1, 0);
    ui_doc_line_add(&doc, -1, 0);
    ui_doc_move(&doc, 1);
    assert_int_equal(doc.cursor, 1);
    ui_doc_move(&doc, 5);
    assert_int_equal(doc.cursor, 1);
    ui_doc_move(&doc, -5);
    assert_int_equal(doc.cursor, 0);
    ui_doc_free(&doc);
}

static void what_is_searched_is_found_around_the_end(void **state) {
    (void)state;
    static const char *const lines[] = {"alpha", "beta", "gamma beta", "delta"};
    ui_doc doc = {0};
    ui_doc_clear(&doc);
    for (size_t i = 0; i < NX_COUNT(lines); i++) {
        ui_doc_line_add(&doc, (int)i, 0);
        ui_doc_adds(&doc, UI_PLAIN, lines[i]);
    }
    assert_false(ui_doc_find(&doc, 1)); /* nothing was asked for */
    static const struct {
        const char *needle;
        int by, line; /* -1: it is nowhere */
    } cases[] = {{"BETA", 1, 1}, {"beta", 1, 2}, {"beta", 1, 1}, {"beta", -1, 2}, {"alpha", 1, 0}, {"alpha", 1, 0},
                 {"delta", -1, 3}, {"omega", 1, -1}, {"", 1, -1}};
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        int before = doc.cursor;
        ui_doc_set_needle(&doc, cases[i].needle);
        assert_int_equal(ui_doc_find(&doc, cases[i].by), cases[i].line >= 0);
        assert_int_equal(doc.cursor, cases[i].line >= 0 ? cases[i].line : before);
    }
    ui_doc_set_needle(&doc, NULL);
    assert_false(ui_doc_find(&doc, 1));
    ui_doc_free(&doc);
}

/* A text may be searched for among bytes, and pairs of hex digits. */
static void bytes_are_found_as_text_and_as_digits(void **state) {
    (void)state;
    static const char bytes[] = "abcdefghijklmnop\x00\xff\xAB tail of it, and more to fill lines: \x12\x34";
    static const struct {
        const char *needle;
        int step, line; /* -1: it is nowhere */
    } cases[] = {
        {"00 ff", 1, 1}, {"00 FF ab", 1, 1}, {"abc", 1, 0},   {"TAIL", -1, 1}, {"12 34", 1, 3}, {"12 3", 1, -1},
        {"12  34", 1, -1}, {"00ffab", 1, -1}, {"zz", 1, -1},   {"0g", 1, -1},   {"12-34", 1, -1}, {"", 1, -1},
    };
    ui_long hex = {0};
    ui_long_set(&hex, bytes, sizeof bytes - 1, true, 100);
    assert_false(ui_long_find(&hex, 1));
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        ui_long_set_needle(&hex, cases[i].needle);
        bool found = ui_long_find(&hex, cases[i].step);
        if (found != (cases[i].line >= 0) || (found && hex.cursor != cases[i].line)) {
            fail_msg("%s is found: %d, at line %d", cases[i].needle, found, hex.cursor);
        }
    }
    ui_long_set_needle(&hex, NULL);
    ui_long_set(&hex, bytes, 0, true, 100);
    ui_long_set_needle(&hex, "a");
    assert_false(ui_long_find(&hex, 1));
    ui_long_free(&hex);
}

/* Backwards it goes piece by piece, and the needle may lie where two of them meet. */
static void a_long_text_is_searched_from_behind(void **state) {
    (void)state;
    static const size_t places[] = {0, 65534, 65535, 65536, 131070, 199990};
    enum { LENGTH = 200000 };
    char *text = malloc(LENGTH);
    assert_non_null(text);
    for (size_t i = 0; i < NX_COUNT(places); i++) {
        ui_long l = {0};
        memset(text, '.', LENGTH);
        memcpy(text + places[i], "needle", 6);
        ui_long_set(&l, text, LENGTH, false, 100);
        ui_long_set_needle(&l, "needle");
        ui_long_move_to(&l, LENGTH);
        assert_true(ui_long_find(&l, -1));
        int line = l.cursor;
        ui_long_move_to(&l, 0);
        assert_true(ui_long_find(&l, 1));
        assert_int_equal(l.cursor, line);
        ui_long_free(&l);
    }
    free(text);
}

/* --- pictures ------------------------------------------------------------------------------------------------------ */

static void expect_picture(const ui_canvas *canvas, const char *picture) {
    nx_buf out = NX_BUF;
    ui_canvas_print(canvas, &out);
    assert_string_equal(out.data, picture);
    nx_buf_free(&out);
}

static void boxes_and_lines_join(void **state) {
    (void)state;
    ui_canvas *c = ui_canvas_new(5, 16);
    ui_canvas_line(c, 2, 15, 2, 0, UI_PLAIN);
    ui_canvas_line(c, 4, 12, 0, 12, UI_PLAIN);
    ui_canvas_line(c, 3, 3, 3, 3, UI_PLAIN); /* no line at all */
    ui_canvas_box(c, (ui_rect){1, 1, 3, 8}, UI_PLAIN, "abc", UI_BOLD);
    expect_picture(c, "            ╷\n ╭ abc ─╮   │\n╶│      │───┼──╴\n ╰──────╯   │\n            ╵\n");
    ui_canvas_free(c);
    ui_canvas_free(NULL);
}

static void what_is_outside_of_the_plane_is_left_out(void **state) {
    (void)state;
    ui_canvas *c = ui_canvas_new(3, 6);
    ui_canvas_box(c, (ui_rect){-1, -2, 3, 4}, UI_PLAIN, "no room", UI_BOLD);
    ui_canvas_box(c, (ui_rect){1, 4, 5, 5}, UI_PLAIN, NULL, UI_BOLD);
    ui_canvas_line(c, -4, 3, 9, 3, UI_PLAIN);
    expect_picture(c, " │ │\n─╯ │╭─\n   ││\n");
    assert_int_equal(ui_canvas_text(c, 0, 4, 9, UI_PLAIN, "\xe4\xb8\x80\xe4\xba\x8c"), 4); /* two columns each */
    ui_canvas_text(c, 2, -1, 9, UI_PLAIN, "xyz");
    expect_picture(c, " │ │\xe4\xb8\x80\n─╯ │╭─\nyz ││\n");
    ui_canvas_free(c);
    c = ui_canvas_new(0, -1);
    expect_picture(c, "\n");
    ui_canvas_free(c);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_key_has_a_name_and_the_name_is_the_key),
    cmocka_unit_test(numbers_are_short_or_exact),
    cmocka_unit_test(a_document_is_written_member_by_member),
    cmocka_unit_test(words_are_wrapped_where_they_end),
    cmocka_unit_test(a_cursor_goes_from_item_to_item),
    cmocka_unit_test(what_is_searched_is_found_around_the_end),
    cmocka_unit_test(bytes_are_found_as_text_and_as_digits),
    cmocka_unit_test(a_long_text_is_searched_from_behind),
    cmocka_unit_test(boxes_and_lines_join),
    cmocka_unit_test(what_is_outside_of_the_plane_is_left_out),
};

LAB_MAIN(tests, setup, NULL)
