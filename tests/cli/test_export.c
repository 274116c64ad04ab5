/* nixie export: everything, exactly, in three formats; files that are whole or not there. */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"
#include "nixie/sql.h"
#include "run.h"

static int set_up(void **state) {
    group_open(state);
    lab_sql(url, "CREATE TABLE item (id int PRIMARY KEY, name text, n numeric, g int GENERATED ALWAYS AS (id * 2) STORED);"
                 "INSERT INTO item SELECT i, 'item ' || i, i / 3.0 FROM generate_series(1, 7000) i;"
                 "CREATE TABLE odd (id int PRIMARY KEY, v text, \"a b\" text);"
                 "INSERT INTO odd VALUES (1, NULL, ''), (2, 'a,\"b\"' || chr(10) || 'c', '=1+1'), (3, 'it''s \\', '-5');"
                 "CREATE TABLE heap (v text); INSERT INTO heap SELECT 'x' || i FROM generate_series(1, 3000) i;"
                 "CREATE TABLE empty (id int PRIMARY KEY);"
                 "CREATE VIEW many AS SELECT v || w AS v FROM heap, generate_series(1, 4) w; ANALYZE");
    return 0;
}

static int lines(const char *text) {
    int n = 0;
    for (; *text; text++) {
        n += *text == '\n';
    }
    return n;
}

static char *in_folder(const char *name) {
    nx_buf path = NX_BUF;
    nx_buf_addf(&path, "%s/%s", run_folder(), name);
    return nx_buf_take(&path);
}

static char *slurp(const char *path) {
    nx_buf out = NX_BUF;
    FILE *f = fopen(path, "r");
    char chunk[4096];
    assert_non_null(f);
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) {
        nx_buf_add(&out, chunk, n);
    }
    fclose(f);
    nx_buf_adds(&out, "");
    return nx_buf_take(&out);
}

/* --- formats ----------------------------------------------------------------------------------------------------- */

static void every_row_once_and_in_order(void **state) {
    (void)state;
    run r = nixie(url, "export", "item", "--format", "csv", "--order", "name desc", "--fields", "name", NULL);
    expect_status(&r, 0);
    assert_int_equal(lines(r.out), 7001);
    assert_memory_equal(r.out, "name\nitem 999\nitem 998\n", 23);
    assert_string_equal(r.err, "");
    run_free(&r);
    r = nixie(url, "export", "item", "--format", "json", "--where", "id > 10", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, "\"\\(length) \\(.[0].id) \\(.[-1].id) \\([.[].id] | unique | length)\"", "6990 11 7000 6990");
    run_free(&r);
    r = nixie(url, "export", "heap", "--format", "csv", NULL); /* by tuple id */
    expect_status(&r, 0);
    assert_int_equal(lines(r.out), 3001);
    run_free(&r);
    r = nixie(url, "export", "empty", "--format", "json", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, "length", "0");
    run_free(&r);
}

static void values_are_exact(void **state) {
    (void)state;
    run r = nixie(url, "export", "odd", "--format", "csv", NULL);
    assert_string_equal(r.out, "id,v,a b\n1,,\"\"\n2,\"a,\"\"b\"\"\nc\",=1+1\n3,it's \\,-5\n");
    run_free(&r);
    r = nixie(url, "export", "odd", "--format", "csv", "--csv-safe", "--where", "id > 1", NULL);
    assert_non_null(strstr(r.out, "'=1+1"));
    run_free(&r);
    r = nixie(url, "export", "odd", "--format", "json", NULL);
    expect_jq(r.out, ".[1].v", "a,\"b\"\nc");
    expect_jq(r.out, ".[0].v | type", "null");
    run_free(&r);
}

/* Long and short ones among each other, more than fit into one page: read again, each once, in order, and whole. */
static void long_values_are_whole(void **state) {
    (void)state;
    lab_sql(url, "CREATE TABLE IF NOT EXISTS long (id int PRIMARY KEY, t text, b bytea, j jsonb);"
                 "INSERT INTO long SELECT i, CASE WHEN i % 3 = 0 THEN repeat(md5(i::text), i * 16) ELSE 'short' END,"
                 " CASE WHEN i % 7 = 0 THEN decode(repeat(md5(i::text), i * 10), 'hex') END,"
                 " CASE WHEN i % 5 = 0 THEN (SELECT jsonb_agg(k) FROM generate_series(1, i * 20) k) END FROM generate_series(1, 300) i");
    char *path = in_folder("long.csv");
    run r = nixie(url, "export", "long", "--format", "csv", "-o", path, NULL);
    expect_status(&r, 0);
    char *text = slurp(path);
    nx_buf sql = NX_BUF;
    nx_buf_adds(&sql, "SELECT ('id,t,b,j' || chr(10) || string_agg(id || ',' || t || ',' || coalesce(b::text, '') || ',' ||"
                      " coalesce('\"' || j::text || '\"', ''), chr(10) ORDER BY id) || chr(10)) = ");
    nx_sql_literal(&sql, nx_value_of(text));
    nx_buf_adds(&sql, " FROM long");
    char *same = lab_query(url, sql.data);
    assert_string_equal(same, "t");
    unlink(path);
    free(same);
    free(text);
    free(path);
    nx_buf_free(&sql);
    run_free(&r);
}

static void sql_makes_the_same_rows_elsewhere(void **state) {
    (void)state;
    char *before = lab_query(url, "SELECT md5(string_agg(t::text, ';' ORDER BY id)) FROM odd t");
    run r = nixie(url, "export", "odd", "--format", "sql", NULL);
    expect_status(&r, 0);
    assert_non_null(strstr(r.out, "INSERT INTO \"public\".\"odd\" (\"id\", \"v\", \"a b\") VALUES ("));
    lab_sql(url, "DELETE FROM odd");
    lab_sql(url, r.out);
    run_free(&r);
    char *after = lab_query(url, "SELECT md5(string_agg(t::text, ';' ORDER BY id)) FROM odd t");
    assert_string_equal(before, after);
    free(before);
    free(after);
    r = nixie(url, "export", "item", "--format", "sql", "--where", "id = 1", NULL);
    assert_null(strstr(r.out, "\"g\"")); /* what is generated cannot be given */
    run_free(&r);
}

/* --- files --------------------------------------------------------------------------------------------------------- */

static void a_file_is_whole_or_as_it_was(void **state) {
    (void)state;
    char *path = in_folder("out.csv");
    run r = nixie(url, "export", "item", "--format", "csv", "-o", path, NULL);
    expect_status(&r, 0);
    assert_string_equal(r.out, "");
    char *text = slurp(path);
    assert_int_equal(lines(text), 7001);
    free(text);
    run_free(&r);
    r = nixie(url, "export", "many", "--format", "csv", "--output", path, NULL); /* 12,000 rows without a key */
    expect_status(&r, 1);
    assert_non_null(strstr(r.err, "10000"));
    run_free(&r);
    r = nixie(url, "export", "item", "--format", "csv", "--where", "n / 0 = 1", "-o", path, NULL);
    assert_true(r.status == 1 || r.status == 2);
    run_free(&r);
    text = slurp(path);
    assert_int_equal(lines(text), 7001); /* the old one */
    free(text);
    char *left = in_folder("out.csv.*");
    nx_buf command = NX_BUF;
    nx_buf_addf(&command, "ls %s 2>/dev/null", left);
    assert_int_not_equal(system(command.data), 0); /* nothing is left of the others */
    nx_buf_free(&command);
    free(left);
    unlink(path);
    free(path);
    r = nixie(url, "export", "item", "--format", "csv", "-o", "/nowhere/at/all.csv", NULL);
    expect_status(&r, 1);
    assert_non_null(strstr(r.err, "/nowhere/at/all.csv"));
    run_free(&r);
}

static void a_full_disk_is_told(void **state) {
    (void)state;
    if (access("/dev/full", W_OK) != 0) {
        skip();
    }
    run r = nixie(url, "export", "item", "--format", "csv", "-o", "/dev/full", NULL);
    expect_status(&r, 1);
    assert_non_null(strstr(r.err, "No space left"));
    run_free(&r);
}

static void who_stops_reading_is_left_in_peace(void **state) {
    (void)state;
    running p = nixie_start(url, (const char *[]){"export", "item", "--format", "json", NULL}, NULL);
    char some[100];
    assert_true(read(p.out, some, sizeof some) > 0);
    close(p.out);
    p.out = -1;
    run r = nixie_finish(&p);
    expect_status(&r, 1);
    assert_string_equal(r.err, "");
    run_free(&r);
}

static void it_ends_on_ctrl_c(void **state) {
    (void)state;
    lab_sql(url, "CREATE OR REPLACE FUNCTION slow(int) RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT pg_sleep(CASE WHEN $1 > 300 THEN 60 ELSE 0 END) IS NOT NULL';"
                 "CREATE OR REPLACE VIEW sleepy AS SELECT id, name FROM item WHERE slow(id)");
    char *path = in_folder("slow.csv");
    running p = nixie_start(url, (const char *[]){"export", "sleepy", "--format", "csv", "-o", path, NULL}, NULL);
    for (int i = 0; i < 2000; i++) { /* until the server sleeps for it */
        char *n = lab_query(url, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()");
        bool asleep = strcmp(n, "1") == 0;
        free(n);
        if (asleep) {
            break;
        }
    }
    kill(p.pid, SIGINT);
    run r = nixie_finish(&p);
    expect_status(&r, 130);
    assert_int_not_equal(access(path, F_OK), 0);
    run_free(&r);
    free(path);
}

/* --- usage --------------------------------------------------------------------------------------------------------- */

static void wrong_usage_is_told(void **state) {
    (void)state;
    run r = nixie(url, "export", "item", NULL);
    expect_status(&r, 2);
    assert_non_null(strstr(r.err, "--format"));
    run_free(&r);
    r = nixie(url, "export", "item", "--format", "xml", NULL);
    expect_status(&r, 2);
    assert_non_null(strstr(r.err, "csv, json, sql"));
    run_free(&r);
    r = nixie(url, "export", "item", "--format", "csv", "-o", NULL);
    expect_status(&r, 2);
    run_free(&r);
    r = nixie(url, "export", "nothing", "--format", "csv", NULL);
    expect_status(&r, 1);
    run_free(&r);
    r = nixie(url, "export", "item", "--format", "csv", "--where", "id =", NULL);
    expect_status(&r, 2);
    run_free(&r);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_row_once_and_in_order),
    cmocka_unit_test(values_are_exact),
    cmocka_unit_test(long_values_are_whole),
    cmocka_unit_test(sql_makes_the_same_rows_elsewhere),
    cmocka_unit_test(a_file_is_whole_or_as_it_was),
    cmocka_unit_test(a_full_disk_is_told),
    cmocka_unit_test(who_stops_reading_is_left_in_peace),
    cmocka_unit_test(it_ends_on_ctrl_c),
    cmocka_unit_test(wrong_usage_is_told),
};

LAB_MAIN(tests, set_up, group_close)
