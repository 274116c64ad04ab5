/* The field that tells records of a model apart is chosen, and remembered. */
#include <sys/stat.h>
#include <unistd.h>

#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static char state_folder[] = "/tmp/nixie-labels-XXXXXX", home[80];

static int setup(void **state) {
    group_open(state);
    lab_sql(url, "CREATE TABLE owner (id int PRIMARY KEY, name text, email text, joined date, meta jsonb);"
                 "INSERT INTO owner VALUES (1, 'Ada', 'ada@x.org', '1815-12-10'), (2, 'Grace', 'grace@x.org', '1906-12-09');"
                 "CREATE TABLE item (id int PRIMARY KEY, owner_id int REFERENCES owner);"
                 "INSERT INTO item VALUES (1, 1), (2, 2); ANALYZE");
    assert_non_null(mkdtemp(state_folder));
    snprintf(home, sizeof home, "XDG_STATE_HOME=%s", state_folder);
    return 0;
}

static int teardown(void **state) {
    char command[120];
    snprintf(command, sizeof command, "rm -r %s", state_folder);
    assert_int_equal(system(command), 0);
    group_close(state);
    return 0;
}

static screen *start(const char *model) {
    const char *argv[] = {screen_program(), "--url", url, model, NULL};
    return screen_start(24, 130, argv, (const char *[]){home, NULL});
}

static void labels_are_chosen_and_remembered(void **state) {
    (void)state;
    screen *s = start("item");
    screen_wait(s, "1 → Ada");
    screen_type(s, ":owner<Enter>");
    screen_wait(s, "ada@x.org");
    screen_type(s, ":label em<Tab><Enter>");
    screen_wait_line(s, -1, "records of owner are told by email");
    screen_type(s, "<BS>"); /* what stands open has it already */
    screen_wait(s, "1 → ada@x.org");
    hands_quit(s);

    char path[120];
    struct stat file;
    snprintf(path, sizeof path, "%s/nixie/labels", state_folder);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);

    s = start("item"); /* the next time */
    screen_wait(s, "1 → ada@x.org");
    screen_type(s, ":owner<Enter>");
    screen_wait(s, "Grace");
    screen_type(s, ":label<Enter>"); /* the rule again */
    screen_wait_line(s, -1, "told by name, by the rule");
    hands_quit(s);

    s = start("item");
    screen_wait(s, "1 → Ada");
    hands_quit(s);
}

static void every_place_has_the_chosen_label(void **state) {
    (void)state;
    screen *s = start("owner");
    screen_wait(s, "Grace");
    screen_type(s, ":label joined<Enter>"); /* no text */
    screen_wait_line(s, -1, "records of owner are told by joined");
    screen_type(s, ":item<Enter>");
    screen_wait(s, "1 → 1815-12-10");
    screen_type(s, "<Enter>"); /* the record's reference */
    screen_wait(s, "1 → 1815-12-10");
    screen_type(s, "<BS>");
    screen_wait(s, "2 → 1906-12-09");
    screen_type(s, "$e1906"); /* found by it */
    screen_wait(s, "▸ 2  1906-12-09");
    screen_type(s, "<Enter>");
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, ":owner<Enter>");
    screen_wait(s, "ada@x.org");
    screen_type(s, ":label<Enter>");
    screen_wait_line(s, -1, "told by name, by the rule");
    hands_abandon(s);
}

static void what_cannot_be_a_label_is_refused(void **state) {
    (void)state;
    screen *s = start("owner");
    screen_wait(s, "Grace");
    screen_type(s, ":label nothing<Enter>");
    screen_wait_line(s, -1, "no field");
    screen_type(s, ":label id<Enter>");
    screen_wait_line(s, -1, "id cannot be the label: it is the key");
    screen_type(s, ":label meta<Enter>");
    screen_wait_line(s, -1, "meta cannot be the label: a label is a short text");
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(labels_are_chosen_and_remembered),
    cmocka_unit_test(every_place_has_the_chosen_label),
    cmocka_unit_test(what_cannot_be_a_label_is_refused),
};

LAB_MAIN(tests, setup, teardown)
