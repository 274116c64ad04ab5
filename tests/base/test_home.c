/* nixie's own folders and files: the user's alone, and whole or as they were. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/fault.h"
#include "lab/test.h"
#include "nixie/home.h"

typedef struct home {
    char root[32], folder[64];
} home;

static int make_home(void **state) {
    home *h = *state = calloc(1, sizeof *h);
    snprintf(h->root, sizeof h->root, "/tmp/nixie-home-XXXXXX");
    assert_non_null(mkdtemp(h->root));
    snprintf(h->folder, sizeof h->folder, "%s/a/nixie", h->root);
    return 0;
}

static int remove_home(void **state) {
    home *h = *state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", h->root);
    assert_int_equal(system(command), 0);
    unsetenv("NIXIE_TEST_HOME");
    free(h);
    return 0;
}

static int open_folder(const home *h) {
    char named[64];
    snprintf(named, sizeof named, "%s/a", h->root);
    setenv("NIXIE_TEST_HOME", named, 1);
    return nx_home_folder("NIXIE_TEST_HOME", ".none");
}

static void a_folder_is_made_for_the_user_alone(void **state) {
    home *h = *state;
    struct stat st;
    int fd = open_folder(h);
    assert_true(fd >= 0);
    assert_int_equal(stat(h->folder, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    close(fd);
    chmod(h->folder, 0770);
    assert_int_equal(open_folder(h), -1);
    chmod(h->folder, 0702);
    assert_int_equal(open_folder(h), -1);
    chmod(h->folder, 0700);
    lab_fault(NULL, "fstat:1:EIO");
    assert_int_equal(open_folder(h), -1);
    lab_fault(NULL, "open:1:EMFILE");
    assert_int_equal(open_folder(h), -1);
    lab_fault(NULL, "realloc:1:ENOMEM");
    assert_int_equal(open_folder(h), -1);
    lab_fault(NULL, NULL);
    if (geteuid() == 0) {
        assert_int_equal(chown(h->folder, 12345, 12345), 0);
        assert_int_equal(open_folder(h), -1);
    }
}

static void where_the_folder_is(void **state) {
    home *h = *state;
    static const struct {
        const char *named, *home; /* %s: the test's folder */
        const char *made;         /* below it; NULL: there is no place */
    } cases[] = {
        {"%s/x", "%s/y", "x/nixie"}, {"relative", "%s/y", "y/.fall/nixie"}, {NULL, "%s/y", "y/.fall/nixie"},
        {NULL, "relative", NULL},    {NULL, NULL, NULL},
    };
    char *kept = getenv("HOME") ? strdup(getenv("HOME")) : NULL, text[100];
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        const char *const values[] = {cases[i].named, cases[i].home};
        static const char *const names[] = {"NIXIE_TEST_HOME", "HOME"};
        for (size_t k = 0; k < 2; k++) {
            unsetenv(names[k]);
            if (values[k]) {
                bool whole = *values[k] == '%';
                snprintf(text, sizeof text, "%s%s", whole ? h->root : "", whole ? values[k] + 2 : values[k]);
                setenv(names[k], text, 1);
            }
        }
        int fd = nx_home_folder("NIXIE_TEST_HOME", ".fall");
        assert_int_equal(fd >= 0, cases[i].made != NULL);
        if (fd >= 0) {
            snprintf(text, sizeof text, "%s/%s", h->root, cases[i].made);
            assert_int_equal(access(text, X_OK), 0);
            close(fd);
        }
    }
    unsetenv("HOME");
    if (kept) {
        setenv("HOME", kept, 1);
    }
    free(kept);
}

/* The file's text as it is read, malloc'ed; NULL when it cannot be. */
static char *text_of(int folder, const char *name, size_t most) {
    nx_buf out = NX_BUF;
    int fd = nx_home_open(folder, name, O_RDONLY);
    bool good = fd >= 0 && nx_home_read(fd, &out, most);
    char *text = good ? nx_buf_take(&out) : NULL;
    nx_buf_free(&out);
    return text;
}

static void expect_text(int folder, const char *name, const char *expected) {
    char *text = text_of(folder, name, 100000);
    if (expected) {
        assert_non_null(text);
        assert_string_equal(text, expected);
    } else {
        assert_null(text);
    }
    free(text);
}

static void a_file_is_replaced_whole_or_stays_as_it_was(void **state) {
    static const struct {
        const char *fault;
        bool good;
    } cases[] = {
        {"write:1:half", true},    {"write:1:EINTR", true},    {"write:1:ENOSPC", false}, {"write:1:half,write:2:ENOSPC", false},
        {"openat:1:EMFILE", false}, {"fstat:1:EIO", false},    {"close:1:EIO", false},    {"renameat:1:EACCES", false},
    };
    home *h = *state;
    int folder = open_folder(h);
    assert_true(nx_home_replace(folder, "f", "first", 5));
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        char text[16], *there;
        snprintf(text, sizeof text, "text %zu", i);
        there = text_of(folder, "f", 100);
        lab_fault(NULL, cases[i].fault);
        bool good = nx_home_replace(folder, "f", text, strlen(text));
        assert_true(lab_faults_struck(NULL) > 0);
        lab_fault(NULL, NULL);
        assert_int_equal(good, cases[i].good);
        expect_text(folder, "f", good ? text : there);
        char command[128];
        snprintf(command, sizeof command, "test \"$(ls %s)\" = f", h->folder); /* no draft is left beside it */
        assert_int_equal(system(command), 0);
        free(there);
    }
    close(folder);
}

static void a_file_is_read_whole_or_not_at_all(void **state) {
    home *h = *state;
    int folder = open_folder(h);
    char *large = calloc(1, 40001);
    memset(large, 'x', 40000);
    assert_true(nx_home_replace(folder, "f", large, 40000));
    static const struct {
        const char *fault;
        size_t most;
        bool good;
    } cases[] = {
        {NULL, 40000, true},          {NULL, 39999, false},         {NULL, 16384, false},         {"read:1:half", 40000, true},
        {"read:2:EINTR", 40000, true}, {"read:1:EIO", 40000, false}, {"read:3:EIO", 40000, false}, {"realloc:1:ENOMEM", 40000, false},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        lab_fault(NULL, cases[i].fault);
        char *text = text_of(folder, "f", cases[i].most);
        lab_fault(NULL, NULL);
        assert_int_equal(text != NULL, cases[i].good);
        assert_true(!text || strcmp(text, large) == 0);
        free(text);
    }
    free(large);
    close(folder);
}

static void a_file_that_others_could_have_made_is_not_opened(void **state) {
    home *h = *state;
    int folder = open_folder(h);
    assert_true(nx_home_replace(folder, "f", "mine", 4));
    expect_text(folder, "none", NULL);
    assert_int_equal(fchmodat(folder, "f", 0620, 0), 0);
    expect_text(folder, "f", NULL);
    assert_int_equal(fchmodat(folder, "f", 0600, 0), 0);
    assert_int_equal(linkat(folder, "f", folder, "two", 0), 0);
    expect_text(folder, "f", NULL);
    assert_int_equal(unlinkat(folder, "two", 0), 0);
    assert_int_equal(symlinkat("f", folder, "link"), 0);
    expect_text(folder, "link", NULL);
    assert_int_equal(mkdirat(folder, "sub", 0700), 0);
    expect_text(folder, "sub", NULL);
    assert_int_equal(mkfifoat(folder, "pipe", 0600), 0);
    expect_text(folder, "pipe", NULL);
    expect_text(folder, "f", "mine");
    close(folder);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, make_home, remove_home)

static const struct CMUnitTest tests[] = {
    CASE(a_folder_is_made_for_the_user_alone), CASE(where_the_folder_is),
    CASE(a_file_is_replaced_whole_or_stays_as_it_was), CASE(a_file_is_read_whole_or_not_at_all),
    CASE(a_file_that_others_could_have_made_is_not_opened),
};

LAB_MAIN(tests, NULL, NULL)
