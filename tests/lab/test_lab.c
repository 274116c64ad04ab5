/* The lab itself: what every other test builds on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lab/lab.h"

static void databases_are_fresh_and_apart(void **state) {
    (void)state;
    char *a = lab_database("Fresh one");
    char *b = lab_database("Fresh one");
    assert_string_not_equal(a, b);
    lab_sql(a, "CREATE TABLE t (n int); INSERT INTO t VALUES (7)");
    assert_int_equal(lab_query_int(a, "SELECT n FROM t"), 7);
    assert_int_equal(lab_query_int(b, "SELECT count(*) FROM pg_catalog.pg_class WHERE relname = 't'"), 0);
    assert_null(lab_query(a, "SELECT NULL"));
    assert_null(lab_query(a, "SELECT n FROM t WHERE n > 7"));
    char *encoding = lab_query(a, "SHOW server_encoding");
    assert_string_equal(encoding, "UTF8");
    free(encoding);
    free(a);
    free(b);
}

static void databases_come_in_other_encodings(void **state) {
    (void)state;
    static const char *const encodings[] = {"SQL_ASCII", "LATIN1"};
    for (size_t i = 0; i < 2; i++) {
        char *url = lab_database_encoded("encoded", encodings[i]);
        char *encoding = lab_query(url, "SHOW server_encoding");
        assert_string_equal(encoding, encodings[i]);
        free(encoding);
        free(url);
    }
}

static void sample_has_a_hundred_thousand_posts(void **state) {
    (void)state;
    char *url = lab_sample_database("sample");
    assert_int_equal(lab_query_int(url, "SELECT count(*) FROM \"Post\""), 100000);
    free(url);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(databases_are_fresh_and_apart),
        cmocka_unit_test(databases_come_in_other_encodings),
        cmocka_unit_test(sample_has_a_hundred_thousand_posts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
