/* Windows after failures, and when what they show has changed. */
#include "lab/test.h"
#include "rows/user.h"

/* --- failures ----------------------------------------------------------------------------------- */

static void a_failure_keeps_the_rows(void **state) {
    (void)state;
    user *u = user_begin_alone("item");
    user_go(u, NX_FROM_FIRST);
    user_sql(u, "ALTER TABLE item RENAME TO gone");
    user_move(u, 120);
    user_settle(u);
    assert_int_equal(u->failures, 1);
    assert_int_equal(nx_window_error(u->window)->kind, NX_ERR_SERVER);
    assert_int_equal(nx_window_count(u->window), 150);
    assert_false(nx_window_busy(u->window));
    user_move(u, 20); /* not every key near the end asks again */
    assert_false(nx_window_busy(u->window));
    user_move(u, -20);
    user_look(u, 0);
    assert_false(nx_window_busy(u->window));
    nx_window_refresh(u->window, u->row);
    user_settle(u);
    assert_int_equal(u->failures, 2);
    assert_int_equal(user_place(u), 120);
    user_sql(u, "ALTER TABLE gone RENAME TO item");
    user_move(u, 300); /* running against the end does */
    assert_int_equal(u->failures, 2);
    assert_int_equal(user_place(u), 420);
    assert_false(nx_failed(nx_window_error(u->window)));
    user_end(u);
}

static void a_query_that_fails_keeps_the_rows(void **state) {
    (void)state;
    user *u = user_begin("item", NULL, NULL);
    nx_error err = NX_ERROR;
    user_go(u, NX_FROM_FIRST);
    assert_true(nx_query_set_filter(u->query, "grp = abc", &err));
    nx_window_set_query(u->window, u->query);
    user_go(u, NX_FROM_FIRST);
    assert_string_equal(nx_window_error(u->window)->sqlstate, "22P02");
    assert_int_equal(user_place(u), 0);
    nx_window_refresh(u->window, 5); /* asks the present query, from its beginning */
    user_settle(u);
    assert_int_equal(u->failures, 2);
    assert_true(nx_query_set_filter(u->query, NULL, &err));
    nx_window_set_query(u->window, u->query);
    user_go(u, NX_FROM_FIRST);
    assert_false(nx_failed(nx_window_error(u->window)));
    user_scroll(u, 40);
    user_end(u);
}

static void the_owner_may_end_it_any_time(void **state) {
    (void)state;
    user *u = user_begin_alone("item");
    user_go(u, NX_FROM_FIRST);
    user_sql(u, "ALTER TABLE item RENAME TO gone");
    u->frees = true;
    u->row = 500;
    nx_window_go(u->window, &(nx_from){.kind = NX_FROM_LAST});
    user_settle(u);
    assert_null(u->window);
    user_new_window(u);
    nx_from wrong = {.kind = NX_FROM_AT}; /* a cursor of no width is refused at once */
    nx_window_go(u->window, &wrong);
    assert_null(u->window);
    user_new_window(u);
    nx_window_go(u->window, &(nx_from){.kind = NX_FROM_FIRST});
    user_end(u); /* while it is under way */
}

/* --- refreshing --------------------------------------------------------------------------------- */

static void refresh(user *u) {
    nx_window_refresh(u->window, u->row);
    user_settle(u);
    user_read_all(u);
    user_place(u);
}

static void refreshes_near_the_start(void **state) {
    (void)state;
    user *u = user_begin_alone("item");
    user_go(u, NX_FROM_FIRST);
    u->row = 40; /* id 123 */
    int64_t before = user_trips(u);
    nx_window_refresh(u->window, u->row);
    user_settle(u);
    assert_int_equal(user_trips(u), before + 1);
    assert_string_equal(user_text(u, u->row), "123");
    user_sql(
        u, "INSERT INTO item SELECT i, 1, 'new' FROM generate_series(-9, 0) i; DELETE FROM item WHERE id IN (60, 63)");
    refresh(u);
    assert_string_equal(user_text(u, u->row), "123");
    assert_int_equal(user_place(u), 48);
    assert_string_equal(user_text(u, 0), "-9"); /* new rows show */
    user_sql(u, "DELETE FROM item WHERE id BETWEEN 120 AND 130");
    refresh(u);
    assert_string_equal(user_text(u, u->row), "132"); /* the next one that is left */
    user_sql(u, "INSERT INTO item SELECT -i, 1, 'new' FROM generate_series(100, 700) i");
    refresh(u);
    assert_string_equal(user_text(u, u->row), "132"); /* however many are new before it */
    user_sql(u, "DELETE FROM item WHERE id >= 132");
    refresh(u);
    assert_string_equal(user_text(u, u->row), "117");
    assert_true(nx_window_at_end(u->window));
    user_end(u);
}

static void refreshes_in_the_midst(void **state) {
    (void)state;
    user *u = user_begin_alone("item");
    bool exact;
    user_go(u, NX_FROM_FIRST);
    user_move(u, ROWS);
    user_move(u, -900); /* id 3300 */
    user_settle(u);
    assert_int_equal(user_place(u), 1099);
    int64_t before = user_trips(u);
    refresh(u);
    assert_int_equal(user_trips(u), before + 2 + 1); /* and one for the whole list */
    assert_string_equal(user_text(u, u->row), "3300");
    assert_int_equal(nx_window_number(u->window, u->row, &exact), 1100);
    assert_true(exact);
    assert_true(u->row >= 50);
    assert_int_equal(nx_window_total(u->window, &exact), ROWS);
    assert_false(exact); /* others may have written meanwhile */
    user_sql(u, "UPDATE item SET id = 3301 WHERE id = 3303; UPDATE item SET grp = 9 WHERE id IN (3297, 3300)");
    refresh(u);
    assert_string_equal(user_text(u, u->row), "3300");
    assert_string_equal(user_text(u, u->row + 1), "3301");
    assert_string_equal(nx_window_row(u->window, u->row - 1)->cells[1].value.text, "9");
    user_sql(u, "DELETE FROM item WHERE id BETWEEN 3290 AND 3310");
    nx_window_refresh(u->window, u->row);
    user_settle(u);
    user_read_all(u);
    user_place_of_first(u);
    assert_string_equal(user_text(u, u->row), "3312");
    assert_string_equal(user_text(u, u->row - 1), "3288");
    user_sql(u, "DELETE FROM item WHERE id > 3000");
    nx_window_refresh(u->window, u->row);
    user_settle(u);
    user_read_all(u);
    assert_string_equal(user_text(u, u->row), "3000");
    assert_true(nx_window_at_end(u->window));
    user_sql(u, "DELETE FROM item");
    nx_window_refresh(u->window, u->row);
    user_settle(u);
    assert_int_equal(nx_window_count(u->window), 0);
    assert_true(nx_window_at_start(u->window) && nx_window_at_end(u->window));
    assert_int_equal(nx_window_total(u->window, &exact), 0);
    assert_true(exact);
    user_end(u);
}

/* A row that an edit has moved to a place near by is still the row. */
static void refreshes_a_row_that_has_moved(void **state) {
    (void)state;
    user *u = user_begin_alone("item");
    nx_order order;
    nx_error err = NX_ERROR;
    user_sql(u, "UPDATE item SET name = 'n' || lpad(id::text, 6, '0')");
    assert_true(nx_order_parse(nx_query_model(u->query), "name", &order, &err));
    nx_query_set_order(u->query, &order);
    nx_window_set_query(u->window, u->query);
    user_read_all(u);
    user_go(u, NX_FROM_FIRST);
    user_move(u, 999);
    user_settle(u);
    assert_string_equal(user_text(u, u->row), "3000");
    user_sql(u, "UPDATE item SET name = 'n002940' WHERE id = 3000");
    refresh(u);
    assert_string_equal(user_text(u, u->row), "3000");
    assert_string_equal(user_text(u, u->row - 1), "2940");
    assert_string_equal(user_text(u, u->row + 1), "2943");
    user_end(u);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_failure_keeps_the_rows),      cmocka_unit_test(a_query_that_fails_keeps_the_rows),
    cmocka_unit_test(the_owner_may_end_it_any_time), cmocka_unit_test(refreshes_near_the_start),
    cmocka_unit_test(refreshes_in_the_midst),        cmocka_unit_test(refreshes_a_row_that_has_moved),
};

LAB_MAIN(tests, user_open_shared, user_close_shared)
