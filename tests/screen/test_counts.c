/* Columns of relations in the grid: how many records each row leads to, and what keys mean there. */
#include <unistd.h>

#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static int setup(void **state) {
    group_open(state);
    lab_sql(url,
            "CREATE TABLE \"user\" (id int PRIMARY KEY, name text, \"bossId\" int REFERENCES \"user\", grade int, UNIQUE (id, grade));"
            "CREATE INDEX ON \"user\" (\"bossId\");"
            "CREATE TABLE post (id int PRIMARY KEY, title text, \"userId\" int REFERENCES \"user\"); CREATE INDEX ON post (\"userId\");"
            "CREATE TABLE event (id int PRIMARY KEY, \"userId\" int REFERENCES \"user\");"
            "CREATE TABLE vote (id int PRIMARY KEY, u int, g int, FOREIGN KEY (u, g) REFERENCES \"user\" (id, grade));"
            "CREATE INDEX ON vote (g, u);"
            "CREATE TABLE tag (id int PRIMARY KEY, name text);"
            "CREATE TABLE \"_tagTouser\" (\"A\" int NOT NULL REFERENCES tag, \"B\" int NOT NULL REFERENCES \"user\");"
            "CREATE UNIQUE INDEX ON \"_tagTouser\" (\"A\", \"B\"); CREATE INDEX ON \"_tagTouser\" (\"B\");"
            "INSERT INTO \"user\" SELECT i, 'user ' || i, CASE WHEN i > 1 THEN 1 END, i % 5 FROM generate_series(1, 30) i;"
            "INSERT INTO post SELECT i, 'post ' || i, CASE WHEN i <= 120 THEN 1 ELSE 2 + i % 3 END FROM generate_series(1, 140) i;"
            "INSERT INTO event SELECT i, 1 FROM generate_series(1, 300) i;"
            "INSERT INTO vote SELECT i, 2, 2 FROM generate_series(1, 17) i;"
            "INSERT INTO tag SELECT i, 'tag ' || i FROM generate_series(1, 12) i; INSERT INTO \"_tagTouser\" SELECT i, 3 FROM generate_series(1, 12) i;"
            /* one whose counts are refused */
            "DO $$ BEGIN CREATE ROLE grid_counter LOGIN; EXCEPTION WHEN duplicate_object THEN END $$;"
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO grid_counter; REVOKE SELECT ON vote FROM grid_counter;"
            "GRANT SELECT (id) ON vote TO grid_counter;"
            /* no foreign keys at all */
            "CREATE TABLE shop (id int PRIMARY KEY, name text); CREATE TABLE sale (id int PRIMARY KEY, shop_id int NOT NULL);"
            "CREATE INDEX ON sale (shop_id); INSERT INTO shop VALUES (1, 'North'), (2, 'South');"
            "INSERT INTO sale SELECT i, 2 FROM generate_series(1, 23) i; ANALYZE");
    return 0;
}

static screen *start_wide(const char *database, const char *model) {
    const char *argv[] = {screen_program(), "--url", database, model, NULL};
    return screen_start(24, 150, argv, NULL);
}

/* What stands under this header, in this row of the screen, begins so. */
static bool is_under(screen *s, int row, const char *header, const char *text) {
    int y, x;
    if (!screen_find(s, header, &y, &x)) {
        return false;
    }
    char have[160] = "";
    for (int c = x - 2; c < x + (int)strlen(header) && strlen(have) + 32 < sizeof have; c++) {
        const char *cell = screen_at(s, row, c).text;
        strcat(have, *cell ? cell : " ");
    }
    const char *words = have + strspn(have, " ");
    return strncmp(words, text, strlen(text)) == 0 && words[strlen(text)] == ' ';
}

typedef struct place {
    int row;
    const char *header, *text;
} place;

static bool is_there(screen *s, void *data) {
    const place *p = data;
    return is_under(s, p->row, p->header, p->text);
}

static void wait_under(screen *s, int row, const char *header, const char *text) {
    char what[100];
    snprintf(what, sizeof what, "%s under %s", text, header);
    screen_until(s, is_there, &(place){row, header, text}, what);
}

static void every_kind_of_relation_has_a_column(void **state) {
    (void)state;
    screen *s = start_wide(url, "user");
    screen_wait(s, "user 19");
    wait_under(s, 3, "post ←", "99+");
    wait_under(s, 4, "post ←", "6");
    wait_under(s, 4, "vote ←", "17");
    wait_under(s, 3, "vote ←", "0");
    wait_under(s, 5, "tag ←", "12");
    wait_under(s, 3, "user ←", "29"); /* its own */
    wait_under(s, 3, "event ←", "no");
    screen_type(s, ":tag<Enter>"); /* the relations are known by now */
    wait_under(s, 3, "user ←", "1");
    hands_quit(s);
}

static void a_missing_index_is_named(void **state) {
    (void)state;
    screen *s = start_wide(url, "user");
    screen_wait(s, "no index");
    screen_type(s, "$l");
    screen_wait_line(s, -1, "event ← event[]  needs an index on event (userId): y copies it");
    screen_type(s, "s");
    screen_wait_line(s, -1, "event is not counted: CREATE INDEX CONCURRENTLY ON \"public\".\"event\" (\"userId\")");
    screen_type(s, "&");
    screen_wait_line(s, -1, "event is not counted: CREATE INDEX");
    screen_type(s, "y");
    screen_wait_line(s, -1, "statement of the index");
    screen_type(s, "i");
    screen_wait(s, "described");
    screen_type(s, "G");
    screen_wait(s, "CREATE INDEX CONCURRENTLY ON \"public\".\"event\" (\"userId\")");
    hands_quit(s);
}

static void keys_go_to_the_records_counted(void **state) {
    (void)state;
    static const char *const keys[] = {"f", "F", "<Enter>"};
    screen *s = start_wide(url, "user");
    screen_wait(s, "99+");
    screen_type(s, "j$ll");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        screen_wait_line(s, -1, "post ← post[]");
        screen_type(s, keys[i]);
        screen_wait_line(s, 1, "user 2 › post");
        screen_wait(s, "1-6 of 6");
        screen_type(s, "<BS>");
    }
    screen_wait_line(s, -1, "post ← post[]");
    screen_type(s, "e");
    screen_wait_line(s, -1, "post leads to other records, it holds no value");
    screen_type(s, "x");
    screen_wait_line(s, -1, "post leads to other records, it holds no value");
    screen_type(s, " e"); /* nor for those that are marked */
    screen_wait_line(s, -1, "post leads to other records, it holds no value");
    screen_type(s, "B");
    screen_wait_line(s, -1, "stand on a field");
    screen_type(s, "<Esc>y");
    screen_wait_line(s, -1, "copied");
    hands_quit(s);
}

static void counts_sort_and_filter(void **state) {
    (void)state;
    screen *s = start_wide(url, "user");
    screen_wait(s, "99+");
    screen_type(s, "$lls");
    screen_wait(s, "post ▲");
    wait_under(s, 3, "post ▲ ←", "0");
    screen_type(s, "s");
    screen_wait(s, "post ▼");
    wait_under(s, 3, "post ▼ ←", "99+");
    screen_type(s, "&");
    screen_wait_line(s, 1, "post.count > 99");
    screen_wait(s, "1-1 of 1");
    screen_type(s, "\\");
    screen_wait(s, "user 2");
    screen_type(s, "jj");
    screen_type(s, "!");
    screen_wait_line(s, 1, "post.count != 7");
    screen_type(s, "s"); /* off */
    screen_wait_gone(s, "▼");
    hands_quit(s);
}

static void columns_are_chosen_and_hidden(void **state) {
    (void)state;
    screen *s = start_wide(url, "user");
    screen_wait(s, "99+");
    screen_type(s, "$llc"); /* on post */
    screen_wait(s, "fields of user");
    screen_wait(s, "9 of 9 shown");
    screen_wait(s, "no index  event[]");
    screen_type(s, "K"); /* before event */
    screen_type(s, "K"); /* but not among the fields */
    screen_wait(s, "relations stand after the fields");
    screen_type(s, "j "); /* event goes */
    screen_wait(s, "8 of 9 shown");
    screen_type(s, "<Enter>");
    screen_wait_gone(s, "no index");
    wait_under(s, 3, "post ←", "99+");
    screen_wait_line(s, -1, "post ← post[]"); /* where the cursor was */
    screen_type(s, ":tag<Enter>");
    screen_wait(s, "tag 12");
    screen_type(s, ":user<Enter>"); /* it is remembered */
    screen_wait(s, "user › 1");
    wait_under(s, 5, "tag ←", "12");
    assert_false(screen_has(s, "event ←"));
    screen_type(s, "c/post<Enter> <Enter>");
    screen_wait_gone(s, "post ←");
    hands_quit(s);
}

static void refused_counts_leave_the_rows(void **state) {
    (void)state;
    char other[512];
    const char *user = strstr(url, "postgres@");
    assert_non_null(user);
    snprintf(other, sizeof other, "%.*sgrid_counter%s", (int)(user - url), url, user + strlen("postgres"));
    screen *s = start_wide(other, "user");
    screen_wait(s, "user 19");
    wait_under(s, 3, "post ←", "?");
    screen_type(s, "$ll");
    screen_wait_line(s, -1, "post ← post[]  not counted: permission denied for table vote");
    screen_type(s, "r");
    wait_under(s, 4, "post ←", "?");
    screen_type(s, "c/vote<Enter> <Enter>"); /* without that one */
    wait_under(s, 4, "post ←", "6");
    hands_quit(s);
}

static void relations_of_a_schema_alone_are_counted(void **state) {
    (void)state;
    char path[] = "/tmp/nixie-counts-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    static const char schema[] =
        "datasource db {\n provider = \"postgresql\"\n url = env(\"X\")\n relationMode = \"prisma\"\n }\n"
        "model Shop {\n id Int @id\n name String?\n sales Sale[]\n @@map(\"shop\") }\n"
        "model Sale {\n id Int @id\n shopId Int @map(\"shop_id\")\n shop Shop @relation(fields: [shopId], references: [id])\n"
        " @@index([shopId])\n @@map(\"sale\") }\n";
    assert_int_equal(write(fd, schema, sizeof schema - 1), sizeof schema - 1);
    close(fd);
    const char *argv[] = {screen_program(), "--url", url, "--prisma", path, "Shop", NULL};
    screen *s = screen_start(24, 150, argv, NULL);
    screen_wait(s, "South");
    wait_under(s, 4, "sales ←", "23");
    wait_under(s, 3, "sales ←", "0");
    hands_quit(s);
    unlink(path);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_kind_of_relation_has_a_column),
    cmocka_unit_test(a_missing_index_is_named),
    cmocka_unit_test(keys_go_to_the_records_counted),
    cmocka_unit_test(counts_sort_and_filter),
    cmocka_unit_test(columns_are_chosen_and_hidden),
    cmocka_unit_test(refused_counts_leave_the_rows),
    cmocka_unit_test(relations_of_a_schema_alone_are_counted),
};

LAB_MAIN(tests, setup, group_close)
