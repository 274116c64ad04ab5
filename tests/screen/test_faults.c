/* What a person sees, and can still do, when the network and the server fail. */
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"

/* "Within a second" for a person, with room for the sanitizers on a busy machine. */
/* Of the program's clock: what it does at once needs none of it, and it gives up a server that does not answer after a second. */
enum { SOON_MS = 1500 };

static lab_proxy *proxy;

static int setup(void **state) {
    group_open(state);
    lab_sql(url, "CREATE TABLE t AS SELECT i AS id, 'row ' || i AS v, i AS n FROM generate_series(1, 2000) i;"
                 "ALTER TABLE t ADD PRIMARY KEY (id); ANALYZE t;"
                 "CREATE TABLE log (id serial PRIMARY KEY, v text);"
                 "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
                 " $$ BEGIN INSERT INTO log (v) VALUES (NEW.v); RETURN NEW; END $$;"
                 "CREATE TRIGGER note AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note();"
                 "CREATE VIEW slow AS SELECT 1 AS id, 'late' AS v FROM (SELECT pg_sleep(60)) s");
    proxy = lab_proxy_start(url);
    return 0;
}

static int teardown(void **state) {
    lab_proxy_stop(proxy);
    group_close(state);
    return 0;
}

/* A fresh log, values as at first, no fault; `t` on the screen through the proxy. */
static screen *open_far(void) {
    lab_proxy_fault(proxy, "pass");
    lab_sql(url, "ALTER TABLE t DISABLE TRIGGER note; UPDATE t SET v = 'row ' || id WHERE v <> 'row ' || id;"
                 "ALTER TABLE t ENABLE TRIGGER note; TRUNCATE log");
    screen *s = screen_nixie(24, 110, lab_proxy_url(proxy), (const char *[]){"t", NULL});
    screen_wait(s, "row 3");
    screen_wait(s, "of ~2000");
    screen_type(s, "F"); /* nothing refers here, which is known once everything has been read */
    screen_wait_line(s, -1, "no model refers to t");
    screen_type(s, "l");
    screen_wait_line(s, -1, "? help");
    screen_type(s, "h");
    return s;
}

static void kill_backends(void) {
    lab_sql(url, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "pid <> pg_backend_pid() AND backend_type = 'client backend'");
}

/* Leaving takes no longer than that, whatever the network does. */
static void leaves_soon(screen *s, const char *keys) {
    int64_t began = lab_clock_now(screen_clock(s));
    screen_type(s, keys);
    int status = screen_wait_exit(s);
    int64_t took = lab_clock_now(screen_clock(s)) - began;
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(screen_terminal_restored(s));
    if (took > SOON_MS) {
        fail_msg("leaving took %d ms", (int)took);
    }
    screen_stop(s);
}

/* What the title says is under way for longer than keys are held back for its rows (400 ms). */
static void under_way(screen *s, const char *what) {
    screen_wait_line_late(s, 0, what);
    screen_pass(s, 500);
}

static bool stopped(screen *s, void *data) {
    (void)s, (void)data;
    return lab_query_int(url, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%\"slow\"%' AND state = 'active'"
                              " AND datname = current_database() AND pid <> pg_backend_pid()") == 0;
}

/* --- slow and silent servers -------------------------------------------------------------------------------- */

static void a_slow_query_is_cancelled_and_keys_answer_meanwhile(void **state) {
    (void)state;
    screen *s = screen_nixie(24, 110, url, (const char *[]){"slow", NULL});
    under_way(s, "read slow "); /* what runs, and for how long */
    screen_wait(s, "reading");
    screen_type(s, "?");
    screen_wait(s, "j Down");
    screen_type(s, "q");
    screen_wait_gone(s, "j Down");
    screen_type(s, "<Tab>G");
    screen_wait(s, "public.t table");
    screen_type(s, "<Tab>");
    screen_type(s, "<C-c>");
    screen_wait_line(s, -1, "cancelled");
    screen_wait(s, "r tries again"); /* it does not look like an empty view */
    screen_until(s, stopped, NULL, "the server to have stopped working on it, too");
    screen_type(s, ":t<Enter>");
    screen_wait(s, "row 3");
    hands_quit(s);
}

static void esc_cancels_too_and_a_filter_can_be_slow(void **state) {
    (void)state;
    screen *s = screen_nixie(24, 110, url, (const char *[]){"t", NULL});
    screen_wait(s, "of ~2000");
    screen_type(s, ":slow<Enter>");
    under_way(s, "read slow ");
    screen_type(s, "<Esc>");
    screen_wait(s, "r tries again");
    screen_type(s, "<BS>");
    screen_wait(s, "row 3");
    screen_type(s, "j");
    screen_wait_line(s, -1, "t › 2");
    screen_type(s, ":slow<Enter>");
    under_way(s, "read slow ");
    leaves_soon(s, ":quit<Enter>"); /* without waiting for it */
}

static void a_silent_link_is_abandoned_when_asked(void **state) {
    (void)state;
    static const char *const keys[] = {"<C-c>", "<Esc>"};
    screen *s = open_far();
    for (size_t i = 0; i < NX_COUNT(keys); i++) {
        lab_proxy_fault(proxy, "blackhole");
        screen_type(s, "G");
        under_way(s, "read t "); /* with the time it takes */
        screen_type(s, "j"); /* keys answer */
        screen_wait_line(s, -1, "t › 2");
        int64_t began = lab_clock_now(screen_clock(s));
        screen_type(s, keys[i]);
        screen_wait_line_late(s, 0, "connection lost");
        assert_true(lab_clock_now(screen_clock(s)) - began < SOON_MS);
        screen_wait(s, "row 3"); /* what was there is still there */
        lab_proxy_fault(proxy, "pass");
        screen_type(s, "G");
        screen_wait(s, "row 2000");
        screen_type(s, "g");
        screen_wait(s, "row 3");
    }
    hands_quit(s);
}

static void a_silent_link_can_be_left(void **state) {
    (void)state;
    static const char *const keys[] = {"q", "<C-c>q", ":quit<Enter>"};
    for (size_t i = 0; i < NX_COUNT(keys); i++) {
        screen *s = open_far();
        lab_proxy_fault(proxy, "blackhole");
        screen_type(s, "G");
        under_way(s, "read t ");
        leaves_soon(s, keys[i]);
    }
}

static void connecting_can_be_left(void **state) {
    (void)state;
    lab_proxy_fault(proxy, "blackhole");
    screen *s = screen_nixie(24, 110, lab_proxy_url(proxy), (const char *[]){"t", NULL});
    under_way(s, "connecting ");
    screen_type(s, "?");
    screen_wait(s, "j Down");
    screen_type(s, "q");
    screen_wait_gone(s, "j Down");
    leaves_soon(s, "q");
    lab_proxy_fault(proxy, "pass");
}

/* --- lost connections ------------------------------------------------------------------------------------------ */

static void a_connection_lost_while_idle_mends_itself(void **state) {
    (void)state;
    static const char *const faults[] = {"rst", "fin", "inject 57P01 terminating connection due to administrator command"};
    screen *s = open_far();
    for (size_t i = 0; i <= NX_COUNT(faults); i++) {
        if (i < NX_COUNT(faults)) {
            lab_proxy_fault(proxy, faults[i]);
        } else {
            kill_backends();
        }
        screen_wait_line(s, 0, "connection lost");
        screen_type(s, "G");
        screen_wait(s, "row 2000");
        screen_wait_gone(s, "connection lost");
        screen_type(s, "g");
        screen_wait(s, "row 3");
    }
    hands_quit(s);
}

static void staged_changes_survive_a_lost_connection(void **state) {
    (void)state;
    screen *s = open_far();
    screen_type(s, "l");
    hands_edit(s, "before");
    lab_proxy_fault(proxy, "rst");
    screen_wait_line(s, 0, "connection lost");
    screen_wait_line(s, 0, "1 staged");
    screen_wait(s, "before");
    screen_type(s, "j");
    hands_edit(s, "after"); /* judged on a new connection */
    lab_proxy_fault(proxy, "rst");
    screen_wait_line(s, 0, "connection lost");
    lab_proxy_fault(proxy, "refuse");
    screen_type(s, "WW");
    screen_wait_line(s, -1, "127.0.0.1");
    screen_wait_line(s, 0, "2 staged");
    lab_proxy_fault(proxy, "listen");
    hands_assert_value(url, "SELECT count(*) FROM log", "0");
    screen_type(s, "W");
    screen_wait_line(s, -1, "saved 2 changes");
    hands_assert_value(url, "SELECT string_agg(v, ',' ORDER BY id) FROM t WHERE id < 3", "before,after");
    hands_assert_value(url, "SELECT count(*) FROM log", "2"); /* each was written once */
    hands_quit(s);
}

static void a_server_that_refuses_is_named(void **state) {
    (void)state;
    const char *argv[] = {screen_program(), "--url", "postgresql://someone:canary@127.0.0.1:1/nowhere", NULL};
    screen *s = screen_start(24, 110, argv, NULL);
    screen_wait(s, "nixie: ");
    screen_wait(s, "127.0.0.1:1");
    screen_wait(s, "hint: ");
    int status = screen_wait_exit(s);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    assert_false(screen_alternate(s)); /* the words stay on the screen */
    assert_true(screen_has(s, "127.0.0.1:1"));
    assert_false(hands_sent(s, "canary"));
    screen_stop(s);
}

static void a_wrong_password_is_told(void **state) {
    (void)state;
    static const char rules[] = "local all postgres trust\nlocal all all scram-sha-256\n";
    char hba[] = "/tmp/nixie-hba-XXXXXX";
    int fd = mkstemp(hba);
    assert_true(write(fd, rules, sizeof rules - 1) == (ssize_t)sizeof rules - 1);
    assert_int_equal(fchmod(fd, 0644), 0);
    close(fd);
    nx_buf text = NX_BUF;
    nx_buf_addf(&text, "hba_file = '%s'\npassword_encryption = 'scram-sha-256'\n", hba);
    lab_server *server = lab_server_start(0, text.data);
    char *admin = lab_server_url(server, "postgres");
    lab_sql(admin, "CREATE ROLE alice LOGIN PASSWORD 'canary'; CREATE TABLE hers AS SELECT 1 AS id; GRANT SELECT ON hers TO alice");

    nx_buf_clear(&text);
    nx_buf_addf(&text, "postgresql://alice:kanarienvogel@%s", strchr(admin, '@') + 1);
    screen *s = screen_nixie(24, 110, text.data, NULL);
    screen_wait(s, "password authentication failed for user \"alice\"");
    assert_false(hands_sent(s, "kanarienvogel"));
    hands_ended(s, 3);

    nx_buf_clear(&text); /* without one it is asked for, and not shown */
    nx_buf_addf(&text, "postgresql://alice@%s", strchr(admin, '@') + 1);
    s = screen_nixie(24, 110, text.data, (const char *[]){"hers", NULL});
    screen_wait(s, "Password for alice@");
    screen_type(s, "kanarienvogel<Enter>");
    screen_wait(s, "That was not it.");
    screen_type(s, "canary<Enter>");
    screen_wait(s, "of 1 ");
    assert_false(hands_sent(s, "kanarienvogel") || hands_sent(s, "canary"));
    hands_quit(s);

    lab_server_stop(server);
    nx_buf_free(&text);
    free(admin);
    unlink(hba);
}

/* --- commits ------------------------------------------------------------------------------------------------------ */

static void stage_one(screen *s, const char *value) {
    screen_type(s, "l");
    hands_edit(s, value);
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, "W");
    screen_wait(s, "not saved yet");
}

static void a_lost_reply_to_commit_is_found_out(void **state) {
    (void)state;
    screen *s = open_far();
    stage_one(s, "arrived");
    lab_proxy_fault(proxy, "on-commit rst");
    screen_type(s, "W");
    screen_wait_line(s, -1, "saved 1 change");
    hands_assert_value(url, "SELECT v FROM t WHERE id = 1", "arrived");
    hands_assert_value(url, "SELECT count(*) FROM log", "1");
    hands_quit(s);
}

static void a_commit_that_never_arrived_is_told(void **state) {
    (void)state;
    screen *s = open_far();
    stage_one(s, "later");
    lab_proxy_fault(proxy, "on-commit-req rst");
    screen_type(s, "W");
    screen_wait_line(s, -1, "was rolled back");
    screen_wait_line(s, 0, "1 staged");
    hands_assert_value(url, "SELECT v FROM t WHERE id = 1", "row 1");
    screen_type(s, "W"); /* as it says: save again */
    screen_wait_line(s, -1, "saved 1 change");
    hands_assert_value(url, "SELECT v FROM t WHERE id = 1", "later");
    hands_assert_value(url, "SELECT count(*) FROM log", "1");
    hands_quit(s);
}

static void giving_up_on_a_silent_commit_still_tells_the_truth(void **state) {
    (void)state;
    screen *s = open_far();
    stage_one(s, "silent");
    lab_proxy_fault(proxy, "on-commit blackhole");
    screen_type(s, "W");
    under_way(s, "commit "); /* with its time */
    screen_type(s, "q");
    under_way(s, "commit ");
    screen_type(s, "<C-c>");
    screen_wait_line_late(s, -1, "saved 1 change"); /* asked on a new connection */
    hands_assert_value(url, "SELECT v FROM t WHERE id = 1", "silent");
    hands_quit(s);
}

static void without_a_way_back_the_commit_is_in_doubt(void **state) {
    (void)state;
    screen *s = open_far();
    stage_one(s, "who knows");
    lab_proxy_fault(proxy, "refuse");
    lab_proxy_fault(proxy, "on-commit rst");
    screen_type(s, "W");
    under_way(s, "connecting ");
    screen_type(s, "<C-c>"); /* enough of it */
    screen_wait_line(s, -1, "it is not known whether");
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, "E");
    screen_wait(s, "pg_xact_status(");
    screen_type(s, "q");
    lab_proxy_fault(proxy, "listen");
    screen_type(s, "W"); /* saving again finds out, and writes nothing twice */
    screen_wait(s, "was changed by another session");
    hands_assert_value(url, "SELECT v FROM t WHERE id = 1", "who knows");
    hands_assert_value(url, "SELECT count(*) FROM log", "1");
    hands_abandon(s);
}

/* --- many ----------------------------------------------------------------------------------------------------------- */

static void a_thousand_models_open_and_are_found(void **state) {
    (void)state;
    char *many = lab_database("many");
    lab_sql(many, "SET max_parallel_workers = 0; SET synchronous_commit = off;"
                  "DO $$ BEGIN FOR i IN 1..1000 LOOP EXECUTE format('CREATE TABLE t_%s (id int NOT NULL)', i);"
                  " END LOOP; END $$; ALTER TABLE t_777 ADD PRIMARY KEY (id), ADD v text; INSERT INTO t_777 VALUES (1, 'the one')");
    screen *s = screen_nixie(24, 110, many, NULL);
    screen_wait(s, "t_1");
    screen_type(s, "G");
    screen_wait(s, "t_999");
    screen_type(s, "<C-p>777");
    screen_wait(s, "Go to model");
    screen_wait(s, "t_777");
    screen_type(s, "<Enter>");
    screen_wait(s, "the one");
    screen_wait_line(s, -1, "t_777 › 1");
    screen_type(s, "<Tab>/_55<Enter>");
    screen_wait_line(s, -1, "t_55");
    hands_quit(s);
    free(many);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_slow_query_is_cancelled_and_keys_answer_meanwhile),
    cmocka_unit_test(esc_cancels_too_and_a_filter_can_be_slow),
    cmocka_unit_test(a_silent_link_is_abandoned_when_asked),
    cmocka_unit_test(a_silent_link_can_be_left),
    cmocka_unit_test(connecting_can_be_left),
    cmocka_unit_test(a_connection_lost_while_idle_mends_itself),
    cmocka_unit_test(staged_changes_survive_a_lost_connection),
    cmocka_unit_test(a_server_that_refuses_is_named),
    cmocka_unit_test(a_wrong_password_is_told),
    cmocka_unit_test(a_lost_reply_to_commit_is_found_out),
    cmocka_unit_test(a_commit_that_never_arrived_is_told),
    cmocka_unit_test(giving_up_on_a_silent_commit_still_tells_the_truth),
    cmocka_unit_test(without_a_way_back_the_commit_is_in_doubt),
    cmocka_unit_test(a_thousand_models_open_and_are_found),
};

LAB_MAIN(tests, setup, teardown)
