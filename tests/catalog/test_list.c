/* The list of models: order, titles, what is hidden, estimates, ten thousand tables. */
#include "lab/lab.h"
#include "lab/test.h"
#include "study.h"

/* Titles of what is listed by default and of partitions, in order. */
static char *titles(const nx_catalog *catalog) {
    nx_buf out = NX_BUF;
    for (int i = 0; i < nx_catalog_count(catalog); i++) {
        const nx_model *model = nx_catalog_model(catalog, i);
        if (!model->system) {
            nx_buf_addf(&out, "%s%s%s", out.len ? " " : "", model->parent ? ">" : "", model->title);
        }
    }
    return nx_buf_take(&out);
}

static void models_stand_in_the_order_of_a_person(void **state) {
    (void)state;
    study s = study_script("order",
                           "CREATE SCHEMA aaa; CREATE SCHEMA \"Z\"; CREATE TABLE aaa.b (); CREATE TABLE \"Z\".a ();"
                           "CREATE TABLE zebra (); CREATE TABLE \"Ant\" (); CREATE TABLE \"_AToB\" (); CREATE VIEW cow AS SELECT 1;"
                           "CREATE TABLE part (k int, r int) PARTITION BY LIST (k);"
                           "CREATE TABLE aaa.p2 PARTITION OF part FOR VALUES IN (2) PARTITION BY LIST (r);"
                           "CREATE TABLE p1 PARTITION OF part FOR VALUES IN (1);"
                           "CREATE TABLE aaa.p22 PARTITION OF aaa.p2 FOR VALUES IN (2);"
                           "CREATE TABLE aaa.p21 PARTITION OF aaa.p2 FOR VALUES IN (1);");
    char *order = titles(s.catalog);
    assert_string_equal(order, "Ant cow part >p1 >p2 >p21 >p22 zebra _AToB a b");
    free(order);
    assert_ptr_equal(study_listed(&s, "aaa", "p21")->parent, study_listed(&s, "aaa", "p2"));
    assert_false(nx_model_listed(study_listed(&s, "public", "p1")));
    assert_true(nx_model_listed(study_listed(&s, "public", "part")));
    assert_true(study_listed(&s, "public", "_AToB")->join_table);
    assert_null(nx_catalog_model(s.catalog, -1));
    assert_null(nx_catalog_model(s.catalog, nx_catalog_count(s.catalog)));
    study_close(&s);
}

static void kinds_are_told_apart(void **state) {
    (void)state;
    study s = study_script("kinds", "CREATE TABLE t (k int); CREATE VIEW v AS SELECT 1; CREATE MATERIALIZED VIEW m AS SELECT 1;"
                                    "CREATE TABLE p (k int) PARTITION BY HASH (k); CREATE SEQUENCE q; CREATE INDEX i ON t (k);"
                                    "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER r FOREIGN DATA WRAPPER w;"
                                    "CREATE FOREIGN TABLE f (a int) SERVER r; CREATE TYPE c AS (a int);");
    static const struct {
        const char *name, *kind;
    } expected[] = {{"t", "table"},
                    {"v", "view"},
                    {"m", "materialized view"},
                    {"p", "partitioned table"},
                    {"f", "foreign table"}};
    for (size_t i = 0; i < NX_COUNT(expected); i++) {
        assert_string_equal(nx_model_kind_name(study_listed(&s, "public", expected[i].name)->kind), expected[i].kind);
    }
    char *all = titles(s.catalog);
    assert_string_equal(all, "f m p t v");
    free(all);
    study_close(&s);
}

static void only_names_that_stand_twice_carry_their_schema(void **state) {
    (void)state;
    study s = study_script("titles", "CREATE SCHEMA other; CREATE TABLE users (); CREATE TABLE other.users ();"
                                     "CREATE TABLE other.alone (); CREATE TABLE pg_class_ (); CREATE TABLE tables ();");
    assert_string_equal(study_listed(&s, "public", "users")->title, "public.users");
    assert_string_equal(study_listed(&s, "other", "users")->title, "other.users");
    assert_string_equal(study_listed(&s, "other", "alone")->title, "alone");
    assert_string_equal(study_listed(&s, "public", "tables")->title, "tables");
    assert_string_equal(study_listed(&s, "information_schema", "tables")->title, "information_schema.tables");
    study_close(&s);
}

static void system_objects_are_hidden_not_lost(void **state) {
    (void)state;
    study s = study_script("system", "CREATE SCHEMA neon; CREATE TABLE neon.x (); CREATE SCHEMA neonate; CREATE TABLE neonate.y ();"
                                     "CREATE SCHEMA _timescaledb_internal; CREATE TABLE _timescaledb_internal.chunk ();"
                                     "CREATE TABLE _prisma_migrations (id text); CREATE TEMPORARY TABLE gone ();"
                                     "CREATE TABLE owned (); ALTER EXTENSION plpgsql ADD TABLE owned;");
    assert_true(study_listed(&s, "neon", "x")->system);
    assert_true(study_listed(&s, "_timescaledb_internal", "chunk")->system);
    assert_true(study_listed(&s, "public", "_prisma_migrations")->system);
    assert_true(study_listed(&s, "public", "owned")->system);
    assert_true(study_listed(&s, "pg_catalog", "pg_class")->system);
    assert_true(study_listed(&s, "information_schema", "columns")->system);
    assert_false(study_listed(&s, "neonate", "y")->system);
    char *shown = titles(s.catalog);
    assert_string_equal(shown, "y");
    free(shown);
    study_close(&s);
}

static void estimates_are_the_servers_and_sum_up(void **state) {
    (void)state;
    study s = study_script("estimates",
                           "CREATE TABLE few AS SELECT i FROM generate_series(1, 300) i; CREATE TABLE never (i int);"
                           "CREATE TABLE p (k int) PARTITION BY RANGE (k);"
                           "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);"
                           "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (1000) PARTITION BY RANGE (k);"
                           "CREATE TABLE p21 PARTITION OF p2 FOR VALUES FROM (100) TO (200);"
                           "CREATE TABLE p22 PARTITION OF p2 FOR VALUES FROM (200) TO (300);"
                           "CREATE TABLE q (k int) PARTITION BY RANGE (k); CREATE TABLE q1 PARTITION OF q DEFAULT;"
                           "INSERT INTO p SELECT generate_series(0, 249); CREATE VIEW v AS SELECT * FROM few;"
                           "ANALYZE few; ANALYZE p1; ANALYZE p21; ANALYZE p22");
    assert_int_equal(study_listed(&s, "public", "few")->rows_estimate, 300);
    assert_int_equal(study_listed(&s, "public", "never")->rows_estimate, -1);
    assert_int_equal(study_listed(&s, "public", "v")->rows_estimate, -1);
    assert_int_equal(study_listed(&s, "public", "p")->rows_estimate, 250);
    assert_int_equal(study_listed(&s, "public", "p2")->rows_estimate, 150);
    assert_int_equal(study_listed(&s, "public", "q")->rows_estimate, -1);
    study_close(&s);
}

static void what_a_role_may_read_is_known(void **state) {
    (void)state;
    char *url = lab_database("readable");
    lab_sql(url, "CREATE TABLE open (a int); CREATE TABLE shut (a int); CREATE TABLE ajar (a int, b int);"
                 "CREATE SCHEMA locked; CREATE TABLE locked.inside (a int);"
                 "DO $$ BEGIN CREATE ROLE catalog_reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
                 "GRANT SELECT ON open, locked.inside TO catalog_reader; GRANT SELECT (b) ON ajar TO catalog_reader;");
    study s = study_open(study_url_as(url, "catalog_reader"));
    assert_true(study_listed(&s, "public", "open")->readable);
    assert_true(study_listed(&s, "public", "ajar")->readable);
    assert_false(study_listed(&s, "public", "shut")->readable);
    assert_false(study_listed(&s, "locked", "inside")->readable);
    nx_model *ajar = study_model(&s, "public", "ajar");
    assert_false(ajar->fields[0]->can_select);
    assert_true(ajar->fields[1]->can_select);
    assert_int_equal(ajar->identity_kind, NX_IDENTITY_NONE); /* tuple ids need the right to the whole table */
    assert_non_null(ajar->read_only_reason);
    nx_model *open = study_model(&s, "public", "open");
    assert_int_equal(open->identity_kind, NX_IDENTITY_TUPLE);
    assert_false(open->can_update || open->can_insert || open->can_delete);
    assert_non_null(strstr(open->read_only_reason, "no right"));
    study_close(&s);
    free(url);
}

static void sizes_come_when_asked_for(void **state) {
    (void)state;
    study s = study_script("sizes", "CREATE TABLE full_one AS SELECT repeat('x', 1000) FROM generate_series(1, 1000);"
                                    "CREATE TABLE p (k int) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p DEFAULT;"
                                    "INSERT INTO p SELECT generate_series(1, 10000); CREATE TABLE unasked (); CREATE TABLE gone ()");
    nx_model *models[] = {study_listed(&s, "public", "full_one"), study_listed(&s, "public", "p"),
                          study_listed(&s, "public", "gone")};
    assert_int_equal(models[0]->size, -1);
    lab_sql(s.url, "DROP TABLE gone");
    int64_t trips = study_trips(&s);
    study_sizes(&s, models, 3);
    assert_int_equal(study_trips(&s), trips + 1);
    assert_int_equal(models[0]->size, lab_query_int(s.url, "SELECT pg_total_relation_size('full_one')"));
    assert_int_equal(models[1]->size, lab_query_int(s.url, "SELECT pg_total_relation_size('p1')"));
    assert_true(models[0]->size > 0 && models[1]->size > 0);
    assert_int_equal(models[2]->size, -1);
    assert_int_equal(study_listed(&s, "public", "unasked")->size, -1);
    study_close(&s);
}

static void ten_thousand_tables_are_one_trip(void **state) {
    (void)state;
    char *url = lab_database("many");
    lab_sql(url, "DO $$ BEGIN FOR s IN 1..20 LOOP EXECUTE format('CREATE SCHEMA s%s', s);"
                 " FOR t IN 1..500 LOOP EXECUTE format('CREATE TABLE s%s.t%s ()', s, t); END LOOP; COMMIT; END LOOP; END $$");
    study s = study_open(url);
    assert_int_equal(study_trips(&s), 1);
    assert_true(nx_catalog_count(s.catalog) >= 10000);
    assert_string_equal(study_listed(&s, "s7", "t321")->title, "s7.t321");
    study_close(&s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(models_stand_in_the_order_of_a_person),
    cmocka_unit_test(kinds_are_told_apart),
    cmocka_unit_test(only_names_that_stand_twice_carry_their_schema),
    cmocka_unit_test(system_objects_are_hidden_not_lost),
    cmocka_unit_test(estimates_are_the_servers_and_sum_up),
    cmocka_unit_test(what_a_role_may_read_is_known),
    cmocka_unit_test(sizes_come_when_asked_for),
    cmocka_unit_test(ten_thousand_tables_are_one_trip),
};

LAB_MAIN(tests, NULL, NULL)
