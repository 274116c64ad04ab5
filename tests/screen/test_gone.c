/* What every key answers when a table is gone, when its rows are still on their way, and when there are none. */
#include "hands.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/arena.h"

static char *url;

static int setup(void **state) {
    (void)state;
    url = lab_database("gone");
    return 0;
}

static int teardown(void **state) {
    (void)state;
    free(url);
    return 0;
}

static void fresh(void) {
    lab_sql(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
                 "CREATE TABLE owner (id int PRIMARY KEY, name text, long text);"
                 "INSERT INTO owner SELECT i, 'owner ' || i, repeat('word ', 300) FROM generate_series(1, 3000) i;"
                 "CREATE TABLE item (id int PRIMARY KEY, owner_id int REFERENCES owner, n int); CREATE INDEX ON item (owner_id);"
                 "INSERT INTO item SELECT i, i, i FROM generate_series(1, 9) i;"
                 "CREATE TABLE empty (id int PRIMARY KEY, name text, owner_id int REFERENCES owner);"
                 "CREATE VIEW sums AS SELECT n % 3 AS rest, count(*) AS many, repeat('long ', 300) AS long FROM item GROUP BY 1; ANALYZE");
}

/* Its fields were never known: there is nothing to act on, and r asks again. */
static void a_table_that_cannot_be_described(void **state) {
    (void)state;
    fresh();
    lab_sql(url, "CREATE TABLE brief (id int PRIMARY KEY)");
    screen *s = hands_rows(url, "item", "owner_id");
    lab_sql(url, "DROP TABLE brief");
    screen_type(s, ":brief<Enter>");
    screen_wait(s, "no longer exists under this name");
    ANSWERS(s, {"e", "the rows are not here yet"}, {"~<Esc>y", "no value under the cursor"}, {"Y", "the rows are not here yet"},
            {"s", "nothing to sort by"}, {"/", "the rows are not here yet"}, {"&", "no value under the cursor"},
            {"\\", "there is no filter"}, {"@", "the rows are not here yet"}, {"~<Esc>#", "the rows are not here yet"},
            {"t", "the rows are not here yet"}, {"~<Esc>c", "the rows are not here yet"}, {"~<Esc>X", "the rows are not here yet"},
            {"~<Esc>B", "the rows are not here yet"}, {"~<Esc>w", "the rows are not here yet"}, {"~<Esc>F", "the rows are not here yet"},
            {"f", "this references nothing"}, {"z", "no value under the cursor"}, {"<Enter>", "no record under the cursor"},
            {" ", "no record under the cursor"}, {"o", "the rows are not here yet"}, {":order id<Enter>", "there are no rows here to order"});
    screen_type(s, "<lt>>=jkhlgG0$v");
    screen_wait(s, "no longer exists under this name");
    screen_type(s, "vr");
    screen_wait(s, "no longer exists under this name");
    hands_quit(s);
}

/* It goes while its rows are shown: what has to be read says so, what is here stays. */
static void what_is_read_of_a_table_that_is_gone_fails(void **state) {
    (void)state;
    fresh();
    screen *s = hands_rows(url, "owner", "owner 1");
    screen_wait(s, "of ~3000");
    lab_sql(url, "ALTER TABLE item RENAME TO items");
    screen_type(s, "F");
    screen_wait(s, "what refers to owner");
    screen_wait(s, "? │"); /* how many is not known */
    screen_type(s, "<Esc>");
    screen_wait_gone(s, "what refers to owner");
    lab_sql(url, "ALTER TABLE owner RENAME TO owners");
    ANSWERS(s, {"#", "does not exist"}, {"~<Esc>$y", "does not exist"}, {"~<Esc>o", "does not exist"});
    screen_type(s, "t");
    screen_wait(s, "values of long");
    screen_wait(s, "│  relation \"public.owner\" does not exist"); /* said below it as well, as before */
    screen_type(s, "<Enter>");
    screen_wait_line(s, -1, "there is no value here");
    screen_type(s, "<Esc>B");
    screen_wait_line(s, -1, "does not exist");
    screen_wait_gone(s, "EVERY record of owner"); /* without a count there is nothing to choose */
    screen_type(s, "~<Esc> V");
    screen_wait(s, "range · 1 marked");
    screen_type(s, "<Esc>");
    screen_wait_line(s, -1, "the range is dropped");
    screen_type(s, "Yj"); /* a marked record whose long value is not here */
    screen_wait_line(s, -1, "does not exist");
    hands_quit(s);
}

static void a_table_without_rows_has_nothing_to_act_on(void **state) {
    (void)state;
    fresh();
    screen *s = screen_nixie(24, 130, url, (const char *[]){"empty", NULL});
    screen_wait(s, "no rows");
    ANSWERS(s, {"e", "no record under the cursor  (a adds one)"}, {"d", "no record under the cursor"},
            {"o", "no saved record under the cursor"}, {"y", "no value under the cursor"}, {"z", "no value under the cursor"},
            {"&", "no value under the cursor"}, {"<Enter>", "no record under the cursor"}, {" ", "no record under the cursor"},
            {"$F", "nothing refers to a record that is not saved"}, {"Yw", "no saved record of empty under the cursor"},
            {"Yj", "no saved record under the cursor"}, {"0f", "id references nothing"});
    screen_type(s, "Yp");
    screen_wait_line(s, -1, "copied view as findMany");
    hands_wait_sent(s, "\033]52;c;YXdhaXQgcHJpc21hLmVtcHR5LmZpbmRNYW55KHsK"); /* await prisma.empty.findMany({ */
    screen_type(s, "v");
    screen_wait(s, "no record under the cursor");
    screen_type(s, "vt");
    screen_wait(s, "│  no rows");
    screen_type(s, "<Enter>");
    screen_wait_line(s, -1, "there is no value here");
    screen_type(s, "<Esc>Bd");
    screen_wait_line(s, -1, "no record matches");
    lab_sql(url, "INSERT INTO empty VALUES (1, 'no more', NULL)");
    screen_type(s, "r");
    screen_wait(s, "no more");
    screen_type(s, "$f");
    screen_wait_line(s, -1, "owner_id is NULL: there is nothing to follow");
    hands_quit(s);
}

/* Rows of a view that nothing tells apart. */
static void records_without_a_key_are_only_looked_at(void **state) {
    (void)state;
    fresh();
    screen *s = hands_rows(url, "sums", "many");
    ANSWERS(s, {"<Enter>", "records of sums have no key to be opened by"}, {"@", "sums has no unique key to go to: / filters"},
            {"Yw", "records of sums have no key"}, {"Yj", "this record has values that are cut, and no key to fetch it whole by"},
            {"$z", "records of sums have no key to fetch the whole value by"}, {"&", "this value is too long to filter by"},
            {"0F", "no model refers to sums"}, {"a", "sums cannot be edited"});
    screen_type(s, "z"); /* what is here whole is shown */
    screen_wait(s, "╭ rest");
    screen_type(s, "q");
    screen_wait_gone(s, "╭ rest");
    hands_quit(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_table_that_cannot_be_described),
    cmocka_unit_test(what_is_read_of_a_table_that_is_gone_fails),
    cmocka_unit_test(a_table_without_rows_has_nothing_to_act_on),
    cmocka_unit_test(records_without_a_key_are_only_looked_at),
};

LAB_MAIN(tests, setup, teardown)
