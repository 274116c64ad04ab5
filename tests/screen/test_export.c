/* Exporting the rows of the grid: its filter, order and fields. */
#include <sys/stat.h>
#include <unistd.h>

#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static char folder[] = "/tmp/nixie-export-XXXXXX", path[64];

static int setup(void **state) {
    group_open(state);
    lab_sql(url, "CREATE TABLE item (id int PRIMARY KEY, name text, n int);"
                 "INSERT INTO item SELECT i, 'item ' || i, i % 10 FROM generate_series(1, 5000) i;"
                 "CREATE FUNCTION slow(int) RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT pg_sleep(CASE WHEN $1 > 900 THEN 60 ELSE 0 END) IS NOT NULL';"
                 "CREATE TABLE wait (id int PRIMARY KEY, v text); INSERT INTO wait SELECT i, 'v' || i FROM generate_series(1, 1000) i;"
                 "CREATE VIEW sleepy AS SELECT id, v FROM wait WHERE slow(id); ANALYZE");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/out", folder);
    return 0;
}

static int teardown(void **state) {
    unlink(path);
    rmdir(folder);
    group_close(state);
    return 0;
}

static void assert_file(const char *begins, long size) {
    char text[200] = "";
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t n = fread(text, 1, sizeof text - 1, f);
    text[n] = '\0';
    fseek(f, 0, SEEK_END);
    if (size >= 0) {
        assert_int_equal(ftell(f), size);
    }
    fclose(f);
    assert_memory_equal(text, begins, strlen(begins));
}

static void name_file(screen *s, char format) {
    char keys[] = {'X', '\0'}, second[] = {format, '\0'};
    screen_type(s, keys);
    screen_wait(s, "export these rows as");
    screen_type(s, second);
    screen_wait(s, "export to");
    screen_type(s, "<C-e><C-u>");
    screen_type(s, path);
    screen_type(s, "<Enter>");
}

static void the_rows_as_they_are_shown(void **state) {
    (void)state;
    screen *s = hands_rows(url, "item", "item 1");
    screen_type(s, "/n = 3<Enter>");
    screen_wait_line(s, 3, "item 3");
    screen_type(s, "s"); /* by id, then descending */
    screen_wait(s, "▲");
    screen_type(s, "s");
    screen_wait_line(s, 3, "item 4993");
    screen_type(s, "c/name<Enter> <Enter>");
    screen_wait(s, "2 of 3 fields");
    name_file(s, 'c');
    screen_wait_line(s, -1, "500 rows");
    assert_file("id,n\n4993,3\n4983,3\n", -1);
    name_file(s, 'j'); /* it is there: asks */
    screen_wait(s, "replace it?");
    screen_type(s, "n");
    screen_wait_gone(s, "replace it?");
    assert_file("id,n\n", -1);
    name_file(s, 's');
    screen_wait(s, "replace it?");
    screen_type(s, "y");
    screen_wait_line(s, -1, "500 rows");
    assert_file("INSERT INTO \"public\".\"item\" (\"id\", \"n\") VALUES (", -1);
    unlink(path);
    hands_quit(s);
}

static void ctrl_c_leaves_nothing_behind(void **state) {
    (void)state;
    screen *s = screen_nixie(24, 130, url, (const char *[]){"sleepy", NULL});
    screen_wait(s, "v1");
    screen_wait(s, " of ");
    name_file(s, 'c');
    screen_wait_line(s, 0, "exporting");
    screen_type(s, "j"); /* answers meanwhile */
    screen_wait_line(s, 4, "▸");
    screen_type(s, "<C-c>");
    screen_wait_line(s, -1, "export cancelled");
    screen_wait_gone(s, "exporting");
    hands_quit(s);
    assert_int_equal(rmdir(folder), 0); /* it is empty */
    assert_int_equal(mkdir(folder, 0700), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_rows_as_they_are_shown),
    cmocka_unit_test(ctrl_c_leaves_nothing_behind),
};

LAB_MAIN(tests, setup, teardown)
