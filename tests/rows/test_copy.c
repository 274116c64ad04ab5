/* A query as a call of Prisma Client and as SQL. */
#include "nixie/buf.h"
#include "nixie/copy.h"
#include "rows/rows_group.h"

static const char script[] =
    "CREATE TYPE role AS ENUM ('ADMIN', 'USER');"
    "CREATE TABLE \"User\" (id int PRIMARY KEY, email text UNIQUE, role role, \"bossId\" int REFERENCES \"User\");"
    "CREATE TABLE \"Post\" (id bigint PRIMARY KEY, title text, published boolean, \"createdAt\" timestamp, meta jsonb, tags text[],"
    "  price numeric, \"odd name\" text, \"authorId\" int REFERENCES \"User\");"
    "CREATE TABLE \"Tag\" (id int PRIMARY KEY, name text);"
    "CREATE TABLE \"_PostToTag\" (\"A\" bigint REFERENCES \"Post\", \"B\" int REFERENCES \"Tag\", PRIMARY KEY (\"A\", \"B\")); CREATE INDEX \"_PostToTag_B_index\" ON \"_PostToTag\" (\"B\");"
    "CREATE TABLE member (org int, nick text, PRIMARY KEY (org, nick)); INSERT INTO member VALUES (1, 'a'), (2, 'b''c');"
    "INSERT INTO \"User\" VALUES (1, 'a@b', 'ADMIN', NULL);"
    "INSERT INTO \"Post\" (id, title, published, \"authorId\") VALUES (1, 'one', true, 1), (2, 'two', false, 1), (3, 'it''s', true, NULL)";

static int open_lab(void **state) {
    rows_group_open(state, script);
    rows_lab_graph(lab);
    rows_lab_model(lab, "User");
    rows_lab_model(lab, "Tag");
    return 0;
}

static void assert_where(const char *filter, const char *expected) {
    nx_query *query = rows_lab_query(lab, "Post", NULL, filter);
    nx_buf out = NX_BUF, whole = NX_BUF;
    nx_copy_prisma(&out, query, NULL, 50);
    nx_buf_addf(&whole, "await prisma.post.findMany({\n  where: { %s },\n  orderBy: [{ id: 'asc' }],\n  take: 50,\n})\n", expected);
    assert_string_equal(out.data, whole.data);
    nx_buf_free(&out);
    nx_buf_free(&whole);
    nx_query_free(query);
}

static void filters_are_said_as_prisma_says_them(void **state) {
    (void)state;
    assert_where("published = true", "published: true");
    assert_where("id = 7 and title contains 'it''s'", "id: 7n, title: { contains: \"it's\" }");
    assert_where("id > 3 and id < 9", "AND: [{ id: { gt: 3n } }, { id: { lt: 9n } }]");
    assert_where("title icontains \"a\" or not title startsWith 'b'",
                 "OR: [{ title: { contains: \"a\", mode: 'insensitive' } }, { NOT: { title: { startsWith: \"b\" } } }]");
    assert_where("title is null and authorId is not null", "title: null, authorId: { not: null }");
    assert_where("authorId in (1, 2) and title not in ('x')", "authorId: { in: [1, 2] }, title: { notIn: [\"x\"] }");
    assert_where("id between 1 and 5 and title != 'x'", "id: { gte: 1n, lte: 5n }, title: { not: \"x\" }");
    assert_where("createdAt > now - 30 days", "createdAt: { gt: new Date(Date.now() - 2592000000) }");
    assert_where("createdAt >= '2026-03-14 15:09'", "createdAt: { gte: new Date('2026-03-14T15:09Z') }");
    assert_where("tags has 'a' and price = 1.50", "tags: { has: \"a\" }, price: \"1.50\"");
    assert_where("tags isEmpty", "tags: { isEmpty: true }");
    assert_where("meta.address.city = 'Oslo'", "meta: { path: [\"address\", \"city\"], equals: \"Oslo\" }");
    assert_where("`odd name` = 'x'", "\"odd name\": \"x\"");
}

static void relations_are_some_every_none_and_is(void **state) {
    (void)state;
    assert_where("author.email endsWith 'b'", "author: { is: { email: { endsWith: \"b\" } } }");
    assert_where("author.role = ADMIN", "author: { is: { role: \"ADMIN\" } }");
    assert_where("author is null", "author: null");
    assert_where("author is not null", "author: { isNot: null }");
    assert_where("author is not (id = 1)", "author: { isNot: { id: 1 } }");
    assert_where("Tag some (name = 'x')", "Tag: { some: { name: \"x\" } }");
    assert_where("Tag none ()", "Tag: { none: {} }");
    assert_where("Tag every (id < 3)", "Tag: { every: { id: { lt: 3 } } }");
    assert_where("Tag.count > 0", "Tag: { some: {} }");
    assert_where("Tag.count = 0", "Tag: { none: {} }");
}

static void what_prisma_cannot_say_is_a_comment(void **state) {
    (void)state;
    assert_where("title matches '^a*/' and id = 1", "/* not in Prisma Client: title matches ^a* / */, id: 1n");
    assert_where("Tag.count > 5", "/* not in Prisma Client: Tag.count > 5 */");
}

static void order_fields_scope_and_cursor(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "Post", "author.email desc, Tag.count, title nulls first", NULL);
    nx_model *post = nx_query_model(query);
    nx_query_set_fields(query, (nx_field *[]){nx_model_field(post, "title"), nx_model_field(post, "id")}, 2);
    nx_page *page = rows_lab_first(lab, query, 2);
    nx_buf out = NX_BUF;
    nx_copy_prisma(&out, query, &page->rows[1], 20);
    assert_non_null(strstr(out.data, "  orderBy: [{ author: { email: 'desc' } }, { Tag: { _count: 'asc' } }, "
                                     "{ title: { sort: 'asc', nulls: 'first' } }, { id: 'asc' }],\n"
                                     "  select: { title: true, id: true },\n  cursor: { id: "));
    assert_non_null(strstr(out.data, "  take: 20,\n"));
    nx_page_free(page);
    nx_query_free(query);
    nx_buf_clear(&out);
    query = rows_lab_query(lab, "Post", NULL, "published = true");
    nx_value one = nx_value_of("1");
    nx_model *user = rows_lab_model(lab, "User");
    for (int i = 0; i < user->nrelations; i++) {
        if (user->relations[i]->target == post) {
            nx_query_set_scope(query, &(nx_scope){.relation = user->relations[i], .nvalues = 1, .values = &one});
        }
    }
    nx_copy_prisma(&out, query, NULL, 5);
    assert_non_null(strstr(out.data, "  where: { AND: [{ authorId: 1 }, { published: true }] },\n"));
    nx_buf_free(&out);
    nx_query_free(query);
}

static void a_record_is_named_by_its_key(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "member", NULL, NULL);
    nx_page *page = rows_lab_first(lab, query, 2);
    nx_buf out = NX_BUF;
    assert_true(nx_copy_prisma_where(&out, nx_query_model(query), &page->rows[1]));
    assert_string_equal(out.data, "where: { org_nick: { org: 2, nick: \"b'c\" } }");
    nx_buf_free(&out);
    nx_page_free(page);
    nx_query_free(query);
}

static void sql_is_readable_and_runs(void **state) {
    (void)state;
    nx_query *query = rows_lab_query(lab, "Post", "title desc", "title contains 't''s' or author.email = 'a@b'");
    nx_buf out = NX_BUF;
    nx_copy_query(&out, query, 10);
    assert_null(strstr(out.data, "OPERATOR"));
    assert_null(strstr(out.data, "pg_catalog"));
    assert_non_null(strstr(out.data, "FROM \"public\".\"Post\" t\nWHERE "));
    char *sql = lab_query(lab->url, out.data); /* its first value */
    assert_string_equal(sql, "2");
    free(sql);
    nx_buf_free(&out);
    nx_query_free(query);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(filters_are_said_as_prisma_says_them),
    cmocka_unit_test(relations_are_some_every_none_and_is),
    cmocka_unit_test(what_prisma_cannot_say_is_a_comment),
    cmocka_unit_test(order_fields_scope_and_cursor),
    cmocka_unit_test(a_record_is_named_by_its_key),
    cmocka_unit_test(sql_is_readable_and_runs),
};

LAB_MAIN(tests, open_lab, rows_group_close)
