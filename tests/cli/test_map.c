/* nixie map: boxes, Mermaid, Graphviz. */
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/session.h"
#include "run.h"

static int setup(void **state) {
    group_open(state);
    lab_sql(url, "CREATE TABLE author (id int PRIMARY KEY, boss_id int REFERENCES author);"
                 "CREATE TABLE post (id int PRIMARY KEY, title text, author_id int NOT NULL REFERENCES author);"
                 "CREATE TABLE page (post_id int PRIMARY KEY REFERENCES post);"
                 "CREATE TABLE tag (id int PRIMARY KEY); CREATE TABLE \"odd \"\" [31m name\" (id int);"
                 "CREATE TABLE \"_postTotag\" (\"A\" int NOT NULL REFERENCES post, \"B\" int NOT NULL REFERENCES tag);"
                 "CREATE UNIQUE INDEX ON \"_postTotag\" (\"A\", \"B\"); CREATE INDEX ON \"_postTotag\" (\"B\")");
    return 0;
}

static void a_model_stands_between_its_neighbours(void **state) {
    (void)state;
    run r = nixie(url, "map", "post", NULL);
    expect_status(&r, 0);
    assert_non_null(strstr(r.out, "│ id ⚷         integer │n──"));
    assert_non_null(strstr(r.out, "│ author_id    integer │n──"));
    assert_non_null(strstr(r.out, "│0..1──"));
    assert_non_null(strstr(r.out, "│ through _postTotag │"));
    assert_non_null(strstr(r.out, "1│ id "));
    run_free(&r);
    r = nixie(url, "map", "nope", NULL);
    expect_status(&r, 1);
    run_free(&r);
}

static void all_models_tell_what_they_refer_to(void **state) {
    (void)state;
    run r = nixie(url, "map", NULL);
    expect_status(&r, 0);
    assert_non_null(strstr(r.out, "│ boss n-0..1 → author"));
    assert_non_null(strstr(r.out, "│ post 0..1-1 → post"));
    assert_non_null(strstr(r.out, "│ tag n-n → tag"));
    assert_null(strstr(r.out, "_postTotag"));
    assert_null(strchr(r.out, '\x1b'));
    run_free(&r);
}

static void diagrams_for_other_programs(void **state) {
    (void)state;
    run r = nixie(url, "map", "--format", "mermaid", NULL);
    expect_status(&r, 0);
    assert_int_equal(strncmp(r.out, "erDiagram\n", 10), 0);
    assert_non_null(strstr(r.out, "  \"post\" }o--|| \"author\" : \"author\"\n"));
    assert_non_null(strstr(r.out, "  \"author\" }o--o| \"author\" : \"boss\"\n"));
    assert_non_null(strstr(r.out, "  \"page\" |o--|| \"post\" : \"post\"\n"));
    assert_non_null(strstr(r.out, " }o--o{ "));
    assert_null(strchr(r.out, '\x1b'));
    run_free(&r);
    r = nixie(url, "map", "post", "--format", "mermaid", NULL);
    expect_status(&r, 0);
    assert_non_null(strstr(r.out, "  \"post\" {\n    integer id PK\n    text title\n    integer author_id FK\n  }\n"));
    run_free(&r);
    r = nixie(url, "map", "--format", "dot", NULL);
    expect_status(&r, 0);
    assert_non_null(strstr(r.out, "  \"post\" -> \"author\" [label=\"author\", taillabel=\"n\", headlabel=\"1\"];\n"));
    assert_non_null(strstr(r.out, "\"odd \\\" "));
    run_free(&r);
    r = nixie(url, "map", "--format", "csv", NULL);
    expect_status(&r, 2);
    run_free(&r);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_model_stands_between_its_neighbours),
    cmocka_unit_test(all_models_tell_what_they_refer_to),
    cmocka_unit_test(diagrams_for_other_programs),
};

LAB_MAIN(tests, setup, group_close)
