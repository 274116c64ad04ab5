/* The grammar of .env files, as dotenv reads them, and Prisma's ${NAME}. */
#include "lab/test.h"
#include "nixie/buf.h"
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

/* Recorded from dotenv's own expression, run by a JavaScript engine. */
static const struct {
    const char *text, *name, *value;
} odd_cases[] = {
    {"A=1\xe2\x80\xa8" "B=2", "A", "1\xe2\x80\xa8" "B=2"},
    {"A=1\xe2\x80\xa8" "B=2", "B", NULL},
    {"# A=1\xe2\x80\xa8" "B=2", "B", "2"},
    {"A=\"x\"\xe2\x80\xa8y\"", "A", "x"},
    {"A=1 # x\xe2\x80\xa8" "B=2", "B", "2"},
    {"A='x'\xe2\x80\xa8" "B=2", "B", "2"},
    {"A=1\xe2\x80\xa9" "B=2", "A", "1\xe2\x80\xa9" "B=2"},
    {"A=1\xe2\x80\xa9" "B=2", "B", NULL},
    {"# A=1\xe2\x80\xa9" "B=2", "B", "2"},
    {"A=\"x\"\xe2\x80\xa9y\"", "A", "x"},
    {"A=1 # x\xe2\x80\xa9" "B=2", "B", "2"},
    {"A='x'\xe2\x80\xa9" "B=2", "B", "2"},
    {"A=\"x\\", "A", "\"x\\"},
    {"A='x\\' # y", "A", "x\\"},
    {"A='x\\'y", "A", "'x\\'y"},
    {"A=\"a\\\"", "A", "a\\"},
    {"A=\"a\\\" b\" c", "A", "\"a\\\" b\" c"},
    {"A=\"a\\\" # \"b", "A", "a\\"},
    {"A=\"\\\"", "A", "\\"},
    {"A=\\n", "A", "\\n"},
    {"A=\"\\", "A", "\"\\"},
    {"A=\"a\\n", "A", "\"a\n"},
    {"A=\"a\\t\"", "A", "a\\t"},
    {"A=\"a\\\"\\n\"", "A", "a\\\"\n"},
    {"A=`", "A", "`"},
    {"A=`a` # `b`", "A", "a"},
    {"A=a'b'", "A", "a'b'"},
    {"A= \"x\" y", "A", "\"x\" y"},
    {"A=\"x\"y", "A", "\"x\"y"},
    {"A=\r", "A", ""},
    {"A=\r\r\nB=1", "B", "1"},
    {"A=1\r\n\r\nB=2\r", "B", "2"},
    {"\rA=1", "A", "1"},
    {"A=1\n#", "A", "1"},
    {"exp", "A", NULL},
    {"export", "export", NULL},
    {"export ", "export", NULL},
    {"export A", "A", NULL},
    {"export\nA=1", "A", "1"},
    {"export A\n=1", "A", "1"},
    {"export: 1", "export", "1"},
    {"export : 1", "export", NULL},
    {"export export=1", "export", "1"},
    {"-=1", "-", "1"},
    {".=1", ".", "1"},
    {"A.B=1", "A.B", "1"},
    {"A$=1", "A", NULL},
    {"\xc3\xa4=1", "\xc3\xa4", NULL},
    {"A\xc3\xa4=1", "A", NULL},
    {"A=\xc3\xa4", "A", "\xc3\xa4"},
    {"A==", "A", "="},
    {"=1", "A", NULL},
    {"A\t=\t1\t", "A", "1"},
    {"A\n\n=\n\n1", "A", ""},
    {"A:  1", "A", "1"},
    {"A:\t1", "A", "1"},
    {"A: \"x\"", "A", "x"},
    {"A: ''", "A", ""},
    {"A:\n\n1", "A", ""},
    {"A:#x", "A", NULL},
    {"A: #x", "A", ""},
    {"A=1;B=2", "A", "1;B=2"},
    {"A=#\nB=2", "B", "2"},
    {"A=x #", "A", "x"},
    {"A='#'", "A", "#"},
    {"A='x'#'y'", "A", "x"},
    {"A='x' #'y'", "A", "x"},
    {"A=\"a\" \"b\"", "A", "a\" \"b"},
    {"A='a'\nB='b'", "A", "a"},
    {"A='a\n\n'\nB='b'", "A", "a\n\n"},
    {"A='a\nB=\"b'\nC=\"c", "C", "\"c"},
    {"A=\"\nB='x\"'", "B", "x\""},
    {"A=\n'x\ny'", "A", "x\ny"},
    {"A=\n\n", "A", ""},
    {"A= \n B=2", "A", ""},
    {"A= \n B=2", "B", "2"},
    {"A=\n=1", "A", ""},
    {"A=\n#c\nB=1", "A", ""},
    {"A=\n#c\nB=1", "B", "1"},
    {"A=\"\"", "A", ""},
    {"A=\"\"\"", "A", "\""},
    {"A='''", "A", "'"},
    {"A=\" \"", "A", " "},
    {"A=\"\n\"", "A", "\n"},
    {"A='\\n'", "A", "\\n"},
    {"A=\"\\r\\n\"", "A", "\r\n"},
    {"A=\"x\\\\n\"", "A", "x\\\n"},
    /* half of a character at the end of the file */
    {"A=1\xe2\x80", "A", "1\xe2\x80"},
    {"A=1\xc2", "A", "1\xc2"},
};

/* Reads a copy that ends where the text does, so that reading past the end is seen. */
static void assert_read(const char *text, const char *name, const char *expected) {
    size_t len = strlen(text);
    char *exact = malloc(len ? len : 1);
    assert_non_null(exact);
    memcpy(exact, text, len);
    nx_dotenv *env = nx_dotenv_parse(exact, len);
    const char *value = nx_dotenv_get(env, name);
    if (expected ? !value || strcmp(value, expected) != 0 : value != NULL) {
        fail_msg("<%s>: %s is <%s>, not <%s>", text, name, value, expected);
    }
    nx_dotenv_free(env);
    free(exact);
}

static void lines_are_read_as_dotenv_does(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        assert_read(cases[i].text, cases[i].name, cases[i].value);
    }
    for (size_t i = 0; i < NX_COUNT(odd_cases); i++) {
        assert_read(odd_cases[i].text, odd_cases[i].name, odd_cases[i].value);
    }
}

/* --- white space ------------------------------------------------------------------------------------ */

/* In both, @ is the character in question. */
typedef struct around {
    const char *text, *value; /* of A; NULL: not there */
} around;

/* What JavaScript has for white space, and the characters that stand beside it in Unicode and are none. */
static const char *const blanks[] = {
    "\t",           "\v",           "\f",           "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x85",
    "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80", "\xef\xbb\xbf",
};
static const char *const others[] = {
    "\xc2\x85",     "\xc2\xa1",     "\xc3\xa2",     "\xe1\x9a\x81", "\xe1\xa0\x8e", "\xe2\x80\x8b",
    "\xe2\x80\x8d", "\xe2\x80\xa7", "\xe2\x80\xaa", "\xe2\x80\xb0", "\xe2\x81\x9e", "\xe2\x81\xa0",
    "\xe2\x82\xac", "\xe3\x80\x81", "\xe3\x81\x80", "\xef\xbb\xbe", "\xef\xbc\x90",
};

static void substitute(nx_buf *out, const char *text, const char *character) {
    for (const char *p = text; p && *p; p++) {
        if (*p == '@') {
            nx_buf_adds(out, character);
        } else {
            nx_buf_addc(out, *p);
        }
    }
}

static void assert_around(const around *table, size_t n, const char *character) {
    for (size_t i = 0; i < n; i++) {
        nx_buf text = NX_BUF, value = NX_BUF;
        substitute(&text, table[i].text, character);
        substitute(&value, table[i].value, character);
        assert_read(text.data, "A", table[i].value ? value.data : NULL);
        nx_buf_free(&text);
        nx_buf_free(&value);
    }
}

static void white_space_is_what_javascript_says(void **state) {
    (void)state;
    static const around blank[] = {{"@A@=@1@", "1"}, {"A=@", ""},          {"A=\"x\"@# y", "x"},
                                   {"A:@1", "1"},    {"export@A=1", "1"}, {"A=x@y", "x@y"}};
    static const around other[] = {
        {"@A=1", NULL}, {"A=@1@", "@1@"}, {"A=\"x\"@", "\"x\"@"}, {"A@=1", NULL}, {"A:@1", NULL}};
    for (size_t i = 0; i < NX_COUNT(blanks); i++) {
        assert_around(blank, NX_COUNT(blank), blanks[i]);
    }
    for (size_t i = 0; i < NX_COUNT(others); i++) {
        assert_around(other, NX_COUNT(other), others[i]);
    }
}

/* A file that some editor wrote over: what follows a NUL is not read. */
static void a_nul_ends_the_file(void **state) {
    (void)state;
    static const char text[] = "A=1\0B=2\nC=3";
    nx_dotenv *env = nx_dotenv_parse(text, sizeof text - 1);
    assert_string_equal(nx_dotenv_get(env, "A"), "1");
    assert_null(nx_dotenv_get(env, "B"));
    assert_null(nx_dotenv_get(env, "C"));
    nx_dotenv_free(env);
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
    cmocka_unit_test(white_space_is_what_javascript_says),
    cmocka_unit_test(a_nul_ends_the_file),
    cmocka_unit_test(references_are_expanded_as_prisma_does),
    cmocka_unit_test(circles_of_references_end),
};

LAB_MAIN(tests, NULL, NULL)
