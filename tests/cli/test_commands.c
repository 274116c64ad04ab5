/* models, describe, record and check, on the sample data and on names that are hard. */
#include "lab/lab.h"
#include "lab/test.h"
#include "run.h"

static char *sample; /* read only by these tests */

static int set_up(void **state) {
    (void)state;
    sample = lab_sample_database("cli_commands");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    free(sample);
    return 0;
}

/* --- models ---------------------------------------------------------------------------------------- */

static void models_as_json(void **state) {
    (void)state;
    run r = nixie(sample, "models", "--json", NULL);
    expect_status(&r, 0);
    assert_string_equal(r.err, "");
    expect_jq(r.out, "[.[0] | keys_unsorted[]] | join(\",\")", "schema,name,kind,rows_estimate");
    expect_jq(r.out, ".[] | select(.name == \"Post\") | \"\\(.schema) \\(.kind) \\(.rows_estimate | type)\"",
              "public table number");
    expect_jq(r.out, ".[] | select(.name == \"Event\") | \"\\(.schema) \\(.kind)\"", "audit partitioned table");
    expect_jq(r.out, "[.[] | select(.name == \"AuthorStats\" or .name == \"PostsPerDay\") | .kind] | join(\",\")",
              "view,materialized view");
    expect_jq(r.out, "[.[] | select(.name | startswith(\"Event_\"))] | length", "0"); /* partitions are folded */
    run_free(&r);
}

static void models_with_sizes_and_of_one_schema(void **state) {
    (void)state;
    run r = nixie(sample, "models", "--json", "--size", "--schema", "audit", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, "[.[].schema] | unique | join(\",\")", "audit");
    expect_jq(r.out, ".[] | select(.name == \"Event\") | .size | type", "number");
    run_free(&r);
}

static void models_as_text_are_grouped_by_schema(void **state) {
    (void)state;
    run r = nixie(sample, "models", NULL);
    expect_status(&r, 0);
    const char *public = strstr(r.out, "public\n"), *audit = strstr(r.out, "\naudit\n");
    assert_ptr_equal(public, r.out);
    assert_non_null(audit);
    assert_true(strstr(r.out, "  Post ") < audit);
    assert_non_null(strstr(audit, "  Event  partitioned table  ~"));
    run_free(&r);
}

/* --- describe -------------------------------------------------------------------------------------- */

static void describe_as_json(void **state) {
    (void)state;
    run r = nixie(sample, "describe", "User", "--json", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, "keys_unsorted | join(\",\")", "schema,name,kind,identity,comment,fields,keys,indexes,relations");
    expect_jq(r.out, ".identity", "primary key");
    expect_jq(r.out, ".comment", "Everybody who can sign in");
    expect_jq(r.out, "[.fields[].name] | join(\",\")", "id,email,name,role,createdAt,managerId,settings");
    expect_jq(r.out, ".fields[0] | keys_unsorted | join(\",\")",
              "name,type,nullable,default,generated,identity,enum,comment");
    expect_jq(r.out, ".fields[] | select(.name == \"role\") | .enum | join(\",\")", "USER,AUTHOR,EDITOR,ADMIN");
    expect_jq(r.out, ".fields[] | select(.name == \"createdAt\") | \"\\(.type)|\\(.nullable)|\\(.default)\"",
              "timestamp(3) without time zone|false|CURRENT_TIMESTAMP");
    expect_jq(r.out, ".keys[] | \"\\(.name) \\(.primary) \\(.fields | join(\",\"))\"",
              "User_pkey true id\nUser_email_key false email");
    expect_jq(r.out, ".indexes[] | select(.name == \"User_lower_name_idx\") | .definition | contains(\"lower(name)\")",
              "true");
    expect_jq(r.out,
              ".relations[] | select(.constraint == \"User_managerId_fkey\" and .kind == \"to-one\") | "
              "\"\\(.name) \\(.model) \\(.fields[0]) \\(.references[0]) \\(.on_delete) \\(.on_update)\"",
              "manager User managerId id set null cascade");
    expect_jq(r.out, ".relations[] | select(.constraint == \"Profile_userId_fkey\") | .kind", "to-one");
    run_free(&r);
}

static void describe_knows_relations_of_every_kind(void **state) {
    (void)state;
    run r = nixie(sample, "describe", "Post", "--json", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".relations[] | select(.kind == \"many-to-many\") | \"\\(.model) \\(.through)\"",
              "Category _CategoryToPost");
    expect_jq(r.out, ".relations[] | select(.kind == \"to-many\") | .model", "Comment");
    run_free(&r);
    r = nixie(sample, "describe", "Assignment", "--json", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".relations[0] | \"\\(.fields | join(\",\")) \\(.references | join(\",\"))\"",
              "projectId,userId projectId,userId");
    run_free(&r);
    r = nixie(sample, "describe", "ImportLog", "--json", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".identity", "tuple id");
    run_free(&r);
    r = nixie(sample, "describe", "AuthorStats", "--json", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, "\"\\(.kind) \\(.identity)\"", "view none");
    run_free(&r);
}

static void describe_as_text_has_its_sections(void **state) {
    (void)state;
    run r = nixie(sample, "describe", "Post", NULL);
    expect_status(&r, 0);
    static const char *const sections[] = {"public.Post: table", "\nFields\n",    "\nKeys\n",
                                           "\nIndexes\n",        "\nRelations\n", "\nChecks\n"};
    const char *at = r.out;
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        at = strstr(at, sections[i]);
        assert_non_null(at);
    }
    assert_non_null(strstr(r.out, "Counted once for each reader and day"));
    assert_non_null(strstr(r.out, "through _CategoryToPost"));
    run_free(&r);
}

/* --- names ------------------------------------------------------------------------------------------ */

static void unknown_models_are_named_with_the_nearest(void **state) {
    (void)state;
    run r = nixie(sample, "describe", "Pots", NULL);
    expect_status(&r, 1);
    assert_string_equal(r.out, "");
    assert_non_null(strstr(r.err, "nixie: "));
    assert_non_null(strstr(r.err, "Pots"));
    assert_non_null(strstr(r.err, "hint: "));
    assert_non_null(strstr(r.err, "Post"));
    run_free(&r);
}

static void names_in_two_schemas_and_with_dots(void **state) {
    (void)state;
    char *url = lab_database("cli_names");
    lab_sql(url, "CREATE SCHEMA one; CREATE SCHEMA two; CREATE TABLE one.t (a int PRIMARY KEY); CREATE TABLE two.t (b "
                 "int PRIMARY KEY);"
                 "CREATE TABLE public.\"one.t\" (c int PRIMARY KEY); CREATE TABLE public.\"check\" (d int PRIMARY KEY);"
                 "CREATE TABLE two.only (e int PRIMARY KEY)");
    run r = nixie(url, "describe", "t", NULL);
    expect_status(&r, 1);
    assert_non_null(strstr(r.err, "one.t"));
    assert_non_null(strstr(r.err, "two.t"));
    run_free(&r);
    static const char *const cases[][3] = {
        {"t", "one", "a"}, {"t", "two", "b"}, {"one.t", "public", "c"}, {"check", "public", "d"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        r = nixie(url, "describe", cases[i][0], "--json", "--schema", cases[i][1], NULL);
        expect_status(&r, 0);
        expect_jq(r.out, ".fields[0].name", cases[i][2]);
        run_free(&r);
    }
    r = nixie(url, "describe", "two.t", "--json", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".fields[0].name", "b");
    run_free(&r);
    r = nixie(url, "describe", "t", "--schema", "nowhere", NULL);
    expect_status(&r, 1);
    run_free(&r);
    free(url);
}

/* Prisma's ?schema= says where a bare name is looked for first. */
static void the_schema_of_the_url_comes_first(void **state) {
    (void)state;
    char *url = lab_database("cli_schema");
    lab_sql(url,
            "CREATE SCHEMA one; CREATE TABLE one.t (a int PRIMARY KEY); CREATE TABLE public.t (b int PRIMARY KEY); "
            "CREATE TABLE public.u (c int PRIMARY KEY)");
    char with[512];
    snprintf(with, sizeof with, "%s%sschema=one", url, strchr(url, '?') ? "&" : "?");
    run r = nixie(with, "describe", "t", "--json", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".fields[0].name", "a");
    run_free(&r);
    r = nixie(with, "describe", "u", "--json", NULL);
    expect_status(&r, 0);
    run_free(&r);
    free(url);
}

/* --- record ------------------------------------------------------------------------------------------ */

static void record_by_key_is_json_without_a_terminal(void **state) {
    (void)state;
    run r = nixie(sample, "record", "User", "1", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, "keys_unsorted | join(\",\")", "model,record,relations");
    expect_jq(r.out, "\"\\(.model) \\(.record.id) \\(.record.role) \\(.record.managerId) \\(.relations)\"",
              "User 1 ADMIN null {}");
    expect_jq(r.out, "[.record[] | type] | unique | join(\",\")", "null,string");
    run_free(&r);
}

static void record_by_unique_field_composite_key_and_json(void **state) {
    (void)state;
    char *email = lab_query(sample, "SELECT email FROM \"User\" WHERE id = 2");
    char key[256];
    snprintf(key, sizeof key, "email=%s", email);
    run r = nixie(sample, "record", "User", key, NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".record.id", "2");
    run_free(&r);
    free(email);

    char *pair = lab_query(sample, "SELECT \"A\" || ',' || \"B\" FROM \"_CategoryToPost\" ORDER BY 1 LIMIT 1");
    r = nixie(sample, "record", "_CategoryToPost", pair, NULL);
    expect_status(&r, 0);
    expect_jq(r.out, "\"\\(.record.A),\\(.record.B)\"", pair);
    run_free(&r);
    free(pair);

    char *task =
        lab_query(sample, "SELECT json_build_array(\"projectId\", \"userId\", task) FROM \"Assignment\" LIMIT 1");
    r = nixie(sample, "record", "Assignment", "--key-json", task, NULL);
    expect_status(&r, 0);
    run_free(&r);
    free(task);
}

static void record_with_relations(void **state) {
    (void)state;
    /* The names of inverse relations are the catalog's business: it is asked. */
    run d = nixie(sample, "describe", "User", "--json", NULL);
    char *include =
        jq(d.out, "[.relations[] | select(.constraint == \"User_managerId_fkey\" or .constraint == "
                  "\"Profile_userId_fkey\" or .constraint == \"Post_authorId_fkey\") | .name] | join(\",\")");
    char *posts = jq(d.out, ".relations[] | select(.constraint == \"Post_authorId_fkey\") | .name");
    char *profile = jq(d.out, ".relations[] | select(.constraint == \"Profile_userId_fkey\") | .name");
    run_free(&d);
    run r = nixie(sample, "record", "User", "2", "--include", include, "--limit", "3", "--json", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".relations.manager | \"\\(.model) \\(.record.id) \\(.relations)\"", "User 1 {}");
    char filter[256];
    snprintf(filter, sizeof filter, ".relations[\"%s\"] | keys_unsorted | join(\",\")", posts);
    expect_jq(r.out, filter, "rows,next");
    snprintf(filter, sizeof filter,
             "[.relations[\"%s\"].rows[] | \"\\(.model) \\(.record.authorId)\"] | unique | join(\";\")", posts);
    expect_jq(r.out, filter, "Post 2");
    snprintf(filter, sizeof filter, ".relations[\"%s\"].record.userId", profile);
    expect_jq(r.out, filter, "2");
    run_free(&r);

    /* A reference that is NULL is null. */
    r = nixie(sample, "record", "User", "1", "--include", "manager", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".relations.manager", "null");
    run_free(&r);
    r = nixie(sample, "record", "User", "2", "--include", include, "--format", "text", NULL);
    expect_status(&r, 0);
    assert_non_null(strstr(r.out, "\nmanager -> User\n  id "));
    run_free(&r);
    free(include);
    free(posts);
    free(profile);
}

static void records_and_relations_that_are_not_there(void **state) {
    (void)state;
    run r = nixie(sample, "record", "User", "999999999", NULL);
    expect_status(&r, 1);
    assert_string_equal(r.out, "");
    run_free(&r);
    r = nixie(sample, "record", "User", "1,2", NULL);
    expect_status(&r, 2);
    run_free(&r);
    r = nixie(sample, "record", "User", "name=Ada", NULL);
    expect_status(&r, 2);
    run_free(&r);
    r = nixie(sample, "record", "User", "not a number", NULL);
    expect_status(&r, 1); /* the server says so */
    run_free(&r);
    r = nixie(sample, "record", "User", "1", "--include", "nonsense", NULL);
    expect_status(&r, 1);
    assert_non_null(strstr(r.err, "hint: User has the relations "));
    assert_non_null(strstr(r.err, "manager"));
    run_free(&r);
}

/* --- check -------------------------------------------------------------------------------------------- */

static void check_reports_health(void **state) {
    (void)state;
    LAB_DIRECT("its report says whether a pooler is there");
    run r = nixie(sample, "check", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, "keys_unsorted | join(\",\")",
              "status,server_version,database,user,host,port,endpoint,branch,pooled,replica,read_only,tls,latency_ms,"
              "server_time,findings,error");
    char *database = lab_query(sample, "SELECT current_database()");
    expect_jq(r.out, ".database", database);
    free(database);
    expect_jq(r.out,
              "\"\\(.status) \\(.pooled) \\(.replica) \\(.read_only) \\(.tls) \\(.error) \\(.endpoint) \\(.branch)\"",
              "healthy false false false false null null null");
    expect_jq(r.out, "[.latency_ms | keys_unsorted[]] | join(\",\")", "connect,first_query,warm_query");
    expect_jq(r.out, "[.latency_ms[], .port | type] | unique | join(\",\")", "number");
    expect_jq(r.out, ".server_time | test(\"^20[0-9][0-9]-\")", "true");
    run_free(&r);
    r = nixie(sample, "check", "--read-only", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".read_only", "true");
    run_free(&r);
}

static void check_lists_what_it_noticed(void **state) {
    (void)state;
    char with[512];
    snprintf(with, sizeof with, "%s%sconnection_limit=5", sample, strchr(sample, '?') ? "&" : "?");
    run r = nixie(with, "check", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, "[.findings[] | select(.what | contains(\"connection_limit\"))] | length", "1");
    run_free(&r);
}

static void check_looks_at_both_urls(void **state) {
    (void)state;
    char *other = lab_database("other"), direct[600];
    const char *const args[] = {"check", NULL}, *environment[] = {direct, NULL};
    snprintf(direct, sizeof direct, "DIRECT_URL=%s", sample);
    run r = nixie_argv(sample, args, environment);
    expect_status(&r, 0);
    expect_jq(r.out, ".findings | length", "0");
    run_free(&r);
    snprintf(direct, sizeof direct, "DIRECT_URL=%s", other);
    r = nixie_argv(sample, args, environment);
    expect_status(&r, 0);
    expect_jq(r.out, "[.findings[].what] | join(\",\")", "DATABASE_URL and DIRECT_URL lead to different databases");
    run_free(&r);
    snprintf(direct, sizeof direct, "DIRECT_URL=%s%spgbouncer=true", sample, strchr(sample, '?') ? "&" : "?");
    r = nixie_argv(sample, args, environment);
    expect_status(&r, 0);
    expect_jq(r.out, "[.findings[].what | select(test(\"pooler\"))] | join(\",\")", "DIRECT_URL goes through a pooler");
    run_free(&r);
    snprintf(direct, sizeof direct, "DIRECT_URL=postgresql://alice:canary@127.0.0.1:1/shop?sslmode=disable");
    r = nixie_argv(sample, args, environment);
    expect_status(&r, 0); /* the one that is used answers */
    expect_jq(r.out, ".findings | length", "1");
    expect_jq(r.out, ".findings[0].what | startswith(\"DIRECT_URL: \")", "true");
    assert_null(strstr(r.out, "canary"));
    run_free(&r);
    free(other);
}

static void check_of_nothing_is_still_json(void **state) {
    (void)state;
    run r = nixie("postgresql://alice:canary@127.0.0.1:1/shop?sslmode=disable", "check", NULL);
    expect_status(&r, 3);
    expect_jq(r.out, "\"\\(.status) \\(.host) \\(.port) \\(.database) \\(.user) \\(.server_version)\"",
              "unhealthy 127.0.0.1 1 shop alice null");
    expect_jq(r.out, ".error | type", "string");
    assert_non_null(strstr(r.err, "nixie: "));
    assert_null(strstr(r.out, "canary"));
    assert_null(strstr(r.err, "canary"));
    run_free(&r);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(models_as_json),
    cmocka_unit_test(models_with_sizes_and_of_one_schema),
    cmocka_unit_test(models_as_text_are_grouped_by_schema),
    cmocka_unit_test(describe_as_json),
    cmocka_unit_test(describe_knows_relations_of_every_kind),
    cmocka_unit_test(describe_as_text_has_its_sections),
    cmocka_unit_test(unknown_models_are_named_with_the_nearest),
    cmocka_unit_test(names_in_two_schemas_and_with_dots),
    cmocka_unit_test(the_schema_of_the_url_comes_first),
    cmocka_unit_test(record_by_key_is_json_without_a_terminal),
    cmocka_unit_test(record_by_unique_field_composite_key_and_json),
    cmocka_unit_test(record_with_relations),
    cmocka_unit_test(records_and_relations_that_are_not_there),
    cmocka_unit_test(check_reports_health),
    cmocka_unit_test(check_lists_what_it_noticed),
    cmocka_unit_test(check_looks_at_both_urls),
    cmocka_unit_test(check_of_nothing_is_still_json),
};

LAB_MAIN(tests, set_up, tear_down)
