/* The config of hosts: what it says, and where it is wrong. */
#include <sys/stat.h>

#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "run.h"

static char home[] = "/tmp/nixie-config-XXXXXX", environment[64];

static int setup(void **state) {
    char folder[64];
    assert_non_null(mkdtemp(home));
    snprintf(folder, sizeof folder, "%s/nixie", home);
    mkdir(folder, 0700);
    snprintf(environment, sizeof environment, "XDG_CONFIG_HOME=%s", home);
    group_open(state);
    return 0;
}

static int teardown(void **state) {
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", home);
    group_close(state);
    return system(command);
}

static run models_with(const char *config) {
    char path[64];
    snprintf(path, sizeof path, "%s/nixie/config", home);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(config, file);
    fclose(file);
    return nixie_argv(url, (const char *const[]){"check", NULL}, (const char *const[]){environment, NULL});
}

static void what_is_wrong_is_told_with_its_place(void **state) {
    (void)state;
    static const struct {
        const char *config, *place;
    } wrong[] = {
        {"protect = true\n", "line 1, column 1: unknown setting"},
        {"# fine\n[host \"x\"]\n  protected = yes\n", "line 3, column 15: true or false is expected"},
        {"[host x]\n", "line 1, column 7: a pattern in quotes is expected"},
        {"[host \"x\n", "line 1, column 7: a \" is missing at the end"},
        {"[host \"x\" protected\n", "line 1, column 11: a ] is missing"},
        {"[server \"x\"]\n", "line 1, column 2: unknown section"},
        {"label\n", "line 1, column 6: a = is expected"},
        {"read_only = true false\n", "line 1, column 18: nothing more is expected here"},
        {"label =\n", "line 1, column 8: a word"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        run r = models_with(wrong[i].config);
        expect_status(&r, 2);
        assert_string_equal(r.out, "");
        if (!strstr(r.err, wrong[i].place)) {
            fail_msg("%s: %s", wrong[i].place, r.err);
        }
        assert_non_null(strstr(r.err, "hint: "));
        run_free(&r);
    }
}

static void read_only_hosts_are_read_only(void **state) {
    (void)state;
    static const struct {
        const char *config, *read_only;
    } right[] = {
        {"", "false"},
        {"[host \"ep-cool-*\"]\nread_only = true\n", "false"},
        {"\n  # local ones\r\n[host \"local*\"]\r\n  read_only = true # and so\n  label = \"my own\"\n", "true"},
        {"read_only = true\n[host \"/tmp/*\"]\nread_only = false", "false"},
        {"read_only = true", "true"},
    };
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        run r = models_with(right[i].config);
        expect_status(&r, 0);
        expect_jq(r.out, ".read_only", right[i].read_only);
        run_free(&r);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_wrong_is_told_with_its_place),
    cmocka_unit_test(read_only_hosts_are_read_only),
};

LAB_MAIN(tests, setup, teardown)
