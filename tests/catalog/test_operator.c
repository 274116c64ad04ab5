/* Operators as the server writes them, which become part of statements: nothing else gets through. */
#include "catalog/describe.h"
#include "lab/test.h"

static void qualified_operators_are_taken(void **state) {
    (void)state;
    static const char *const good[] = {
        "OPERATOR(pg_catalog.=)", "OPERATOR(pg_catalog.<>)", "OPERATOR(public.<->)",
        "OPERATOR(a_1.~=~)",      "OPERATOR(\"My own\".=)",  "OPERATOR(\"a\"\"b\".=)",
        "OPERATOR(\"a.b\".&&)",   "OPERATOR(\"--\".=)",      "OPERATOR(x.+*<>=~!@#%^&|`?)",
    };
    for (size_t i = 0; i < NX_COUNT(good); i++) {
        assert_ptr_equal(nx_operator_text(good[i]), good[i]);
    }
}

static void anything_else_is_not(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        "=",
        "operator(pg_catalog.=)",
        "OPERATOR",
        "OPERATOR(",
        "OPERATOR(=)",
        "OPERATOR(.=)",
        "OPERATOR(pg_catalog)",
        "OPERATOR(pg_catalog.)",
        "OPERATOR(pg_catalog.=",
        "OPERATOR(pg_catalog.=) ",
        "OPERATOR(pg_catalog.=) OR true",
        "OPERATOR(pg_catalog.a)",
        "OPERATOR(pg_catalog =)",
        "OPERATOR(Pg.=)",
        "OPERATOR(\"open.=)",
        "OPERATOR(\"a\"=)",
        "OPERATOR(\"a\"\".=)",
        "OPERATOR(\"\"",
        /* the beginning of a comment */
        "OPERATOR(a.--)",
        "OPERATOR(a.=--)",
        "OPERATOR(a./*)",
        "OPERATOR(a.+/*)",
    };
    assert_null(nx_operator_text(NULL));
    for (size_t i = 0; i < NX_COUNT(bad); i++) {
        if (nx_operator_text(bad[i])) {
            fail_msg("taken: %s", bad[i]);
        }
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(qualified_operators_are_taken),
    cmocka_unit_test(anything_else_is_not),
};

LAB_MAIN(tests, NULL, NULL)
