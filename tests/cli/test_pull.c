/* nixie pull: the schema on stdout or in a file, of the schemas that are meant. */
#include <sys/stat.h>
#include <unistd.h>

#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/buf.h"
#include "run.h"

static int set_up(void **state) {
    group_open(state);
    lab_sql(url, "CREATE SCHEMA audit; CREATE TABLE post (id int PRIMARY KEY); CREATE TABLE audit.event (id int PRIMARY KEY)");
    return 0;
}

static const char blocks[] = "generator client {\n  provider = \"prisma-client\"\n  output   = \"../generated/prisma\"\n}\n\n"
                             "datasource db {\n  provider = \"postgresql\"\n}\n\n";

/* A path in the folder where the programs run; malloc'ed. */
static char *in_folder(const char *name) {
    nx_buf path = NX_BUF;
    nx_buf_addf(&path, "%s/%s", run_folder(), name);
    return nx_buf_take(&path);
}

static void expect_text(const run *r, const char *head, const char *tail) {
    nx_buf expected = NX_BUF;
    expect_status(r, 0);
    nx_buf_addf(&expected, "%s%s", head, tail);
    assert_string_equal(r->out, expected.data);
    nx_buf_free(&expected);
}

static void the_schema_is_chosen(void **state) {
    (void)state;
    run r = nixie(url, "pull", NULL);
    expect_text(&r, blocks, "model post {\n  id Int @id\n}\n");
    run_free(&r);
    r = nixie(url, "pull", "--schema", "audit", NULL);
    expect_text(&r, blocks, "model event {\n  id Int @id\n}\n");
    run_free(&r);
    r = nixie(url, "pull", "--schema", "public,audit", NULL);
    expect_status(&r, 0);
    assert_non_null(strstr(r.out, "  schemas  = [\"public\", \"audit\"]\n"));
    assert_non_null(strstr(r.out, "model event {\n  id Int @id\n\n  @@schema(\"audit\")\n}\n\nmodel post {"));
    run_free(&r);
    nx_buf with = NX_BUF;
    nx_buf_addf(&with, "%s&schema=audit", url);
    r = nixie(with.data, "pull", NULL);
    expect_text(&r, blocks, "model event {\n  id Int @id\n}\n");
    run_free(&r);
    nx_buf_free(&with);
}

static void the_project_decides(void **state) {
    (void)state;
    char *path = in_folder("mine.prisma");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("/// ours\ndatasource pg {\n schemas = [\"audit\"]\n url = env(\"DATABASE_URL\")\n provider = \"postgresql\"\n}\n"
          "generator js {\n engineType = \"client\"\n provider=\"prisma-client-js\"\n}\nmodel Event {\n id Int @id\n @@map(\"event\")\n"
          " @@schema(\"audit\")\n}\n", file);
    fclose(file);
    static const char theirs[] = "generator js {\n  provider   = \"prisma-client-js\"\n  engineType = \"client\"\n}\n\n"
                                 "datasource pg {\n  provider = \"postgresql\"\n  url      = env(\"DATABASE_URL\")\n"
                                 "  schemas  = [\"audit\"]\n}\n\n";
    run r = nixie(url, "pull", "--prisma", path, NULL);
    expect_text(&r, theirs, "model Event {\n  id Int @id\n\n  @@map(\"event\")\n  @@schema(\"audit\")\n}\n");
    run_free(&r);
    r = nixie(url, "pull", "--prisma", path, "--db-names", NULL);
    expect_text(&r, theirs, "model event {\n  id Int @id\n\n  @@schema(\"audit\")\n}\n");
    run_free(&r);
    unlink(path);
    free(path);
}

static void a_file_takes_its_place_when_it_is_whole(void **state) {
    (void)state;
    char *path = in_folder("pulled.prisma");
    run r = nixie(url, "pull", "-o", path, NULL);
    expect_text(&r, "", "");
    run_free(&r);
    struct stat whole, after;
    assert_int_equal(stat(path, &whole), 0);
    assert_int_equal(whole.st_size, strlen(blocks) + strlen("model post {\n  id Int @id\n}\n"));
    r = nixie(url, "pull", "--schema", "none", "-o", path, NULL);
    expect_status(&r, 1);
    assert_string_equal(r.out, "");
    assert_string_equal(r.err, "nixie: there is no schema \"none\"\nhint: nixie models lists the schemas\n");
    assert_int_equal(stat(path, &after), 0);
    assert_true(after.st_ino == whole.st_ino && after.st_size == whole.st_size);
    run_free(&r);
    unlink(path);
    free(path);
}

static void what_it_takes(void **state) {
    (void)state;
    run r = nixie(url, "pull", "post", NULL);
    expect_status(&r, 2);
    run_free(&r);
    r = nixie(url, "pull", "--json", NULL);
    expect_status(&r, 2);
    run_free(&r);
    r = nixie(url, "pull", "--read-only", NULL);
    expect_text(&r, blocks, "model post {\n  id Int @id\n}\n");
    run_free(&r);
    r = nixie(NULL, "pull", "--url", "postgresql://nobody@/none?host=/nonexistent", NULL);
    expect_status(&r, 3);
    run_free(&r);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_schema_is_chosen),
    cmocka_unit_test(the_project_decides),
    cmocka_unit_test(a_file_takes_its_place_when_it_is_whole),
    cmocka_unit_test(what_it_takes),
};

LAB_MAIN(tests, set_up, group_close)
