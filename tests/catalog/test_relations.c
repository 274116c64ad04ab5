/* The graph: relations both ways, their names, implicit many-to-many tables. */
#include "lab/lab.h"
#include "lab/test.h"
#include "study.h"

static nx_relation *relation(study *s, const char *model, const char *name) {
    nx_error err = NX_ERROR;
    nx_relation *found = nx_model_find_relation(study_listed(s, "public", model), name, &err);
    if (!found) {
        fail_msg("%s: %s", model, err.message);
    }
    return found;
}

static void the_sample_blog_is_connected(void **state) {
    (void)state;
    study s = study_open(lab_sample_database("graph"));
    assert_false(study_listed(&s, "public", "Post")->graph_known);
    int64_t trips = study_trips(&s);
    study_graph(&s);
    assert_int_equal(study_trips(&s), trips + 1);
    study_graph(&s);
    assert_int_equal(study_trips(&s), trips + 1);
    assert_relations(study_listed(&s, "public", "Post"),
                     "author to-one User[authorId->id]; reviewer to-one User[reviewerId->id]; "
                     "Comment to-many Comment[id->postId]; Category many-to-many Category[id->id]");
    assert_relations(study_listed(&s, "public", "User"),
                     "manager to-one User[managerId->id]; Comment to-many Comment[id->authorId]; Event to-many Event[id->actor]; "
                     "Post via authorId to-many Post[id->authorId]; Post via reviewerId to-many Post[id->reviewerId]; "
                     "Profile to-many Profile[id->userId]; TeamMember to-many TeamMember[id->userId]; User to-many User[id->managerId]");
    assert_relations(study_listed(&s, "public", "Assignment"),
                     "TeamMember to-one TeamMember[projectId,userId->projectId,userId]");
    assert_relations(study_listed(&s, "audit", "Event"), "User to-one User[actor->id]");
    assert_relations(study_listed(&s, "public", "_CategoryToPost"), "Category to-one Category[A->id]; Post to-one Post[B->id]");
    assert_true(relation(&s, "User", "Profile")->one_to_one);
    assert_false(relation(&s, "User", "Comment")->one_to_one);
    assert_ptr_equal(relation(&s, "User", "User")->inverse, relation(&s, "User", "manager"));
    assert_ptr_equal(relation(&s, "Post", "author")->inverse, relation(&s, "User", "Post via authorId"));
    const nx_relation *through = relation(&s, "Post", "Category");
    assert_ptr_equal(through->through, study_listed(&s, "public", "_CategoryToPost"));
    assert_string_equal(through->through_fields[0], "B");
    assert_string_equal(through->through_references[0], "A");
    assert_ptr_equal(through->inverse, relation(&s, "Category", "Post"));
    assert_int_equal(relation(&s, "Post", "author")->on_delete, 'r');
    study_close(&s);
}

static void join_tables_are_recognised_by_their_shape(void **state) {
    (void)state;
#define ENDS "\"A\" int NOT NULL REFERENCES a ON DELETE CASCADE, \"B\" int NOT NULL REFERENCES b ON DELETE CASCADE"
    study s = study_script(
        "joins", "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY);"
                 "CREATE TABLE \"_new\" (" ENDS ", PRIMARY KEY (\"A\", \"B\")); CREATE INDEX ON \"_new\" (\"B\");"
                 "CREATE TABLE \"_old\" (" ENDS "); CREATE UNIQUE INDEX ON \"_old\" (\"A\", \"B\"); CREATE INDEX ON \"_old\" (\"B\");"
                 "CREATE TABLE \"_AToB\" (id int PRIMARY KEY);" /* only by its name */
                 "CREATE TABLE \"_noindex\" (" ENDS ", PRIMARY KEY (\"A\", \"B\"));"
                 "CREATE TABLE \"_notunique\" (" ENDS "); CREATE INDEX ON \"_notunique\" (\"B\");"
                 "CREATE TABLE \"_partial\" (" ENDS "); CREATE UNIQUE INDEX ON \"_partial\" (\"A\", \"B\") WHERE \"A\" > 0;"
                 "CREATE INDEX ON \"_partial\" (\"B\");"
                 "CREATE TABLE \"_third\" (" ENDS ", c int REFERENCES a, PRIMARY KEY (\"A\", \"B\")); CREATE INDEX ON \"_third\" (\"B\");"
                 "CREATE TABLE plain (" ENDS ", PRIMARY KEY (\"A\", \"B\")); CREATE INDEX ON plain (\"B\");"
                 "CREATE TABLE \"_crossed\" (\"A\" int REFERENCES b, \"B\" int REFERENCES a, PRIMARY KEY (\"A\", \"B\"));"
                 "CREATE INDEX ON \"_crossed\" (\"B\");");
#undef ENDS
    assert_true(study_listed(&s, "public", "_AToB")->join_table); /* a guess until the graph is known */
    assert_false(study_listed(&s, "public", "_new")->join_table);
    const nx_model *before = nx_catalog_model(s.catalog, 0);
    study_graph(&s);
    static const char *const joining[] = {"_new", "_old"};
    static const char *const ordinary[] = {"_AToB", "_noindex", "_notunique", "_partial", "_third", "plain", "_crossed", "a"};
    for (size_t i = 0; i < NX_COUNT(joining); i++) {
        assert_true(study_listed(&s, "public", joining[i])->join_table);
    }
    for (size_t i = 0; i < NX_COUNT(ordinary); i++) {
        assert_false(study_listed(&s, "public", ordinary[i])->join_table);
    }
    assert_non_null(before);
    nx_model *last = NULL;
    for (int i = 0; i < nx_catalog_count(s.catalog); i++) {
        nx_model *model = nx_catalog_model(s.catalog, i);
        last = strcmp(model->schema, "public") == 0 ? model : last;
    }
    assert_string_equal(last->name, "_old"); /* last in their schema, now that it is known */
    assert_string_equal(relation(&s, "a", "b via _new")->through->name, "_new");
    assert_string_equal(relation(&s, "a", "b via _old")->through->name, "_old");
    study_close(&s);
}

static void a_model_joined_with_itself(void **state) {
    (void)state;
    study s = study_script("selfjoin", "CREATE TABLE person (id int PRIMARY KEY, \"partnerId\" int UNIQUE REFERENCES person);"
                                       "CREATE TABLE \"_follows\" (\"A\" int REFERENCES person, \"B\" int REFERENCES person, PRIMARY KEY (\"A\", \"B\"));"
                                       "CREATE INDEX ON \"_follows\" (\"B\");");
    study_graph(&s);
    assert_relations(study_listed(&s, "public", "person"),
                     "partner to-one person[partnerId->id]; person via partnerId to-many person[id->partnerId]; "
                     "person via _follows.A many-to-many person[id->id]; person via _follows.B many-to-many person[id->id]");
    const nx_relation *a = relation(&s, "person", "person via _follows.A");
    assert_string_equal(a->through_fields[0], "A");
    assert_string_equal(a->through_references[0], "B");
    assert_ptr_equal(a->inverse, relation(&s, "person", "person via _follows.B"));
    assert_true(relation(&s, "person", "person via partnerId")->one_to_one);
    study_close(&s);
}

static void names_are_unique_among_fields_and_relations(void **state) {
    (void)state;
    study s = study_script(
        "names", "CREATE TABLE \"user\" (id int PRIMARY KEY, post text, note text, country text UNIQUE);"
                 "CREATE TABLE post (id int PRIMARY KEY, author text, author_id int REFERENCES \"user\", \"editorID\" int REFERENCES \"user\","
                 " \"Id\" int REFERENCES \"user\");"
                 "CREATE TABLE note (id int PRIMARY KEY, country text REFERENCES \"user\" (country),"
                 " twice_id int CONSTRAINT n1 REFERENCES \"user\" CONSTRAINT n2 REFERENCES \"user\");"
                 "CREATE TABLE likes (\"postId\" int REFERENCES post, likes text, CONSTRAINT l CHECK (true));");
    study_graph(&s);
    assert_relations(study_listed(&s, "public", "post"),
                     "editor to-one user[editorID->id]; user to-one user[Id->id]; user via author_id to-one user[author_id->id]; "
                     "likes to-many likes[id->postId]");
    assert_relations(study_listed(&s, "public", "note"),
                     "user to-one user[country->country]; user via twice_id to-one user[twice_id->id]; "
                     "user via twice_id_rel to-one user[twice_id->id]");
    assert_relations(study_listed(&s, "public", "user"),
                     "note via country to-many note[country->country]; note via twice_id to-many note[id->twice_id]; "
                     "note via twice_id_rel to-many note[id->twice_id]; post via Id to-many post[id->Id]; "
                     "post via author_id to-many post[id->author_id]; post via editorID to-many post[id->editorID]");
    study_close(&s);
}

static void composite_keys_partitions_and_indexes(void **state) {
    (void)state;
    study s = study_script(
        "shapes", "CREATE TABLE t (a int, b int, c int UNIQUE, PRIMARY KEY (a, b));"
                  "CREATE TABLE c1 (x int, y int, FOREIGN KEY (y, x) REFERENCES t (a, b)); CREATE INDEX ON c1 (x, y);"
                  "CREATE TABLE c2 (x int, y int, z int, FOREIGN KEY (y, x) REFERENCES t (a, b)); CREATE INDEX ON c2 (x, z, y);"
                  "CREATE TABLE c3 (x int, y int, z int, FOREIGN KEY (y, x) REFERENCES t (a, b)); CREATE INDEX ON c3 (y, x, z);"
                  "CREATE TABLE c4 (c int REFERENCES t (c)); CREATE INDEX ON c4 (c) WHERE c > 0;"
                  "CREATE TABLE c5 (x int, y int UNIQUE, FOREIGN KEY (y, x) REFERENCES t (a, b)); "
                  "CREATE TABLE c6 (x int, y int, z int, UNIQUE (x, y, z), FOREIGN KEY (y, x) REFERENCES t (a, b));"
                  "CREATE TABLE p (k int PRIMARY KEY) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p DEFAULT;"
                  "CREATE TABLE q (p_id int REFERENCES p ON DELETE CASCADE, k int) PARTITION BY RANGE (k); CREATE TABLE q1 PARTITION OF q DEFAULT;");
    study_graph(&s);
    assert_relations(study_listed(&s, "public", "c1"), "t to-one t[y,x->a,b]");
    assert_relations(study_listed(&s, "public", "p"), "q to-many q[k->p_id]");
    assert_int_equal(relation(&s, "p", "q")->on_delete, 'c');
    assert_relations(study_listed(&s, "public", "q"), "p to-one p[p_id->k]");
    assert_relations(study_listed(&s, "public", "p1"), "");
    assert_relations(study_listed(&s, "public", "q1"), "");
    assert_true(study_listed(&s, "public", "q1")->graph_known);
    assert_true(relation(&s, "t", "c1")->indexed);
    assert_false(relation(&s, "t", "c2")->indexed);
    assert_true(relation(&s, "t", "c3")->indexed);
    assert_false(relation(&s, "t", "c4")->indexed);
    assert_true(relation(&s, "t", "c5")->one_to_one);
    assert_false(relation(&s, "t", "c6")->one_to_one);
    assert_true(relation(&s, "t", "c6")->indexed);
    study_close(&s);
}

static void a_hub_with_thousands_of_references(void **state) {
    (void)state;
    study s = study_script("hub", "CREATE TABLE hub (id int PRIMARY KEY); DO $$ BEGIN FOR i IN 1..1000 LOOP EXECUTE format("
                                  "'CREATE TABLE r%s (a_id int REFERENCES hub, b_id int REFERENCES hub)', i); END LOOP; END $$");
    study_graph(&s);
    const nx_model *hub = study_listed(&s, "public", "hub");
    assert_int_equal(hub->nrelations, 2000);
    assert_string_equal(hub->relations[0]->name, "r1 via a_id");
    study_close(&s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_sample_blog_is_connected),
    cmocka_unit_test(join_tables_are_recognised_by_their_shape),
    cmocka_unit_test(a_model_joined_with_itself),
    cmocka_unit_test(names_are_unique_among_fields_and_relations),
    cmocka_unit_test(composite_keys_partitions_and_indexes),
    cmocka_unit_test(a_hub_with_thousands_of_references),
};

LAB_MAIN(tests, NULL, NULL)
