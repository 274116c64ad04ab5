/* Hosts that are protected or read-only, through the real screen. */
#include <sys/stat.h>

#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static char *database, home[] = "/tmp/nixie-protect-XXXXXX", environment[64];

static int setup(void **state) {
    char folder[64];
    assert_non_null(mkdtemp(home));
    snprintf(folder, sizeof folder, "%s/nixie", home);
    mkdir(folder, 0700);
    snprintf(environment, sizeof environment, "XDG_CONFIG_HOME=%s", home);
    group_open(state);
    database = lab_query(url, "SELECT current_database()");
    return 0;
}

static int teardown(void **state) {
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", home);
    group_close(state);
    free(database);
    return system(command);
}

static screen *start_with(const char *config, const char *option) {
    char path[64];
    snprintf(path, sizeof path, "%s/nixie/config", home);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(config, file);
    fclose(file);
    hands_make_e(url);
    const char *const argv[] = {screen_program(), "--url", url, "e", option, NULL};
    screen *s = screen_start(24, 120, argv, (const char *[]){environment, NULL});
    screen_wait(s, "three");
    return s;
}

static void saving_on_a_protected_host_asks_for_the_databases_name(void **state) {
    (void)state;
    screen *s = start_with("[host \"localhost\"]\nprotected = true\nlabel = production\n", NULL);
    screen_wait_line(s, 0, "production · protected");
    screen_type(s, "l");
    hands_edit(s, "uno");
    screen_type(s, "W");
    screen_wait(s, "not saved yet");
    screen_type(s, "W");
    screen_wait(s, "type the database's name");
    screen_type(s, "shop<Enter>");
    screen_wait_line(s, -1, "nothing was saved: this is not the database's name");
    screen_type(s, "W");
    screen_wait(s, "type the database's name");
    screen_type(s, "<C-g>");
    screen_wait_line(s, -1, "nothing was saved");
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "one");
    screen_type(s, "W");
    screen_wait(s, "type the database's name");
    screen_type(s, database);
    screen_type(s, "<Enter>");
    screen_wait_line(s, -1, "saved 1 change");
    hands_assert_value(url, "SELECT t FROM e WHERE id = 1", "uno");
    hands_quit(s);
}

static void a_config_that_is_wrong_is_told_and_protects(void **state) {
    (void)state;
    screen *s = start_with("protcted = true\n", NULL);
    screen_wait_line(s, 0, "protected");
    screen_wait_line(s, -1, "line 1, column 1: unknown setting");
    hands_quit(s);
}

/* Every key that would stage something, in the grid, the record and the value. */
static void refuses_everywhere(screen *s, const char *why) {
    static const char *const keys[] = {"e", "a", "o", "d", "x", "D"};
    screen_type(s, "l");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        screen_type(s, keys[i]);
        screen_wait_line(s, -1, why);
        screen_type(s, "<Left><Right>");
        screen_wait_gone(s, why);
    }
    screen_type(s, "<Enter>");
    screen_wait(s, "one");
    static const char *const record[] = {"e", "a", "d", "x", "D"};
    for (size_t i = 0; i < sizeof record / sizeof *record; i++) {
        screen_type(s, record[i]);
        screen_wait_line(s, -1, why);
        screen_type(s, "<Down><Up>");
        screen_wait_gone(s, why);
    }
    screen_type(s, "qz");
    screen_wait(s, "line 1 of 1");
    screen_type(s, "e");
    screen_wait_line(s, -1, why);
    assert_false(screen_has(s, "1 staged"));
}

static void what_is_read_only_refuses_before_anything_is_typed(void **state) {
    (void)state;
    screen *s = start_with("", "--read-only");
    screen_wait_line(s, 0, "read-only");
    refuses_everywhere(s, "nixie was started with --read-only");
    hands_quit(s);
    s = start_with("read_only = true\n", NULL);
    screen_wait_line(s, 0, "read-only");
    refuses_everywhere(s, "the config says that this host is read-only");
    hands_quit(s);
}

static void a_server_that_turns_read_only_is_noticed(void **state) {
    (void)state;
    screen *s = start_with("", NULL);
    screen_wait_line(s, 0, "read-write");
    screen_type(s, "l");
    hands_edit(s, "uno");
    char *sql = lab_query(url, "SELECT format('CREATE FUNCTION halt() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE"
                               " SQLSTATE ''25006'' USING MESSAGE = ''cannot execute UPDATE in a read-only transaction'';"
                               " END$$; CREATE TRIGGER halt BEFORE UPDATE ON e EXECUTE FUNCTION halt()')");
    lab_sql(url, sql);
    free(sql);
    screen_type(s, "WW");
    screen_wait(s, "not saved: cannot execute UPDATE in a read-only transaction");
    screen_wait_line(s, 0, "read-only");
    screen_type(s, "qje");
    screen_wait_line(s, -1, "the server has become read-only");
    hands_abandon(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(saving_on_a_protected_host_asks_for_the_databases_name),
    cmocka_unit_test(a_config_that_is_wrong_is_told_and_protects),
    cmocka_unit_test(what_is_read_only_refuses_before_anything_is_typed),
    cmocka_unit_test(a_server_that_turns_read_only_is_noticed),
};

LAB_MAIN(tests, setup, teardown)
