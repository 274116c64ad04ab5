/* The Prisma schema's names and relations on the screen, over a database without foreign keys. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "prisma/project.h"
#include "prisma/shop.h"

static project *folder;
static const char *schema;

static int setup(void **state) {
    group_open(state);
    lab_sql(url, shop_sql);
    folder = project_new();
    schema = project_write(folder, "schema.prisma", shop_psl);
    return 0;
}

static int teardown(void **state) {
    group_close(state);
    project_free(folder);
    return 0;
}

static screen *open_shop(const char *path, const char *model, const char *first) {
    screen *s = screen_nixie(24, 110, url, (const char *[]){"--prisma", path, model, NULL});
    screen_wait(s, first);
    return s;
}

static void names_stand_everywhere(void **state) {
    (void)state;
    screen *s = open_shop(schema, "posts", "Post 1 ");
    screen_wait_line(s, 2, "public");
    screen_wait_line(s, 3, "  User"); /* the schema's order */
    screen_wait_line(s, 4, "▸ Post ≠");
    screen_wait_line(s, 2, "title");
    screen_wait_line(s, 2, "authorId");
    screen_wait(s, "1 → Ada Lovelace"); /* a label through a reference without a constraint */
    screen_type(s, "l");
    screen_wait_line(s, -1, "title text not null");
    screen_type(s, "/headline = 'Post 7' and author.name is not null<Enter>"); /* either name */
    screen_wait(s, "1-1 of 1");
    screen_type(s, "\\");
    screen_wait(s, "of 30");
    hands_quit(s);
}

static void relations_are_walked_there_and_back(void **state) {
    (void)state;
    screen *s = open_shop(schema, "Post", "Post 1 ");
    screen_wait(s, "≠"); /* the graph is known */
    screen_type(s, "llf");
    screen_wait_line(s, 1, "User");
    screen_wait(s, "grace@x.org");
    screen_type(s, "F");
    screen_wait(s, "what refers to User 2");
    screen_wait(s, "written");
    screen_wait(s, "reviewed");
    screen_type(s, "<Esc>");
    screen_wait_gone(s, "what refers");
    screen_type(s, "<BS>");
    screen_wait(s, "Post 1 ");
    screen_type(s, "0<Enter>");
    screen_wait(s, "▸ topics");
    screen_wait(s, "▸ checkedBy");
    hands_quit(s);
}

static void what_differs_is_marked_and_described(void **state) {
    (void)state;
    screen *s = open_shop(schema, "User", "Ada Lovelace");
    screen_wait_line(s, 4, "Post ≠");
    assert_false(screen_has(s, "User ≠"));
    screen_type(s, "<Tab>j");
    screen_wait_line(s, -1, "public.posts table, differs from the Prisma schema");
    screen_type(s, "i");
    screen_wait(s, "Relations");
    screen_type(s, "G");
    screen_wait(s, "Differs from the Prisma schema");
    screen_wait(s, "≠ public.posts.extra");
    hands_quit(s);
}

static void a_broken_schema_is_told(void **state) {
    (void)state;
    const char *broken = project_write(folder, "broken.prisma", "model User {\n  id Int @\n}\n");
    screen *s = open_shop(broken, NULL, "users");
    screen_wait_line(s, -1, ":2:11: expected an attribute");
    screen_type(s, "E");
    screen_wait(s, "broken.prisma:2:11: expected an attribute's name");
    screen_type(s, "<Esc>");
    screen_wait_gone(s, "expected an attribute");
    /* Mended meanwhile: reading again takes it. */
    project_write(folder, "broken.prisma", shop_psl);
    screen_type(s, "r");
    screen_wait_line(s, 3, "User");
    hands_quit(s);
}

static void a_change_is_told_in_both_languages(void **state) {
    (void)state;
    screen *s = open_shop(schema, "User", "Ada Lovelace");
    screen_type(s, "ll");
    screen_wait_line(s, -1, "name text");
    hands_edit(s, "Ada L.");
    screen_wait_line(s, 0, "1 staged");
    screen_type(s, "C");
    screen_wait(s, "name");
    screen_wait(s, "full_name = 'Ada L.'"); /* what runs speaks the database's language */
    hands_abandon(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(names_stand_everywhere),
    cmocka_unit_test(relations_are_walked_there_and_back),
    cmocka_unit_test(what_differs_is_marked_and_described),
    cmocka_unit_test(a_broken_schema_is_told),
    cmocka_unit_test(a_change_is_told_in_both_languages),
};

LAB_MAIN(tests, setup, teardown)
