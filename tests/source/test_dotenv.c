/* The grammar of .env files, as dotenv reads them, and Prisma's ${NAME}. */
#include "lab/test.h"
#include "nixie/source.h"

static const struct {
    const char *text, *name, *value; /* NULL: not there */
} cases[] = {
    {"A=1", "A", "1"},
    {"A=1\nB=2\n", "B", "2"},
    {"  A  =  1  ", "A", "1"},
    {"A=", "A", ""},
    {"A", "A", NULL},
    {"", "A", NULL},
    {"A=a b  c ", "A", "a b  c"},
    {"A=a=b=c", "A", "a=b=c"},
    /* names */
    {"a.b-c_9=x", "a.b-c_9", "x"},
    {"export A=1", "A", "1"},
    {"export\t A = 1", "A", "1"},
    {"exportA=1", "exportA", "1"},
    {"export=1", "export", "1"},
    {"export = 1", "export", "1"},
    {"A: 1", "A", "1"},
    {"A:1", "A", NULL},
    {"A : 1", "A", NULL},
    {"A:\nB=2", "A", "B=2"}, /* the blank behind the colon may end the line */
    {"A B=1", "A", NULL},
    {"A B=1", "B", NULL},
    {"A\n=1", "A", "1"},
    {"+A=1", "A", NULL},
    {"\xef\xbb\xbf"
     "A=1",
     "A", "1"}, /* a byte order mark is white space */
    /* ends of lines */
    {"A=1\r\nB=2\r\n", "A", "1"},
    {"A=1\r\nB=2\r\n", "B", "2"},
    {"A=1\rB=2", "B", "2"},
    {"\n\n\n  A=1\n\n", "A", "1"},
    {"A=\nB=2", "A", ""},
    {"A=\nB=2", "B", "2"},
    /* comments */
    {"# A=1\nB=2", "A", NULL},
    {"A=1 # one", "A", "1"},
    {"A=1#one", "A", "1"},
    {"A=postgres://u:p#w@h/db", "A", "postgres://u:p"},
    {"A='postgres://u:p#w@h/db'", "A", "postgres://u:p#w@h/db"},
    {"A=\"x\" # \"y\"", "A", "x"},
    {"A=#", "A", ""},
    {"A= # nothing", "A", ""},
    /* quotes */
    {"A='1'", "A", "1"},
    {"A=\"1\"", "A", "1"},
    {"A=`1`", "A", "1"},
    {"A = ' 1 '", "A", " 1 "},
    {"A=''", "A", ""},
    {"A='", "A", "'"},
    {"A=\"a'b`c\"", "A", "a'b`c"},
    {"A='a\"b'", "A", "a\"b"},
    {"A=`a'b\"c`", "A", "a'b\"c"},
    {"A='a' b", "A", "'a' b"},
    {"A='it''s'", "A", "it''s"},
    {"A='a\nB=2", "A", "'a"},
    {"A='a\nB=2", "B", "2"},
    {"A='x\nB='y'", "A", "'x"}, /* the quote that would close it is followed by more */
    {"A='x\nB='y'", "B", "y"},
    {"A='a\\'b'", "A", "a\\'b"},
    {"A=\"a\\\"b\"", "A", "a\\\"b"},
    {"A='a\\'", "A", "a\\"}, /* the only quote there is closes, even behind a backslash */
    {"A=\n'x'", "A", "x"},
    {"A=\n\n  \"x\"\nB=1", "A", "x"},
    /* several lines */
    {"A=\"one\ntwo\"\nB=2", "A", "one\ntwo"},
    {"A=\"one\ntwo\"\nB=2", "B", "2"},
    {"A='one\r\n# two\r\nB=3'\nC=4", "A", "one\n# two\nB=3"},
    {"A='one\nB=3'\nC=4", "B", NULL},
    {"A=`-----BEGIN\n\n-----END`", "A", "-----BEGIN\n\n-----END"},
    /* escapes: in double quotes only */
    {"A=\"a\\nb\\rc\\td\"", "A", "a\nb\rc\\td"},
    {"A='a\\nb'", "A", "a\\nb"},
    {"A=`a\\nb`", "A", "a\\nb"},
    {"A=a\\nb", "A", "a\\nb"},
    {"A=\"a\\\\nb\"", "A", "a\\\nb"},
    /* the later one counts */
    {"A=1\nA=2", "A", "2"},
    {"A=1\nA=", "A", ""},
    {"DATABASE_URL=\"postgresql://u:p@h:5432/db?schema=public\"", "DATABASE_URL",
     "postgresql://u:p@h:5432/db?schema=public"},
};

static void lines_are_read_as_dotenv_does(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        size_t len = strlen(cases[i].text);
        char *exact = malloc(len ? len : 1); /* so that reading past the end is seen */
        assert_non_null(exact);
        memcpy(exact, cases[i].text, len);
        nx_dotenv *env = nx_dotenv_parse(exact, len);
        const char *value = nx_dotenv_get(env, cases[i].name);
        if (cases[i].value ? !value || strcmp(value, cases[i].value) != 0 : value != NULL) {
            fail_msg("<%s>: %s is <%s>, not <%s>", cases[i].text, cases[i].name, value, cases[i].value);
        }
        nx_dotenv_free(env);
        free(exact);
    }
}

static const char expandable[] =
    "A=1\nB=${A}\nC=x${A}y${B}z\nD='${A}'\nE=\\${A}\nF=$A ${A:-d} ${} ${a-b}\nG=${UNKNOWN}|\n"
    "H=${FROM_SHELL}\nSHELL_TOO=file\nI=${SHELL_TOO}\nSELF=${SELF}x\nEMPTY=file\nJ=${EMPTY}|\n"
    "L1=${L2}${L2}\nL2=${L1}${L1}\nK=a\\\\${A}\nM=${A\n";

static const struct {
    const char *name, *value;
} expanded[] = {
    {"A", "1"},     {"B", "1"},     {"C", "x1y1z"},     {"D", "1"}, {"E", "${A}"},    {"F", "$A ${A:-d}  ${a-b}"},
    {"G", "|"},     {"H", "shell"}, {"I", "shell too"}, {"J", "|"}, {"K", "a\\${A}"}, {"M", "${A"},
    {"NONE", NULL},
};

static void references_are_expanded_as_prisma_does(void **state) {
    (void)state;
    char *environment[] = {(char[]){"FROM_SHELL=shell"}, (char[]){"SHELL_TOO=shell too"}, (char[]){"EMPTY="}, NULL};
    nx_dotenv *env = nx_dotenv_parse(expandable, sizeof expandable - 1);
    for (size_t i = 0; i < NX_COUNT(expanded); i++) {
        char *value = nx_dotenv_expand(env, expanded[i].name, environment);
        if (expanded[i].value) {
            assert_non_null(value);
            assert_string_equal(value, expanded[i].value);
        } else {
            assert_null(value);
        }
        free(value);
    }
    nx_dotenv_free(env);
}

static void circles_of_references_end(void **state) {
    (void)state;
    static char *environment[] = {NULL};
    nx_dotenv *env = nx_dotenv_parse(expandable, sizeof expandable - 1);
    char *value = nx_dotenv_expand(env, "SELF", environment);
    assert_non_null(value);
    assert_true(strlen(value) < 100);
    free(value);
    value = nx_dotenv_expand(env, "L1", environment);
    assert_non_null(value);
    assert_string_equal(value, "");
    free(value);
    nx_dotenv_free(env);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(lines_are_read_as_dotenv_does),
    cmocka_unit_test(references_are_expanded_as_prisma_does),
    cmocka_unit_test(circles_of_references_end),
};

LAB_MAIN(tests, NULL, NULL)
