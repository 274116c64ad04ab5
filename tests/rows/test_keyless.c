/* Models without a key, and parts of models: tuple ids, views, roles, scopes. */
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
    "CREATE TABLE elder (n int); CREATE TABLE younger (m int) INHERITS (elder);"
    "INSERT INTO elder SELECT generate_series(1, 20); INSERT INTO younger SELECT g, g FROM generate_series(21, 40) g;"
    "CREATE VIEW totals AS SELECT a, count(*) AS c FROM big GROUP BY a;"
    "CREATE VIEW keyed AS SELECT id, txt FROM big;"
    "CREATE TABLE person (tenant int, id int, name text, PRIMARY KEY (tenant, id));"
    "INSERT INTO person SELECT t, g, format('person %s/%s', t, g) FROM generate_series(1, 3) t, generate_series(1, 5) "
    "g;"
    "CREATE TABLE tag (id int PRIMARY KEY, title text); INSERT INTO tag VALUES (1, 'red'), (2, NULL), (3, repeat('y', "
    "100));"
    "CREATE TABLE note (id int PRIMARY KEY, tenant int, person int, tag int, "
    "  FOREIGN KEY (tenant, person) REFERENCES person, FOREIGN KEY (tag) REFERENCES tag NOT VALID);"
    "ALTER TABLE note DISABLE TRIGGER ALL;"
    "INSERT INTO note VALUES (1, 1, 2, 1), (2, 3, 5, 2), (3, 1, NULL, NULL), (4, NULL, NULL, 3), (5, 1, 1, 99);"
    "ANALYZE;";

static int number(const nx_page *page, int row) { return atoi(page->rows[row].cells[0].value.text); }

/* --- models without a key ----------------------------------------------------------------------------------- */

/* Reads the model both ways, `size` rows at a time; every row once, and backwards the same order. */
static void assert_walk(nx_query *query, int rows, int size) {
    int *seen = nx_calloc((size_t)rows, sizeof *seen);
    int at = 0;
    for (nx_page *page = rows_lab_first(lab, query, size); page;) {
        for (int i = 0; i < page->nrows && at < rows; i++) {
            seen[at++] = number(page, i);
        }
        nx_page *next = page->more_after
                            ? rows_lab_from(lab, query, NX_FROM_AFTER, &page->rows[page->nrows - 1].cursor, size)
                            : NULL;
        nx_page_free(page);
        page = next;
    }
    assert_int_equal(at, rows);
    for (nx_page *page = rows_lab_last(lab, query, size); page;) {
        for (int i = page->nrows - 1; i >= 0; i--) {
            assert_true(at > 0);
            assert_int_equal(number(page, i), seen[--at]);
        }
        nx_page *next =
            page->more_before ? rows_lab_from(lab, query, NX_FROM_BEFORE, &page->rows[0].cursor, size) : NULL;
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
        {"heap", NULL, NULL, 30000, 2900},    {"heap", NULL, "n > 29000", 1000, 90},
        {"heap", "txt", "n < 30", 29, 4},     {"mat", NULL, NULL, 500, 33},
        {"parted", NULL, NULL, 700, 41},      {"parted", NULL, "n > 600", 100, 9},
        {"parted", "at desc", NULL, 700, 90}, {"elder", NULL, NULL, 40, 7},
        {"totals", "a", NULL, 1000, 150},     {"totals", NULL, "a < 10", 10, 3},
        {"keyed", NULL, "id < 100", 99, 20},
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
    char *plans[] = {rows_lab_plan(lab, query, NULL, false), rows_lab_plan(lab, query, NULL, true),
                     rows_lab_plan(lab, query, &last->rows[0].cursor, false), rows_lab_plan(lab, query, &last->rows[0].cursor, true)};
    for (size_t i = 0; i < NX_COUNT(plans); i++) {
        assert_true(rows_lab_buffers(plans[i]) < 30); /* of some 500 */
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

/* --- keys, roles */

static void goes_to_a_tuple(void **state) {
    (void)state;
    static const char *const orders[] = {NULL, "n desc"}, *const models[] = {"heap", "parted", "elder"};
    for (size_t i = 0; i < 2 * NX_COUNT(models); i++) {
        nx_query *query = rows_lab_query(lab, models[i / 2], orders[i % 2], NULL);
        nx_page *page = rows_lab_first(lab, query, 20);
        nx_from from = {.kind = NX_FROM_KEY, .key = {.n = 3, .values = page->rows[7].key}};
        nx_page *found = rows_lab_fetch(lab, query, &from, 2, NULL);
        for (int r = 0; r < 2; r++) {
            assert_string_equal(found->rows[r].cells[0].value.text, page->rows[7 + r].cells[0].value.text);
        }
        nx_page_free(found);
        nx_page_free(page);
        nx_query_free(query);
    }
}

/* Opens the lab's database again as another role. */
static rows_lab open_as(const char *role, const nx_session_options *options) {
    const char *rest = strchr(lab->url, '@');
    assert_non_null(rest);
    nx_buf url = NX_BUF;
    nx_buf_addf(&url, "postgresql://%s%s", role, rest);
    rows_lab other = {.url = nx_buf_take(&url)};
    other.session = lab_session(other.url, options);
    rows_lab_reload(&other);
    return other;
}

static void close_other(rows_lab *other) {
    nx_catalog_unref(other->catalog);
    lab_session_free(other->session);
    free(other->url);
}

static void reads_what_the_role_may_read(void **state) {
    (void)state;
    lab_sql(lab->url,
            "DROP ROLE IF EXISTS nixie_rows_reader; CREATE ROLE nixie_rows_reader LOGIN;"
            "CREATE TABLE half (id int PRIMARY KEY, open text, secret text);"
            "INSERT INTO half SELECT g, 'o' || g, 's' || g FROM generate_series(1, 20) g;"
            "GRANT SELECT (id, open) ON half TO nixie_rows_reader;"
            "CREATE TABLE hidden_key (id int PRIMARY KEY, open text);"
            "INSERT INTO hidden_key SELECT id, open FROM half;"
            "GRANT SELECT (open) ON hidden_key TO nixie_rows_reader;"
            "CREATE TABLE mine (who text, n int); INSERT INTO mine SELECT 'nixie_rows_reader', g FROM "
            "generate_series(1, 9) g;"
            "INSERT INTO mine VALUES ('other', 1); ALTER TABLE mine ENABLE ROW LEVEL SECURITY;"
            "CREATE POLICY own ON mine USING (who = current_user); GRANT SELECT ON mine TO nixie_rows_reader;");
    rows_lab other = open_as("nixie_rows_reader", &(nx_session_options){.read_only = true});
    nx_query *query = rows_lab_query(&other, "half", "open desc", "open startsWith 'o1'");
    assert_int_equal(nx_query_nfields(query), 2);
    nx_page *page = rows_lab_first(&other, query, 3);
    rows_lab_assert_column(page, "19 18 17");
    nx_page_free(page);
    nx_query_free(query);

    query = rows_lab_query(&other, "hidden_key", "open", NULL); /* its key is hidden */
    page = rows_lab_last(&other, query, 2);
    rows_lab_assert_column(page, "o8 o9");
    assert_int_equal(page->nkey, 0);
    nx_page_free(page);
    nx_query_free(query);

    query = rows_lab_query(&other, "mine", NULL, NULL);
    page = rows_lab_first(&other, query, 20);
    assert_int_equal(page->nrows, 9);
    nx_page *next = rows_lab_from(&other, query, NX_FROM_AFTER, &page->rows[6].cursor, 20);
    assert_int_equal(next->nrows, 2);
    nx_page_free(next);
    nx_page_free(page);
    nx_query_free(query);
    close_other(&other);
    lab_sql(lab->url, "DROP OWNED BY nixie_rows_reader; DROP ROLE nixie_rows_reader");
}

/* --- scopes ---------------------------------------------------------------------------------------------------- */

static void limits_to_a_scope(void **state) {
    (void)state;
    const char *here[] = {"tenant", "id"}, *there[] = {"tenant", "person"};
    nx_query *query = rows_lab_query(lab, "note", "id desc", NULL);
    nx_relation relation = {.kind = NX_TO_MANY,
                            .model = rows_lab_model(lab, "person"),
                            .target = nx_query_model(query),
                            .nfields = 2,
                            .fields = here,
                            .references = there};
    nx_value values[] = {nx_value_of("1"), nx_value_of("2")};
    nx_query_set_scope(query, &(nx_scope){.relation = &relation, .nvalues = 2, .values = values});
    values[0] = NX_NULL_VALUE; /* the query has a copy */
    nx_query *copy = nx_query_copy(query);
    nx_query_free(query);
    nx_page *page = rows_lab_first(lab, copy, 5);
    rows_lab_assert_column(page, "1");
    nx_page_free(page);
    nx_query_set_scope(copy, &(nx_scope){.relation = &relation, .nvalues = 2, .values = values});
    page = rows_lab_first(lab, copy, 5);
    assert_int_equal(page->nrows, 0); /* NULL refers to nothing */
    nx_page_free(page);
    nx_query_set_scope(copy, NULL);
    page = rows_lab_first(lab, copy, 5);
    rows_lab_assert_column(page, "5 4 3 2 1");
    nx_page_free(page);
    nx_query_free(copy);
}

static void limits_through_a_join_table(void **state) {
    (void)state;
    lab_sql(lab->url, "CREATE TABLE pairs (\"A\" int, \"B\" int); CREATE INDEX ON pairs (\"A\");"
                      "INSERT INTO pairs VALUES (1, 3), (1, 20), (1, 11), (2, 4)");
    rows_lab_reload(lab);
    static const char *const models[] = {"big", "heap"};
    for (size_t i = 0; i < NX_COUNT(models); i++) { /* by key, and by tuple id: a join could change the order */
        const char *here[] = {"id"}, *there[] = {i ? "n" : "id"}, *a[] = {"A"}, *b[] = {"B"};
        nx_query *query = rows_lab_query(lab, models[i], NULL, NULL);
        nx_relation relation = {.kind = NX_MANY_TO_MANY,
                                .model = rows_lab_model(lab, "tag"),
                                .target = nx_query_model(query),
                                .nfields = 1,
                                .fields = here,
                                .references = there,
                                .through = rows_lab_model(lab, "pairs"),
                                .through_fields = a,
                                .through_references = b};
        nx_value value = nx_value_of("1");
        nx_query_set_scope(query, &(nx_scope){.relation = &relation, .nvalues = 1, .values = &value});
        nx_page *page = rows_lab_first(lab, query, 2);
        rows_lab_assert_column(page, "3 11");
        nx_page *next = rows_lab_from(lab, query, NX_FROM_AFTER, &page->rows[1].cursor, 2);
        rows_lab_assert_column(next, "20");
        nx_page_free(next);
        nx_page_free(page);
        nx_query_free(query);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(walks_models_without_a_key),   cmocka_unit_test(reads_tuples_in_place),
    cmocka_unit_test(reads_empty_models),           cmocka_unit_test(goes_to_a_tuple),
    cmocka_unit_test(reads_what_the_role_may_read), cmocka_unit_test(limits_to_a_scope),
    cmocka_unit_test(limits_through_a_join_table),
};

ROWS_MAIN(tests, script)
