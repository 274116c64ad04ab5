/* Filters over relations mean what Prisma Client means by them: each beside the same question in plain SQL. */
#include "rows/rows_group.h"

static const char script[] =
    "CREATE TABLE \"User\" (id int PRIMARY KEY, email text, age int, \"managerId\" int REFERENCES \"User\");"
    "CREATE TABLE \"Profile\" (id int PRIMARY KEY, bio text, \"userId\" int UNIQUE REFERENCES \"User\");"
    "CREATE TABLE \"Post\" (id int PRIMARY KEY, title text, published boolean, \"authorId\" int REFERENCES \"User\","
    " \"editorId\" int REFERENCES \"User\"); CREATE INDEX ON \"Post\" (\"authorId\"); CREATE INDEX ON \"Post\" (\"editorId\");"
    "CREATE TABLE \"Comment\" (id int PRIMARY KEY, body text, \"postId\" int NOT NULL REFERENCES \"Post\");"
    "CREATE TABLE \"Tag\" (id int PRIMARY KEY, name text);"
    "CREATE TABLE \"_PostToTag\" (\"A\" int NOT NULL REFERENCES \"Post\", \"B\" int NOT NULL REFERENCES \"Tag\");"
    "CREATE UNIQUE INDEX ON \"_PostToTag\" (\"A\", \"B\"); CREATE INDEX ON \"_PostToTag\" (\"B\");"
    "CREATE TABLE place (region text, code int, name text, PRIMARY KEY (region, code));"
    "CREATE TABLE visit (id int PRIMARY KEY, region text, code int, note text,"
    " CONSTRAINT at FOREIGN KEY (region, code) REFERENCES place);"
    "SELECT setseed(0.4);"
    "INSERT INTO \"User\" SELECT i, CASE WHEN i % 7 <> 0 THEN 'u' || i || CASE WHEN i % 3 = 0 THEN '@neon.tech' ELSE '@a.b' END"
    " END, CASE WHEN i % 4 <> 0 THEN i END, CASE WHEN i > 3 THEN 1 + i % 3 END FROM generate_series(1, 24) i;"
    "INSERT INTO \"Profile\" SELECT i, 'bio ' || i, CASE WHEN i % 2 = 0 THEN i END FROM generate_series(1, 20) i;"
    "INSERT INTO \"Post\" SELECT i, 'post ' || i, CASE WHEN i % 5 <> 0 THEN i % 2 = 0 END, CASE WHEN i % 6 <> 0 THEN"
    " 1 + (random() * 14)::int END, CASE WHEN i % 3 = 0 THEN 1 + (random() * 14)::int END FROM generate_series(1, 60) i;"
    "INSERT INTO \"Comment\" SELECT i, CASE WHEN i % 9 = 0 THEN NULL ELSE 'c' || i % 4 END, 1 + (random() * 39)::int"
    " FROM generate_series(1, 120) i;"
    "INSERT INTO \"Tag\" SELECT i, 'tag ' || i FROM generate_series(1, 6) i;"
    "INSERT INTO \"_PostToTag\" SELECT DISTINCT 1 + (random() * 49)::int, 1 + (random() * 5)::int FROM generate_series(1, 90);"
    "INSERT INTO place SELECT r, c, r || c FROM unnest('{n,s}'::text[]) r, generate_series(1, 3) c;"
    "INSERT INTO visit SELECT i, CASE WHEN i % 4 <> 0 THEN CASE WHEN i % 2 = 0 THEN 'n' ELSE 's' END END, 1 + i % 3, 'v' || i"
    " FROM generate_series(1, 20) i";

typedef struct answer {
    bool done;
    nx_error err;
} answer;

static void ready(void *owner, const nx_error *err) {
    answer *a = owner;
    a->done = true;
    if (err) {
        nx_error_copy(&a->err, err);
    }
}

static void prepare(rows_lab *on, nx_model *model, const char *text) {
    answer a = {false, NX_ERROR};
    nx_query_prepare(on->session, model, text, NULL, ready, &a);
    lab_wait(on->session, &a.done);
    assert_false(nx_failed(&a.err));
}

static char *ask(const char *model, const char *filter) {
    prepare(lab, rows_lab_model(lab, model), filter);
    nx_query *query = rows_lab_query(lab, model, NULL, filter);
    nx_page *page = rows_lab_first(lab, query, 1000);
    char *ids = rows_lab_column(page, 0);
    nx_page_free(page);
    nx_query_free(query);
    return ids;
}

static const struct {
    const char *model, *filter, *same; /* the condition in SQL, of t */
} cases[] = {
    {"Post", "author.email endsWith '@neon.tech'", "(SELECT email FROM \"User\" u WHERE u.id = \"authorId\") LIKE '%@neon.tech'"},
    {"Post", "not author.email endsWith '@neon.tech'",
     "NOT EXISTS (SELECT FROM \"User\" u WHERE u.id = \"authorId\" AND email LIKE '%@neon.tech')"},
    {"Post", "AUTHOR.Email is null", "\"authorId\" IN (SELECT id FROM \"User\" WHERE email IS NULL)"},
    {"Post", "author is null", "\"authorId\" IS NULL"},
    {"Post", "author is not null and editor is null", "\"authorId\" IS NOT NULL AND \"editorId\" IS NULL"},
    {"Post", "author is (age > 5 and email is not null)", "\"authorId\" IN (SELECT id FROM \"User\" WHERE age > 5 AND email IS NOT NULL)"},
    {"Post", "author is not (age > 5)", "\"authorId\" IS NULL OR \"authorId\" NOT IN (SELECT id FROM \"User\" WHERE age > 5)"},
    {"Post", "author.manager.email = 'u2@a.b'",
     "\"authorId\" IN (SELECT id FROM \"User\" WHERE \"managerId\" IN (SELECT id FROM \"User\" WHERE email = 'u2@a.b'))"},
    {"Post", "author.Profile is null", "\"authorId\" IN (SELECT id FROM \"User\" u WHERE NOT EXISTS (SELECT FROM \"Profile\" p WHERE "
                                       "p.\"userId\" = u.id))"},
    {"User", "Profile.bio contains '1'", "id IN (SELECT \"userId\" FROM \"Profile\" WHERE bio LIKE '%1%')"},
    {"User", "Profile is null or age < 3", "age < 3 OR NOT EXISTS (SELECT FROM \"Profile\" p WHERE p.\"userId\" = t.id)"},
    {"User", "`Post via authorId` some (published = true)", "id IN (SELECT \"authorId\" FROM \"Post\" WHERE published)"},
    {"User", "`Post via authorId` none (published = true)",
     "NOT EXISTS (SELECT FROM \"Post\" p WHERE published AND \"authorId\" = t.id)"},
    {"User", "`Post via authorId` every (published = true)", /* NULL is not false: such a post does not spoil it */
     "NOT EXISTS (SELECT FROM \"Post\" p WHERE NOT published AND \"authorId\" = t.id)"},
    {"User", "`Post via editorId` none ()", "id NOT IN (SELECT \"editorId\" FROM \"Post\" WHERE \"editorId\" IS NOT NULL)"},
    {"User", "`Post via editorId` some ( )", "id IN (SELECT \"editorId\" FROM \"Post\")"},
    {"User", "`Post via editorId` every ()", "true"},
    {"User", "`Post via authorId`.count > 3", "(SELECT count(*) FROM \"Post\" WHERE \"authorId\" = t.id) > 3"},
    {"User", "`Post via authorId`.count = 0", "(SELECT count(*) FROM \"Post\" WHERE \"authorId\" = t.id) = 0"},
    {"User", "`Post via authorId`.count != 4", "(SELECT count(*) FROM \"Post\" WHERE \"authorId\" = t.id) <> 4"},
    {"User", "`Post via authorId`.count <= 2 and `Post via authorId`.count >= 1",
     "(SELECT count(*) FROM \"Post\" WHERE \"authorId\" = t.id) BETWEEN 1 AND 2"},
    {"User", "`Post via authorId` some (Comment some (body = 'c1') and Comment.count >= 2)",
     "id IN (SELECT \"authorId\" FROM \"Post\" p WHERE EXISTS (SELECT FROM \"Comment\" WHERE \"postId\" = p.id AND body = 'c1')"
     " AND (SELECT count(*) FROM \"Comment\" WHERE \"postId\" = p.id) >= 2)"},
    {"User", "`User` some (age > 20)", "id IN (SELECT \"managerId\" FROM \"User\" WHERE age > 20)"},
    {"User", "manager.manager is null", "\"managerId\" IN (SELECT id FROM \"User\" WHERE \"managerId\" IS NULL)"},
    {"Post", "Tag some (name = 'tag 2')",
     "id IN (SELECT \"A\" FROM \"_PostToTag\" JOIN \"Tag\" g ON g.id = \"B\" WHERE g.name = 'tag 2')"},
    {"Post", "Tag none (name endsWith '2')",
     "id NOT IN (SELECT \"A\" FROM \"_PostToTag\" JOIN \"Tag\" g ON g.id = \"B\" WHERE g.name LIKE '%2')"},
    {"Post", "Tag every (id < 4)", "NOT EXISTS (SELECT FROM \"_PostToTag\" WHERE \"A\" = t.id AND \"B\" >= 4)"},
    {"Post", "Tag.count = 2", "(SELECT count(*) FROM \"_PostToTag\" WHERE \"A\" = t.id) = 2"},
    {"Post", "Tag is null", "id NOT IN (SELECT \"A\" FROM \"_PostToTag\")"},
    {"Tag", "Post some (author.age > 8 and Tag some (id = 1))",
     "id IN (SELECT \"B\" FROM \"_PostToTag\" j JOIN \"Post\" p ON p.id = j.\"A\" JOIN \"User\" u ON u.id = p.\"authorId\""
     " WHERE u.age > 8 AND EXISTS (SELECT FROM \"_PostToTag\" k WHERE k.\"A\" = p.id AND k.\"B\" = 1))"},
    {"visit", "place.name = 'n2'", "region = 'n' AND code = 2"},
    {"visit", "place is null", "region IS NULL"},
    {"Post", "not (author.age > 5 or Comment some ()) and id between 10 and 60",
     "id BETWEEN 10 AND 60 AND NOT (EXISTS (SELECT FROM \"User\" WHERE id = \"authorId\" AND age > 5) OR EXISTS (SELECT FROM "
     "\"Comment\" WHERE \"postId\" = t.id))"},
    {"Post", "author.email contains '%'", "false"},
};

static void each_means_what_sql_means(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_buf sql = NX_BUF;
        nx_buf_addf(&sql, "SELECT coalesce(string_agg(id::text, ' ' ORDER BY id), '') FROM \"%s\" t WHERE %s", cases[i].model,
                    cases[i].same);
        char *expected = lab_query(lab->url, sql.data), *got = ask(cases[i].model, cases[i].filter);
        if (strcmp(got, expected) != 0) {
            fail_msg("%s: %s\n  got      %s\n  expected %s", cases[i].model, cases[i].filter, got, expected);
        }
        free(got);
        free(expected);
        nx_buf_free(&sql);
    }
}

/* The cases above say something only when both answers occur. */
static void most_cases_match_some_rows_and_not_all(void **state) {
    (void)state;
    int telling = 0;
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_buf sql = NX_BUF;
        nx_buf_addf(&sql, "SELECT (bool_or(x) AND bool_or(x IS NOT TRUE))::int FROM (SELECT %s FROM \"%s\" t) s(x)", cases[i].same,
                    cases[i].model);
        int tells = (int)lab_query_int(lab->url, sql.data);
        telling += tells;
        if (!tells) {
            print_message("one answer only: %s\n", cases[i].filter);
        }
        nx_buf_free(&sql);
    }
    assert_true(telling >= (int)NX_COUNT(cases) - 2);
}

static const struct {
    const char *filter, *part;
    int position;
} mistakes[] = {
    {"author = 3", "expected a dot and a field, or is, after the relation author", 8},
    {"author.nope = 3", "has no field \"nope\"", 8},
    {"author.", "expected a field", 8},
    {"Comment = 3", "expected some, every, none, is null or .count after the relation Comment", 9},
    {"Comment some body = 'x'", "expected a condition in parentheses", 14},
    {"Comment some (body = 'x'", "expected a closing parenthesis", 25},
    {"Comment.body = 'x'", "expected count after the dot", 9},
    {"Comment.count ~ 3", "expected = != < <= > or >= after count", 15},
    {"Comment.count > many", "expected a whole number", 17},
    {"Comment.count > -1", "expected a whole number", 17},
    {"Comment some (published = true)", "has no field \"published\"", 15},
    {"writer.email = 'x'", "has no field \"writer\"", 1},
    {"author is 3", "expected null, not null or a condition", 11},
};

static void an_incomplete_relation_is_completed_by_the_hint(void) {
    nx_error err = NX_ERROR;
    assert_null(nx_filter_parse(rows_lab_model(lab, "User"), "post some ()", &err));
    assert_string_equal(err.hint, "did you mean `Post via authorId` or `Post via editorId`?");
    nx_error_clear(&err);
}

static void mistakes_are_told(void **state) {
    (void)state;
    nx_model *post = rows_lab_model(lab, "Post");
    for (size_t i = 0; i < NX_COUNT(mistakes); i++) {
        nx_error err = NX_ERROR;
        prepare(lab, post, mistakes[i].filter);
        assert_null(nx_filter_parse(post, mistakes[i].filter, &err));
        if (!strstr(err.message, mistakes[i].part) || err.position != mistakes[i].position) {
            fail_msg("%s: %s at %d", mistakes[i].filter, err.message, err.position);
        }
        nx_error_clear(&err);
    }
    an_incomplete_relation_is_completed_by_the_hint();
}

static void what_is_missing_is_fetched_and_only_that(void **state) {
    (void)state;
    rows_lab *fresh = rows_lab_open("lack", script, NULL);
    nx_model *user = rows_lab_model(fresh, "User");
    nx_error err = NX_ERROR;
    assert_null(nx_filter_parse(user, "`Post via authorId` some (Comment some (body = 'x'))", &err));
    nx_error_clear(&err);
    int64_t before = nx_session_trips(fresh->session);
    prepare(fresh, user, "age > 3");
    assert_int_equal(nx_session_trips(fresh->session), before); /* nothing is missing */
    prepare(fresh, user, "`Post via authorId` some (Comment some (body = 'x'))");
    assert_int_equal(nx_session_trips(fresh->session), before + 3); /* the relations, Post, Comment */
    nx_filter *filter = nx_filter_parse(user, "`Post via authorId` some (Comment some (body = 'x'))", &err);
    assert_non_null(filter);
    nx_filter_free(filter);
    nx_prepare_drop(nx_query_prepare(fresh->session, user, "`Post via authorId` some (Tag some (name = 'x'))", NULL, ready, NULL));
    rows_lab_close(fresh);
}

static void completion_knows_relations(void **state) {
    (void)state;
    static const struct {
        const char *text, *expected;
    } asked[] = {
        {"auth", "authorId author"},
        {"author.em", "email"},
        {"author ", ". is ( is not ( is null is not null"},
        {"Comment s", "some ("},
        {"Comment some (b", "body"},
        {"Comment some (body = 'x' ", "and or"},
        {"Comment.c", "count "},
    };
    nx_model *post = rows_lab_model(lab, "Post");
    for (size_t i = 0; i < NX_COUNT(asked); i++) {
        prepare(lab, post, asked[i].text);
        size_t start;
        char **words = nx_filter_complete(post, asked[i].text, strlen(asked[i].text), &start);
        nx_buf got = NX_BUF;
        for (int w = 0; words && words[w]; w++) {
            nx_buf_addf(&got, "%s%s", w ? " " : "", words[w]);
            free(words[w]);
        }
        free(words);
        if (strcmp(got.data ? got.data : "", asked[i].expected) != 0) {
            fail_msg("%s: %s", asked[i].text, got.data);
        }
        nx_buf_free(&got);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_means_what_sql_means),
    cmocka_unit_test(most_cases_match_some_rows_and_not_all),
    cmocka_unit_test(mistakes_are_told),
    cmocka_unit_test(what_is_missing_is_fetched_and_only_that),
    cmocka_unit_test(completion_knows_relations),
};

ROWS_MAIN(tests, script)
