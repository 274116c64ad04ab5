/* What a schema means: relations and their other sides, properties of the datasource, odd arguments; and which of them
 * are mistakes. */
#include "lab/test.h"
#include "nixie/prisma.h"

static nx_prisma *read_text(const char *text, nx_error *err) {
    return nx_prisma_parse(&(nx_prisma_text){.file = "s.prisma", .text = text, .len = strlen(text)}, 1, err);
}

static nx_prisma *parse(const char *text) {
    nx_error err = NX_ERROR;
    nx_prisma *prisma = read_text(text, &err);
    if (!prisma) {
        fail_msg("%s\n%s", err.message, text);
    }
    return prisma;
}

static const nx_psl_field *field(const nx_prisma *prisma, const char *model, const char *name) {
    const nx_psl_model *found = nx_psl_find_model(prisma, model);
    assert_non_null(found);
    const nx_psl_field *of_it = nx_psl_find_field(found, name);
    assert_non_null(of_it);
    return of_it;
}

/* --- the datasource -------------------------------------------------------------------------------------------- */

static void properties_count_where_they_are_of_their_kind(void **state) {
    (void)state;
    static const struct {
        const char *property, *provider, *url_env;
        bool mode, multi;
    } cases[] = {
        {"", NULL, NULL, false, false},
        {"provider = \"postgresql\"", "postgresql", NULL, false, false},
        {"provider = env(\"P\")", NULL, NULL, false, false},
        {"provider = [\"postgresql\"]", NULL, NULL, false, false},
        {"url = env(\"U\")", NULL, "U", false, false},
        {"url = \"postgresql://h\"", NULL, NULL, false, false},
        {"url = env()", NULL, NULL, false, false},
        {"url = env(\"A\", \"B\")", NULL, NULL, false, false},
        {"url = env(name:)", NULL, NULL, false, false},
        {"relationMode = \"prisma\"", NULL, NULL, true, false},
        {"relationMode = \"foreignKeys\"", NULL, NULL, false, false},
        {"relationMode = [\"prisma\"]", NULL, NULL, false, false},
        {"referentialIntegrity = \"prisma\"", NULL, NULL, true, false},
        {"schemas = [\"a\"]", NULL, NULL, false, true},
        {"schemas = []", NULL, NULL, false, false},
        {"schemas = \"a\"", NULL, NULL, false, false},
        {"extensions = [a]", NULL, NULL, false, false},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_buf text = NX_BUF;
        nx_buf_addf(&text, "datasource db {\n %s\n}\ngenerator g {\n provider = \"other\"\n url = env(\"G\")\n}",
                    cases[i].property);
        nx_prisma *prisma = parse(text.data);
        bool fits = !prisma->provider == !cases[i].provider && !prisma->url_env == !cases[i].url_env &&
                    prisma->relation_mode_prisma == cases[i].mode && prisma->multi_schema == cases[i].multi;
        if (!fits) {
            fail_msg("%s: provider %s url %s mode %d multi %d", cases[i].property, prisma->provider, prisma->url_env,
                     prisma->relation_mode_prisma, prisma->multi_schema);
        }
        if (prisma->provider) {
            assert_string_equal(prisma->provider, cases[i].provider);
        }
        if (prisma->url_env) {
            assert_string_equal(prisma->url_env, cases[i].url_env);
        }
        nx_prisma_free(prisma);
        nx_buf_free(&text);
    }
}

/* --- names ---------------------------------------------------------------------------------------------------------
 */

static void names_in_the_database_are_texts(void **state) {
    (void)state;
    nx_prisma *prisma = parse(
        "model A {\n a Int @map(\"one\")\n b Int @map(name: \"two\")\n c Int @map(three)\n d Int @map(4)\n e Int @map\n"
        " f Int @map(other: \"x\")\n g Int @map(\"first\", \"second\")\n @@map([x])\n @@schema(5)\n}\n"
        "enum E {\n U @map(u)\n V @map(\"v\")\n @@map()\n}");
    static const char *const columns[][2] = {{"a", "one"}, {"b", "two"}, {"c", "c"},    {"d", "d"},
                                             {"e", "e"},   {"f", "f"},   {"g", "first"}};
    for (size_t i = 0; i < NX_COUNT(columns); i++) {
        assert_string_equal(field(prisma, "A", columns[i][0])->column, columns[i][1]);
    }
    assert_string_equal(prisma->models[0].table, "A");
    assert_null(prisma->models[0].schema);
    assert_string_equal(prisma->enums[0].type, "E");
    assert_string_equal(prisma->enums[0].values[0].label, "U");
    assert_string_equal(prisma->enums[0].values[1].label, "v");
    const nx_psl_field *g = field(prisma, "A", "g");
    assert_null(nx_psl_argument(NULL, "name", 0));
    assert_string_equal(nx_psl_argument(&g->attributes[0], NULL, 1)->text, "second");
    assert_null(nx_psl_argument(&field(prisma, "A", "f")->attributes[0], NULL, 0));
    nx_prisma_free(prisma);
}

/* --- relations -------------------------------------------------------------------------------------------------------
 */

/* Which field of B stands for the other side of A's, under what is written in both; NULL: none. */
static void sides_find_each_other(void **state) {
    (void)state;
    static const struct {
        const char *ours, *theirs, *opposite;
    } cases[] = {
        {"b B? @relation(fields: [bId], references: [id])", "as A[]", "as"},
        {"b B? @relation(fields: [bId], references: [id])", "as A?", "as"},
        {"b B? @relation(\"R\", fields: [bId], references: [id])", "as A[] @relation(\"R\")", "as"},
        {"b B? @relation(name: \"R\", fields: [bId], references: [id])", "as A[] @relation(\"R\")", "as"},
        {"b B? @relation(\"R\", fields: [bId], references: [id])", "as A[] @relation(\"S\")", NULL},
        {"b B? @relation(\"R\", fields: [bId], references: [id])", "as A[]", NULL},
        {"b B? @relation(fields: [bId], references: [id])", "as A[] @relation(\"S\")", NULL},
        {"b B[]", "as A[]", "as"},
        {"b B[] @relation(\"R\")", "other A[]\n as A[] @relation(\"R\")", "as"},
        {"b B[]", "as A?", NULL},
        {"b B?", "as A?", NULL},
        {"b B?", "as A? @relation(fields: [aId], references: [id])\n aId Int?", "as"},
        {"b B? @relation(fields: [bId], references: [id])",
         "as A? @relation(fields: [aId], references: [id])\n aId Int?", NULL},
        {"b B? @relation(fields: [bId])", "as A[]", NULL},
        {"b B? @relation(references: [id])", "as A[]", NULL},
        {"b B? @relation(fields: [bId], references: [id])", "n Int?", NULL},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_buf text = NX_BUF;
        nx_buf_addf(&text, "model A {\n id Int @id\n bId Int?\n %s\n}\nmodel B {\n id Int @id\n %s\n}\n", cases[i].ours,
                    cases[i].theirs);
        nx_prisma *prisma = parse(text.data);
        const nx_psl_field *opposite = field(prisma, "A", "b")->opposite;
        if (!opposite != !cases[i].opposite) {
            fail_msg("%s, %s: %s", cases[i].ours, cases[i].theirs, opposite ? opposite->name : "none");
        }
        if (opposite) {
            assert_string_equal(opposite->name, cases[i].opposite);
            assert_ptr_equal(opposite->opposite, field(prisma, "A", "b"));
        }
        nx_prisma_free(prisma);
        nx_buf_free(&text);
    }
}

static void fields_and_references_go_in_pairs(void **state) {
    (void)state;
    static const char several[] = "expected as many fields as references in @relation";
    static const struct {
        const char *relation, *message; /* NULL: it is none, or none of ours to refuse */
    } cases[] = {
        {"b B? @relation(fields: [x, y], references: [u, v])", NULL},
        {"b B? @relation(fields: [x], references: [u, v])", several},
        {"b B? @relation(fields: [], references: [])", several},
        {"b B? @relation(fields: x, references: [u])", several},
        {"b B? @relation(fields: [x], references: u)", several},
        {"b B? @relation(fields: [\"x\"], references: [u])", "expected a field of A with a column, found \"x\""},
        {"b B? @relation(fields: [b], references: [u])", "expected a field of A with a column, found \"b\""},
        {"b B? @relation(fields: [x], references: [w])", "expected a field of B with a column, found \"w\""},
        {"b B? @relation(fields: [x], references: [as])", "expected a field of B with a column, found \"as\""},
        {"b B? @relation(fields: [x], references: [1])", "expected a field of B with a column, found \"1\""},
        {"b Int? @relation(fields: [nothing], references: [nothing])", NULL}, /* no model: no relation */
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_buf text = NX_BUF;
        nx_error err = NX_ERROR;
        nx_buf_addf(&text, "model A {\n x Int\n y Int\n %s\n}\nmodel B {\n u Int\n v Int\n as A[]\n @@id([u, v])\n}\n",
                    cases[i].relation);
        nx_prisma *prisma = read_text(text.data, &err);
        if (!prisma != (cases[i].message != NULL)) {
            fail_msg("%s: %s", cases[i].relation, prisma ? "read" : err.message);
        }
        if (cases[i].message) {
            assert_int_equal(err.kind, NX_ERR_USAGE);
            assert_non_null(strstr(err.message, cases[i].message));
        }
        nx_error_clear(&err);
        nx_prisma_free(prisma);
        nx_buf_free(&text);
    }
}

/* --- nesting -------------------------------------------------------------------------------------------------------
 */

static void values_are_nested_so_deep_and_no_deeper(void **state) {
    (void)state;
    for (int depth = 60; depth < 70; depth++) {
        nx_buf text = NX_BUF;
        nx_error err = NX_ERROR;
        nx_buf_adds(&text, "model A {\n a Int @x(");
        for (int i = 0; i < depth; i++) {
            nx_buf_addc(&text, '[');
        }
        for (int i = 0; i < depth; i++) {
            nx_buf_addc(&text, ']');
        }
        nx_buf_adds(&text, ")\n}");
        nx_prisma *prisma = read_text(text.data, &err);
        assert_int_equal(prisma != NULL, depth <= 64);
        assert_true(prisma || strstr(err.message, "nested more than 64 deep"));
        nx_error_clear(&err);
        nx_prisma_free(prisma);
        nx_buf_free(&text);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(properties_count_where_they_are_of_their_kind),
    cmocka_unit_test(names_in_the_database_are_texts),
    cmocka_unit_test(sides_find_each_other),
    cmocka_unit_test(fields_and_references_go_in_pairs),
    cmocka_unit_test(values_are_nested_so_deep_and_no_deeper),
};

LAB_MAIN(tests, NULL, NULL)
