/* Counts of related records beside the rows of a page: right, bounded, in the page's own trip, and never in its way. */
#include "rows/rows_group.h"

static const char script[] =
    "CREATE TABLE author (id int PRIMARY KEY, name text, \"mentorId\" int REFERENCES author, grade int, UNIQUE (id, grade));"
    "CREATE INDEX ON author (\"mentorId\"); CREATE INDEX ON author (grade, id);"
    "CREATE TABLE post (id int PRIMARY KEY, \"authorId\" int REFERENCES author); CREATE INDEX ON post (\"authorId\");"
    "CREATE TABLE vote (id int PRIMARY KEY, a int, g int, FOREIGN KEY (a, g) REFERENCES author (id, grade));"
    "CREATE INDEX ON vote (g, a);"
    "CREATE TABLE event (id int PRIMARY KEY, \"authorId\" int REFERENCES author);" /* no index, and not small */
    "CREATE TABLE note (id int PRIMARY KEY, \"authorId\" int REFERENCES author);"  /* no index, but tiny */
    "CREATE TABLE secret (id int PRIMARY KEY, \"authorId\" int REFERENCES author); CREATE INDEX ON secret (\"authorId\");"
    "CREATE TABLE profile (id int PRIMARY KEY, \"authorId\" int UNIQUE REFERENCES author);"
    "CREATE TABLE tag (id int PRIMARY KEY);"
    "CREATE TABLE \"_authorTotag\" (\"A\" int NOT NULL REFERENCES author, \"B\" int NOT NULL REFERENCES tag);"
    "CREATE UNIQUE INDEX ON \"_authorTotag\" (\"A\", \"B\"); CREATE INDEX ON \"_authorTotag\" (\"B\");"
    "INSERT INTO author SELECT i, 'a' || i, CASE WHEN i > 3 THEN i % 3 + 1 END, NULLIF(i % 5, 4) FROM generate_series(1, 400) i;"
    "INSERT INTO post SELECT i, 1 + i % 7 FROM generate_series(1, 350) i;"
    "INSERT INTO post SELECT 1000 + i, 9 FROM generate_series(1, 99) i;"
    "INSERT INTO post SELECT 2000 + i, 10 FROM generate_series(1, 100) i;"
    "INSERT INTO post SELECT 3000 + i, 11 FROM generate_series(1, 3000) i;"
    "INSERT INTO vote SELECT i, 1 + i % 3, (1 + i % 3) % 5 FROM generate_series(1, 40) i;"
    "INSERT INTO event SELECT i, 1 FROM generate_series(1, 5000) i;"
    "INSERT INTO note SELECT i, i % 4 + 1 FROM generate_series(1, 30) i;"
    "INSERT INTO secret SELECT i, 2 FROM generate_series(1, 3) i;"
    "INSERT INTO profile SELECT i, i FROM generate_series(1, 50) i;"
    "INSERT INTO tag SELECT i FROM generate_series(1, 9) i;"
    "INSERT INTO \"_authorTotag\" SELECT i, j FROM generate_series(1, 30) i, generate_series(1, 9) j WHERE (i * j) % 4 = 1;"
    "DO $$ BEGIN CREATE ROLE counts_reader LOGIN; EXCEPTION WHEN duplicate_object THEN END $$;"
    "GRANT SELECT ON author, post TO counts_reader; GRANT SELECT (id) ON secret TO counts_reader;"
    "ANALYZE";

static int open_lab(void **state) {
    rows_group_open(state, script);
    rows_lab_graph(lab);
    return 0;
}

static int relations_of(const nx_model *model, const nx_relation **list) {
    int n = 0;
    for (int i = 0; i < model->nrelations; i++) {
        if (model->relations[i]->kind != NX_TO_ONE) {
            list[n++] = model->relations[i];
        }
    }
    return n;
}

static nx_query *counting(rows_lab *in, const char *order, const char *filter) {
    nx_query *query = rows_lab_query(in, "author", order, filter);
    const nx_relation *list[16];
    nx_query_set_counts(query, list, relations_of(nx_query_model(query), list));
    return query;
}

static int64_t count_of(const nx_query *query, const nx_row *row, const char *relation) {
    for (int i = 0; i < nx_query_ncounts(query); i++) {
        if (strcmp(nx_query_counted(query, i)->name, relation) == 0) {
            assert_non_null(row->counts);
            return row->counts[i];
        }
    }
    fail_msg("no relation %s", relation);
    return -2;
}

static const struct {
    const char *relation, *same;
} counted[] = {
    {"post", "FROM post x WHERE x.\"authorId\" = t.id"},
    {"author", "FROM author x WHERE x.\"mentorId\" = t.id"},
    {"vote", "FROM vote x WHERE x.a = t.id AND x.g = t.grade"},
    {"note", "FROM note x WHERE x.\"authorId\" = t.id"},
    {"profile", "FROM profile x WHERE x.\"authorId\" = t.id"},
    {"tag", "FROM \"_authorTotag\" x WHERE x.\"A\" = t.id"},
};

static void check_rows(const nx_query *query, const nx_page *page) {
    for (size_t c = 0; c < NX_COUNT(counted); c++) {
        nx_buf sql = NX_BUF, have = NX_BUF;
        nx_buf_addf(&sql, "SELECT string_agg((SELECT least(count(*), 100) %s)::text, ' ' ORDER BY n) FROM (VALUES ", counted[c].same);
        for (int i = 0; i < page->nrows; i++) {
            nx_buf_addf(&sql, "%s(%d, %s)", i ? ", " : "", i, page->rows[i].key[0].text);
            nx_buf_addf(&have, "%s%lld", i ? " " : "", (long long)count_of(query, &page->rows[i], counted[c].relation));
        }
        nx_buf_adds(&sql, ") v(n, id) JOIN author t USING (id)");
        char *same = lab_query(lab->url, sql.data);
        assert_string_equal(have.data, same);
        free(same);
        nx_buf_free(&sql);
        nx_buf_free(&have);
    }
}

static void every_kind_of_relation_is_counted(void **state) {
    (void)state;
    static const char *const cases[][2] = {{NULL, NULL},          {"name desc", NULL}, {"grade, id", NULL}, {"grade desc", "id < 60"},
                                           {"mentor.name", NULL}, {"post.count desc", NULL}};
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_query *query = counting(lab, cases[i][0], cases[i][1]);
        nx_page *page = rows_lab_first(lab, query, 40);
        assert_int_equal(page->nrows, 40);
        check_rows(query, page);
        nx_page *next = rows_lab_from(lab, query, NX_FROM_AFTER, &page->rows[39].cursor, 15);
        check_rows(query, next);
        nx_page *last = rows_lab_last(lab, query, 7);
        check_rows(query, last);
        nx_page_free(page);
        nx_page_free(next);
        nx_page_free(last);
        nx_query_free(query);
    }
}

static void counts_end_at_their_bound_and_need_an_index(void **state) {
    (void)state;
    nx_query *query = counting(lab, NULL, NULL);
    int64_t before = nx_session_trips(lab->session);
    nx_page *page = rows_lab_first(lab, query, 12);
    assert_int_equal(nx_session_trips(lab->session), before + 1); /* the page's own */
    assert_int_equal(count_of(query, &page->rows[8], "post"), 99);
    assert_int_equal(count_of(query, &page->rows[9], "post"), NX_ROW_COUNT_MAX + 1);
    assert_int_equal(count_of(query, &page->rows[10], "post"), NX_ROW_COUNT_MAX + 1);
    assert_int_equal(count_of(query, &page->rows[0], "event"), -1);
    assert_null(page->uncounted);
    for (int i = 0; i < nx_query_ncounts(query); i++) {
        const char *why = nx_query_uncountable(query, i);
        if (strcmp(nx_query_counted(query, i)->name, "event") == 0) {
            assert_string_equal(why, "no index");
        } else {
            assert_null(why);
        }
    }
    nx_page_free(page);
    nx_query_set_counts(query, NULL, 0);
    page = rows_lab_first(lab, query, 12);
    assert_null(page->rows[0].counts);
    nx_page_free(page);
    nx_query_free(query);
}

static void rows_by_their_keys_have_counts(void **state) {
    (void)state;
    nx_query *query = counting(lab, NULL, NULL);
    nx_key_test key = {.n = 1, .fields = &(const nx_field *){nx_model_field(nx_query_model(query), "id")}, .values = &(nx_value){"11", 2}};
    nx_page *page = rows_lab_fetch(lab, query, &(nx_from){.kind = NX_FROM_KEY, .key = key}, 3, NULL);
    assert_int_equal(page->nrows, 3);
    check_rows(query, page);
    nx_page_free(page);
    nx_query_free(query);
}

/* --- refused ------------------------------------------------------------------------------------------- */

static void a_count_that_is_refused_leaves_the_rows(void **state) {
    (void)state;
    const char *at = strstr(lab->url, "://") + 3;
    nx_buf url = NX_BUF;
    nx_buf_addf(&url, "postgresql://counts_reader%s", strchr(at, '@'));
    rows_lab other = {.url = nx_strdup(url.data), .session = lab_session(url.data, NULL)};
    nx_buf_free(&url);
    rows_lab_reload(&other);
    rows_lab_graph(&other);
    for (int i = 0; i < 2; i++) { /* where the key is the cursor, and where it is not */
        nx_query *query = counting(&other, i ? "name" : NULL, NULL);
        nx_key_test key = {.n = 1, .fields = &(const nx_field *){nx_model_field(nx_query_model(query), "id")}, .values = &(nx_value){"11", 2}};
        nx_page *pages[] = {rows_lab_first(&other, query, 12),
                            rows_lab_fetch(&other, query, &(nx_from){.kind = NX_FROM_KEY, .key = key}, 12, NULL),
                            rows_lab_fetch(&other, query, &(nx_from){.kind = NX_FROM_FRACTION, .fraction = 0.5}, 12, NULL)};
        for (size_t p = 0; p < NX_COUNT(pages); p++) {
            assert_int_equal(pages[p]->nrows, 12);
            assert_int_equal(count_of(query, &pages[p]->rows[0], "post"), -1);
            assert_non_null(strstr(pages[p]->uncounted, "permission denied for table secret"));
            nx_page_free(pages[p]);
        }
        nx_query_free(query);
    }
    nx_catalog_unref(other.catalog);
    lab_session_free(other.session);
    free(other.url);
}

/* --- in a window ----------------------------------------------------------------------------------------- */

typedef struct watcher {
    bool done;
    int counted;
} watcher;

static void changed(void *owner, nx_window *window, nx_window_event event, int shift) {
    watcher *w = owner;
    (void)window;
    (void)shift;
    w->done = true;
    w->counted += event == NX_WINDOW_COUNTED;
}

static void wait_for(watcher *w) {
    w->done = false;
    lab_wait(lab->session, &w->done);
}

static void a_window_counts_what_it_has_read_before(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "author", NULL, NULL), *counts = counting(lab, NULL, NULL);
    watcher w = {.done = false};
    nx_window *window = nx_window_new(lab->session, query, changed, &w);
    nx_window_go(window, &(nx_from){.kind = NX_FROM_FIRST});
    wait_for(&w);
    assert_null(nx_window_row(window, 0)->counts);
    int64_t before = nx_session_trips(lab->session);
    nx_window_set_counts(window, counts);
    wait_for(&w);
    assert_int_equal(w.counted, 1);
    assert_int_equal(nx_session_trips(lab->session), before + 1);
    assert_int_equal(count_of(counts, nx_window_row(window, 8), "post"), 99);
    assert_int_equal(count_of(counts, nx_window_row(window, 149), "event"), -1);
    nx_window_look(window, 140, 20, 1); /* the next page brings its own */
    wait_for(&w);
    assert_int_equal(nx_window_count(window), 300);
    assert_int_equal(count_of(counts, nx_window_row(window, 200), "post"), 0);
    assert_int_equal(nx_session_trips(lab->session), before + 2);
    assert_null(nx_window_uncounted(window));
    nx_window_free(window);
    nx_query_free(query);
    nx_query_free(counts);
}

/* The rows are on their way when the relations become known. */
static void a_window_counts_what_was_under_way(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "author", NULL, NULL), *counts = counting(lab, NULL, NULL);
    watcher w = {.done = false};
    nx_window *window = nx_window_new(lab->session, query, changed, &w);
    nx_window_go(window, &(nx_from){.kind = NX_FROM_FIRST});
    nx_window_set_counts(window, counts);
    while (!w.counted) {
        wait_for(&w);
    }
    assert_int_equal(count_of(counts, nx_window_row(window, 8), "post"), 99);
    nx_window_set_query(window, query); /* other rows, without counts: what is under way is of no use */
    nx_window_go(window, &(nx_from){.kind = NX_FROM_LAST});
    wait_for(&w);
    assert_null(nx_window_row(window, 0)->counts);
    nx_window_set_counts(window, counts);
    nx_window_free(window); /* while it counts */
    nx_query_free(query);
    nx_query_free(counts);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_kind_of_relation_is_counted),
    cmocka_unit_test(counts_end_at_their_bound_and_need_an_index),
    cmocka_unit_test(rows_by_their_keys_have_counts),
    cmocka_unit_test(a_count_that_is_refused_leaves_the_rows),
    cmocka_unit_test(a_window_counts_what_it_has_read_before),
    cmocka_unit_test(a_window_counts_what_was_under_way),
};

LAB_MAIN(tests, open_lab, rows_group_close)
