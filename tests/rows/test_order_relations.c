/* Orders over relations: pages of any size, forward, backward and from the middle, give what one ORDER BY gives. */
#include "rows/rows_group.h"

static const char script[] =
    "CREATE TABLE team (id int PRIMARY KEY, name text);"
    "CREATE TABLE \"user\" (id int PRIMARY KEY, name text, \"teamId\" int REFERENCES team);"
    "CREATE TABLE post (id int PRIMARY KEY, title text, \"authorId\" int REFERENCES \"user\", \"odd.field\" int);"
    "CREATE INDEX ON post (\"authorId\");"
    "CREATE TABLE tag (id int PRIMARY KEY);"
    "CREATE TABLE \"_postTotag\" (\"A\" int NOT NULL REFERENCES post, \"B\" int NOT NULL REFERENCES tag);"
    "CREATE UNIQUE INDEX ON \"_postTotag\" (\"A\", \"B\"); CREATE INDEX ON \"_postTotag\" (\"B\");"
    "CREATE TABLE loose (v int, \"userId\" int REFERENCES \"user\");"
    "INSERT INTO team SELECT i, CASE WHEN i % 4 <> 0 THEN 'team ' || i % 3 END FROM generate_series(1, 8) i;"
    "INSERT INTO \"user\" SELECT i, CASE WHEN i % 5 <> 0 THEN 'u' || i % 6 END, CASE WHEN i % 3 <> 0 THEN 1 + i % 8 END"
    " FROM generate_series(1, 30) i;"
    "INSERT INTO post SELECT i, 'p' || i % 9, CASE WHEN i % 7 <> 0 THEN 1 + i * i % 25 END, i % 4 FROM generate_series(1, 90) i;"
    "INSERT INTO tag SELECT i FROM generate_series(1, 5) i;"
    "INSERT INTO \"_postTotag\" SELECT i, j FROM generate_series(1, 90) i, generate_series(1, 5) j WHERE (i * j) % 3 = 1;"
    "ANALYZE";

static void ready(void *owner, const nx_error *err) {
    assert_null(err);
    *(bool *)owner = true;
}

static nx_query *make_query(const char *model, const char *order, const char *filter) {
    bool done = false;
    nx_query_prepare(lab->session, rows_lab_model(lab, model), filter, order, ready, &done);
    lab_wait(lab->session, &done);
    return rows_lab_query(lab, model, order, filter);
}

static void prepend(nx_buf *all, const char *ids) {
    char *before = nx_strdup(all->data ? all->data : "");
    nx_buf_clear(all);
    nx_buf_addf(all, "%s%s%s", ids, *before ? " " : "", before);
    free(before);
}

static char *walk(const nx_query *query, bool backward, int limit) {
    nx_buf all = NX_BUF;
    nx_page *page = backward ? rows_lab_last(lab, query, limit) : rows_lab_first(lab, query, limit);
    while (page->nrows) {
        char *ids = rows_lab_column(page, 0);
        if (backward) {
            prepend(&all, ids);
        } else {
            nx_buf_addf(&all, "%s%s", all.len ? " " : "", ids);
        }
        free(ids);
        const nx_cursor *edge = &page->rows[backward ? 0 : page->nrows - 1].cursor;
        nx_page *next = rows_lab_from(lab, query, backward ? NX_FROM_BEFORE : NX_FROM_AFTER, edge, limit);
        nx_page_free(page);
        page = next;
    }
    nx_page_free(page);
    return nx_buf_take(&all);
}

#define AUTHOR "(SELECT name FROM \"user\" u WHERE u.id = t.\"authorId\")"
#define TEAM   "(SELECT g.name FROM \"user\" u JOIN team g ON g.id = u.\"teamId\" WHERE u.id = t.\"authorId\")"
#define POSTS  "(SELECT count(*) FROM post p WHERE p.\"authorId\" = t.id)"
#define TAGS   "(SELECT count(*) FROM \"_postTotag\" j WHERE j.\"A\" = t.id)"

static const struct {
    const char *model, *order, *same;
} cases[] = {
    {"post", "author.name", AUTHOR ", id"},
    {"post", "author.name desc", AUTHOR " DESC, id DESC"},
    {"post", "author.name desc nulls last, title", AUTHOR " DESC NULLS LAST, title, id"},
    {"post", "title desc, Author.name nulls first", "title DESC, " AUTHOR " NULLS FIRST, id"},
    {"post", "author.team.name, author.name desc", TEAM ", " AUTHOR " DESC, id DESC"},
    {"post", "tag.count desc, title", TAGS " DESC, title, id"},
    {"post", "`odd.field`, author.id", "\"odd.field\", \"authorId\", id"},
    {"post", "odd.field desc", "\"odd.field\" DESC, id DESC"},
    {"user", "post.count desc", POSTS " DESC, id DESC"},
    {"user", "team.name, `post`.`count`", "(SELECT name FROM team g WHERE g.id = t.\"teamId\"), " POSTS ", id"},
};

static char *in_one_piece(const char *model, const char *order, const char *condition) {
    nx_buf sql = NX_BUF;
    nx_buf_addf(&sql, "SELECT string_agg(id::text, ' ' ORDER BY n) FROM (SELECT id, row_number() OVER (ORDER BY %s) n FROM \"%s\" t"
                      " WHERE %s) s", order, model, condition);
    char *ids = lab_query(lab->url, sql.data);
    nx_buf_free(&sql);
    return ids;
}

static void every_walk_gives_the_whole_order(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        char *expected = in_one_piece(cases[i].model, cases[i].same, "true");
        nx_query *query = make_query(cases[i].model, cases[i].order, NULL);
        for (int backward = 0; backward < 2; backward++) {
            char *got = walk(query, backward, 7);
            if (strcmp(got, expected) != 0) {
                fail_msg("%s, %s\n  got      %s\n  expected %s", cases[i].order, backward ? "backward" : "forward", got, expected);
            }
            free(got);
        }
        nx_query_free(query);
        free(expected);
    }
}

static void beside_a_filter_over_relations(void **state) {
    (void)state;
    char *expected = in_one_piece("post", TAGS " DESC, id DESC", AUTHOR " IS NOT NULL");
    nx_query *query = make_query("post", "tag.count desc", "author.name is not null");
    char *got = walk(query, false, 5);
    assert_string_equal(got, expected);
    free(got);
    free(expected);
    nx_query_free(query);
}

static void texts_and_cursors_carry_the_path(void **state) {
    (void)state;
    nx_query *by_name = make_query("post", "author.name desc, `odd.field`", NULL);
    nx_query *by_team = make_query("post", "author.team.name desc, `odd.field`", NULL);
    char *text = nx_order_text(nx_query_order(by_name));
    assert_string_equal(text, "author.name desc, odd.field");
    free(text);
    nx_page *page = rows_lab_first(lab, by_name, 3);
    char *cursor = nx_cursor_encode(by_name, &page->rows[2].cursor);
    nx_arena *arena = nx_arena_new(0);
    nx_cursor read;
    nx_error err = NX_ERROR;
    assert_true(nx_cursor_decode(by_name, cursor, arena, &read, &err));
    assert_false(nx_cursor_decode(by_team, cursor, arena, &read, &err)); /* of another order */
    nx_error_clear(&err);
    nx_arena_free(arena);
    free(cursor);
    nx_page_free(page);
    nx_query_free(by_name);
    nx_query_free(by_team);
}

static void at_a_key_and_at_a_fraction(void **state) {
    (void)state;
    nx_query *query = make_query("post", "author.name", NULL);
    nx_error err = NX_ERROR;
    nx_arena *arena = nx_arena_new(0);
    nx_from from = {.kind = NX_FROM_KEY};
    assert_true(nx_key_parse(rows_lab_model(lab, "post"), "42", arena, &from.key, &err));
    nx_page *page = rows_lab_fetch(lab, query, &from, 5, NULL);
    assert_string_equal(page->rows[0].key[0].text, "42");
    nx_page_free(page);
    page = rows_lab_fetch(lab, query, &(nx_from){.kind = NX_FROM_FRACTION, .fraction = 0.5}, 5, NULL);
    assert_int_equal(page->nrows, 5);
    nx_page_free(page);
    nx_arena_free(arena);
    nx_query_free(query);
}

static void mistakes_are_told(void **state) {
    (void)state;
    static const struct {
        const char *model, *order, *part;
    } mistakes[] = {
        {"post", "author.nope", "has no field \"nope\""},
        {"post", "writer.name", "has no relation \"writer\""},
        {"post", "tag.id", "leads to many records"},
        {"user", "post.title", "leads to many records"},
        {"post", "author.name, author.name desc", "stands twice"},
        {"post", "author.", "has no field"},
        {"post", "author.``", "has no field"},
        {"post", ".name", "has no relation \"\""},
        {"post", "author..name", "has no relation \"\""},
        {"post", "`author`.`name", "is not closed"},
        {"post", "tag.count, author.name, tag.count desc", "\"count\" stands twice"},
        {"post", "author.count", "has no field \"count\""},
        {"post", "tag.count.count", "leads to many records"},
        {"post", "a.b.c.d.e.f.g.h.i.j", "at most 8 relations"},
        {"post", "a.b.c.d.e.f.g.h.i.j.k.l.m", "at most 8 relations"},
        {"post", "author.name sideways", "was not expected"},
        {"loose", "user.name", "has no key"},
    };
    for (size_t i = 0; i < NX_COUNT(mistakes); i++) {
        nx_model *model = rows_lab_model(lab, mistakes[i].model);
        bool done = false;
        nx_order order;
        nx_error err = NX_ERROR;
        nx_query_prepare(lab->session, model, NULL, mistakes[i].order, ready, &done);
        lab_wait(lab->session, &done);
        assert_false(nx_order_parse(model, mistakes[i].order, &order, &err));
        if (!strstr(err.message, mistakes[i].part)) {
            fail_msg("%s: %s", mistakes[i].order, err.message);
        }
        nx_error_clear(&err);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_walk_gives_the_whole_order),
    cmocka_unit_test(beside_a_filter_over_relations),
    cmocka_unit_test(texts_and_cursors_carry_the_path),
    cmocka_unit_test(at_a_key_and_at_a_fraction),
    cmocka_unit_test(mistakes_are_told),
};

ROWS_MAIN(tests, script)
