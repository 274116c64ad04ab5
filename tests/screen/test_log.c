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

static const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_sent_can_be_read_and_explained)};

LAB_MAIN(tests, group_open_sample, group_close)
