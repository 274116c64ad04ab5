/* Where the schema is found, and which files make it. */
#include <sys/stat.h>
#include <unistd.h>

#include "lab/test.h"
#include "nixie/prisma.h"
#include "prisma/find_config.h"
#include "project.h"

#define MODEL(name) "model " name " { id Int @id }\n"

static int setup(void **state) {
    *state = project_new();
    return 0;
}
static int teardown(void **state) {
    project_free(*state);
    return 0;
}

/* The path that is found from `from` (in the project), relative to the project; NULL when none is. */
static const char *found(project *p, const char *from, nx_prisma_where *where) {
    nx_error err = NX_ERROR;
    bool ok = nx_prisma_find(project_path(p, from), NULL, p->arena, where, &err);
    assert_false(nx_failed(&err));
    if (!ok) {
        return NULL;
    }
    assert_memory_equal(where->path, p->folder, strlen(p->folder));
    return where->path + strlen(p->folder) + 1;
}

static void usual_places(void **state) {
    project *p = *state;
    nx_prisma_where where;
    assert_null(found(p, ".", &where));
    project_write(p, "prisma/schema/a.prisma", MODEL("A"));
    assert_string_equal(found(p, ".", &where), "prisma/schema");
    assert_true(where.is_folder);
    project_write(p, "prisma/schema.prisma", MODEL("A"));
    assert_string_equal(found(p, ".", &where), "prisma/schema.prisma");
    assert_string_equal(where.folder, project_path(p, "prisma"));
    assert_string_equal(where.migrations, project_path(p, "prisma/migrations"));
    project_write(p, "schema.prisma", MODEL("A"));
    assert_string_equal(found(p, ".", &where), "schema.prisma");
    assert_string_equal(where.origin, "schema.prisma");
}

static void from_a_folder_below(void **state) {
    project *p = *state;
    nx_prisma_where where;
    project_write(p, "prisma/schema.prisma", MODEL("A"));
    project_write(p, "src/deep/index.ts", "");
    assert_null(found(p, "src/deep", &where)); /* no project: nothing above is looked at */
    project_write(p, "package.json", "{\"name\": \"shop\"}");
    assert_string_equal(found(p, "src/deep", &where), "prisma/schema.prisma");
    project_write(p, "src/package.json", "{}"); /* a project of its own inside */
    assert_null(found(p, "src/deep", &where));
}

static void package_json_names_it(void **state) {
    project *p = *state;
    nx_prisma_where where;
    project_write(p, "schema.prisma", MODEL("A"));
    project_write(p, "package.json", "{\"scripts\": {\"schema\": \"no\"}, \"prisma\": {\"seed\": \"x\", \"schema\": \"./db/my.prisma\"}}");
    project_write(p, "db/my.prisma", MODEL("B"));
    assert_string_equal(found(p, ".", &where), "db/my.prisma");
    assert_string_equal(where.origin, "package.json");
}

static void config_names_it(void **state) {
    project *p = *state;
    nx_prisma_where where;
    project_write(p, "schema.prisma", MODEL("A"));
    project_write(p, "package.json", "{\"prisma\": {\"schema\": \"schema.prisma\"}}");
    project_write(p, "db/models/a.prisma", MODEL("B"));
    project_write(p, "prisma.config.ts",
                  "import 'dotenv/config'\nimport { defineConfig } from \"prisma/config\"\n"
                  "export default defineConfig({\n  // schema: 'no.prisma',\n  schema: `db/models`, /* schema: 'x' */\n"
                  "  migrations: { seed: 'tsx seed.ts', path: 'db/history' },\n  views: { path: 'db/views' } })\n");
    assert_string_equal(found(p, ".", &where), "db/models");
    assert_true(where.is_folder);
    assert_string_equal(where.origin, "prisma.config.ts");
    assert_string_equal(where.migrations, project_path(p, "db/history"));
}

static void config_without_a_schema(void **state) {
    project *p = *state;
    nx_prisma_where where;
    project_write(p, "prisma/schema.prisma", MODEL("A"));
    project_write(p, "prisma.config.mjs", "export default { migrations: { path: 'history' } }");
    assert_string_equal(found(p, ".", &where), "prisma/schema.prisma");
    assert_string_equal(where.migrations, project_path(p, "history"));
}

/* The config counts for a schema that is named too, unless it is about another one. */
static void config_of_a_named_schema(void **state) {
    project *p = *state;
    nx_prisma_where where;
    nx_error err = NX_ERROR;
    const char *schema = project_write(p, "prisma/schema.prisma", MODEL("A"));
    const char *other = project_write(p, "prisma/other.prisma", MODEL("B"));
    project_write(p, "prisma.config.mjs", "export default { migrations: { path: 'history' } }");
    assert_true(nx_prisma_find(NULL, schema, p->arena, &where, &err));
    assert_string_equal(where.migrations, project_path(p, "history"));
    assert_string_equal(where.origin, "--prisma");
    project_write(p, "prisma.config.mjs", "export default { schema: 'prisma/schema.prisma', migrations: { path: 'history' } }");
    assert_true(nx_prisma_find(NULL, schema, p->arena, &where, &err));
    assert_string_equal(where.migrations, project_path(p, "history"));
    assert_true(nx_prisma_find(NULL, other, p->arena, &where, &err));
    assert_string_equal(where.migrations, project_path(p, "prisma/migrations"));
    assert_true(nx_prisma_find(NULL, project_path(p, "prisma"), p->arena, &where, &err));
    assert_string_equal(where.migrations, project_path(p, "prisma/migrations"));
    project_write(p, "prisma/package.json", "{}"); /* a project of its own */
    assert_true(nx_prisma_find(NULL, schema, p->arena, &where, &err));
    assert_string_equal(where.migrations, project_path(p, "prisma/migrations"));
}

static void config_texts(void **state) {
    project *p = *state;
    static const struct {
        const char *text, *schema, *migrations;
    } cases[] = {
        {"{schema: 'a.prisma'}", "a.prisma", NULL},
        {"{\"schema\" : \"a b.prisma\"}", "a b.prisma", NULL},
        {"{schema: path.join(__dirname, 'prisma', \"schema.prisma\")}", "prisma/schema.prisma", NULL},
        {"{schema: join('prisma','x.prisma'), migrations: {path: path.join('a', 'b')}}", "prisma/x.prisma", "a/b"},
        {"{schema: `${root}/x.prisma`}", NULL, NULL},
        {"{schema: where}", NULL, NULL},
        {"{views: {path: 'v'}, migrations: {initShadowDb: 'path: x'}}", NULL, NULL},
        {"{migrations: {nested: {path: 'no'}, path: 'yes'}}", NULL, "yes"},
        {"// schema: 'x'", NULL, NULL},
        {"schema: 'open", "open", NULL},
        {"schema: 'open\\", "open\\", NULL},
        {"schema: 'it\\'s'", "it's", NULL},
        {"schema: \"\"", "", NULL},
        {"schema\t:\r\n'a'", "a", NULL},
        {"schema /* here */ : // there\n 'a'", "a", NULL},
        {"schema: 'a', schema: 'b'", "a", NULL},
        {"$schema: 'a', schema_2: 'b', Schema: 'c'", NULL, NULL},
        {"schema: path.join(__dirname, where)", NULL, NULL},
        {"schema: path.join('a', b, 'c'", "a/c", NULL},
        {"schema: join()", NULL, NULL},
        {"schema: process.env.S ?? 'x'", NULL, NULL},
        {"schema: 5 / 2", NULL, NULL},
        {"schema", NULL, NULL},
        {"schema:", NULL, NULL},
        {"'schema' 'a'", NULL, NULL},
        {"migrations: {path: 'a'}, other: {path: 'b'}", NULL, "a"},
        {"migrations: {path: 'a', path: 'b'}", NULL, "a"},
        {"migrations: where, path: 'b'", NULL, NULL},
        {"{migrations: {} , path: 'b'}", NULL, NULL},
        {"path: 'b'", NULL, NULL},
        {"/", NULL, NULL},
        {"/* open *", NULL, NULL},
        {"// schema: 'x'\nschema: 'y'", "y", NULL},
        {"/*", NULL, NULL},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_prisma_config config = {.file = NULL};
        nx_prisma_config_scan(cases[i].text, strlen(cases[i].text), p->arena, &config);
        if (cases[i].schema) {
            assert_non_null(config.schema);
            assert_string_equal(config.schema, cases[i].schema);
        } else {
            assert_null(config.schema);
        }
        if (cases[i].migrations) {
            assert_non_null(config.migrations);
            assert_string_equal(config.migrations, cases[i].migrations);
        } else {
            assert_null(config.migrations);
        }
    }
    nx_prisma_config config = {.file = NULL};
    nx_prisma_config_scan("a\0 schema: 'x'", 15, p->arena, &config);
    assert_string_equal(config.schema, "x");
}

/* Cut off at every byte: whatever is read of it stands in it. */
static void config_texts_that_are_cut_off(void **state) {
    project *p = *state;
    static const char whole[] = "/* a */ x({ // b\n schema: path.join('p\\'q', `r`), migrations: { path: \"m\" } })";
    for (size_t len = 0; len <= sizeof whole - 1; len++) {
        char *cut = nx_strndup(whole, len);
        nx_prisma_config config = {.file = NULL};
        nx_prisma_config_scan(cut, len, p->arena, &config);
        assert_true(!config.schema || strncmp("p'q/r", config.schema, strlen(config.schema)) == 0 || strcmp(config.schema, "p\\") == 0);
        assert_true(!config.migrations || strncmp("m", config.migrations, strlen(config.migrations)) == 0);
        assert_int_equal(len == sizeof whole - 1, config.schema && strcmp(config.schema, "p'q/r") == 0 && config.migrations &&
                                                      strcmp(config.migrations, "m") == 0 && len == sizeof whole - 1);
        free(cut);
    }
}

/* package.json that says nothing of a schema, in every odd way, and one that is damaged. */
static void package_json_without_a_schema(void **state) {
    project *p = *state;
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "\"prisma\"",
        "{\"prisma\": \"schema\"}",
        "{\"prisma\": {\"schema\": 5}}",
        "{\"prisma\": {\"schema\": null}}",
        "{\"prisma\": {\"schema\": [\"db/my.prisma\"]}}",
        "{\"prisma\": {\"deeper\": {\"schema\": \"db/my.prisma\"}}}",
        "{\"prisma\": {\"seed\": \"x\"}, \"schema\": \"db/my.prisma\"}",
        "{\"prisma\": {}, \"other\": {\"schema\": \"db/my.prisma\"}}",
        "{\"prism\": {\"schema\": \"db/my.prisma\"}, \"prismas\": {\"schema\": \"db/my.prisma\"}}",
        "{\"prisma\": {\"schemas\": \"db/my.prisma\", \"schem\": \"db/my.prisma\"}}",
    };
    project_write(p, "prisma/schema.prisma", MODEL("A"));
    project_write(p, "db/my.prisma", MODEL("B"));
    for (size_t i = 0; i < NX_COUNT(texts); i++) {
        nx_prisma_where where;
        project_write(p, "package.json", texts[i]);
        const char *path = found(p, ".", &where);
        if (!path || strcmp(path, "prisma/schema.prisma") != 0) {
            fail_msg("%s: %s", texts[i], path);
        }
    }
}

/* A folder in a file's place, and a file in a folder's. */
static void places_of_another_kind_are_none(void **state) {
    project *p = *state;
    nx_prisma_where where;
    project_write(p, "schema.prisma/readme", "");
    project_write(p, "prisma/schema.prisma/readme", "");
    project_write(p, "prisma/schema", MODEL("A"));
    assert_null(found(p, ".", &where));
    assert_int_equal(mkdir(project_path(p, "package.json"), 0700), 0); /* no project either */
    project_write(p, "below/x", "");
    assert_null(found(p, "below", &where));
    nx_error err = NX_ERROR;
    assert_false(nx_prisma_find(project_path(p, "nowhere"), NULL, p->arena, &where, &err));
    assert_false(nx_failed(&err));
}

/* Migrations of a folder of files: in it, where they are, else beside it. */
static void migrations_stand_in_the_folder_or_beside_it(void **state) {
    project *p = *state;
    nx_prisma_where where;
    project_write(p, "prisma/schema/a.prisma", MODEL("A"));
    assert_string_equal(found(p, ".", &where), "prisma/schema");
    assert_string_equal(where.migrations, project_path(p, "prisma/schema/migrations"));
    project_write(p, "prisma/migrations/1/migration.sql", "");
    assert_string_equal(found(p, ".", &where), "prisma/schema");
    assert_string_equal(where.migrations, project_path(p, "prisma/migrations"));
    project_write(p, "prisma/schema/migrations/1/migration.sql", "");
    assert_string_equal(found(p, ".", &where), "prisma/schema");
    assert_string_equal(where.migrations, project_path(p, "prisma/schema/migrations"));
}

/* Configs of every name; one in .config has its paths from there. */
static void configs_of_every_name(void **state) {
    project *p = *state;
    static const struct {
        const char *name, *schema, *found;
    } configs[] = {
        {".config/prisma.cts", "../db/a.prisma", ".config/../db/a.prisma"},
        {".config/prisma.js", "./../db/a.prisma", ".config/../db/a.prisma"},
        {"prisma.config.cts", "db/b.prisma", "db/b.prisma"},
        {"prisma.config.cjs", "././db/a.prisma", "db/a.prisma"},
        {"prisma.config.ts", "db/b.prisma", "db/b.prisma"},
        {"prisma.config.js", "db", "db"},
    };
    project_write(p, "db/a.prisma", MODEL("A"));
    project_write(p, "db/b.prisma", MODEL("B"));
    for (size_t i = 0; i < NX_COUNT(configs); i++) { /* each goes before those above it */
        nx_prisma_where where;
        nx_buf text = NX_BUF;
        nx_buf_addf(&text, "export default { schema: '%s' }", configs[i].schema);
        project_write(p, configs[i].name, text.data);
        assert_string_equal(found(p, ".", &where), configs[i].found);
        assert_string_equal(where.origin, configs[i].name);
        nx_buf_free(&text);
    }
    nx_prisma_where where;
    nx_error err = NX_ERROR;
    project_write(p, "prisma.config.js", "export default { schema: 'gone.prisma' }");
    assert_false(nx_prisma_find(p->folder, NULL, p->arena, &where, &err));
    assert_int_equal(err.kind, NX_ERR_SYSTEM);
    assert_string_equal(err.hint, "prisma.config.js names it; --prisma PATH takes another");
    nx_error_clear(&err);
    nx_buf absolute = NX_BUF;
    nx_buf_addf(&absolute, "export default { schema: '%s' }", project_path(p, "db/a.prisma"));
    project_write(p, "prisma.config.js", absolute.data);
    assert_string_equal(found(p, ".", &where), "db/a.prisma");
    nx_buf_free(&absolute);
}

static void named_and_missing(void **state) {
    project *p = *state;
    nx_prisma_where where;
    nx_error err = NX_ERROR;
    assert_false(nx_prisma_find(NULL, project_path(p, "no.prisma"), p->arena, &where, &err));
    assert_int_equal(err.kind, NX_ERR_SYSTEM);
    assert_non_null(strstr(err.message, "no.prisma"));
    project_write(p, "package.json", "{\"prisma\": {\"schema\": \"gone.prisma\"}}");
    assert_false(nx_prisma_find(p->folder, NULL, p->arena, &where, &err));
    assert_non_null(strstr(err.message, "gone.prisma"));
    assert_non_null(strstr(err.hint, "package.json"));
    nx_error_clear(&err);
    project_write(p, "other/x.prisma", MODEL("X"));
    assert_true(nx_prisma_find(p->folder, project_path(p, "other/x.prisma"), p->arena, &where, &err));
    assert_string_equal(where.origin, "--prisma");
    assert_false(where.is_folder);
}

static nx_prisma *read_at(project *p, const char *path, nx_error *err) {
    nx_prisma_where where;
    assert_true(nx_prisma_find(NULL, project_path(p, path), p->arena, &where, err));
    return nx_prisma_read(&where, err);
}

static void folder_of_many_files(void **state) {
    project *p = *state;
    nx_error err = NX_ERROR;
    project_write(p, "s/b.prisma", "model Post {\n id Int @id\n author User @relation(fields: [authorId], references: [id])\n authorId Int }");
    project_write(p, "s/a/user.prisma", "model User {\n id Int @id\n posts Post[] }");
    project_write(p, "s/a/readme.md", "model {");
    project_write(p, "s/.hidden.prisma", "model {");
    project_write(p, "s/z.prisma", "datasource db { provider = \"postgresql\" }");
    assert_int_equal(symlink("..", project_path(p, "s/a/up")), 0); /* a ring */
    nx_prisma *prisma = read_at(p, "s", &err);
    assert_false(nx_failed(&err));
    assert_int_equal(prisma->nmodels, 2);
    assert_string_equal(prisma->models[0].name, "User"); /* by path */
    assert_string_equal(prisma->provider, "postgresql");
    const nx_psl_field *posts = nx_psl_find_field(&prisma->models[0], "posts");
    assert_ptr_equal(posts->opposite, nx_psl_find_field(&prisma->models[1], "author"));
    assert_string_equal(prisma->where.path, project_path(p, "s"));
    nx_prisma_free(prisma);
}

static void broken_file_is_named(void **state) {
    project *p = *state;
    nx_error err = NX_ERROR;
    project_write(p, "s/a.prisma", MODEL("A"));
    const char *bad = project_write(p, "s/b.prisma", "model B {\n  id Int @\n}\n");
    assert_null(read_at(p, "s", &err));
    assert_int_equal(err.kind, NX_ERR_USAGE);
    assert_memory_equal(err.message, bad, strlen(bad));
    assert_non_null(strstr(err.message, "b.prisma:2:11: expected an attribute's name"));
    nx_error_clear(&err);
}

static void no_files_and_odd_files(void **state) {
    project *p = *state;
    nx_error err = NX_ERROR;
    project_write(p, "empty/readme", "");
    assert_null(read_at(p, "empty", &err));
    assert_int_equal(err.kind, NX_ERR_SYSTEM);
    nx_error_clear(&err);
    assert_int_equal(mkfifo(project_path(p, "pipe.prisma"), 0600), 0);
    nx_prisma_where where;
    assert_false(nx_prisma_find(NULL, project_path(p, "pipe.prisma"), p->arena, &where, &err));
    nx_error_clear(&err);
    nx_buf long_one = NX_BUF;
    for (int i = 0; i < 90000; i++) {
        nx_buf_adds(&long_one, "// 0123456789 0123456789 0123456789 0123456789\n");
    }
    project_write(p, "long.prisma", long_one.data);
    nx_buf_free(&long_one);
    assert_null(read_at(p, "long.prisma", &err));
    assert_int_equal(err.kind, NX_ERR_SYSTEM);
    nx_error_clear(&err);
}

/* Files of every kind in the folder of a schema: a link to nowhere, a pipe, a name that only looks like one. */
static void what_stands_beside_the_files(void **state) {
    project *p = *state;
    nx_error err = NX_ERROR;
    project_write(p, "s/a.prisma", MODEL("A"));
    project_write(p, "s/x.prismas", "model {");
    project_write(p, "s/prisma", "model {");
    project_write(p, "s/node_modules/b.prisma", "model {");
    project_write(p, "s/.git/c.prisma", "model {");
    assert_int_equal(mkdir(project_path(p, "s/d.prisma"), 0700), 0);
    assert_int_equal(symlink("gone.prisma", project_path(p, "s/link.prisma")), 0);
    assert_int_equal(mkfifo(project_path(p, "s/pipe.prisma"), 0600), 0);
    nx_prisma *prisma = read_at(p, "s", &err);
    assert_non_null(prisma);
    assert_int_equal(prisma->nmodels, 1);
    nx_prisma_free(prisma);
}

/* Folders in folders: sixteen of them are read. */
static void folders_are_read_so_deep(void **state) {
    project *p = *state;
    nx_error err = NX_ERROR;
    nx_buf path = NX_BUF;
    nx_buf_adds(&path, "s");
    for (int i = 0; i < 20; i++) {
        nx_buf file = NX_BUF, text = NX_BUF;
        nx_buf_addf(&file, "%s/m.prisma", path.data);
        nx_buf_addf(&text, "model M%d { id Int @id }", i);
        project_write(p, file.data, text.data);
        nx_buf_adds(&path, "/n");
        nx_buf_free(&file);
        nx_buf_free(&text);
    }
    nx_buf_free(&path);
    nx_prisma *prisma = read_at(p, "s", &err);
    assert_non_null(prisma);
    assert_int_equal(prisma->nmodels, 16);
    nx_prisma_free(prisma);
}

static void assert_too_much(project *p) {
    nx_error err = NX_ERROR;
    assert_null(read_at(p, "s", &err));
    assert_int_equal(err.kind, NX_ERR_SYSTEM);
    assert_non_null(strstr(err.message, "the schema has too many files, or too long ones, at "));
    nx_error_clear(&err);
}

static void too_many_files_are_refused(void **state) {
    project *p = *state;
    nx_error err = NX_ERROR;
    for (int i = 0; i <= 2000; i++) {
        nx_buf file = NX_BUF;
        nx_buf_addf(&file, "s/%04d.prisma", i);
        if (i == 2000) {
            nx_prisma *prisma = read_at(p, "s", &err);
            assert_non_null(prisma);
            assert_int_equal(prisma->nmodels, 0);
            nx_prisma_free(prisma);
        }
        project_write(p, file.data, "");
        nx_buf_free(&file);
    }
    assert_too_much(p);
}

static void too_long_files_are_refused(void **state) {
    project *p = *state;
    nx_buf four = NX_BUF;
    while (four.len < 4 * 1024 * 1024 - 64) {
        nx_buf_adds(&four, "// 0123456789 0123456789 0123456789 0123456789 0123456789\n");
    }
    for (int i = 0; i < 5; i++) {
        nx_buf file = NX_BUF;
        nx_buf_addf(&file, "s/%d.prisma", i);
        project_write(p, file.data, four.data);
        nx_buf_free(&file);
    }
    nx_buf_free(&four);
    assert_too_much(p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(usual_places),     TEST(from_a_folder_below),     TEST(package_json_names_it), TEST(config_names_it),
    TEST(config_texts),     TEST(config_without_a_schema), TEST(named_and_missing),     TEST(folder_of_many_files),
    TEST(broken_file_is_named), TEST(no_files_and_odd_files), TEST(config_of_a_named_schema),
    TEST(config_texts_that_are_cut_off), TEST(package_json_without_a_schema), TEST(places_of_another_kind_are_none),
    TEST(migrations_stand_in_the_folder_or_beside_it), TEST(configs_of_every_name), TEST(what_stands_beside_the_files),
    TEST(folders_are_read_so_deep), TEST(too_many_files_are_refused), TEST(too_long_files_are_refused),
};

LAB_MAIN(tests, NULL, NULL)
