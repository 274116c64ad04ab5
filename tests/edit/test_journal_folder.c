/* Where the journal lies: folders and files that others could have written are not trusted. No server. */
#include <sys/stat.h>
#include <unistd.h>

#include "kept.h"
#include "lab/test.h"

static void expect_refused(kept *k, const char *part) {
    nx_error err = NX_ERROR;
    assert_false(kept_edit(k, "1", 1, "x", &err));
    assert_int_equal(err.kind, NX_ERR_SYSTEM);
    if (!strstr(err.message, part) || strncmp(err.message, "nothing was staged: the journal ", 32) != 0) {
        fail_msg("%s", err.message);
    }
    assert_non_null(err.hint);
    assert_int_equal(nx_changeset_count(k->set), 0);
    nx_error_clear(&err);
}

static void parent_of(const kept *k, char *parent) {
    snprintf(parent, 64, "%s", k->folder);
    *strrchr(parent, '/') = '\0';
}

static void a_folder_that_is_not_the_users_alone_is_refused(void **state) {
    kept *k = *state;
    char parent[64];
    parent_of(k, parent);
    kept_write(parent, "", 0);
    expect_refused(k, "Not a directory");
    unlink(parent);
    assert_int_equal(symlink("/tmp", parent), 0);
    expect_refused(k, "is a symbolic link");
    unlink(parent);
    assert_int_equal(mkdir(parent, 0700), 0);
    assert_int_equal(symlink("/tmp", k->folder), 0);
    expect_refused(k, "is a symbolic link");
    unlink(k->folder);
    assert_int_equal(mkdir(k->folder, 0700), 0);
    assert_int_equal(chmod(k->folder, 0770), 0);
    expect_refused(k, "can be written by others");
    assert_int_equal(chmod(k->folder, 0700), 0);
    assert_int_equal(chmod(parent, 0777), 0);
    expect_refused(k, "can be written by others");
    assert_int_equal(chmod(parent, 0700), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(k->folder, 12345, 12345), 0);
        expect_refused(k, "belongs to somebody else");
        assert_int_equal(chown(k->folder, 0, 0), 0);
    }
    assert_true(kept_edit(k, "1", 1, "x", NULL)); /* mended meanwhile: it goes on */
}

static void folder_and_file_are_the_users_alone(void **state) {
    kept *k = *state;
    umask(0);
    assert_true(kept_edit(k, "1", 1, "x", NULL));
    umask(022);
    char *path = kept_file(k->folder);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(stat(k->folder, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_string_equal(nx_journal_path(k->journal), path);
    free(path);
}

static void a_file_that_somebody_else_could_have_written_is_left_alone(void **state) {
    kept *k = *state;
    assert_true(kept_edit(k, "1", 1, "x", NULL));
    kept_crash(k);
    char *path = kept_file(k->folder), away[80];
    snprintf(away, sizeof away, "%s-away", k->folder);
    assert_int_equal(chmod(path, 0644), 0);
    assert_null(kept_orphan(k, k->folder));
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(link(path, away), 0);
    assert_null(kept_orphan(k, k->folder));
    unlink(path);
    assert_int_equal(symlink(away, path), 0);
    assert_null(kept_orphan(k, k->folder));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_null(kept_orphan(k, k->folder)); /* and does not wait for a writer */
    assert_int_equal(rename(away, path), 0);
    nx_orphan *orphan = kept_orphan(k, k->folder);
    assert_non_null(orphan);
    nx_orphan_free(orphan);
    free(path);
}

static void without_a_folder_nothing_can_be_staged(void **state) {
    kept *k = *state;
    nx_journal *none = nx_journal_new(NULL, &k->server);
    nx_error err = NX_ERROR;
    nx_changeset_journal(k->set, none);
    assert_false(kept_edit(k, "1", 1, "x", &err));
    assert_non_null(strstr(err.message, "neither XDG_STATE_HOME nor HOME"));
    assert_int_equal(nx_changeset_insert(k->set, &k->model, NULL), 0);
    assert_int_equal(nx_changeset_count(k->set), 0);
    nx_error_clear(&err);
    nx_changeset_journal(k->set, k->journal);
    nx_journal_free(none);
}

static void keep_environment(const char *name, char **value) { *value = getenv(name) ? strdup(getenv(name)) : NULL; }

static void set_environment(const char *name, const char *value) {
    assert_int_equal(value ? setenv(name, value, 1) : unsetenv(name), 0);
}

/* Where the user's state belongs; a relative folder is to be ignored. */
static void the_default_folder_goes_by_the_environment(void **state) {
    (void)state;
    static const struct {
        const char *state_home, *home, *folder;
    } cases[] = {
        {"/s", "/h", "/s/nixie/journal"},     {"s", "/h", "/h/.local/state/nixie/journal"},
        {"", "/h", "/h/.local/state/nixie/journal"}, {NULL, "/h", "/h/.local/state/nixie/journal"},
        {NULL, "", NULL}, {NULL, NULL, NULL}, {"s", NULL, NULL},
    };
    char *state_home, *home;
    keep_environment("XDG_STATE_HOME", &state_home);
    keep_environment("HOME", &home);
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        set_environment("XDG_STATE_HOME", cases[i].state_home);
        set_environment("HOME", cases[i].home);
        char *folder = nx_journal_default_folder();
        set_environment("XDG_STATE_HOME", state_home);
        set_environment("HOME", home);
        assert_int_equal(folder == NULL, cases[i].folder == NULL);
        assert_true(!folder || strcmp(folder, cases[i].folder) == 0);
        free(folder);
    }
    free(state_home);
    free(home);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, kept_setup, kept_teardown)

static const struct CMUnitTest tests[] = {
    CASE(a_folder_that_is_not_the_users_alone_is_refused),
    CASE(folder_and_file_are_the_users_alone),
    CASE(a_file_that_somebody_else_could_have_written_is_left_alone),
    CASE(without_a_folder_nothing_can_be_staged),
    cmocka_unit_test(the_default_folder_goes_by_the_environment),
};

LAB_MAIN(tests, NULL, NULL)
