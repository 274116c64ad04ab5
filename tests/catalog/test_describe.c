/* A model described: fields, types, indexes, constraints, what comes along, what no longer is there. */
#include "lab/lab.h"
#include "lab/test.h"
#include "study.h"

static void the_sample_post_is_told_whole(void **state) {
    (void)state;
    study s = study_open(lab_sample_database("describe"));
    int64_t trips = study_trips(&s);
    nx_model *post = study_model(&s, "public", "Post");
    assert_int_equal(study_trips(&s), trips + 1);
    assert_fields(post->fields, post->nfields,
                  "id,title,content,published,viewCount,tags,meta,authorId,reviewerId,createdAt,updatedAt");
    assert_string_equal(post->comment, "What people write");
    assert_int_equal(post->identity_kind, NX_IDENTITY_PRIMARY);
    assert_fields(post->identity->fields, post->identity->nfields, "id");
    assert_true(post->can_insert && post->can_update && post->can_delete);
    assert_null(post->read_only_reason);
    assert_int_equal(post->nchecks, 1);
    assert_non_null(strstr(post->checks[0], "\"viewCount\" >= 0"));
    assert_int_equal(post->nforeign_keys, 2);
    assert_string_equal(post->foreign_keys[0]->name, "Post_authorId_fkey");
    assert_int_equal(post->foreign_keys[0]->on_delete, 'r');
    assert_int_equal(post->foreign_keys[0]->on_update, 'c');
    assert_int_equal(post->foreign_keys[1]->on_delete, 'n');
    assert_string_equal(post->foreign_keys[1]->references[0], "id");
    assert_string_equal(post->label->name, "title");

    nx_field *created = nx_model_field(post, "createdAt");
    assert_string_equal(created->type, "timestamp(3) without time zone");
    assert_string_equal(created->cast, "\"pg_catalog\".\"timestamp\"");
    assert_string_equal(created->default_expression, "CURRENT_TIMESTAMP");
    assert_false(created->nullable);
    assert_string_equal(nx_model_field(post, "viewCount")->comment, "Counted once for each reader and day");
    nx_field *tags = nx_model_field(post, "tags");
    assert_int_equal(tags->class, NX_TYPE_ARRAY);
    assert_string_equal(tags->cast, "\"pg_catalog\".\"_text\"");
    assert_string_equal(tags->element_cast, "\"pg_catalog\".\"text\"");
    assert_true(tags->nullable && tags->sortable);
    assert_null(nx_model_field(post, "meta")->element_cast);
    assert_true(nx_field_in_identity(nx_model_field(post, "id")));
    assert_false(nx_field_in_identity(created));

    nx_model *user = study_listed(&s, "public", "User"); /* came along: labels need it */
    assert_true(user->described);
    assert_ptr_equal(post->foreign_keys[0]->target, user);
    nx_field *role = nx_model_field(user, "role");
    assert_int_equal(role->class, NX_TYPE_ENUM);
    assert_int_equal(role->nlabels, 4);
    assert_string_equal(role->labels[0], "USER");
    assert_string_equal(role->labels[3], "ADMIN");
    assert_string_equal(role->cast, "\"public\".\"Role\"");
    trips = study_trips(&s);
    assert_ptr_equal(study_model(&s, "public", "User"), user);
    assert_int_equal(study_trips(&s), trips);
    nx_field *address = user->fields[0];
    study_model(&s, "public", "Profile"); /* refers to User: which stays what and where it was */
    assert_ptr_equal(user->fields[0], address);
    study_close(&s);
}

static void every_type_has_its_class_and_its_cut(void **state) {
    (void)state;
    static const struct {
        const char *type, *cast;
        nx_type_class class;
        nx_cut cut;
        bool sortable;
    } types[] = {
        {"text", "\"pg_catalog\".\"text\"", NX_TYPE_TEXT, NX_CUT_TEXT, true},
        {"varchar(20)", "\"pg_catalog\".\"varchar\"", NX_TYPE_TEXT, NX_CUT_TEXT, true},
        {"char(5)", "\"pg_catalog\".\"bpchar\"", NX_TYPE_TEXT, NX_CUT_TEXT, true},
        {"name", "\"pg_catalog\".\"name\"", NX_TYPE_TEXT, NX_CUT_NONE, true},
        {"\"char\"", "\"pg_catalog\".\"char\"", NX_TYPE_OTHER, NX_CUT_NONE, true},
        {"bool", "\"pg_catalog\".\"bool\"", NX_TYPE_BOOL, NX_CUT_NONE, true},
        {"int2", "\"pg_catalog\".\"int2\"", NX_TYPE_NUMBER, NX_CUT_NONE, true},
        {"numeric(10,2)", "\"pg_catalog\".\"numeric\"", NX_TYPE_NUMBER, NX_CUT_GUARD, true},
        {"money", "\"pg_catalog\".\"money\"", NX_TYPE_NUMBER, NX_CUT_NONE, true},
        {"oid", "\"pg_catalog\".\"oid\"", NX_TYPE_NUMBER, NX_CUT_NONE, true},
        {"date", "\"pg_catalog\".\"date\"", NX_TYPE_TIME, NX_CUT_NONE, true},
        {"timetz", "\"pg_catalog\".\"timetz\"", NX_TYPE_TIME, NX_CUT_NONE, true},
        {"interval", "\"pg_catalog\".\"interval\"", NX_TYPE_TIME, NX_CUT_NONE, true},
        {"uuid", "\"pg_catalog\".\"uuid\"", NX_TYPE_UUID, NX_CUT_NONE, true},
        {"json", "\"pg_catalog\".\"json\"", NX_TYPE_JSON, NX_CUT_GUARD, false},
        {"jsonb", "\"pg_catalog\".\"jsonb\"", NX_TYPE_JSON, NX_CUT_GUARD, true},
        {"bytea", "\"pg_catalog\".\"bytea\"", NX_TYPE_BYTES, NX_CUT_BYTES, true},
        {"mood", "\"public\".\"mood\"", NX_TYPE_ENUM, NX_CUT_NONE, true},
        {"mood[]", "\"public\".\"_mood\"", NX_TYPE_ARRAY, NX_CUT_GUARD, true},
        {"int4[]", "\"pg_catalog\".\"_int4\"", NX_TYPE_ARRAY, NX_CUT_GUARD, true},
        {"json[]", "\"pg_catalog\".\"_json\"", NX_TYPE_ARRAY, NX_CUT_GUARD, false},
        {"point", "\"pg_catalog\".\"point\"", NX_TYPE_OTHER, NX_CUT_NONE, false},
        {"xml", "\"pg_catalog\".\"xml\"", NX_TYPE_OTHER, NX_CUT_GUARD, false},
        {"xid", "\"pg_catalog\".\"xid\"", NX_TYPE_OTHER, NX_CUT_NONE, false},
        {"box", "\"pg_catalog\".\"box\"", NX_TYPE_OTHER, NX_CUT_NONE, false},
        {"cidr", "\"pg_catalog\".\"cidr\"", NX_TYPE_OTHER, NX_CUT_GUARD, true},
        {"bit(4)", "\"pg_catalog\".\"bit\"", NX_TYPE_OTHER, NX_CUT_GUARD, true},
        {"int4range", "\"pg_catalog\".\"int4range\"", NX_TYPE_OTHER, NX_CUT_GUARD, true},
        {"datemultirange", "\"pg_catalog\".\"datemultirange\"", NX_TYPE_OTHER, NX_CUT_GUARD, true},
        {"tsvector", "\"pg_catalog\".\"tsvector\"", NX_TYPE_OTHER, NX_CUT_GUARD, true},
        {"regclass", "\"pg_catalog\".\"regclass\"", NX_TYPE_OTHER, NX_CUT_NONE, true},
        {"int2vector", "\"pg_catalog\".\"int2vector\"", NX_TYPE_OTHER, NX_CUT_GUARD, false},
        {"pair", "\"public\".\"pair\"", NX_TYPE_OTHER, NX_CUT_GUARD, true},
        {"with_json", "\"public\".\"with_json\"", NX_TYPE_OTHER, NX_CUT_GUARD, false},
        {"positive", "\"pg_catalog\".\"int4\"", NX_TYPE_NUMBER, NX_CUT_NONE, true},
        {"very_positive", "\"pg_catalog\".\"int4\"", NX_TYPE_NUMBER, NX_CUT_NONE, true},
        {"positive[]", "\"public\".\"_positive\"", NX_TYPE_ARRAY, NX_CUT_GUARD, true},
        {"mood_domain", "\"public\".\"mood\"", NX_TYPE_ENUM, NX_CUT_NONE, true},
        {"tags_domain", "\"pg_catalog\".\"_text\"", NX_TYPE_ARRAY, NX_CUT_GUARD, true},
        {"odd.json", "\"odd\".\"json\"", NX_TYPE_ENUM, NX_CUT_NONE, true}, /* an own type that is merely called json */
    };
    nx_buf script = NX_BUF;
    nx_buf_adds(&script, "CREATE SCHEMA odd; CREATE TYPE odd.json AS ENUM ('x'); CREATE TYPE mood AS ENUM ('sad', 'so-so', 'happy');"
                         "CREATE TYPE pair AS (a int, b text); CREATE TYPE with_json AS (a int, b json);"
                         "CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE DOMAIN very_positive AS positive CHECK (VALUE > 9);"
                         "CREATE DOMAIN mood_domain AS mood; CREATE DOMAIN tags_domain AS text[]; CREATE TABLE t (");
    for (size_t i = 0; i < NX_COUNT(types); i++) {
        nx_buf_addf(&script, "%sc%d %s", i ? "," : "", (int)i, types[i].type);
    }
    nx_buf_adds(&script, ")");
    study s = study_script("types", script.data);
    nx_buf_free(&script);
    nx_model *t = study_model(&s, "public", "t");
    assert_int_equal(t->nfields, NX_COUNT(types));
    for (size_t i = 0; i < NX_COUNT(types); i++) {
        const nx_field *f = t->fields[i];

        if (strcmp(f->cast, types[i].cast) != 0 || f->class != types[i].class || f->cut != types[i].cut ||
            f->sortable != types[i].sortable) {
            fail_msg("%s: cast %s, class %d, cut %d, sortable %d", types[i].type, f->cast, f->class, f->cut, f->sortable);
        }
        assert_int_equal(f->op_lt != NULL, f->sortable);
        assert_int_equal(f->op_eq != NULL, f->sortable);
    }
    study_close(&s);
}

static void operators_come_from_the_class_that_sorts(void **state) {
    (void)state;
    study s = study_script("operators", "CREATE TYPE mood AS ENUM ('a'); CREATE TYPE pair AS (a int, b text);"
                                        "CREATE TABLE t (i int, v varchar(3), m mood, p pair, d date)");
    nx_model *t = study_model(&s, "public", "t");
    for (int i = 0; i < t->nfields; i++) {
        assert_string_equal(t->fields[i]->op_lt, "OPERATOR(pg_catalog.<)");
        assert_string_equal(t->fields[i]->op_le, "OPERATOR(pg_catalog.<=)");
        assert_string_equal(t->fields[i]->op_eq, "OPERATOR(pg_catalog.=)");
        assert_string_equal(t->fields[i]->op_ge, "OPERATOR(pg_catalog.>=)");
        assert_string_equal(t->fields[i]->op_gt, "OPERATOR(pg_catalog.>)");
    }
    assert_true(nx_model_field(t, "p")->composite);
    assert_false(nx_model_field(t, "m")->composite);
    study_close(&s);
}

/* citext is from contrib, which a machine may lack; a type made like it stands in where it does. */
static void a_type_with_operators_of_its_own_uses_them(void **state) {
    (void)state;
    char *url = lab_database("citext");
    if (lab_query_int(url, "SELECT count(*) FROM pg_available_extensions WHERE name = 'citext'") == 0) {
        print_message("SKIPPED: no citext on this machine\n");
        free(url);
        skip();
    }
    lab_sql(url, "CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE TABLE t (c ext.citext PRIMARY KEY)");
    study s = study_open(url);
    nx_field *c = study_field(&s, "t", "c");
    assert_string_equal(c->op_lt, "OPERATOR(ext.<)");
    assert_string_equal(c->op_eq, "OPERATOR(ext.=)");
    assert_string_equal(c->cast, "\"ext\".\"citext\"");
    assert_int_equal(c->class, NX_TYPE_TEXT);
    assert_int_equal(c->cut, NX_CUT_TEXT);
    assert_int_equal(c->model->identity_kind, NX_IDENTITY_PRIMARY);
    study_close(&s);
}

static void what_the_server_fills_in_is_known(void **state) {
    (void)state;
    study s = study_script("filled", "CREATE DOMAIN with_default AS int DEFAULT 7; CREATE DOMAIN never_null AS int NOT NULL;"
                                     "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY, d int GENERATED BY DEFAULT AS IDENTITY,"
                                     " s serial, g int GENERATED ALWAYS AS (5 + 1) STORED, w with_default, o with_default DEFAULT 8,"
                                     " n never_null)");
    nx_model *t = study_model(&s, "public", "t");
    assert_int_equal(nx_model_field(t, "a")->identity, 'a');
    assert_int_equal(nx_model_field(t, "d")->identity, 'd');
    assert_int_equal(nx_model_field(t, "s")->identity, 0);
    assert_non_null(strstr(nx_model_field(t, "s")->default_expression, "nextval"));
    assert_int_equal(nx_model_field(t, "g")->generated, 's');
    assert_int_equal(nx_model_field(t, "a")->generated, 0);
    assert_string_equal(nx_model_field(t, "w")->default_expression, "7");
    assert_string_equal(nx_model_field(t, "o")->default_expression, "8");
    assert_true(nx_model_field(t, "w")->domain);
    assert_false(nx_model_field(t, "a")->domain);
    assert_true(nx_model_field(t, "n")->nullable); /* a sub-select without a row gets a NULL past the domain */
    study_close(&s);
}

static void collations_are_noticed(void **state) {
    (void)state;
    study s = study_script("collations", "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
                                         "CREATE TABLE t (a text, b text COLLATE \"C\", c text COLLATE loose, n name, i int)");
    nx_model *t = study_model(&s, "public", "t");
    assert_true(nx_model_field(t, "a")->default_collation);
    assert_false(nx_model_field(t, "b")->default_collation);
    assert_false(nx_model_field(t, "b")->nondeterministic);
    assert_false(nx_model_field(t, "c")->default_collation);
    assert_true(nx_model_field(t, "c")->nondeterministic);
    assert_true(nx_model_field(t, "n")->default_collation);
    assert_true(nx_model_field(t, "i")->default_collation);
    study_close(&s);
}

static const nx_index *index_named(const nx_model *model, const char *name) {
    for (int i = 0; i < model->nindexes; i++) {
        if (strcmp(model->indexes[i]->name, name) == 0) {
            return model->indexes[i];
        }
    }
    fail_msg("no index %s", name);
    return NULL;
}

static void indexes_say_what_order_they_serve(void **state) {
    (void)state;
    study s = study_script("indexes", "CREATE TABLE t (a int, b text, c text COLLATE \"C\", d jsonb);"
                                      "CREATE INDEX i1 ON t (a DESC, b NULLS FIRST) INCLUDE (c); CREATE INDEX i2 ON t (b text_pattern_ops);"
                                      "CREATE INDEX i3 ON t (b COLLATE \"C\"); CREATE INDEX i4 ON t (c); CREATE INDEX i5 ON t (lower(b), a);"
                                      "CREATE INDEX i6 ON t (a) WHERE a > 5; CREATE INDEX i7 ON t USING hash (a); CREATE INDEX i8 ON t USING gin (d);");
    nx_model *t = study_model(&s, "public", "t");
    assert_int_equal(t->nindexes, 8);
    const nx_index *i1 = index_named(t, "i1");
    assert_fields(i1->fields, i1->nfields, "a,b");
    assert_true(i1->desc[0] && i1->nulls_first[0] && !i1->desc[1] && i1->nulls_first[1]);
    assert_true(i1->plain_order && i1->valid && !i1->unique && !i1->partial && !i1->has_expressions);
    assert_string_equal(i1->method, "btree");
    assert_non_null(strstr(i1->definition, "CREATE INDEX i1 ON public.t"));
    assert_false(index_named(t, "i2")->plain_order);
    assert_false(index_named(t, "i3")->plain_order);
    assert_true(index_named(t, "i4")->plain_order);
    const nx_index *i5 = index_named(t, "i5");
    assert_true(i5->has_expressions && !i5->plain_order);
    assert_fields(i5->fields, i5->nfields, "?,a");
    assert_true(index_named(t, "i6")->partial);
    assert_string_equal(index_named(t, "i7")->method, "hash");
    assert_false(index_named(t, "i7")->plain_order || index_named(t, "i8")->plain_order);
    assert_int_equal(t->nkeys, 0);
    study_close(&s);
}

static void hostile_names_come_through_unharmed(void **state) {
    (void)state;
    study s = study_script("hostile", "CREATE SCHEMA \"s.\"\"'\\$1\"; CREATE TABLE \"s.\"\"'\\$1\".\"we\"\"ird.\n\x1b[2J\" ("
                                      "\"a\"\"b\" int PRIMARY KEY, \"\xe2\x80\xae$1\" \"char\", \"select\" text);"
                                      "CREATE TYPE \"en\"\"um\" AS ENUM ('', '\n', ''''); ALTER TABLE \"s.\"\"'\\$1\".\"we\"\"ird.\n\x1b[2J\""
                                      " ADD e \"en\"\"um\"; COMMENT ON TABLE \"s.\"\"'\\$1\".\"we\"\"ird.\n\x1b[2J\" IS E'\\x07bell'");
    nx_model *weird = study_model(&s, "s.\"'\\$1", "we\"ird.\n\x1b[2J");
    assert_fields(weird->fields, weird->nfields, "a\"b,\xe2\x80\xae$1,select,e");
    assert_string_equal(weird->fields[3]->cast, "\"public\".\"en\"\"um\"");
    assert_int_equal(weird->fields[3]->nlabels, 3);
    assert_string_equal(weird->fields[3]->labels[0], "");
    assert_string_equal(weird->comment, "\x07"
                                        "bell");
    nx_error err = NX_ERROR;
    assert_ptr_equal(nx_catalog_find(s.catalog, "we\"ird.\n\x1b[2J", NULL, &err), weird);
    assert_ptr_equal(nx_catalog_find(s.catalog, "s.\"'\\$1.we\"ird.\n\x1b[2J", NULL, &err), weird);
    study_close(&s);
}

static void no_column_and_as_many_as_there_can_be(void **state) {
    (void)state;
    nx_buf script = NX_BUF;
    nx_buf_adds(&script, "CREATE TABLE nothing (); CREATE TABLE wide (");
    for (int i = 1; i <= 1600; i++) {
        nx_buf_addf(&script, "%sc%d int", i > 1 ? "," : "", i);
    }
    nx_buf_adds(&script, "); ALTER TABLE wide DROP COLUMN c7");
    study s = study_script("wide", script.data);
    nx_buf_free(&script);
    nx_model *nothing = study_model(&s, "public", "nothing");
    assert_int_equal(nothing->nfields, 0);
    assert_int_equal(nothing->identity_kind, NX_IDENTITY_TUPLE);
    assert_null(nothing->label);
    nx_model *wide = study_model(&s, "public", "wide");
    assert_int_equal(wide->nfields, 1599);
    assert_string_equal(wide->fields[1598]->name, "c1600");
    assert_int_equal(wide->fields[1598]->number, 1600);
    assert_int_equal(wide->fields[1598]->index, 1598);
    assert_int_equal(wide->fields[6]->number, 8);
    study_close(&s);
}

static void what_is_gone_is_said_to_be_gone(void **state) {
    (void)state;
    study s = study_script("gone", "CREATE TABLE dropped (a int); CREATE TABLE renamed (a int); CREATE TABLE moved (a int);"
                                   "CREATE TABLE stays (id int PRIMARY KEY, d int); CREATE TABLE refers (a int)");
    nx_model *dropped = study_listed(&s, "public", "dropped"), *renamed = study_listed(&s, "public", "renamed"),
             *moved = study_listed(&s, "public", "moved");
    lab_sql(s.url, "DROP TABLE dropped; ALTER TABLE renamed RENAME TO other; CREATE SCHEMA away;"
                   "ALTER TABLE moved SET SCHEMA away; CREATE TABLE newcomer (id int PRIMARY KEY);"
                   "ALTER TABLE refers ADD FOREIGN KEY (a) REFERENCES newcomer; ALTER TABLE stays DROP COLUMN d");
    nx_error err = NX_ERROR;
    assert_int_equal(study_describe_fails(&s, dropped, &err), NX_ERR_NOT_FOUND);
    assert_string_equal(err.message, "table \"dropped\" no longer exists under this name");
    assert_non_null(strstr(err.hint, "refresh"));
    nx_error_clear(&err);
    assert_int_equal(study_describe_fails(&s, renamed, NULL), NX_ERR_NOT_FOUND);
    assert_int_equal(study_describe_fails(&s, moved, NULL), NX_ERR_NOT_FOUND);
    assert_int_equal(study_model(&s, "public", "stays")->nfields, 1);
    assert_int_equal(study_model(&s, "public", "refers")->nforeign_keys, 0); /* to a model not in this catalog */
    study_close(&s);
}

static void policies_and_their_force(void **state) {
    (void)state;
    char *url = lab_database("policies");
    lab_sql(url, "DO $$ BEGIN CREATE ROLE catalog_tenant LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
                 "CREATE TABLE t (id int PRIMARY KEY, owner text); ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
                 "CREATE POLICY mine ON t FOR UPDATE TO catalog_tenant USING (owner = CURRENT_USER) WITH CHECK (id > 0);"
                 "CREATE POLICY seen ON t AS RESTRICTIVE USING (true); GRANT ALL ON t TO catalog_tenant");
    study super = study_open(nx_strdup(url)), tenant = study_open(study_url_as(url, "catalog_tenant"));
    nx_model *t = study_model(&super, "public", "t");
    assert_false(t->row_security);
    assert_int_equal(t->npolicies, 2);
    assert_string_equal(t->policies[0], "mine: permissive for update to catalog_tenant using ((owner = CURRENT_USER))"
                                        " with check ((id > 0))");
    assert_string_equal(t->policies[1], "seen: restrictive for all to public using (true)");
    assert_true(study_model(&tenant, "public", "t")->row_security);
    study_close(&super);
    study_close(&tenant);
    free(url);
}

static void a_hostile_search_path_changes_nothing(void **state) {
    (void)state;
    char *url = lab_database("path");
    lab_sql(url, "CREATE SCHEMA evil; CREATE FUNCTION evil.no(oid, oid) RETURNS bool LANGUAGE sql AS 'SELECT false';"
                 "CREATE FUNCTION evil.no(\"char\", \"char\") RETURNS bool LANGUAGE sql AS 'SELECT false';"
                 "CREATE FUNCTION evil.no(int2, int2) RETURNS bool LANGUAGE sql AS 'SELECT false';"
                 "CREATE FUNCTION evil.no(name, name) RETURNS bool LANGUAGE sql AS 'SELECT false';"
                 "CREATE OPERATOR evil.= (LEFTARG = oid, RIGHTARG = oid, FUNCTION = evil.no);"
                 "CREATE OPERATOR evil.= (LEFTARG = \"char\", RIGHTARG = \"char\", FUNCTION = evil.no);"
                 "CREATE OPERATOR evil.= (LEFTARG = int2, RIGHTARG = int2, FUNCTION = evil.no);"
                 "CREATE OPERATOR evil.= (LEFTARG = name, RIGHTARG = name, FUNCTION = evil.no);"
                 "CREATE TABLE public.a (id int PRIMARY KEY, name text COLLATE \"C\"); COMMENT ON TABLE public.a IS 'said';"
                 "CREATE TABLE public.b (id int PRIMARY KEY, a_id int REFERENCES public.a);"
                 "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = evil, pg_catalog', current_database()); END $$");
    study s = study_open(url);
    nx_model *b = study_model(&s, "public", "b");
    assert_int_equal(b->identity_kind, NX_IDENTITY_PRIMARY);
    assert_int_equal(b->nforeign_keys, 1);
    nx_model *a = study_model(&s, "public", "a");
    assert_string_equal(a->comment, "said");
    assert_int_equal(a->nfields, 2);
    study_graph(&s);
    assert_relations(a, "b to-many b[id->a_id]");
    study_close(&s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_sample_post_is_told_whole),
    cmocka_unit_test(every_type_has_its_class_and_its_cut),
    cmocka_unit_test(operators_come_from_the_class_that_sorts),
    cmocka_unit_test(a_type_with_operators_of_its_own_uses_them),
    cmocka_unit_test(what_the_server_fills_in_is_known),
    cmocka_unit_test(collations_are_noticed),
    cmocka_unit_test(indexes_say_what_order_they_serve),
    cmocka_unit_test(hostile_names_come_through_unharmed),
    cmocka_unit_test(no_column_and_as_many_as_there_can_be),
    cmocka_unit_test(what_is_gone_is_said_to_be_gone),
    cmocka_unit_test(policies_and_their_force),
    cmocka_unit_test(a_hostile_search_path_changes_nothing),
};

LAB_MAIN(tests, NULL, NULL)
