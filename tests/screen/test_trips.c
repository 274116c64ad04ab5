/* Round trips on the wire, counted for each action of the user. The README's table is this one: both change together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hands.h"
#include "lab/lab.h"

typedef struct action {
    const char *name, *keys, *until; /* until: what the screen shows when it is done; NULL: it says so by resting */
    int trips;  /* that one waits for */
    int behind; /* that follow unasked: the rows next to those on the screen */
} action;

/* In this order, on the sample data, from the first rows of Post on. */
static const action actions[] = {
    {"a next page", "<C-f>", "Post › 19", 0, 0},
    {"another one", "<C-f>", "Post › 37", 0, 0},
    {"the last page", "G", "Post › 100000", 1, 0},
    {"the first page", "g", "Post › 1 ", 1, 0},
    {"sort", "ls", "unindexed sort", 1, 0},
    {"filter", "/published = true<Enter>", "published = true", 1, 0},
    {"clear the filter and the sort", "\\sss", "Post › 1 ", 4, 0},
    {"go to a key", "0@777<Enter>", "Post › 777", 1, 1},
    {"go to a part", "50%", "~", 2, 0},
    {"back to a key", "@777<Enter>", "Post › 777", 1, 1},
    {"refresh", "r", NULL, 1, 0},
    {"what refers here, with counts", "F", "Comment", 1, 0},
    {"close the list", "<Esc>", "Post › 777", 0, 0},
    {"a record, then its counts", "<Enter>", "viewCount", 1, 1},
    {"unfold a relation to one", "Gkkk<Enter>", NULL, 1, 0},
    {"back", "q", "Post › 777", 0, 0},
    {"follow a reference", "$hhhf", "User › ", 1, 0},
    {"back along the trail", "<BS>", "Post › 777", 0, 0},
    {"edit a value: it is judged", "0le<C-e><C-u>Another title<Enter>", "1 staged", 1, 0},
    {"review and save", "WW", "saved 1 change", 2, 1},
};

static void every_action_is_one_trip_or_none(void **state) {
    (void)state;
    char *url = lab_sample_database("trips");
    lab_proxy *proxy = lab_proxy_start(url);
    screen *s = screen_nixie(24, 110, lab_proxy_url(proxy), (const char *[]){"Post", NULL});
    screen_wait(s, "Hello, world");
    screen_settle(s);
    bool wrong = false;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        const action *a = &actions[i];
        lab_proxy_reset_trips(proxy);
        screen_type(s, a->keys);
        if (a->until) {
            screen_wait(s, a->until);
        }
        screen_settle(s);
        screen_pump(s, 200); /* what would be sent too much comes now */
        int trips = lab_proxy_trips(proxy);
        print_message("%-34s %d\n", a->name, trips);
        if (trips != a->trips + a->behind) {
            print_message("  expected %d: %s\n", a->trips + a->behind, screen_line(s, -1));
            wrong = true;
        }
    }
    assert_false(wrong);
    screen_stop(s);
    lab_proxy_stop(proxy);
    free(url);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_action_is_one_trip_or_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
