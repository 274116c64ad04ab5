/* nixie rows: pages, cursors across calls, and the three formats. */
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"
#include "run.h"

static char *sample;

static int set_up(void **state) {
    (void)state;
    sample = lab_sample_database("cli_rows");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    free(sample);
    return 0;
}

/* --- pages and cursors --------------------------------------------------------------------------------- */

static void a_page_as_json(void **state) {
    (void)state;
    run r = nixie(sample, "rows", "Post", "--limit", "3", "--fields", "title,id", "--json", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, "keys_unsorted | join(\",\")", "model,rows,next,previous");
    expect_jq(r.out, "\"\\(.model) \\(.rows | length) \\(.next | type) \\(.previous | type)\"", "Post 3 string null");
    expect_jq(r.out, ".rows[0] | to_entries | map(\"\\(.key)=\\(.value)\") | join(\",\")", "title=Hello, world,id=1");
    run_free(&r);
    r = nixie(sample, "rows", "Post", NULL);
    expect_status(&r, 0);
    assert_non_null(strstr(r.out, "\nnext: --after "));
    assert_null(strstr(r.out, "\nprevious: "));
    run_free(&r);
}

/* Walks the table call by call, from one end to the other, and collects `field`, in reading order. */
static char *walk(const char *url, const char *model, const char *order, const char *field, bool backward) {
    nx_buf seen = NX_BUF;
    char *cursor = NULL;
    for (int calls = 0; calls < 40; calls++) {
        const char *args[20] = {"rows", model, "--json", "--limit", "5", "--order", order};
        size_t n = 7;
        if (cursor) {
            args[n++] = backward ? "--before" : "--after";
            args[n++] = cursor;
        } else if (backward) {
            args[n++] = "--last";
        }
        run r = nixie_argv(url, args, NULL);
        expect_status(&r, 0);
        char filter[128];
        snprintf(filter, sizeof filter, "[.rows[].%s] | %s map(\"\\(.)\") | join(\" \")", field,
                 backward ? "reverse |" : "");
        char *page = jq(r.out, filter);
        nx_buf_addf(&seen, "%s%s", seen.len && *page ? " " : "", page);
        free(page);
        free(cursor);
        cursor = jq(r.out, backward ? ".previous // \"\"" : ".next // \"\"");
        run_free(&r);
        if (!*cursor) {
            break;
        }
    }
    free(cursor);
    return nx_buf_take(&seen);
}

static void cursors_walk_the_table_both_ways_exactly_once(void **state) {
    (void)state;
    char *url = lab_database("cli_walk");
    lab_sql(url, "CREATE TABLE w (id int PRIMARY KEY, v numeric, t text);"
                 "INSERT INTO w SELECT i, CASE WHEN i % 4 = 0 THEN NULL ELSE i % 3 END, repeat('é,\"', i % 5) FROM "
                 "generate_series(1, 23) i");
    static const char *const orders[][2] = {{"id", "id"},
                                            {"v desc nulls last, id", "v DESC NULLS LAST, id"},
                                            {"v", "v, id"},
                                            {"t desc, v", "t DESC, v, id"}};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        char sql[256];
        snprintf(sql, sizeof sql, "SELECT string_agg(id::text, ' ' ORDER BY %s) FROM w", orders[i][1]);
        char *expected = lab_query(url, sql), *forward = walk(url, "w", orders[i][0], "id", false);
        assert_string_equal(forward, expected);
        char *backward = walk(url, "w", orders[i][0], "id", true);
        snprintf(sql, sizeof sql,
                 "SELECT string_agg(id::text, ' ' ORDER BY n DESC) FROM (SELECT id, row_number() OVER (ORDER BY %s) n "
                 "FROM w) x",
                 orders[i][1]);
        char *reversed = lab_query(url, sql);
        assert_string_equal(backward, reversed);
        free(expected);
        free(forward);
        free(backward);
        free(reversed);
    }
    free(url);
}

static void the_last_page_ends_at_the_end(void **state) {
    (void)state;
    char *last = lab_query(sample, "SELECT max(id) FROM \"Post\"");
    run r = nixie(sample, "rows", "Post", "--last", "--limit", "4", "--json", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".rows[3].id", last);
    expect_jq(r.out, "\"\\(.next) \\(.previous | type)\"", "null string");
    free(last);
    char *previous = jq(r.out, ".previous"), *first = jq(r.out, ".rows[0].id | tonumber - 1");
    run_free(&r);
    r = nixie(sample, "rows", "Post", "--before", previous, "--limit", "4", "--json", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".rows[3].id", first);
    run_free(&r);
    free(previous);
    free(first);
}

static void a_cursor_belongs_to_its_order_and_filter(void **state) {
    (void)state;
    run r = nixie(sample, "rows", "Post", "--limit", "2", "--json", NULL);
    char *next = jq(r.out, ".next");
    run_free(&r);
    static const char *const changes[][2] = {{"--order", "title"}, {"--where", "id > 1"}};
    for (size_t i = 0; i < 2; i++) {
        r = nixie(sample, "rows", "Post", "--after", next, changes[i][0], changes[i][1], NULL);
        expect_status(&r, 2);
        assert_string_equal(r.out, "");
        run_free(&r);
    }
    r = nixie(sample, "rows", "User", "--after", next, NULL);
    expect_status(&r, 2);
    run_free(&r);
    r = nixie(sample, "rows", "Post", "--after", "nonsense", NULL);
    expect_status(&r, 2);
    run_free(&r);
    free(next);
}

static void filters_orders_and_fields_say_where_they_went_wrong(void **state) {
    (void)state;
    run r = nixie(sample, "rows", "Post", "--where", "published = true and title contains 'paging'", "--order",
                  "id desc", "--limit", "3", "--json", NULL);
    expect_status(&r, 0);
    char *expected = lab_query(
        sample, "SELECT string_agg(id::text, ',') FROM (SELECT id FROM \"Post\" WHERE published AND title LIKE "
                "'%paging%' ORDER BY id DESC LIMIT 3) x");
    expect_jq(r.out, "[.rows[].id] | join(\",\")", expected);
    free(expected);
    run_free(&r);
    r = nixie(sample, "rows", "Post", "--where", "published = ", NULL);
    expect_status(&r, 2);
    assert_non_null(strstr(r.err, "detail: --where published = \n"));
    assert_non_null(strstr(r.err, "^"));
    run_free(&r);
    r = nixie(sample, "rows", "Post", "--where", "nosuch = 1", NULL);
    expect_status(&r, 1);
    run_free(&r);
    r = nixie(sample, "rows", "Post", "--where", "id = 'x'", NULL);
    expect_status(&r, 1); /* PostgreSQL's own judgement */
    assert_non_null(strstr(r.err, "invalid input syntax for type integer"));
    run_free(&r);
    r = nixie(sample, "rows", "Post", "--order", "id sideways", NULL);
    expect_status(&r, 2);
    run_free(&r);
    r = nixie(sample, "rows", "Post", "--fields", "id,nosuch", NULL);
    expect_status(&r, 1);
    run_free(&r);
    r = nixie(sample, "rows", "Post", "--fields", "id,id", NULL);
    expect_status(&r, 2);
    run_free(&r);
}

static void every_kind_of_model_gives_rows(void **state) {
    (void)state;
    static const char *const models[] = {"PublishedPost", "AuthorStats",     "PostsPerDay", "audit.Event", "ImportLog",
                                         "Document",      "_CategoryToPost", "Specimen",    "Assignment"};
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        run r = nixie(sample, "rows", models[i], "--limit", "2", "--json", NULL);
        expect_status(&r, 0);
        expect_jq(r.out, ".rows | length", "2");
        char *next = jq(r.out, ".next // \"\"");
        if (*next) {
            char *before = jq(r.out, "[.rows[] | tojson] | join(\"\")");
            run n = nixie(sample, "rows", models[i], "--limit", "2", "--json", "--after", next, NULL);
            expect_status(&n, 0);
            char *after = jq(n.out, "[.rows[] | tojson] | join(\"\")");
            assert_string_not_equal(before, after);
            free(before);
            free(after);
            run_free(&n);
        }
        free(next);
        run_free(&r);
    }
}

/* --- values -------------------------------------------------------------------------------------------- */

/* [{field: text or null}] of a table, as its types' casts to text say it. */
static char *rows_by_server(const char *url, const char *table) {
    char sql[1024];
    snprintf(sql, sizeof sql,
             "SELECT format('SELECT json_agg(json_object(ARRAY[%%s]::text[], ARRAY[%%s]::text[]) ORDER BY id) FROM "
             "\"%s\" t',"
             " string_agg(quote_literal(attname), ',' ORDER BY attnum),"
             " string_agg(format('t.%%I::text', attname), ',' ORDER BY attnum))"
             " FROM pg_attribute WHERE attrelid = '\"%s\"'::regclass AND attnum > 0 AND NOT attisdropped",
             table, table);
    char *statement = lab_query(url, sql);
    char *rows = lab_query(url, statement);
    free(statement);
    return rows;
}

static void every_value_is_postgresqls_own_text(void **state) {
    (void)state;
    run r = nixie(sample, "rows", "Specimen", "--json", NULL);
    expect_status(&r, 0);
    char *expected_json = rows_by_server(sample, "Specimen");
    char *expected = jq(expected_json, "[.[] | to_entries[] | \"\\(.key)=\\(.value | tojson)\"] | join(\"\\n\")");
    char *got = jq(r.out, "[.rows[] | to_entries[] | \"\\(.key)=\\(.value | tojson)\"] | join(\"\\n\")");
    /* The first line that differs tells more than both documents. */
    const char *e = expected, *g = got;
    while (*e && *e == *g) {
        e++;
        g++;
    }
    bool differ = *e || *g;
    while (differ && e > expected && e[-1] != '\n') {
        e--;
        g--;
    }
    if (differ) {
        fail_msg("expected %.300s\ngot      %.300s", e, g);
    }
    free(expected_json);
    free(expected);
    free(got);
    run_free(&r);
}

static void big_values_are_whole(void **state) {
    (void)state;
    char *url = lab_database("cli_big");
    lab_sql(url, "CREATE TABLE b (id int PRIMARY KEY, t text, j jsonb, y bytea);"
                 "INSERT INTO b SELECT 1, repeat('0123456789', 100000), to_jsonb(array_agg(i)), decode(repeat('00ff', "
                 "50000), 'hex') "
                 "FROM generate_series(1, 50000) i");
    run r = nixie(url, "rows", "b", "--json", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".rows[0] | \"\\(.t | length) \\(.j | fromjson | length) \\(.y | length)\"",
              "1000000 50000 200002");
    run_free(&r);
    r = nixie(url, "rows", "b", NULL);
    expect_status(&r, 0);
    assert_true(r.outlen < 2000);
    assert_non_null(strstr(r.out, "\xe2\x80\xa6")); /* … */
    run_free(&r);
    free(url);
}

static void bytes_that_are_no_utf8_are_told_as_bytes(void **state) {
    (void)state;
    char *url = lab_database_encoded("cli_ascii", "SQL_ASCII");
    lab_sql(url, "CREATE TABLE b (id int PRIMARY KEY, t text); INSERT INTO b VALUES (1, E'a\\xff'), (2, 'plain')");
    run r = nixie(url, "rows", "b", "--json", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".rows[0].t.bytes", "61ff");
    expect_jq(r.out, ".rows[1].t", "plain");
    run_free(&r);
    free(url);
}

/* --- CSV ------------------------------------------------------------------------------------------------ */

static char *csv_database(void) {
    char *url = lab_database("cli_csv");
    lab_sql(
        url,
        "CREATE TABLE c (id int PRIMARY KEY, \"a,b\" text, n numeric);"
        "INSERT INTO c VALUES (1, NULL, -1.50), (2, '', NULL), (3, E'two\\nlines, \"quoted\"', 'NaN'), (4, '=1+1', 2), "
        "(5, '@cmd', 3), (6, '-x', 4), (7, '  ', 5)");
    return url;
}

static void csv_is_exact(void **state) {
    (void)state;
    char *url = csv_database();
    run r = nixie(url, "rows", "c", "--format", "csv", NULL);
    expect_status(&r, 0);
    assert_string_equal(r.err, "");
    assert_string_equal(r.out, "id,\"a,b\",n\n1,,-1.50\n2,\"\",\n3,\"two\nlines, "
                               "\"\"quoted\"\"\",NaN\n4,=1+1,2\n5,@cmd,3\n6,-x,4\n7,\"  \",5\n");
    run_free(&r);
    r = nixie(url, "rows", "c", "--format", "csv", "--limit", "2", NULL);
    expect_status(&r, 0);
    assert_string_equal(r.out, "id,\"a,b\",n\n1,,-1.50\n2,\"\",\n");
    assert_non_null(strstr(r.err, "hint: next page: --after "));
    run_free(&r);
    free(url);
}

static void csv_safe_disarms_formulas_but_not_numbers(void **state) {
    (void)state;
    char *url = csv_database();
    run r = nixie(url, "rows", "c", "--format", "csv", "--csv-safe", NULL);
    expect_status(&r, 0);
    assert_non_null(strstr(r.out, "\n1,,-1.50\n"));
    assert_non_null(strstr(r.out, "\n4,\"'=1+1\",2\n5,\"'@cmd\",3\n6,\"'-x\",4\n"));
    run_free(&r);
    free(url);
}

/* --- text ------------------------------------------------------------------------------------------------- */

static void hostile_text_does_not_reach_the_terminal(void **state) {
    (void)state;
    char *url = lab_database("cli_hostile");
    lab_sql(url, "CREATE TABLE \"h\x1b[31m\" (id int PRIMARY KEY, \"f\x1b]0;title\x07\" text);"
                 "INSERT INTO \"h\x1b[31m\" VALUES (1, E'\\x1b]52;c;ZXZpbA==\\x07'), (2, E'\\u009b31m'), (3, "
                 "E'a\\u202eb'), (4, E'x\\r\\ny\\tz')");
    static const char *const commands[][2] = {{"rows", "h\x1b[31m"}, {"describe", "h\x1b[31m"}, {"models", NULL}};
    for (size_t i = 0; i < 3; i++) {
        run r = nixie(url, commands[i][0], commands[i][1], NULL);
        expect_status(&r, 0);
        for (const char *p = r.out; *p; p++) {
            assert_true((unsigned char)*p >= 0x20 || *p == '\n');
        }
        assert_null(strstr(r.out, "\xc2\x9b"));
        assert_null(strstr(r.out, "\xe2\x80\xae"));
        run_free(&r);
    }
    run r = nixie(url, "rows", "nosuch\x1b[2J", NULL);
    expect_status(&r, 1);
    assert_null(strchr(r.err, '\x1b'));
    run_free(&r);
    r = nixie(url, "record", "h\x1b[31m", "4", "--format", "text", NULL);
    expect_status(&r, 0);
    assert_null(strchr(r.out, '\x1b'));
    assert_null(strchr(r.out, '\r'));
    run_free(&r);
    free(url);
}

static void text_tables_tell_null_from_everything_else(void **state) {
    (void)state;
    char *url = lab_database("cli_text");
    lab_sql(url, "CREATE TABLE n (id int PRIMARY KEY, t text); INSERT INTO n VALUES (1, NULL), (2, ''), (3, 'NULL'), "
                 "(4, ' x '), (5, 'plain'), "
                 "(10, '''q''')");
    run r = nixie(url, "rows", "n", NULL);
    expect_status(&r, 0);
    assert_string_equal(r.out, "id  t\n--  -------\n 1  NULL\n 2  ''\n 3  'NULL'\n 4  ' x '\n 5  plain\n10  '''q'''\n");
    run_free(&r);
    lab_sql(url, "DELETE FROM n");
    r = nixie(url, "rows", "n", NULL);
    expect_status(&r, 0);
    assert_non_null(strstr(r.out, "(no rows)"));
    run_free(&r);
    r = nixie(url, "rows", "n", "--json", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, "tojson", "{\"model\":\"n\",\"rows\":[],\"next\":null,\"previous\":null}");
    run_free(&r);
    free(url);
}

static void references_carry_the_label_of_what_they_point_at(void **state) {
    (void)state;
    char *name = lab_query(
        sample,
        "SELECT u.id || ' -> ' || u.name FROM \"Post\" p JOIN \"User\" u ON u.id = p.\"authorId\" WHERE p.id = 2");
    run r = nixie(sample, "rows", "Post", "--where", "id = 2", "--fields", "id,authorId", NULL);
    expect_status(&r, 0);
    assert_non_null(strstr(r.out, name));
    run_free(&r);
    free(name);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_page_as_json),
    cmocka_unit_test(cursors_walk_the_table_both_ways_exactly_once),
    cmocka_unit_test(the_last_page_ends_at_the_end),
    cmocka_unit_test(a_cursor_belongs_to_its_order_and_filter),
    cmocka_unit_test(filters_orders_and_fields_say_where_they_went_wrong),
    cmocka_unit_test(every_kind_of_model_gives_rows),
    cmocka_unit_test(every_value_is_postgresqls_own_text),
    cmocka_unit_test(big_values_are_whole),
    cmocka_unit_test(bytes_that_are_no_utf8_are_told_as_bytes),
    cmocka_unit_test(csv_is_exact),
    cmocka_unit_test(csv_safe_disarms_formulas_but_not_numbers),
    cmocka_unit_test(hostile_text_does_not_reach_the_terminal),
    cmocka_unit_test(text_tables_tell_null_from_everything_else),
    cmocka_unit_test(references_carry_the_label_of_what_they_point_at),
};

LAB_MAIN(tests, set_up, tear_down)
