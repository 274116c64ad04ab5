/* Every type of the sample's Specimen: taken away, put back, and judged, without a byte of difference. */
#include "bench.h"
#include "lab/lab.h"
#include "lab/test.h"

static const char *const specimens[] = {"id = 2", "id = 3", "id = 4", "id = 5", "id = 6", "id = 7",
                                        "id = 20", "id = 22", "id = 23", "id = 27", "id = 30"};

enum { JUDGED = 4 }; /* of them, each value in a trip of its own */

static bool is_taken_away(const bench_record *r, int i) {
    return r->values[i].text && r->model->fields[i]->nullable;
}

static void every_value_comes_back_as_it_was(void **state) {
    bench *b = *state;
    for (size_t s = 0; s < NX_COUNT(specimens); s++) {
        bench_record before = bench_read(b, "Specimen", specimens[s]);
        int taken = 0;
        for (int i = 0; i < before.model->nfields; i++) {
            if (is_taken_away(&before, i)) {
                bench_set(b, &before, before.model->fields[i]->name, NULL);
                taken++;
            }
        }
        assert_true(taken > 0);
        bench_saved(b);
        bench_record empty = bench_read(b, "Specimen", specimens[s]);
        for (int i = 0; i < before.model->nfields; i++) {
            if (is_taken_away(&before, i)) {
                assert_null(empty.values[i].text);
                bench_set(b, &empty, before.model->fields[i]->name, before.values[i].text);
            }
        }
        bench_saved(b);
        bench_record after = bench_read(b, "Specimen", specimens[s]);
        for (int i = 0; i < before.model->nfields; i++) {
            if (!nx_value_equal(before.values[i], after.values[i])) {
                fail_msg("%s of %s: %s became %s", before.model->fields[i]->name, specimens[s], before.values[i].text,
                         after.values[i].text);
            }
        }
    }
}

static void every_stored_value_is_judged_good_and_left_as_it_is(void **state) {
    bench *b = *state;
    for (size_t s = 0; s < JUDGED; s++) {
        bench_record r = bench_read(b, "Specimen", specimens[s]);
        for (int i = 0; i < r.model->nfields; i++) {
            if (!r.values[i].text) {
                continue;
            }
            const char *stored = bench_validate(b, "Specimen", r.model->fields[i]->name, r.values[i].text);
            if (!stored || strcmp(stored, r.values[i].text) != 0) {
                fail_msg("%s of %s: %s would be stored as %s (%s)", r.model->fields[i]->name, specimens[s],
                         r.values[i].text, stored, b->error.message);
            }
        }
    }
}

static void another_sessions_change_is_seen_in_every_type(void **state) {
    bench *b = *state;
    bench_record two = bench_read(b, "Specimen", "id = 2");
    for (int i = 2; i < two.model->nfields; i++) {
        if (!two.values[i].text) {
            continue;
        }
        nx_sql sql = NX_SQL;
        nx_sql_add(&sql, "UPDATE \"Specimen\" SET ");
        nx_sql_ident(&sql, two.model->fields[i]->name);
        nx_sql_add(&sql, " = (SELECT ");
        nx_sql_ident(&sql, two.model->fields[i]->name);
        nx_sql_add(&sql, " FROM \"Specimen\" WHERE id = 3) WHERE id = 2");
        lab_sql(b->url, sql.text.data);
        nx_sql_free(&sql);
        bench_set(b, &two, two.model->fields[i]->name, NULL);
    }
    bench_refused(b, NX_ERR_CONFLICT, "Specimen 2 was changed by another session");
    int lines = 1;
    for (const char *p = b->error.detail; *p; p++) {
        lines += *p == '\n' && strstr(p, "was ") != NULL;
    }
    assert_true(lines > 80);
    nx_changeset_clear(b->set, NULL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_value_comes_back_as_it_was),
    cmocka_unit_test(every_stored_value_is_judged_good_and_left_as_it_is),
    cmocka_unit_test(another_sessions_change_is_seen_in_every_type),
};

LAB_MAIN(tests, bench_open_sample, bench_close)
