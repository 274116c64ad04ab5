/* One value of any length, part by part. */
#include "lab/clock.h"
#include "rows/rows_group.h"

static const char script[] =
    "CREATE TABLE v (id int PRIMARY KEY, t text, b bytea, j jsonb, n int, a text[]);"
    "INSERT INTO v VALUES (1, repeat('aé€😀', 400000), decode(repeat('00ff0a', 1000000), 'hex'),"
    "  (SELECT jsonb_agg(i) FROM generate_series(1, 300000) i), 7, ARRAY(SELECT 'x' || i FROM generate_series(1, 200000) i)),"
    " (2, NULL, NULL, NULL, NULL, NULL), (3, '', '', '{}', 0, '{}'), (4, repeat('x', 1 << 20), NULL, NULL, NULL, NULL),"
    " (5, repeat('x', (1 << 20) + 1), NULL, NULL, NULL, NULL),"
    " (6, repeat('x', 15 << 20), NULL, NULL, NULL, NULL);"
    "CREATE TABLE loose (t text); INSERT INTO loose VALUES (repeat('loose ', 300000));"
    "CREATE VIEW keyless AS SELECT t FROM loose;";

typedef struct answer {
    nx_session *session;
    bool done, is_null;
    int parts, most; /* most: parts wanted, 0: all */
    nx_buf bytes;
    int64_t total;
    nx_error err;
} answer;

static bool part(void *owner, const nx_stream_piece *piece, const nx_error *err) {
    answer *a = owner;
    assert_false(a->done);
    if (err) {
        nx_error_copy(&a->err, err);
        a->done = true;
        return false;
    }
    assert_true(piece->bytes.len <= NX_STREAM_PART);
    assert_int_equal(piece->at, a->bytes.len);
    nx_buf_add(&a->bytes, piece->bytes.text, piece->bytes.len);
    a->is_null = nx_is_null(piece->bytes);
    a->total = piece->total;
    a->parts++;
    a->done = piece->last || a->parts == a->most;
    return !a->done;
}

static answer stream_in(rows_lab *in, const char *model, const char *field, nx_value *key, answer a) {
    a.session = in->session;
    a.bytes = (nx_buf)NX_BUF;
    nx_stream_start(in->session, nx_model_field(rows_lab_model(in, model), field), key, part, &a);
    if (!a.done) {
        lab_wait(in->session, &a.done);
    }
    return a;
}

static answer stream(const char *field, const char *id) {
    nx_value key = nx_value_of(id);
    return stream_in(lab, "v", field, &key, (answer){.err = NX_ERROR});
}

static void is_whole(const char *field, const char *id, const char *truth, int64_t parts) {
    answer a = stream(field, id);
    if (nx_failed(&a.err)) {
        fail_msg("%s", a.err.message);
    }
    nx_buf sql = NX_BUF, hex = NX_BUF;
    char *digits = malloc(a.bytes.len * 2 + 1);
    for (size_t i = 0; i < a.bytes.len; i++) {
        digits[2 * i] = "0123456789abcdef"[(unsigned char)a.bytes.data[i] >> 4];
        digits[2 * i + 1] = "0123456789abcdef"[(unsigned char)a.bytes.data[i] & 15];
    }
    nx_buf_add(&hex, digits, a.bytes.len * 2);
    free(digits);
    nx_buf_addf(&sql, "SELECT %s = decode('%s', 'hex') FROM v WHERE id = %s", truth, hex.len ? hex.data : "", id);
    char *same = lab_query(lab->url, sql.data);
    assert_string_equal(same, "t");
    assert_int_equal(a.parts, parts);
    assert_int_equal(a.total, a.bytes.len);
    assert_false(a.is_null);
    free(same);
    nx_buf_free(&sql);
    nx_buf_free(&hex);
    nx_buf_free(&a.bytes);
}

static void a_value_comes_whole_in_parts(void **state) {
    (void)state;
    is_whole("t", "1", "convert_to(t, 'UTF8')", 4); /* 4,000,000 bytes */
    is_whole("b", "1", "b", 3);
    is_whole("j", "1", "convert_to(j::text, 'UTF8')", 3);
    is_whole("a", "1", "convert_to(a::text, 'UTF8')", 2);
    is_whole("n", "1", "convert_to(n::text, 'UTF8')", 1);
    is_whole("t", "3", "convert_to(t, 'UTF8')", 1);
    is_whole("b", "3", "b", 1);
    is_whole("t", "4", "convert_to(t, 'UTF8')", 1); /* exactly one part, and a byte more */
    is_whole("t", "5", "convert_to(t, 'UTF8')", 2);
}

static void is_free(rows_lab *in) {
    nx_query *query = rows_lab_query(in, "v", NULL, "id <= 3");
    nx_page *page = rows_lab_first(in, query, 10);
    assert_int_equal(page->nrows, 3);
    nx_page_free(page);
    nx_query_free(query);
    char *open = lab_query(in->url, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'");
    assert_string_equal(open, "0");
    free(open);
}

/* Reads a value of 15 parts, the i-th answer taking so many milliseconds: how many parts came with each. */
static void read_at_pace(const int *ms, const int *expected, int answers) {
    nx_value key = nx_value_of("6");
    answer a = {.err = NX_ERROR, .bytes = NX_BUF, .session = lab->session};
    nx_field *field = nx_model_field(rows_lab_model(lab, "v"), "t");
    lab_clock_hold(lab_clock_own());
    int64_t trips = nx_session_trips(lab->session);
    nx_stream_start(lab->session, field, &key, part, &a);
    for (int seen = 0, i = 0; !a.done;) {
        if (nx_session_trips(lab->session) > trips) { /* asked, and not yet answered */
            trips = nx_session_trips(lab->session);
            lab_clock_pass(lab_clock_own(), ms[i]);
        }
        nx_wait wait;
        nx_session_wait(lab->session, &wait);
        poll(wait.fds, (nfds_t)wait.nfds, 1000);
        nx_session_step(lab->session, &wait);
        if (a.parts > seen) {
            assert_true(i < answers);
            assert_int_equal(a.parts - seen, expected[i]);
            seen = a.parts;
            i++;
        }
    }
    lab_clock_run(lab_clock_own());
    assert_int_equal(a.bytes.len, 15 << 20);
    nx_buf_free(&a.bytes);
    is_free(lab);
}

static void more_is_asked_for_at_once_while_it_goes_quickly(void **state) {
    (void)state;
    read_at_pace((const int[]){249, 249, 249, 249, 249}, (const int[]){1, 2, 4, 4, 4}, 5);
    read_at_pace((const int[]){0, 250, 1000, 0, 1001, 0, 0, 0}, (const int[]){1, 2, 2, 2, 4, 1, 2, 1}, 8);
}

static void null_and_nothing_are_told_apart(void **state) {
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        answer a = stream(i ? "b" : "t", "2");
        assert_true(a.is_null);
        assert_int_equal(a.parts, 1);
    }
    answer gone = stream("t", "99");
    assert_int_equal(gone.err.kind, NX_ERR_NOT_FOUND);
    nx_error_clear(&gone.err);
    answer keyless = stream_in(lab, "keyless", "t", NULL, (answer){.err = NX_ERROR});
    assert_int_equal(keyless.err.kind, NX_ERR_REFUSED);
    nx_error_clear(&keyless.err);
}

/* The session is as before: no transaction stays open. */
static void one_may_stop_at_any_time(void **state) {
    (void)state;
    nx_value key = nx_value_of("1");
    for (int most = 1; most <= 3; most++) {
        answer a = stream_in(lab, "v", "t", &key, (answer){.err = NX_ERROR, .most = most});
        assert_int_equal(a.parts, most);
        nx_buf_free(&a.bytes);
        is_free(lab);
    }
    answer none = {.err = NX_ERROR, .bytes = NX_BUF};
    nx_stream_drop(nx_stream_start(lab->session, nx_model_field(rows_lab_model(lab, "v"), "t"), &key, part, &none));
    is_free(lab);
    nx_stream *under_way = nx_stream_start(lab->session, nx_model_field(rows_lab_model(lab, "v"), "t"), &key, part, &none);
    while (nx_session_get_state(lab->session) != NX_SESSION_BUSY) {
        nx_session_step(lab->session, NULL);
    }
    nx_stream_drop(under_way);
    nx_session_cancel(lab->session);
    is_free(lab);
    assert_int_equal(none.parts, 0);
}

static void a_session_for_reading_only_streams_too(void **state) {
    (void)state;
    rows_lab reader = {.url = lab->url, .session = lab_session(lab->url, &(nx_session_options){.read_only = true})};
    rows_lab_reload(&reader);
    nx_value key = nx_value_of("1");
    answer a = stream_in(&reader, "v", "t", &key, (answer){.err = NX_ERROR});
    assert_int_equal(a.bytes.len, 4000000);
    is_free(&reader);
    nx_buf_free(&a.bytes);
    nx_catalog_unref(reader.catalog);
    lab_session_free(reader.session);
}

static void through_the_pooler_as_well(void **state) {
    (void)state;
    lab_pooler *pooler = lab_pooler_start(lab->url);
    if (!pooler) {
        print_message("no pgbouncer here: not tested through it\n");
        skip();
    }
    rows_lab pooled = {.url = lab->url, .session = lab_session(lab_pooler_url(pooler), NULL)};
    rows_lab_reload(&pooled);
    nx_value key = nx_value_of("1");
    for (int most = 0; most < 2; most++) { /* to the end; given up */
        answer a = stream_in(&pooled, "v", "b", &key, (answer){.err = NX_ERROR, .most = most});
        assert_int_equal(a.bytes.len, most ? 1 << 20 : 3000000);
        is_free(&pooled);
        nx_buf_free(&a.bytes);
    }
    nx_catalog_unref(pooled.catalog);
    lab_session_free(pooled.session);
    lab_pooler_stop(pooler);
}

static void a_record_without_a_key_is_found_by_its_tuple(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "loose", NULL, NULL);
    nx_page *page = rows_lab_first(lab, query, 1);
    answer a = stream_in(lab, "loose", "t", page->rows[0].key, (answer){.err = NX_ERROR});
    assert_int_equal(a.bytes.len, 1800000);
    nx_buf_free(&a.bytes);
    nx_page_free(page);
    nx_query_free(query);
}

/* What was read while the connection stood is not read again by itself. */
static void a_loss_ends_it(void **state) {
    (void)state;
    lab_proxy *proxy = lab_proxy_start(lab->url);
    rows_lab far = {.url = lab->url, .session = lab_session(lab_proxy_url(proxy), NULL)};
    rows_lab_reload(&far);
    nx_field *field = nx_model_field(rows_lab_model(&far, "v"), "t");
    nx_value key = nx_value_of("1");
    lab_proxy_fault(proxy, "dropafter 2500000");
    answer a = {.err = NX_ERROR, .bytes = NX_BUF, .session = far.session};
    nx_stream_start(far.session, field, &key, part, &a);
    lab_wait(far.session, &a.done);
    assert_int_equal(a.err.kind, NX_ERR_LOST);
    assert_true(a.parts >= 1 && a.bytes.len < 4000000);
    lab_proxy_fault(proxy, "pass");
    nx_buf_free(&a.bytes);
    nx_error_clear(&a.err);
    lab_proxy_fault(proxy, "rst"); /* lost while nothing was under way, or in the very moment: begun again */
    a = stream_in(&far, "v", "t", &key, (answer){.err = NX_ERROR});
    assert_int_equal(a.bytes.len, 4000000);
    nx_buf_free(&a.bytes);
    nx_catalog_unref(far.catalog);
    lab_session_free(far.session);
    lab_proxy_stop(proxy);
}

static void bytes_that_are_no_utf8_come_as_they_are(void **state) {
    (void)state;
    static const char *const encodings[] = {"SQL_ASCII", "LATIN1"};
    for (size_t i = 0; i < 2; i++) {
        char *url = lab_database_encoded("stream", encodings[i]);
        lab_sql(url, i ? "CREATE TABLE v (id int PRIMARY KEY, t text); INSERT INTO v VALUES (1, convert_from('\\xe9', 'LATIN1'))"
                       : "CREATE TABLE v (id int PRIMARY KEY, t text); INSERT INTO v VALUES (1, convert_from('\\xff41', 'SQL_ASCII'))");
        rows_lab odd = {.url = url, .session = lab_session(url, NULL)};
        rows_lab_reload(&odd);
        nx_value key = nx_value_of("1");
        answer a = stream_in(&odd, "v", "t", &key, (answer){.err = NX_ERROR});
        assert_int_equal(a.bytes.len, 2);
        assert_memory_equal(a.bytes.data, i ? "\xc3\xa9" : "\xff\x41", 2);
        nx_buf_free(&a.bytes);
        nx_catalog_unref(odd.catalog);
        lab_session_free(odd.session);
        free(url);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_value_comes_whole_in_parts),
    cmocka_unit_test(more_is_asked_for_at_once_while_it_goes_quickly),
    cmocka_unit_test(null_and_nothing_are_told_apart),
    cmocka_unit_test(one_may_stop_at_any_time),
    cmocka_unit_test(a_session_for_reading_only_streams_too),
    cmocka_unit_test(through_the_pooler_as_well),
    cmocka_unit_test(a_record_without_a_key_is_found_by_its_tuple),
    cmocka_unit_test(a_loss_ends_it),
    cmocka_unit_test(bytes_that_are_no_utf8_come_as_they_are),
};

ROWS_MAIN(tests, script)
