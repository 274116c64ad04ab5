/* A password goes to the server and nowhere else: not to the screen, the arguments, the files that nixie keeps, or a copy. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"

#define SECRET "canary-in-the-mine"

static char root[40], state_home[64], cache_home[64];

static int setup(void **state) {
    group_open(state);
    hands_make_e(url);
    snprintf(root, sizeof root, "/tmp/nixie-secrets-XXXXXX");
    assert_non_null(mkdtemp(root));
    snprintf(state_home, sizeof state_home, "XDG_STATE_HOME=%s", root);
    snprintf(cache_home, sizeof cache_home, "XDG_CACHE_HOME=%s", root);
    return 0;
}

static int teardown(void **state) {
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", root);
    group_close(state);
    return system(command);
}

/* The same address with the password in it: postgresql://postgres:SECRET@... */
static char *with_password(void) {
    nx_buf out = NX_BUF;
    const char *at = strchr(url, '@');
    assert_non_null(at);
    nx_buf_add(&out, url, (size_t)(at - url));
    nx_buf_adds(&out, ":" SECRET);
    nx_buf_adds(&out, at);
    return nx_buf_take(&out);
}

static void assert_not_in_arguments(const screen *s) {
    char path[40], text[4096];
    snprintf(path, sizeof path, "/proc/%d/cmdline", screen_pid(s));
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    assert_true(n > 0);
    assert_null(memmem(text, n, SECRET, strlen(SECRET)));
}

static void assert_not_kept(void) {
    char command[160];
    snprintf(command, sizeof command, "find %s -type f | grep -q . && ! grep -rqs %s %s", root, SECRET, root);
    assert_int_equal(system(command), 0); /* there are files, and it is in none of them */
    snprintf(command, sizeof command, "find %s -type f -perm /077 | grep -q .", root);
    assert_int_not_equal(system(command), 0); /* the user's alone */
}

static void a_password_is_nowhere_but_on_its_way(void **state) {
    (void)state;
    char *address = with_password();
    const char *const argv[] = {screen_program(), "--url", address, "e", NULL};
    screen *s = screen_start(24, 110, argv, (const char *[]){state_home, cache_home, NULL});
    screen_wait(s, "three");
    assert_not_in_arguments(s);
    screen_type(s, "l");
    hands_edit(s, "uno");
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, "/t = '" SECRET "'<Enter>"); /* typed by the user: a filter, which the history keeps */
    screen_wait(s, "0 rows");
    screen_type(s, "\\:set x " "postgresql://u:" SECRET "@h/db<Enter>"); /* a line with a URL is not kept */
    screen_type(s, "<Esc>~");
    screen_wait(s, "statements");
    screen_type(s, "q:quit<Enter>");
    screen_wait(s, "Quit?");
    screen_type(s, "<Enter>"); /* keep */
    size_t len;
    const char *bytes = screen_bytes(s, &len);
    assert_null(memmem(bytes, len, ":" SECRET "@/", strlen(SECRET) + 3)); /* the address was never shown */
    hands_ended(s, 0);
    free(address);
}

static void what_is_kept_on_disk_has_no_password(void **state) {
    (void)state;
    char *address = with_password();
    const char *const argv[] = {screen_program(), "--url", address, "e", NULL};
    screen *s = screen_start(24, 110, argv, (const char *[]){state_home, cache_home, NULL});
    screen_wait(s, "Unsaved changes of ");
    screen_type(s, "<Enter>");
    screen_wait_line(s, 0, "1 staged");
    hands_save(s);
    hands_quit(s);
    char command[120]; /* but for the line that the user typed as a filter */
    snprintf(command, sizeof command, "sed -i \"/t = '%s'/d\" %s/nixie/history", SECRET, root);
    assert_int_equal(system(command), 0);
    assert_not_kept();
    free(address);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_password_is_nowhere_but_on_its_way),
    cmocka_unit_test(what_is_kept_on_disk_has_no_password),
};

LAB_MAIN(tests, setup, teardown)
