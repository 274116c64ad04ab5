/* Round trips on the wire, counted for each action of the user. The README's table is this one: both change together. */
#include "hands.h"
#include "lab/lab.h"
#include "lab/test.h"

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
    {"unfold a relation many to many", "G<Enter>", "▾ Category", 1, 0},
    {"unfold a relation to many", "Gkkk<Enter>", "▾ Comment", 1, 0},
    {"unfold a relation to one", "Gkkkkk<Enter>", "▾ reviewer", 1, 0},
    {"back", "q", "Post › 777", 0, 0},
    {"follow a reference", "$hhhf", "User › ", 1, 0},
    {"back along the trail", "<BS>", "Post › 777", 0, 0},
    {"edit a value: it is judged", "0le<C-e><C-u>Another title<Enter>", "1 staged", 1, 0},
    {"review and save", "WW", "saved 1 change", 2, 1},
};

enum { COUNTS = 1 }; /* nobody waits for: relations are known after the first rows, and their records are counted then */

/* Connecting is one on this link (TLS and passwords add theirs); what follows the first rows unasked goes with them. */
static int trips_of_start(lab_proxy *proxy, const char *cache, const char *model, const char *until) {
    lab_proxy_reset_trips(proxy);
    lab_proxy_fault(proxy, "blackhole");
    const char *const argv[] = {screen_program(), "--url", lab_proxy_url(proxy), model, NULL};
    screen *s = screen_start(24, 110, argv, (const char *[]){cache, NULL});
    lab_proxy_turns(proxy, screen_clock(s));
    lab_proxy_fault(proxy, "pass");
    screen_wait(s, until);
    screen_settle(s);
    int trips = lab_proxy_trips(proxy);
    hands_quit(s);
    return trips;
}

static void a_start_is_two_trips_and_one_when_nothing_has_changed(void **state) {
    (void)state;
    char root[40] = "/tmp/nixie-cache-XXXXXX", cache[60], remove[60];
    assert_non_null(mkdtemp(root));
    snprintf(cache, sizeof cache, "XDG_CACHE_HOME=%s", root);
    char *url = lab_sample_database("starts");
    lab_proxy *proxy = lab_proxy_start(url);
    assert_int_equal(trips_of_start(proxy, cache, NULL, "Enter opens a model"), 1 + 2); /* the second is for what comes next */
    assert_int_equal(trips_of_start(proxy, cache, "post", "Hello, world"), 1 + 2 + COUNTS);
    assert_int_equal(trips_of_start(proxy, cache, "post", "Hello, world"), 1 + 1 + COUNTS);
    lab_sql(url, "ALTER TABLE \"Post\" RENAME title TO headline; UPDATE \"Post\" SET headline = 'Hello again' WHERE id = 1");
    assert_int_equal(trips_of_start(proxy, cache, "post", "Hello again"), 1 + 2 + COUNTS); /* asked anew, by what is true now */
    assert_int_equal(trips_of_start(proxy, cache, "post", "headline"), 1 + 1 + COUNTS);
    lab_sql(url, "DROP TABLE \"Post\" CASCADE");
    assert_int_equal(trips_of_start(proxy, cache, "post", "no model \"post\""), 1 + 2);
    lab_proxy_stop(proxy);
    free(url);
    snprintf(remove, sizeof remove, "rm -rf %s", root);
    assert_int_equal(system(remove), 0);
}

static void every_action_is_one_trip_or_none(void **state) {
    (void)state;
    char *url = lab_sample_database("trips");
    lab_proxy *proxy = lab_proxy_start(url);
    screen *s = screen_nixie(24, 110, lab_proxy_url(proxy), (const char *[]){"Post", NULL});
    lab_proxy_turns(proxy, screen_clock(s));
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
        screen_settle(s); /* what would be sent too much comes now */
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

/* While a page is read the next ones come over a slow link; when it is turned the link may be dead. */
static void paging_at_reading_speed_waits_for_nothing(void **state) {
    (void)state;
    enum { PAGES = 10, HEIGHT = 50 };
    char *url = lab_sample_database("paging"), here[32];
    lab_proxy *proxy = lab_proxy_start(url);
    screen *s = screen_nixie(HEIGHT, 110, lab_proxy_url(proxy), (const char *[]){"Post", NULL});
    screen_wait(s, "Hello, world");
    screen_settle(s);
    lab_proxy_reset_trips(proxy);
    for (int page = 1; page <= PAGES; page++) {
        lab_proxy_fault(proxy, "blackhole");
        screen_type(s, "<C-f>");
        snprintf(here, sizeof here, "Post › %d ", 1 + page * (HEIGHT - 6));
        screen_wait(s, here);
        assert_false(screen_has(s, "loading"));
        lab_proxy_fault(proxy, "pass");
        lab_proxy_fault(proxy, "delay 50"); /* there, and back again */
        screen_settle(s); /* one reads the page: the next one is here by then */
    }
    assert_in_range(lab_proxy_trips(proxy), 2, PAGES);
    lab_proxy_fault(proxy, "pass");
    hands_quit(s);
    lab_proxy_stop(proxy);
    free(url);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_start_is_two_trips_and_one_when_nothing_has_changed),
    cmocka_unit_test(every_action_is_one_trip_or_none),
    cmocka_unit_test(paging_at_reading_speed_waits_for_nothing),
};

LAB_MAIN(tests, NULL, NULL)
