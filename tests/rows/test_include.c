/* What to include, as text: paths, options, quotes; and what is said of mistakes. */
#include "lab/test.h"
#include "nixie/tree.h"

/* The tree in a form of its own: name[where|order|fields|limit]{...}, joined by blanks. */
static void add_list(nx_buf *out, const nx_include *list) {
    for (const nx_include *i = list; i; i = i->next) {
        nx_buf_addf(out, "%s%s", i == list ? "" : " ", i->name);
        if (i->where || i->order || i->fields || i->limit) {
            nx_buf_addf(out, "[%s|%s|%s|%d]", i->where ? i->where : "", i->order ? i->order : "",
                        i->fields ? i->fields : "", i->limit);
        }
        if (i->first) {
            nx_buf_adds(out, "{");
            add_list(out, i->first);
            nx_buf_adds(out, "}");
        }
    }
}

static void paths_and_options_are_read(void **state) {
    (void)state;
    static const char *const texts[][2] = {
        {"author", "author"},
        {"  author  ", "author"},
        {"author, posts", "author posts"},
        {"posts.comments.author", "posts{comments{author}}"},
        {"posts . comments", "posts{comments}"},
        {"posts.comments, author, posts.tags", "posts{comments tags} author"},
        {"posts, posts.comments, posts", "posts{comments}"},
        {"Post via authorId, `a.b``c`", "Post via authorId a.b`c"},
        {"Post via\tauthorId\n,x", "Post via\tauthorId x"},
        {"`a` . `b,c`", "a{b,c}"},
        {"posts(limit 5)", "posts[|||5]"},
        {"posts ( LIMIT 10000 ) . comments (limit 1)", "posts[|||10000]{comments[|||1]}"},
        {"posts(where published = true; order createdAt desc; fields title, id; limit 3)",
         "posts[published = true|createdAt desc|title, id|3]"},
        {"posts(where a = ')' and b = 'it''s; so')", "posts[a = ')' and b = 'it''s; so'|||0]"},
        {"posts(where (a = 1 or (b = 2)); limit 3)", "posts[(a = 1 or (b = 2))|||3]"},
        {"posts(where `odd;name` = \"x)\")", "posts[`odd;name` = \"x)\"|||0]"},
        {"posts(where\n a = 1\t)", "posts[a = 1|||0]"},
        {"posts(limit 3; limit 4)", "posts[|||4]"},
        {"posts(limit 3), posts(order id)", "posts[|id||3]"},
    };
    for (size_t i = 0; i < NX_COUNT(texts); i++) {
        nx_arena *arena = nx_arena_new(0);
        nx_error err = NX_ERROR;
        nx_include *list = nx_include_parse(texts[i][0], arena, &err);
        if (!list) {
            fail_msg("%s: %s", texts[i][0], err.message);
        }
        nx_buf out = NX_BUF;
        add_list(&out, list);
        assert_string_equal(out.data, texts[i][1]);
        nx_buf_free(&out);
        nx_arena_free(arena);
    }
}

static const struct {
    const char *text;
    int position;
    const char *message;
} mistakes[] = {
    {"", 1, "expected a relation's name, but here the text ends"},
    {"   ", 4, "expected a relation's name, but here the text ends"},
    {",", 1, "expected a relation's name, not \",\""},
    {"a,", 3, "expected a relation's name, but here the text ends"},
    {"a, ,b", 4, "expected a relation's name, not \",b\""},
    {"a.", 3, "expected a relation's name, but here the text ends"},
    {"a..b", 3, "expected a relation's name, not \".b\""},
    {"`a", 1, "expected a closing backquote, not \"`a\""},
    {"gr\xc3\xb6\xc3\x9f"
     "e.`a``",
     7, "expected a closing backquote, not \"`a``\""},
    {"`a`b", 4, "expected a comma, a dot or an opening parenthesis, not \"b\""},
    {"a;b", 2, "expected a comma, a dot or an opening parenthesis, not \";b\""},
    {"a)", 2, "expected a comma, a dot or an opening parenthesis, not \")\""},
    {"a(limit 5)b", 11, "expected a comma, a dot or an opening parenthesis, not \"b\""},
    {"a(", 3, "expected where, order, fields or limit, but here the text ends"},
    {"a()", 3, "expected where, order, fields or limit, not \")\""},
    {"a(limit)", 3, "expected a number from 1 to 10,000, not \"limit)\""},
    {"a(limit 0)", 3, "expected a number from 1 to 10,000, not \"limit 0)\""},
    {"a(limit 10001)", 3, "expected a number from 1 to 10,000, not \"limit 10001)\""},
    {"a(limit 100000)", 3, "expected a number from 1 to 10,000, not \"limit 100000)\""},
    {"a(limit 5x)", 3, "expected a number from 1 to 10,000, not \"limit 5x)\""},
    {"a(limit -5)", 3, "expected a number from 1 to 10,000, not \"limit -5)\""},
    {"a(limit 5", 10, "expected a closing parenthesis, but here the text ends"},
    {"a(limit 5;)", 11, "expected where, order, fields or limit, not \")\""},
    {"a(where)", 3, "expected something after it, not \"where)\""},
    {"a(order  ; limit 5)", 3, "expected something after it, not \"order  ; limit 5)\""},
    {"a(fields", 3, "expected something after it, not \"fields\""},
    {"a(sort id)", 3, "expected where, order, fields or limit, not \"sort id)\""},
    {"a(where x = 'its)", 3, "expected a closing quote, not \"where x = 'its)\""},
    {"a(where x = \"y)", 3, "expected a closing quote, not \"where x = \"y)\""},
    {"a(where (x = 1)", 16, "expected a closing parenthesis, but here the text ends"},
};

static void mistakes_are_told_with_their_place(void **state) {
    (void)state;
    for (size_t i = 0; i < NX_COUNT(mistakes); i++) {
        nx_arena *arena = nx_arena_new(0);
        nx_error err = NX_ERROR;
        if (nx_include_parse(mistakes[i].text, arena, &err)) {
            fail_msg("read: %s", mistakes[i].text);
        }
        assert_int_equal(err.kind, NX_ERR_USAGE);
        if (err.position != mistakes[i].position || strcmp(err.message, mistakes[i].message) != 0) {
            fail_msg("%s: at %d: %s", mistakes[i].text, err.position, err.message);
        }
        assert_non_null(err.hint);
        nx_error_clear(&err);
        nx_arena_free(arena);
    }
}

/* However it is cut off or bent, it is a list or an error. */
static void any_text_is_a_list_or_an_error(void **state) {
    (void)state;
    static const char whole[] = "a.`b``c`(where (x = 'y''z' or \"q\" = 1); order id desc;fields a,b ; limit 5).d, e";
    static const char bytes[] = ",.()`;'\"\x80 ";
    for (size_t len = 0; len < sizeof whole; len++) {
        for (size_t k = 0; k < sizeof bytes; k++) {
            char *text = nx_strndup(whole, len);
            if (len > 0 && bytes[k]) {
                text[len - 1] = bytes[k];
            }
            nx_arena *arena = nx_arena_new(0);
            nx_error err = NX_ERROR;
            nx_include *list = nx_include_parse(text, arena, &err);
            assert_int_equal(list == NULL, nx_failed(&err));
            assert_true(list || (err.position >= 1 && err.position <= (int)len + 1));
            nx_error_clear(&err);
            nx_arena_free(arena);
            free(text);
        }
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(paths_and_options_are_read),
    cmocka_unit_test(mistakes_are_told_with_their_place),
    cmocka_unit_test(any_text_is_a_list_or_an_error),
};

LAB_MAIN(tests, NULL, NULL)
