/* Finding what a person typed; jobs that are dropped or fail. */
#include "lab/lab.h"
#include "lab/test.h"
#include "study.h"

static const char *found(study *s, const char *typed, const char *schema) {
    static char text[300];
    nx_error err = NX_ERROR;
    const nx_model *model = nx_catalog_find(s->catalog, typed, schema, &err);
    if (model) {
        snprintf(text, sizeof text, "%s|%s", model->schema, model->name);
    } else {
        assert_int_equal(err.kind, NX_ERR_NOT_FOUND);
        snprintf(text, sizeof text, "%s - %s", err.message, err.hint ? err.hint : "");
        nx_error_clear(&err);
    }
    return text;
}

static void models_are_found_as_typed(void **state) {
    (void)state;
    study s = study_script("find", "CREATE SCHEMA audit; CREATE SCHEMA a; CREATE TABLE \"User\" (); CREATE TABLE \"Post\" (); CREATE TABLE post ();"
                                   "CREATE TABLE audit.log (); CREATE TABLE log (); CREATE TABLE a.b (); CREATE TABLE \"a.b\" ();"
                                   "CREATE TABLE \"a.c\" (); CREATE TABLE audit.\"Event\" (); CREATE TABLE \"\xc3\x89t\xc3\xa9\" ();");
    assert_string_equal(found(&s, "User", NULL), "public|User");
    assert_string_equal(found(&s, "user", NULL), "public|User");
    assert_string_equal(found(&s, "public.user", NULL), "public|User");
    assert_string_equal(found(&s, "AUDIT.event", NULL), "audit|Event");
    assert_string_equal(found(&s, "post", NULL), "public|post");
    assert_string_equal(found(&s, "Post", NULL), "public|Post");
    assert_string_equal(found(&s, "POST", NULL),
                        "\"POST\" can mean 2 models: public.Post, public.post - say which one, with its schema");
    assert_string_equal(found(&s, "log", NULL),
                        "\"log\" can mean 2 models: public.log, audit.log - say which one, with its schema");
    assert_string_equal(found(&s, "audit.log", NULL), "audit|log");
    assert_string_equal(found(&s, "log", "audit"), "audit|log");
    assert_string_equal(found(&s, "LOG", "audit"), "audit|log");
    assert_string_equal(found(&s, "a.c", NULL), "public|a.c");
    assert_string_equal(found(&s, "a.b", NULL), "\"a.b\" can mean 2 models: public.a.b, a.b - say which one, with its schema");
    assert_string_equal(found(&s, "a.b", "public"), "public|a.b");
    assert_string_equal(found(&s, "b", "a"), "a|b");
    assert_string_equal(found(&s, "public.a.b", NULL), "public|a.b");
    assert_string_equal(found(&s, "tables", NULL), "information_schema|tables");
    assert_string_equal(found(&s, "\xc3\xa9T\xc3\x89", NULL), "public|\xc3\x89t\xc3\xa9");
    study_close(&s);
}

static void what_is_unknown_gets_the_nearest_names(void **state) {
    (void)state;
    study s = study_script("nearest", "CREATE SCHEMA audit; CREATE TABLE \"User\" (); CREATE TABLE \"Post\" (); CREATE TABLE audit.\"Event\" ();"
                                      "CREATE TABLE \"TeamMember\" (); CREATE TABLE \"TeamMembers\" ();");
    assert_string_equal(found(&s, "Usr", NULL), "no model \"Usr\" - did you mean \"User\"?");
    assert_string_equal(found(&s, "TeamMembr", NULL),
                        "no model \"TeamMembr\" - did you mean \"TeamMember\" or \"TeamMembers\"?");
    assert_string_equal(found(&s, "event", "public"),
                        "no model \"event\" in the schema \"public\" - the list of models shows what there is");
    assert_string_equal(found(&s, "Evnt", "audit"), "no model \"Evnt\" in the schema \"audit\" - did you mean \"Event\"?");
    assert_string_equal(found(&s, "something else entirely", NULL),
                        "no model \"something else entirely\" - the list of models shows what there is");
    assert_string_equal(found(&s, "", NULL), "no model \"\" - the list of models shows what there is");
    study_close(&s);
}

static void fields_are_found_as_typed(void **state) {
    (void)state;
    study s = study_script("fields", "CREATE TABLE t (\"createdAt\" date, a int, \"A\" int, name text)");
    const nx_model *t = study_model(&s, "public", "t");
    nx_error err = NX_ERROR;
    assert_string_equal(nx_model_find_field(t, "CREATEDAT", &err)->name, "createdAt");
    assert_string_equal(nx_model_find_field(t, "A", &err)->name, "A");
    assert_null(nx_model_field(t, "createdat"));
    assert_null(nx_model_find_field(t, "nmae", &err));
    assert_int_equal(err.kind, NX_ERR_NOT_FOUND);
    assert_string_equal(err.message, "t has no field \"nmae\"");
    assert_string_equal(err.hint, "did you mean \"name\"?");
    nx_error_clear(&err);
    assert_null(nx_model_find_relation(t, "author", &err));
    assert_string_equal(err.message, "t has no relation \"author\"");
    nx_error_clear(&err);
    study_close(&s);
}

static void never(void *owner, nx_catalog *catalog, const nx_error *err) {
    (void)owner;
    (void)catalog;
    (void)err;
    fail_msg("a dropped job called back");
}

static void a_dropped_job_is_silent(void **state) {
    (void)state;
    study s = study_script("dropped", "CREATE TABLE t (a int); CREATE TABLE u (a int)");
    nx_catalog_drop(nx_catalog_describe(s.session, study_listed(&s, "public", "t"), never, NULL));
    nx_catalog_drop(nx_catalog_load(s.session, never, NULL));
    nx_catalog_drop(nx_catalog_load_graph(s.session, s.catalog, never, NULL));
    nx_catalog_drop(NULL);
    assert_int_equal(study_model(&s, "public", "u")->nfields, 1);
    assert_int_equal(study_model(&s, "public", "t")->nfields, 1);
    study_close(&s);
}

typedef struct twice {
    int calls;
    bool both;
} twice;

static void count(void *owner, nx_catalog *catalog, const nx_error *err) {
    twice *t = owner;
    assert_non_null(catalog);
    assert_null(err);
    t->both = ++t->calls == 2;
}

static void asking_twice_at_once_describes_once(void **state) {
    (void)state;
    study s = study_script("twice", "CREATE TABLE t (id int PRIMARY KEY)");
    nx_model *t = study_listed(&s, "public", "t");
    twice two = {0};
    nx_catalog_describe(s.session, t, count, &two);
    nx_catalog_describe(s.session, t, count, &two);
    lab_wait(s.session, &two.both);
    assert_int_equal(t->nfields, 1);
    assert_int_equal(t->nkeys, 1);
    two = (twice){0};
    nx_catalog_load_graph(s.session, s.catalog, count, &two);
    nx_catalog_load_graph(s.session, s.catalog, count, &two);
    lab_wait(s.session, &two.both);
    assert_int_equal(t->nrelations, 0);
    study_close(&s);
}

static void a_catalog_lives_as_long_as_it_is_referred_to(void **state) {
    (void)state;
    study s = study_script("refs", "CREATE TABLE t (id int PRIMARY KEY)");
    nx_catalog *held = nx_catalog_ref(s.catalog);
    nx_model *t = study_model(&s, "public", "t");
    study_close(&s);
    assert_string_equal(t->fields[0]->name, "id");
    assert_ptr_equal(nx_catalog_by_oid(held, t->oid), t);
    assert_null(nx_catalog_by_oid(held, 1));
    assert_null(nx_catalog_by_oid(held, 0));
    nx_catalog_unref(held);
    nx_catalog_unref(NULL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(models_are_found_as_typed),
    cmocka_unit_test(what_is_unknown_gets_the_nearest_names),
    cmocka_unit_test(fields_are_found_as_typed),
    cmocka_unit_test(a_dropped_job_is_silent),
    cmocka_unit_test(asking_twice_at_once_describes_once),
    cmocka_unit_test(a_catalog_lives_as_long_as_it_is_referred_to),
};

LAB_MAIN(tests, NULL, NULL)
