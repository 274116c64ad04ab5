/* Pages: what they cost, where they begin; cursors as text; jobs. */
#include "rows/keyset.h"
#include "rows/rows_group.h"

static const char script[] =
    "CREATE TABLE big (id bigint PRIMARY KEY, a int NOT NULL, b int, n int, txt text);"
    "INSERT INTO big SELECT g, g % 1000, CASE WHEN g % 10 > 0 THEN g % 777 END, (g * 7919) % 100000, 'row ' || g"
    "  FROM generate_series(1, 100000) g;"
    "CREATE INDEX ON big (a, id); CREATE INDEX ON big (b, id);"
    "CREATE TABLE heap (n int, txt text);"
    "INSERT INTO heap SELECT g, repeat('x', 100) FROM generate_series(1, 30000) g;"
    "CREATE MATERIALIZED VIEW mat AS SELECT n, txt FROM heap WHERE n <= 500 ORDER BY n;"
    "CREATE TABLE parted (n int, at date NOT NULL) PARTITION BY RANGE (at);"
    "CREATE TABLE parted_b PARTITION OF parted FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (n);"
    "CREATE TABLE parted_b_rest PARTITION OF parted_b DEFAULT;"
    "CREATE TABLE parted_a (x int, at date NOT NULL, n int); ALTER TABLE parted_a DROP x;"
    "ALTER TABLE parted ATTACH PARTITION parted_a FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');"
    "CREATE TABLE parted_empty PARTITION OF parted FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');"
    "INSERT INTO parted SELECT g, '2023-01-01'::date + g FROM generate_series(1, 700) g;"
    "CREATE VIEW totals AS SELECT a, count(*) AS c FROM big GROUP BY a;"
    "CREATE VIEW keyed AS SELECT id, txt FROM big;"
    "ANALYZE;";

static int number(const nx_page *page, int row) { return atoi(page->rows[row].cells[0].value.text); }

/* --- the statement and what it costs -------------------------------------------------------------------- */

/* Costs of a page at the beginning and at the end of an indexed order, in buffers; and no sorting anywhere. */
static void assert_flat(const char *order, nx_from_kind end) {
    nx_query *query = rows_lab_query(lab, "big", order, NULL);
    assert_true(nx_query_indexed(query));
    nx_page *page = end == NX_FROM_LAST ? rows_lab_last(lab, query, 120) : rows_lab_first(lab, query, 120);
    const nx_cursor *cursor = &page->rows[end == NX_FROM_LAST ? 10 : 110].cursor;
    char *plan = rows_lab_plan(lab, query, cursor, end == NX_FROM_FIRST);
    if (rows_lab_buffers(plan) > 400 || strstr(plan, "Seq Scan")) {
        fail_msg("%s: %ld buffers, %s", order, rows_lab_buffers(plan), plan);
    }
    free(plan);
    nx_page_free(page);
    nx_query_free(query);
}

static void costs_the_same_at_any_depth(void **state) {
    (void)state;
    static const char *const orders[] = {
        "", "id desc", "a", "a desc", "b", "b desc", "b desc nulls last", "b nulls first", "a, id desc"};
    for (size_t i = 0; i < NX_COUNT(orders); i++) {
        assert_flat(orders[i], NX_FROM_LAST);
        assert_flat(orders[i], NX_FROM_FIRST);
    }
}

static void sorts_nothing_where_an_index_serves(void **state) {
    (void)state;
    static const char *const orders[] = {"", "id desc", "a", "a desc", "b", "b desc"};
    for (size_t i = 0; i < NX_COUNT(orders); i++) {
        for (int backward = 0; backward < 2; backward++) {
            nx_query *query = rows_lab_query(lab, "big", orders[i], NULL);
            nx_page *page = rows_lab_fetch(lab, query, &(nx_from){.kind = NX_FROM_FRACTION, .fraction = 0.5}, 1, NULL);
            char *first = rows_lab_plan(lab, query, NULL, backward), *next = rows_lab_plan(lab, query, &page->rows[0].cursor, backward);
            if (strstr(first, "Sort\"") || strstr(next, "Sort\"") || !strstr(next, "Index Scan")) {
                fail_msg("%s: %s %s", orders[i], first, next);
            }
            assert_null(strstr(next, "OFFSET"));
            free(first);
            free(next);
            nx_page_free(page);
            nx_query_free(query);
        }
    }
}

static void scans_once_where_none_does(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "big", "n desc nulls last, b", NULL);
    assert_false(nx_query_indexed(query));
    nx_page *page = rows_lab_first(lab, query, 10);
    char *text = rows_lab_page_text(query, &page->rows[9].cursor, false, "");
    assert_null(strstr(text, "UNION"));
    free(text);
    nx_page_free(page);
    nx_query_free(query);
}

static void takes_one_trip(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "big", "a desc", "txt contains 'row'");
    nx_page *page = rows_lab_first(lab, query, 10);
    int64_t before = nx_session_trips(lab->session);
    nx_page *next = rows_lab_from(lab, query, NX_FROM_AFTER, &page->rows[9].cursor, 10);
    assert_int_equal(nx_session_trips(lab->session), before + 1);
    assert_true(next->rows_estimate > 50000 && next->rows_estimate <= 150000);
    nx_page_free(next);
    nx_page_free(page);
    nx_query_free(query);
}

/* --- where a page begins ------------------------------------------------------------------------------------ */

static void goes_to_a_part_of_the_order(void **state) {
    (void)state;
    static const struct {
        const char *model, *order;
        int rows;
    } cases[] = {{"big", NULL, 100000}, {"big", "n", 100000}, {"big", "b desc nulls last, a", 100000},
                 {"heap", NULL, 30000}, {"heap", "n", 30000}, {"mat", NULL, 500},
                 {"parted", NULL, 700}};
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_query *query = rows_lab_query(lab, cases[i].model, cases[i].order, NULL);
        nx_page *page = rows_lab_fetch(lab, query, &(nx_from){.kind = NX_FROM_FRACTION, .fraction = 0.37}, 5, NULL);
        assert_int_equal(page->nrows, 5);
        assert_false(page->before_known);
        bool by_number = i != 2; /* the number is the rank there */
        const nx_cell *n = i == 1 ? rows_lab_cell(page, query, 0, "n") : NULL;
        int at = n && n->value.text ? atoi(n->value.text) : number(page, 0);
        if (by_number && (at < 0.27 * cases[i].rows || at > 0.47 * cases[i].rows)) {
            fail_msg("%s by %s: %d of %d", cases[i].model, cases[i].order ? cases[i].order : "key", at, cases[i].rows);
        }
        nx_page_free(page);
        nx_query_free(query);
    }
}

static void samples_under_a_filter(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "big", NULL, "id = 77000"); /* hardly in any sample */
    nx_page *page = rows_lab_fetch(lab, query, &(nx_from){.kind = NX_FROM_FRACTION, .fraction = 0.5}, 5, NULL);
    rows_lab_assert_column(page, "77000");
    nx_page_free(page);
    nx_query_free(query);
    query = rows_lab_query(lab, "big", NULL, "id = -1");
    page = rows_lab_fetch(lab, query, &(nx_from){.kind = NX_FROM_FRACTION, .fraction = 0.5}, 5, NULL);
    assert_int_equal(page->nrows, 0);
    nx_page_free(page);
    nx_query_free(query);
}

static void refuses_a_part_of_a_view(void **state) {
    (void)state;
    static const char *const views[] = {"totals", "keyed"};
    for (size_t i = 0; i < NX_COUNT(views); i++) {
        nx_error err = NX_ERROR;
        nx_query *query = rows_lab_query(lab, views[i], NULL, NULL);
        assert_null(rows_lab_fetch(lab, query, &(nx_from){.kind = NX_FROM_FRACTION, .fraction = 0.5}, 5, &err));
        assert_int_equal(err.kind, NX_ERR_REFUSED);
        nx_error_clear(&err);
        nx_query_free(query);
    }
}

static nx_page *fetch_key(nx_query *query, const char *field, const char *value, nx_error *err) {
    const nx_field *fields[] = {nx_model_field(nx_query_model(query), field)};
    nx_value values[] = {nx_value_of(value)};
    nx_from from = {.kind = NX_FROM_KEY, .key = {.n = 1, .fields = fields, .values = values}};
    return rows_lab_fetch(lab, query, &from, 3, err);
}

static void goes_to_a_key(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    nx_query *query = rows_lab_query(lab, "big", NULL, NULL);
    int64_t trips = nx_session_trips(lab->session);
    nx_page *page = fetch_key(query, "id", "0077", NULL); /* as a person may type it */
    assert_int_equal(nx_session_trips(lab->session), trips + 1);
    rows_lab_assert_column(page, "77 78 79");
    nx_page_free(page);
    assert_null(fetch_key(query, "id", "100001", &err));
    assert_int_equal(err.kind, NX_ERR_NOT_FOUND);
    assert_null(strstr(err.message, "filter"));
    nx_query_free(query);

    query = rows_lab_query(lab, "big", "a desc", "a < 500");
    page = fetch_key(query, "id", "2002", NULL);
    rows_lab_assert_column(page, "2002 1002 2");
    nx_page_free(page);
    assert_null(fetch_key(query, "id", "999", &err));
    assert_int_equal(err.kind, NX_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "outside the filter"));
    assert_null(fetch_key(query, "id", "abc", &err));
    assert_int_equal(err.kind, NX_ERR_SERVER);
    nx_error_clear(&err);
    nx_query_free(query);
}

static void goes_on_from_a_deleted_row(void **state) {
    (void)state;
    lab_sql(lab->url, "CREATE TABLE gone (id int PRIMARY KEY, b int); CREATE INDEX ON gone (b, id);"
                      "INSERT INTO gone SELECT g, NULLIF(g % 3, 0) FROM generate_series(1, 12) g");
    rows_lab_reload(lab);
    nx_query *query = rows_lab_query(lab, "gone", "b", NULL);
    nx_page *page = rows_lab_first(lab, query, 20);
    rows_lab_assert_column(page, "1 4 7 10 2 5 8 11 3 6 9 12");
    lab_sql(lab->url, "DELETE FROM gone WHERE id IN (5, 6)");
    static const struct {
        int row;
        nx_from_kind kind;
        const char *ids;
    } cases[] = {{5, NX_FROM_AFTER, "8 11"}, {5, NX_FROM_AT, "8 11"}, {5, NX_FROM_BEFORE, "10 2"},
                 {9, NX_FROM_AFTER, "9 12"}, {9, NX_FROM_AT, "9 12"}, {9, NX_FROM_BEFORE, "11 3"}};
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_page *next = rows_lab_from(lab, query, cases[i].kind, &page->rows[cases[i].row].cursor, 2);
        rows_lab_assert_column(next, cases[i].ids);
        nx_page_free(next);
    }
    nx_page_free(page);
    nx_query_free(query);
}

/* --- cursors as text, jobs --------------------------------------------------------------------------------- */

static void refuses_foreign_and_damaged_cursors(void **state) {
    (void)state;
    nx_arena *arena = nx_arena_new(0);
    nx_error err = NX_ERROR;
    nx_cursor back;
    nx_query *query = rows_lab_query(lab, "big", "b desc", "a < 500");
    nx_page *page = rows_lab_last(lab, query, 3);
    char *text = nx_cursor_encode(query, &page->rows[0].cursor);
    assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), strlen(text));
    assert_true(nx_cursor_decode(query, text, arena, &back, &err));
    assert_int_equal(back.nvalues, 2);
    for (int i = 0; i < 2; i++) {
        assert_true(nx_value_equal(back.values[i], page->rows[0].cursor.values[i]));
    }
    static const char *const others[][2] = {
        {"b", "a < 500"}, {"b desc", "a < 501"}, {"b desc", NULL}, {"b desc nulls last", "a < 500"}};
    for (size_t i = 0; i < NX_COUNT(others); i++) {
        nx_query *other = rows_lab_query(lab, "big", others[i][0], others[i][1]);
        assert_false(nx_cursor_decode(other, text, arena, &back, &err));
        assert_int_equal(err.kind, NX_ERR_USAGE);
        assert_non_null(strstr(err.message, "another"));
        nx_query_free(other);
    }
    for (size_t i = 0; i < strlen(text); i++) { /* any letter changed, any end cut off */
        char *bad = nx_strdup(text);
        bad[i] = bad[i] == 'A' ? 'B' : 'A';
        assert_false(nx_cursor_decode(query, bad, arena, &back, &err));
        bad[i] = '\0';
        assert_false(nx_cursor_decode(query, bad, arena, &back, &err));
        free(bad);
    }
    free(text);
    nx_error_clear(&err);
    nx_page_free(page);
    nx_query_free(query);
    nx_arena_free(arena);
}

static void refuses_a_cursor_of_another_width(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    nx_query *query = rows_lab_query(lab, "big", "b desc", NULL);
    nx_value value = nx_value_of("1");
    nx_from from = {.kind = NX_FROM_AFTER, .cursor = {.nvalues = 1, .values = &value}};
    assert_null(rows_lab_fetch(lab, query, &from, 5, &err));
    assert_int_equal(err.kind, NX_ERR_USAGE);
    nx_error_clear(&err);
    nx_query_free(query);
}

static void must_not_be_called(void *owner, nx_page *page, const nx_error *err) {
    (void)owner, (void)page, (void)err;
    fail_msg("a dropped job has called back");
}

static void drops_jobs(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "big", "n", NULL);
    nx_rows_drop(nx_rows_fetch(lab->session, query, &(nx_from){.kind = NX_FROM_FIRST}, 5, must_not_be_called, NULL));
    nx_rows_job *job =
        nx_rows_fetch(lab->session, query, &(nx_from){.kind = NX_FROM_FIRST}, 5, must_not_be_called, NULL);
    nx_session_step(lab->session, NULL); /* sent */
    nx_rows_drop(job);
    nx_rows_drop(NULL);
    nx_page_free(rows_lab_first(lab, query, 5));
    nx_page_free(NULL);
    nx_query_free(query);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(costs_the_same_at_any_depth),       cmocka_unit_test(sorts_nothing_where_an_index_serves),
    cmocka_unit_test(scans_once_where_none_does),        cmocka_unit_test(takes_one_trip),
    cmocka_unit_test(goes_to_a_part_of_the_order),       cmocka_unit_test(samples_under_a_filter),
    cmocka_unit_test(refuses_a_part_of_a_view),          cmocka_unit_test(goes_to_a_key),
    cmocka_unit_test(goes_on_from_a_deleted_row),        cmocka_unit_test(refuses_foreign_and_damaged_cursors),
    cmocka_unit_test(refuses_a_cursor_of_another_width), cmocka_unit_test(drops_jobs),
};

ROWS_MAIN(tests, script)
