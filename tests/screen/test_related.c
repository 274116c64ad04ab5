/* Filters and orders over relations, typed into the real screen. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static int setup(void **state) {
    group_open(state);
    lab_sql(url, "CREATE TABLE author (id int PRIMARY KEY, name text, email text);"
                 "CREATE TABLE post (id int PRIMARY KEY, title text, published boolean, author_id int REFERENCES author);"
                 "CREATE INDEX ON post (author_id);"
                 "INSERT INTO author SELECT i, 'name ' || i, 'a' || i || CASE WHEN i % 2 = 0 THEN '@neon.tech' ELSE '@x.y' END"
                 " FROM generate_series(1, 6) i;"
                 "INSERT INTO post SELECT i, 'title ' || i, i % 3 = 0, 1 + i % 5 FROM generate_series(1, 30) i; ANALYZE");
    return 0;
}

static void posts_are_filtered_by_their_author(void **state) {
    (void)state;
    screen *s = screen_nixie(24, 100, url, (const char *[]){"post", NULL});
    screen_wait(s, "title 1");
    screen_type(s, "/author.em<Tab>");
    screen_wait(s, "author.email");
    screen_type(s, " endsWith '@neon.tech' and published = true<Enter>");
    screen_wait(s, "of 4"); /* 3, 6, 18 and 21: multiples of 3 whose author is even */
    screen_wait(s, "title 3");
    assert_false(screen_has(s, "title 4"));
    screen_type(s, "/<C-u>author.nope = 1<Enter>");
    screen_wait(s, "author has no field \"nope\"");
    screen_type(s, "<C-u>author is null<Enter>");
    screen_wait(s, "0 rows");
    screen_stop(s);
}

static void authors_are_filtered_and_ordered_by_their_posts(void **state) {
    (void)state;
    screen *s = screen_nixie(24, 100, url, (const char *[]){"author", NULL});
    screen_wait(s, "name 1");
    screen_type(s, "/post none ()<Enter>");
    screen_wait(s, "1-1 of 1");
    screen_wait(s, "name 6");
    screen_type(s, "\\");
    screen_wait(s, "name 1");
    screen_type(s, ":order post.count desc<Enter>");
    screen_wait(s, "by post.count desc");
    screen_wait(s, "author › 5"); /* six each for 1 to 5: the tie goes the same way */
    screen_type(s, ":order post.title<Enter>");
    screen_wait(s, "leads to many records");
    screen_type(s, ":order<Enter>");
    screen_wait(s, "author › 1");
    assert_false(screen_has(s, "unindexed sort"));
    screen_stop(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(posts_are_filtered_by_their_author),
    cmocka_unit_test(authors_are_filtered_and_ordered_by_their_posts),
};

LAB_MAIN(tests, setup, group_close)
