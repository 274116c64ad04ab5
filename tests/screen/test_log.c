/* The statement log and plans, on the screen. */
#include "hands.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "lab/test.h"

static void what_was_sent_can_be_read_and_explained(void **state) {
    (void)state;
    screen *s = screen_nixie(26, 120, url, (const char *[]){"Post", NULL});
    screen_wait(s, "Hello, world");
    screen_type(s, "ls");
    screen_wait(s, "unindexed sort");
    screen_type(s, "~");
    screen_wait(s, "╭ statements");
    screen_wait(s, "read Post  SELECT t.\"id\"");
    screen_type(s, "z");
    screen_wait(s, "╭ read Post");
    screen_type(s, "G");
    screen_wait(s, "LIMIT 151");
    screen_type(s, "q<Enter>");
    screen_wait(s, "╭ plan of read Post");
    screen_wait(s, "of it all");
    screen_type(s, "a");
    screen_wait(s, "(run and rolled back)");
    screen_wait(s, " ms, ");
    screen_type(s, "G");
    screen_wait(s, "CREATE INDEX CONCURRENTLY ON public.\"Post\" (title, id);");
    screen_type(s, "<BS><BS>");
    screen_wait(s, "unindexed sort");
    screen_stop(s);
}

/* Every key of a plan; one without an index to be had, and one that the server refuses. */
static void a_plan_is_walked_copied_and_made_again(void **state) {
    (void)state;
    lab_sql(url, "CREATE TABLE gone (id int PRIMARY KEY, note text); INSERT INTO gone SELECT i, 'note ' || i FROM generate_series(1, 50) i");
    screen *s = screen_nixie(14, 120, url, (const char *[]){"gone", NULL});
    screen_wait(s, "note 9");
    screen_type(s, "/id = 7<Enter>"); /* a statement with a parameter */
    screen_wait(s, "1-1 of 1");
    screen_type(s, "~");
    screen_wait(s, "╭ statements");
    screen_wait(s, "read gone  SELECT");
    screen_type(s, "Gk<Enter>"); /* the rows, not their estimate */
    screen_wait(s, "╭ plan of read gone");
    screen_wait(s, "public.gone"); /* it is here */
    screen_type(s, "y");
    screen_wait_line(s, -1, "copied plan");
    hands_wait_sent(s, "\033]52;c;"); /* what is shown, as text */
    screen_type(s, "a");
    screen_wait(s, "(run and rolled back)");
    static const struct {
        const char *keys;
        int row; /* of the screen that the cursor is on then; 0: further down than the first */
    } walk[] = {{"G", 0}, {"g", 2}, {"<PgDn>", 0}, {"<PgUp>", 2}, {"<C-f>", 0}, {"<C-b>", 2}, {"3j", 5}, {"2k", 3}};
    for (size_t i = 0; i < sizeof walk / sizeof *walk; i++) {
        screen_type(s, walk[i].keys);
        screen_settle(s);
        int row = screen_rows(s) - 1;
        while (row > 0 && !strstr(screen_line(s, row), "││▸")) {
            row--;
        }
        assert_true(walk[i].row ? row == walk[i].row : row > 2);
    }
    screen_type(s, "r"); /* an estimate again */
    screen_wait_gone(s, "(run and rolled back)");
    lab_sql(url, "DROP TABLE gone");
    screen_type(s, "r");
    screen_wait_line(s, -1, "does not exist");
    screen_wait(s, "public.gone"); /* what was read before stays */
    screen_type(s, "<BS>Gk<Enter>");
    screen_wait(s, "no plan  (E: why)");
    screen_type(s, "<BS>");
    screen_wait(s, "╭ statements");
    hands_quit(s);
}

/* The server stands still while it is asked. */
static void a_plan_is_asked_for_once(void **state) {
    (void)state;
    lab_proxy *proxy = lab_proxy_start(url);
    screen *s = screen_nixie(20, 120, lab_proxy_url(proxy), (const char *[]){"Category", NULL});
    screen_wait(s, "PostgreSQL");
    screen_wait(s, " of ");
    screen_settle(s);
    screen_type(s, "~");
    screen_wait(s, "read Category  SELECT");
    lab_proxy_fault(proxy, "blackhole");
    screen_type(s, "G<Enter>");
    screen_wait(s, "asking ...");
    screen_type(s, "a");
    screen_wait_line(s, -1, "the server is being asked");
    screen_type(s, "<BS>"); /* and given up */
    screen_wait(s, "╭ statements");
    hands_abandon(s);
    lab_proxy_stop(proxy);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_was_sent_can_be_read_and_explained),
    cmocka_unit_test(a_plan_is_walked_copied_and_made_again),
    cmocka_unit_test(a_plan_is_asked_for_once),
};

LAB_MAIN(tests, group_open_sample, group_close)
