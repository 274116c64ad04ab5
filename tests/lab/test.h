/* test.h - what every test program begins and ends with: cmocka with the headers that it needs, and a main() for all.
 *
 * A program is a table of tests and one line:
 *
 *     static const struct CMUnitTest tests[] = {cmocka_unit_test(a_name_that_says_what_holds)};
 *     LAB_MAIN(tests, setup, teardown)
 *
 * With ONLY=NAME in the environment it runs the tests of that name alone (`*` and `?` as in a shell).
 */
#ifndef LAB_TEST_H
#define LAB_TEST_H

/* cmocka.h does not include what it needs itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* main() of a program with one group of tests. `setup` and `teardown`, run once around the group, may be NULL. */
#define LAB_MAIN(tests, setup, teardown)                                                                   \
    int main(void) { return lab_main(__FILE__, tests, sizeof(tests) / sizeof *(tests), setup, teardown); }

/* For a main() that has more to do, or several groups: runs one group. `file` is the program's source (__FILE__).
 * How many of its tests failed; 2 when the program has no test that ONLY names. */
int lab_main(const char *file, const struct CMUnitTest *tests, size_t count, CMFixtureFunction setup,
             CMFixtureFunction teardown);

/* The test program as people name it, "edit/test_save", and its test that is running; "" before the first one. */
const char *lab_program(void);
const char *lab_test(void);
/* What the program is about, "save" of "edit/test_save": for the names of databases. */
const char *lab_topic(void);

/* From now on `hook` is called after every test that failed, with `data`, before the test's own teardown: what the test
 * had open is still there. The next test begins after all hooks have been called. */
void lab_on_failure(void (*hook)(void *data), void *data);

/* Ends the test that calls it; it counts as neither passed nor failed. */
void lab_skip(const char *file, int line);
#undef skip
#define skip() lab_skip(__FILE__, __LINE__)

#endif
