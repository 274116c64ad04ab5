/* Several who ask for the same description, or for the relations, share one trip. */
#include "lab/lab.h"
#include "lab/test.h"
#include "study.h"

typedef struct asker {
    nx_catalog_job *job;
    bool told;
    nx_error_class kind;
    struct asker *drops; /* whom it lets go of when it is told */
} asker;

static void told(void *owner, nx_catalog *catalog, const nx_error *err) {
    (void)catalog;
    asker *a = owner;
    assert_false(a->told);
    a->told = true;
    a->job = NULL;
    a->kind = err ? err->kind : NX_OK;
    if (a->drops) {
        nx_catalog_drop(a->drops->job);
        a->drops->job = NULL;
    }
}

static int open_study(void **state) {
    study *s = *state = malloc(sizeof *s);
    *s = study_script("shared", "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a)");
    return 0;
}

static int close_study(void **state) {
    study_close(*state);
    free(*state);
    return 0;
}

static void describe(study *s, asker *a, const char *model) {
    a->job = nx_catalog_describe(s->session, study_listed(s, "public", model), told, a);
    assert_non_null(a->job);
}

static void one_trip_for_all(void **state) {
    study *s = *state;
    asker first = {0}, second = {0}, third = {0}, other = {0}, graph = {0}, again = {0};
    int64_t before = study_trips(s);
    describe(s, &first, "b");
    describe(s, &second, "b");
    describe(s, &third, "b");
    describe(s, &other, "a");
    graph.job = nx_catalog_load_graph(s->session, s->catalog, told, &graph);
    again.job = nx_catalog_load_graph(s->session, s->catalog, told, &again);
    lab_wait(s->session, &again.told);
    lab_wait(s->session, &graph.told);
    assert_true(first.told && second.told && third.told && other.told);
    assert_int_equal(study_trips(s), before + 3);
    assert_true(study_listed(s, "public", "b")->described);
}

static void the_first_may_go_the_others_are_told(void **state) {
    study *s = *state;
    asker first = {0}, second = {0}, third = {0};
    describe(s, &first, "b");
    describe(s, &second, "b");
    describe(s, &third, "b");
    nx_catalog_drop(first.job);
    nx_catalog_drop(third.job);
    lab_wait(s->session, &second.told);
    assert_false(first.told || third.told);
    assert_int_equal(second.kind, NX_OK);
}

static void all_may_go(void **state) {
    study *s = *state;
    asker first = {0}, second = {0}, later = {0};
    describe(s, &first, "b");
    describe(s, &second, "b");
    nx_catalog_drop(first.job);
    nx_catalog_drop(second.job);
    describe(s, &later, "a");
    lab_wait(s->session, &later.told);
    assert_false(first.told || second.told);
    assert_false(study_listed(s, "public", "b")->described);
}

static void who_is_told_may_let_go_of_another(void **state) {
    study *s = *state;
    asker first = {0}, second = {0}, third = {0};
    describe(s, &first, "b");
    describe(s, &second, "b");
    describe(s, &third, "b");
    first.drops = &second;
    third.drops = &second;
    lab_wait(s->session, &first.told);
    assert_true(third.told);
    assert_false(second.told);
}

static void all_hear_of_a_failure(void **state) {
    study *s = *state;
    asker first = {0}, second = {0};
    lab_sql(s->url, "DROP TABLE b");
    describe(s, &first, "b");
    describe(s, &second, "b");
    lab_wait(s->session, &second.told);
    assert_int_equal(first.kind, NX_ERR_NOT_FOUND);
    assert_int_equal(second.kind, NX_ERR_NOT_FOUND);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, open_study, close_study)

/* What a model's relations lead to, with what that references in its turn; nothing is left to describe then. */
static void what_relations_lead_to_is_one_trip(void **state) {
    (void)state;
    study s = study_script("related", "CREATE TABLE hub (id int PRIMARY KEY); CREATE TABLE far (id int PRIMARY KEY, title text);"
                                      "CREATE TABLE spoke (id int PRIMARY KEY, hub int REFERENCES hub, far int REFERENCES far);"
                                      "CREATE TABLE wheel (id int PRIMARY KEY, hub int REFERENCES hub);"
                                      "CREATE TABLE road (id int PRIMARY KEY)");
    asker ahead = {0};
    nx_model *hub = study_model(&s, "public", "hub");
    study_graph(&s);
    int64_t before = study_trips(&s);
    ahead.job = nx_catalog_describe_related(s.session, hub, told, &ahead);
    assert_non_null(ahead.job);
    lab_wait(s.session, &ahead.told);
    assert_int_equal(study_trips(&s), before + 1);
    assert_int_equal(study_listed(&s, "public", "spoke")->nforeign_keys, 2);
    assert_true(study_listed(&s, "public", "wheel")->described && study_listed(&s, "public", "far")->described);
    assert_false(study_listed(&s, "public", "road")->described);
    assert_null(nx_catalog_describe_related(s.session, hub, told, &ahead));
    study_close(&s);
}

static const struct CMUnitTest tests[] = {
    EACH(one_trip_for_all),
    EACH(the_first_may_go_the_others_are_told),
    EACH(all_may_go),
    EACH(who_is_told_may_let_go_of_another),
    EACH(all_hear_of_a_failure),
    cmocka_unit_test(what_relations_lead_to_is_one_trip),
};

LAB_MAIN(tests, NULL, NULL)
