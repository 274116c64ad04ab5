/* Exact counts of a query, and rows by their keys. */
#include "rows/rows_group.h"

static const char script[] =
    "CREATE TABLE post (id int PRIMARY KEY, title text, author int);"
    "INSERT INTO post SELECT i, 'title ' || i, i % 7 FROM generate_series(1, 2500) i;"
    "CREATE TABLE member (org int, nick text, note text, PRIMARY KEY (org, nick));"
    "INSERT INTO member SELECT i % 3, 'n' || i, 'note ' || i FROM generate_series(1, 30) i;"
    "CREATE TABLE log (line int, at text); INSERT INTO log VALUES (1, 'x'), (1, 'x'), (2, 'y');"
    "CREATE TABLE event (k int, v text) PARTITION BY LIST (k);"
    "CREATE TABLE event_1 PARTITION OF event FOR VALUES IN (1); CREATE TABLE event_2 PARTITION OF event FOR VALUES IN (2);"
    "INSERT INTO event VALUES (1, 'one'), (2, 'two');"
    "CREATE VIEW sums AS SELECT author, count(*) FROM post GROUP BY author;"
    "CREATE FUNCTION slow() RETURNS boolean LANGUAGE sql AS 'SELECT pg_sleep(60) IS NOT NULL';"
    "CREATE VIEW slow_view AS SELECT id FROM post WHERE slow(); ANALYZE";

typedef struct answer {
    bool here;
    int64_t count;
    nx_page *page;
    nx_error err;
} answer;

static void counted(void *owner, int64_t count, const nx_error *err) {
    answer *a = owner;
    a->here = true;
    a->count = count;
    if (err) {
        nx_error_copy(&a->err, err);
    }
}

static void fetched(void *owner, nx_page *page, const nx_error *err) {
    answer *a = owner;
    a->here = true;
    a->page = page;
    if (err) {
        nx_error_copy(&a->err, err);
    }
}

static int64_t count_of(const char *model, const char *filter) {
    nx_query *query = rows_lab_query(lab, model, NULL, filter);
    answer a = {.err = NX_ERROR};
    nx_rows_count(lab->session, query, counted, &a);
    nx_query_free(query);
    lab_wait(lab->session, &a.here);
    assert_false(nx_failed(&a.err));
    return a.count;
}

static void all_and_filtered_are_counted(void **state) {
    (void)state;
    assert_int_equal(count_of("post", NULL), 2500);
    assert_int_equal(count_of("post", "author = 3"), 357);
    assert_int_equal(count_of("post", "id < 0"), 0);
    assert_int_equal(count_of("log", NULL), 3);
    assert_int_equal(count_of("event", "k = 2"), 1);
    assert_int_equal(count_of("sums", "author > 2"), 4);
}

static void a_count_can_be_cancelled(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "slow_view", NULL, NULL);
    answer a = {.err = NX_ERROR};
    nx_rows_count(lab->session, query, counted, &a);
    nx_query_free(query);
    nx_session_cancel(lab->session);
    lab_wait(lab->session, &a.here);
    assert_int_equal(a.err.kind, NX_ERR_CANCELLED);
    assert_int_equal(a.count, -1);
    nx_error_clear(&a.err);
}

static nx_page *by_keys(const nx_query *query, const nx_value *const *keys, int n, nx_error *err) {
    answer a = {.err = NX_ERROR};
    nx_rows_by_keys(lab->session, query, keys, n, fetched, &a);
    lab_wait(lab->session, &a.here);
    assert_int_equal(nx_failed(&a.err), err != NULL);
    if (err) {
        nx_error_copy(err, &a.err);
    }
    nx_error_clear(&a.err);
    return a.page;
}

/* The filter of the query has no say. */
static void rows_come_by_one_key(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "post", "title desc", "id = 1");
    static const char *const ids[] = {"7", "2500", "99999", "12"};
    nx_value values[4];
    const nx_value *keys[4];
    for (int i = 0; i < 4; i++) {
        values[i] = nx_value_of(ids[i]);
        keys[i] = &values[i];
    }
    nx_page *page = by_keys(query, keys, 4, NULL);
    assert_int_equal(page->nrows, 3);
    int found = 0;
    for (int i = 0; i < page->nrows; i++) {
        found += strcmp(page->rows[i].key[0].text, "2500") == 0 && strcmp(page->rows[i].cells[1].value.text, "title 2500") == 0;
    }
    assert_int_equal(found, 1);
    nx_page_free(page);
    nx_query_free(query);
}

static void assert_all_again(const char *model, int expected) {
    nx_query *query = rows_lab_query(lab, model, NULL, NULL);
    nx_page *all = rows_lab_first(lab, query, 100);
    assert_int_equal(all->nrows, expected);
    const nx_value *keys[100];
    for (int i = 0; i < all->nrows; i++) {
        keys[i] = all->rows[i].key;
    }
    nx_page *page = by_keys(query, keys, all->nrows - 1, NULL);
    assert_int_equal(page->nrows, expected - 1);
    for (int i = 0; i < page->nrows; i++) { /* each of them is one of those asked for */
        bool found = false;
        for (int k = 0; k < all->nrows - 1 && !found; k++) {
            found = true;
            for (int j = 0; j < all->nkey; j++) {
                found = found && nx_value_equal(keys[k][j], page->rows[i].key[j]);
            }
        }
        assert_true(found);
    }
    nx_page_free(page);
    nx_page_free(all);
    nx_query_free(query);
}

static void rows_come_by_composite_keys_and_tuple_ids(void **state) {
    (void)state;
    assert_all_again("member", 30);
    assert_all_again("log", 3);
    assert_all_again("event", 2);
}

static void without_keys_there_is_nothing_to_read_by(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "sums", NULL, NULL);
    nx_value one = nx_value_of("1");
    const nx_value *keys[] = {&one};
    nx_error err = NX_ERROR;
    assert_null(by_keys(query, keys, 1, &err));
    assert_int_equal(err.kind, NX_ERR_REFUSED);
    nx_error_clear(&err);
    nx_query_free(query);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(all_and_filtered_are_counted),
    cmocka_unit_test(a_count_can_be_cancelled),
    cmocka_unit_test(rows_come_by_one_key),
    cmocka_unit_test(rows_come_by_composite_keys_and_tuple_ids),
    cmocka_unit_test(without_keys_there_is_nothing_to_read_by),
};

ROWS_MAIN(tests, script)
