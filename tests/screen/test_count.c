/* Exact counts: on a connection of their own, which is closed afterwards. */
#include <libpq-fe.h>

#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static int setup(void **state) {
    group_open(state);
    lab_sql(url, "CREATE TABLE item (id int PRIMARY KEY, name text);"
                 "INSERT INTO item SELECT i, 'item ' || i FROM generate_series(1, 12345) i; ANALYZE;"
                 "INSERT INTO item SELECT i, 'late ' || i FROM generate_series(12346, 12350) i;"
                 "CREATE FUNCTION slow(int) RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT pg_sleep(CASE WHEN $1 = 9000 THEN 60 ELSE 0 END) IS NOT NULL';"
                 "CREATE VIEW sleepy AS SELECT id, name FROM item WHERE slow(id)");
    return 0;
}

static bool connections(screen *s, void *data) {
    (void)s;
    char *n = lab_query(url, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'nixie' AND datname = current_database()");
    bool same = strcmp(n, data) == 0;
    free(n);
    return same;
}

static void count_exactly(screen *s) {
    screen_wait(s, "of ~12");
    screen_type(s, "#");
    screen_wait(s, "of 12,350");
    screen_type(s, "<PgDn>");
    screen_wait(s, "of 12,350"); /* it stays while one moves */
    screen_type(s, "/id <= 2000<Enter>");
    screen_wait_gone(s, "12,350");
    screen_type(s, "#");
    screen_wait(s, "of 2,000 ");
    screen_type(s, "\\r");
    screen_wait(s, "of ~12");
}

static void the_exact_number_stands_until_rows_change(void **state) {
    (void)state;
    screen *s = hands_rows(url, "item", "item 1");
    count_exactly(s);
    screen_until(s, connections, (char[]){"1"}, "the second connection to be closed");
    hands_quit(s);
}

static void through_the_pooler_too(void **state) {
    (void)state;
    lab_pooler *pooler = lab_pooler_start(url);
    if (!pooler) {
        print_message("no pgbouncer here: not tested through it\n");
        skip();
    }
    screen *s = hands_rows(lab_pooler_url(pooler), "item", "item 1");
    count_exactly(s);
    hands_quit(s);
    lab_pooler_stop(pooler);
}

static void it_is_cancelled_and_blocks_nothing(void **state) {
    (void)state;
    LAB_DIRECT("connections are counted");
    screen *s = screen_nixie(24, 130, url, (const char *[]){"sleepy", NULL});
    screen_wait(s, "item 1");
    screen_type(s, "#");
    screen_wait(s, "counting");
    screen_until(s, connections, (char[]){"2"}, "a second connection");
    screen_type(s, "jjj"); /* answers meanwhile */
    screen_wait_line(s, 6, "▸");
    screen_type(s, "<Esc>");
    screen_wait_gone(s, "counting");
    screen_wait_line(s, -1, "cancelled");
    screen_until(s, connections, (char[]){"1"}, "the second connection to be closed");
    screen_type(s, "#");
    screen_wait(s, "counting");
    screen_type(s, "<C-c>");
    screen_wait_gone(s, "counting");
    screen_type(s, "#");
    screen_wait(s, "counting");
    hands_quit(s); /* nor does it keep one from leaving */
}

static bool waiting(screen *s, void *data) {
    (void)s;
    char *n = lab_query(url, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'nixie' AND datname = current_database() AND wait_event_type = 'Lock'");
    bool same = strcmp(n, data) == 0;
    free(n);
    return same;
}

/* Somebody holds the table: one waits for the answer, but not for the keys. */
static void a_jump_to_a_part_blocks_nothing_either(void **state) {
    (void)state;
    screen *s = hands_rows(url, "item", "item 1");
    screen_wait(s, "of ~12");
    PGconn *other = PQconnectdb(url);
    PQclear(PQexec(other, "BEGIN"));
    PQclear(PQexec(other, "LOCK TABLE item"));
    screen_type(s, "50%");
    screen_until(s, waiting, (char[]){"1"}, "the jump to wait for the table");
    screen_type(s, "jjj");
    screen_wait_line_late(s, 6, "▸");
    screen_type(s, "<C-c>");
    screen_wait_line(s, -1, "cancelled");
    screen_until(s, waiting, (char[]){"0"}, "the server to have stopped");
    PQfinish(other);
    screen_type(s, "50%");
    screen_wait(s, "50%");
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_exact_number_stands_until_rows_change),
    cmocka_unit_test(through_the_pooler_too),
    cmocka_unit_test(it_is_cancelled_and_blocks_nothing),
    cmocka_unit_test(a_jump_to_a_part_blocks_nothing_either),
};

LAB_MAIN(tests, setup, group_close)
