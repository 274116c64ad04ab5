/* The Prisma schema's names in every command, --prisma, --db-names, and what differs. */
#include <unistd.h>

#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "prisma/project.h"
#include "prisma/shop.h"
#include "run.h"

static project *folder;
static const char *schema;

static int set_up(void **state) {
    group_open(state);
    lab_sql(url, shop_sql);
    folder = project_new();
    schema = project_write(folder, "schema.prisma", shop_psl);
    return 0;
}

static int tear_down(void **state) {
    group_close(state);
    project_free(folder);
    return 0;
}

static void models_in_the_schemas_order(void **state) {
    (void)state;
    run r = nixie(url, "models", "--json", "--prisma", schema, NULL);
    expect_status(&r, 0);
    assert_string_equal(r.err, "");
    expect_jq(r.out, "[.[].name] | join(\",\")", "User,Post,Category,_CategoryToPost");
    expect_jq(r.out, ".[0] | .schema + \".\" + .table", "public.users");
    run_free(&r);
}

static void rows_and_their_cursor(void **state) {
    (void)state;
    run r = nixie(url, "rows", "Post", "--json", "--limit", "2", "--where", "authorId = 2 and author.name = 'Grace Hopper'",
                  "--order", "title desc", "--prisma", schema, NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".model", "Post");
    expect_jq(r.out, "[.rows[0] | keys_unsorted[]] | join(\",\")", "id,title,authorId,reviewerId,extra");
    expect_jq(r.out, "[.rows[].id] | join(\",\")", "9,7");
    run_free(&r);
}

/* The database's words may stand for the names anywhere. */
static void the_databases_names_are_understood(void **state) {
    (void)state;
    static const char filter[] = "author_id = 2 and author.full_name = 'Grace Hopper'";
    run r = nixie(url, "rows", "Post", "--json", "--limit", "2", "--where", filter, "--order", "title desc", "--prisma", schema, NULL);
    expect_status(&r, 0);
    char *next = jq(r.out, ".next");
    run_free(&r);
    r = nixie(url, "rows", "posts", "--json", "--limit", "2", "--where", filter, "--order", "headline desc", "--after", next, "--fields", "headline,author_id", "--prisma", schema, NULL);
    expect_status(&r, 0);
    expect_jq(r.out, "[.rows[] | .title] | join(\",\")", "Post 5,Post 3");
    run_free(&r);
    free(next);
}

static void enum_values_by_either_name(void **state) {
    (void)state;
    static const char *const filters[] = {"role = ADMIN", "role = admin"};
    for (int i = 0; i < 2; i++) {
        run r = nixie(url, "rows", "User", "--json", "--where", filters[i], "--prisma", schema, NULL);
        expect_status(&r, 0);
        expect_jq(r.out, "[.rows[] | .name + \" \" + .role] | join(\",\")", "Ada Lovelace admin");
        run_free(&r);
    }
}

static void a_record_with_relations_without_constraints(void **state) {
    (void)state;
    run r = nixie(url, "record", "User", "email=ada@x.org", "--include", "reviewed,team", "--json", "--prisma", schema, NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".record.name", "Ada Lovelace");
    expect_jq(r.out, ".relations.reviewed.rows | length", "10");
    expect_jq(r.out, ".relations.team.rows[0].record.bossId", "1");
    run_free(&r);
    r = nixie(url, "record", "Category", "1", "--include", "entries", "--json", "--prisma", schema, NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".relations.entries.rows[0].record.title", "Post 2");
    run_free(&r);
}

static void described(void **state) {
    (void)state;
    run r = nixie(url, "describe", "User", "--json", "--prisma", schema, NULL);
    expect_status(&r, 0);
    expect_jq(r.out, "[.name, .table, .comment] | join(\" \")", "User users People.");
    expect_jq(r.out, ".fields[2] | [.name, .column] | join(\" \")", "name full_name");
    expect_jq(r.out, ".fields[3].enum_names | join(\",\")", "USER,ADMIN");
    expect_jq(r.out, ".fields[4].client_default", "@updatedAt");
    expect_jq(r.out, "[.relations[] | .name + \":\" + (.fields | join(\",\")) + \"=\" + .model + \".\" + (.references | join(\",\"))] | join(\" \")",
              "boss:bossId=User.id team:id=User.bossId written:id=Post.authorId reviewed:id=Post.reviewerId");
    expect_jq(r.out, ".relations[0].constraint", "null");
    run_free(&r);
    r = nixie(url, "describe", "User", "--prisma", schema, NULL);
    expect_status(&r, 0);
    assert_non_null(strstr(r.out, "User = public.users: table"));
    assert_non_null(strstr(r.out, "one of user (USER), admin (ADMIN)"));
    assert_non_null(strstr(r.out, "no foreign key"));
    run_free(&r);
}

static void database_names_on_wish(void **state) {
    (void)state;
    run r = nixie(url, "rows", "posts", "--json", "--limit", "1", "--prisma", schema, "--db-names", NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".model", "posts");
    expect_jq(r.out, ".rows[0] | keys_unsorted | join(\",\")", "id,headline,author_id,reviewer_id,extra");
    run_free(&r);
    r = nixie(url, "describe", "posts", "--json", "--prisma", schema, "--db-names", NULL);
    expect_jq(r.out, "[.relations[].name] | join(\",\")", "author,reviewer,zcategories");
    run_free(&r);
    r = nixie(url, "rows", "Post", "--prisma", schema, "--db-names", NULL);
    expect_status(&r, 1);
    run_free(&r);
}

static void drift(void **state) {
    (void)state;
    run r = nixie(url, "describe", "--drift", "--json", "--prisma", schema, NULL);
    expect_status(&r, 0);
    expect_jq(r.out, "[.drift[] | .what + \" \" + (.schema // .database)] | join(\"; \")",
              "unknown column public.posts.extra; model missing Gone");
    expect_jq(r.out, "[.models, .matched] | join(\" \")", "4 3");
    run_free(&r);
    r = nixie(url, "describe", "Post", "--drift", "--prisma", schema, NULL);
    expect_status(&r, 0);
    assert_non_null(strstr(r.out, "3 of 4 models in the database, 1 difference\n"));
    assert_non_null(strstr(r.out, "unknown column  public.posts.extra  the schema's Post has no such field"));
    assert_null(strstr(r.out, "Gone"));
    run_free(&r);
    r = nixie(url, "describe", "--drift", NULL);
    expect_status(&r, 1);
    assert_non_null(strstr(r.err, "no Prisma schema found"));
    run_free(&r);
}

static void a_broken_schema_stops_nobody(void **state) {
    (void)state;
    const char *broken = project_write(folder, "broken.prisma", "model User {\n  id Int @\n}\n");
    run r = nixie(url, "rows", "users", "--json", "--prisma", broken, NULL);
    expect_status(&r, 0);
    expect_jq(r.out, ".rows[0].full_name", "Ada Lovelace");
    assert_non_null(strstr(r.err, "broken.prisma:2:11: expected an attribute's name"));
    run_free(&r);
    r = nixie(url, "describe", "--drift", "--prisma", broken, NULL);
    expect_status(&r, 2);
    assert_non_null(strstr(r.err, "broken.prisma:2:11"));
    run_free(&r);
}

static void a_schema_that_is_not_there(void **state) {
    (void)state;
    run r = nixie(url, "rows", "users", "--prisma", project_path(folder, "no.prisma"), NULL);
    expect_status(&r, 2);
    assert_string_equal(r.out, "");
    assert_non_null(strstr(r.err, "no.prisma cannot be opened"));
    run_free(&r);
    r = nixie(url, "check", "--prisma", schema, NULL);
    expect_status(&r, 2);
    run_free(&r);
}

static void found_in_the_folder(void **state) {
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/schema.prisma", run_folder());
    assert_int_equal(symlink(schema, path), 0);
    run r = nixie(url, "models", NULL);
    unlink(path);
    expect_status(&r, 0);
    assert_non_null(strstr(r.out, "  User "));
    run_free(&r);
    r = nixie(url, "models", NULL);
    assert_null(strstr(r.out, "  User "));
    run_free(&r);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(models_in_the_schemas_order),
    cmocka_unit_test(rows_and_their_cursor),
    cmocka_unit_test(the_databases_names_are_understood),
    cmocka_unit_test(enum_values_by_either_name),
    cmocka_unit_test(a_record_with_relations_without_constraints),
    cmocka_unit_test(described),
    cmocka_unit_test(database_names_on_wish),
    cmocka_unit_test(drift),
    cmocka_unit_test(a_broken_schema_stops_nobody),
    cmocka_unit_test(a_schema_that_is_not_there),
    cmocka_unit_test(found_in_the_folder),
};

LAB_MAIN(tests, set_up, tear_down)
