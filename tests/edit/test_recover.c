/* What a journal held is staged again, over catalogs that changed meanwhile and after commits whose answer nobody heard. */
#include <signal.h>
#include <sys/resource.h>

#include "lab/fault.h"
#include "lab/lab.h"
#include "lab/test.h"
#include "place.h"

static void stage_all_kinds(bench *b) {
    bench_record one = bench_read(b, "t", "id = 1"), two = bench_read(b, "t", "id = 2"), heap = bench_read(b, "heap", "true");
    bench_record other = bench_read(b, "u", "id = 1");
    bench_set(b, &one, "v", "new");
    bench_set(b, &one, "w", "10");
    bench_delete(b, &two);
    bench_set(b, &heap, "v", NULL);
    bench_set(b, &other, "v", "new");
    bench_assign(b, bench_insert(b, "log"), "log", "v", "x");
}

static void every_kind_of_change_comes_back_and_saves(void **state) {
    place *p = *state;
    place_begin(p, p->direct);
    stage_all_kinds(p->b);
    char *before = kept_words(p->b->set);
    place_crash(p);
    place_begin(p, p->direct);
    char *notes = place_recover(p, place_orphan(p));
    assert_string_equal(notes, "");
    char *after = kept_words(p->b->set);
    assert_string_equal(after, before);
    assert_int_equal(kept_files(p->folder), 1); /* the new owner's own */
    place_crash(p); /* again: nothing is lost, and nothing there twice */
    place_begin(p, p->direct);
    free(place_recover(p, place_orphan(p)));
    bench_saved(p->b);
    assert_int_equal(kept_files(p->folder), 0);
    bench_expect(p->b, "SELECT v || w FROM t WHERE id = 1", "new10");
    bench_expect(p->b, "SELECT count(*) FROM t", "4");
    bench_expect(p->b, "SELECT v FROM heap", NULL);
    bench_expect(p->b, "SELECT string_agg(v, ',') FROM log", "x");
    free(before);
    free(after);
    free(notes);
}

static void a_recovered_change_still_finds_its_conflict(void **state) {
    place *p = *state;
    place_begin(p, p->direct);
    bench_record one = bench_read(p->b, "t", "id = 1");
    bench_set(p->b, &one, "v", "mine");
    place_crash(p);
    lab_sql(p->direct->url, "UPDATE t SET v = 'theirs' WHERE id = 1");
    place_begin(p, p->direct);
    free(place_recover(p, place_orphan(p)));
    assert_int_equal(bench_save(p->b), NX_NOT_SAVED);
    assert_int_equal(p->b->error.kind, NX_ERR_CONFLICT);
    bench_expect(p->b, "SELECT v FROM t WHERE id = 1", "theirs");
}

static void undo_takes_a_recovery_back_as_one_step(void **state) {
    place *p = *state;
    place_begin(p, p->direct);
    stage_all_kinds(p->b);
    place_crash(p);
    place_begin(p, p->direct);
    free(place_recover(p, place_orphan(p)));
    assert_int_equal(nx_changeset_count(p->b->set), 5);
    assert_true(nx_changeset_undo(p->b->set, NULL));
    assert_int_equal(nx_changeset_count(p->b->set), 0);
    assert_true(nx_changeset_redo(p->b->set, NULL));
    assert_int_equal(kept_files(p->folder), 1);
}

static void references_and_bulk_changes_come_back_whole(void **state) {
    place *p = *state;
    lab_sql(p->direct->url, "CREATE TABLE child (id int PRIMARY KEY, log int REFERENCES log)");
    bench_sql(p->direct, "SELECT 1");
    place_begin(p, p->direct);
    nx_error err = NX_ERROR;
    uint64_t gone = bench_insert(p->b, "t"), child = bench_insert(p->b, "child"), log = bench_insert(p->b, "log");
    assert_true(nx_changeset_remove(p->b->set, gone, NULL)); /* so that ids are others after recovery */
    nx_model *m = bench_model(p->b, "child"), *t = bench_model(p->b, "t");
    assert_true(nx_changeset_refer(p->b->set, child, nx_model_field(m, "log"), log,
                                   nx_model_field(bench_model(p->b, "log"), "id"), &err));
    assert_true(nx_changeset_bulk(p->b->set, t, NX_BULK_UPDATE, "id > 3", 2, nx_model_field(t, "v"), NX_NEW_VALUE,
                                  nx_value_of("all"), &err) != 0);
    place_crash(p);
    place_begin(p, p->direct);
    char *notes = place_recover(p, place_orphan(p));
    assert_string_equal(notes, "");
    assert_int_equal(nx_changeset_count(p->b->set), 3);
    const nx_change *c = nx_changeset_at(p->b->set, 0), *l = nx_changeset_at(p->b->set, 1), *b = nx_changeset_at(p->b->set, 2);
    assert_string_equal(c->model->name, "child");
    assert_int_equal(c->nassignments, 1);
    assert_int_equal(c->assignments[0].kind, NX_NEW_REFERENCE);
    assert_int_equal(c->assignments[0].record, l->id);
    assert_string_equal(c->assignments[0].record_field->name, "id");
    assert_int_equal(b->kind, NX_BULK_UPDATE);
    assert_string_equal(b->filter, "id > 3");
    assert_int_equal(b->expected, 2);
    assert_string_equal(b->assignments[0].value.text, "all");
    free(notes);
}

static void a_damaged_journal_gives_what_it_can_and_stays_to_be_read(void **state) {
    place *p = *state;
    place_begin(p, p->direct);
    stage_all_kinds(p->b);
    place_crash(p);
    char *path = kept_file(p->folder);
    size_t len;
    char *bytes = kept_read(path, &len);
    bytes[len - 60] ^= 4;
    kept_write(path, bytes, len);
    place_begin(p, p->direct);
    nx_orphan *orphan = place_orphan(p);
    assert_true(orphan->damaged > 5);
    int before = orphan->nchanges;
    char *notes = place_recover(p, orphan), *old = strstr(notes, "the journal as it was: ");
    assert_int_equal(nx_changeset_count(p->b->set), before);
    assert_non_null(strstr(notes, "of the journal is damaged"));
    assert_non_null(old);
    old += strlen("the journal as it was: ");
    *strchr(old, '\n') = '\0';
    assert_int_equal(remove(old), 0);
    free(notes);
    free(bytes);
    free(path);
}

static void what_is_gone_is_named_and_the_rest_recovered(void **state) {
    place *p = *state;
    place_begin(p, p->direct);
    stage_all_kinds(p->b);
    place_crash(p);
    bench_sql(p->direct, "DROP TABLE heap; ALTER TABLE t DROP COLUMN w; ALTER TABLE t ALTER v TYPE varchar(9);"
                         "ALTER TABLE u DROP CONSTRAINT u_pkey; ALTER TABLE u ADD PRIMARY KEY (v);"
                         "ALTER TABLE log RENAME TO diary");
    place_begin(p, p->direct);
    char *notes = place_recover(p, place_orphan(p));
    assert_non_null(strstr(notes, "heap is gone\n"));
    assert_non_null(strstr(notes, "t.w is gone\n"));
    assert_non_null(strstr(notes, "t.v was text and is character varying(9) now\n"));
    assert_non_null(strstr(notes, "the key of u is another one now\n"));
    assert_non_null(strstr(notes, "log is called diary now\n"));
    char *old = strstr(notes, "the journal as it was: ");
    assert_non_null(old);
    bench_saved(p->b);
    bench_expect(p->b, "SELECT v FROM t WHERE id = 1", "new");
    bench_expect(p->b, "SELECT v FROM diary", "x");
    bench_expect(p->b, "SELECT count(*) FROM t", "4");
    old += strlen("the journal as it was: ");
    *strchr(old, '\n') = '\0';
    size_t len;
    char *bytes = kept_read(old, &len);
    assert_non_null(strstr(bytes, "\"heap\""));
    assert_int_equal(remove(old), 0);
    free(bytes);
    free(notes);
}

/* What may not be written any more, and what referred to it. */
static void what_cannot_be_edited_any_more_is_named_with_its_reason(void **state) {
    place *p = *state;
    bench_sql(p->direct, "CREATE TABLE child (id int PRIMARY KEY, log int REFERENCES log)");
    place_begin(p, p->direct);
    bench_record one = bench_read(p->b, "t", "id = 1");
    uint64_t log = bench_insert(p->b, "log"), child = bench_insert(p->b, "child");
    bench_refer(p->b, child, "child", "log", log, "log", "id");
    bench_assign(p->b, child, "child", "id", "7");
    bench_set(p->b, &one, "v", "new");
    bench_set(p->b, &one, "w", "10");
    place_crash(p);
    bench_sql(p->direct, "DROP TABLE log CASCADE; CREATE VIEW log AS SELECT 1 AS id, 'x' AS v;"
                         "ALTER TABLE t DROP w; ALTER TABLE t ADD w int GENERATED ALWAYS AS (id) STORED");
    place_begin(p, p->direct);
    char *notes = place_recover(p, place_orphan(p)), *old = strstr(notes, "the journal as it was: ");
    assert_non_null(strstr(notes, "log cannot be edited: "));
    assert_non_null(strstr(notes, "t.w cannot be edited: "));
    assert_non_null(strstr(notes, "child.log referred to a new record that cannot be staged\n"));
    assert_non_null(old);
    old += strlen("the journal as it was: ");
    *strchr(old, '\n') = '\0';
    assert_int_equal(remove(old), 0);
    free(notes);
    bench_saved(p->b);
    bench_expect(p->b, "SELECT v || w FROM t WHERE id = 1", "new1");
    bench_expect(p->b, "SELECT id FROM child WHERE log IS NULL", "7");
}

/* A filter is text until it is saved: then it must still mean something. */
static void a_filter_over_a_field_that_is_gone_is_not_saved(void **state) {
    place *p = *state;
    place_begin(p, p->direct);
    bench_assign(p->b, bench_insert(p->b, "log"), "log", "v", "x");
    bench_bulk(p->b, "t", "w > 3", 2, "v", "all");
    place_crash(p);
    bench_sql(p->direct, "ALTER TABLE t DROP w");
    place_begin(p, p->direct);
    free(place_recover(p, place_orphan(p)));
    bench_refused(p->b, NX_ERR_NOT_FOUND, "w");
    const nx_change *bulk = nx_changeset_at(p->b->set, 1);
    assert_int_equal(p->b->failed_id, bulk->id);
    assert_string_equal(bulk->outcome.message, p->b->error.message);
    bench_expect(p->b, "SELECT count(*) FROM log", "0");
    assert_true(nx_changeset_remove(p->b->set, bulk->id, NULL));
    bench_saved(p->b);
}

/* Into a journal that is in use already, and the orphan's file cannot be removed: it is not offered again all the same. */
static void what_was_taken_over_is_offered_once(void **state) {
    place *p = *state;
    place_begin(p, p->direct);
    bench_record one = bench_read(p->b, "t", "id = 1"), two = bench_read(p->b, "t", "id = 2");
    bench_set(p->b, &one, "v", "first");
    place_crash(p);
    place_begin(p, p->direct);
    bench_set(p->b, &two, "v", "second");
    lab_fault(NULL, "unlinkat:1:EACCES");
    free(place_recover(p, place_orphan(p)));
    assert_int_equal(lab_faults_struck(NULL), 1);
    lab_fault(NULL, NULL);
    assert_int_equal(kept_files(p->folder), 2);
    place_crash(p);
    place_begin(p, p->direct);
    nx_orphan *orphan = place_orphan(p); /* the only one */
    assert_int_equal(orphan->nchanges, 2);
    assert_int_equal(kept_files(p->folder), 1);
    free(place_recover(p, orphan));
}

static void nothing_is_taken_over_where_all_is_gone_or_staged_here(void **state) {
    place *p = *state;
    place_begin(p, p->direct);
    bench_record heap = bench_read(p->b, "heap", "true");
    bench_set(p->b, &heap, "v", "new");
    place_crash(p);
    bench_sql(p->direct, "ALTER TABLE heap RENAME TO pile; CREATE TABLE heap (id int PRIMARY KEY)");
    place_begin(p, p->direct);
    nx_orphan *orphan = place_orphan(p);
    nx_buf notes = NX_BUF;
    nx_error err = NX_ERROR;
    place_describe(p, orphan);
    assert_false(nx_orphan_recover(orphan, p->b->catalog, p->b->set, &notes, &err));
    assert_non_null(strstr(err.message, "nothing of it can be staged"));
    assert_int_equal(nx_changeset_count(p->b->set), 0);
    assert_true(nx_orphan_discard(orphan, NULL));
    nx_orphan_free(orphan);
    nx_error_clear(&err);
    bench_record one = bench_read(p->b, "t", "id = 1");
    bench_set(p->b, &one, "v", "first");
    place_crash(p);
    place_begin(p, p->direct);
    bench_set(p->b, &one, "v", "second");
    orphan = place_orphan(p);
    place_describe(p, orphan);
    assert_false(nx_orphan_recover(orphan, p->b->catalog, p->b->set, &notes, &err));
    assert_non_null(strstr(err.message, "is staged here and in the journal"));
    assert_int_equal(kept_files(p->folder), 2);
    assert_true(nx_orphan_discard(orphan, NULL));
    nx_orphan_free(orphan);
    nx_error_clear(&err);
    nx_buf_free(&notes);
}

/* --- killed while saving ---------------------------------------------------------------------------------------- */

static void a_commit_whose_answer_nobody_heard_is_not_saved_again(void **state) {
    place *p = *state;
    place_save_and_crash(p, "on-commit blackhole");
    bench_expect(p->direct, "SELECT v FROM t WHERE id = 1", "new");
    place_begin(p, p->direct);
    nx_orphan *orphan = place_orphan(p);
    assert_non_null(orphan->xid);
    assert_int_equal(place_settle(p, orphan), NX_SETTLED_SAVED);
    assert_int_equal(orphan->nchanges, 0);
    assert_true(nx_orphan_discard(orphan, NULL));
    nx_orphan_free(orphan);
    bench_expect(p->direct, "SELECT count(*) FROM log", "1");
}

static void a_commit_that_never_arrived_is_offered_again(void **state) {
    place *p = *state;
    place_save_and_crash(p, "on-commit-req blackhole");
    place_begin(p, p->direct);
    nx_orphan *orphan = place_orphan(p);
    assert_int_equal(place_settle(p, orphan), NX_SETTLED_NOT_SAVED);
    assert_int_equal(orphan->nchanges, 2);
    free(place_recover(p, orphan));
    bench_saved(p->b);
    bench_expect(p->direct, "SELECT v FROM t WHERE id = 1", "new");
    bench_expect(p->direct, "SELECT count(*) FROM log", "1");
}

static void another_cluster_cannot_tell_what_became_of_a_commit(void **state) {
    place *p = *state;
    place_save_and_crash(p, "on-commit blackhole");
    place_begin(p, p->direct);
    nx_orphan *orphan = place_orphan(p);
    /* As if that server had been another one: then its transaction ids mean nothing here. */
    orphan->sent = NULL;
    assert_int_equal(place_settle(p, orphan), NX_SETTLED_UNKNOWN);
    assert_int_equal(orphan->nchanges, 2); /* nothing is forgotten */
    assert_non_null(orphan->xid);
    assert_true(nx_orphan_discard(orphan, NULL));
    nx_orphan_free(orphan);
}

static void a_save_that_is_refused_leaves_the_journal_as_it_was(void **state) {
    place *p = *state;
    place_begin(p, p->direct);
    bench_record one = bench_read(p->b, "t", "id = 1");
    bench_set(p->b, &one, "v", "new");
    lab_sql(p->direct->url, "ALTER TABLE t ADD CHECK (v <> 'new')");
    assert_int_equal(bench_save(p->b), NX_NOT_SAVED);
    assert_false(place_noted_commit(p));
    place_crash(p);
    place_begin(p, p->direct);
    free(place_recover(p, place_orphan(p)));
    assert_int_equal(nx_changeset_count(p->b->set), 1);
}

/* Whoever cannot note down that a COMMIT goes out must not send it. */
static void without_room_for_the_commits_record_nothing_is_saved(void **state) {
    place *p = *state;
    place_begin(p, p->direct);
    bench_record one = bench_read(p->b, "t", "id = 1");
    bench_set(p->b, &one, "v", "new");
    struct rlimit full, small;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &full);
    small = full;
    small.rlim_cur = 1;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    nx_save_outcome outcome = bench_save(p->b);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
    assert_int_equal(outcome, NX_NOT_SAVED);
    assert_int_equal(p->b->error.kind, NX_ERR_SYSTEM);
    assert_non_null(strstr(p->b->error.message, "nothing was saved: the journal "));
    bench_expect(p->b, "SELECT v FROM t WHERE id = 1", "old");
    assert_int_equal(nx_changeset_count(p->b->set), 1);
    bench_saved(p->b);
    bench_expect(p->b, "SELECT v FROM t WHERE id = 1", "new");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, place_fresh, place_done)

static const struct CMUnitTest tests[] = {
    CASE(every_kind_of_change_comes_back_and_saves),
    CASE(a_recovered_change_still_finds_its_conflict),
    CASE(undo_takes_a_recovery_back_as_one_step),
    CASE(references_and_bulk_changes_come_back_whole),
    CASE(a_damaged_journal_gives_what_it_can_and_stays_to_be_read),
    CASE(what_is_gone_is_named_and_the_rest_recovered),
    CASE(what_cannot_be_edited_any_more_is_named_with_its_reason),
    CASE(a_filter_over_a_field_that_is_gone_is_not_saved),
    CASE(what_was_taken_over_is_offered_once),
    CASE(nothing_is_taken_over_where_all_is_gone_or_staged_here),
    CASE(a_commit_whose_answer_nobody_heard_is_not_saved_again),
    CASE(a_commit_that_never_arrived_is_offered_again),
    CASE(another_cluster_cannot_tell_what_became_of_a_commit),
    CASE(without_room_for_the_commits_record_nothing_is_saved),
    CASE(a_save_that_is_refused_leaves_the_journal_as_it_was),
};

LAB_MAIN(tests, place_open, place_close)
