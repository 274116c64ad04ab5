/* A column's default, from the text of its expression: what is one whole value is printed as one, and anything else,
 * however it is broken, as the database has it. tests/prisma/pull/defaults*.sql has those that a database can have. */
#include "lab/test.h"
#include "prisma/pull.h"

static const char *labels[] = {"up", "so-so", "7", "say \"it\""}, *names[] = {"up", "so_so", "", "say__it_"};
static const nx_pull_enum mark = {.nlabels = 4, .labels = labels, .names = names};

typedef struct given {
    nx_pull_family family;
    bool list;
    const char *expression, *printed; /* printed NULL: dbgenerated("...") of the expression */
} given;

/* In the order of nx_pull_family. */
static const given values[] = {
    {NX_PULL_INT, false, "42", "42"},
    {NX_PULL_INT, false, " - 42 ", "-42"},
    {NX_PULL_INT, false, "'42'", "42"},
    {NX_PULL_INT, false, "'-42'::integer", "-42"},
    {NX_PULL_BIGINT, false, "'9223372036854775807'::bigint", "9223372036854775807"},
    {NX_PULL_INT, false, "'9223372036854775808'::numeric", NULL},
    {NX_PULL_INT, false, "9223372036854775808", NULL},
    {NX_PULL_INT, false, "'42", NULL},
    {NX_PULL_INT, false, "''::integer", NULL},
    {NX_PULL_INT, false, "' 42'::integer", NULL},
    {NX_PULL_INT, false, "'42 '::integer", NULL},
    {NX_PULL_INT, false, "'4x'::integer", NULL},
    {NX_PULL_INT, false, "'x'::integer", NULL},
    {NX_PULL_INT, false, "'42'::numeric(5", NULL},
    {NX_PULL_INT, false, "'42'::integer[", NULL},
    {NX_PULL_INT, false, "- x", NULL},
    {NX_PULL_INT, false, "-", NULL},
    {NX_PULL_INT, false, "", NULL},
    {NX_PULL_INT, false, "seven()", NULL},
    {NX_PULL_INT, false, "nextval", NULL},
    {NX_PULL_INT, false, "NextVal('s'::regclass)", "autoincrement()"},
    {NX_PULL_INT, false, "nextval('s')", "autoincrement()"},
    {NX_PULL_INT, false, "nextval('\"S\"'::regclass)", "autoincrement()"},
    {NX_PULL_INT, false, "nextval(('s'::text)::regclass)", "autoincrement()"},
    {NX_PULL_INT, false, "nextval 's'", NULL},
    {NX_PULL_INT, false, "nextval()", NULL},
    {NX_PULL_INT, false, "nextval(''::regclass)", NULL},
    {NX_PULL_INT, false, "nextval('7'::regclass)", NULL},
    {NX_PULL_INT, false, "nextval('s'::regclass", NULL},
    {NX_PULL_INT, false, "nextval('s'::regclass) + 1", NULL},
    {NX_PULL_FLOAT, false, "1.5", "1.5"},
    {NX_PULL_FLOAT, false, "(- 1.5)::double precision", "-1.5"},
    {NX_PULL_FLOAT, false, "'1.5'::double precision", "1.5"},
    {NX_PULL_DECIMAL, false, "'-1'::integer", "-1"},
    {NX_PULL_FLOAT, false, "'1e+30'::double precision", NULL},
    {NX_PULL_FLOAT, false, "'NaN'::double precision", NULL},
    {NX_PULL_FLOAT, false, "(1.5", NULL},
    {NX_PULL_FLOAT, false, "(1.5 + 2)", NULL},
    {NX_PULL_FLOAT, false, "1.", NULL},
    {NX_PULL_FLOAT, false, "x", NULL},
    {NX_PULL_FLOAT, false, "'1.5", NULL},
    {NX_PULL_FLOAT, false, "1.5::numeric(3", NULL},
    {NX_PULL_BOOLEAN, false, "true", "true"},
    {NX_PULL_BOOLEAN, false, "T", "true"},
    {NX_PULL_BOOLEAN, false, "FALSE", "false"},
    {NX_PULL_BOOLEAN, false, "f", "false"},
    {NX_PULL_BOOLEAN, false, "yes()", NULL},
    {NX_PULL_BOOLEAN, false, "(NOT true)", NULL},
    {NX_PULL_STRING, false, "'it''s'::text", "\"it's\""},
    {NX_PULL_STRING, false, "'a'::character varying(255)", "\"a\""},
    {NX_PULL_STRING, false, "'a'::\"my own\".short", "\"a\""},
    {NX_PULL_STRING, false, "'a'::text || 'b'::text", NULL},
    {NX_PULL_STRING, false, "'a'::character varying(255", NULL},
    {NX_PULL_STRING, false, "'a", NULL},
    {NX_PULL_STRING, false, "CURRENT_USER", NULL},
    {NX_PULL_DATETIME, false, "now()", "now()"},
    {NX_PULL_DATETIME, false, "NOW()::timestamp", "now()"},
    {NX_PULL_DATETIME, false, "CURRENT_TIMESTAMP", "now()"},
    {NX_PULL_DATETIME, false, "CURRENT_TIMESTAMP(3)", NULL},
    {NX_PULL_DATETIME, false, "now(", NULL},
    {NX_PULL_DATETIME, false, "now()::timestamp(3", NULL},
    {NX_PULL_DATETIME, false, "CURRENT_DATE", NULL},
    {NX_PULL_DATETIME, false, "'now'", NULL},
    {NX_PULL_BYTES, false, "'\\x'::bytea", "\"\""},
    {NX_PULL_BYTES, false, "'\\x00ff0A'::bytea", "\"AP8K\""},
    {NX_PULL_BYTES, false, "'\\xABCDEF'::bytea", "\"q83v\""},
    {NX_PULL_BYTES, false, "'\\xabc'::bytea", NULL},
    {NX_PULL_BYTES, false, "'abc'::bytea", NULL},
    {NX_PULL_BYTES, false, "'abcd'::bytea", NULL},
    {NX_PULL_BYTES, false, "decode('00'::text, 'hex'::text)", NULL},
    {NX_PULL_JSON, false, "'{\"a\": [1]}'::jsonb", "\"{\\\"a\\\": [1]}\""},
    {NX_PULL_JSON, false, "jsonb_build_object()", NULL},
    {NX_PULL_UUID, false, "'00000000-0000-0000-0000-000000000000'::uuid", NULL},
    {NX_PULL_ENUM, false, "'up'::mark", "up"},
    {NX_PULL_ENUM, false, "'so-so'::mark", "so_so"},
    {NX_PULL_ENUM, false, "'7'::mark", NULL},
    {NX_PULL_ENUM, false, "'other'::mark", NULL},
    {NX_PULL_ENUM, false, "first_mark()", NULL},
    {NX_PULL_UNSUPPORTED, false, "'1 day'::interval", NULL},
};

static const given lists[] = {
    {NX_PULL_INT, true, "'{}'::integer[]", "[]"},
    {NX_PULL_INT, true, "'{1,-2}'::integer[]", "[1, -2]"},
    {NX_PULL_BIGINT, true, "'{\"3\"}'::bigint[]", "[3]"},
    {NX_PULL_INT, true, "'{NULL,1}'::integer[]", NULL},
    {NX_PULL_INT, true, "'{1 2}'::integer[]", NULL},
    {NX_PULL_INT, true, "'{1,2'::integer[]", NULL},
    {NX_PULL_INT, true, "'[0:0]={1}'::integer[]", NULL},
    {NX_PULL_INT, true, "'{1}", NULL},
    {NX_PULL_INT, true, "ARRAY[1, '-2'::integer]", "[1, -2]"},
    {NX_PULL_INT, true, "(ARRAY[]::integer[])::integer[]", "[]"},
    {NX_PULL_INT, true, "ARRAY[1 2]", NULL},
    {NX_PULL_INT, true, "ARRAY[1", NULL},
    {NX_PULL_INT, true, "ARRAY", NULL},
    {NX_PULL_INT, true, "array_append('{1}'::integer[], 2)", NULL},
    {NX_PULL_INT, true, "7", NULL},
    {NX_PULL_FLOAT, true, "'{1.5,-2}'::double precision[]", "[1.5, -2]"},
    {NX_PULL_DECIMAL, true, "'{1.50}'::numeric[]", "[1.50]"},
    {NX_PULL_FLOAT, true, "'{1e+30}'::double precision[]", NULL},
    {NX_PULL_FLOAT, true, "'{NaN}'::double precision[]", NULL},
    {NX_PULL_FLOAT, true, "ARRAY[1.5, (-2)]", "[1.5, -2]"},
    {NX_PULL_BOOLEAN, true, "'{t,F,true,FALSE}'::boolean[]", "[true, false, true, false]"},
    {NX_PULL_BOOLEAN, true, "'{NULL}'::boolean[]", NULL},
    {NX_PULL_BOOLEAN, true, "'{1}'::boolean[]", NULL},
    {NX_PULL_BOOLEAN, true, "ARRAY[true, NULL::boolean]", NULL},
    {NX_PULL_STRING, true, "'{a,\"b c\",\"d\\\\\"e\"}'::text[]", NULL}, /* an escape of two: it does not end */
    {NX_PULL_STRING, true, "'{a,\"b c\",\"d\\\"e\"}'::text[]", "[\"a\", \"b c\", \"d\\\"e\"]"},
    {NX_PULL_STRING, true, "'{e,end,e-,e_}'::text[]", NULL}, /* Prisma's words: a lonely e ends there */
    {NX_PULL_STRING, true, "'{E,e1,a-b,a_b}'::text[]", "[\"E\", \"e1\", \"a-b\", \"a_b\"]"},
    {NX_PULL_STRING, true, "'{1}'::text[]", NULL},
    {NX_PULL_STRING, true, "ARRAY['x'::text, 'y'::text]", "[\"x\", \"y\"]"},
    {NX_PULL_DATETIME, true, "'{\"2020-01-01 00:00:00\"}'::timestamp[]", NULL},
    {NX_PULL_DATETIME, true, "ARRAY[now()]", NULL},
    {NX_PULL_BYTES, true, "'{\"\\\\x00\"}'::bytea[]", NULL},
    {NX_PULL_BYTES, true, "ARRAY['\\x00'::bytea]", "[\"AA==\"]"},
    {NX_PULL_UUID, true, "ARRAY[gen_random_uuid()]", NULL},
    {NX_PULL_ENUM, true, "'{up,so-so,\"say \\\"it\\\"\"}'::mark[]", "[up, so_so, say__it_]"},
    {NX_PULL_ENUM, true, "'{other}'::mark[]", NULL},
    {NX_PULL_ENUM, true, "ARRAY['up'::mark]", "[up]"},
    {NX_PULL_ENUM, true, "ARRAY[first_mark()]", NULL},
    {NX_PULL_UNSUPPORTED, true, "'{\"1 day\"}'::interval[]", NULL},
};

/* What is printed of the column; malloc'ed, "" for nothing. */
static char *printed(const nx_pull_column *column) {
    nx_pull_schema pull = {.arena = nx_arena_new(0)};
    nx_buf out = NX_BUF;
    assert_true(nx_pull_default(&pull, column, &out) == (out.len > 0));
    nx_arena_free(pull.arena);
    return nx_buf_take(&out);
}

/* The same where the expression is no value. */
static char *as_it_stands(const char *expression) {
    nx_buf out = NX_BUF;
    nx_buf_adds(&out, "@default(dbgenerated(");
    if (*expression) {
        nx_pull_string(&out, expression);
    }
    nx_buf_adds(&out, "))");
    return nx_buf_take(&out);
}

static char *as_value(const char *value) {
    nx_buf out = NX_BUF;
    nx_buf_addf(&out, "@default(%s)", value);
    return nx_buf_take(&out);
}

static int wrong_of(const given *table, size_t n) {
    int wrong = 0;
    for (size_t i = 0; i < n; i++) {
        const given *g = &table[i];
        char *expected = g->printed ? as_value(g->printed) : as_it_stands(g->expression);
        char *got = printed(
            &(nx_pull_column){.family = g->family, .list = g->list, .expression = g->expression, .enumeration = &mark});
        if (strcmp(got, expected) != 0) {
            print_error("%s: %s, not %s\n", g->expression, got, expected);
            wrong++;
        }
        free(got);
        free(expected);
    }
    return wrong;
}

static void one_whole_value_is_printed_as_it(void **state) {
    (void)state;
    assert_int_equal(wrong_of(values, NX_COUNT(values)), 0);
}

static void a_list_of_whole_values_is_printed_as_it(void **state) {
    (void)state;
    assert_int_equal(wrong_of(lists, NX_COUNT(lists)), 0);
}

/* However early an expression ends, and whatever the column is of: a value, or the expression and nothing less. */
static void assert_value_or_all(const char *expression, bool list) {
    static const char generated[] = "@default(dbgenerated(";
    char *whole = as_it_stands(expression);
    for (int f = 0; f <= NX_PULL_UNSUPPORTED; f++) {
        char *got = printed(&(nx_pull_column){
            .family = (nx_pull_family)f, .list = list, .expression = expression, .enumeration = &mark});
        if (strncmp(got, generated, sizeof generated - 1) == 0) {
            assert_string_equal(got, whole);
        } else {
            assert_memory_equal(got, "@default(", 9);
            assert_true(strlen(got) > 10 && got[strlen(got) - 1] == ')');
        }
        free(got);
    }
    free(whole);
}

static void what_is_cut_off_stays_whole(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(values) + NX_COUNT(lists); i++) {
        const given *g = i < NX_COUNT(values) ? &values[i] : &lists[i - NX_COUNT(values)];
        for (size_t len = 0; len <= strlen(g->expression); len++) {
            char *cut = nx_strndup(g->expression, len);
            assert_value_or_all(cut, g->list);
            free(cut);
        }
    }
}

static void no_default_is_none(void **state) {
    (void)state;
    static const char *const none[] = {NULL, "NULL", "  NULL::character varying"};
    for (size_t i = 0; i < NX_COUNT(none); i++) {
        char *got = printed(&(nx_pull_column){.family = NX_PULL_STRING, .expression = none[i]});
        assert_string_equal(got, "");
        free(got);
    }
}

/* An identity counts, whatever else the column says; but only where Prisma has integers for it. */
static void an_identity_counts(void **state) {
    (void)state;
    static const struct {
        nx_pull_family family;
        const char *printed;
    } kinds[] = {{NX_PULL_INT, "@default(autoincrement())"},
                 {NX_PULL_BIGINT, "@default(autoincrement())"},
                 {NX_PULL_DECIMAL, ""}};
    for (size_t i = 0; i < NX_COUNT(kinds); i++) {
        char *got = printed(&(nx_pull_column){.family = kinds[i].family, .identity = true});
        assert_string_equal(got, kinds[i].printed);
        free(got);
    }
}

/* Text is quoted as JSON is, and what a terminal would obey is escaped. */
static void text_is_quoted(void **state) {
    (void)state;
    static const struct {
        const char *text, *quoted;
    } texts[] = {
        {"", "\"\""},
        {"a\"b\\c\n\r\t", "\"a\\\"b\\\\c\\n\\r\\t\""},
        {"\x01\x1b\x1f\x7f", "\"\\u0001\\u001b\\u001f\\u007f\""},
        {"\xc2\x80\xc2\x9b\xc2\xa0", "\"\\u0080\\u009b\xc2\xa0\""},
        {"\xc2", "\"\xc2\""},
        {"\xc3\xa4", "\"\xc3\xa4\""},
    };
    for (size_t i = 0; i < NX_COUNT(texts); i++) {
        nx_buf out = NX_BUF;
        nx_pull_string(&out, texts[i].text);
        assert_string_equal(out.data, texts[i].quoted);
        nx_buf_free(&out);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(one_whole_value_is_printed_as_it),
    cmocka_unit_test(a_list_of_whole_values_is_printed_as_it),
    cmocka_unit_test(what_is_cut_off_stays_whole),
    cmocka_unit_test(no_default_is_none),
    cmocka_unit_test(an_identity_counts),
    cmocka_unit_test(text_is_quoted),
};

LAB_MAIN(tests, NULL, NULL)
