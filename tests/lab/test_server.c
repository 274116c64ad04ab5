/* The throw-away server of `nixie demo`: it is found, it serves, and nothing of it is left, whatever way
 * its owner ends. */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "demo.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"
#include "server.h"

enum { TICK_MS = 10 };

/* A folder that stands for /tmp: what is left over is seen in it. */
static char place[] = "/tmp/nixie-place-XXXXXX";

static int make_place(void **state) {
    (void)state;
    return mkdtemp(place) && chmod(place, 0777) == 0 && setenv("TMPDIR", place, 1) == 0 ? 0 : -1;
}

static int remove_place(void **state) {
    (void)state;
    return rmdir(place);
}

static int left_over(void) {
    int count = 0;
    DIR *dir = opendir(place);
    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        count += entry->d_name[0] != '.';
    }
    closedir(dir);
    return count;
}

static bool is_gone(pid_t pid) { return kill(pid, 0) != 0 && errno == ESRCH; }

/* --- versions ------------------------------------------------------------------------------------------ */

static void versions_are_understood(void **state) {
    (void)state;
    static const struct {
        const char *said;
        int version;
        const char *text;
    } cases[] = {
        {"initdb (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", 15, "15.18"},
        {"initdb (PostgreSQL) 18beta1\n", 18, "18beta1"},
        {"initdb (PostgreSQL) 9.6.24\n", 9, "9.6.24"},
        {"initdb (PostgreSQL) 14.1", 14, "14.1"},
        {"sh: initdb: not found\n", 0, NULL},
        {"", 0, NULL},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        char text[24] = "";
        assert_int_equal(ui_server_parse_version(cases[i].said, text, sizeof text), cases[i].version);
        if (cases[i].text) {
            assert_string_equal(text, cases[i].text);
        }
    }
}

/* A program that says it is initdb, in PATH. */
static void put_initdb(const char *folder, const char *version) {
    static const char *const names[] = {"initdb", "postgres"};
    for (size_t i = 0; i < NX_COUNT(names); i++) {
        char path[300];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fprintf(file, "#!/bin/sh\necho '%s (PostgreSQL) %s'\n", names[i], version);
        fclose(file);
        assert_int_equal(chmod(path, 0755), 0);
    }
}

static void remove_initdb(const char *folder) {
    char path[300];
    snprintf(path, sizeof path, "%s/initdb", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/postgres", folder);
    unlink(path);
    assert_int_equal(rmdir(folder), 0);
}

static void every_version_in_path_is_found(void **state) {
    (void)state;
    char fresh[200], old[200], path[5000];
    snprintf(fresh, sizeof fresh, "%s/fresh", place);
    snprintf(old, sizeof old, "%s/old", place);
    assert_int_equal(mkdir(fresh, 0755), 0);
    assert_int_equal(mkdir(old, 0755), 0);
    put_initdb(fresh, "98.1");
    put_initdb(old, "9.6.2");
    char *before = nx_strdup(getenv("PATH"));
    snprintf(path, sizeof path, "%s:%s:%s:%s", old, fresh, fresh, before);
    setenv("PATH", path, 1);

    ui_server_programs programs;
    ui_server_find(&programs);
    assert_true(programs.count >= 1);
    assert_int_equal(programs.list[0].version, 98);
    assert_string_equal(programs.list[0].text, "98.1");
    for (size_t i = 1; i < programs.count; i++) {
        assert_in_range(programs.list[i].version, UI_SERVER_OLDEST, 97);
    }
    assert_int_equal(programs.too_old, 9);
    ui_server_programs_free(&programs);

    setenv("PATH", before, 1);
    free(before);
    remove_initdb(fresh);
    remove_initdb(old);
}

static void a_missing_version_is_named_with_a_hint(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    assert_null(ui_server_start(&(ui_server_options){.version = 97}, &err));
    assert_int_equal(err.kind, NX_ERR_SYSTEM);
    assert_non_null(strstr(err.message, "97"));
    assert_non_null(strstr(err.hint, "install"));
    nx_error_clear(&err);
    assert_int_equal(left_over(), 0);
}

/* --- life and death -------------------------------------------------------------------------------------- */

static ui_server *start(const char *settings) {
    nx_error err = NX_ERROR;
    ui_server *server = ui_server_start(&(ui_server_options){.settings = settings}, &err);
    if (!server) {
        fail_msg("%s: %s", err.message, err.detail ? err.detail : "");
    }
    return server;
}

static void it_is_private_and_out_of_the_terminals_reach(void **state) {
    (void)state;
    ui_server *server = start(NULL);
    struct stat info;
    assert_int_equal(stat(ui_server_folder(server), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    assert_int_not_equal(getsid(ui_server_keeper(server)), getsid(0));
    assert_int_not_equal(getpgid(ui_server_pid(server)), getpgid(0));

    char *url = ui_server_url(server, "postgres");
    char *listens = lab_query(url, "SHOW listen_addresses");
    assert_string_equal(listens, "");
    char *encoding = lab_query(url, "SHOW server_encoding");
    assert_string_equal(encoding, "UTF8");
    free(encoding);
    free(listens);
    free(url);

    /* What a terminal or a session manager sends does not end it before its time. */
    pid_t keeper = ui_server_keeper(server);
    pid_t postmaster = ui_server_pid(server);
    static const int signals[] = {SIGINT, SIGHUP, SIGTERM, SIGTSTP};
    for (size_t i = 0; i < NX_COUNT(signals); i++) {
        kill(keeper, signals[i]);
    }
    assert_false(is_gone(postmaster));
    ui_server_stop(server);
    assert_true(is_gone(postmaster));
    assert_int_equal(left_over(), 0);
}

static void it_goes_when_its_owner_is_killed(void **state) {
    (void)state;
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    pid_t owner = fork();
    if (owner == 0) {
        nx_error err = NX_ERROR;
        ui_server *server = ui_server_start(&(ui_server_options){.settings = NULL}, &err);
        pid_t pid = server ? ui_server_pid(server) : -1;
        ssize_t n = write(pipes[1], &pid, sizeof pid);
        (void)n;
        for (;;) {
            pause();
        }
    }
    pid_t postmaster = 0;
    assert_int_equal(read(pipes[0], &postmaster, sizeof postmaster), sizeof postmaster);
    assert_true(postmaster > 0);
    assert_int_equal(left_over(), 1);
    kill(owner, SIGKILL);
    waitpid(owner, NULL, 0);
    int64_t deadline = lab_now_ms() + lab_patience_ms();
    while ((left_over() > 0 || !is_gone(postmaster)) && lab_now_ms() < deadline) {
        poll(NULL, 0, TICK_MS);
    }
    assert_int_equal(left_over(), 0);
    assert_true(is_gone(postmaster));
    close(pipes[0]);
    close(pipes[1]);
}

static void a_server_that_does_not_come_up_tells_why(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    assert_null(ui_server_start(&(ui_server_options){.settings = "no_such_setting = 1"}, &err));
    assert_int_equal(err.kind, NX_ERR_SYSTEM);
    assert_non_null(strstr(err.detail, "no_such_setting"));
    assert_non_null(err.hint);
    nx_error_clear(&err);
    assert_int_equal(left_over(), 0);
}

static void a_wish_to_stop_is_heard_while_starting(void **state) {
    (void)state;
    volatile int stop = 1;
    nx_error err = NX_ERROR;
    ui_demo *demo = NULL;
    assert_int_equal(ui_demo_start(&demo, &stop, &err), 130);
    assert_null(demo);
    nx_error_clear(&err);
    assert_int_equal(left_over(), 0);
}

static void the_demo_has_its_data_and_leaves_nothing(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    ui_demo *demo = NULL;
    int status = ui_demo_start(&demo, NULL, &err);
    if (status != 0) {
        fail_msg("%s: %s", err.message, err.detail ? err.detail : "");
    }
    assert_int_equal(lab_query_int(ui_demo_url(demo), "SELECT count(*) FROM \"Post\""), 100000);
    char *who = lab_query(ui_demo_url(demo), "SELECT current_user || ' ' || current_database()");
    assert_string_equal(who, "demo blog");
    free(who);
    ui_demo_stop(demo);
    assert_int_equal(left_over(), 0);
}

/* --- programs that are run -------------------------------------------------------------------------------- */

static int run_shell(const char *script, const char *input, nx_buf *output, const volatile int *stop) {
    nx_arena *arena = nx_arena_new(0);
    char *argv[] = {nx_arena_strdup(arena, "sh"), nx_arena_strdup(arena, "-c"), nx_arena_strdup(arena, script), NULL};
    int status = ui_child_run(
        &(ui_child){.argv = argv, .input = input, .input_len = input ? strlen(input) : 0, .output = output, .stop = stop});
    nx_arena_free(arena);
    return status;
}

static void a_child_is_fed_heard_and_ended(void **state) {
    (void)state;
    nx_buf output = NX_BUF;
    assert_int_equal(run_shell("cat; echo err >&2; exit 3", "in ", &output, NULL), 3);
    assert_string_equal(output.data, "in err\n");
    nx_buf_clear(&output);

    setenv("PGOPTIONS", "-c no=thing", 1);
    assert_int_equal(run_shell("echo \"[$PGOPTIONS]\"", NULL, &output, NULL), 0);
    assert_string_equal(output.data, "[]\n");
    unsetenv("PGOPTIONS");
    nx_buf_free(&output);

    assert_int_equal(run_shell("kill -9 $$", NULL, NULL, NULL), 128 + SIGKILL);
    volatile int stop = 1;
    assert_int_equal(run_shell("while :; do :; done", NULL, NULL, &stop), UI_CHILD_STOPPED);
    char *nobody[] = {(char[]){"/no/such/program"}, NULL};
    assert_int_equal(ui_child_run(&(ui_child){.argv = nobody}), 127);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(versions_are_understood),
    cmocka_unit_test(every_version_in_path_is_found),
    cmocka_unit_test(a_missing_version_is_named_with_a_hint),
    cmocka_unit_test(it_is_private_and_out_of_the_terminals_reach),
    cmocka_unit_test(it_goes_when_its_owner_is_killed),
    cmocka_unit_test(a_server_that_does_not_come_up_tells_why),
    cmocka_unit_test(a_wish_to_stop_is_heard_while_starting),
    cmocka_unit_test(the_demo_has_its_data_and_leaves_nothing),
    cmocka_unit_test(a_child_is_fed_heard_and_ended),
};

LAB_MAIN(tests, make_place, remove_place)
