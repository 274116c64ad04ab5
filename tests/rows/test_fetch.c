/* Pages: what they carry, what they cost, where they begin; for every kind of model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rows/keyset.h"
#include "rows/rows_lab.h"

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
    "CREATE TABLE elder (n int); CREATE TABLE younger (m int) INHERITS (elder);"
    "INSERT INTO elder SELECT generate_series(1, 20); INSERT INTO younger SELECT g, g FROM generate_series(21, 40) g;"
    "CREATE VIEW totals AS SELECT a, count(*) AS c FROM big GROUP BY a;"
    "CREATE VIEW keyed AS SELECT id, txt FROM big;"
    "CREATE TABLE person (tenant int, id int, name text, PRIMARY KEY (tenant, id));"
    "INSERT INTO person SELECT t, g, format('person %s/%s', t, g) FROM generate_series(1, 3) t, generate_series(1, 5) g;"
    "CREATE TABLE tag (id int PRIMARY KEY, title text); INSERT INTO tag VALUES (1, 'red'), (2, NULL), (3, repeat('y', 100));"
    "CREATE TABLE note (id int PRIMARY KEY, tenant int, person int, tag int, "
    "  FOREIGN KEY (tenant, person) REFERENCES person, FOREIGN KEY (tag) REFERENCES tag NOT VALID);"
    "ALTER TABLE note DISABLE TRIGGER ALL;"
    "INSERT INTO note VALUES (1, 1, 2, 1), (2, 3, 5, 2), (3, 1, NULL, NULL), (4, NULL, NULL, 3), (5, 1, 1, 99);"
    "CREATE TABLE wide (id int PRIMARY KEY, t text, b bytea, j jsonb, arr int[], num numeric, flag bool, s char(4), nothing text);"
    "INSERT INTO wide SELECT 1, string_agg(md5(g::text), ''), decode(string_agg(md5(g::text), ''), 'hex'),"
    "  jsonb_build_object('k', string_agg(md5(g::text), '')), array_agg(g), ('1' || repeat('23', 3000))::numeric, true, 'ab', NULL"
    "  FROM generate_series(1, 650000) g;"
    "INSERT INTO wide VALUES (2, repeat('ä', 200), '\\x0102', '{\"a\": 1}', '{1,2}', 1.50, false, 'ab', ''),"
    "  (3, repeat('ä', 201), decode(repeat('00', 100), 'hex'), NULL, NULL, 'NaN', NULL, '', NULL);"
    "ANALYZE;";

static rows_lab *lab;

static int open_lab(void **state) {
    (void)state;
    lab = rows_lab_open("fetch", script, NULL);
    return 0;
}

static int close_lab(void **state) {
    (void)state;
    rows_lab_close(lab);
    return 0;
}

/* The first column of the page. */
static void assert_column(const nx_page *page, const char *expected) {
    char *got = rows_lab_column(page, 0);
    assert_string_equal(got, expected);
    free(got);
}

static int number(const nx_page *page, int row) { return atoi(page->rows[row].cells[0].value.text); }

/* --- the statement and what it costs -------------------------------------------------------------------- */

static char *page_text(const nx_query *query, const nx_cursor *cursor, bool backward, const char *before) {
    nx_arena *arena = nx_arena_new(0);
    nx_sql sql = NX_SQL;
    nx_sql_add(&sql, before);
    nx_page_sql(query, nx_columns_new(query, arena), &(nx_walk){.cursor = cursor, .backward = backward, .limit = 51}, &sql);
    char *text = nx_sql_readable(&sql);
    nx_sql_free(&sql);
    nx_arena_free(arena);
    return text;
}

/* EXPLAIN gives one row for each line. */
static char *plan_of(const nx_query *query, const nx_cursor *cursor, bool backward) {
    char *text = page_text(query, cursor, backward, "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON, TIMING OFF) ");
    char *plan = lab_query(lab->url, text);
    free(text);
    return plan;
}

static long buffers_of(const char *plan) {
    const char *hit = strstr(plan, "\"Shared Hit Blocks\":"), *read = strstr(plan, "\"Shared Read Blocks\":");
    assert_non_null(hit);
    assert_non_null(read);
    return atol(hit + 20) + atol(read + 21);
}

/* Costs of a page at the beginning and at the end of an indexed order, in buffers; and no sorting anywhere. */
static void assert_flat(const char *order, nx_from_kind end) {
    nx_query *query = rows_lab_query(lab, "big", order, NULL);
    assert_true(nx_query_indexed(query));
    nx_page *page = end == NX_FROM_LAST ? rows_lab_last(lab, query, 120) : rows_lab_first(lab, query, 120);
    const nx_cursor *cursor = &page->rows[end == NX_FROM_LAST ? 10 : 110].cursor;
    char *plan = plan_of(query, cursor, end == NX_FROM_FIRST);
    if (buffers_of(plan) > 400 || strstr(plan, "Seq Scan")) {
        fail_msg("%s: %ld buffers, %s", order, buffers_of(plan), plan);
    }
    free(plan);
    nx_page_free(page);
    nx_query_free(query);
}

static void costs_the_same_at_any_depth(void **state) {
    (void)state;
    static const char *const orders[] = {"", "id desc", "a", "a desc", "b", "b desc", "b desc nulls last", "b nulls first", "a, id desc"};
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
            char *first = plan_of(query, NULL, backward), *next = plan_of(query, &page->rows[0].cursor, backward);
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
    char *text = page_text(query, &page->rows[9].cursor, false, "");
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

/* --- cells ------------------------------------------------------------------------------------------------- */

static const nx_cell *cell(const nx_page *page, const nx_query *query, int row, const char *field) {
    for (int i = 0; i < nx_query_nfields(query); i++) {
        if (strcmp(nx_query_field(query, i)->name, field) == 0) {
            return &page->rows[row].cells[i];
        }
    }
    fail_msg("no field %s", field);
    return NULL;
}

static void cuts_wide_cells_on_the_server(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "wide", NULL, NULL);
    nx_page *page = rows_lab_first(lab, query, 10);
    assert_true(nx_arena_used(page->arena) < 10000); /* of 50 MB */
    const nx_cell *c = cell(page, query, 0, "t");
    assert_true(c->cut && !c->withheld && c->size == 20800000 && c->value.len == 200);
    c = cell(page, query, 0, "b");
    assert_true(c->cut && !c->withheld && c->size == 10400000 && c->value.len == 200);
    assert_memory_equal(c->value.text, "\\xc4ca4238", 10);
    c = cell(page, query, 0, "j");
    assert_true(c->cut && c->withheld && nx_is_null(c->value) && c->size > 2000);
    c = cell(page, query, 0, "arr");
    assert_true(c->cut && c->withheld && c->size > 2000);
    c = cell(page, query, 0, "num");
    assert_true(c->cut && (c->withheld || c->value.len == 200));
    nx_page_free(page);
    nx_query_free(query);
}

static void assert_cell(const nx_cell *c, const char *text, int64_t size) {
    assert_string_equal(c->value.text, text);
    assert_false(c->cut);
    assert_false(c->withheld);
    assert_int_equal(c->size, size);
}

static void keeps_short_cells_whole(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "wide", NULL, NULL);
    nx_page *page = rows_lab_first(lab, query, 10);
    const nx_cell *c = cell(page, query, 1, "t");
    assert_true(!c->cut && c->size == 400 && c->value.len == 400);
    c = cell(page, query, 2, "t"); /* one letter more */
    assert_true(c->cut && c->size == 402 && c->value.len == 400);
    assert_cell(cell(page, query, 1, "b"), "\\x0102", 2);
    c = cell(page, query, 2, "b");
    assert_true(c->cut && c->size == 100 && c->value.len == 200);
    assert_string_equal(cell(page, query, 1, "j")->value.text, "{\"a\": 1}");
    assert_string_equal(cell(page, query, 1, "arr")->value.text, "{1,2}");
    assert_string_equal(cell(page, query, 1, "num")->value.text, "1.50");
    assert_string_equal(cell(page, query, 2, "num")->value.text, "NaN");
    assert_string_equal(cell(page, query, 0, "flag")->value.text, "true");
    assert_cell(cell(page, query, 1, "nothing"), "", 0);
    c = cell(page, query, 2, "j");
    assert_true(nx_is_null(c->value) && !c->cut && !c->withheld && c->size == -1);
    nx_page_free(page);
    nx_query_free(query);
}

static void fetches_whole_values_and_some_fields(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "wide", NULL, "id > 1");
    const nx_model *model = nx_query_model(query);
    nx_query_set_whole(query, true);
    nx_query_set_fields(query, (nx_field *[]){nx_model_field(model, "t"), nx_model_field(model, "b")}, 2);
    nx_page *page = rows_lab_first(lab, query, 10);
    assert_int_equal(page->ncells, 2);
    assert_int_equal(page->nkey, 1);
    assert_string_equal(page->rows[1].key[0].text, "3");
    const nx_cell *c = cell(page, query, 1, "t");
    assert_true(!c->cut && c->value.len == 402 && c->size == 402);
    assert_true(cell(page, query, 1, "b")->size == 100);
    nx_page_free(page);
    nx_query_free(query);
}

static void labels_references(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "note", NULL, NULL);
    nx_page *page = rows_lab_first(lab, query, 10);
    assert_string_equal(cell(page, query, 0, "tenant")->label, "person 1/2");
    assert_string_equal(cell(page, query, 1, "tenant")->label, "person 3/5");
    assert_null(cell(page, query, 0, "person")->label);
    assert_string_equal(cell(page, query, 0, "tag")->label, "red");
    const nx_cell *unnamed = cell(page, query, 1, "tag"), *dangling = cell(page, query, 4, "tag");
    assert_true(!unnamed->label && !unnamed->dangling);
    assert_true(!dangling->label && dangling->dangling);
    const nx_cell *half = cell(page, query, 2, "tenant"), *none = cell(page, query, 2, "tag");
    assert_true(!half->label && !half->dangling && !none->label && !none->dangling);
    assert_int_equal(strlen(cell(page, query, 3, "tag")->label), 60);
    nx_page_free(page);
    nx_query_set_labels(query, false);
    page = rows_lab_first(lab, query, 10);
    assert_null(cell(page, query, 0, "tag")->label);
    nx_page_free(page);
    nx_query_free(query);
}

/* --- where a page begins ------------------------------------------------------------------------------------ */

static void goes_to_a_part_of_the_order(void **state) {
    (void)state;
    static const struct {
        const char *model, *order;
        int rows;
    } cases[] = {{"big", NULL, 100000}, {"big", "n", 100000}, {"big", "b desc nulls last, a", 100000}, {"heap", NULL, 30000},
                 {"heap", "n", 30000}, {"mat", NULL, 500}, {"parted", NULL, 700}};
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_query *query = rows_lab_query(lab, cases[i].model, cases[i].order, NULL);
        nx_page *page = rows_lab_fetch(lab, query, &(nx_from){.kind = NX_FROM_FRACTION, .fraction = 0.37}, 5, NULL);
        assert_int_equal(page->nrows, 5);
        assert_false(page->before_known);
        bool by_number = i != 2; /* the number is the rank there */
        int at = i == 1 ? atoi(cell(page, query, 0, "n")->value.text) : number(page, 0);
        if (by_number && (at < 0.25 * cases[i].rows || at > 0.49 * cases[i].rows)) {
            fail_msg("%s by %s: %d of %d", cases[i].model, cases[i].order ? cases[i].order : "key", at, cases[i].rows);
        }
        nx_page_free(page);
        nx_query_free(query);
    }
}

static void samples_under_a_filter(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "big", NULL, "id in (17, 5000, 99000)"); /* no sample will meet these */
    nx_page *page = rows_lab_fetch(lab, query, &(nx_from){.kind = NX_FROM_FRACTION, .fraction = 0.5}, 5, NULL);
    assert_column(page, "5000 99000");
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
    assert_column(page, "77 78 79");
    nx_page_free(page);
    assert_null(fetch_key(query, "id", "100001", &err));
    assert_int_equal(err.kind, NX_ERR_NOT_FOUND);
    assert_null(strstr(err.message, "filter"));
    nx_query_free(query);

    query = rows_lab_query(lab, "big", "a desc", "a < 500");
    page = fetch_key(query, "id", "2002", NULL);
    assert_column(page, "2002 1002 2");
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
    assert_column(page, "1 4 7 10 2 5 8 11 3 6 9 12");
    lab_sql(lab->url, "DELETE FROM gone WHERE id IN (5, 6)");
    static const struct {
        int row;
        nx_from_kind kind;
        const char *ids;
    } cases[] = {{5, NX_FROM_AFTER, "8 11"}, {5, NX_FROM_AT, "8 11"}, {5, NX_FROM_BEFORE, "10 2"},
                 {9, NX_FROM_AFTER, "9 12"}, {9, NX_FROM_AT, "9 12"}, {9, NX_FROM_BEFORE, "11 3"}};
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_page *next = rows_lab_from(lab, query, cases[i].kind, &page->rows[cases[i].row].cursor, 2);
        assert_column(next, cases[i].ids);
        nx_page_free(next);
    }
    nx_page_free(page);
    nx_query_free(query);
}

/* --- models without a key ----------------------------------------------------------------------------------- */

/* Reads the model both ways, `size` rows at a time; every row once, and backwards the same order. */
static void assert_walk(nx_query *query, int rows, int size) {
    int *seen = nx_calloc((size_t)rows, sizeof *seen);
    int at = 0;
    for (nx_page *page = rows_lab_first(lab, query, size); page;) {
        for (int i = 0; i < page->nrows && at < rows; i++) {
            seen[at++] = number(page, i);
        }
        nx_page *next = page->more_after ? rows_lab_from(lab, query, NX_FROM_AFTER, &page->rows[page->nrows - 1].cursor, size) : NULL;
        nx_page_free(page);
        page = next;
    }
    assert_int_equal(at, rows);
    for (nx_page *page = rows_lab_last(lab, query, size); page;) {
        for (int i = page->nrows - 1; i >= 0; i--) {
            assert_true(at > 0);
            assert_int_equal(number(page, i), seen[--at]);
        }
        nx_page *next = page->more_before ? rows_lab_from(lab, query, NX_FROM_BEFORE, &page->rows[0].cursor, size) : NULL;
        nx_page_free(page);
        page = next;
    }
    assert_int_equal(at, 0);
    free(seen);
}

static void walks_models_without_a_key(void **state) {
    (void)state;
    static const struct {
        const char *model, *order, *filter;
        int rows, size;
    } cases[] = {
        {"heap", NULL, NULL, 30000, 2900}, {"heap", NULL, "n > 29000", 1000, 90}, {"heap", "txt", "n < 30", 29, 4},
        {"mat", NULL, NULL, 500, 33},      {"parted", NULL, NULL, 700, 41},       {"parted", NULL, "n > 600", 100, 9},
        {"parted", "at desc", NULL, 700, 90}, {"elder", NULL, NULL, 40, 7},       {"totals", "a", NULL, 1000, 150},
        {"totals", NULL, "a < 10", 10, 3}, {"keyed", NULL, "id < 100", 99, 20},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_query *query = rows_lab_query(lab, cases[i].model, cases[i].order, cases[i].filter);
        assert_walk(query, cases[i].rows, cases[i].size);
        nx_query_free(query);
    }
}

static void reads_tuples_in_place(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "heap", NULL, NULL);
    assert_string_equal(nx_query_paging(query), "tuple id");
    nx_page *first = rows_lab_first(lab, query, 60), *last = rows_lab_last(lab, query, 60);
    assert_int_equal(number(last, 59), 30000);
    assert_int_equal(first->nkey, 3);
    assert_string_equal(first->rows[0].key[0].text, "(0,1)");
    char *plans[] = {plan_of(query, NULL, false), plan_of(query, NULL, true), plan_of(query, &last->rows[0].cursor, false),
                     plan_of(query, &last->rows[0].cursor, true)};
    for (size_t i = 0; i < NX_COUNT(plans); i++) {
        assert_true(buffers_of(plans[i]) < 30); /* of some 500 */
        free(plans[i]);
    }
    nx_page_free(first);
    nx_page_free(last);
    nx_query_free(query);
}

static void reads_empty_models(void **state) {
    (void)state;
    lab_sql(lab->url, "CREATE TABLE void (a int); CREATE TABLE void_parts (a int) PARTITION BY LIST (a);"
                      "CREATE TABLE void_key (a int PRIMARY KEY); CREATE TABLE fieldless ()");
    rows_lab_reload(lab);
    static const char *const models[] = {"void", "void_parts", "void_key", "fieldless"};
    for (size_t i = 0; i < NX_COUNT(models); i++) {
        nx_query *query = rows_lab_query(lab, models[i], NULL, NULL);
        for (int kind = NX_FROM_FIRST; kind <= NX_FROM_LAST; kind++) {
            nx_page *page = rows_lab_fetch(lab, query, &(nx_from){.kind = (nx_from_kind)kind}, 5, NULL);
            assert_int_equal(page->nrows, 0);
            assert_true(page->before_known && page->after_known && !page->more_before && !page->more_after);
            nx_page_free(page);
        }
        nx_query_free(query);
    }
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
    static const char *const others[][2] = {{"b", "a < 500"}, {"b desc", "a < 501"}, {"b desc", NULL}, {"b desc nulls last", "a < 500"}};
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
    nx_rows_job *job = nx_rows_fetch(lab->session, query, &(nx_from){.kind = NX_FROM_FIRST}, 5, must_not_be_called, NULL);
    nx_session_step(lab->session, NULL); /* sent */
    nx_rows_drop(job);
    nx_rows_drop(NULL);
    nx_page_free(rows_lab_first(lab, query, 5));
    nx_page_free(NULL);
    nx_query_free(query);
}

/* --- scopes ---------------------------------------------------------------------------------------------------- */

static void limits_to_a_scope(void **state) {
    (void)state;
    const char *here[] = {"tenant", "id"}, *there[] = {"tenant", "person"};
    nx_query *query = rows_lab_query(lab, "note", "id desc", NULL);
    nx_relation relation = {.kind = NX_TO_MANY, .model = rows_lab_model(lab, "person"), .target = nx_query_model(query),
                            .nfields = 2, .fields = here, .references = there};
    nx_value values[] = {nx_value_of("1"), nx_value_of("2")};
    nx_query_set_scope(query, &(nx_scope){.relation = &relation, .nvalues = 2, .values = values});
    values[0] = NX_NULL_VALUE; /* the query has a copy */
    nx_query *copy = nx_query_copy(query);
    nx_query_free(query);
    nx_page *page = rows_lab_first(lab, copy, 5);
    assert_column(page, "1");
    nx_page_free(page);
    nx_query_set_scope(copy, &(nx_scope){.relation = &relation, .nvalues = 2, .values = values});
    page = rows_lab_first(lab, copy, 5);
    assert_int_equal(page->nrows, 0); /* NULL refers to nothing */
    nx_page_free(page);
    nx_query_set_scope(copy, NULL);
    page = rows_lab_first(lab, copy, 5);
    assert_column(page, "5 4 3 2 1");
    nx_page_free(page);
    nx_query_free(copy);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(costs_the_same_at_any_depth),
        cmocka_unit_test(sorts_nothing_where_an_index_serves),
        cmocka_unit_test(scans_once_where_none_does),
        cmocka_unit_test(takes_one_trip),
        cmocka_unit_test(cuts_wide_cells_on_the_server),
        cmocka_unit_test(keeps_short_cells_whole),
        cmocka_unit_test(fetches_whole_values_and_some_fields),
        cmocka_unit_test(labels_references),
        cmocka_unit_test(goes_to_a_part_of_the_order),
        cmocka_unit_test(samples_under_a_filter),
        cmocka_unit_test(refuses_a_part_of_a_view),
        cmocka_unit_test(goes_to_a_key),
        cmocka_unit_test(goes_on_from_a_deleted_row),
        cmocka_unit_test(walks_models_without_a_key),
        cmocka_unit_test(reads_tuples_in_place),
        cmocka_unit_test(reads_empty_models),
        cmocka_unit_test(refuses_foreign_and_damaged_cursors),
        cmocka_unit_test(refuses_a_cursor_of_another_width),
        cmocka_unit_test(drops_jobs),
        cmocka_unit_test(limits_to_a_scope),
    };
    return cmocka_run_group_tests(tests, open_lab, close_lab);
}
