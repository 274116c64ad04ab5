/* How records are addressed, and which models can be edited. */
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"
#include "study.h"

typedef struct expectation {
    const char *model, *identity, *fields; /* fields of the key, "" for none */
    bool insert, update, delete;
    const char *reason; /* a part of it; NULL when the model can be edited */
} expectation;

static void check(study *s, const expectation *e) {
    const nx_model *model = study_model(s, "public", e->model);
    char *fields = model->identity ? study_fields(model->identity->fields, model->identity->nfields) : nx_strdup("");
    if (strcmp(nx_identity_name(model->identity_kind), e->identity) != 0 || strcmp(fields, e->fields) != 0) {
        fail_msg("%s: %s (%s)", e->model, nx_identity_name(model->identity_kind), fields);
    }
    if (model->can_insert != e->insert || model->can_update != e->update || model->can_delete != e->delete) {
        fail_msg("%s: insert %d update %d delete %d", e->model, model->can_insert, model->can_update, model->can_delete);
    }
    const char *reason = model->read_only_reason;
    if (e->reason ? !reason || !strstr(reason, e->reason) : reason != NULL) {
        fail_msg("%s: %s", e->model, reason ? reason : "no reason given");
    }
    free(fields);
}

static void check_all(study *s, const expectation *expected, size_t n) {
    for (size_t i = 0; i < n; i++) {
        check(s, &expected[i]);
    }
}

static void tables_are_addressed_by_the_best_key(void **state) {
    (void)state;
    char *any = lab_database("any");
    bool not_distinct = lab_version(any) >= 15; /* before, a unique index never takes two NULLs for the same */
    free(any);
    nx_buf script = NX_BUF;
    nx_buf_adds(&script,
        "CREATE TABLE pk (a int, b int, c int UNIQUE NOT NULL, PRIMARY KEY (b, a));"
        "CREATE TABLE uq (a int, b int NOT NULL, c int NOT NULL, d int NOT NULL, UNIQUE (a), UNIQUE (b, c), UNIQUE (d));"
        "CREATE TABLE nullable (a int UNIQUE); CREATE TABLE nnd (a int);"
        "CREATE TABLE defer (a int NOT NULL UNIQUE DEFERRABLE); CREATE TABLE deferpk (a int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED);"
        "CREATE TABLE partial (a int NOT NULL); CREATE UNIQUE INDEX ON partial (a) WHERE a > 0;"
        "CREATE TABLE expr (a text NOT NULL); CREATE UNIQUE INDEX ON expr (lower(a));"
        "CREATE TABLE pattern (a text NOT NULL); CREATE UNIQUE INDEX ON pattern (a text_pattern_ops);"
        "CREATE TABLE other_order (a text NOT NULL); CREATE UNIQUE INDEX ON other_order (a COLLATE \"POSIX\");"
        "CREATE TABLE including (a int NOT NULL, b int NOT NULL); CREATE UNIQUE INDEX ON including (a) INCLUDE (b);"
        "CREATE TABLE excl (r int4range NOT NULL, EXCLUDE USING gist (r WITH &&)); CREATE UNLOGGED TABLE bare (a int);");
    nx_buf_addf(&script, "CREATE UNIQUE INDEX ON nnd (a) %s", not_distinct ? "NULLS NOT DISTINCT" : "");
    study s = study_script("keys", script.data);
    nx_buf_free(&script);
    static const expectation expected[] = {
        {"pk", "primary key", "b,a", true, true, true, NULL},
        {"uq", "unique key", "d", true, true, true, NULL},
        {"nullable", "tuple id", "", true, true, true, NULL},
        {"nnd", "tuple id", "", true, true, true, NULL},
        {"defer", "tuple id", "", true, true, true, NULL},
        {"deferpk", "tuple id", "", true, true, true, NULL},
        {"partial", "tuple id", "", true, true, true, NULL},
        {"expr", "tuple id", "", true, true, true, NULL},
        {"pattern", "tuple id", "", true, true, true, NULL},
        {"other_order", "tuple id", "", true, true, true, NULL},
        {"including", "unique key", "a", true, true, true, NULL},
        {"excl", "tuple id", "", true, true, true, NULL},
        {"bare", "tuple id", "", true, true, true, NULL},
    };
    check_all(&s, expected, NX_COUNT(expected));
    const nx_model *defer = study_listed(&s, "public", "defer");
    assert_int_equal(defer->nkeys, 1); /* a key in name, which one may still look a record up by */
    assert_false(defer->keys[0]->identifies);
    assert_int_equal(study_listed(&s, "public", "partial")->nkeys, 0);
    const nx_model *pk = study_listed(&s, "public", "pk");
    assert_int_equal(pk->nkeys, 2);
    assert_true(pk->keys[0]->primary && !pk->keys[1]->primary && pk->keys[1]->identifies);
    study_close(&s);
}

static void an_index_left_invalid_is_no_key(void **state) {
    (void)state;
    char *url = lab_database("invalid");
    lab_sql(url, "CREATE TABLE t (a int NOT NULL); CREATE UNIQUE INDEX ti ON t (a);"
                 "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ti'::regclass");
    study s = study_open(url);
    static const expectation expected = {"t", "tuple id", "", true, true, true, NULL};
    check(&s, &expected);
    assert_false(study_listed(&s, "public", "t")->indexes[0]->valid);
    study_close(&s);
}

static void partitions_and_children(void **state) {
    (void)state;
    study s = study_script("parts",
                           "CREATE TABLE p (k int, v text) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p DEFAULT;"
                           "CREATE TABLE ppk (k int PRIMARY KEY) PARTITION BY RANGE (k); CREATE TABLE ppk1 PARTITION OF ppk DEFAULT;"
                           "CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (PRIMARY KEY (id)) INHERITS (parent);"
                           "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER r FOREIGN DATA WRAPPER w;"
                           "CREATE TABLE mixed (k int) PARTITION BY RANGE (k); CREATE TABLE mixed1 PARTITION OF mixed FOR VALUES FROM (0) TO (9)"
                           " PARTITION BY RANGE (k); CREATE FOREIGN TABLE mixed11 PARTITION OF mixed1 DEFAULT SERVER r;");
    static const expectation expected[] = {
        {"p", "tuple id", "", true, true, true, NULL},
        {"p1", "tuple id", "", true, true, true, NULL},
        {"ppk", "primary key", "k", true, true, true, NULL},
        {"ppk1", "primary key", "k", true, true, true, NULL},
        {"parent", "tuple id", "", true, true, true, NULL}, /* its key is not unique among its children */
        {"child", "primary key", "id", true, true, true, NULL},
        {"mixed", "none", "", false, false, false, "tuple id"},
    };
    check_all(&s, expected, NX_COUNT(expected));
    assert_true(study_listed(&s, "public", "parent")->inherited);
    assert_false(study_listed(&s, "public", "child")->inherited);
    assert_false(study_listed(&s, "public", "p")->inherited);
    assert_int_equal(study_listed(&s, "public", "parent")->nkeys, 1);
    study_close(&s);
}

static void views_are_what_their_table_lets_them_be(void **state) {
    (void)state;
    study s = study_script(
        "views",
        "CREATE TABLE t (a int, b int, c text, d text, PRIMARY KEY (a, b)); CREATE TABLE o (id int PRIMARY KEY, c text);"
        "CREATE TABLE bag (x int);"
        "CREATE VIEW plain AS SELECT c, b, a FROM t WHERE c <> ''; CREATE VIEW \"re named\" AS SELECT b AS \"the b\", a AS \"the a\\\", c FROM t;"
        "CREATE VIEW swapped AS SELECT a AS b, b AS a FROM t; CREATE VIEW half AS SELECT a, c FROM t;"
        "CREATE VIEW decoy AS SELECT d AS a, c AS b FROM t; CREATE VIEW computed AS SELECT a + 0 AS a, b, c FROM t;"
        "CREATE VIEW filtered AS SELECT a, b, c FROM t WHERE a IN (SELECT id FROM o WHERE id > 0);"
        "CREATE VIEW same_filtered AS SELECT a, b FROM t WHERE b IN (SELECT b FROM t WHERE c = 'x');"
        "CREATE VIEW looked_up AS SELECT a, b, (SELECT o.c FROM o WHERE o.id = a) AS other FROM t;"
        "CREATE VIEW joined AS SELECT t.a, t.b, o.c FROM t JOIN o ON o.id = t.a; CREATE VIEW grouped AS SELECT a, count(*) FROM t GROUP BY a;"
        "CREATE VIEW triggered AS SELECT t.a, o.c FROM t JOIN o ON o.id = t.a; CREATE VIEW keyless AS SELECT x FROM bag;"
        "CREATE VIEW mixed AS SELECT a, b, upper(c) AS u, d FROM t; CREATE MATERIALIZED VIEW mat AS SELECT a, b FROM t;"
        "CREATE UNIQUE INDEX ON mat (a, b); CREATE VIEW distinct_one AS SELECT DISTINCT a, b FROM t;"
        "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        "CREATE TRIGGER i INSTEAD OF INSERT OR UPDATE OR DELETE ON triggered FOR EACH ROW EXECUTE FUNCTION nothing();"
        "CREATE TABLE up (id int PRIMARY KEY); CREATE TABLE down () INHERITS (up); CREATE VIEW over AS SELECT * FROM up;");
    static const expectation expected[] = {
        {"plain", "unique key", "a,b", true, true, true, NULL},
        {"re named", "unique key", "the a\\,the b", true, true, true, NULL},
        {"swapped", "unique key", "b,a", true, true, true, NULL}, /* by origin, not by name */
        {"half", "none", "", false, false, false, "whole primary key"},
        {"decoy", "none", "", false, false, false, "whole primary key"},
        {"computed", "none", "", false, false, false, "whole primary key"},
        {"mixed", "unique key", "a,b", true, true, true, NULL},
        {"filtered", "unique key", "a,b", true, true, true, NULL}, /* another table's columns do not confuse it */
        {"looked_up", "unique key", "a,b", true, true, true, NULL},
        {"same_filtered", "none", "", false, false, false, "whole primary key"}, /* the same table's do: it gives up */
        {"joined", "none", "", false, false, false, "cannot update"},
        {"grouped", "none", "", false, false, false, "cannot update"},
        {"distinct_one", "none", "", false, false, false, "cannot update"},
        {"triggered", "none", "", false, false, false, "whole primary key"},
        {"keyless", "none", "", false, false, false, "whole primary key"},
        {"over", "none", "", false, false, false, "whole primary key"},
        {"mat", "tuple id", "", false, false, false, "refresh"},
    };
    check_all(&s, expected, NX_COUNT(expected));
    const nx_model *plain = study_listed(&s, "public", "plain");
    assert_false(nx_model_field(plain, "a")->nullable);
    assert_true(nx_model_field(plain, "c")->nullable);
    const nx_model *mixed = study_listed(&s, "public", "mixed");
    assert_false(nx_model_field(mixed, "u")->can_update);
    assert_true(nx_model_field(mixed, "d")->can_update);
    study_close(&s);
}

static void rules_foreign_tables_and_the_catalog_are_read_only(void **state) {
    (void)state;
    study s = study_script("readonly", "CREATE TABLE ruled (id int PRIMARY KEY); CREATE RULE r AS ON UPDATE TO ruled DO INSTEAD NOTHING;"
                                       "CREATE TABLE also (id int PRIMARY KEY); CREATE RULE r AS ON DELETE TO also DO ALSO NOTHING;"
                                       "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER r FOREIGN DATA WRAPPER w;"
                                       "CREATE FOREIGN TABLE f (id int NOT NULL) SERVER r;");
    static const expectation expected[] = {
        {"ruled", "primary key", "id", false, false, false, "rewrite rules"},
        {"also", "primary key", "id", false, false, false, "rewrite rules"},
        {"f", "none", "", false, false, false, "foreign table"},
    };
    check_all(&s, expected, NX_COUNT(expected));
    assert_true(study_listed(&s, "public", "ruled")->rules);
    const nx_model *catalog = study_model(&s, "pg_catalog", "pg_class");
    assert_false(catalog->can_insert || catalog->can_update || catalog->can_delete);
    assert_non_null(strstr(catalog->read_only_reason, "catalog"));
    study_close(&s);
}

static void privileges_decide(void **state) {
    (void)state;
    char *url = lab_database("privileges");
    lab_sql(url, "DO $$ BEGIN CREATE ROLE catalog_editor LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
                 "CREATE TABLE one (id int PRIMARY KEY, a text, b text); GRANT SELECT, UPDATE (a) ON one TO catalog_editor;"
                 "CREATE TABLE blind (id int PRIMARY KEY, a text); GRANT SELECT (a), UPDATE ON blind TO catalog_editor;"
                 "CREATE TABLE nothing (id int PRIMARY KEY);");
    study s = study_open(study_url_as(url, "catalog_editor"));
    static const expectation expected[] = {
        {"one", "primary key", "id", false, true, false, NULL},
        {"blind", "none", "", false, false, false, "no readable key"},
        {"nothing", "none", "", false, false, false, "no readable key"},
    };
    check_all(&s, expected, NX_COUNT(expected));
    const nx_model *one = study_listed(&s, "public", "one");
    assert_true(nx_model_field(one, "a")->can_update);
    assert_false(nx_model_field(one, "b")->can_update);
    assert_false(nx_model_field(one, "a")->can_insert);
    study_close(&s);
    free(url);
}

static void foreign_keys_and_fields_know_each_other(void **state) {
    (void)state;
    study s = study_script("fks", "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE u (id int PRIMARY KEY);"
                                  "CREATE TABLE p (k int PRIMARY KEY) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (5);"
                                  "CREATE TABLE p2 PARTITION OF p DEFAULT;"
                                  "CREATE TABLE c (x int, y int, z int REFERENCES p, CONSTRAINT whole FOREIGN KEY (y, x) REFERENCES t (a, b) DEFERRABLE,"
                                  " CONSTRAINT single FOREIGN KEY (x) REFERENCES u) PARTITION BY RANGE (x);"
                                  "CREATE TABLE c1 PARTITION OF c DEFAULT;");
    const nx_model *c = study_model(&s, "public", "c");
    assert_int_equal(c->nforeign_keys, 3); /* none of the copies that point at p's partitions */
    const nx_foreign_key *single = nx_field_foreign_key(nx_model_field(c, "x"));
    assert_string_equal(single->name, "single");
    const nx_foreign_key *whole = nx_field_foreign_key(nx_model_field(c, "y"));
    assert_string_equal(whole->name, "whole");
    assert_true(whole->deferrable);
    assert_fields(whole->fields, whole->nfields, "y,x");
    assert_string_equal(whole->references[0], "a");
    assert_string_equal(whole->references[1], "b");
    assert_ptr_equal(nx_field_foreign_key(nx_model_field(c, "z"))->target, study_listed(&s, "public", "p"));
    assert_true(study_listed(&s, "public", "p")->described);
    assert_false(study_listed(&s, "public", "p1")->described);
    const nx_model *leaf = study_model(&s, "public", "c1");
    assert_int_equal(leaf->nforeign_keys, 3);
    assert_null(nx_field_foreign_key(study_field(&s, "u", "id")));
    study_close(&s);
}

static void labels_follow_their_rule(void **state) {
    (void)state;
    study s = study_script("labels", "CREATE TABLE l1 (id text PRIMARY KEY, email text, \"Name\" varchar(9), title text);"
                                     "CREATE TABLE l2 (id int, \"displayName\" text, username text);"
                                     "CREATE TABLE l3 (id text PRIMARY KEY, nickname text, isbn text UNIQUE);"
                                     "CREATE TABLE l4 (id text PRIMARY KEY, a text, nick_name text); CREATE TABLE l5 (id text PRIMARY KEY, a text);"
                                     "CREATE TABLE l6 (name int, a text, b text, UNIQUE (a, b));");
    static const struct {
        const char *model, *label;
    } expected[] = {{"l1", "Name"}, {"l2", "displayName"}, {"l3", "isbn"}, {"l4", "nick_name"}, {"l5", NULL}, {"l6", NULL}};
    for (size_t i = 0; i < NX_COUNT(expected); i++) {
        const nx_field *label = study_model(&s, "public", expected[i].model)->label;
        if (expected[i].label) {
            assert_non_null(label);
            assert_string_equal(label->name, expected[i].label);
        } else {
            assert_null(label);
        }
    }
    study_close(&s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(tables_are_addressed_by_the_best_key),
    cmocka_unit_test(an_index_left_invalid_is_no_key),
    cmocka_unit_test(partitions_and_children),
    cmocka_unit_test(views_are_what_their_table_lets_them_be),
    cmocka_unit_test(rules_foreign_tables_and_the_catalog_are_read_only),
    cmocka_unit_test(privileges_decide),
    cmocka_unit_test(foreign_keys_and_fields_know_each_other),
    cmocka_unit_test(labels_follow_their_rule),
};

LAB_MAIN(tests, NULL, NULL)
