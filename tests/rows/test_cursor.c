/* Cursors as text: of any values, for one order, filter and scope alone, and damaged in every way. */
#include "lab/test.h"
#include "rows/query.h"
#include "rows/rows_lab.h"

static const char script[] =
    "CREATE TABLE team (id int PRIMARY KEY, name text);"
    "CREATE TABLE post (id int PRIMARY KEY, title text, n int, \"teamId\" int REFERENCES team, \"otherId\" int "
    "REFERENCES team);"
    "CREATE TABLE member (a int, b text, PRIMARY KEY (a, b)); CREATE TABLE badge (id int PRIMARY KEY, a int, b text,"
    " FOREIGN KEY (a, b) REFERENCES member); CREATE VIEW sums AS SELECT n, count(*) AS many FROM post GROUP BY n;"
    "CREATE SCHEMA other; CREATE TABLE other.post (id int PRIMARY KEY)";

static rows_lab *lab;
static nx_arena *arena;

static int open_lab(void **state) {
    (void)state;
    lab = rows_lab_open("cursor", script, NULL);
    rows_lab_graph(lab);
    rows_lab_model(lab, "team");
    arena = nx_arena_new(0);
    return 0;
}

static int close_lab(void **state) {
    (void)state;
    nx_arena_free(arena);
    rows_lab_close(lab);
    return 0;
}

static void assert_refused(const nx_query *query, const char *text, const char *why) {
    nx_error err = NX_ERROR;
    nx_value kept[] = {nx_value_of("kept")};
    nx_cursor read = {1, kept};
    if (nx_cursor_decode(query, text, arena, &read, &err)) {
        fail_msg("taken: %s", text);
    }
    assert_int_equal(err.kind, NX_ERR_USAGE);
    assert_string_equal(err.message, why);
    assert_non_null(err.hint);
    assert_ptr_equal(read.values, kept); /* what the caller had stays */
    nx_error_clear(&err);
}

static const char damaged[] = "the cursor is damaged",
                  elsewhere[] = "the cursor belongs to another model, order or filter";

static void values_of_any_length_come_back(void **state) {
    (void)state;
    static const size_t lengths[] = {0, 1, 2, 3, 126, 127, 128, 16382, 16383, 16384, 70000};
    nx_query *query = rows_lab_query(lab, "post", "title, n", NULL);
    assert_int_equal(nx_query_cursor_width(query), 3);
    for (size_t i = 0; i <= NX_COUNT(lengths); i++) {
        bool null = i == NX_COUNT(lengths);
        char *text = nx_alloc(70001);
        memset(text, 'x', 70000);
        text[null ? 0 : lengths[i]] = '\0';
        nx_value values[] = {null ? NX_NULL_VALUE : nx_value_of(text), nx_value_of("-7"), nx_value_of("1")};
        char *encoded = nx_cursor_encode(query, &(nx_cursor){3, values});
        nx_cursor read;
        nx_error err = NX_ERROR;
        assert_int_equal(strspn(encoded, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                         strlen(encoded));
        assert_true(nx_cursor_decode(query, encoded, arena, &read, &err));
        assert_int_equal(read.nvalues, 3);
        for (int k = 0; k < 3; k++) {
            assert_true(nx_value_equal(read.values[k], values[k]));
        }
        free(encoded);
        free(text);
    }
    nx_query_free(query);
}

/* Every character changed, taken away or added, and every beginning. */
static void a_damaged_one_is_refused(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "post", "title", NULL);
    nx_value values[] = {nx_value_of("a title"), nx_value_of("1")};
    char *good = nx_cursor_encode(query, &(nx_cursor){2, values});
    size_t len = strlen(good);
    for (size_t i = 0; i < len; i++) {
        char *cut = nx_strndup(good, i);
        assert_refused(query, cut, damaged);
        free(cut);
        for (const char *c = "A_z9-"; *c; c++) {
            char *bent = nx_strdup(good);
            bent[i] = *c;
            nx_error err = NX_ERROR;
            nx_cursor read;
            /* the first four bytes say what it belongs to, the rest is summed */
            if (*c != good[i] && i > 5) {
                assert_refused(query, bent, damaged);
            } else if (*c != good[i]) {
                assert_false(nx_cursor_decode(query, bent, arena, &read, &err));
            }
            nx_error_clear(&err);
            free(bent);
        }
    }
    for (const char *c = "=+/. \n\x80"; *c; c++) {
        nx_buf longer = NX_BUF;
        nx_buf_addf(&longer, "%s%c", good, *c);
        assert_refused(query, longer.data, damaged);
        nx_buf_free(&longer);
    }
    assert_refused(query, "", damaged);
    assert_refused(query, "AAAAAAAAAAA", damaged);
    free(good);
    nx_query_free(query);
}

/* Made by a query with as many values as the caller says: whole, and for another number of them. */
static void one_of_another_width_is_refused(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "post", "title", NULL);
    nx_value values[] = {nx_value_of("a"), nx_value_of("1"), nx_value_of("2")};
    for (int n = 0; n <= 3; n++) {
        char *text = nx_cursor_encode(query, &(nx_cursor){n, values});
        nx_error err = NX_ERROR;
        nx_cursor read;
        if (n == 2) {
            assert_true(nx_cursor_decode(query, text, arena, &read, &err));
        } else {
            assert_refused(query, text, damaged);
        }
        free(text);
    }
    nx_query_free(query);
}

/* --- what it belongs to ------------------------------------------------------------------------------------- */

typedef struct place {
    const char *model, *order, *filter, *of, *relation;
    const char *values[2];
} place;

static nx_query *query_of(const place *p) {
    nx_error err = NX_ERROR;
    nx_query *query = rows_lab_query(lab, p->model, p->order, p->filter);
    if (p->of) {
        nx_relation *r = nx_model_find_relation(rows_lab_model(lab, p->of), p->relation, &err);
        assert_non_null(r);
        nx_value values[] = {p->values[0] ? nx_value_of(p->values[0]) : NX_NULL_VALUE,
                             p->values[1] ? nx_value_of(p->values[1]) : NX_NULL_VALUE};
        nx_query_set_scope(query, &(nx_scope){.relation = r, .nvalues = r->nfields, .values = values});
    }
    return query;
}

static const place places[] = {
    {.model = "post"},
    {.model = "post", .order = "id desc"},
    {.model = "team"},
    {.model = "post", .filter = "n = 1"},
    {.model = "post", .filter = "n = 2"},
    {.model = "post", .of = "team", .relation = "post via teamId", .values = {"1"}},
    {.model = "post", .of = "team", .relation = "post via teamId", .values = {"2"}},
    {.model = "post", .of = "team", .relation = "post via otherId", .values = {"1"}},
    {.model = "post", .of = "team", .relation = "post via teamId", .values = {NULL}},
    {.model = "post", .of = "team", .relation = "post via teamId", .values = {""}},
    {.model = "post", .of = "team", .relation = "post via teamId", .values = {"1"}, .filter = "n = 1"},
    {.model = "sums", .order = "n"},
    {.model = "sums", .order = "n desc"},
};
static const place paths[] = {
    {.model = "post", .order = "title"},
    {.model = "post", .order = "title desc"},
    {.model = "post", .order = "title nulls first"},
    {.model = "post", .order = "n"},
    {.model = "post", .order = "team.name"},
    {.model = "post", .order = "other.name"},
    {.model = "post", .order = "team.id"},
    {.model = "member"},
    {.model = "badge", .order = "a", .of = "member", .relation = "badge", .values = {"1", "x"}},
    {.model = "badge", .order = "a", .of = "member", .relation = "badge", .values = {"1", "y"}},
    {.model = "badge", .order = "a", .of = "member", .relation = "badge", .values = {"1", NULL}},
    {.model = "team", .order = "`post via teamId`.count"},
    {.model = "team", .order = "`post via otherId`.count"},
};

/* Each is good where it was made, and nowhere else. */
static void assert_apart(const place *table, size_t n, int width) {
    for (size_t made = 0; made < n; made++) {
        nx_query *query = query_of(&table[made]);
        nx_value values[] = {nx_value_of("1"), nx_value_of("2")};
        char *text = nx_cursor_encode(query, &(nx_cursor){width, values});
        for (size_t used = 0; used < n; used++) {
            nx_query *other = query_of(&table[used]);
            nx_error err = NX_ERROR;
            nx_cursor read;
            if (nx_query_cursor_width(other) != width) {
                fail_msg("%zu has %d values", used, nx_query_cursor_width(other));
            }
            if (used == made) {
                assert_true(nx_cursor_decode(other, text, arena, &read, &err));
            } else {
                assert_refused(other, text, elsewhere);
            }
            nx_query_free(other);
        }
        free(text);
        nx_query_free(query);
    }
}

static void it_belongs_to_one_place(void **state) {
    (void)state;
    assert_apart(places, NX_COUNT(places), 1);
    assert_apart(paths, NX_COUNT(paths), 2);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(values_of_any_length_come_back),
    cmocka_unit_test(a_damaged_one_is_refused),
    cmocka_unit_test(one_of_another_width_is_refused),
    cmocka_unit_test(it_belongs_to_one_place),
};

LAB_MAIN(tests, open_lab, close_lab)
