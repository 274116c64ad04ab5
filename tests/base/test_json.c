/* JSON written and read without ever converting a value. */
#include "lab/test.h"
#include "nixie/json.h"

#define VALUE(text)                                                                                                    \
    { text, sizeof(text) - 1 }

/* --- writing ------------------------------------------------------------------------------------------ */

static const struct {
    nx_value in;
    const char *out;
} written[] = {
    {VALUE(""), "\"\""},
    {VALUE("abc"), "\"abc\""},
    {VALUE("a\"b\\c/"), "\"a\\\"b\\\\c/\""},
    {VALUE("a\nb\t\x1b"), "\"a\\u000ab\\u0009\\u001b\""},
    {VALUE("\x7f\xc2\x85\u2028\u2029"), "\"\\u007f\\u0085\\u2028\\u2029\""},
    {VALUE("é漢😀"), "\"é漢😀\""},
    {VALUE("\xff"
           "a"),
     "{\"bytes\":\"ff61\"}"},
    {VALUE("a\0b"), "{\"bytes\":\"610062\"}"},
    {{NULL, 0}, "null"},
};

static void values_are_written_as_strings(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(written); i++) {
        nx_buf buf = NX_BUF;
        nx_json_value(&buf, written[i].in);
        assert_string_equal(buf.data, written[i].out);
        nx_buf_free(&buf);
    }
    nx_buf buf = NX_BUF;
    nx_json_cstring(&buf, NULL);
    nx_json_cstring(&buf, "x");
    assert_string_equal(buf.data, "null\"x\"");
    nx_buf_free(&buf);
}

/* --- arrays --------------------------------------------------------------------------------------------- */

static const struct {
    const char *json;
    int count;
    const char *values[4]; /* NULL: SQL NULL */
} arrays[] = {
    {"[]", 0, {NULL}},
    {" [ ] ", 0, {NULL}},
    {"[\"a\"]", 1, {"a"}},
    {" [ 1 , true,\tfalse\n, null ] ", 4, {"1", "true", "false", NULL}},
    {"[12345678901234567890123456789012345678901234567890.10e-400]",
     1,
     {"12345678901234567890123456789012345678901234567890.10e-400"}},
    {"[-0, 1E+2, 0.50]", 3, {"-0", "1E+2", "0.50"}},
    {"[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", 1, {"\"\\/\b\f\n\r\t"}},
    {"[\"\\u00e9\\u6F22\\ud83d\\ude00\"]", 1, {"é漢😀"}},
    {"[\"\", \"a,b]\"]", 2, {"", "a,b]"}},
};

static void arrays_of_scalars_are_read(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(arrays); i++) {
        nx_arena *arena = nx_arena_new(0);
        nx_error err = NX_ERROR;
        nx_value *values = NULL;
        assert_int_equal(nx_json_read_array(arrays[i].json, arena, &values, &err), arrays[i].count);
        for (int k = 0; k < arrays[i].count; k++) {
            const char *want = arrays[i].values[k];
            assert_true(nx_value_equal(values[k], nx_value_of(want)));
        }
        nx_arena_free(arena);
    }
}

static const struct {
    const char *json;
    int position;
} bad_arrays[] = {
    {"", 1},
    {"1", 1},
    {"{}", 1},
    {"[", 2},
    {"[1", 3},
    {"[1,]", 4},
    {"[,1]", 2},
    {"[1 2]", 4},
    {"[1]x", 4},
    {"[[1]]", 2},
    {"[{}]", 2},
    {"[01]", 2},
    {"[1.]", 4},
    {"[+1]", 2},
    {"[.5]", 2},
    {"[1e]", 4},
    {"[NaN]", 2},
    {"[nul]", 2},
    {"[True]", 2},
    {"['a']", 2},
    {"[\"a]", 5},
    {"[\"é\n\"]", 4},
    {"[\"\\x\"]", 3},
    {"[\"\\u12\"]", 3},
    {"[\"\\u0000\"]", 3},
    {"[\"é\\ud800\"]", 4},
    {"[\"\\udc00\"]", 3},
    {"[\"\\ud800\\u0041\"]", 3},
    {"[\"\xff\"]", 3},
    {"[nullx]", 6},
};

static void malformed_arrays_are_refused_with_a_position(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(bad_arrays); i++) {
        nx_arena *arena = nx_arena_new(0);
        nx_error err = NX_ERROR;
        nx_value *values = NULL;
        assert_int_equal(nx_json_read_array(bad_arrays[i].json, arena, &values, &err), -1);
        assert_int_equal(err.kind, NX_ERR_USAGE);
        if (err.position != bad_arrays[i].position) {
            fail_msg("%s: position %d", bad_arrays[i].json, err.position);
        }
        nx_error_clear(&err);
        nx_arena_free(arena);
    }
}

/* --- lines ------------------------------------------------------------------------------------------------ */

/* The lines as one text, two blanks per level. */
static char *indented(const char *json, size_t len) {
    nx_arena *arena = nx_arena_new(0);
    nx_json_line *lines = NULL;
    long n = nx_json_lines(json, len, arena, &lines);
    nx_buf buf = NX_BUF;
    for (long i = 0; i < n; i++) {
        const nx_json_line *l = &lines[i];
        nx_buf_addf(&buf, "%*s", l->depth * 2, "");
        if (l->key) {
            nx_buf_addf(&buf, "%.*s: ", (int)l->keylen, l->key);
        }
        nx_buf_addf(&buf, "%.*s%s\n", (int)l->len, l->text, l->comma ? "," : "");
        if (l->closes) {
            assert_true(l->closes > (size_t)i && l->closes < (size_t)n);
            assert_int_equal(lines[l->closes].depth, l->depth);
            assert_true(*lines[l->closes].text == (*l->text == '{' ? '}' : ']'));
        }
    }
    nx_arena_free(arena);
    char *text = nx_buf_take(&buf);
    if (n < 0) {
        free(text);
        return NULL;
    }
    return text;
}

static const struct {
    const char *json, *lines;
} documents[] = {
    {"1", "1\n"},
    {" null ", "null\n"},
    {"\"a\\ud800\"", "\"a\\ud800\"\n"}, /* well-formed by the grammar, and shown as written */
    {"[]", "[]\n"},
    {"{ }", "{}\n"},
    {"[1,2.50,-0e1]", "[\n  1,\n  2.50,\n  -0e1\n]\n"},
    {"{\"a\":{\"b\":[],\"c\" : [{}]},\"a\":true}",
     "{\n  \"a\": {\n    \"b\": [],\n    \"c\": [\n      {}\n    ]\n  },\n  \"a\": true\n}\n"},
    {"[[],[[]]]", "[\n  [],\n  [\n    []\n  ]\n]\n"},
    {"{\"n\":123456789012345678901234567890.000100}", "{\n  \"n\": 123456789012345678901234567890.000100\n}\n"},
};

static void documents_become_indented_lines(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(documents); i++) {
        char *text = indented(documents[i].json, strlen(documents[i].json));
        assert_non_null(text);
        assert_string_equal(text, documents[i].lines);
        free(text);
    }
}

static const char *const malformed[] = {
    "",
    " ",
    "[",
    "]",
    "{",
    "}",
    "[}",
    "{]",
    "[1",
    "[1,]",
    "[,]",
    "{,}",
    "{\"a\"}",
    "{\"a\":}",
    "{a:1}",
    "{1:1}",
    "{\"a\":1,}",
    "{\"a\" 1}",
    "1 2",
    "[1]]",
    "nul",
    "truefalse",
    "01",
    "-",
    "1.",
    ".1",
    "1e",
    "1e+",
    "+1",
    "0x1",
    "NaN",
    "Infinity",
    "'a'",
    "\"a",
    "\"\t\"",
    "\"\\\"",
    "\"\\a\"",
    "\"\\u123\"",
    "\"\\u12g4\"",
    "\"\xff\"",
    ("\xef\xbb\xbf"
     "1"),
    "[1]//c",
    "/**/1",
    "[1 2]",
    "\"\xed\xa0\x80\"",
    "\v1",
    "{\"a\":1 \"b\":2}",
    "-01",
    "\"a\"b",
};

static void what_is_not_json_is_left_alone(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(malformed); i++) {
        char *text = indented(malformed[i], strlen(malformed[i]));
        if (text) {
            fail_msg("accepted: %s", malformed[i]);
        }
    }
    assert_null(indented("1\0", 2));
}

static long nested(size_t depth, const char *inside) {
    nx_buf buf = NX_BUF;
    for (size_t i = 0; i < depth; i++) {
        nx_buf_adds(&buf, i % 2 ? "{\"k\":" : "[");
    }
    nx_buf_adds(&buf, inside);
    for (size_t i = depth; i > 0; i--) {
        nx_buf_adds(&buf, (i - 1) % 2 ? "}" : "]");
    }
    nx_arena *arena = nx_arena_new(0);
    nx_json_line *lines;
    long n = nx_json_lines(buf.data, buf.len, arena, &lines);
    nx_arena_free(arena);
    nx_buf_free(&buf);
    return n;
}

static void nesting_has_an_end(void **state) {
    (void)state;
    assert_int_equal(nested(10000, "1"), 20001);
    assert_int_equal(nested(10001, "1"), -1);
    assert_int_equal(nested(10000, "[]"), -1);
    assert_int_equal(nested(9999, "[]"), 19999);
    assert_int_equal(nested(200000, "1"), -1);
}

static void a_small_arena_refuses_a_large_document(void **state) {
    (void)state;
    nx_arena *arena = nx_arena_new(1000);
    nx_json_line *lines;
    char json[2002] = "[";
    for (size_t i = 1; i < 2000; i += 2) {
        memcpy(json + i, "1,", 2);
    }
    memcpy(json + 1999, "1]", 3);
    assert_int_equal(nx_json_lines(json, strlen(json), arena, &lines), -1);
    nx_arena_free(arena);
}

/* Every beginning of a document is refused or read without reading past its end. */
static void truncation_is_noticed(void **state) {
    (void)state;
    static const char json[] = "{\"a\":[1.5e3,\"\\u00e9é\",null],\"b\":{\"c\":false}}";
    for (size_t len = 0; len < sizeof json - 1; len++) {
        char *exact = malloc(len ? len : 1);
        assert_non_null(exact);
        memcpy(exact, json, len);
        assert_null(indented(exact, len));
        free(exact);
    }
    char *whole = indented(json, sizeof json - 1);
    assert_non_null(whole);
    free(whole);
}

/* --- trees --------------------------------------------------------------------------------------------- */

static const nx_json *parsed(nx_arena *arena, const char *text) { return nx_json_parse(text, strlen(text), arena); }

static void trees_are_strict(void **state) {
    (void)state;
    static const char *const bad[] = {
        "", " ", "{", "{\"a\"", "{\"a\":", "{\"a\" 1}", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "{1:2}", "{,}",
        "{\"a\\u0000b\":1}", "{\"a\\x\":1}", "{\"a\":tru}", "{\"a\\ud800\":1}", "[", "[1", "[1,", "[1 2]", "[1,]", "[tru]", "[\"\\x\"]",
        "[\"\\ud800\"]", "tru", "nul", "1.", "-", "\"open", "\"\\ud800\"", "1 1", "{} x", "]",
    };
    static const struct {
        const char *text;
        nx_json_kind kind;
    } good[] = {
        {" {\t\"a\" :\n1 ,\r\"b\":[ ] } ", NX_JSON_OBJECT}, {"[ 1 , \"x\" ]", NX_JSON_ARRAY}, {"{}", NX_JSON_OBJECT},
        {"null", NX_JSON_NULL}, {" true ", NX_JSON_TRUE}, {"false", NX_JSON_FALSE}, {"-1.5e7", NX_JSON_NUMBER}, {"\"\\u0000\"", NX_JSON_STRING},
    };
    nx_arena *arena = nx_arena_new(0);
    for (size_t i = 0; i < NX_COUNT(bad); i++) {
        if (parsed(arena, bad[i])) {
            fail_msg("taken: %s", bad[i]);
        }
    }
    for (size_t i = 0; i < NX_COUNT(good); i++) {
        const nx_json *json = parsed(arena, good[i].text);
        assert_non_null(json);
        assert_int_equal(json->kind, good[i].kind);
    }
    assert_null(nx_json_parse("\"x\"", 2, arena)); /* what stands behind the length is not looked at */
    char deep[80];
    for (int depth = 31; depth <= 33; depth++) {
        memset(deep, '[', (size_t)depth);
        memset(deep + depth, ']', (size_t)depth);
        deep[2 * depth] = '\0';
        assert_int_equal(parsed(arena, deep) != NULL, depth <= 32);
    }
    nx_arena_free(arena);
}

static void members_are_what_they_were_written_as(void **state) {
    (void)state;
    nx_arena *arena = nx_arena_new(0);
    const nx_json *json = parsed(arena, "{\"t\":\"x\",\"nul\":\"a\\u0000b\",\"n\":12,\"far\":99999999999999999999,\"part\":1.5,\"no\":null}");
    assert_string_equal(nx_json_text(json, "t"), "x");
    assert_null(nx_json_text(json, "nul"));
    assert_null(nx_json_text(json, "n"));
    assert_null(nx_json_text(json, "missing"));
    assert_null(nx_json_text(NULL, "t"));
    assert_int_equal(nx_json_int(json, "n", 7), 12);
    static const char *const others[] = {"t", "far", "part", "no", "missing"};
    for (size_t i = 0; i < NX_COUNT(others); i++) {
        assert_int_equal(nx_json_int(json, others[i], 7), 7);
    }
    assert_null(nx_json_member(parsed(arena, "[1]"), "t"));
    nx_arena_free(arena);
}

static void values_come_back_byte_for_byte(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool good;
        nx_value value;
    } cases[] = {
        {"\"x\"", true, VALUE("x")},
        {"null", true, {NULL, 0}},
        {"{\"bytes\":\"ff0061\"}", true, VALUE("\xff\0a")},
        {"{\"bytes\":\"\"}", true, VALUE("")},
        {"{\"bytes\":\"ff0\"}", false, {NULL, 0}},
        {"{\"bytes\":\"fg\"}", false, {NULL, 0}},
        {"{\"bytes\":1}", false, {NULL, 0}},
        {"{\"bytes\":\"61\",\"more\":1}", false, {NULL, 0}},
        {"{\"other\":1}", false, {NULL, 0}},
        {"1", false, {NULL, 0}},
        {"[]", false, {NULL, 0}},
    };
    nx_arena *arena = nx_arena_new(0);
    nx_value value;
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        bool good = nx_json_read_value(parsed(arena, cases[i].text), arena, &value);
        if (good != cases[i].good || (good && !nx_value_equal(value, cases[i].value))) {
            fail_msg("%s", cases[i].text);
        }
    }
    assert_false(nx_json_read_value(NULL, arena, &value));
    nx_arena_free(arena);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(values_are_written_as_strings),
    cmocka_unit_test(arrays_of_scalars_are_read),
    cmocka_unit_test(malformed_arrays_are_refused_with_a_position),
    cmocka_unit_test(documents_become_indented_lines),
    cmocka_unit_test(what_is_not_json_is_left_alone),
    cmocka_unit_test(nesting_has_an_end),
    cmocka_unit_test(a_small_arena_refuses_a_large_document),
    cmocka_unit_test(truncation_is_noticed),
    cmocka_unit_test(trees_are_strict), cmocka_unit_test(members_are_what_they_were_written_as),
    cmocka_unit_test(values_come_back_byte_for_byte),
};

LAB_MAIN(tests, NULL, NULL)
