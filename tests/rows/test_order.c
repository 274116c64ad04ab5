/* Orders: read, written, refused; how they are completed, and which indexes serve them. */
#include "rows/keyset.h"
#include "rows/rows_group.h"

static const char script[] =
    "CREATE TABLE post (id bigint PRIMARY KEY, a int NOT NULL, b int, c text, \"Odd `name, x\" int, j json, "
    "  u int NOT NULL UNIQUE, d timestamptz, e int);"
    "CREATE INDEX ON post (a, b DESC, id);"
    "CREATE INDEX ON post (b, id);"
    "CREATE INDEX ON post (c COLLATE \"C\");"
    "CREATE INDEX ON post (d) WHERE d IS NOT NULL;"
    "CREATE INDEX ON post (e DESC NULLS LAST, id DESC);"
    "CREATE TABLE bare (a int, b int);"
    "CREATE TABLE wide (id int PRIMARY KEY, c1 int, c2 int, c3 int, c4 int, c5 int, c6 int, c7 int, c8 int, c9 int,"
    "  c10 int, c11 int, c12 int, c13 int, c14 int, c15 int, c16 int);"
    "CREATE VIEW v AS SELECT a, count(*) AS n FROM post GROUP BY a;";

static void reads_and_writes_orders(void **state) {
    (void)state;
    static const char *const texts[][2] = {
        {"", ""},
        {"  ", ""},
        {"a", "a"},
        {" a ASC , b DESC", "a, b desc"},
        {"a desc nulls last,id", "a desc nulls last, id"},
        {"c NULLS First", "c nulls first"},
        {"`Odd ``name, x` desc", "`Odd ``name, x` desc"},
        {"\"Odd `name, x\"", "`Odd ``name, x`"},
    };
    nx_model *model = rows_lab_model(lab, "post");
    for (size_t i = 0; i < NX_COUNT(texts); i++) {
        nx_error err = NX_ERROR;
        nx_order order;
        assert_true(nx_order_parse(model, texts[i][0], &order, &err));
        char *text = nx_order_text(&order);
        assert_string_equal(text, texts[i][1]);
        free(text);
    }
}

static void refuses_with_a_position(void **state) {
    (void)state;
    static const struct {
        const char *text;
        nx_error_class kind;
        int position;
    } wrong[] = {
        {"a, nosuch", NX_ERR_NOT_FOUND, 4},
        {"a up", NX_ERR_USAGE, 3},
        {"a desc nulls", NX_ERR_USAGE, 13},
        {"a desc nulls middle", NX_ERR_USAGE, 14},
        {"a,", NX_ERR_USAGE, 3},
        {",a", NX_ERR_USAGE, 1},
        {"a,,b", NX_ERR_USAGE, 3},
        {"a, b, a", NX_ERR_USAGE, 7},
        {"`a", NX_ERR_USAGE, 1},
        {"\"a", NX_ERR_USAGE, 1},
        {"``", NX_ERR_USAGE, 1},
        {"a `desc", NX_ERR_USAGE, 3},
        {"a desc `nulls", NX_ERR_USAGE, 8},
        {"a desc nulls `first", NX_ERR_USAGE, 14},
        {"a desc nulls first `x", NX_ERR_USAGE, 20},
        {"a nulls", NX_ERR_USAGE, 8},
        {"a nulls, b", NX_ERR_USAGE, 8},
        {"a nulls first last", NX_ERR_USAGE, 15},
        {"a desc asc", NX_ERR_USAGE, 8},
        {"a b", NX_ERR_USAGE, 3},
        {"\xc3\xa4, a", NX_ERR_NOT_FOUND, 1},
        {"a, \xc3\xa4\xc3\xa4 x", NX_ERR_NOT_FOUND, 4},
        {"a.b", NX_ERR_NOT_FOUND, 1},
        {"`a`.b", NX_ERR_USAGE, 4},
        {"nosuch.a.`b", NX_ERR_NOT_FOUND, 1},
        {"a, j desc", NX_ERR_REFUSED, 4},
    };
    nx_model *model = rows_lab_model(lab, "post");
    for (size_t i = 0; i < NX_COUNT(wrong); i++) {
        nx_error err = NX_ERROR;
        nx_order order = {.nterms = 7};
        assert_false(nx_order_parse(model, wrong[i].text, &order, &err));
        if (err.kind != wrong[i].kind || err.position != wrong[i].position) {
            fail_msg("%s: kind %d at %d: %s", wrong[i].text, err.kind, err.position, err.message);
        }
        assert_int_equal(order.nterms, 7); /* what the caller had stays */
        nx_error_clear(&err);
    }
}

/* Sixteen terms, and no more; a seventeenth is refused where it stands. */
static void an_order_has_an_end(void **state) {
    (void)state;
    nx_model *model = rows_lab_model(lab, "wide");
    nx_buf text = NX_BUF;
    for (int i = 1; i <= 16; i++) {
        nx_buf_addf(&text, "%sc%d desc", i > 1 ? "," : "", i);
    }
    nx_error err = NX_ERROR;
    nx_order order;
    assert_true(nx_order_parse(model, text.data, &order, &err));
    assert_int_equal(order.nterms, NX_ORDER_MAX);
    size_t len = text.len;
    nx_buf_adds(&text, ", id");
    assert_false(nx_order_parse(model, text.data, &order, &err));
    assert_int_equal(err.kind, NX_ERR_USAGE);
    assert_string_equal(err.message, "an order has at most 16 fields");
    assert_int_equal(err.position, len + 3);
    nx_error_clear(&err);
    nx_buf_free(&text);
}

static void no_order_is_an_empty_text(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    nx_order order = {.nterms = 7};
    assert_true(nx_order_parse(rows_lab_model(lab, "post"), NULL, &order, &err));
    assert_int_equal(order.nterms, 0);
    char *text = nx_order_text(&order);
    assert_string_equal(text, "");
    free(text);
    nx_query *query = rows_lab_query(lab, "post", "a desc", NULL);
    nx_query_set_order(query, NULL);
    assert_int_equal(nx_query_order(query)->nterms, 0);
    assert_int_equal(query->nsort, 1); /* the identity's */
    nx_query_free(query);
}

static void tells_places(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "post", "b desc, a", NULL);
    const nx_model *model = nx_query_model(query);
    assert_int_equal(nx_order_place(nx_query_order(query), nx_model_field(model, "b")), 1);
    assert_int_equal(nx_order_place(nx_query_order(query), nx_model_field(model, "a")), 2);
    assert_int_equal(nx_order_place(nx_query_order(query), nx_model_field(model, "id")), 0);
    nx_query_free(query);
}

/* The completed order as text: "a+ id-" */
static void assert_sorted(const char *model, const char *order, const char *expected) {
    nx_query *query = rows_lab_query(lab, model, order, NULL);
    nx_buf text = NX_BUF;
    for (int i = 0; i < query->nsort; i++) {
        nx_buf_addf(&text, "%s%s%c", i ? " " : "", query->sort[i].column, query->sort[i].desc ? '-' : '+');
    }
    assert_string_equal(text.data, expected);
    nx_buf_free(&text);
    nx_query_free(query);
}

static void completes_with_the_identity(void **state) {
    (void)state;
    assert_sorted("post", "", "id+");
    assert_sorted("post", "a", "a+ id+");
    assert_sorted("post", "a, b desc", "a+ b- id-");
    assert_sorted("post", "id desc", "id-");
    assert_sorted("post", "a, id desc, c", "a+ id-"); /* what follows a whole key decides nothing */
    assert_sorted("post", "u desc", "u-");            /* any unique, not null key ends the order */
    assert_sorted("bare", "", "ctid+");
    assert_sorted("bare", "b desc", "b- ctid-");
    assert_sorted("v", "n desc", "n-");
}

static void assert_served(const char *order, int matched, bool split) {
    nx_query *query = rows_lab_query(lab, "post", order, NULL);
    nx_serving serving;
    nx_query_serving(query, &serving);
    assert_int_equal(serving.matched, matched);
    assert_int_equal(serving.split, split);
    assert_int_equal(nx_query_indexed(query), matched > 0);
    nx_query_free(query);
}

static void knows_which_orders_an_index_serves(void **state) {
    (void)state;
    assert_served("", 1, false);
    assert_served("id desc", 1, false);
    assert_served("a, b desc", 2, false); /* then id desc, which the index has the other way round */
    assert_served("a desc, b", 2, false);
    assert_served("a, b", 1, false);
    assert_served("b", 2, false);
    assert_served("b desc", 2, false);
    assert_served("b desc nulls last", 2, true);
    assert_served("b nulls first", 2, true);
    assert_served("e desc nulls last", 2, false);
    assert_served("c", 0, false); /* that index has another collation */
    assert_served("d", 0, false); /* partial */
}

static void says_how_it_pages(void **state) {
    (void)state;
    static const char *const paging[][2] = {
        {"post", "primary key"}, {"bare", "tuple id"}, {"v", "offset (view without a key)"}};
    for (size_t i = 0; i < NX_COUNT(paging); i++) {
        nx_query *query = rows_lab_query(lab, paging[i][0], NULL, NULL);
        assert_string_equal(nx_query_paging(query), paging[i][1]);
        nx_query_free(query);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(reads_and_writes_orders),
    cmocka_unit_test(refuses_with_a_position),
    cmocka_unit_test(an_order_has_an_end),
    cmocka_unit_test(no_order_is_an_empty_text),
    cmocka_unit_test(tells_places),
    cmocka_unit_test(completes_with_the_identity),
    cmocka_unit_test(knows_which_orders_an_index_serves),
    cmocka_unit_test(says_how_it_pages),
};

ROWS_MAIN(tests, script)
