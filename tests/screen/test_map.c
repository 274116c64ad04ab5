/* The relation map: walked with the keys. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static void one_walks_from_model_to_model(void **state) {
    (void)state;
    screen *s = screen_nixie(26, 110, url, (const char *[]){"Post", NULL});
    screen_wait(s, "Hello, world");
    screen_type(s, "M");
    screen_wait(s, "relations of Post");
    screen_wait(s, "╭ Category ──");
    screen_wait(s, "│ postId    │n──");
    screen_wait(s, "0..1│ id");                     /* the reviewer may be missing, the author may not */
    screen_type(s, "l");                             /* from the middle to the right */
    screen_wait_line(s, -1, "author n-1 User");
    screen_type(s, "j");
    screen_wait_line(s, -1, "reviewer n-0..1 User");
    screen_type(s, "k<Enter>");
    screen_wait(s, "relations of User");
    screen_wait(s, "│ managerId    integer │n──");
    screen_type(s, "hg");
    screen_type(s, "f");                             /* the first box is the model itself */
    screen_wait(s, "Ada Lovelace");
    screen_type(s, "<BS>");
    screen_wait(s, "relations of User");
    screen_type(s, "<BS>");
    screen_wait(s, "relations of Post");
    screen_stop(s);
}

static void all_models_have_a_map(void **state) {
    (void)state;
    screen *s = screen_nixie(26, 110, url, (const char *[]){"Profile", NULL});
    screen_wait(s, "Profile › ");
    screen_type(s, "M");
    screen_wait(s, "relations of Profile");
    screen_type(s, "M");
    screen_wait(s, "relations of all models");
    screen_wait(s, "│ user 0..1-1 → User");
    screen_wait(s, "│ Post n-n → Post");
    screen_type(s, "jj<Enter>");                     /* Assignment, Comment, Profile */
    screen_wait(s, "relations of Profile");
    screen_type(s, ":map<Enter>");
    screen_wait(s, "relations of all models");
    screen_stop(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(one_walks_from_model_to_model),
    cmocka_unit_test(all_models_have_a_map),
};

LAB_MAIN(tests, group_open_sample, group_close)
