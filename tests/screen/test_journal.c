/* What is staged survives the program: killed at any moment, hung up, quit, without room on the disk. */
#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"

static char root[40], state_home[64];

static int fresh(void **state) {
    (void)state;
    snprintf(root, sizeof root, "/tmp/nixie-kept-XXXXXX");
    assert_non_null(mkdtemp(root));
    snprintf(state_home, sizeof state_home, "XDG_STATE_HOME=%s", root);
    hands_make_e(url);
    return 0;
}

static int done(void **state) {
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", root);
    return system(command);
}

/* A start in the same place as the one before, on this URL. */
static screen *start_on(const char *address) {
    const char *const argv[] = {screen_program(), "--url", address, "e", NULL};
    return screen_start(24, 110, argv, (const char *[]){state_home, NULL});
}

static screen *start(void) {
    screen *s = start_on(url);
    screen_wait(s, "three");
    return s;
}

static void kill_now(screen *s) {
    kill(screen_pid(s), SIGKILL);
    screen_wait_exit(s);
    screen_stop(s);
}

static int journals(void) {
    char path[80];
    snprintf(path, sizeof path, "%s/nixie/journal", root);
    DIR *dir = opendir(path);
    int n = 0;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        n += e->d_name[0] != '.';
    }
    if (dir) {
        closedir(dir);
    }
    return n;
}

/* --- killed and found again ------------------------------------------------------------------------------------ */

static void a_killed_nixie_leaves_nothing_behind_that_is_not_offered(void **state) {
    (void)state;
    screen *s = start();
    screen_type(s, "l");
    hands_edit(s, "uno");
    screen_type(s, "jd");
    screen_wait_line(s, 0, "2 staged");
    kill_now(s);
    s = start_on(url);
    screen_wait(s, "Unsaved changes of ");
    screen_wait(s, "1 update, 1 delete of e");
    screen_wait(s, "which is gone");
    screen_type(s, "l");
    screen_wait(s, "t: 'one' → 'uno'");
    screen_wait(s, "delete e 2");
    screen_type(s, "<Esc>");
    screen_wait(s, "recover: stage them again");
    screen_type(s, "<Enter>");
    screen_wait_line(s, -1, "2 changes are staged again");
    screen_wait_line(s, 0, "2 staged");
    screen_wait(s, "uno");
    kill_now(s); /* once more: the new owner has them */
    assert_int_equal(journals(), 1);
    s = start_on(url);
    screen_wait(s, "1 update, 1 delete of e");
    screen_type(s, "r");
    screen_wait_line(s, 0, "2 staged");
    hands_save(s);
    hands_quit(s);
    assert_int_equal(journals(), 0);
    hands_assert_value(url, "SELECT string_agg(t, ',' ORDER BY id) FROM e", "uno,three");
}

static void kept_and_discarded(void **state) {
    (void)state;
    screen *s = start();
    screen_type(s, "l");
    hands_edit(s, "uno");
    kill_now(s);
    s = start_on(url);
    screen_wait(s, "Unsaved changes of ");
    screen_type(s, "k");
    screen_wait_line(s, -1, "kept for later");
    screen_type(s, ":recover<Enter>");
    screen_wait(s, "Unsaved changes of ");
    screen_type(s, "d");
    screen_wait(s, "Discard them for good?");
    screen_type(s, "<Enter>");
    screen_wait(s, "Unsaved changes of ");
    assert_int_equal(journals(), 1);
    screen_type(s, "dD");
    screen_wait_line(s, -1, "discarded");
    assert_int_equal(journals(), 0);
    screen_type(s, ":recover<Enter>");
    screen_wait(s, "no instance of nixie left changes");
    hands_quit(s);
}

static void another_role_is_named_and_asked(void **state) {
    (void)state;
    LAB_DIRECT("the pooler has one role");
    screen *s = start();
    screen_type(s, "l");
    hands_edit(s, "uno");
    kill_now(s);
    lab_sql(url, "DROP ROLE IF EXISTS journal_clerk; CREATE ROLE journal_clerk LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO journal_clerk");
    nx_buf other = NX_BUF;
    const char *at = strstr(url, "postgres@");
    assert_non_null(at);
    nx_buf_addf(&other, "%.*sjournal_clerk:c4nary@%s", (int)(at - url), url, at + strlen("postgres@"));
    s = start_on(other.data);
    screen_wait(s, "Staged elsewhere: role postgres, now journal_clerk");
    screen_type(s, "<Enter>");
    screen_wait(s, "Stage them here all the same?");
    screen_type(s, "<Enter>"); /* no */
    screen_wait(s, "Unsaved changes of ");
    screen_type(s, "rR");
    screen_wait_line(s, 0, "1 staged");
    char command[80];
    snprintf(command, sizeof command, "grep -rq c4nary %s", root); /* its password is in no file */
    assert_int_not_equal(system(command), 0);
    hands_abandon(s);
    assert_int_equal(journals(), 0);
    lab_sql(url, "DROP OWNED BY journal_clerk; DROP ROLE journal_clerk");
    nx_buf_free(&other);
}

/* --- at any moment ------------------------------------------------------------------------------------------------- */

enum { MOMENTS = 10, EDITS = 6, DRAWN_BY_EDIT = 400 /* bytes, about */ };

static int moments(void) {
    const char *said = getenv("NIXIE_RUNS"); /* `make soak` */
    return said ? atoi(said) : MOMENTS;
}

static unsigned seed = 7;
static unsigned dice(unsigned sides) {
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

/* The number in front of "staged" in the title, as the screen shows it now. */
static int staged_shown(screen *s) {
    const char *line = screen_line(s, 0), *at = strstr(line, " staged");
    while (at && at > line && at[-1] >= '0' && at[-1] <= '9') {
        at--;
    }
    return at ? atoi(at) : 0;
}

static size_t drawn(screen *s) {
    size_t len;
    screen_bytes(s, &len);
    return len;
}

static bool drawn_enough(screen *s, void *data) { return drawn(s) >= *(size_t *)data || staged_shown(s) == EDITS; }

/* Keys that stage one record after the other are sent at once; the kill comes somewhere among them. */
static void killed_at_any_moment_nothing_that_was_shown_staged_is_missing(void **state) {
    (void)state;
    lab_sql(url, "DELETE FROM e; INSERT INTO e (id, t) SELECT i, 'row ' || i FROM generate_series(1, 9) i");
    int lost = 0, shown_any = 0;
    int n = moments();
    for (int i = 0; i < n; i++) {
        screen *s = start_on(url);
        screen_wait(s, "row 9");
        screen_type(s, "l");
        for (int k = 0; k < EDITS; k++) {
            screen_type(s, "e<C-e>!<Enter>j");
        }
        screen_until(s, drawn_enough, &(size_t){drawn(s) + dice(EDITS * DRAWN_BY_EDIT)}, "enough of it to be drawn");
        kill(screen_pid(s), SIGKILL);
        screen_wait_exit(s);
        int shown = staged_shown(s);
        shown_any += shown > 0;
        screen_stop(s);
        if (journals() == 0) {
            lost += shown > 0;
            continue;
        }
        s = start_on(url);
        if (shown == 0) { /* the first step may not have come to its end: then there is nothing to offer */
            screen_wait(s, "row 1");
            screen_settle(s);
            if (!screen_has(s, "Unsaved changes of ")) {
                hands_quit(s);
                continue;
            }
        }
        screen_wait(s, "Unsaved changes of ");
        screen_type(s, "<Enter>");
        screen_wait_line(s, -1, "staged again");
        lost += staged_shown(s) < shown;
        hands_abandon(s);
        assert_int_equal(journals(), 0);
    }
    print_message("%d kills, %d of them with something staged, nothing lost\n", n, shown_any);
    assert_int_equal(lost, 0);
    assert_true(shown_any > 0); /* else nothing was tested */
}

/* --- killed while saving ---------------------------------------------------------------------------------------------- */

static bool commit_noted(screen *s, void *data) {
    (void)s;
    (void)data;
    char command[160];
    snprintf(command, sizeof command, "grep -qs '\"commit\":{' %s/nixie/journal/*.journal", root);
    return system(command) == 0;
}

static bool is_written(screen *s, void *data) {
    (void)s;
    (void)data;
    return lab_query_int(url, "SELECT count(*) FROM writes") == 1;
}

static bool has_struck(screen *s, void *data) {
    (void)s;
    return lab_proxy_struck(data);
}

static void kill_while_saving(lab_proxy *proxy, const char *fault, bool arrives) {
    lab_proxy_fault(proxy, "pass");
    screen *s = start_on(lab_proxy_url(proxy));
    screen_wait(s, "three");
    screen_type(s, "l");
    hands_edit(s, "uno");
    screen_type(s, "W");
    screen_wait(s, "not saved yet");
    lab_proxy_fault(proxy, fault);
    screen_type(s, "W");
    screen_until(s, commit_noted, NULL, "the commit in the journal");
    if (arrives) {
        screen_until(s, is_written, NULL, "the commit itself");
    } else {
        screen_until(s, has_struck, proxy, "the commit to be swallowed");
    }
    kill_now(s);
    lab_proxy_fault(proxy, "rst");
    lab_proxy_fault(proxy, "pass");
}

/* Committed, and nobody heard: the next start says so, and nothing is staged any more. */
static void kill_behind_commit(lab_proxy *proxy) {
    kill_while_saving(proxy, "on-commit blackhole", true);
    screen *s = start_on(lab_proxy_url(proxy));
    screen_wait_line(s, -1, "was committed");
    assert_false(screen_has(s, "Unsaved changes"));
    screen_wait(s, "uno");
    hands_quit(s);
    assert_int_equal(journals(), 0);
    hands_assert_value(url, "SELECT count(*) FROM writes", "1");
    lab_sql(url, "UPDATE e SET t = 'one' WHERE id = 1; TRUNCATE writes");
}

/* The COMMIT never arrived: the changes are offered again, and saved once. */
static void kill_before_commit(lab_proxy *proxy) {
    kill_while_saving(proxy, "on-commit-req blackhole", false);
    screen *s = start_on(lab_proxy_url(proxy));
    screen_wait(s, "Unsaved changes of ");
    screen_wait(s, "1 update of e");
    screen_type(s, "<Enter>");
    screen_wait_line(s, 0, "1 staged");
    hands_save(s);
    hands_quit(s);
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "uno");
    hands_assert_value(url, "SELECT count(*) FROM writes", "1");
    lab_sql(url, "UPDATE e SET t = 'one' WHERE id = 1; TRUNCATE writes");
}

static void killed_during_commit_the_next_start_knows(void **state) {
    (void)state;
    lab_sql(url, "CREATE TABLE writes (n int); CREATE FUNCTION count_write() RETURNS trigger LANGUAGE plpgsql AS "
                 "'BEGIN INSERT INTO writes VALUES (1); RETURN NEW; END';"
                 "CREATE TRIGGER counted AFTER UPDATE ON e FOR EACH ROW WHEN (NEW.t = 'uno') EXECUTE FUNCTION count_write()");
    lab_proxy *proxy = lab_proxy_start(url);
    int n = getenv("NIXIE_RUNS") ? moments() : 2;
    for (int i = 0; i < n; i++) {
        kill_behind_commit(proxy);
        kill_before_commit(proxy);
    }
    print_message("%d kills behind and %d before the COMMIT, every outcome told\n", n, n);
    lab_proxy_stop(proxy);
    lab_sql(url, "DROP TRIGGER counted ON e; DROP FUNCTION count_write; DROP TABLE writes");
}

/* --- left on purpose ---------------------------------------------------------------------------------------------------- */

static void quit_with_keep_and_hung_up_leave_the_journal(void **state) {
    (void)state;
    screen *s = start();
    screen_type(s, "l");
    hands_edit(s, "uno");
    screen_type(s, ":quit<Enter>");
    screen_wait(s, "1 staged change is not saved. Quit?");
    screen_type(s, "<Enter>"); /* keep */
    hands_ended(s, 0);
    static const int signals[] = {SIGHUP, SIGTERM};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(journals(), 1);
        s = start_on(url);
        screen_wait(s, "Unsaved changes of ");
        screen_type(s, "<Enter>");
        screen_wait_line(s, 0, "1 staged");
        kill(screen_pid(s), signals[i]);
        int status = screen_wait_exit(s);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == signals[i]);
        assert_true(screen_terminal_restored(s));
        screen_stop(s);
    }
    s = start_on(url);
    screen_wait(s, "Unsaved changes of ");
    screen_type(s, "<Enter>");
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, ":quit<Enter>");
    screen_wait(s, "Quit?");
    screen_type(s, "s");
    hands_ended(s, 0);
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "uno");
    assert_int_equal(journals(), 0);
}

/* --- no place, no room ------------------------------------------------------------------------------------------------------ */

static void without_a_place_nothing_is_staged_unless_one_says_so(void **state) {
    (void)state;
    const char *const env[] = {"XDG_STATE_HOME=/dev/null/none", NULL};
    screen *s = screen_start(24, 130, (const char *[]){screen_program(), "--url", url, "e", NULL}, env);
    screen_wait(s, "three");
    screen_wait_line(s, -1, "nothing can be staged: the journal ");
    screen_type(s, "ld");
    screen_wait_line(s, -1, "nothing was staged: the journal ");
    screen_wait(s, "Not a directory");
    assert_int_equal(staged_shown(s), 0);
    hands_quit(s);
    s = screen_start(24, 110, (const char *[]){screen_program(), "--url", url, "--no-journal", "e", NULL}, env);
    screen_wait(s, "three");
    screen_type(s, "ld");
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, "q");
    screen_wait(s, "cancel: stay here");
    assert_false(screen_has(s, "keep")); /* where? */
    screen_type(s, "d");
    hands_ended(s, 0);
}

static void a_full_disk_refuses_loudly_and_loses_nothing(void **state) {
    (void)state;
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 2000; /* the program inherits it: its files can grow no further */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    screen *s = start();
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    screen_type(s, "l");
    hands_edit(s, "uno");
    screen_wait_line(s, 0, "1 staged");
    char long_text[1500];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    screen_type(s, "je<C-e><C-u>");
    screen_paste(s, long_text);
    screen_type(s, "<Enter>");
    screen_wait_line(s, -1, "nothing was staged: the journal ");
    screen_wait_line(s, 0, "1 staged");
    kill_now(s);
    s = start_on(url);
    screen_wait(s, "1 update of e");
    screen_type(s, "<Enter>");
    screen_wait_line(s, 0, "1 staged");
    hands_save(s);
    hands_quit(s);
    hands_assert_value(url, "SELECT string_agg(t, ',' ORDER BY id) FROM e", "uno,two,three");
}

static bool has_ended(screen *s, void *data) {
    (void)data;
    screen_type(s, "<PgDn>"); /* each page needs some memory */
    return screen_terminal_restored(s);
}

static void without_memory_it_says_so_and_loses_nothing(void **state) {
    (void)state;
    const char *plain = screen_plain_program(); /* the sanitizers reserve terabytes */
    if (access(plain, X_OK) != 0) {
        print_message("skipped: no %s (make test-build)\n", plain);
        skip();
    }
    lab_sql(url, "DROP TABLE IF EXISTS fat; CREATE TABLE fat (id int PRIMARY KEY, v text);"
                 "INSERT INTO fat SELECT i, repeat(i::text, 200) FROM generate_series(1, 20000) i");
    screen *s = screen_start(24, 110, (const char *const[]){plain, "--url", url, "e", NULL},
                             (const char *[]){state_home, NULL});
    screen_wait(s, "three");
    screen_type(s, "l");
    hands_edit(s, "uno");
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, "<C-p>fat<Enter>");
    screen_wait(s, "1111111111");
    struct rlimit none = {.rlim_cur = 1 << 20, .rlim_max = 1 << 20}; /* less than it has already */
    assert_int_equal(prlimit(screen_pid(s), RLIMIT_AS, &none, NULL), 0);
    screen_until(s, has_ended, NULL, "the end for want of memory");
    int status = screen_wait_exit(s);
    assert_true(WIFEXITED(status)); /* by no signal */
    assert_int_equal(WEXITSTATUS(status), 1);
    assert_non_null(strstr(screen_text(s), "no more memory"));
    screen_stop(s);
    s = start_on(url);
    screen_wait(s, "1 update of e");
    screen_type(s, "<Enter>");
    screen_wait_line(s, 0, "1 staged");
    hands_save(s);
    hands_quit(s);
    hands_assert_value(url, "SELECT string_agg(t, ',' ORDER BY id) FROM e", "uno,two,three");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fresh, done)

static const struct CMUnitTest tests[] = {
    CASE(a_killed_nixie_leaves_nothing_behind_that_is_not_offered),
    CASE(kept_and_discarded),
    CASE(another_role_is_named_and_asked),
    CASE(killed_at_any_moment_nothing_that_was_shown_staged_is_missing),
    CASE(killed_during_commit_the_next_start_knows),
    CASE(quit_with_keep_and_hung_up_leave_the_journal),
    CASE(without_a_place_nothing_is_staged_unless_one_says_so),
    CASE(a_full_disk_refuses_loudly_and_loses_nothing),
    CASE(without_memory_it_says_so_and_loses_nothing),
};

LAB_MAIN(tests, group_open, group_close)
