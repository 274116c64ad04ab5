/* Names and values of a program of Prisma Client, each alone. */
#include "lab/test.h"
#include "rows/prisma_text.h"

static void names_stand_in_quotes_where_they_must(void **state) {
    (void)state;
    static const char *const plain[] = {"a", "Z", "_", "$", "a9", "aB_$0"};
    static const char *const odd[] = {"",
                                      "9",
                                      "0a",
                                      "a-b",
                                      "a b",
                                      "a.b",
                                      "a\"b",
                                      "gr\303\266\303\237e",
                                      "a/",
                                      "a:",
                                      "@",
                                      "[",
                                      "`",
                                      "{"};
    for (size_t i = 0; i < NX_COUNT(plain) + NX_COUNT(odd); i++) {
        bool is_plain = i < NX_COUNT(plain);
        const char *name = is_plain ? plain[i] : odd[i - NX_COUNT(plain)];
        nx_buf out = NX_BUF, expected = NX_BUF;
        nx_prisma_name(&out, name);
        for (const char *p = name; *p; p++) {
            nx_buf_addf(&expected, *p == '"' ? "\\%c" : "%c", *p);
        }
        assert_int_equal(out.data[0] == '"', !is_plain);
        assert_memory_equal(out.data + !is_plain, expected.data, expected.len);
        assert_int_equal(out.len, expected.len + (is_plain ? 0 : 2));
        nx_buf_free(&out);
        nx_buf_free(&expected);
    }
}

/* Text of the server's, or of a person's, that is no number is not written as if it were one. */
static void only_numbers_are_written_bare(void **state) {
    (void)state;
    static const struct {
        const char *base_type, *text, *written;
    } values[] = {
        {"int4", "0", "0"},
        {"int4", "-", "\"-\""},
        {"int4", "", "\"\""},
        {"int4", "1x", "\"1x\""},
        {"int2", "1.", "1."},
        {"float8", ".5", "\".5\""},
        {"float8", "1.5.", "\"1.5.\""},
        {"oid", "26", "26"},
        {"int8", "1", "1n"},
        {"int8", "-1", "-1n"},
        {"int8", "-", "\"-\""},
        {"int8", "", "\"\""},
        {"int8", "1.5", "\"1.5\""},
        {"numeric", "1", "\"1\""},
        {"money", "1", "\"1\""},
    };
    for (size_t i = 0; i < NX_COUNT(values); i++) {
        nx_buf out = NX_BUF;
        nx_prisma_text(&out, &(nx_field){.class = NX_TYPE_NUMBER, .base_type = values[i].base_type}, values[i].text);
        assert_string_equal(out.data, values[i].written);
        nx_buf_free(&out);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(names_stand_in_quotes_where_they_must),
    cmocka_unit_test(only_numbers_are_written_bare),
};

LAB_MAIN(tests, NULL, NULL)
