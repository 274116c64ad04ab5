/* Records with their relations, as deep as one asks: what is fetched, what it costs, and what goes wrong. */
#include "nixie/tree.h"
#include "rows/rows_group.h"

static const char script[] =
    "CREATE TABLE author (id int PRIMARY KEY, name text, boss_id int REFERENCES author);"
    "CREATE TABLE post (id int PRIMARY KEY, title text, published boolean, author_id int REFERENCES author,"
    " editor_id int REFERENCES author);"
    "CREATE TABLE comment (id int PRIMARY KEY, body text, post_id int REFERENCES post, author_id int REFERENCES author);"
    "CREATE TABLE tag (id int PRIMARY KEY, name text);"
    "CREATE TABLE \"_postTotag\" (\"A\" int NOT NULL REFERENCES post, \"B\" int NOT NULL REFERENCES tag);"
    "CREATE UNIQUE INDEX ON \"_postTotag\" (\"A\", \"B\"); CREATE INDEX ON \"_postTotag\" (\"B\");"
    "CREATE TABLE alone (id int PRIMARY KEY); CREATE TABLE many (id int PRIMARY KEY, a int REFERENCES author,"
    " b int REFERENCES author);"
    "INSERT INTO author SELECT i, repeat(i::text, 300), nullif(i - 1, 0) FROM generate_series(1, 4) i;"
    "INSERT INTO post SELECT i, 'post ' || i, i % 2 = 0, 1 + i % 3, CASE WHEN i < 3 THEN 4 END FROM generate_series(1, 12) i;"
    "INSERT INTO comment SELECT i, repeat(i::text, 300), 1 + i % 12, 1 + i % 4 FROM generate_series(1, 40) i;"
    "INSERT INTO tag SELECT i, 'tag ' || i FROM generate_series(1, 3) i;"
    "INSERT INTO \"_postTotag\" SELECT i, j FROM generate_series(1, 12) i, generate_series(1, 3) j WHERE (i + j) % 2 = 0;"
    "INSERT INTO alone VALUES (1); INSERT INTO many SELECT i FROM generate_series(1, 5001) i";

/* --- asking ------------------------------------------------------------------------------------------------------- */

typedef struct answer {
    bool done;
    nx_tree *tree;
    nx_error err;
    nx_arena *arena; /* of what was asked for */
    int64_t trips;
} answer;

static void arrived(void *owner, nx_tree *tree, const nx_error *err) {
    answer *a = owner;
    assert_false(a->done);
    assert_true(!tree != !err);
    a->done = true;
    a->tree = tree;
    if (err) {
        nx_error_copy(&a->err, err);
    }
}

static nx_include *parsed(nx_arena *arena, const char *text) {
    nx_error err = NX_ERROR;
    nx_include *include = nx_include_parse(text, arena, &err);
    if (!include) {
        fail_msg("%s: %s", text, err.message);
    }
    return include;
}

/* What belongs to the records of `model` for which `filter` holds (NULL: to all), at most `rows` of them. */
static answer load_of(rows_lab *in, const char *model, const char *filter, int rows, const char *text, int limit,
                      bool whole_lists) {
    answer a = {.err = NX_ERROR, .arena = nx_arena_new(0)};
    nx_query *query = rows_lab_query(in, model, NULL, filter);
    nx_page *page = rows_lab_first(in, query, rows);
    a.trips = nx_session_trips(in->session);
    nx_tree_load(in->session, query, page, parsed(a.arena, text), limit, whole_lists, arrived, &a);
    if (!a.done) {
        lab_wait(in->session, &a.done);
    }
    a.trips = nx_session_trips(in->session) - a.trips;
    return a;
}

static answer load(const char *model, const char *filter, const char *text) {
    return load_of(lab, model, filter, 100, text, 100, false);
}

static void forget(answer *a) {
    nx_tree_free(a->tree);
    nx_error_clear(&a->err);
    nx_arena_free(a->arena);
}

/* Each record by its first field, what belongs to it behind it: "4(author: 2(boss: 1) tag: 2 editor: -)". */
static void write_tree(nx_buf *out, const nx_tree *tree) {
    if (!tree->query) {
        assert_null(tree->page);
        nx_buf_adds(out, "-");
        return;
    }
    for (int r = 0; r < tree->page->nrows; r++) {
        nx_buf_addf(out, "%s%s", r ? "," : "", tree->page->rows[r].cells[0].value.text);
        for (int i = 0; i < tree->nincluded; i++) {
            const nx_tree *list = &tree->included[r * tree->nincluded + i];
            nx_buf_addf(out, "%s%s: ", i ? " " : "(", list->include->name);
            write_tree(out, list);
        }
        nx_buf_adds(out, tree->nincluded ? ")" : "");
    }
}

static void is(answer a, const char *expected) {
    if (nx_failed(&a.err)) {
        fail_msg("%s", a.err.message);
    }
    nx_buf out = NX_BUF;
    nx_buf_adds(&out, "");
    write_tree(&out, a.tree);
    assert_string_equal(out.data, expected);
    nx_buf_free(&out);
    forget(&a);
}

static void refused(answer a, nx_error_class kind, const char *message) {
    assert_null(a.tree);
    if (a.err.kind != kind || !strstr(a.err.message, message)) {
        fail_msg("%d %s, not %d %s", a.err.kind, a.err.message, kind, message);
    }
    forget(&a);
}

/* --- what is fetched ---------------------------------------------------------------------------------------------- */

static void as_deep_as_one_asks(void **state) {
    (void)state;
    is(load("post", "id = 4", "author.boss.boss, comment.author, tag, editor"),
       "4(author: 2(boss: 1(boss: -)) comment: 3(author: 4),15(author: 4),27(author: 4),39(author: 4) tag: 2 editor: -)");
    is(load("tag", "id < 3", "post.tag"),
       "1(post: 1(tag: 1,3),3(tag: 1,3),5(tag: 1,3),7(tag: 1,3),9(tag: 1,3),11(tag: 1,3)),"
       "2(post: 2(tag: 2),4(tag: 2),6(tag: 2),8(tag: 2),10(tag: 2),12(tag: 2))");
}

static void what_is_absent_has_nothing_beneath_it(void **state) {
    (void)state;
    is(load("post", "id = 2 or id = 3", "editor.boss"), "2(editor: 4(boss: 3)),3(editor: -)");
    is(load("author", "id = 1", "boss.boss.boss"), "1(boss: -)");
    is(load("author", "id = 4", "comment(where id > 100).post"), "4(comment: )");
}

static void every_list_has_options_of_its_own(void **state) {
    (void)state;
    is(load("author", "id = 1", "`post via author_id`(where published = true; order id desc; limit 1)"
                                ".comment(where author.name startsWith '4'; order author.name desc, id; limit 2),"
                                "comment(limit 3), `post via editor_id`"),
       "1(post via author_id: 12(comment: 11,23) comment: 4,8,12 post via editor_id: )");
}

/* The fields that lead to what was asked for beneath are fetched as well, each once. */
static void chosen_fields_and_those_that_lead_on(void **state) {
    (void)state;
    static const struct {
        const char *text, *fields;
    } cases[] = {{"post(fields title)", "title"},
                 {"post(fields title, id)", "title,id"},
                 {"post(fields title).author", "title,author_id"},
                 {"post(fields author_id, title).author", "author_id,title"},
                 {"post(fields title).author, post.comment, post.editor", "title,author_id,id,editor_id"}};
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        answer a = load("comment", "id = 1", cases[i].text);
        assert_non_null(a.tree);
        nx_buf fields = NX_BUF;
        const nx_query *query = a.tree->included[0].query;
        for (int f = 0; f < nx_query_nfields(query); f++) {
            nx_buf_addf(&fields, f ? ",%s" : "%s", nx_query_field(query, f)->name);
        }
        assert_string_equal(fields.data, cases[i].fields);
        nx_buf_free(&fields);
        forget(&a);
    }
    is(load("comment", "id = 1", "post(fields title).author, post.editor(fields boss_id).boss(fields id)"),
       "1(post: post 2(author: 3 editor: 3(boss: 3)))");
}

static void long_values_are_cut_in_lists_unless_one_wishes(void **state) {
    (void)state;
    for (int whole = 0; whole < 2; whole++) {
        answer a = load_of(lab, "comment", "id = 1", 1, "author.comment(limit 1)", 100, whole);
        const nx_tree *author = &a.tree->included[0], *comment = &author->included[0];
        assert_false(author->page->rows[0].cells[1].cut); /* one record is always whole */
        assert_int_equal(author->page->rows[0].cells[1].value.len, 300);
        assert_int_equal(comment->page->rows[0].cells[1].cut, !whole);
        assert_int_equal(comment->page->rows[0].cells[1].value.len == 300, whole);
        forget(&a);
    }
}

static void a_list_without_a_limit_has_the_usual_one(void **state) {
    (void)state;
    is(load_of(lab, "author", "id = 1", 1, "comment(order id desc), post via author_id(limit 3)", 2, false),
       "1(comment: 40,36 post via author_id: 3,6,9)");
}

/* --- what it costs -------------------------------------------------------------------------------------------------- */

static void a_list_is_one_trip_and_an_absent_record_none(void **state) {
    (void)state;
    forget(&(answer[]){load("post", "id = 4", "author.boss, comment.author, editor")}[0]); /* all is described now */
    answer a = load("post", "id = 4", "author.boss, comment.author, editor");
    assert_int_equal(a.trips, 1 + 1 + 1 + 4); /* author, its boss, the comments, the author of each */
    forget(&a);
    a = load("post", "id > 100", "author");
    assert_int_equal(a.trips, 0);
    is(a, "");
    a = load("author", "id = 1", "boss.boss");
    assert_int_equal(a.trips, 0); /* answered before it returned */
    forget(&a);
}

static void too_many_lists_are_refused(void **state) {
    (void)state;
    answer a = load_of(lab, "many", NULL, 5000, "`author via a`, `author via b`", 100, false);
    if (nx_failed(&a.err)) {
        fail_msg("%s", a.err.message);
    }
    assert_int_equal(a.tree->page->nrows, 5000);
    assert_null(a.tree->included[9999].query);
    forget(&a);
    a = load_of(lab, "many", NULL, 5001, "`author via a`, `author via b`", 100, false);
    assert_int_equal(a.trips, 0);
    assert_string_equal(a.err.hint, "a smaller limit keeps it in hand: posts(limit 5).comments(limit 5)");
    refused(a, NX_ERR_REFUSED, "this includes more than 10000 lists of records");
}

/* --- mistakes --------------------------------------------------------------------------------------------------------- */

static void mistakes_are_told_with_their_place_before_anything_is_fetched(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
        nx_error_class kind;
        int position; /* of the relation's name */
    } mistakes[] = {
        {"nope", "post has no relation \"nope\"", NX_ERR_NOT_FOUND, 1},
        {"tag, author.nope", "author has no relation \"nope\"", NX_ERR_NOT_FOUND, 13},
        {"comment(where nope = 1)", "comment has no field \"nope\"", NX_ERR_NOT_FOUND, 1},
        {"tag, comment(order nope)", "comment has no field \"nope\"", NX_ERR_NOT_FOUND, 6},
        {"comment(fields body, nope)", "comment has no field \"nope\"", NX_ERR_NOT_FOUND, 1},
        {"author, comment(where body contains )", "expected a value", NX_ERR_USAGE, 9},
        {"comment.nope, author.nope", "comment has no relation \"nope\"", NX_ERR_NOT_FOUND, 9}, /* the first one */
    };
    for (size_t i = 0; i < NX_COUNT(mistakes); i++) {
        forget(&(answer[]){load("post", "id = 4", mistakes[i].text)}[0]); /* the second time it is known at once */
        answer a = load("post", "id = 4", mistakes[i].text);
        assert_int_equal(a.trips, 0);
        if (a.err.position != mistakes[i].position) {
            fail_msg("%s: at %d", mistakes[i].text, a.err.position);
        }
        refused(a, mistakes[i].kind, mistakes[i].message);
    }
}

static void an_unknown_relation_is_told_with_those_that_there_are(void **state) {
    (void)state;
    answer a = load("post", "id = 4", "nope");
    assert_string_equal(a.err.hint, "post has the relations author, editor, comment, tag");
    forget(&a);
    a = load("alone", NULL, "nope");
    assert_string_equal(a.err.hint, "alone has no relations");
    refused(a, NX_ERR_NOT_FOUND, "alone has no relation \"nope\"");
}

/* A list that cannot be fetched ends it once, whatever the others say. */
static void an_error_in_one_list_is_the_answer(void **state) {
    (void)state;
    rows_lab *own = rows_lab_open("tree", script, NULL);
    answer a = load_of(own, "author", NULL, 10, "comment, boss", 100, false);
    assert_non_null(a.tree);
    forget(&a);
    lab_sql(own->url, "DROP TABLE comment");
    refused(load_of(own, "author", NULL, 10, "comment, boss", 100, false), NX_ERR_SERVER, "comment");
    refused(load_of(own, "author", NULL, 10, "boss.comment.post", 100, false), NX_ERR_SERVER, "comment");
    is(load_of(own, "author", "id = 2", 10, "boss", 100, false), "2(boss: 1)"); /* nothing of it is left behind */
    rows_lab_close(own);
}

/* What was only read is read again by itself, once; without a server it ends. */
static void a_loss_is_survived_and_no_server_is_not(void **state) {
    (void)state;
    static const char text[] = "comment(limit 2), boss", *const faults[][2] = {{"dropafter 100"}, {"refuse", "rst"}};
    lab_proxy *proxy = lab_proxy_start(lab->url);
    rows_lab far = {.url = lab->url, .session = lab_session(lab_proxy_url(proxy), NULL)};
    rows_lab_reload(&far);
    is(load_of(&far, "author", "id = 2", 10, text, 100, false), "2(comment: 1,5 boss: 1)"); /* all is described now */
    for (size_t i = 0; i < NX_COUNT(faults); i++) {
        nx_query *query = rows_lab_query(&far, "author", NULL, "id = 2");
        nx_page *page = rows_lab_first(&far, query, 10);
        for (size_t k = 0; k < 2 && faults[i][k]; k++) {
            lab_proxy_fault(proxy, faults[i][k]);
        }
        answer a = {.err = NX_ERROR, .arena = nx_arena_new(0)};
        nx_tree_load(far.session, query, page, parsed(a.arena, text), 100, false, arrived, &a);
        lab_wait(far.session, &a.done);
        if (i == 0) {
            is(a, "2(comment: 1,5 boss: 1)");
            assert_int_equal(lab_proxy_connections(proxy), 2);
        } else {
            refused(a, NX_ERR_CONNECT, "");
        }
    }
    nx_catalog_unref(far.catalog);
    lab_session_free(far.session);
    lab_proxy_stop(proxy);
}

/* Waits for the session to have something to do, so many times. */
static void rounds_of(nx_session *session, int n, const bool *done) {
    for (int i = 0; i < n && !*done; i++) {
        nx_wait wait;
        nx_session_wait(session, &wait);
        poll(wait.fds, (nfds_t)wait.nfds, 1000);
        nx_session_step(session, &wait);
    }
}

/* The owner goes away while relations, descriptions, what a filter needs, or the lists themselves are on their way. */
static void it_can_be_dropped_at_any_time(void **state) {
    (void)state;
    static const char text[] = "`post via author_id`(where tag.some.name = 'tag 1' or id > 0).comment.author, comment, boss";
    nx_tree_drop(NULL);
    bool whole = false;
    for (int rounds = 0; !whole; rounds++) {
        rows_lab_reload(lab); /* nothing is known yet */
        nx_query *query = rows_lab_query(lab, "author", NULL, "id = 1");
        nx_page *page = rows_lab_first(lab, query, 10);
        answer a = {.err = NX_ERROR, .arena = nx_arena_new(0)};
        nx_tree_job *job = nx_tree_load(lab->session, query, page, parsed(a.arena, text), 100, false, arrived, &a);
        assert_non_null(job);
        rounds_of(lab->session, rounds, &a.done);
        whole = a.done;
        if (!whole) {
            nx_tree_drop(job);
            is(load("author", "id = 2", "boss"), "2(boss: 1)"); /* the session serves the next one */
            assert_false(a.done);
        }
        forget(&a);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(as_deep_as_one_asks),
    cmocka_unit_test(what_is_absent_has_nothing_beneath_it),
    cmocka_unit_test(every_list_has_options_of_its_own),
    cmocka_unit_test(chosen_fields_and_those_that_lead_on),
    cmocka_unit_test(long_values_are_cut_in_lists_unless_one_wishes),
    cmocka_unit_test(a_list_without_a_limit_has_the_usual_one),
    cmocka_unit_test(a_list_is_one_trip_and_an_absent_record_none),
    cmocka_unit_test(too_many_lists_are_refused),
    cmocka_unit_test(mistakes_are_told_with_their_place_before_anything_is_fetched),
    cmocka_unit_test(an_unknown_relation_is_told_with_those_that_there_are),
    cmocka_unit_test(an_error_in_one_list_is_the_answer),
    cmocka_unit_test(a_loss_is_survived_and_no_server_is_not),
    cmocka_unit_test(it_can_be_dropped_at_any_time),
};

ROWS_MAIN(tests, script)
