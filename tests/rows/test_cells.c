/* Cells: cut by the server, measured, labelled. */
#include "rows/rows_group.h"

static const char script[] =
    "CREATE TABLE person (tenant int, id int, name text, PRIMARY KEY (tenant, id));"
    "INSERT INTO person SELECT t, g, format('person %s/%s', t, g) FROM generate_series(1, 3) t, generate_series(1, 5) "
    "g;"
    "CREATE TABLE tag (id int PRIMARY KEY, title text); INSERT INTO tag VALUES (1, 'red'), (2, NULL), (3, repeat('y', "
    "100));"
    "CREATE TABLE note (id int PRIMARY KEY, tenant int, person int, tag int, "
    "  FOREIGN KEY (tenant, person) REFERENCES person, FOREIGN KEY (tag) REFERENCES tag NOT VALID);"
    "ALTER TABLE note DISABLE TRIGGER ALL;"
    "INSERT INTO note VALUES (1, 1, 2, 1), (2, 3, 5, 2), (3, 1, NULL, NULL), (4, NULL, NULL, 3), (5, 1, 1, 99);"
    "CREATE TABLE wide (id int PRIMARY KEY, t text, b bytea, j jsonb, arr int[], num numeric, flag bool, s char(4), "
    "nothing text);"
    "INSERT INTO wide SELECT 1, string_agg(md5(g::text), ''), decode(string_agg(md5(g::text), ''), 'hex'),"
    "  jsonb_build_object('k', string_agg(md5(g::text), '')), array_agg(g), ('1' || repeat('23', 3000))::numeric, "
    "true, 'ab', NULL"
    "  FROM generate_series(1, 650000) g;"
    "INSERT INTO wide VALUES (2, repeat('ä', 200), '\\x0102', '{\"a\": 1}', '{1,2}', 1.50, false, 'ab', ''),"
    "  (3, repeat('ä', 201), decode(repeat('00', 100), 'hex'), NULL, NULL, 'NaN', NULL, '', NULL);"
    "ANALYZE;";

/* --- cells ------------------------------------------------------------------------------------------------- */

static void cuts_wide_cells_on_the_server(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "wide", NULL, NULL);
    nx_page *page = rows_lab_first(lab, query, 10);
    assert_true(nx_arena_used(page->arena) < 10000); /* of 50 MB */
    const nx_cell *c = rows_lab_cell(page, query, 0, "t");
    assert_true(c->cut && !c->withheld && c->size == 20800000 && c->value.len == 200);
    c = rows_lab_cell(page, query, 0, "b");
    assert_true(c->cut && !c->withheld && c->size == 10400000 && c->value.len == 200);
    assert_memory_equal(c->value.text, "\\xc4ca4238", 10);
    c = rows_lab_cell(page, query, 0, "j");
    assert_true(c->cut && c->withheld && nx_is_null(c->value) && c->size > 2000);
    c = rows_lab_cell(page, query, 0, "arr");
    assert_true(c->cut && c->withheld && c->size > 2000);
    c = rows_lab_cell(page, query, 0, "num");
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
    const nx_cell *c = rows_lab_cell(page, query, 1, "t");
    assert_true(!c->cut && c->size == 400 && c->value.len == 400);
    c = rows_lab_cell(page, query, 2, "t"); /* one letter more */
    assert_true(c->cut && c->size == 402 && c->value.len == 400);
    assert_cell(rows_lab_cell(page, query, 1, "b"), "\\x0102", 2);
    c = rows_lab_cell(page, query, 2, "b");
    assert_true(c->cut && c->size == 100 && c->value.len == 200);
    assert_string_equal(rows_lab_cell(page, query, 1, "j")->value.text, "{\"a\": 1}");
    assert_string_equal(rows_lab_cell(page, query, 1, "arr")->value.text, "{1,2}");
    assert_string_equal(rows_lab_cell(page, query, 1, "num")->value.text, "1.50");
    assert_string_equal(rows_lab_cell(page, query, 2, "num")->value.text, "NaN");
    assert_string_equal(rows_lab_cell(page, query, 0, "flag")->value.text, "true");
    assert_cell(rows_lab_cell(page, query, 1, "nothing"), "", 0);
    c = rows_lab_cell(page, query, 2, "j");
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
    const nx_cell *c = rows_lab_cell(page, query, 1, "t");
    assert_true(!c->cut && c->value.len == 402 && c->size == 402);
    assert_true(rows_lab_cell(page, query, 1, "b")->size == 100);
    nx_page_free(page);
    nx_query_free(query);
}

static void labels_references(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "note", NULL, NULL);
    nx_page *page = rows_lab_first(lab, query, 10);
    assert_string_equal(rows_lab_cell(page, query, 0, "tenant")->label, "person 1/2");
    assert_string_equal(rows_lab_cell(page, query, 1, "tenant")->label, "person 3/5");
    assert_null(rows_lab_cell(page, query, 0, "person")->label);
    assert_string_equal(rows_lab_cell(page, query, 0, "tag")->label, "red");
    const nx_cell *unnamed = rows_lab_cell(page, query, 1, "tag"), *dangling = rows_lab_cell(page, query, 4, "tag");
    assert_true(!unnamed->label && !unnamed->dangling);
    assert_true(!dangling->label && dangling->dangling);
    const nx_cell *half = rows_lab_cell(page, query, 2, "tenant"), *none = rows_lab_cell(page, query, 2, "tag");
    assert_true(!half->label && !half->dangling && !none->label && !none->dangling);
    assert_int_equal(strlen(rows_lab_cell(page, query, 3, "tag")->label), 60);
    nx_page_free(page);
    nx_query_set_labels(query, false);
    page = rows_lab_first(lab, query, 10);
    assert_null(rows_lab_cell(page, query, 0, "tag")->label);
    nx_page_free(page);
    nx_query_free(query);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(cuts_wide_cells_on_the_server),
    cmocka_unit_test(keeps_short_cells_whole),
    cmocka_unit_test(fetches_whole_values_and_some_fields),
    cmocka_unit_test(labels_references),
};

ROWS_MAIN(tests, script)
