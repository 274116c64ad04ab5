/* What a page holds is what a save compares: records staged as the grid stages them. */
#include "bench.h"
#include "lab/lab.h"
#include "lab/test.h"

typedef struct fetched {
    bool done;
    nx_page *page;
} fetched;

static void arrived(void *owner, nx_page *page, const nx_error *err) {
    fetched *f = owner;
    f->done = true;
    f->page = page;
    if (err) {
        fail_msg("%s", err->message);
    }
}

static nx_page *fetch(bench *b, const nx_query *query, int limit) {
    fetched f = {.done = false};
    nx_from from = {.kind = NX_FROM_FIRST};
    nx_rows_fetch(b->session, query, &from, limit, arrived, &f);
    lab_wait(b->session, &f.done);
    return f.page;
}

static int shown_of(const nx_query *query, const nx_row *row, nx_assignment *shown) {
    int n = 0;
    for (int i = 0; i < nx_query_nfields(query); i++) {
        if (!row->cells[i].cut && !row->cells[i].withheld) {
            shown[n++] = (nx_assignment){.field = nx_query_field(query, i), .old = row->cells[i].value};
        }
    }
    return n;
}

static void delete_all(bench *b, const char *name, const char *counted) {
    nx_model *model = bench_model(b, name);
    nx_query *query = nx_query_new(model);
    nx_page *page = fetch(b, query, 1000);
    assert_true(page->nrows > 0);
    nx_error err = NX_ERROR;
    nx_assignment shown[128];
    for (int i = 0; i < page->nrows; i++) {
        int n = shown_of(query, &page->rows[i], shown);
        assert_true(n > 1);
        assert_true(nx_changeset_delete(b->set, model, page->rows[i].key, page->nkey, shown, n, &err));
    }
    assert_int_equal(nx_changeset_count(b->set), page->nrows);
    nx_page_free(page);
    nx_query_free(query);
    bench_saved(b);
    bench_expect(b, counted, "0");
}

static void every_type_on_a_page_is_what_the_save_compares(void **state) {
    delete_all(*state, "Specimen", "SELECT count(*) FROM \"Specimen\"");
}

static void records_without_a_key_and_of_partitions(void **state) {
    bench *b = *state;
    bench_sql(b, "CREATE TABLE loose (a bool, b char(4), c bytea);"
                 "INSERT INTO loose VALUES (true, 'x', '\\x01'), (NULL, '', ''),"
                 " (true, 'x', '\\x01'); CREATE TABLE many (n int, v text) PARTITION BY HASH (n);"
                 "CREATE TABLE many0 PARTITION OF many FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
                 "CREATE TABLE many1 PARTITION OF many FOR VALUES WITH (MODULUS 2, REMAINDER 1);"
                 "INSERT INTO many SELECT i, 'v' FROM generate_series(1, 20) i");
    delete_all(b, "loose", "SELECT count(*) FROM loose");
    delete_all(b, "many", "SELECT count(*) FROM many");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_type_on_a_page_is_what_the_save_compares),
    cmocka_unit_test(records_without_a_key_and_of_partitions),
};

LAB_MAIN(tests, bench_open_sample, bench_close)
