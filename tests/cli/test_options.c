/* The command line: what is accepted, what it means, and what is said about the rest. */
#include "command.h"
#include "lab/test.h"
#include "option_table.h"
#include "options.h"
#include "process.h"
#include "run.h"
#include "suggest.h"

typedef struct line { /* a parsed command line with the memory it points into */
    char *argv[32];
    int argc;
    bool ok;
    ui_options options;
    nx_error err;
} line;

static line parse(const char *first, ...) {
    line l = {.argv = {nx_strdup("nixie")}, .argc = 1, .err = NX_ERROR};
    va_list args;
    va_start(args, first);
    for (const char *word = first; word; word = va_arg(args, const char *)) {
        l.argv[l.argc++] = nx_strdup(word);
    }
    va_end(args);
    l.ok = ui_options_parse(l.argc, l.argv, &l.options, &l.err);
    return l;
}

static void done(line *l) {
    for (int i = 0; i < l->argc; i++) {
        free(l->argv[i]);
    }
    ui_options_free(&l->options);
    nx_error_clear(&l->err);
}

static void expect_usage(line l, const char *message, const char *hint) {
    assert_false(l.ok);
    assert_int_equal(l.err.kind, NX_ERR_USAGE);
    assert_string_equal(l.err.message, message);
    if (hint) {
        assert_string_equal(l.err.hint, hint);
    }
    done(&l);
}

static void positionals_find_their_meaning(void **state) {
    (void)state;
    line l = parse("postgresql://h/db", "Post", NULL);
    assert_true(l.ok);
    assert_int_equal(l.options.command, UI_COMMAND_BROWSE);
    assert_string_equal(l.options.url, "postgresql://h/db");
    assert_string_equal(l.options.model, "Post");
    done(&l);

    l = parse("host=h dbname=x", "rows", "Post", NULL);
    assert_true(l.ok);
    assert_int_equal(l.options.command, UI_COMMAND_ROWS);
    assert_string_equal(l.options.url, "host=h dbname=x");
    assert_string_equal(l.options.model, "Post");
    done(&l);

    l = parse("rows", "Post", "postgresql://h/db", NULL);
    assert_true(l.ok);
    assert_string_equal(l.options.url, "postgresql://h/db");
    done(&l);
}

static void a_key_may_hold_an_equals_sign(void **state) {
    (void)state;
    line l = parse("record", "User", "email=ada@example.com", "postgresql://h/db", NULL);
    assert_true(l.ok);
    assert_string_equal(l.options.key, "email=ada@example.com");
    assert_string_equal(l.options.url, "postgresql://h/db");
    done(&l);

    l = parse("record", "--key-json", "[\"a,b\"]", "User", "postgresql://h/db", NULL);
    assert_true(l.ok);
    assert_null(l.options.key);
    assert_string_equal(l.options.url, "postgresql://h/db");
    done(&l);

    l = parse("record", "Post", "-5", NULL);
    assert_true(l.ok);
    assert_string_equal(l.options.key, "-5");
    done(&l);
}

static void two_dashes_end_options_and_commands(void **state) {
    (void)state;
    line l = parse("--", "check", NULL);
    assert_true(l.ok);
    assert_int_equal(l.options.command, UI_COMMAND_BROWSE);
    assert_string_equal(l.options.model, "check");
    done(&l);

    l = parse("rows", "--", "--last", NULL);
    assert_true(l.ok);
    assert_int_equal(l.options.command, UI_COMMAND_ROWS);
    assert_string_equal(l.options.model, "--last");
    assert_false(l.options.last);
    done(&l);
}

static void words_that_are_no_command_are_models(void **state) {
    (void)state;
    static const char *const words[] = {"exports", "migration", "pulls", "Models"};
    for (size_t i = 0; i < NX_COUNT(words); i++) {
        line l = parse(words[i], NULL);
        assert_true(l.ok);
        assert_int_equal(l.options.command, UI_COMMAND_BROWSE);
        assert_string_equal(l.options.model, words[i]);
        done(&l);
    }
}

static void options_stand_anywhere_in_both_forms(void **state) {
    (void)state;
    line l = parse("--limit=7", "rows", "--where", "id = 1", "Post", "--order=id desc", "--timeout", "9", "--read-only",
                   NULL);
    assert_true(l.ok);
    assert_int_equal(l.options.limit, 7);
    assert_int_equal(l.options.timeout_s, 9);
    assert_true(l.options.read_only);
    assert_string_equal(l.options.where, "id = 1");
    assert_string_equal(l.options.order, "id desc");
    assert_string_equal(l.options.model, "Post");
    done(&l);

    l = parse("rows", "Post", "--after", "-Abc", "--format", "csv", "--csv-safe", NULL);
    assert_true(l.ok);
    assert_string_equal(l.options.after, "-Abc");
    assert_int_equal(l.options.format, UI_FORMAT_CSV);
    done(&l);
}

static void mistakes_are_named_with_what_was_meant(void **state) {
    (void)state;
    expect_usage(parse("rows", "Post", "--wehre", "x", NULL), "unknown option --wehre", "did you mean --where?");
    expect_usage(parse("--readonly", NULL), "unknown option --readonly", "did you mean --read-only?");
    expect_usage(parse("--xyzzyx", NULL), "unknown option --xyzzyx", "nixie --help lists the options");
    expect_usage(parse("-w", NULL), "unknown option -w", NULL);
    expect_usage(parse("rows", NULL), "MODEL is missing", "usage: nixie rows MODEL");
    expect_usage(parse("record", "Post", NULL), "KEY is missing", "usage: nixie record MODEL KEY");
    expect_usage(parse("models", "Post", NULL), "unexpected argument \"Post\"", "usage: nixie models");
    expect_usage(parse("rows", "Post", "--where", NULL), "--where needs a value: --where F", NULL);
    expect_usage(parse("models", "--json=yes", NULL), "--json takes no value", NULL);
    expect_usage(parse("--where", "x", NULL), "--where has no meaning for nixie",
                 "it belongs to a command, as in nixie rows MODEL --where");
    expect_usage(parse("models", "--last", NULL), "--last has no meaning for nixie models",
                 "nixie models --help lists its options");
    expect_usage(parse("demo", "postgresql://h/db", NULL), "nixie demo takes no URL: it starts a server of its own",
                 NULL);
    expect_usage(parse("postgresql://a/b", "postgresql://c/d", NULL), "more than one URL", NULL);
}

static void numbers_and_formats_are_judged(void **state) {
    (void)state;
    static const char *const bad[] = {"0", "-1", "10001", "x", "5x", "", "99999999999999999999"};
    for (size_t i = 0; i < NX_COUNT(bad); i++) {
        line l = parse("rows", "Post", "--limit", bad[i], NULL);
        assert_false(l.ok);
        assert_non_null(strstr(l.err.message, "--limit takes a number from 1 to 10000"));
        done(&l);
    }
    expect_usage(parse("rows", "Post", "--format", "xml", NULL), "unknown format \"xml\"",
                 "it is one of table, json, csv");
    expect_usage(parse("record", "Post", "1", "--format", "csv", NULL), "unknown format \"csv\"",
                 "it is one of text, json");
    expect_usage(parse("rows", "Post", "--json", "--format", "csv", NULL), "--json and --format csv exclude each other",
                 NULL);
    expect_usage(parse("rows", "Post", "--csv-safe", NULL), "--csv-safe goes with --format csv", NULL);
    expect_usage(parse("rows", "Post", "--after", "a", "--last", NULL),
                 "--after, --before and --last exclude each other", NULL);
    expect_usage(parse("rows", "Post", "--after", "a", "--before", "b", NULL),
                 "--after, --before and --last exclude each other", NULL);
    line l = parse("rows", "Post", "--json", NULL);
    assert_int_equal(l.options.format, UI_FORMAT_JSON);
    done(&l);
}

static void passwords_are_overwritten_where_they_stand(void **state) {
    (void)state;
    static const char *const urls[] = {"postgresql://u:canary@h/db",
                                       "postgresql://u:ca@na/canary@h:5432/db?sslmode=require",
                                       "postgresql://h/db?user=u&password=canary",
                                       "postgresql://h/db?pass%77ord=canary",
                                       "postgresql://u@h/db?PASSWORD=canary",
                                       "host=h password=canary user=u",
                                       "password = 'canary' host=h"};
    for (size_t i = 0; i < NX_COUNT(urls); i++) {
        line l = parse("models", urls[i], NULL);
        assert_true(l.ok);
        assert_null(strstr(l.argv[2], "canary"));
        assert_string_equal(l.options.url, urls[i]);
        assert_true(l.options.password_in_argv);
        done(&l);
        nx_buf joined = NX_BUF;
        nx_buf_addf(&joined, "--url=%s", urls[i]);
        l = parse(joined.data, NULL);
        assert_true(l.ok);
        assert_null(strstr(l.argv[1], "canary"));
        assert_string_equal(l.options.url, urls[i]);
        done(&l);
        l = parse("--nonsense", urls[i], NULL); /* also when the rest is not understood */
        assert_false(l.ok);
        assert_null(strstr(l.argv[2], "canary"));
        done(&l);
        nx_buf_free(&joined);
    }
    line l = parse("postgresql://u@h:5432/db?sslmode=require", NULL);
    assert_false(l.options.password_in_argv);
    assert_string_equal(l.argv[1], "postgresql://u@h:5432/db?sslmode=require");
    done(&l);
}

static void nearest_name_allows_few_slips(void **state) {
    (void)state;
    static const char *const names[] = {"where", "order", "fields", "format"};
    assert_string_equal(ui_nearest("fromat", names, 4), "format");
    assert_string_equal(ui_nearest("fie", names, 4), "fields");
    assert_null(ui_nearest("zzzzz", names, 4));
    assert_null(ui_nearest("", names, 4));
}

static void help_lists_every_command_and_option(void **state) {
    (void)state;
    run r = nixie(NULL, "--help", NULL);
    expect_status(&r, 0);
    assert_string_equal(r.err, "");
    for (int i = 0; i < UI_COMMAND_COUNT; i++) {
        nx_buf usage = NX_BUF;
        nx_buf_addf(&usage, "nixie %s", ui_commands[i].usage);
        assert_non_null(strstr(r.out, usage.data));
        nx_buf_free(&usage);
    }
    for (size_t i = 0; i < ui_noptions; i++) {
        nx_buf option = NX_BUF;
        nx_buf_addf(&option, "  --%s%s%s ", ui_option_table[i].name, ui_option_table[i].value ? " " : "",
                    ui_option_table[i].value ? ui_option_table[i].value : "");
        char *once = strstr(r.out, option.data);
        assert_non_null(once);
        assert_null(strstr(once + 1, option.data));
        nx_buf_free(&option);
    }
    for (const char *p = r.out, *end; (end = strchr(p, '\n')); p = end + 1) {
        assert_true(end - p <= 100);
    }
    run_free(&r);
}

static void help_of_a_command_is_about_that_command(void **state) {
    (void)state;
    run r = nixie(NULL, "rows", "--help", NULL);
    expect_status(&r, 0);
    assert_non_null(strstr(r.out, "nixie rows MODEL"));
    assert_non_null(strstr(r.out, "--csv-safe"));
    assert_null(strstr(r.out, "nixie models"));
    assert_null(strstr(r.out, "--include"));
    run_free(&r);
    r = nixie(NULL, "--version", NULL);
    expect_status(&r, 0);
    assert_string_equal(r.out, "nixie " NIXIE_VERSION "\n");
    run_free(&r);
}

static void wrong_usage_is_two_lines_on_stderr(void **state) {
    (void)state;
    run r = nixie(NULL, "rows", "Post", "--ordre", "id", NULL);
    expect_status(&r, 2);
    assert_string_equal(r.out, "");
    assert_string_equal(r.err, "nixie: unknown option --ordre\nhint: did you mean --order?\n");
    run_free(&r);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(positionals_find_their_meaning),
    cmocka_unit_test(a_key_may_hold_an_equals_sign),
    cmocka_unit_test(two_dashes_end_options_and_commands),
    cmocka_unit_test(words_that_are_no_command_are_models),
    cmocka_unit_test(options_stand_anywhere_in_both_forms),
    cmocka_unit_test(mistakes_are_named_with_what_was_meant),
    cmocka_unit_test(numbers_and_formats_are_judged),
    cmocka_unit_test(passwords_are_overwritten_where_they_stand),
    cmocka_unit_test(nearest_name_allows_few_slips),
    cmocka_unit_test(help_lists_every_command_and_option),
    cmocka_unit_test(help_of_a_command_is_about_that_command),
    cmocka_unit_test(wrong_usage_is_two_lines_on_stderr),
};

LAB_MAIN(tests, NULL, NULL)
