/* A schema laid over a real database. */
#include "catalog/study.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "nixie/prisma.h"

static void lay(study *s, const char *text, bool database_names) {
    nx_error err = NX_ERROR;
    nx_prisma *prisma = nx_prisma_parse(&(nx_prisma_text){"s.prisma", text, strlen(text)}, 1, &err);
    if (!prisma) {
        fail_msg("%s", err.message);
    }
    nx_prisma_lay(prisma, s->catalog, &(nx_overlay_wish){.database_names = database_names});
    nx_prisma_free(prisma); /* the catalog holds it */
}

static study laid(const char *hint, const char *script, const char *text) {
    study s = study_script(hint, script);
    lay(&s, text, false);
    return s;
}

/* Titles of the fields, joined by commas; malloc'ed. */
static char *titles(const nx_model *model) {
    nx_buf out = NX_BUF;
    for (int i = 0; i < model->nfields; i++) {
        assert_int_equal(model->fields[i]->index, i);
        nx_buf_addf(&out, "%s%s", i ? "," : "", nx_field_title(model->fields[i]));
    }
    return nx_buf_take(&out);
}
#define assert_titles(model, expected)              \
    do {                                            \
        char *titles_ = titles(model);              \
        assert_string_equal(titles_, expected);     \
        free(titles_);                              \
    } while (0)

/* The drift as "kind schema database", joined by "; "; malloc'ed. */
static char *drifts(const study *s) {
    nx_buf out = NX_BUF;
    int n;
    const nx_drift *drift = nx_prisma_drift(s->catalog, &n);
    for (int i = 0; i < n; i++) {
        nx_buf_addf(&out, "%s%s %s %s", i ? "; " : "", nx_drift_name(drift[i].kind),
                    drift[i].schema ? drift[i].schema : "-", drift[i].database ? drift[i].database : "-");
        assert_true(strlen(drift[i].words) > 0);
    }
    return nx_buf_take(&out);
}
#define assert_drift(s, expected)              \
    do {                                       \
        char *drift_ = drifts(s);              \
        assert_string_equal(drift_, expected); \
        free(drift_);                          \
    } while (0)

static const char shop_sql[] =
    "CREATE TYPE user_role AS ENUM ('user', 'admin');"
    "CREATE TABLE users (id serial PRIMARY KEY, full_name text, email text NOT NULL UNIQUE, role user_role NOT NULL DEFAULT 'user',"
    " updated_at timestamp(3) NOT NULL, secret text NOT NULL DEFAULT '', token text NOT NULL, boss_id int REFERENCES users);"
    "COMMENT ON COLUMN users.email IS 'from the database'; COMMENT ON COLUMN users.token IS 'kept';"
    "CREATE TABLE posts (id text PRIMARY KEY, title text NOT NULL, author_id int NOT NULL REFERENCES users,"
    " reviewer_id int REFERENCES users); CREATE INDEX ON posts (author_id);"
    "CREATE TABLE zcategories (id int PRIMARY KEY, name text NOT NULL);"
    "CREATE TABLE \"_CategoryToPost\" (\"A\" int NOT NULL REFERENCES zcategories ON DELETE CASCADE,"
    " \"B\" text NOT NULL REFERENCES posts ON DELETE CASCADE, PRIMARY KEY (\"A\", \"B\"));"
    "CREATE INDEX ON \"_CategoryToPost\" (\"B\");";

static const char shop_psl[] =
    "/// People.\nmodel User {\n"
    "  id Int @id @default(autoincrement())\n"
    "  /// where to write\n  email String @unique\n"
    "  name String? @map(\"full_name\")\n"
    "  role Role @default(USER)\n"
    "  secret String @default(\"\") @ignore\n"
    "  updatedAt DateTime @updatedAt @map(\"updated_at\")\n"
    "  token String @default(nanoid(12))\n"
    "  bossId Int? @map(\"boss_id\")\n"
    "  boss User? @relation(\"Chain\", fields: [bossId], references: [id])\n"
    "  team User[] @relation(\"Chain\")\n"
    "  written Post[] @relation(\"author\")\n  reviewed Post[] @relation(\"reviewer\")\n"
    "  @@map(\"users\")\n}\n"
    "model Post {\n"
    "  id String @id @default(cuid(2))\n  title String\n"
    "  authorId Int @map(\"author_id\")\n  reviewerId Int? @map(\"reviewer_id\")\n"
    "  author User @relation(\"author\", fields: [authorId], references: [id])\n"
    "  checkedBy User? @relation(\"reviewer\", fields: [reviewerId], references: [id])\n"
    "  topics Category[]\n  @@map(\"posts\")\n}\n"
    "model Category {\n  id Int @id\n  name String\n  entries Post[]\n  @@map(\"zcategories\")\n}\n"
    "enum Role {\n  USER @map(\"user\")\n  ADMIN @map(\"admin\")\n  @@map(\"user_role\")\n}\n";

static void names_of_models_and_fields(void **state) {
    (void)state;
    study s = laid("prisma", shop_sql, shop_psl);
    nx_error err = NX_ERROR;
    assert_string_equal(nx_catalog_model(s.catalog, 0)->title, "User"); /* the schema's order */
    assert_string_equal(nx_catalog_model(s.catalog, 1)->title, "Post");
    assert_string_equal(nx_catalog_model(s.catalog, 3)->title, "_CategoryToPost");
    nx_model *user = nx_catalog_find(s.catalog, "User", NULL, &err);
    assert_ptr_equal(nx_catalog_find(s.catalog, "users", NULL, &err), user);
    assert_ptr_equal(nx_catalog_find(s.catalog, "public.users", NULL, &err), user);
    assert_ptr_equal(nx_catalog_find(s.catalog, "public.User", NULL, &err), user);
    assert_ptr_equal(nx_catalog_find(s.catalog, "user", NULL, &err), user);
    assert_ptr_equal(nx_catalog_find(s.catalog, "users", "public", &err), user);
    assert_ptr_equal(study_model(&s, "public", "users"), user);
    assert_titles(user, "id,email,name,role,updatedAt,token,bossId,secret");
    assert_string_equal(user->comment, "People.");
    nx_field *name = nx_model_find_field(user, "name", &err);
    assert_string_equal(name->name, "full_name");
    assert_ptr_equal(nx_model_find_field(user, "full_name", &err), name);
    assert_ptr_equal(nx_model_find_field(user, "Full_Name", &err), name);
    assert_ptr_equal(user->label, name); /* by the name that people know */
    assert_string_equal(nx_model_field(user, "email")->comment, "where to write");
    assert_string_equal(nx_model_field(user, "token")->comment, "kept");
    assert_true(nx_model_field(user, "secret")->ignored);
    study_close(&s);
}

static void what_edits_need(void **state) {
    (void)state;
    study s = laid("prisma", shop_sql, shop_psl);
    nx_model *user = study_model(&s, "public", "users"), *post = study_model(&s, "public", "posts");
    assert_true(nx_model_field(user, "updated_at")->updated_at);
    assert_int_equal(nx_model_field(user, "token")->client_default, NX_CLIENT_NANOID);
    assert_int_equal(nx_model_field(user, "token")->client_default_length, 12);
    assert_int_equal(nx_model_field(user, "id")->client_default, NX_CLIENT_NONE); /* the database's own */
    assert_int_equal(nx_model_field(post, "id")->client_default, NX_CLIENT_CUID2);
    const nx_field *role = nx_model_field(user, "role");
    assert_string_equal(role->label_aliases[1], "ADMIN");
    assert_string_equal(role->labels[1], "admin");
    study_close(&s);
}

static void relations_have_the_schemas_names(void **state) {
    (void)state;
    study s = laid("prisma", shop_sql, shop_psl);
    study_graph(&s);
    assert_relations(study_listed(&s, "public", "users"),
                     "boss to-one users[boss_id->id]; team to-many users[id->boss_id]; "
                     "written to-many posts[id->author_id]; reviewed to-many posts[id->reviewer_id]");
    /* A table whose name sorts after that of B: by the schema it is an implicit one all the same. */
    assert_relations(study_listed(&s, "public", "posts"),
                     "author to-one users[author_id->id]; checkedBy to-one users[reviewer_id->id]; "
                     "topics many-to-many zcategories[id->id]");
    assert_relations(study_listed(&s, "public", "zcategories"), "entries many-to-many posts[id->id]");
    nx_error err = NX_ERROR;
    nx_model *post = study_listed(&s, "public", "posts");
    nx_relation *checked = nx_model_find_relation(post, "checkedBy", &err);
    assert_ptr_equal(nx_model_find_relation(post, "reviewer", &err), checked);
    assert_false(checked->virtual);
    assert_string_equal(checked->constraint, "posts_reviewer_id_fkey");
    assert_drift(&s, "");
    study_close(&s);
}

static void the_catalogs_names_on_wish(void **state) {
    (void)state;
    study s = study_script("prisma", shop_sql);
    lay(&s, shop_psl, true);
    study_graph(&s);
    nx_model *user = study_model(&s, "public", "users");
    assert_string_equal(user->title, "users");
    assert_titles(user, "id,full_name,email,role,updated_at,secret,token,boss_id");
    assert_string_equal(nx_model_field(user, "email")->comment, "from the database");
    assert_relations(study_listed(&s, "public", "zcategories"), "posts many-to-many posts[id->id]");
    assert_true(nx_model_field(user, "updated_at")->updated_at); /* what is not a name stays */
    study_close(&s);
}

static const char loose_sql[] =
    "CREATE TABLE author (id int8 PRIMARY KEY, name text);"
    "CREATE TABLE book (id int PRIMARY KEY, author_id int4, editor text, co_a int, co_b text, prequel int);"
    "CREATE INDEX ON book (author_id); CREATE UNIQUE INDEX ON book (prequel);"
    "CREATE TABLE pair (a int, b text, PRIMARY KEY (a, b));"
    "CREATE TABLE tag (id int PRIMARY KEY, author text);"
    "CREATE TABLE \"_Marks\" (\"A\" int, \"B\" int, UNIQUE (\"A\", \"B\"));"
    "CREATE TABLE \"_Likes\" (\"A\" int8, \"B\" int8);";
#define LOOSE_PSL                                                                                            \
    "model author {\n id BigInt @id\n name String?\n books book[]\n edited book[] @relation(\"ed\")\n"          \
    " likes author[] @relation(\"Likes\")\n likedBy author[] @relation(\"Likes\")\n}\n"                         \
    "model book {\n id Int @id\n author_id Int?\n editor String?\n co_a Int?\n co_b String?\n prequel Int?\n"   \
    " author author? @relation(fields: [author_id], references: [id], onDelete: Cascade)\n"                    \
    " chief author? @relation(\"ed\", fields: [editor], references: [id])\n"                                   \
    " both pair? @relation(fields: [co_b, co_a], references: [b, a])\n"                                        \
    " before book? @relation(\"seq\", fields: [prequel], references: [id])\n after book? @relation(\"seq\")\n"  \
    " tags tag[] @relation(\"Marks\")\n}\n"                                                                    \
    "model pair {\n a Int\n b String\n books book[]\n @@id([a, b])\n}\n"                                       \
    "model tag {\n id Int @id\n author String?\n books book[] @relation(\"Marks\")\n}\n"

static void relations_that_only_the_schema_knows(void **state) {
    (void)state;
    study s = laid("loose", loose_sql, "datasource db {\n provider = \"postgresql\"\n relationMode = \"prisma\"\n}\n" LOOSE_PSL);
    nx_model *book = study_model(&s, "public", "book");
    assert_true(study_listed(&s, "public", "author")->described); /* for its labels */
    const nx_foreign_key *key = nx_field_foreign_key(nx_model_field(book, "author_id"));
    assert_non_null(key);
    assert_true(key->virtual);
    assert_ptr_equal(key->target, study_listed(&s, "public", "author"));
    assert_null(nx_field_foreign_key(nx_model_field(book, "editor"))); /* text is never a bigint */
    study_graph(&s);
    assert_relations(book, "author to-one author[author_id->id]; both to-one pair[co_b,co_a->b,a]; "
                           "before to-one book[prequel->id]; after to-many book[id->prequel]; tags many-to-many tag[id->id]");
    nx_error err = NX_ERROR;
    nx_relation *author = nx_model_find_relation(book, "author", &err);
    assert_true(author->virtual && author->indexed && !author->one_to_one);
    assert_null(author->constraint);
    assert_string_equal(author->target->title, "author");
    assert_int_equal(author->on_delete, 'c');
    assert_true(nx_model_find_relation(book, "after", &err)->one_to_one);
    assert_false(nx_model_find_relation(book, "both", &err)->indexed);
    assert_ptr_equal(author->inverse, nx_model_find_relation(study_listed(&s, "public", "author"), "books", &err));
    nx_relation *likes = nx_model_find_relation(study_listed(&s, "public", "author"), "likes", &err);
    assert_int_equal(likes->kind, NX_MANY_TO_MANY);
    assert_string_equal(likes->through_fields[0], "B"); /* likedBy sorts first: it is the A side */
    assert_string_equal(likes->inverse->name, "likedBy");
    assert_true(study_listed(&s, "public", "_Likes")->join_table);
    assert_int_equal(book->nforeign_keys, 3); /* not doubled by the graph */
    assert_drift(&s, "type differs book.chief -");
    study_close(&s);
}

/* What is not said is SetNull where every field of the reference may be NULL, Restrict where one may not; and Cascade
 * when the key changes. */
static void what_the_application_does_when_it_does_not_say(void **state) {
    (void)state;
    static const struct {
        const char *x, *y, *said;
        char on_delete, on_update;
    } cases[] = {
        {"Int", "String", "", 'r', 'c'},
        {"Int?", "String?", "", 'n', 'c'},
        {"Int?", "String", "", 'r', 'c'},
        {"Int", "String?", "", 'r', 'c'},
        {"Int", "String", ", onDelete: Cascade, onUpdate: NoAction", 'c', 'a'},
        {"Int?", "String?", ", onDelete: Restrict, onUpdate: SetNull", 'r', 'n'},
        {"Int?", "String?", ", onDelete: NoAction, onUpdate: Restrict", 'a', 'r'},
        {"Int?", "String?", ", onUpdate: SetDefault, onDelete: SetDefault", 'd', 'd'},
        {"Int", "String?", ", onDelete: SetNull", 'n', 'c'},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        nx_buf text = NX_BUF;
        nx_buf_addf(&text, "model pair {\n a Int\n b String\n all child[]\n @@id([a, b])\n}\n"
                           "model child {\n id Int @id\n x %s\n y %s\n"
                           " up pair? @relation(fields: [x, y], references: [a, b]%s)\n}\n",
                    cases[i].x, cases[i].y, cases[i].said);
        study s = laid("actions", "CREATE TABLE pair (a int, b text, PRIMARY KEY (a, b));"
                                  "CREATE TABLE child (id int PRIMARY KEY, x int, y text)", text.data);
        study_graph(&s);
        nx_error err = NX_ERROR;
        const nx_relation *up = nx_model_find_relation(study_listed(&s, "public", "child"), "up", &err);
        assert_non_null(up);
        if (up->on_delete != cases[i].on_delete || up->on_update != cases[i].on_update) {
            fail_msg("%s, %s%s: %c and %c", cases[i].x, cases[i].y, cases[i].said, up->on_delete, up->on_update);
        }
        nx_buf_free(&text);
        study_close(&s);
    }
}

static void constraints_that_are_missing_are_drift(void **state) {
    (void)state;
    study s = laid("loose", loose_sql, LOOSE_PSL);
    study_graph(&s);
    char *drift = drifts(&s);
    assert_non_null(strstr(drift, "no foreign key book.author -"));
    assert_non_null(strstr(drift, "no foreign key book.both -"));
    free(drift);
    study_close(&s);
}

static void what_differs(void **state) {
    (void)state;
    study s = laid("drift",
                   "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE DOMAIN mail AS text; CREATE SCHEMA other;"
                   "CREATE TABLE other.elsewhere (id int);"
                   "CREATE TABLE t (id int PRIMARY KEY, n text, opt text, req int NOT NULL, m mood NOT NULL, list int[], one int,"
                   " mail mail NOT NULL, extra int, \"name\" text, full_name text, self int REFERENCES t);"
                   "CREATE TABLE unknown (id int PRIMARY KEY); CREATE VIEW v AS SELECT id FROM t;",
                   "model T {\n id Int @id\n n Int?\n opt String\n req Int?\n m Mood\n list Int[]\n one Int[]\n mail String\n"
                   " gone Boolean\n name String? @map(\"full_name\")\n self Int?\n others U[]\n @@map(\"t\")\n}\n"
                   "model Gone {\n id Int @id\n @@map(\"gone\")\n}\nmodel U {\n id Int @id\n ts T[]\n @@map(\"unknown_too\")\n}\n"
                   "view V {\n id Int @unique\n @@map(\"v\")\n}\n"
                   "enum Mood {\n a\n c\n @@map(\"mood\")\n}\n");
    study_graph(&s);
    assert_drift(&s, "type differs T.n public.t.n; nullability differs T.opt public.t.opt; "
                     "nullability differs T.req public.t.req; enum differs T.m public.t.m; enum differs T.m public.t.m; "
                     "type differs T.one public.t.one; field missing T.gone -; unknown column - public.t.extra; "
                     "unknown column - public.t.name; unknown relation - public.t.self; "
                     "model missing Gone -; model missing U -; unknown table - public.unknown");
    assert_true(nx_prisma_drifts(study_listed(&s, "public", "t")));
    assert_true(nx_prisma_drifts(study_listed(&s, "public", "unknown")));
    assert_false(nx_prisma_drifts(study_listed(&s, "public", "v")));
    assert_int_equal(nx_prisma_matched(s.catalog), 2);
    /* The column "name" is not the field "name". */
    nx_model *t = study_model(&s, "public", "t");
    assert_titles(t, "id,n,opt,req,m,list,one,mail,name,self,extra,name_2");
    study_close(&s);
}

static void several_schemas(void **state) {
    (void)state;
    study s = laid("schemas",
                   "CREATE SCHEMA auth; CREATE TABLE auth.users (id int PRIMARY KEY); CREATE TABLE users (id int PRIMARY KEY,"
                   " auth_id int REFERENCES auth.users); CREATE TABLE \"Account\" (id int);",
                   "datasource db {\n provider = \"postgresql\"\n schemas = [\"auth\", \"public\"]\n}\n"
                   "model Account {\n id Int @id\n profile Profile[]\n @@map(\"users\")\n @@schema(\"auth\")\n}\n"
                   "model Profile {\n id Int @id\n account Account? @relation(fields: [authId], references: [id])\n"
                   " authId Int? @map(\"auth_id\")\n @@map(\"users\")\n @@schema(\"public\")\n}\n");
    nx_error err = NX_ERROR;
    assert_string_equal(study_listed(&s, "auth", "users")->title, "Account");
    assert_string_equal(study_listed(&s, "public", "users")->title, "Profile");
    assert_string_equal(study_listed(&s, "public", "Account")->title, "public.Account"); /* not the schema's */
    assert_string_equal(nx_catalog_find(s.catalog, "Account", NULL, &err)->schema, "auth");
    assert_null(nx_catalog_find(s.catalog, "users", NULL, &err)); /* two tables */
    nx_error_clear(&err);
    study_graph(&s);
    assert_relations(study_listed(&s, "public", "users"), "account to-one users[auth_id->id]");
    study_close(&s);
}

static void another_projects_schema(void **state) {
    (void)state;
    study s = laid("other", "CREATE TABLE a (id int PRIMARY KEY, b_id int); CREATE TABLE b (id int PRIMARY KEY);",
                   "model X {\n id Int @id\n ys Y[]\n}\nmodel Y {\n id Int @id\n xs X[]\n}\n");
    study_graph(&s);
    assert_int_equal(nx_prisma_matched(s.catalog), 0);
    assert_drift(&s, "model missing X -; model missing Y -");
    assert_titles(study_model(&s, "public", "a"), "id,b_id");
    study_close(&s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(names_of_models_and_fields),
    cmocka_unit_test(what_edits_need),
    cmocka_unit_test(relations_have_the_schemas_names),
    cmocka_unit_test(the_catalogs_names_on_wish),
    cmocka_unit_test(relations_that_only_the_schema_knows),
    cmocka_unit_test(what_the_application_does_when_it_does_not_say),
    cmocka_unit_test(constraints_that_are_missing_are_drift),
    cmocka_unit_test(what_differs),
    cmocka_unit_test(several_schemas),
    cmocka_unit_test(another_projects_schema),
};

LAB_MAIN(tests, NULL, NULL)
