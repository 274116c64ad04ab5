/* Whole records and whole values; counts of what belongs to a record. */
#include "rows/rows_group.h"

static const char script[] =
    "CREATE TABLE org (id int PRIMARY KEY, name text UNIQUE);"
    "CREATE TABLE person (org int REFERENCES org, nick text, bio text, photo bytea, data jsonb, tags text[], n numeric,"
    " hidden text, PRIMARY KEY (org, nick));"
    "INSERT INTO org SELECT i, 'org ' || i FROM generate_series(1, 3) i;"
    "INSERT INTO person VALUES (1, 'ada', repeat('é', 300000), decode(repeat('00ff', 200000), 'hex'),"
    " (SELECT jsonb_agg(i) FROM generate_series(1, 40000) i), ARRAY(SELECT 't' || i FROM generate_series(1, 20000) i),"
    " 0.10, 'x'), (1, 'a,b', '', '\\x', NULL, '{}', 'NaN', NULL), (2, 'ada', NULL, NULL, 'null', NULL, NULL, NULL);"
    "CREATE TABLE big (id int PRIMARY KEY, a text, b text, c bytea, j jsonb);"
    "INSERT INTO big VALUES (1, repeat('a', 60000000), repeat('b', 1000), NULL, NULL),"
    " (2, repeat('a', 60000000), repeat('b', 8000000), NULL, NULL), (3, NULL, NULL, decode(repeat('00', 36000000), "
    "'hex'), NULL),"
    /* small where it lies, large when written out */
    " (4, NULL, NULL, NULL, (SELECT jsonb_agg(1e130000) FROM generate_series(1, 700)));"
    "CREATE TABLE log (line int, at text); INSERT INTO log VALUES (1, 'x'), (1, 'x'), (2, 'y');"
    "CREATE VIEW sums AS SELECT org, count(*) FROM person GROUP BY org;"
    "CREATE TABLE task (id int PRIMARY KEY, org int, nick text, FOREIGN KEY (org, nick) REFERENCES person);"
    "CREATE INDEX ON task (org, nick);"
    "INSERT INTO task SELECT i, 1, 'ada' FROM generate_series(1, 1500) i;"
    "INSERT INTO task SELECT i, 1, 'a,b' FROM generate_series(2001, 2003) i;"
    "CREATE TABLE heap (id int PRIMARY KEY, org int REFERENCES org); INSERT INTO heap SELECT i, 1 + i % 2 FROM "
    "generate_series(1, 20000) i;"
    "CREATE TABLE few (id bigint PRIMARY KEY, org bigint REFERENCES org); INSERT INTO few VALUES (1, 1), (2, 1), (3, "
    "2), (4, NULL);"
    "CREATE TABLE secret (id int PRIMARY KEY, org int REFERENCES org); CREATE INDEX ON secret (org); INSERT INTO "
    "secret VALUES (1, 1);"
    "CREATE TABLE topic (id int PRIMARY KEY); INSERT INTO topic SELECT generate_series(1, 5);"
    "CREATE TABLE \"_OrgToTopic\" (\"A\" int NOT NULL REFERENCES org, \"B\" int NOT NULL REFERENCES topic);"
    "CREATE UNIQUE INDEX ON \"_OrgToTopic\" (\"A\", \"B\"); CREATE INDEX ON \"_OrgToTopic\" (\"B\");"
    "INSERT INTO \"_OrgToTopic\" VALUES (1, 1), (1, 2), (2, 1), (1, 5);"
    "DO $$ BEGIN CREATE ROLE record_reader LOGIN; EXCEPTION WHEN duplicate_object THEN END $$;"
    "GRANT SELECT ON org, few, heap, topic, \"_OrgToTopic\" TO record_reader;"
    "GRANT SELECT (org, nick, bio) ON person TO record_reader;"
    "ANALYZE";

static nx_arena *arena;

static int open_lab(void **state) {
    rows_group_open(state, script);
    rows_lab_graph(lab);
    return 0;
}

static int begin(void **state) {
    (void)state;
    arena = nx_arena_new(0);
    return 0;
}

static int end(void **state) {
    (void)state;
    nx_arena_free(arena);
    return 0;
}

/* --- asking ------------------------------------------------------------------------------------- */

typedef struct answer {
    bool done;
    nx_page *page;
    nx_counts counts;
    int64_t values[16];
    nx_error err;
} answer;

static void page_done(void *owner, nx_page *page, const nx_error *err) {
    answer *a = owner;
    assert_false(a->done);
    a->done = true;
    a->page = page;
    if (err) {
        nx_error_copy(&a->err, err);
    }
}

static void check(answer *a) {
    if (nx_failed(&a->err)) {
        fail_msg("%s %s", a->err.message, a->err.statement ? a->err.statement : "");
    }
}

static answer load(rows_lab *in, const char *model, const char *typed) {
    answer a = {.err = NX_ERROR};
    nx_key_test key;
    if (!nx_key_parse(rows_lab_model(in, model), typed, arena, &key, &a.err)) {
        check(&a);
    }
    nx_record_load(in->session, rows_lab_model(in, model), &key, page_done, &a);
    lab_wait(in->session, &a.done);
    return a;
}

static answer load_cell(nx_field *field, const nx_value *key) {
    answer a = {.err = NX_ERROR};
    nx_cell_load(lab->session, field, key, page_done, &a);
    if (!a.done) {
        lab_wait(lab->session, &a.done);
    }
    return a;
}

static nx_page *good(answer a) {
    check(&a);
    assert_int_equal(a.page->nrows, 1);
    return a.page;
}

static void refused(answer a, nx_error_class kind, const char *message) {
    assert_null(a.page);
    if (a.err.kind != kind || strcmp(a.err.message, message) != 0) {
        fail_msg("expected %s\nbut was  %s", message, a.err.message ? a.err.message : "nothing");
    }
    nx_error_clear(&a.err);
}

/* --- records ------------------------------------------------------------------------------------ */

/* Each cell is what the server itself writes. */
static void assert_whole(const char *model, const nx_page *page, const char *where) {
    const nx_model *m = rows_lab_model(lab, model);
    assert_int_equal(page->ncells, m->nfields);
    for (int i = 0; i < m->nfields; i++) {
        nx_buf sql = NX_BUF;
        nx_buf_addf(&sql, "SELECT md5(\"%s\"::text) FROM %s WHERE %s", m->fields[i]->name, model, where);
        char *truth = lab_query(lab->url, sql.data);
        const nx_cell *cell = &page->rows[0].cells[i];
        assert_false(cell->cut || cell->withheld);
        assert_int_equal(nx_is_null(cell->value), truth == NULL);
        if (truth) {
            nx_buf_clear(&sql);
            nx_buf_adds(&sql, "SELECT md5(");
            nx_sql_literal(&sql, cell->value);
            nx_buf_adds(&sql, ")");
            char *hash = lab_query(lab->url, sql.data);
            assert_string_equal(hash, truth);
            free(hash);
        }
        free(truth);
        nx_buf_free(&sql);
    }
}

static void a_record_is_whole(void **state) {
    (void)state;
    nx_page *page = good(load(lab, "person", "1,ada"));
    assert_whole("person", page, "org = 1 AND nick = 'ada'");
    assert_int_equal(page->rows[0].cells[2].size, 600000);
    assert_int_equal(page->rows[0].cells[3].size, 400000);
    assert_string_equal(page->rows[0].cells[0].label, "org 1");
    nx_page_free(page);
    page = good(load(lab, "person", "org=1,nick=ada"));
    assert_whole("person", page, "org = 1 AND nick = 'ada'");
    nx_page_free(page);
    nx_key_test key;
    nx_error err = NX_ERROR;
    answer a = {.err = NX_ERROR};
    assert_true(nx_key_parse_json(rows_lab_model(lab, "person"), "[1, \"a,b\"]", arena, &key, &err));
    nx_record_load(lab->session, rows_lab_model(lab, "person"), &key, page_done, &a);
    lab_wait(lab->session, &a.done);
    page = good(a);
    assert_whole("person", page, "org = 1 AND nick = 'a,b'");
    nx_page_free(page);
}

static void a_record_takes_one_trip(void **state) {
    (void)state;
    rows_lab_model(lab, "person");
    int64_t before = nx_session_trips(lab->session);
    nx_page_free(good(load(lab, "person", "2,ada")));
    assert_int_equal(nx_session_trips(lab->session), before + 1);
}

static void an_absent_record_is_said(void **state) {
    (void)state;
    refused(load(lab, "person", "1,bob"), NX_ERR_NOT_FOUND, "no record of person with org = 1, nick = bob");
    refused(load(lab, "org", "name=none"), NX_ERR_NOT_FOUND, "no record of org with name = none");
    answer a = load(lab, "org", "one");
    assert_int_equal(a.err.kind, NX_ERR_SERVER);
    assert_string_equal(a.err.sqlstate, "22P02");
    nx_error_clear(&a.err);
}

static void too_large_a_record_is_not_sent(void **state) {
    (void)state;
    nx_page *page = good(load(lab, "big", "1"));
    assert_int_equal(page->rows[0].cells[1].value.len, 60000000);
    nx_page_free(page);
    refused(load(lab, "big", "2"), NX_ERR_MEMORY,
            "the record is too large to be shown whole: \"a\" alone takes 57 MiB");
    refused(load(lab, "big", "3"), NX_ERR_MEMORY,
            "the record is too large to be shown whole: \"c\" alone takes 68 MiB");
    refused(load(lab, "big", "4"), NX_ERR_MEMORY,
            "the record is too large to be shown whole: \"j\" alone takes 86 MiB");
}

static void a_record_without_a_key_is_found_by_its_tuple(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "log", NULL, NULL);
    nx_page *rows = rows_lab_first(lab, query, 10);
    nx_key_test key;
    assert_true(nx_row_key(nx_query_model(query), &rows->rows[2], arena, &key));
    answer a = {.err = NX_ERROR};
    nx_record_load(lab->session, nx_query_model(query), &key, page_done, &a);
    lab_wait(lab->session, &a.done);
    nx_page *page = good(a);
    assert_string_equal(page->rows[0].cells[0].value.text, "2");
    nx_page_free(page);
    page = good(load_cell(nx_model_field(nx_query_model(query), "at"), rows->rows[2].key));
    assert_string_equal(page->rows[0].cells[0].value.text, "y");
    nx_page_free(page);
    /* Another record that has come to stand in its place is another record. */
    key.values[1] = nx_value_of("3");
    a = (answer){.err = NX_ERROR};
    nx_record_load(lab->session, nx_query_model(query), &key, page_done, &a);
    lab_wait(lab->session, &a.done);
    refused(a, NX_ERR_NOT_FOUND, "no record of log with this tuple id any more");
    nx_page_free(rows);
    nx_query_free(query);
}

static void one_value_is_whole(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "person", NULL, NULL);
    nx_page *rows = rows_lab_first(lab, query, 10);
    for (int r = 0; r < rows->nrows; r++) {
        for (int f = 0; f < nx_query_nfields(query); f++) {
            const nx_cell *shown = &rows->rows[r].cells[f];
            nx_page *page = good(load_cell(nx_query_field(query, f), rows->rows[r].key));
            const nx_cell *cell = &page->rows[0].cells[0];
            assert_int_equal(page->ncells, 1);
            assert_false(cell->cut || cell->withheld);
            assert_true(shown->cut || nx_value_equal(shown->value, cell->value));
            assert_true(!shown->cut || cell->value.len > shown->value.len);
            nx_page_free(page);
        }
    }
    nx_page_free(rows);
    query = (nx_query_free(query), rows_lab_query(lab, "sums", NULL, NULL));
    rows = rows_lab_first(lab, query, 10);
    refused(load_cell(nx_query_field(query, 0), rows->rows[0].key), NX_ERR_REFUSED,
            "records of sums cannot be named: it has no key");
    nx_page_free(rows);
    nx_query_free(query);
}

static rows_lab reader(nx_buf *url) {
    const char *user = strstr(lab->url, "postgres@");
    nx_buf_add(url, lab->url, (size_t)(user - lab->url));
    nx_buf_addf(url, "record_reader%s", user + strlen("postgres"));
    rows_lab r = {.url = url->data, .session = lab_session(url->data, NULL)};
    rows_lab_reload(&r);
    rows_lab_graph(&r);
    return r;
}

static void only_readable_fields_are_asked_for(void **state) {
    (void)state;
    nx_buf url = NX_BUF;
    rows_lab r = reader(&url);
    nx_page *page = good(load(&r, "person", "2,ada"));
    assert_int_equal(page->ncells, 3);
    nx_page_free(page);
    nx_catalog_unref(r.catalog);
    lab_session_free(r.session);
    nx_buf_free(&url);
}

static void a_dropped_job_says_nothing(void **state) {
    (void)state;
    answer a = {.err = NX_ERROR};
    nx_key_test key;
    nx_model *org = rows_lab_model(lab, "org");
    assert_true(nx_key_parse(org, "1", arena, &key, &a.err));
    nx_rows_drop(nx_record_load(lab->session, org, &key, page_done, &a));
    nx_page_free(good(load(lab, "org", "2"))); /* answered later than the first would have been */
    assert_false(a.done);
}

/* --- counts ------------------------------------------------------------------------------------- */

static void counts_done(void *owner, const nx_counts *counts, const nx_error *err) {
    answer *a = owner;
    a->done = true;
    if (err) {
        nx_error_copy(&a->err, err);
        return;
    }
    a->counts = *counts;
    a->counts.relations = nx_arena_array(arena, (size_t)counts->n, sizeof *a->counts.relations);
    memcpy(a->counts.relations, counts->relations, sizeof *counts->relations * (size_t)counts->n);
    memcpy(a->values, counts->counts, sizeof *counts->counts * (size_t)counts->n);
}

/* "few 2; heap -1; ...", in the order of the relations. */
static const char *counts_of(rows_lab *in, const char *model, const char *filter, int64_t bound, int trips) {
    nx_query *query = rows_lab_query(in, model, NULL, filter);
    nx_page *page = rows_lab_first(in, query, 1);
    assert_int_equal(page->nrows, 1);
    answer a = {.err = NX_ERROR};
    int64_t before = nx_session_trips(in->session);
    nx_relations_count(in->session, nx_query_model(query), &page->rows[0], query, bound, counts_done, &a);
    if (!a.done) {
        lab_wait(in->session, &a.done);
    }
    check(&a);
    assert_int_equal(nx_session_trips(in->session) - before, trips);
    assert_int_equal(a.counts.bound, bound);
    nx_buf out = NX_BUF;
    for (int i = 0; i < a.counts.n; i++) {
        nx_buf_addf(&out, "%s%s %lld", i ? "; " : "", a.counts.relations[i]->name, (long long)a.values[i]);
    }
    const char *text = nx_arena_strdup(arena, out.data);
    nx_buf_free(&out);
    nx_page_free(page);
    nx_query_free(query);
    return text;
}

static void counts_are_bounded_and_affordable(void **state) {
    (void)state;
    /* heap has no index on org and 20,000 rows; few has none either, but four rows, of another integer type */
    assert_string_equal(counts_of(lab, "org", "id = 1", 1000, 1), "few 2; heap -1; person 2; secret 1; topic 3");
    assert_string_equal(counts_of(lab, "org", "id = 3", 1000, 1), "few 0; heap -1; person 0; secret 0; topic 0");
    assert_string_equal(counts_of(lab, "person", "nick = 'a,b'", 1000, 1), "task 3");
    assert_string_equal(counts_of(lab, "person", "nick = ada and org = 1", 1000, 1), "task 1001");
    assert_string_equal(counts_of(lab, "person", "nick = ada and org = 1", 1499, 1), "task 1500");
    assert_string_equal(counts_of(lab, "person", "nick = ada and org = 1", 1500, 1), "task 1500");
    assert_string_equal(counts_of(lab, "topic", "id = 1", 10, 1), "org 2");
    assert_string_equal(counts_of(lab, "log", NULL, 10, 0), ""); /* nothing to ask: at once */
}

/* What may not be read is not asked for; what the server refuses leaves the others. */
static void an_error_in_one_count_leaves_the_others(void **state) {
    (void)state;
    nx_buf url = NX_BUF;
    rows_lab r = reader(&url);
    assert_string_equal(counts_of(&r, "org", "id = 1", 1000, 1), "few 2; heap -1; person 2; secret -1; topic 3");
    lab_sql(lab->url, "REVOKE SELECT ON few FROM record_reader; ALTER TABLE \"_OrgToTopic\" RENAME TO gone");
    assert_string_equal(counts_of(&r, "org", "id = 1", 1000, 1), "few -1; heap -1; person 2; secret -1; topic -1");
    nx_catalog_unref(r.catalog);
    lab_session_free(r.session);
    nx_buf_free(&url);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

static const struct CMUnitTest tests[] = {
    TEST(a_record_is_whole),
    TEST(a_record_takes_one_trip),
    TEST(an_absent_record_is_said),
    TEST(too_large_a_record_is_not_sent),
    TEST(a_record_without_a_key_is_found_by_its_tuple),
    TEST(one_value_is_whole),
    TEST(only_readable_fields_are_asked_for),
    TEST(a_dropped_job_says_nothing),
    TEST(counts_are_bounded_and_affordable),
    TEST(an_error_in_one_count_leaves_the_others),
};

LAB_MAIN(tests, open_lab, rows_group_close)
