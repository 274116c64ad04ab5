/* Files and programs beside the screen: what was typed before, exports, other programs, the user's editor. */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "config.h"
#include "editor.h"
#include "export_file.h"
#include "history.h"
#include "lab/test.h"
#include "nixie/buf.h"

static char folder[] = "/tmp/nixie-files-XXXXXX";

static int setup(void **state) {
    (void)state;
    return mkdtemp(folder) && setenv("XDG_STATE_HOME", folder, 1) == 0 ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

/* A path in the folder; the next call overwrites it. */
static const char *in_folder(const char *name) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const char *text) {
    FILE *file = fopen(in_folder(name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void expect_file(const char *name, const char *text) {
    char found[256] = "";
    FILE *file = fopen(in_folder(name), "r");
    assert_non_null(file);
    found[fread(found, 1, sizeof found - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(found, text);
}

/* --- what was typed before ----------------------------------------------------------------------------------------- */

static nx_buf lines_read = NX_BUF;
static int nlines_read;

static void take_line(const char *line) {
    nx_buf_addf(&lines_read, "[%s]", line);
    nlines_read++;
}

static void expect_history(const char *name, const char *lines) {
    nx_buf_clear(&lines_read);
    nlines_read = 0;
    ui_history_read(name, take_line);
    assert_string_equal(lines_read.data ? lines_read.data : "", lines);
}

static void lines_are_kept_as_they_were_typed(void **state) {
    (void)state;
    expect_history("filter", "");
    static const char *const typed[] = {"id = 1", "a\tb\\n\nc\rd\\", "", "caf\xc3\xa9"};
    for (size_t i = 0; i < NX_COUNT(typed); i++) {
        ui_history_keep("filter", typed[i]);
        ui_history_keep("search", "elsewhere");
    }
    expect_history("filter", "[id = 1][a\tb\\n\nc\rd\\][][caf\xc3\xa9]");
    ui_history_keep("odd\tname", "its own");
    expect_history("odd\tname", "[its own]");
    expect_history("odd", "");
    struct stat s;
    assert_int_equal(stat(in_folder("nixie/history"), &s), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
    write_file("nixie/history", "filter\tends in \\\nfilter\todd \\q\nsearch\tx\nno tab\nfilter\tlast");
    expect_history("filter", "[ends in \\][odd q][last]"); /* somebody else wrote there */
}

static void secrets_and_long_lines_are_not_kept(void **state) {
    (void)state;
    unlink(in_folder("nixie/history"));
    char lengthy[4098];
    memset(lengthy, 'x', sizeof lengthy - 1);
    lengthy[sizeof lengthy - 1] = '\0';
    ui_history_keep("command", lengthy);
    static const char *const secret[] = {"Password = 'x'", "old_PASSWD", "postgresql://u:p@host/db", "see a://b and c://u:p@d"};
    static const char *const open[] = {"pass word", "postgresql://u@host:5432/db", "postgresql://host:5432/a@b", "a://b:c",
                                       "://", "", "postgresql://u@h/?a=b:c@d", "mailto:u:p@x"};
    for (size_t i = 0; i < NX_COUNT(secret); i++) {
        assert_true(ui_history_secret_line(secret[i]));
        ui_history_keep("command", secret[i]);
    }
    expect_history("command", "");
    for (size_t i = 0; i < NX_COUNT(open); i++) {
        assert_false(ui_history_secret_line(open[i]));
    }
    lengthy[4096] = '\0';
    ui_history_keep("command", lengthy);
    nx_buf_clear(&lines_read);
    ui_history_read("command", take_line);
    assert_int_equal(lines_read.len, 4098);
}

static void a_long_history_is_cut_back_to_its_newest_half(void **state) {
    (void)state;
    FILE *file = fopen(in_folder("nixie/history"), "w");
    assert_non_null(file);
    for (int i = 0; i < 40000; i++) {
        fprintf(file, "filter\tline %06d\n", i);
    }
    fclose(file);
    nx_buf_clear(&lines_read);
    nlines_read = 0;
    ui_history_read("filter", take_line);
    assert_non_null(strstr(lines_read.data, "[line 039999]"));
    assert_null(strstr(lines_read.data, "[line 000000]"));
    int before = nlines_read;
    struct stat s;
    assert_int_equal(stat(in_folder("nixie/history"), &s), 0);
    assert_in_range((size_t)s.st_size, 1 << 17, 1 << 18);
    assert_int_equal(s.st_mode & 0777, 0600);
    nx_buf_clear(&lines_read);
    nlines_read = 0;
    ui_history_read("filter", take_line);
    assert_in_range(nlines_read, before / 2 - 1, before / 2 + 1);
    assert_non_null(strstr(lines_read.data, "[line 039999]"));
    assert_int_equal(strncmp(lines_read.data, "[line ", 6), 0); /* whole lines */
}

/* One line that fills all of it cannot be cut back: it stays. */
static void a_history_without_lines_stays(void **state) {
    (void)state;
    FILE *file = fopen(in_folder("nixie/history"), "w");
    assert_non_null(file);
    for (int i = 0; i < 60000; i++) {
        fputs("0123456789", file);
    }
    fclose(file);
    expect_history("filter", "");
    struct stat s;
    assert_int_equal(stat(in_folder("nixie/history"), &s), 0);
    assert_int_equal(s.st_size, 600000);
    unlink(in_folder("nixie/history"));
}

static void without_a_folder_nothing_is_kept(void **state) {
    (void)state;
    setenv("XDG_STATE_HOME", "/dev/null", 1);
    ui_history_keep("filter", "id = 1");
    expect_history("filter", "");
    setenv("XDG_STATE_HOME", folder, 1);
    expect_history("filter", "");
}

/* --- exports --------------------------------------------------------------------------------------------------------- */

static bool write_export(ui_export_file *file, const char *text, nx_error *err) {
    nx_buf buf = NX_BUF;
    nx_buf_adds(&buf, text);
    bool good = ui_export_file_write(file, &buf, err);
    nx_buf_free(&buf);
    return good;
}

static void an_export_takes_its_place_when_it_is_whole(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    ui_export_file file;
    write_file("target", "old");
    assert_int_equal(chmod(in_folder("target"), 0640), 0);
    assert_int_equal(symlink("target", in_folder("link")), 0);
    assert_true(ui_export_file_open(&file, in_folder("link"), &err));
    assert_true(write_export(&file, "new ", &err));
    assert_true(write_export(&file, "", &err));
    assert_true(write_export(&file, "text", &err));
    assert_int_equal(file.bytes, 8);
    expect_file("target", "old"); /* until it is finished */
    assert_true(ui_export_file_finish(&file, &err));
    expect_file("target", "new text");
    struct stat s;
    assert_int_equal(lstat(in_folder("link"), &s), 0);
    assert_true(S_ISLNK(s.st_mode)); /* what it leads to was written */
    assert_int_equal(stat(in_folder("target"), &s), 0);
    assert_int_equal(s.st_mode & 0777, 0640);

    assert_true(ui_export_file_open(&file, in_folder("target"), &err));
    assert_true(write_export(&file, "given up", &err));
    char temporary[160];
    snprintf(temporary, sizeof temporary, "%s", file.temporary);
    assert_int_equal(access(temporary, F_OK), 0);
    ui_export_file_drop(&file);
    assert_int_not_equal(access(temporary, F_OK), 0);
    expect_file("target", "new text");
}

static void an_export_that_cannot_be_written_says_so(void **state) {
    (void)state;
    static const struct {
        const char *path, *words;
    } closed[] = {{"/tmp", "could not write /tmp: Is a directory"},
                  {"/nowhere/at/all", "could not write /nowhere/at/all: No such file or directory"},
                  {"/dev/null/x", "could not write /dev/null/x: Not a directory"}};
    nx_error err = NX_ERROR;
    ui_export_file file;
    for (size_t i = 0; i < NX_COUNT(closed); i++) {
        assert_false(ui_export_file_open(&file, closed[i].path, &err));
        assert_string_equal(err.message, closed[i].words);
        assert_int_equal(file.fd, -1);
        assert_null(file.path);
        nx_error_clear(&err);
    }
    assert_true(ui_export_file_open(&file, "/dev/full", &err)); /* a device is written to as it is */
    assert_null(file.temporary);
    assert_false(write_export(&file, "x", &err));
    assert_string_equal(err.message, "could not write to /dev/full: No space left on device");
    assert_false(file.broken);
    nx_error_clear(&err);
    ui_export_file_drop(&file);
    assert_true(ui_export_file_open(&file, "/dev/null", &err));
    assert_true(write_export(&file, "x", &err));
    assert_true(ui_export_file_finish(&file, &err));
}

/* Its folder is gone meanwhile, or a folder has come where the file should be. */
static void an_export_whose_place_is_taken_leaves_nothing_behind(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    ui_export_file file;
    assert_true(ui_export_file_open(&file, in_folder("taken"), &err));
    assert_true(write_export(&file, "x", &err));
    assert_int_equal(mkdir(in_folder("taken"), 0700), 0);
    char temporary[160];
    snprintf(temporary, sizeof temporary, "%s", file.temporary);
    assert_false(ui_export_file_finish(&file, &err));
    assert_non_null(strstr(err.message, "Is a directory"));
    nx_error_clear(&err);
    assert_int_not_equal(access(temporary, F_OK), 0);
    rmdir(in_folder("taken"));
}

/* A reader that has what it wanted is no fault worth words. */
static void a_reader_that_went_is_told_apart(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    ui_export_file file;
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_true(ui_export_file_open(&file, NULL, &err));
    assert_int_equal(file.fd, STDOUT_FILENO);
    file.fd = ends[1];
    assert_false(write_export(&file, "x", &err));
    assert_true(file.broken);
    assert_non_null(strstr(err.message, "standard output"));
    nx_error_clear(&err);
    ui_export_file_drop(&file);
    close(ends[1]);
    signal(SIGPIPE, SIG_DFL);
}

/* --- other programs --------------------------------------------------------------------------------------------------- */

static int run_shell(const char *script, const char *input, nx_buf *output) {
    char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)script, NULL};
    return ui_child_run(&(ui_child){.argv = argv, .input = input, .input_len = input ? strlen(input) : 0, .output = output});
}

static void a_program_runs_to_its_end(void **state) {
    (void)state;
    setenv("PGHOST", "elsewhere", 1);
    setenv("NOT_PG", "kept", 1);
    nx_buf out = NX_BUF;
    assert_int_equal(run_shell("cat; echo $NOT_PG ${PGHOST-none} >&2; exit 3", "in ", &out), 3);
    assert_string_equal(out.data, "in kept none\n");
    unsetenv("PGHOST");
    unsetenv("NOT_PG");
    nx_buf_clear(&out);
    assert_int_equal(run_shell("cat; echo end", NULL, &out), 0); /* nothing to read */
    assert_string_equal(out.data, "end\n");
    nx_buf_free(&out);
    assert_int_equal(run_shell("echo unheard", NULL, NULL), 0);
    assert_int_equal(run_shell("kill -TERM $$", NULL, NULL), 128 + SIGTERM);
    char *nothing[] = {(char[]){"/nowhere/at/all"}, NULL};
    assert_int_equal(ui_child_run(&(ui_child){.argv = nothing}), 127);
}

/* More than a pipe holds: the program may read it when it likes. */
static void a_program_may_leave_its_input_unread(void **state) {
    (void)state;
    size_t len = 1 << 20;
    char *lengthy = malloc(len + 1);
    assert_non_null(lengthy);
    memset(lengthy, 'x', len);
    lengthy[len] = '\0';
    nx_buf out = NX_BUF;
    assert_int_equal(run_shell("exit 5", lengthy, NULL), 5);
    assert_int_equal(run_shell("wc -c", lengthy, &out), 0);
    assert_int_equal(atol(out.data), (long)len);
    nx_buf_free(&out);
    free(lengthy);
}

static void a_program_is_stopped_when_that_is_wished(void **state) {
    (void)state;
    char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char[]){"while :; do sleep 1; done"}, NULL};
    volatile int stop = 0;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[1]); /* whoever held it is gone */
    assert_int_equal(ui_child_run(&(ui_child){.argv = argv, .watch = &ends[0], .stop = &stop}), UI_CHILD_STOPPED);
    close(ends[0]);
    stop = 1;
    assert_int_equal(ui_child_run(&(ui_child){.argv = argv, .stop = &stop}), UI_CHILD_STOPPED);
    int none = -1;
    stop = 0;
    char *end[] = {(char[]){"true"}, NULL};
    assert_int_equal(ui_child_run(&(ui_child){.argv = end, .watch = &none, .stop = &stop}), 0);
}

/* --- the user's editor ------------------------------------------------------------------------------------------------- */

static void an_editors_own_line_end_is_taken_off(void **state) {
    (void)state;
    static const struct {
        const char *before, *script, *after; /* after NULL: refused */
        bool altered;
        const char *words;
    } cases[] = {
        {"one", "printf 'two\\n' >\"$1\"", "two", true, NULL},
        {"one", "printf 'one\\n' >\"$1\"", "one", false, NULL},
        {"one\n", "printf 'two\\n' >\"$1\"", "two\n", true, NULL},
        {"a\r\nb", "printf 'a\\r\\nc\\r\\n' >\"$1\"", "a\r\nc", true, NULL},
        {"a\r\nb", "printf 'a\\r\\nc\\n' >\"$1\"", "a\r\nc", true, NULL},
        {"one", ": >\"$1\"", "", true, NULL},
        {"", "printf 'x' >\"$1\"", "x", true, NULL},
        {"", "printf '\\n' >\"$1\"", "", false, NULL},
        {"a\r\nb", "printf '\\n' >\"$1\"", "", true, NULL},
        {"one", "printf 'a\\377b' >\"$1\"", NULL, false, "not valid UTF-8"},
        {"one", "printf 'a\\0b' >\"$1\"", NULL, false, "holds a NUL byte"},
        {"one", "rm \"$1\"; ln -s /dev/null \"$1\"", NULL, false, "left no file behind"},
        {"one", "exit 9", NULL, false, "ended with status 9"},
        {"one", "kill -KILL $$", NULL, false, "ended by signal 9"},
    };
    setenv("EDITOR", in_folder("editor"), 1);
    setenv("VISUAL", "", 1);
    setenv("TMPDIR", folder, 1);
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_buf text = NX_BUF, script = NX_BUF;
        nx_error err = NX_ERROR;
        bool altered = true;
        nx_buf_addf(&script, "#!/bin/sh\n%s\n", cases[i].script);
        write_file("editor", script.data);
        assert_int_equal(chmod(in_folder("editor"), 0700), 0);
        nx_buf_adds(&text, cases[i].before);
        assert_int_equal(ui_editor_run("txt", &text, &altered, &err), cases[i].after != NULL);
        assert_int_equal(altered, cases[i].altered);
        assert_string_equal(text.data ? text.data : "", cases[i].after ? cases[i].after : cases[i].before);
        assert_true(!cases[i].words || strstr(err.message, cases[i].words));
        nx_error_clear(&err);
        nx_buf_free(&text);
        nx_buf_free(&script);
    }
    assert_int_not_equal(system("ls -d \"$TMPDIR\"/nixie-??????"), 0); /* none of them is left */
}

static void without_a_place_for_it_no_editor_runs(void **state) {
    (void)state;
    nx_buf text = NX_BUF;
    nx_error err = NX_ERROR;
    bool altered;
    nx_buf_adds(&text, "kept");
    setenv("TMPDIR", "/nowhere/at/all", 1);
    assert_false(ui_editor_run("txt", &text, &altered, &err));
    assert_string_equal(err.message, "no temporary file for the editor: No such file or directory");
    assert_string_equal(text.data, "kept");
    nx_error_clear(&err);
    setenv("TMPDIR", "", 1); /* as if it were not there */
    setenv("VISUAL", "true", 1);
    assert_true(ui_editor_run("txt", &text, &altered, &err));
    assert_false(altered);
    unsetenv("TMPDIR");
    unsetenv("VISUAL");
    nx_buf_free(&text);
}

/* --- the config ------------------------------------------------------------------------------------------------------ */

static const nx_source sources[] = {{.host = "db.example.com"},
                                    {.host = "ep-cool-1.neon.tech", .endpoint = "ep-cool-1"},
                                    {.host = "/tmp", .local = true},
                                    {.local = true}};

static void settings_are_those_of_the_host(void **state) {
    (void)state;
    static const struct {
        const char *config;
        int source;
        const char *settings; /* p and r for what is set, and the label */
    } cases[] = {
        {"protected = true\nread_only=false", 0, "p "},
        {"[host \"db.*\"]\nread_only = true\nlabel = production", 0, "r production"},
        {"[host \"db.*\"]\nread_only = true\nlabel = production", 1, " "},
        {"[host\t\"ep-cool-?\"] # ours\n\tlabel\t=\t\"two words\"\t\n", 1, " two words"},
        {"[host\"localhost\"]\nlabel=here", 2, " here"},
        {"[host \"localhost\"]\nlabel=here#not this", 3, " here"},
        {"[host \"db.*\"]\nlabel=there\n[host \"*\"]\nprotected=true", 3, "p "}, /* it is localhost */
        {"[host \"*\"]\nprotected = true\n[host \"db*\"]\nprotected = false", 0, " "},
        {"label = \"\"", 0, " "},
        {"", 0, " "},
        {"\n\n# nothing\n \t\r\n", 0, " "},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_error err = NX_ERROR;
        ui_settings s;
        char found[64];
        assert_true(ui_config_parse(cases[i].config, "config", &sources[cases[i].source], &s, &err));
        snprintf(found, sizeof found, "%s%s %s", s.protected ? "p" : "", s.read_only ? "r" : "", s.label);
        assert_string_equal(found, cases[i].settings);
    }
}

static void a_config_that_is_wrong_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *config, *words;
    } cases[] = {
        {"label = \"1234567890123456789012345678901234567890\"", "line 1, column 9: too long"},
        {"label = 1234567890123456789012345678901234567890", "column 9: a word of at most 39 characters"},
        {"label = \"x\" y", "column 13: nothing more"},
        {"label = \"x", "column 9: a \" is missing"},
        {"protected = truly", "column 13: true or false"},
        {"protected = fals", "column 13: true or false"},
        {"protected = maybe", "column 13: true or false"},
        {"protected = prue", "column 13: true or false"},
        {"a_name_that_is_longer_than_any = 1", "column 1: unknown setting"},
        {"[hosts \"x\"]", "column 2: unknown section"},
        {"[host", "column 6: a pattern in quotes"},
        {"[host \"x\"] y", "column 12: nothing more"},
        {"= true", "column 1: unknown setting"},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_error err = NX_ERROR;
        ui_settings s;
        assert_false(ui_config_parse(cases[i].config, "config", &sources[0], &s, &err));
        if (!strstr(err.message, cases[i].words)) {
            fail_msg("%s: %s", cases[i].words, err.message);
        }
        nx_error_clear(&err);
    }
}

static void the_config_is_the_users_own_file(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    ui_settings s;
    char *home = getenv("HOME") ? strdup(getenv("HOME")) : NULL;
    unsetenv("XDG_CONFIG_HOME");
    setenv("HOME", folder, 1);
    assert_true(ui_config_read(&sources[0], &s, &err)); /* there is none */
    assert_false(s.protected);
    mkdir(in_folder(".config"), 0700);
    mkdir(in_folder(".config/nixie"), 0700);
    write_file(".config/nixie/config", "protected = true\n");
    assert_true(ui_config_read(&sources[0], &s, &err));
    assert_true(s.protected);
    static const char *const nowhere[] = {"", "relative", "/dev/null"};
    for (size_t i = 0; i < NX_COUNT(nowhere); i++) { /* what is no absolute path does not count */
        setenv("XDG_CONFIG_HOME", nowhere[i], 1);
        assert_true(ui_config_read(&sources[0], &s, &err));
        assert_int_equal(s.protected, nowhere[i][0] != '/');
    }
    unsetenv("XDG_CONFIG_HOME");
    setenv("HOME", "relative", 1);
    assert_true(ui_config_read(&sources[0], &s, &err));
    assert_false(s.protected);
    setenv("HOME", folder, 1);
    FILE *file = fopen(in_folder(".config/nixie/config"), "w");
    assert_non_null(file);
    for (int i = 0; i < 200000; i++) {
        fputs("# much\n", file);
    }
    fclose(file);
    assert_false(ui_config_read(&sources[0], &s, &err));
    assert_non_null(strstr(err.message, "too long for a config"));
    nx_error_clear(&err);
    unlink(in_folder(".config/nixie/config"));
    mkdir(in_folder(".config/nixie/config"), 0700);
    assert_false(ui_config_read(&sources[0], &s, &err));
    assert_non_null(strstr(err.message, "Is a directory"));
    nx_error_clear(&err);
    rmdir(in_folder(".config/nixie/config"));
    assert_int_equal(symlink("config", in_folder(".config/nixie/config")), 0); /* to itself */
    assert_false(ui_config_read(&sources[0], &s, &err));
    assert_non_null(strstr(err.message, "symbolic links"));
    nx_error_clear(&err);
    home ? setenv("HOME", home, 1) : unsetenv("HOME");
    free(home);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(lines_are_kept_as_they_were_typed),
    cmocka_unit_test(secrets_and_long_lines_are_not_kept),
    cmocka_unit_test(a_long_history_is_cut_back_to_its_newest_half),
    cmocka_unit_test(a_history_without_lines_stays),
    cmocka_unit_test(without_a_folder_nothing_is_kept),
    cmocka_unit_test(an_export_takes_its_place_when_it_is_whole),
    cmocka_unit_test(an_export_that_cannot_be_written_says_so),
    cmocka_unit_test(an_export_whose_place_is_taken_leaves_nothing_behind),
    cmocka_unit_test(a_reader_that_went_is_told_apart),
    cmocka_unit_test(a_program_runs_to_its_end),
    cmocka_unit_test(a_program_may_leave_its_input_unread),
    cmocka_unit_test(a_program_is_stopped_when_that_is_wished),
    cmocka_unit_test(an_editors_own_line_end_is_taken_off),
    cmocka_unit_test(without_a_place_for_it_no_editor_runs),
    cmocka_unit_test(settings_are_those_of_the_host),
    cmocka_unit_test(a_config_that_is_wrong_is_refused),
    cmocka_unit_test(the_config_is_the_users_own_file),
};

LAB_MAIN(tests, setup, teardown)
