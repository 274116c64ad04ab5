/* Prisma's schema language: every construct, and what is said of broken texts. */
#include "lab/test.h"
#include "nixie/prisma.h"

static nx_prisma *parse_bytes(const char *text, size_t len, nx_error *err) {
    return nx_prisma_parse(&(nx_prisma_text){.file = "s.prisma", .text = text, .len = len}, 1, err);
}

static nx_prisma *parse(const char *text) {
    nx_error err = NX_ERROR;
    nx_prisma *prisma = parse_bytes(text, strlen(text), &err);
    if (!prisma) {
        fail_msg("%s", err.message);
    }
    return prisma;
}

static const nx_psl_model *model(const nx_prisma *prisma, const char *name) {
    const nx_psl_model *found = nx_psl_find_model(prisma, name);
    assert_non_null(found);
    return found;
}

static const nx_psl_field *field(const nx_psl_model *m, const char *name) {
    const nx_psl_field *found = nx_psl_find_field(m, name);
    if (!found) {
        fail_msg("no field %s", name);
    }
    return found;
}

static const char shop[] =
    "// a shop\r\n"
    "generator client {\r\n  provider = \"prisma-client-js\" // here\r\n  previewFeatures = [\"views\", \"multiSchema\"]\r\n"
    "  output = env(\"OUT\")\r\n}\r\n"
    "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n  relationMode = \"prisma\"\n"
    "  schemas = [\"public\", \"audit\"]\n  extensions = [pgcrypto, citext(version: \"1\", schema: \"ext\")]\n}\n"
    "/// People.\n///  Who buy.\n"
    "model User { // users\n"
    "  id        Int      @id @default(autoincrement())\n"
    "  /// where to write\n"
    "  email     String   @unique(map: \"users_email\") @db.VarChar(255) /// behind\n"
    "  name      String?  @map(\"full_name\") // nothing\n"
    "  tags      String[] @default([\"a\", \"b\\\"c\"])\n"
    "  role      Role     @default(USER)\n"
    "  score     Decimal  @default(-1.50) @db.Decimal(10, 2)\n"
    "  place     Unsupported(\"geometry(Point, 4326)\")?\n"
    "  touched   DateTime @updatedAt\n"
    "  secret    String   @ignore\n"
    "  posts     Post[]   @relation(\"Written\") /* inline */\n"
    "  reviewed  Post[]   @relation(name: \"Reviewed\")\n"
    "  legacy:   [Int]\n"
    "  a\xC3\xA4   Int?\n"
    "  @@map(\"users\")\n"
    "  @@schema(\"audit\")\n"
    "  @@index([name(sort: Desc, ops: raw(\"text_ops\")), score], type: Brin, map: \"i\")\n"
    "  @@unique([email], where: { deleted: { not: null }, x: \"}\" })\n"
    "}\n"
    "model Post {\n  id String @id @default(cuid(2))\n  author User @relation(\"Written\", fields: [authorId], references: [id], onDelete: Cascade, map: \"fk\")\n"
    "  authorId Int @map(\"author_id\")\n  reviewer User? @relation(\n    name: \"Reviewed\",\n    fields: [reviewerId],\n    references: [id]\n  )\n  reviewerId Int?\n"
    "  @@ignore\n}\n"
    "enum Role {\n  /// ordinary\n  USER\n  ADMIN @map(\"admin\") // two\n  @@map(\"user_role\")\n  @@schema(\"audit\")\n}\n"
    "view Active {\n  id Int @unique\n}\n"
    "type Address {\n  street String\n}\n"
    "type Money = Decimal @db.Decimal(10, 2)\n"
    "/* the\n   end */";

static void models_and_fields(void **state) {
    (void)state;
    nx_prisma *prisma = parse(shop);
    assert_int_equal(prisma->nmodels, 4);
    const nx_psl_model *user = model(prisma, "User");
    assert_string_equal(user->table, "users");
    assert_string_equal(user->schema, "audit");
    assert_string_equal(user->comment, "People.\n Who buy.");
    assert_int_equal(user->nfields, 13);
    assert_int_equal(user->place.line, 16);
    assert_int_equal(user->place.column, 7);
    assert_false(user->ignored);
    assert_string_equal(field(user, "email")->comment, "where to write");
    assert_string_equal(field(user, "name")->column, "full_name");
    assert_true(field(user, "name")->optional);
    assert_null(field(user, "name")->comment);
    assert_true(field(user, "tags")->list);
    assert_true(field(user, "secret")->ignored);
    assert_true(field(user, "place")->unsupported && field(user, "place")->optional);
    assert_string_equal(field(user, "place")->type, "geometry(Point, 4326)");
    assert_true(field(user, "legacy")->list);
    assert_non_null(field(user, "a\xC3\xA4"));
    assert_true(model(prisma, "Post")->ignored);
    assert_true(model(prisma, "Active")->view);
    assert_true(model(prisma, "Address")->composite);
    nx_prisma_free(prisma);
}

static void attributes_and_values(void **state) {
    (void)state;
    nx_prisma *prisma = parse(shop);
    const nx_psl_model *user = model(prisma, "User");
    const nx_psl_field *tags = field(user, "tags"), *score = field(user, "score");
    const nx_psl_value *value = nx_psl_argument(nx_psl_find(tags->attributes, tags->nattributes, "default"), "value", 0);
    assert_int_equal(value->kind, NX_PSL_LIST);
    assert_int_equal(value->nargs, 2);
    assert_string_equal(value->args[1].value->text, "b\"c");
    assert_string_equal(nx_psl_argument(&score->attributes[0], NULL, 0)->text, "-1.50");
    assert_string_equal(score->attributes[1].name, "db.Decimal");
    assert_string_equal(nx_psl_argument(&score->attributes[1], NULL, 1)->text, "2");
    assert_null(nx_psl_argument(&score->attributes[1], NULL, 2));
    const nx_psl_attribute *index = nx_psl_find(user->attributes, user->nattributes, "index");
    const nx_psl_value *fields = nx_psl_argument(index, "fields", 0);
    assert_int_equal(fields->args[0].value->kind, NX_PSL_CALL);
    assert_string_equal(fields->args[0].value->text, "name");
    assert_string_equal(fields->args[0].value->args[1].value->text, "raw");
    assert_string_equal(nx_psl_argument(index, "type", -1)->text, "Brin");
    const nx_psl_value *where = nx_psl_argument(nx_psl_find(user->attributes, user->nattributes, "unique"), "where", -1);
    assert_int_equal(where->kind, NX_PSL_OBJECT);
    assert_string_equal(where->text, "{ deleted: { not: null }, x: \"}\" }");
    nx_prisma_free(prisma);
}

static void relations(void **state) {
    (void)state;
    nx_prisma *prisma = parse(shop);
    const nx_psl_model *user = model(prisma, "User"), *post = model(prisma, "Post");
    const nx_psl_field *author = field(post, "author"), *reviewer = field(post, "reviewer");
    assert_ptr_equal(author->target, user);
    assert_null(author->column);
    assert_string_equal(author->relation, "Written");
    assert_int_equal(author->nfields, 1);
    assert_string_equal(author->fields[0]->column, "author_id");
    assert_ptr_equal(author->references[0], field(user, "id"));
    assert_ptr_equal(author->opposite, field(user, "posts"));
    assert_ptr_equal(reviewer->opposite, field(user, "reviewed"));
    assert_ptr_equal(field(user, "reviewed")->opposite, reviewer);
    nx_prisma_free(prisma);
}

static void self_and_implicit_relations(void **state) {
    (void)state;
    nx_prisma *prisma = parse("model N {\n id Int @id\n up N? @relation(\"T\", fields: [upId], references: [id])\n upId Int?\n"
                              " down N[] @relation(\"T\")\n likes N[] @relation(\"L\")\n likedBy N[] @relation(\"L\")\n tags Tag[]\n}\n"
                              "model Tag {\n name String @id\n ns N[]\n}");
    const nx_psl_model *n = model(prisma, "N");
    assert_ptr_equal(field(n, "up")->opposite, field(n, "down"));
    assert_ptr_equal(field(n, "likes")->opposite, field(n, "likedBy"));
    assert_ptr_equal(field(n, "tags")->opposite, field(model(prisma, "Tag"), "ns"));
    nx_prisma_free(prisma);
}

static void enums_and_configs(void **state) {
    (void)state;
    nx_prisma *prisma = parse(shop);
    const nx_psl_enum *role = &prisma->enums[0];
    assert_ptr_equal(field(model(prisma, "User"), "role")->enumeration, role);
    assert_string_equal(role->type, "user_role");
    assert_string_equal(role->schema, "audit");
    assert_int_equal(role->nvalues, 2);
    assert_string_equal(role->values[0].label, "USER");
    assert_string_equal(role->values[0].comment, "ordinary");
    assert_string_equal(role->values[1].label, "admin");
    assert_int_equal(prisma->nconfigs, 2);
    assert_false(prisma->configs[0].datasource);
    assert_string_equal(prisma->configs[0].properties[1].value->args[1].value->text, "multiSchema");
    assert_string_equal(prisma->provider, "postgresql");
    assert_string_equal(prisma->url_env, "DATABASE_URL");
    assert_true(prisma->relation_mode_prisma);
    assert_true(prisma->multi_schema);
    nx_prisma_free(prisma);
}

static void lenient_where_prisma_was(void **state) {
    (void)state;
    nx_prisma *prisma = parse("\xEF\xBB\xBFmodel A\n{\n  id Int\n    @id\n    @default(autoincrement())\n  s String @default(\"a\\u00e9\\n\")\n"
                              "  b Int! @map(\"x\",)\n  c Int @deprecated(note:)}\nmodel B {}\nenum E { some words\n A }\n// end");
    const nx_psl_model *a = model(prisma, "A");
    assert_int_equal(a->nfields, 4);
    assert_int_equal(field(a, "id")->nattributes, 2);
    assert_string_equal(field(a, "s")->attributes[0].args[0].value->text, "a\xC3\xA9\n");
    assert_int_equal(model(prisma, "B")->nfields, 0);
    nx_prisma_free(prisma);
    nx_prisma_free(parse(""));
    nx_prisma_free(parse("// nothing"));
}

static void broken_texts(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"modle A {\n}", "s.prisma:1:1: expected model, view, enum, type, datasource or generator, found \"modle\""},
        {"model {\n}", "s.prisma:1:7: expected a name, found \"{\""},
        {"model A\n  id Int\n}", "s.prisma:2:3: expected \"{\", found \"id\""},
        {"model A {\n  id Int @id\n", "s.prisma:1:7: this model has no end: expected \"}\""},
        {"model A {\n  id Int @id @@x\n}", "s.prisma:2:15: expected an attribute's name, found \"@x\""},
        {"model A {\n  id Int id\n}", "s.prisma:2:10: expected an attribute or the end of the line, found \"id\""},
        {"model A {\n  1d Int\n}", "s.prisma:2:3: expected a field's name, @@ or \"}\", found \"1d\""},
        {"model A {\n  id Int[\n}", "s.prisma:2:10: expected \"]\", found the end of the line"},
        {"model A {\n  id Int @default(\n}", "s.prisma:3:1: expected a value, found \"}\""},
        {"model A {\n  id Int @default(1 2)\n}", "s.prisma:2:21: expected \",\" or \")\", found \"2)\""},
        {"model A {\n  id Int @map(\"x\n}", "s.prisma:2:15: this text has no end: expected \" before the end of the line"},
        {"model A {\n  \xC3\xA4\xC3\xA4 Int @map(-)\n}", "s.prisma:2:16: expected digits, found \")\""},
        {"model A {\n  @id\n}", "s.prisma:2:3: expected a field, or @@ for the whole block, found \"@id\""},
        {"enum E {\n  A = 1\n}", "s.prisma:2:5: expected an attribute or the end of the line, found \"=\""},
        {"enum E {\n  A\n", "s.prisma:1:6: this enum has no end: expected \"}\""},
        {"datasource db {\n  url: \"x\"\n}", "s.prisma:2:6: expected \"=\", found \":\""},
        {"datasource db {\n  url = \n}", "s.prisma:2:9: expected a value, found the end of the line"},
        {"model A {\n  x Unsupported(y)\n}", "s.prisma:2:3: expected a type in quotes in Unsupported(\"...\")"},
        {"/* open", "s.prisma:1:1: this comment has no end: expected */"},
        {"model A {\n  id Int @x({ a\n", "s.prisma:2:13: this { has no end: expected }"},
        {"model A {\n id Int @id\n}\nmodel A {\n}", "s.prisma:4:7: expected another name: \"A\" is declared at s.prisma:1"},
        {"model A {\n id Int @id\n b A? @relation(fields: [x], references: [id])\n}",
         "s.prisma:3:26: expected a field of A with a column, found \"x\""},
        {"model A {\n id Int @id\n b A? @relation(fields: [id, id], references: [id])\n}",
         "s.prisma:3:8: expected as many fields as references in @relation"},
        {"model A {\r\n  id Int @db.\r\n}", "s.prisma:2:14: expected a name after the dot, found the end of the line"},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_error err = NX_ERROR;
        assert_null(parse_bytes(cases[i].text, strlen(cases[i].text), &err));
        assert_int_equal(err.kind, NX_ERR_USAGE);
        if (!strstr(err.message, cases[i].message) || err.message != strstr(err.message, cases[i].message)) {
            fail_msg("%s\n  said \"%s\"\n  not  \"%s\"", cases[i].text, err.message, cases[i].message);
        }
        nx_error_clear(&err);
    }
}

/* For whatever bytes: a tree or an error, and nothing leaks or hangs. */
static void any_bytes(const char *text, size_t len) {
    nx_error err = NX_ERROR;
    char *copy = nx_strndup(text, len); /* so that reading past the end shows */
    nx_prisma *prisma = parse_bytes(copy, len, &err);
    assert_int_equal(prisma == NULL, nx_failed(&err));
    nx_prisma_free(prisma);
    nx_error_clear(&err);
    free(copy);
}

static void cut_and_bent_texts(void **state) {
    (void)state;
    char bent[sizeof shop];
    unsigned seed = 1;
    for (size_t len = 0; len < sizeof shop - 1; len++) {
        any_bytes(shop, len);
        memcpy(bent, shop, sizeof shop);
        for (int i = 0; i < 3; i++) {
            seed = seed * 1103515245 + 12345;
            bent[(seed >> 8) % (sizeof shop - 1)] = "\"(){}[]@/\n\0\xFF,:."[(seed >> 3) % 16];
        }
        any_bytes(bent, sizeof shop - 1);
    }
}

static void deep_and_long_texts(void **state) {
    (void)state;
    nx_buf text = NX_BUF;
    nx_buf_adds(&text, "model A { x Int @d(");
    for (int i = 0; i < 100000; i++) {
        nx_buf_addc(&text, i % 2 ? '[' : '(');
    }
    any_bytes(text.data, text.len);
    nx_buf_clear(&text);
    nx_buf_adds(&text, "model A { x Int @d([");
    for (int i = 0; i < 100000; i++) {
        nx_buf_adds(&text, "1,");
    }
    nx_buf_adds(&text, "]) }\n");
    for (int i = 0; i < 5000; i++) {
        nx_buf_addf(&text, "model M%d { id Int @id\n m M%d[]\n}\n", i, (i + 1) % 5000);
    }
    nx_prisma *prisma = parse(text.data);
    assert_int_equal(prisma->nmodels, 5001);
    nx_prisma_free(prisma);
    nx_buf_free(&text);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(models_and_fields),           cmocka_unit_test(attributes_and_values),
    cmocka_unit_test(relations),                   cmocka_unit_test(self_and_implicit_relations),
    cmocka_unit_test(enums_and_configs),           cmocka_unit_test(lenient_where_prisma_was),
    cmocka_unit_test(broken_texts),                cmocka_unit_test(cut_and_bent_texts),
    cmocka_unit_test(deep_and_long_texts),
};

LAB_MAIN(tests, NULL, NULL)
