/* Filters, orders, scopes and keys as a program of Prisma Client has them: every operator beside every type. */
#include "lab/test.h"
#include "nixie/copy.h"
#include "nixie/prisma.h"
#include "rows/rows_lab.h"

static const char script[] =
    "CREATE TYPE \"Role\" AS ENUM ('USER', 'on-hold');"
    "CREATE TABLE \"User\" (id int PRIMARY KEY, email text, role \"Role\");"
    "CREATE TABLE \"Post\" (id int PRIMARY KEY, flag boolean, small smallint, big bigint, real real, price numeric, "
    "title text,"
    " day date, clock time, made timestamp, stamped timestamptz, span interval, raw bytea, uid uuid, role \"Role\", "
    "tags text[],"
    " meta jsonb, place point, \"1st\" int, \"authorId\" int REFERENCES \"User\", \"editorId\" int REFERENCES "
    "\"User\");"
    "CREATE TABLE \"Tag\" (id int PRIMARY KEY, name text);"
    "CREATE TABLE \"_PostToTag\" (\"A\" int REFERENCES \"Post\", \"B\" int REFERENCES \"Tag\", PRIMARY KEY (\"A\", "
    "\"B\"));"
    "CREATE INDEX ON \"_PostToTag\" (\"B\");"
    "CREATE TABLE member (org int, nick text, PRIMARY KEY (org, nick));"
    "CREATE TABLE badge (id int PRIMARY KEY, org int, nick text, FOREIGN KEY (org, nick) REFERENCES member);"
    "CREATE TABLE log (at timestamp NOT NULL, line text);"
    "CREATE TABLE \"order-line\" (no int, UNIQUE (no)); CREATE VIEW open AS SELECT 1 AS one;"
    "INSERT INTO member VALUES (2, 'b'); INSERT INTO log VALUES ('2026-01-01', 'x')";

/* The labels of Role have other names in the project. */
static const char project[] =
    "datasource db {\n provider = \"postgresql\"\n}\n"
    "model User {\n id Int @id\n email String?\n role Role?\n posts Post[] @relation(\"Written\")\n edits Post[] "
    "@relation(\"Edited\")\n}\n"
    "model Post {\n id Int @id\n flag Boolean?\n small Int? @db.SmallInt\n big BigInt?\n real Float? @db.Real\n price "
    "Decimal?\n title String?\n"
    " day DateTime? @db.Date\n clock DateTime? @db.Time\n made DateTime?\n stamped DateTime? @db.Timestamptz\n raw "
    "Bytes?\n uid String? @db.Uuid\n"
    " role Role?\n tags String[]\n meta Json?\n authorId Int?\n editorId Int?\n"
    " author User? @relation(\"Written\", fields: [authorId], references: [id])\n"
    " editor User? @relation(\"Edited\", fields: [editorId], references: [id])\n labels Tag[]\n}\n"
    "model Tag {\n id Int @id\n name String?\n posts Post[]\n}\n"
    "enum Role {\n USER\n ON_HOLD @map(\"on-hold\")\n}\n";

static rows_lab *lab;

static int open_lab(void **state) {
    (void)state;
    nx_error err = NX_ERROR;
    nx_prisma_text text = {"schema.prisma", project, strlen(project)};
    lab = rows_lab_open("copy", script, NULL);
    nx_prisma *prisma = nx_prisma_parse(&text, 1, &err);
    if (!prisma) {
        fail_msg("%s", err.message);
    }
    nx_prisma_lay(prisma, lab->catalog, &(nx_overlay_wish){.database_names = false});
    nx_prisma_free(prisma);
    rows_lab_graph(lab);
    rows_lab_model(lab, "User");
    rows_lab_model(lab, "Tag");
    rows_lab_model(lab, "Post");
    return 0;
}

static int close_lab(void **state) {
    (void)state;
    rows_lab_close(lab);
    return 0;
}

typedef struct said {
    const char *filter, *where;
} said;

static void assert_said(const char *model, const said *table, size_t n) {
    int wrong = 0;
    for (size_t i = 0; i < n; i++) {
        nx_query *query = rows_lab_query(lab, model, NULL, table[i].filter);
        nx_buf out = NX_BUF, expected = NX_BUF;
        nx_copy_prisma(&out, query, NULL, 50);
        nx_buf_addf(&expected, "({\n  where: { %s },\n  orderBy: [{ id: 'asc' }],\n", table[i].where);
        if (!strstr(out.data, expected.data)) {
            print_error("%s\n  is %s  not %s", table[i].filter, out.data, expected.data);
            wrong++;
        }
        nx_buf_free(&out);
        nx_buf_free(&expected);
        nx_query_free(query);
    }
    assert_int_equal(wrong, 0);
}

static const said typed[] = {
    {"flag = true", "flag: true"},
    {"flag = 't'", "flag: true"},
    {"flag = '1'", "flag: true"},
    {"flag != false", "flag: { not: false }"},
    {"flag is null", "flag: null"},
    {"small = -3", "small: -3"},
    {"small in (1, 2)", "small: { in: [1, 2] }"},
    {"small < 1 and big <= 2", "small: { lt: 1 }, big: { lte: 2n }"},
    {"small > 1 and big >= -2", "small: { gt: 1 }, big: { gte: -2n }"},
    {"big not in (1)", "big: { notIn: [1n] }"},
    {"big between 1 and 2", "big: { gte: 1n, lte: 2n }"},
    {"real = 1.5 or real = -1", "OR: [{ real: 1.5 }, { real: -1 }]"},
    {"price = -1.50", "price: \"-1.50\""},
    {"day = '2026-03-14'", "day: new Date('2026-03-14')"},
    {"clock = '15:09:26'", "clock: new Date('1970-01-01T15:09:26Z')"},
    {"made = '2026-03-14 15:09:26.5'", "made: new Date('2026-03-14T15:09:26.5Z')"},
    {"made = '2026-03-14T15:09:26'", "made: new Date('2026-03-14T15:09:26Z')"},
    {"made = '2026-03-14'", "made: new Date('2026-03-14')"},
    {"stamped = '2026-03-14 15:09:26+00'", "stamped: new Date('2026-03-14T15:09:26+00:00')"},
    {"stamped = '2026-03-14 15:09:26-03'", "stamped: new Date('2026-03-14T15:09:26-03:00')"},
    {"stamped = '2026-03-14 15:09:26+05:30'", "stamped: new Date('2026-03-14T15:09:26+05:30')"},
    {"stamped = '2026-03-14T15:09:26Z'", "stamped: new Date('2026-03-14T15:09:26Z')"},
    {"made = 'infinity'", "made: \"infinity\""},
    {"made = '14.03.2026 15:09'", "made: \"14.03.2026 15:09\""},
    {"made = '2026-3-14 15:09'", "made: \"2026-3-14 15:09\""},
    {"made = '2026-03/14'", "made: \"2026-03/14\""},
    {"made = '2026-03-1x'", "made: \"2026-03-1x\""},
    {"raw = '\\x0aff'", "raw: Buffer.from('0aff', 'hex')"},
    {"raw = 'abc'", "raw: \"abc\""},
    {"uid = '00000000-0000-0000-0000-000000000000'", "uid: \"00000000-0000-0000-0000-000000000000\""},
    {"role = USER", "role: \"USER\""},
    {"role in ('on-hold', USER)", "role: { in: [\"ON_HOLD\", \"USER\"] }"},
    {"role = ON_HOLD", "role: \"ON_HOLD\""},
    {"`1st` = 1", "\"1st\": 1"},
};

static void values_of_every_type(void **state) {
    (void)state;
    assert_said("Post", typed, NX_COUNT(typed));
}

static const said moments[] = {
    {"made = now", "made: new Date()"},
    {"made < today", "made: { lt: new Date(new Date().setUTCHours(0, 0, 0, 0)) }"},
    {"made > now - 5 seconds", "made: { gt: new Date(Date.now() - 5000) }"},
    {"made > now - 1 second", "made: { gt: new Date(Date.now() - 1000) }"},
    {"made > now + 1.5 minutes", "made: { gt: new Date(Date.now() + 90000) }"},
    {"made > now - 2 hours", "made: { gt: new Date(Date.now() - 7200000) }"},
    {"made > today - 1 day", "made: { gt: new Date(new Date().setUTCHours(0, 0, 0, 0) - 86400000) }"},
    {"made between today - 2 weeks and now",
     "made: { gte: new Date(new Date().setUTCHours(0, 0, 0, 0) - 1209600000), lte: new Date() }"},
    /* months are not of one length */
    {"made > now - 1 month", "made: { gt: new Date() /* - 1 month */ }"},
    {"made > today + 2 years", "made: { gt: new Date(new Date().setUTCHours(0, 0, 0, 0)) /* + 2 years */ }"},
    {"made > now - '1 day 2 hours'", "made: { gt: new Date() /* - 1 day 2 hours */ }"},
    {"made > now - '01:30'", "made: { gt: new Date() /* - 01:30 */ }"},
    {"made like now", "/* not in Prisma Client: made like now */"},
    {"made contains today", "/* not in Prisma Client: made contains today */"},
};

static void moments_are_reckoned_by_the_client(void **state) {
    (void)state;
    assert_said("Post", moments, NX_COUNT(moments));
}

static const said operators[] = {
    {"title =~ 'a'", "title: { equals: \"a\", mode: 'insensitive' }"},
    {"title contains 'a'", "title: { contains: \"a\" }"},
    {"title startsWith 'a'", "title: { startsWith: \"a\" }"},
    {"title endsWith 'a'", "title: { endsWith: \"a\" }"},
    {"title icontains 'a'", "title: { contains: \"a\", mode: 'insensitive' }"},
    {"title istartsWith 'a'", "title: { startsWith: \"a\", mode: 'insensitive' }"},
    {"title iendsWith 'a'", "title: { endsWith: \"a\", mode: 'insensitive' }"},
    {"title <> 'a'", "title: { not: \"a\" }"},
    {"title like 'a%'", "/* not in Prisma Client: title like a% */"},
    {"title ilike 'a%'", "/* not in Prisma Client: title ilike a% */"},
    {"title matches 'a'", "/* not in Prisma Client: title matches a */"},
    {"title imatches 'a\n*/b\r'", "/* not in Prisma Client: title imatches a * /b  */"},
    {"small contains 3", "/* not in Prisma Client: small contains 3 */"},
    {"tags has 'a'", "tags: { has: \"a\" }"},
    {"tags hasSome ('a', 'b')", "tags: { hasSome: [\"a\", \"b\"] }"},
    {"tags hasEvery ('a')", "tags: { hasEvery: [\"a\"] }"},
    {"tags isEmpty", "tags: { isEmpty: true }"},
    {"not tags isEmpty", "NOT: { tags: { isEmpty: true } }"},
    {"not flag = true", "NOT: { flag: true }"},
    {"not (flag is null)", "flag: { not: null }"},
    {"not (small in (1))", "small: { notIn: [1] }"},
    {"not (flag = true and small = 1)", "NOT: { flag: true, small: 1 }"},
    {"not not flag = true", "NOT: { NOT: { flag: true } }"},
    {"(flag = true or small = 1) and (big = 1 or id = 2)",
     "AND: [{ OR: [{ flag: true }, { small: 1 }] }, { OR: [{ big: 1n }, { id: 2 }] }]"},
    {"not flag = true and not small = 1", "AND: [{ NOT: { flag: true } }, { NOT: { small: 1 } }]"},
    {"flag = true and (small = 1 or small = 2)", "flag: true, OR: [{ small: 1 }, { small: 2 }]"},
    {"small = 1 or (small = 2 and big = 3) or (small > 4 and small < 6)",
     "OR: [{ small: 1 }, { small: 2, big: 3n }, { AND: [{ small: { gt: 4 } }, { small: { lt: 6 } }] }]"},
};

static void operators_beside_every_type(void **state) {
    (void)state;
    assert_said("Post", operators, NX_COUNT(operators));
}

static const said json[] = {
    {"meta.a = 'x'", "meta: { path: [\"a\"], equals: \"x\" }"},
    {"meta.a = 5", "meta: { path: [\"a\"], equals: 5 }"},
    {"meta.a.0.`b c` != true", "meta: { path: [\"a\", \"0\", \"b c\"], not: true }"},
    {"meta.a < 5 and title = 'x'", "meta: { path: [\"a\"], lt: 5 }, title: \"x\""},
    {"meta.a <= 5", "meta: { path: [\"a\"], lte: 5 }"},
    {"meta.a > 5", "meta: { path: [\"a\"], gt: 5 }"},
    {"meta.a >= 5", "meta: { path: [\"a\"], gte: 5 }"},
    {"meta.a contains 'x'", "meta: { path: [\"a\"], string_contains: \"x\" }"},
    {"meta.a startsWith 'x'", "meta: { path: [\"a\"], string_starts_with: \"x\" }"},
    {"meta.a endsWith 'x'", "meta: { path: [\"a\"], string_ends_with: \"x\" }"},
    {"meta.a =~ 'x'", "/* not in Prisma Client: meta.a =~ x */"},
    {"meta.a.b icontains 'x'", "/* not in Prisma Client: meta.a.b icontains x */"},
    {"meta.a in ('x', 'y')", "/* not in Prisma Client: meta.a in x, y */"},
    {"meta.a between 1 and 2", "/* not in Prisma Client: meta.a between 1, 2 */"},
    {"meta.a is null", "/* not in Prisma Client: meta.a is null */"},
    {"meta ? 'a'", "/* not in Prisma Client: meta ? a */"},
};

static void paths_into_json(void **state) {
    (void)state;
    assert_said("Post", json, NX_COUNT(json));
}

static const said to_one[] = {
    {"author is null", "author: null"},
    {"author is not null", "author: { isNot: null }"},
    {"not author is not null", "NOT: { author: { isNot: null } }"},
    {"author is (email = 'a')", "author: { is: { email: \"a\" } }"},
    {"author is not (email = 'a')", "author: { isNot: { email: \"a\" } }"},
    {"author some (email = 'a' and id = 1)", "author: { is: { email: \"a\", id: 1 } }"},
    {"author some ()", "author: { isNot: null }"},
    {"author none ()", "author: null"},
    {"author none (id = 1)", "author: { isNot: { id: 1 } }"},
    {"author every (id = 1)", "author: { isNot: { NOT: { id: 1 } } }"},
    {"author.role = ON_HOLD and editor.id = 1", "author: { is: { role: \"ON_HOLD\" } }, editor: { is: { id: 1 } }"},
    {"author.id = 1 and author.email = 'a'",
     "AND: [{ author: { is: { id: 1 } } }, { author: { is: { email: \"a\" } } }]"},
    {"author.email is not null", "author: { is: { email: { not: null } } }"},
    {"labels.count > 0 and author.id = 1", "labels: { some: {} }, author: { is: { id: 1 } }"},
};

static const said to_many[] = {
    {"posts some ()", "posts: { some: {} }"},
    {"posts some (title = 'a')", "posts: { some: { title: \"a\" } }"},
    {"posts none ()", "posts: { none: {} }"},
    {"posts every (flag = true)", "posts: { every: { flag: true } }"},
    {"posts every ()", "posts: { every: {} }"},
    {"posts is null", "posts: { none: {} }"},
    {"posts is not null", "posts: { some: {} }"},
    {"not posts some ()", "NOT: { posts: { some: {} } }"},
    {"posts some (labels some (name = 'x'))", "posts: { some: { labels: { some: { name: \"x\" } } } }"},
    {"posts.count > 0", "posts: { some: {} }"},
    {"posts.count != 0", "posts: { some: {} }"},
    {"posts.count >= 1", "posts: { some: {} }"},
    {"posts.count = 0", "posts: { none: {} }"},
    {"posts.count < 1", "posts: { none: {} }"},
    {"posts.count <= 0", "posts: { none: {} }"},
    {"posts.count > 1", "/* not in Prisma Client: posts.count > 1 */"},
    {"posts.count != 1", "/* not in Prisma Client: posts.count != 1 */"},
    {"posts.count >= 0", "/* not in Prisma Client: posts.count >= 0 */"},
    {"posts.count = 1", "/* not in Prisma Client: posts.count = 1 */"},
    {"posts.count < 0", "/* not in Prisma Client: posts.count < 0 */"},
    {"posts.count <= 1", "/* not in Prisma Client: posts.count <= 1 */"},
    {"posts.count = 3 and edits.count = 0", "/* not in Prisma Client: posts.count = 3 */, edits: { none: {} }"},
};

static void relations_of_both_kinds(void **state) {
    (void)state;
    assert_said("Post", to_one, NX_COUNT(to_one));
    assert_said("User", to_many, NX_COUNT(to_many));
}

/* --- whole calls ----------------------------------------------------------------------------------------------------
 */

static void assert_call(nx_query *query, const nx_row *from, const char *expected) {
    nx_buf out = NX_BUF;
    nx_copy_prisma(&out, query, from, 7);
    assert_string_equal(out.data, expected);
    nx_buf_free(&out);
    nx_query_free(query);
}

static nx_query *scoped(const char *model, const char *filter, const char *of, const char *relation, nx_value *values,
                        int n) {
    nx_error err = NX_ERROR;
    nx_query *query = rows_lab_query(lab, model, NULL, filter);
    nx_relation *r = nx_model_find_relation(rows_lab_model(lab, of), relation, &err);
    assert_non_null(r);
    nx_query_set_scope(query, &(nx_scope){.relation = r, .nvalues = n, .values = values});
    return query;
}

static void orders_of_every_kind(void **state) {
    (void)state;
    static const struct {
        const char *order, *orderBy;
    } orders[] = {
        {NULL, "{ id: 'asc' }"},
        {"id desc", "{ id: 'desc' }"},
        {"title desc", "{ title: 'desc' }, { id: 'desc' }"},
        {"title, made desc", "{ title: 'asc' }, { made: 'desc' }, { id: 'desc' }"},
        {"title nulls first", "{ title: { sort: 'asc', nulls: 'first' } }, { id: 'asc' }"},
        {"title desc nulls last", "{ title: { sort: 'desc', nulls: 'last' } }, { id: 'desc' }"},
        {"id nulls first", "{ id: 'asc' }"}, /* it is never null, and Prisma refuses the words there */
        {"`1st`", "{ \"1st\": 'asc' }, { id: 'asc' }"},
        {"author.email desc", "{ author: { email: 'desc' } }, { id: 'desc' }"},
        {"labels.count desc, id", "{ labels: { _count: 'desc' } }, { id: 'asc' }"},
    };
    for (size_t i = 0; i < NX_COUNT(orders); i++) {
        nx_buf expected = NX_BUF;
        nx_buf_addf(&expected, "await prisma.post.findMany({\n  orderBy: [%s],\n  take: 7,\n})\n", orders[i].orderBy);
        assert_call(rows_lab_query(lab, "Post", orders[i].order, NULL), NULL, expected.data);
        nx_buf_free(&expected);
    }
}

static void records_of_one_other(void **state) {
    (void)state;
    nx_value seven[] = {nx_value_of("7")}, null[] = {NX_NULL_VALUE}, member[] = {nx_value_of("2"), nx_value_of("b")};
    static const char end[] = "  orderBy: [{ id: 'asc' }],\n  take: 7,\n})\n";
    const struct {
        const char *model, *filter, *of, *relation;
        nx_value *values;
        int n;
        const char *begin;
    } scopes[] = {
        {"Post", NULL, "User", "posts", seven, 1, "await prisma.post.findMany({\n  where: { authorId: 7 },\n"},
        {"Post", "flag = true", "User", "edits", seven, 1,
         "await prisma.post.findMany({\n  where: { AND: [{ editorId: 7 }, { flag: true }] },\n"},
        {"Post", NULL, "User", "posts", null, 1, "await prisma.post.findMany({\n  where: { authorId: null },\n"},
        {"User", NULL, "Post", "author", seven, 1, "await prisma.user.findMany({\n  where: { id: 7 },\n"},
        {"Post", NULL, "Tag", "posts", seven, 1,
         "await prisma.post.findMany({\n  where: { labels: { some: { id: 7 } } },\n"},
        {"Tag", "name = 'x'", "Post", "labels", seven, 1,
         "await prisma.tag.findMany({\n  where: { AND: [{ posts: { some: { id: 7 } } }, { name: \"x\" }] },\n"},
        {"badge", NULL, "member", "badge", member, 2,
         "await prisma.badge.findMany({\n  where: { org: 2, nick: \"b\" },\n"},
    };
    for (size_t i = 0; i < NX_COUNT(scopes); i++) {
        nx_buf expected = NX_BUF;
        nx_buf_addf(&expected, "%s%s", scopes[i].begin, end);
        assert_call(
            scoped(scopes[i].model, scopes[i].filter, scopes[i].of, scopes[i].relation, scopes[i].values, scopes[i].n),
            NULL, expected.data);
        nx_buf_free(&expected);
    }
}

static void models_of_every_kind_of_key(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "member", NULL, NULL);
    nx_page *page = rows_lab_first(lab, query, 1);
    assert_call(query, &page->rows[0],
                "await prisma.member.findMany({\n  orderBy: [{ org: 'asc' }, { nick: 'asc' }],\n"
                "  cursor: { org_nick: { org: 2, nick: \"b\" } },\n  take: 7,\n})\n");
    nx_page_free(page);
    /* a tuple id is nothing that Prisma knows */
    query = rows_lab_query(lab, "log", "at desc", NULL);
    page = rows_lab_first(lab, query, 1);
    nx_buf out = NX_BUF;
    assert_false(nx_copy_prisma_where(&out, nx_query_model(query), &page->rows[0]));
    assert_int_equal(out.len, 0);
    assert_call(query, &page->rows[0], "await prisma.log.findMany({\n  orderBy: [{ at: 'desc' }],\n  take: 7,\n})\n");
    nx_page_free(page);
    query = rows_lab_query(lab, "open", NULL, NULL);
    page = rows_lab_first(lab, query, 1);
    assert_false(nx_copy_prisma_where(&out, nx_query_model(query), &page->rows[0]));
    assert_call(query, &page->rows[0], "await prisma.open.findMany({\n  take: 7,\n})\n");
    nx_page_free(page);
    assert_call(rows_lab_query(lab, "order-line", "no", NULL), NULL,
                "await prisma[\"order-line\"].findMany({\n  orderBy: [{ no: 'asc' }],\n  take: 7,\n})\n");
}

/* --- as SQL
 * ------------------------------------------------------------------------------------------------------------ */

static void sql_keeps_what_stands_in_quotes(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "Post", "title nulls first, small desc nulls last",
                                     "title = 'pg_catalog.x OPERATOR(pg_catalog.=)' or `1st` = 1");
    nx_buf out = NX_BUF;
    nx_copy_query(&out, query, 3);
    assert_non_null(strstr(out.data, "'pg_catalog.x OPERATOR(pg_catalog.=)'"));
    assert_non_null(strstr(out.data, "t.\"1st\" = "));
    assert_null(strstr(out.data, "OPERATOR(pg_catalog.=) "));
    assert_non_null(strstr(out.data, "\nLIMIT 3;\n"));
    lab_sql(lab->url, out.data);
    nx_buf_free(&out);
    nx_query_free(query);
    query = rows_lab_query(lab, "log", NULL, NULL);
    nx_copy_query(&out, query, 2);
    assert_string_equal(out.data, "SELECT t.\"at\", t.\"line\"\nFROM \"public\".\"log\" t\nLIMIT 2;\n");
    nx_buf_free(&out);
    nx_query_free(query);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(values_of_every_type),
    cmocka_unit_test(moments_are_reckoned_by_the_client),
    cmocka_unit_test(operators_beside_every_type),
    cmocka_unit_test(paths_into_json),
    cmocka_unit_test(relations_of_both_kinds),
    cmocka_unit_test(orders_of_every_kind),
    cmocka_unit_test(records_of_one_other),
    cmocka_unit_test(models_of_every_kind_of_key),
    cmocka_unit_test(sql_keeps_what_stands_in_quotes),
};

LAB_MAIN(tests, open_lab, close_lab)
