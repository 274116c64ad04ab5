/* The terminal: taken over politely, given back on every way out, never confused. */
#include <errno.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/run.h"
#include "hands.h"
#include "keymap.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"
#include "sent.h"

static int setup(void **state) {
    group_open_sample(state);
    ui_keymap_init();
    return 0;
}

static screen *start(int rows, int columns, const char *model, const char *const *env) {
    const char *argv[] = {screen_program(), "--url", url, model, NULL};
    return screen_start(rows, columns, argv, env);
}

static sent judge(screen *s) {
    size_t len;
    const char *bytes = screen_bytes(s, &len);
    return sent_judge(bytes, len);
}

/* Every mode that was set has been taken back, the cursor is on. */
static void assert_given_back(screen *s) {
    sent all = judge(s);
    for (int i = 0; i < SENT_MODES; i++) {
        if (i != 7 && all.modes[i] != (i == 25)) { /* 7, wrapping, is on anyway */
            fail_msg("private mode %d is %s", i, all.modes[i] ? "still set" : "not set again");
        }
    }
    assert_false(all.keypad);
    assert_false(screen_alternate(s));
    assert_true(screen_cursor_visible(s));
    assert_true(screen_terminal_restored(s));
}

/* --- ways out ------------------------------------------------------------------------------------------------ */

static void quitting_gives_the_terminal_back(void **state) {
    (void)state;
    screen *s = start(24, 80, "Post", NULL);
    screen_wait(s, "Hello, world");
    assert_true(screen_alternate(s));
    assert_false(screen_terminal_restored(s));
    screen_type(s, "q");
    int status = screen_wait_exit(s);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_given_back(s);
    screen_stop(s);
}

static void every_signal_gives_the_terminal_back(void **state) {
    (void)state;
    static const int signals[] = {SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    const char *plain = screen_plain_program(); /* the sanitizers want the fatal ones for themselves */
    if (access(plain, X_OK) != 0) {
        print_message("skipped: no %s (make test-build)\n", plain);
        skip();
    }
    for (size_t i = 0; i < NX_COUNT(signals); i++) {
        const char *argv[] = {plain, "--url", url, "Post", NULL};
        screen *s = screen_start(24, 80, argv, NULL);
        screen_wait(s, "Hello, world");
        kill(screen_pid(s), signals[i]);
        int status = screen_wait_exit(s);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), signals[i]);
        assert_given_back(s);
        screen_stop(s);
    }
}

static void an_interrupt_from_outside_does_not_quit(void **state) {
    (void)state;
    screen *s = start(24, 80, "Post", NULL);
    screen_wait(s, "Hello, world");
    kill(screen_pid(s), SIGINT);
    kill(screen_pid(s), SIGPIPE);
    screen_type(s, "j");
    screen_wait_line(s, -1, "Post › 2");
    hands_quit(s);
}

/* Waits for a child's end without polling; kills it after 20 s. */
static int wait_for(pid_t pid) {
    int status = -1;
    struct timespec patience = {.tv_sec = 20};
    sigset_t child, before;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &before);
    pid_t ended = waitpid(pid, &status, WNOHANG);
    while (ended == 0 && sigtimedwait(&child, NULL, &patience) > 0) {
        ended = waitpid(pid, &status, WNOHANG);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (ended != pid) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        fail_msg("it still ran after 20 s");
    }
    return status;
}

static void a_terminal_that_goes_away_ends_it(void **state) {
    (void)state;
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    int master;
    pid_t pid = forkpty(&master, NULL, NULL, &size);
    if (pid == 0) {
        setenv("TERM", "xterm-256color", 1);
        execl(screen_program(), "nixie", "--url", url, "Post", (char *)NULL);
        _exit(127);
    }
    nx_buf seen = NX_BUF; /* until the first row is there */
    for (char chunk[4096]; !seen.data || !memmem(seen.data, seen.len, "Hello, world", 12);) {
        ssize_t n = read(master, chunk, sizeof chunk);
        assert_true(n > 0);
        nx_buf_add(&seen, chunk, (size_t)n);
    }
    nx_buf_free(&seen);
    close(master);
    int status = wait_for(pid);
    assert_true(WIFEXITED(status) ? WEXITSTATUS(status) == 0 : WTERMSIG(status) == SIGHUP);
}

static void a_terminal_that_cannot_do_it_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *term, *words;
    } cases[] = {
        {"TERM=dumb", "the terminal type \"dumb\" cannot place the cursor"},
        {"TERM=nosuch", "the terminal type \"nosuch\" is unknown"},
        {"TERM=", "the terminal type \"\" is unknown"},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        screen *s = start(24, 100, "Post", (const char *[]){cases[i].term, NULL});
        screen_wait(s, cases[i].words);
        screen_wait(s, "hint: set TERM");
        assert_false(hands_sent(s, "\033")); /* nothing that it might not understand */
        hands_ended(s, 2);
    }
}

static void without_a_terminal_there_is_no_browsing(void **state) {
    (void)state;
    run r = nixie(url, "Post", NULL);
    expect_status(&r, 2);
    assert_int_equal(r.outlen, 0);
    assert_non_null(strstr(r.err, "browsing needs a terminal"));
    assert_non_null(strstr(r.err, "nixie rows MODEL"));
    run_free(&r);
}

static pid_t told_pid(screen *s) {
    const char *at = screen_text(s);
    long pid = 0;
    while (pid <= 1 && (at = strstr(at, "pid=")) != NULL) {
        at += strlen("pid=");
        pid = strtol(at, NULL, 10);
    }
    assert_true(pid > 1);
    return (pid_t)pid;
}

static bool prompts_again(screen *s, void *data) {
    const int *times = data;
    const char *text = screen_text(s), *last = text;
    int n = 0;
    for (const char *at = text; (at = strstr(at, "Stopped")) != NULL; at++) {
        n++;
    }
    for (const char *at = text; (at = strstr(at, "ready>")) != NULL; at++) {
        last = at;
    }
    return n == *times && strspn(last + strlen("ready>"), " \n") == strlen(last + strlen("ready>"));
}

/* The shell has the terminal, as it was, and its own screen. */
static void assert_shell(screen *s, int i) {
    char words[64];
    screen_until(s, prompts_again, &i, "the shell's prompt"); /* a job that stops takes typed-ahead keys with it */
    assert_false(screen_alternate(s));
    assert_true(screen_cursor_visible(s));
    snprintf(words, sizeof words, "echo typed$((40+%d))<Enter>", i);
    screen_type(s, words);
    snprintf(words, sizeof words, "typed%d", 40 + i);
    screen_wait(s, words);
    snprintf(words, sizeof words, "echo typed$((40+%d))", i);
    screen_wait(s, words); /* it echoes again */
}

static void back_from_shell(screen *s) {
    screen_type(s, "fg<Enter>");
    screen_wait(s, "Hello, world");
    screen_wait_line(s, -1, "? help");
    assert_true(screen_alternate(s));
}

/* A shell with job control in front: Ctrl-Z gives the terminal to it, fg takes it again. */
static void ctrl_z_gives_the_terminal_to_the_shell(void **state) {
    (void)state;
    const char *argv[] = {"/bin/sh", "-i", NULL};
    screen *s = screen_start(24, 100, argv, (const char *[]){"PS1=ready> ", "ENV=", NULL});
    screen_wait(s, "ready>");
    nx_buf line = NX_BUF;
    nx_buf_addf(&line, "set -m; sh -c 'echo pid=$$; exec %s --url \"%s\" Post'\r", screen_program(), url);
    screen_send(s, line.data, line.len);
    nx_buf_free(&line);
    screen_wait(s, "Hello, world");
    screen_type(s, "<C-z>");
    assert_shell(s, 1);
    pid_t pid = told_pid(s);
    back_from_shell(s);
    screen_type(s, "<C-z>");
    assert_shell(s, 2);
    back_from_shell(s);
    kill(pid, SIGTSTP); /* the same when it is asked from elsewhere */
    assert_shell(s, 3);
    back_from_shell(s);
    screen_type(s, ":quit<Enter>");
    screen_until(s, prompts_again, &(int){3}, "the shell's prompt");
    assert_false(screen_has(s, "Hello, world"));
    screen_type(s, "exit<Enter>");
    assert_true(WIFEXITED(screen_wait_exit(s)));
    screen_stop(s);
}

/* --- sizes ------------------------------------------------------------------------------------------------------ */

static void sizes_from_small_to_huge(void **state) {
    (void)state;
    static const struct {
        int rows, columns;
        const char *range;
    } sizes[] = {{10, 40, "1-5 of"}, {24, 80, "1-19 of"}, {200, 500, "1-195 of"}};
    for (size_t i = 0; i < NX_COUNT(sizes); i++) {
        screen *s = start(sizes[i].rows, sizes[i].columns, "Post", NULL);
        screen_wait(s, "Hello, world");
        screen_wait(s, sizes[i].range);
        screen_wait_line(s, -1, "? help");
        screen_wait_line(s, -2, "╯");
        assert_non_null(strstr(screen_line(s, 1), "Post"));
        screen_type(s, "j<Enter>");
        screen_wait(s, "Post 2");
        screen_type(s, "q?");
        screen_wait(s, "q closes");
        screen_type(s, "qi");
        screen_wait(s, "addressed");
        screen_type(s, "q<C-p>");
        screen_wait(s, "Go to model");
        screen_type(s, "<Esc>");
        screen_wait_gone(s, "Go to model");
        screen_type(s, "le");
        screen_wait(s, "Enter");
        screen_type(s, "<C-c>W");
        screen_wait_line(s, -1, "nothing is staged");
        hands_quit(s);
    }
}

static unsigned next_random(unsigned *seed) { return (*seed = *seed * 1103515245u + 12345u) >> 16 & 0x7fff; }

static bool same_below_the_title(screen *s, void *data) {
    const char *now = strchr(screen_text(s), '\n'), *before = strchr(data, '\n');
    return strcmp(now, before) == 0;
}

static void a_storm_of_sizes_ends_right(void **state) {
    (void)state;
    screen *s = start(24, 80, "Post", NULL);
    screen_wait(s, "Hello, world");
    screen_wait(s, "1-19 of ~100K");
    screen_wait_line(s, -1, "? help");
    screen_settle(s);
    char *before = strdup(screen_text(s));
    unsigned seed = 20;
    for (int i = 0; i < 60; i++) {
        screen_resize(s, 1 + (int)(next_random(&seed) % 100), 1 + (int)(next_random(&seed) % 300));
        screen_pump(s, 0);
    }
    screen_resize(s, 24, 80);
    screen_until(s, same_below_the_title, before, "the screen as it was before the storm");
    free(before);
    hands_quit(s);
}

/* --- what comes in -------------------------------------------------------------------------------------------------- */

static void send_garbage(screen *s, unsigned *seed) {
    static const char *const sequences[] = {
        "\033[?1;2c",  "\033[24;80R", "\033]11;rgb:0000/0000/0000\033\\", "\033P1$r0m\033\\", "\033[200~", "\033[201~",
        "\033[<0;5;5M", "\033[<64;9;9M", "\033[M !!", "\033O", "\033[", "\033[1;5A", "\033[27;5;9~", "\033_Gi=1;OK\033\\",
        "\033[I", "\033[O", "\033[?2026;2$y", "\302\233", "\377\376", "\360\237\230\200", "\033\033", "\033[99999999999999~",
    };
    char bytes[64];
    size_t len = 0;
    while (len < 32) {
        unsigned pick = next_random(seed);
        if (pick % 8 == 0) {
            const char *sequence = sequences[next_random(seed) % NX_COUNT(sequences)];
            len += (size_t)snprintf(bytes + len, sizeof bytes - len, "%s", sequence);
        } else {
            bytes[len++] = (char)(pick % 3 ? 0x20 + next_random(seed) % 95 : next_random(seed) % 256);
        }
        len = len > sizeof bytes - 1 ? sizeof bytes - 1 : len;
    }
    screen_send(s, bytes, len);
    screen_pump(s, 0);
}

static void leave_wherever_one_is(screen *s) {
    for (int tries = 0; !screen_ended(s); tries++) {
        if (tries == 10) {
            fail_msg("there was no way out:\n%s", screen_text(s));
        }
        screen_type(s, "<C-c><C-c><C-c><C-c><C-c>:q!<Enter>");
        screen_pass(s, 500);
    }
    hands_ended(s, 0);
}

static void garbage_neither_breaks_nor_traps_it(void **state) {
    (void)state;
    static const char *const env[] = {"EDITOR=true", "VISUAL=", NULL};
    unsigned seed = 4711;
    screen *s = NULL;
    for (int i = 0; i < 160; i++) { /* 5,000 bytes and more */
        if (!s) {
            s = start(24, 100, "Specimen", env);
            screen_wait(s, "every field NULL");
        }
        send_garbage(s, &seed);
        if (screen_ended(s)) { /* a q among it, answered by a y if need be */
            hands_ended(s, 0);
            s = NULL;
        }
    }
    if (s) {
        leave_wherever_one_is(s);
    }
}

/* --- help ------------------------------------------------------------------------------------------------------------- */

/* A slow link cuts anywhere, also between the bytes of one character; and half a character spoils no key behind it. */
static void characters_may_come_in_pieces(void **state) {
    (void)state;
    screen *s = start(30, 100, "Post", NULL);
    screen_wait(s, "Hello, world");
    screen_type(s, "/title = '");
    static const char euro[] = "\xe2\x82\xac", smile[] = "\xf0\x9f\x99\x82";
    for (const char *pieces = "\xe2\x82\xac\xf0\x9f\x99\x82\xc3\xa9"; *pieces; pieces++) {
        screen_send(s, pieces, 1);
        screen_settle(s);
    }
    screen_wait(s, "title = '\xe2\x82\xac\xf0\x9f\x99\x82\xc3\xa9");
    screen_send(s, smile, 2);
    screen_settle(s);
    screen_send(s, "Z", 1);
    screen_send(s, euro, 1);
    screen_settle(s);
    screen_send(s, euro, 3);
    screen_wait(s, "\xc3\xa9Z\xe2\x82\xac");
    screen_type(s, "<Esc>");
    hands_quit(s);
}

static void assert_listed(screen *s, ui_scope scope) {
    int n;
    const ui_binding *b = ui_keymap_bindings(&n);
    screen_type(s, "?");
    screen_wait(s, "q closes");
    screen_wait(s, ui_scope_name(scope));
    screen_wait(s, "Any number before a motion"); /* its last line: all of it is here */
    for (int i = 0; i < n; i++) {
        if (b[i].scope != scope && b[i].scope != UI_SCOPE_ALL) {
            continue;
        }
        bool found = false;
        for (int row = 0; row < screen_rows(s) && !found; row++) {
            const char *line = screen_line(s, row), *key = strstr(line, b[i].keys);
            found = key && strstr(key, ui_action_help(b[i].action));
        }
        if (!found) {
            fail_msg("not in the help of %s: %s %s\n%s", ui_scope_name(scope), b[i].keys, ui_action_help(b[i].action),
                     screen_text(s));
        }
    }
    screen_type(s, "q");
    screen_wait_gone(s, "Any number before a motion");
}

static void the_help_lists_every_key(void **state) {
    (void)state;
    screen *s = start(120, 120, "Post", NULL);
    screen_wait(s, "Hello, world");
    assert_listed(s, UI_SCOPE_ROWS);
    screen_type(s, "<Tab>");
    assert_listed(s, UI_SCOPE_MODELS);
    screen_type(s, "<Tab>z");
    screen_wait(s, "Post · id");
    assert_listed(s, UI_SCOPE_CELL);
    screen_type(s, "q<Enter>");
    screen_wait(s, "Post 1");
    assert_listed(s, UI_SCOPE_RECORD);
    screen_type(s, "qi");
    screen_wait(s, "addressed by");
    assert_listed(s, UI_SCOPE_DESCRIBE);
    screen_type(s, "qC");
    screen_wait(s, "Changes");
    assert_listed(s, UI_SCOPE_CHANGES);
    screen_type(s, "qY");
    screen_wait(s, "copy as");
    assert_listed(s, UI_SCOPE_LIST);
    screen_type(s, "q?"); /* of a list; then the help itself is a text */
    screen_wait(s, "draw the screen again");
    screen_type(s, "?");
    screen_wait(s, "previous match");
    assert_true(screen_has(s, "Text"));
    screen_type(s, "qq");
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(quitting_gives_the_terminal_back),
    cmocka_unit_test(every_signal_gives_the_terminal_back),
    cmocka_unit_test(an_interrupt_from_outside_does_not_quit),
    cmocka_unit_test(a_terminal_that_goes_away_ends_it),
    cmocka_unit_test(a_terminal_that_cannot_do_it_is_refused),
    cmocka_unit_test(without_a_terminal_there_is_no_browsing),
    cmocka_unit_test(ctrl_z_gives_the_terminal_to_the_shell),
    cmocka_unit_test(sizes_from_small_to_huge),
    cmocka_unit_test(a_storm_of_sizes_ends_right),
    cmocka_unit_test(garbage_neither_breaks_nor_traps_it),
    cmocka_unit_test(characters_may_come_in_pieces),
    cmocka_unit_test(the_help_lists_every_key),
};

LAB_MAIN(tests, setup, group_close)
