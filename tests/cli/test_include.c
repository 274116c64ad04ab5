/* nixie record --include: as deep as one asks, each list with a filter, an order, fields and a limit of its own. */
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/session.h"
#include "run.h"

static int setup(void **state) {
    group_open(state);
    lab_sql(url, "CREATE TABLE author (id int PRIMARY KEY, name text, boss_id int REFERENCES author);"
                 "CREATE TABLE post (id int PRIMARY KEY, title text, published boolean, author_id int REFERENCES author,"
                 " editor_id int REFERENCES author);"
                 "CREATE TABLE comment (id int PRIMARY KEY, body text, post_id int REFERENCES post, author_id int REFERENCES author);"
                 "CREATE TABLE tag (id int PRIMARY KEY, name text);"
                 "CREATE TABLE \"_postTotag\" (\"A\" int NOT NULL REFERENCES post, \"B\" int NOT NULL REFERENCES tag);"
                 "CREATE UNIQUE INDEX ON \"_postTotag\" (\"A\", \"B\"); CREATE INDEX ON \"_postTotag\" (\"B\");"
                 "INSERT INTO author SELECT i, 'author ' || i, nullif(i - 1, 0) FROM generate_series(1, 4) i;"
                 "INSERT INTO post SELECT i, 'post ' || i, i % 2 = 0, 1 + i % 3, CASE WHEN i < 3 THEN 4 END FROM generate_series(1, 12) i;"
                 "INSERT INTO comment SELECT i, 'comment; (' || i || ')', 1 + i % 12, 1 + i % 4 FROM generate_series(1, 40) i;"
                 "INSERT INTO tag SELECT i, 'tag ' || i FROM generate_series(1, 3) i;"
                 "INSERT INTO \"_postTotag\" SELECT i, j FROM generate_series(1, 12) i, generate_series(1, 3) j WHERE (i + j) % 2 = 0");
    return 0;
}

static run include(const char *model, const char *key, const char *text) {
    return nixie(url, "record", model, key, "--json", "--include", text, NULL);
}

static void as_deep_as_one_asks(void **state) {
    (void)state;
    run r = include("post", "4", "author.boss.boss, comment.author.boss, tag, editor");
    expect_status(&r, 0);
    expect_jq(r.out, ".relations | keys_unsorted | join(\",\")", "author,comment,tag,editor");
    expect_jq(r.out, ".relations.author | \"\\(.record.id) \\(.relations.boss.record.id) \\(.relations.boss.relations.boss)\"",
              "2 1 null");
    expect_jq(r.out, "[.relations.comment.rows[] | \"\\(.record.id):\\(.relations.author.record.id):"
                     "\\(.relations.author.relations.boss.record.id)\"] | join(\" \")", "3:4:3 15:4:3 27:4:3 39:4:3");
    expect_jq(r.out, "[.relations.tag.rows[].record.name] | join(\",\")", "tag 2");
    expect_jq(r.out, ".relations.editor", "null");
    run_free(&r);
    /* A circle is walked as far as it was asked for. */
    r = include("author", "2", "post via author_id.author.post via author_id(limit 1).author");
    expect_status(&r, 0);
    expect_jq(r.out, "[.relations[\"post via author_id\"].rows[].relations.author.relations[\"post via author_id\"].rows[]"
                     ".relations.author.record.id] | unique | join(\",\")", "2");
    run_free(&r);
}

static void every_list_has_options_of_its_own(void **state) {
    (void)state;
    run r = include("author", "1",
                    "`post via author_id`(where published = true; order id desc; fields title; limit 1)"
                    ".comment(where body contains ';' and author.name != 'author 9'; order author.name desc, id; limit 2),"
                    "comment(limit 3)");
    expect_status(&r, 0);
    expect_jq(r.out, ".relations[\"post via author_id\"].rows | \"\\(length) \\(.[0].record.title) \\(.[0].record.published)\"",
              "1 post 12 null");
    expect_jq(r.out, "[.relations[\"post via author_id\"].rows[0].relations.comment.rows[].record | \"\\(.id):\\(.author_id)\"] | "
                     "join(\" \")", "11:4 23:4");
    expect_jq(r.out, ".relations.comment.rows | length", "3");
    expect_jq(r.out, ".relations.comment.next | type", "string");
    run_free(&r);
}

static void text_nests_as_well(void **state) {
    (void)state;
    run r = nixie(url, "record", "post", "4", "--format", "text", "--include", "comment(limit 1; fields body).author", NULL);
    expect_status(&r, 0);
    assert_non_null(strstr(r.out, "\ncomment -> comment: the first 1\n  body       comment; (3)\n"));
    assert_non_null(strstr(r.out, "\n    author -> author\n      id       4\n"));
    run_free(&r);
}

static void mistakes_are_told_with_their_place(void **state) {
    (void)state;
    static const struct {
        const char *text, *message, *mark;
        int status;
    } mistakes[] = {
        {"author.nope", "author has no relation \"nope\"", "\n                         ^", 1},
        {"comment(where nope = 1)", "comment has no field \"nope\"", "\n                  ^", 1},
        {"comment(order nope)", "comment has no field \"nope\"", NULL, 1},
        {"comment(fields body, nope)", "comment has no field \"nope\"", NULL, 1},
        {"comment(where body contains )", "expected a value", NULL, 2},
        {"comment(limit many)", "expected a number from 1 to 10,000", NULL, 2},
        {"comment(limit 0)", "expected a number from 1 to 10,000", NULL, 2},
        {"comment(limit 5", "expected a closing parenthesis", NULL, 2},
        {"comment(where body = 'x)", "expected a closing quote", NULL, 2},
        {"comment(frobnicate)", "expected where, order, fields or limit", NULL, 2},
        {"comment..author", "expected a relation's name", NULL, 2},
        {"comment author", "has no relation \"comment author\"", NULL, 1},
        {",author", "expected a relation's name", NULL, 2},
        {"author)", "expected a comma, a dot or an opening parenthesis", NULL, 2},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        run r = include("post", "4", mistakes[i].text);
        if (r.status != mistakes[i].status || !strstr(r.err, mistakes[i].message) ||
            (mistakes[i].mark && !strstr(r.err, mistakes[i].mark))) {
            fail_msg("%s: status %d\n%s", mistakes[i].text, r.status, r.err);
        }
        assert_string_equal(r.out, "");
        run_free(&r);
    }
}

static void too_much_is_refused(void **state) {
    (void)state;
    run r = nixie(url, "record", "author", "1", "--limit", "1000", "--include",
                  "`post via author_id`.comment.post.comment.post.comment.post.comment.post.comment.post.comment.post.comment.post",
                  NULL);
    expect_status(&r, 1);
    assert_non_null(strstr(r.err, "more than 10000 lists"));
    run_free(&r);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(as_deep_as_one_asks),
    cmocka_unit_test(every_list_has_options_of_its_own),
    cmocka_unit_test(text_nests_as_well),
    cmocka_unit_test(mistakes_are_told_with_their_place),
    cmocka_unit_test(too_much_is_refused),
};

LAB_MAIN(tests, setup, group_close)
