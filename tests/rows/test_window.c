/* A simulated user scrolls through windows; what is held is compared with the whole list. */
#include "lab/test.h"
#include "rows/user.h"

/* --- going and scrolling ------------------------------------------------------------------------ */

static void begins_at_the_first_row(void **state) {
    (void)state;
    user *u = user_begin("item", NULL, NULL);
    bool exact;
    assert_int_equal(nx_window_count(u->window), 0);
    assert_false(nx_window_loaded(u->window) || nx_window_busy(u->window) || nx_window_at_start(u->window));
    assert_int_equal(nx_window_total(u->window, &exact), -1);
    int64_t before = user_trips(u);
    nx_window_go(u->window, &(nx_from){.kind = NX_FROM_FIRST});
    assert_true(nx_window_busy(u->window));
    user_settle(u);
    assert_int_equal(user_trips(u), before + 1);
    assert_int_equal(user_place(u), 0);
    assert_true(nx_window_at_start(u->window) && !nx_window_at_end(u->window) && nx_window_loaded(u->window));
    assert_int_equal(nx_window_number(u->window, 0, &exact), 1);
    assert_true(exact);
    assert_int_equal(nx_window_total(u->window, &exact), ROWS); /* the planner's, after ANALYZE */
    assert_false(exact);
    assert_int_equal(nx_window_nkey(u->window), 1);
    user_end(u);
}

static void scrolls_down_and_up_again(void **state) {
    (void)state;
    user *u = user_begin("item", NULL, NULL);
    bool exact;
    user_go(u, NX_FROM_FIRST);
    user_scroll(u, 1);
    assert_int_equal(nx_window_number(u->window, u->row, &exact), 1);
    assert_true(exact);
    assert_int_equal(nx_window_total(u->window, &exact), ROWS);
    assert_true(exact); /* both ends have been seen */
    user_end(u);
}

static void scrolls_under_any_order(void **state) {
    (void)state;
    static const char *const cases[][3] = {
        {"item", "grp, id", NULL},      {"item", "grp desc nulls last", NULL},
        {"item", "name desc", NULL},    {"item", NULL, "name > 'n5'"},
        {"heap", NULL, NULL},           {"heap", "name", "id > 100"},
        {"item", "id desc", "grp = 1"},
    };
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        user *u = user_begin(cases[i][0], cases[i][1], cases[i][2]);
        user_go(u, NX_FROM_FIRST);
        user_scroll(u, 61);
        user_go(u, NX_FROM_LAST);
        assert_int_equal(user_place(u), u->nall - 1);
        user_move(u, -u->nall);
        assert_int_equal(user_place(u), 0);
        user_end(u);
    }
}

static void goes_to_the_last_row(void **state) {
    (void)state;
    user *u = user_begin_alone("item");
    bool exact;
    user_sql(u, "INSERT INTO item VALUES (10000, 1, 'late')"); /* the estimate is one too low */
    user_read_all(u);
    user_go(u, NX_FROM_LAST);
    assert_int_equal(u->row, nx_window_count(u->window) - 1);
    assert_int_equal(user_place(u), ROWS);
    assert_int_equal(nx_window_number(u->window, u->row, &exact), ROWS);
    assert_false(exact);
    user_move(u, -ROWS);
    assert_int_equal(user_place(u), 0); /* number by number exact again: user_place() compares */
    assert_int_equal(nx_window_number(u->window, 0, &exact), 1);
    assert_true(exact);
    user_move(u, ROWS);
    assert_int_equal(nx_window_total(u->window, &exact), ROWS + 1);
    assert_true(exact);
    user_go(u, NX_FROM_FIRST);
    user_go(u, NX_FROM_LAST);
    assert_int_equal(nx_window_number(u->window, u->row, &exact), ROWS + 1);
    assert_true(exact); /* counted from the end, whose number is known */
    user_end(u);
}

static void goes_to_a_fraction(void **state) {
    (void)state;
    user *u = user_begin("item", NULL, NULL);
    bool exact;
    for (int percent = 0; percent <= 100; percent += 25) {
        nx_window_go(u->window, &(nx_from){.kind = NX_FROM_FRACTION, .fraction = percent / 100.0});
        user_settle(u);
        int at = user_place(u);
        assert_in_range(at + 200, ROWS * percent / 100, ROWS * percent / 100 + 400);
        int64_t number = nx_window_number(u->window, u->row, &exact);
        assert_in_range(number + 200, ROWS * percent / 100, ROWS * percent / 100 + 400);
        user_move(u, 300);
        assert_int_equal(user_place(u), at + 300 < ROWS ? at + 300 : ROWS - 1);
        user_move(u, -400);
        int back = at + 300 < ROWS ? at - 100 : ROWS - 1 - 400;
        assert_int_equal(user_place(u), back > 0 ? back : 0);
    }
    user_end(u);
}

static void goes_to_a_key(void **state) {
    (void)state;
    user *u = user_begin("item", "name", NULL);
    nx_arena *arena = nx_arena_new(0);
    nx_from from = {.kind = NX_FROM_KEY};
    nx_error err = NX_ERROR;
    assert_true(nx_key_parse(nx_query_model(u->query), "3000", arena, &from.key, &err));
    nx_window_go(u->window, &from);
    user_settle(u);
    assert_string_equal(user_text(u, u->row), "3000");
    assert_int_equal(u->row, 0);
    int at = user_place(u);
    user_look(u, -1); /* the rows above are read because one looks there */
    user_settle(u);
    assert_string_equal(user_text(u, u->row), "3000");
    assert_int_equal(u->row, at > 150 ? 150 : at);
    user_move(u, -30);
    assert_int_equal(user_place(u), at - 30);
    assert_true(nx_key_parse(nx_query_model(u->query), "3001", arena, &from.key, &err));
    nx_window_go(u->window, &from);
    user_settle(u);
    assert_int_equal(u->failures, 1);
    assert_int_equal(nx_window_error(u->window)->kind, NX_ERR_NOT_FOUND);
    assert_int_equal(user_place(u), at - 30); /* all as it was */
    user_go(u, NX_FROM_FIRST);
    assert_false(nx_failed(nx_window_error(u->window)));
    nx_arena_free(arena);
    user_end(u);
}

/* Counted from an end that is known; nowhere when one has come by a key. */
static void every_row_has_its_number_or_none(void **state) {
    (void)state;
    user *u = user_begin("item", "name", NULL);
    static const int rows[] = {0, 1, 7, 40};
    user_go(u, NX_FROM_FIRST);
    bool exact = false;
    for (size_t i = 0; i < NX_COUNT(rows); i++) {
        assert_int_equal(nx_window_number(u->window, rows[i], &exact), 1 + rows[i]);
        assert_true(exact);
    }
    nx_arena *arena = nx_arena_new(0);
    nx_from from = {.kind = NX_FROM_KEY};
    nx_error err = NX_ERROR;
    assert_true(nx_key_parse(nx_query_model(u->query), "3000", arena, &from.key, &err));
    nx_window_go(u->window, &from);
    user_settle(u);
    assert_string_equal(user_text(u, u->row), "3000");
    for (size_t i = 0; i < NX_COUNT(rows); i++) {
        assert_int_equal(nx_window_number(u->window, rows[i], &exact), -1);
        assert_false(exact);
    }
    nx_arena_free(arena);
    user_end(u);
}

static void empty_ends(void **state) {
    (void)state;
    user *u = user_begin_alone("nothing");
    bool exact;
    user_go(u, NX_FROM_LAST);
    assert_int_equal(nx_window_count(u->window), 0);
    assert_true(nx_window_at_start(u->window) && nx_window_at_end(u->window) && nx_window_loaded(u->window));
    assert_int_equal(nx_window_total(u->window, &exact), 0);
    assert_true(exact);
    user_look(u, 1);
    user_look(u, -1);
    assert_false(nx_window_busy(u->window));
    nx_window_refresh(u->window, 0);
    user_settle(u);
    assert_int_equal(u->resets, 2);
    user_sql(u, "INSERT INTO nothing VALUES (1)");
    nx_window_refresh(u->window, 0);
    user_settle(u);
    assert_int_equal(nx_window_count(u->window), 1);
    assert_int_equal(nx_window_total(u->window, &exact), 1);
    user_end(u);
}

/* Where a cursor led is gone by now: what is left stands there. */
static void a_place_that_is_gone(void **state) {
    (void)state;
    user *u = user_begin_alone("item");
    user_go(u, NX_FROM_LAST);
    nx_arena *arena = nx_arena_new(0);
    nx_from from = {.kind = NX_FROM_AT};
    from.cursor.nvalues = 1;
    from.cursor.values = nx_arena_array(arena, 1, sizeof(nx_value));
    from.cursor.values[0] = nx_value_of("5900");
    nx_window_go(u->window, &from);
    user_settle(u);
    assert_string_equal(user_text(u, u->row), "5901"); /* 5900 is none of the ids */
    user_sql(u, "DELETE FROM item WHERE id > 5700");
    user_read_all(u);
    nx_window_go(u->window, &from);
    user_settle(u);
    assert_string_equal(user_text(u, u->row), "5700");
    assert_true(nx_window_at_end(u->window));
    user_place(u);
    nx_arena_free(arena);
    user_end(u);
}

/* --- what is fetched, and when ------------------------------------------------------------------ */

static void nothing_is_fetched_unasked(void **state) {
    (void)state;
    user *u = user_begin("item", NULL, NULL);
    user_go(u, NX_FROM_FIRST);
    int64_t before = user_trips(u);
    for (int i = 0; i < 50; i++) { /* far from the end of what is held */
        user_move(u, 1);
    }
    assert_false(nx_window_busy(u->window));
    assert_int_equal(user_trips(u), before);
    user_move(u, 65); /* near: the next page comes before it is needed */
    assert_true(nx_window_busy(u->window));
    user_settle(u);
    assert_int_equal(user_trips(u), before + 1);
    assert_int_equal(nx_window_count(u->window), 300);
    user_go(u, NX_FROM_FIRST); /* held: no trip */
    assert_int_equal(user_trips(u), before + 1);
    assert_int_equal(u->row, 0);
    user_move(u, ROWS);
    before = user_trips(u);
    user_go(u, NX_FROM_LAST);
    assert_int_equal(user_trips(u), before);
    assert_int_equal(user_place(u), ROWS - 1);
    user_end(u);
}

/* On the highest screens as on the lowest, looking at the same place comes to rest. */
static void looking_comes_to_rest(void **state) {
    (void)state;
    static const int heights[] = {1, 20, 75, 150, 200, 400, 500};
    for (size_t i = 0; i < NX_COUNT(heights); i++) {
        user *u = user_begin("item", NULL, NULL);
        u->height = heights[i];
        nx_window_go(u->window, &(nx_from){.kind = NX_FROM_FRACTION, .fraction = 0.5});
        user_settle(u);
        int64_t before = user_trips(u);
        for (user_look(u, 0); nx_window_busy(u->window); user_look(u, 0)) {
            user_settle(u);
            assert_true(user_trips(u) - before < 20);
        }
        int below = nx_window_count(u->window) - u->top - u->height;
        assert_true(u->top >= u->height && below >= u->height);
        for (int direction = -1; direction <= 1; direction++) {
            user_look(u, direction);
            assert_false(nx_window_busy(u->window));
        }
        user_place(u);
        user_end(u);
    }
}

/* Whatever one does, in whatever order, and with an answer still under way or not. */
static void a_random_user_never_sees_a_hole(void **state) {
    (void)state;
    user *u = user_begin("item", "name, id", NULL);
    unsigned seed = 7;
    user_go(u, NX_FROM_FIRST);
    for (int i = 0; i < 300; i++) {
        seed = seed * 1103515245u + 12345u;
        unsigned dice = seed >> 16;
        if (dice % 17 == 0) {
            user_go(u, NX_FROM_LAST);
            assert_int_equal(user_place(u), ROWS - 1);
        } else if (dice % 19 == 0) {
            user_go(u, NX_FROM_FIRST);
            assert_int_equal(user_place(u), 0);
        } else if (dice % 13 == 0) {
            nx_window_go(u->window, &(nx_from){.kind = NX_FROM_FRACTION, .fraction = (double)(dice % 100) / 100});
        } else if (dice % 11 == 0) {
            nx_window_refresh(u->window, u->row);
        } else {
            user_settle(u);
            u->height = 1 + (int)(dice % 300);
            user_move(u, (dice % 3 ? 1 : -1) * (int)(dice % 400));
        }
        user_place(u);
    }
    assert_int_equal(u->failures, 0);
    user_end(u);
}

static void the_last_wish_wins(void **state) {
    (void)state;
    user *u = user_begin("item", NULL, NULL);
    user_go(u, NX_FROM_FIRST);
    u->row = 140;
    user_look(u, 1);
    assert_true(nx_window_busy(u->window));
    nx_window_go(u->window, &(nx_from){.kind = NX_FROM_LAST});
    nx_window_go(u->window, &(nx_from){.kind = NX_FROM_FRACTION, .fraction = 0.5});
    nx_window_go(u->window, &(nx_from){.kind = NX_FROM_LAST});
    user_settle(u);
    assert_int_equal(u->resets, 2);
    assert_int_equal(user_place(u), ROWS - 1);
    nx_window_go(u->window, &(nx_from){.kind = NX_FROM_FRACTION, .fraction = 0.5});
    nx_window_refresh(u->window, u->row);
    user_settle(u);
    assert_int_equal(user_place(u), ROWS - 1);
    user_end(u);
}

static void another_query_keeps_the_rows_until_it_has_answered(void **state) {
    (void)state;
    user *u = user_begin("item", NULL, NULL);
    nx_error err = NX_ERROR;
    user_go(u, NX_FROM_FIRST);
    assert_true(nx_query_set_filter(u->query, "grp = 1", &err));
    nx_window_set_query(u->window, u->query);
    assert_string_equal(nx_filter_text(nx_query_filter(nx_window_query(u->window))), "grp = 1");
    assert_int_equal(user_place(u), 0);
    user_look(u, 1); /* the rows here are not of this query: nothing goes with them */
    assert_false(nx_window_busy(u->window));
    nx_window_go(u->window, &(nx_from){.kind = NX_FROM_FIRST});
    assert_int_equal(nx_window_count(u->window), 150);
    user_read_all(u);
    user_settle(u);
    assert_int_equal(user_place(u), 0);
    assert_true(u->nall < 400);
    user_scroll(u, 10);
    user_end(u);
}

/* A page of a view without a key has no cursor but the row's number. */
static void scrolls_a_view_without_a_key(void **state) {
    (void)state;
    user *u = user_begin("many", NULL, NULL);
    user_go(u, NX_FROM_FIRST);
    user_move(u, 1000);
    assert_int_equal(u->row + (int)nx_window_number(u->window, 0, &(bool){false}) - 1, 1000);
    user_move(u, 5000);
    assert_true(nx_window_at_end(u->window));
    user_move(u, -5000);
    assert_true(nx_window_at_start(u->window));
    nx_window_refresh(u->window, 7);
    user_settle(u);
    assert_int_equal(u->row, 7);
    assert_int_equal(u->failures, 0);
    user_end(u);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(begins_at_the_first_row),
    cmocka_unit_test(scrolls_down_and_up_again),
    cmocka_unit_test(scrolls_under_any_order),
    cmocka_unit_test(goes_to_the_last_row),
    cmocka_unit_test(goes_to_a_fraction),
    cmocka_unit_test(goes_to_a_key),
    cmocka_unit_test(every_row_has_its_number_or_none),
    cmocka_unit_test(empty_ends),
    cmocka_unit_test(a_place_that_is_gone),
    cmocka_unit_test(nothing_is_fetched_unasked),
    cmocka_unit_test(looking_comes_to_rest),
    cmocka_unit_test(a_random_user_never_sees_a_hole),
    cmocka_unit_test(the_last_wish_wins),
    cmocka_unit_test(another_query_keeps_the_rows_until_it_has_answered),
    cmocka_unit_test(scrolls_a_view_without_a_key),
};

LAB_MAIN(tests, user_open_shared, user_close_shared)
