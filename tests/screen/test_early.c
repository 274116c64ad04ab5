/* What one sees and can do before the server has said that what was kept of its catalog is still true. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static char root[40], cache[60];
static lab_proxy *proxy;

static int setup(void **state) {
    strcpy(root, "/tmp/nixie-cache-XXXXXX");
    assert_non_null(mkdtemp(root));
    snprintf(cache, sizeof cache, "XDG_CACHE_HOME=%s", root);
    group_open_sample(state);
    proxy = lab_proxy_start(url);
    return 0;
}

static int teardown(void **state) {
    char remove[60];
    lab_proxy_stop(proxy);
    group_close(state);
    snprintf(remove, sizeof remove, "rm -rf %s", root);
    return system(remove);
}

static screen *start(void) {
    const char *const argv[] = {screen_program(), "--url", lab_proxy_url(proxy), "Post", NULL};
    return screen_start(24, 110, argv, (const char *[]){cache, NULL});
}

/* A start that leaves what the next one goes by. */
static void start_and_leave(void) {
    screen *s = start();
    screen_wait(s, "Hello");
    hands_quit(s);
}

/* The server does not answer yet. */
static screen *start_in_the_dark(void) {
    lab_proxy_fault(proxy, "blackhole");
    screen *s = start();
    screen_wait(s, "reading the catalog");
    return s;
}

static void nothing_unproven_is_shown(void **state) {
    (void)state;
    start_and_leave();
    screen *s = start_in_the_dark();
    screen_pass(s, 1000);
    assert_false(screen_has(s, "title") || screen_has(s, "viewCount") || screen_has(s, "Post"));
    lab_sql(url, "ALTER TABLE \"Post\" RENAME title TO headline; UPDATE \"Post\" SET headline = 'Hello again' WHERE id = 1");
    lab_proxy_fault(proxy, "pass");
    screen_wait(s, "Hello again");
    screen_wait(s, "headline");
    size_t len;
    const char *bytes = screen_bytes(s, &len);
    assert_null(memmem(bytes, len, "title", 5)); /* not for a moment */
    hands_quit(s);
}

/* None of them reaches rows that nobody can see; what they open instead does no harm. */
static void keys_do_not_reach_what_is_unproven(void **state) {
    (void)state;
    static const char *const typed[] = {"<A-Right>iFfMcoaduWssxXyYgG<C-f><C-b>vVwR:label title<Enter>:Post<Enter><A-Right>",
                                        ":log<Enter><A-Right><BS>"};
    start_and_leave();
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        screen *s = start_in_the_dark();
        screen_pass(s, 500); /* keys are held back for the rows no longer than 400 ms */
        screen_type(s, typed[i]);
        screen_rest(s);
        assert_false(screen_has(s, "headline"));
        lab_proxy_fault(proxy, "pass");
        screen_wait(s, "Hello again");
        hands_quit(s);
    }
}

static void one_can_leave_in_the_dark(void **state) {
    (void)state;
    screen *s = start_in_the_dark();
    screen_pass(s, 500); /* keys are held back for 400 ms */
    hands_quit(s);
    lab_proxy_fault(proxy, "pass");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(nothing_unproven_is_shown),
    cmocka_unit_test(keys_do_not_reach_what_is_unproven),
    cmocka_unit_test(one_can_leave_in_the_dark),
};

LAB_MAIN(tests, setup, teardown)
