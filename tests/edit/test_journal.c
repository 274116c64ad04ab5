/* The journal on disk: what is staged is in it, whatever happens to the process and to the file. No server. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kept.h"
#include "lab/test.h"
#include "nixie/crc.h"

/* --- the same again ------------------------------------------------------------------------------------------ */

static void the_checksum_is_crc32c(void **state) {
    (void)state;
    assert_int_equal(nx_crc32c("123456789", 9), 0xE3069283);
    assert_int_equal(nx_crc32c("", 0), 0);
}

/* As a start beside this living instance would read its file. */
static void expect_on_disk(kept *k) {
    char *there, *here = kept_words(k->set);
    if (nx_changeset_count(k->set) == 0) {
        assert_int_equal(kept_files(k->folder), 0);
    } else {
        char *path = kept_file(k->folder), copy[160];
        size_t len;
        char *bytes = kept_read(path, &len);
        snprintf(copy, sizeof copy, "%s/%s", k->other, strrchr(path, '/') + 1);
        kept_write(copy, bytes, len);
        nx_orphan *orphan = kept_orphan(k, k->other);
        assert_non_null(orphan);
        assert_int_equal(orphan->damaged, 0);
        there = kept_orphan_words(orphan);
        assert_string_equal(there, here);
        free(there);
        nx_orphan_free(orphan);
        kept_empty(k->other);
        free(bytes);
        free(path);
    }
    free(here);
}

static uint32_t seed;
static uint32_t dice(uint32_t sides) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % sides;
}

/* Bytes that are easily lost: controls, quotes, NUL in old values, what is no UTF-8, nothing at all. */
static nx_value odd(char *buf, bool any) {
    size_t len = dice(24);
    for (size_t i = 0; i < len; i++) {
        buf[i] = any && dice(3) == 0 ? (char)dice(256) : "a\"\\\n\r\t\x01\x7f/{}[],: u"[dice(18)];
    }
    buf[len] = '\0';
    return dice(9) == 0 ? NX_NULL_VALUE : (nx_value){buf, len};
}

static void stage_something(kept *k) {
    char a[32], b[32], id[8];
    nx_value old = odd(a, false), value = odd(b, false), key;
    snprintf(id, sizeof id, "%u", (unsigned)dice(12));
    key = nx_value_of(id);
    const nx_field *field = &k->fields[dice(KEPT_FIELDS)];
    switch (dice(4)) {
    case 0: nx_changeset_insert(k->set, &k->model, NULL); break;
    case 1: {
        const nx_assignment shown[] = {{.field = &k->fields[1], .old = odd(a, true)}, {.field = &k->fields[2], .old = old}};
        nx_changeset_delete(k->set, &k->model, &key, 1, shown, 2, NULL);
        break;
    }
    default: {
        const nx_change *c = nx_changeset_at(k->set, (int)dice(8));
        if (c && c->kind == NX_INSERT) {
            nx_changeset_assign(k->set, c->id, field, dice(5) ? NX_NEW_VALUE : NX_NEW_DEFAULT, value, NULL);
        } else {
            nx_changeset_update(k->set, &k->model, &key, 1, field, old, dice(5) ? NX_NEW_VALUE : NX_NEW_DEFAULT, value,
                                NULL);
        }
    }
    }
}

static void step(kept *k) {
    switch (dice(12)) {
    case 0: nx_changeset_undo(k->set, NULL); break;
    case 1: nx_changeset_redo(k->set, NULL); break;
    case 2: {
        const nx_change *c = nx_changeset_at(k->set, (int)dice(6));
        nx_changeset_remove(k->set, c ? c->id : 0, NULL);
        break;
    }
    case 3:
        if (dice(4) == 0) {
            nx_changeset_clear(k->set, NULL);
        }
        break;
    case 4:
    case 5:
        nx_changeset_group_begin(k->set);
        for (uint32_t n = dice(6); n > 0; n--) {
            stage_something(k);
        }
        assert_true(nx_changeset_group_end(k->set, NULL));
        break;
    default: stage_something(k);
    }
}

static void random_changes_are_on_disk_after_every_step(void **state) {
    kept *k = *state;
    kept_make_other(k);
    for (seed = 1; seed < 200;) {
        uint32_t run = seed;
        for (int i = 0; i < 12; i++) {
            step(k);
            expect_on_disk(k);
        }
        seed = run + 20;
    }
    nx_changeset_clear(k->set, NULL);
    expect_on_disk(k);
    nx_changeset_undo(k->set, NULL);
    expect_on_disk(k);
}

/* How many there are in the file: the last record of each says that no more belongs to it. */
static int steps_on_disk(const kept *k) {
    char *path = kept_file(k->folder);
    size_t len;
    char *bytes = kept_read(path, &len), *header_end = strchr(bytes, '\n');
    int n = 0;
    for (char *line = header_end + 1; *line; line = strchr(line, '\n') + 1) {
        n += strncmp(strchr(line, '{'), "{\"more\":true", 12) != 0;
    }
    free(bytes);
    free(path);
    return n;
}

/* In a step with others, so that something is staged before and after: done, taken back and done again. */
static void clearing_is_on_disk_as_a_part_of_a_step(void **state) {
    kept *k = *state;
    kept_make_other(k);
    for (int steps = 1; steps <= 3; steps++) {
        assert_true(kept_edit(k, "1", 1, "x", NULL) && kept_edit(k, "2", 1, "y", NULL));
        nx_changeset_group_begin(k->set);
        assert_true(steps < 3 || kept_edit(k, "3", 1, "before", NULL));
        assert_true(nx_changeset_clear(k->set, NULL));
        assert_true(kept_edit(k, "2", 1, "anew", NULL));
        assert_true(steps < 2 || kept_edit(k, "4", 1, "too", NULL));
        assert_true(nx_changeset_group_end(k->set, NULL));
        expect_on_disk(k);
        assert_int_equal(steps_on_disk(k), 3);
        assert_true(nx_changeset_undo(k->set, NULL));
        assert_int_equal(nx_changeset_count(k->set), 2);
        expect_on_disk(k);
        assert_int_equal(steps_on_disk(k), 4);
        assert_true(nx_changeset_redo(k->set, NULL));
        expect_on_disk(k);
        assert_int_equal(steps_on_disk(k), 5);
        assert_true(nx_changeset_clear(k->set, NULL));
    }
}

static void another_process_finds_what_a_killed_one_had_staged(void **state) {
    kept *k = *state;
    for (seed = 77; nx_changeset_count(k->set) < 6;) {
        stage_something(k);
    }
    char *before = kept_words(k->set);
    kept_crash(k);
    nx_orphan *orphan = kept_orphan(k, k->folder);
    char *after = kept_orphan_words(orphan);
    assert_string_equal(after, before);
    assert_null(orphan->mismatch);
    assert_int_equal(orphan->pid, getpid());
    assert_true(nx_orphan_discard(orphan, NULL));
    nx_orphan_free(orphan);
    assert_int_equal(kept_files(k->folder), 0);
    free(before);
    free(after);
}

/* --- more than one ------------------------------------------------------------------------------------------------ */

static void instances_never_share_a_file(void **state) {
    kept *a = *state, b = *a, c = *a;
    b.journal = nx_journal_new(a->folder, &a->server);
    b.set = nx_changeset_new();
    nx_changeset_journal(b.set, b.journal);
    assert_true(kept_edit(a, "1", 1, "a's", NULL));
    assert_true(kept_edit(&b, "1", 1, "b's", NULL));
    assert_int_equal(kept_files(a->folder), 2);
    assert_null(kept_orphan(&c, a->folder)); /* both live */
    char *words = kept_words(b.set);
    nx_changeset_free(b.set);
    nx_journal_free(b.journal);
    nx_orphan *orphan = kept_orphan(&c, a->folder), *again;
    char *found = kept_orphan_words(orphan);
    assert_string_equal(found, words);
    assert_null(kept_orphan(&c, a->folder)); /* it is being offered to somebody */
    nx_orphan_free(orphan);
    assert_non_null(again = kept_orphan(&c, a->folder)); /* kept for later */
    nx_orphan_free(again);
    free(words);
    free(found);
}

static void another_database_is_not_offered_and_another_place_is_named(void **state) {
    static const struct {
        const char *database, *host, *system, *timeline, *user, *branch;
        const char *mismatch; /* "-": not offered */
    } cases[] = {
        {"d", "h", "77", "1", "u", "", NULL},
        {"other", "h", "77", "1", "u", "", "-"},
        {"d", "far", "78", "1", "u", "", "-"},
        {"d", "far", "", "", "u", "", "-"},
        {"d", "far", "77", "1", "u", "", "host h:1, now far:1"},
        {"d", "h", "78", "1", "u", "", "database cluster 77, now 78"},
        {"d", "h", "77", "2", "u", "", "timeline 1, now 2"},
        {"d", "h", "77", "1", "root", "", "role u, now root"},
        {"d", "h", "", "", "u", "", NULL}, /* a role that may not ask */
    };
    kept *k = *state;
    assert_true(kept_edit(k, "1", 1, "x", NULL));
    kept_crash(k);
    for (size_t i = 0; i < NX_COUNT(cases); i++) {
        kept there = *k;
        there.server.database = cases[i].database;
        there.server.host = cases[i].host;
        there.server.system = cases[i].system;
        there.server.timeline = cases[i].timeline;
        there.server.user = cases[i].user;
        nx_orphan *orphan = kept_orphan(&there, k->folder);
        if (cases[i].mismatch && *cases[i].mismatch == '-') {
            assert_null(orphan);
            continue;
        }
        assert_non_null(orphan);
        if (cases[i].mismatch) {
            assert_string_equal(orphan->mismatch, cases[i].mismatch);
        } else {
            assert_null(orphan->mismatch);
        }
        nx_orphan_free(orphan);
    }
}

/* --- no room ------------------------------------------------------------------------------------------------------------ */

static void limit(rlim_t bytes) {
    struct rlimit now;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &now);
    now.rlim_cur = bytes == RLIM_INFINITY ? now.rlim_max : bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
}

static void without_room_the_step_is_taken_back_and_nothing_lost(void **state) {
    kept *k = *state;
    char big[4000];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    kept_make_other(k);
    assert_true(kept_edit(k, "1", 1, "first", NULL));
    assert_true(kept_edit(k, "2", 1, "undone", NULL));
    nx_changeset_undo(k->set, NULL);
    char *before = kept_words(k->set), *path = kept_file(k->folder);
    limit(2500); /* the beginning of a record would find room */
    nx_error err = NX_ERROR;
    bool edited = kept_edit(k, "3", 1, big, &err), grouped;
    nx_changeset_group_begin(k->set);
    kept_edit(k, "4", 1, "small", NULL);
    kept_edit(k, "5", 1, big, NULL);
    grouped = nx_changeset_group_end(k->set, NULL);
    bool inserted = kept_edit(k, "1", 2, big, NULL);
    char *after = kept_words(k->set);
    limit(RLIM_INFINITY);
    assert_false(edited || grouped || inserted);
    assert_string_equal(after, before);
    char expected[200];
    snprintf(expected, sizeof expected, "nothing was staged: the journal %s: File too large", k->folder);
    assert_string_equal(err.message, expected);
    nx_error_clear(&err);
    expect_on_disk(k); /* what failed left nothing behind */
    assert_true(kept_edit(k, "3", 1, big, NULL));
    expect_on_disk(k);
    free(before);
    free(after);
    free(path);
}

static void without_room_everything_can_still_be_taken_back(void **state) {
    kept *k = *state;
    assert_true(kept_edit(k, "1", 1, "x", NULL));
    limit(1);
    bool redone, cleared = nx_changeset_clear(k->set, NULL), brought = nx_changeset_undo(k->set, NULL);
    limit(RLIM_INFINITY);
    assert_true(cleared);
    assert_false(brought); /* that would have to be on disk again */
    expect_on_disk(k);
    assert_true(nx_changeset_undo(k->set, NULL));
    assert_int_equal(nx_changeset_count(k->set), 1);
    limit(1);
    redone = nx_changeset_redo(k->set, NULL);
    limit(RLIM_INFINITY);
    assert_true(redone);
    expect_on_disk(k);
}

/* --- size ----------------------------------------------------------------------------------------------------------------- */

static void a_long_story_of_few_changes_is_written_anew(void **state) {
    kept *k = *state;
    char big[10000];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    kept_make_other(k);
    for (int i = 0; i < 150; i++) {
        big[0] = (char)('a' + i % 26);
        assert_true(kept_edit(k, "1", 1, big, NULL));
    }
    struct stat st;
    char *path = kept_file(k->folder);
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size < 600000); /* 1.5 MB were written */
    expect_on_disk(k);
    assert_null(kept_orphan(k, k->folder)); /* still locked */
    free(path);
}

static void a_group_of_ten_thousand_counts_whole_or_not_at_all(void **state) {
    kept *k = *state;
    kept_make_other(k);
    assert_true(kept_edit(k, "before", 1, "x", NULL));
    char *before = kept_words(k->set), key[16];
    nx_changeset_group_begin(k->set);
    for (int i = 0; i < 10000; i++) {
        snprintf(key, sizeof key, "%d", i);
        kept_edit(k, key, 1, "x", NULL);
    }
    assert_true(nx_changeset_group_end(k->set, NULL));
    expect_on_disk(k);
    size_t len;
    char *path = kept_file(k->folder), *bytes = kept_read(path, &len), copy[160];
    snprintf(copy, sizeof copy, "%s/%s", k->other, strrchr(path, '/') + 1);
    kept_write(copy, bytes, len - 1);
    nx_orphan *orphan = kept_orphan(k, k->other);
    char *words = kept_orphan_words(orphan);
    assert_string_equal(words, before);
    nx_orphan_free(orphan);
    free(words);
    free(before);
    free(path);
    free(bytes);
}

static void a_file_that_was_cleaned_away_is_made_again(void **state) {
    kept *k = *state;
    kept_make_other(k);
    assert_true(kept_edit(k, "1", 1, "x", NULL));
    kept_empty(k->folder);
    assert_true(kept_edit(k, "2", 1, "x", NULL));
    expect_on_disk(k);
    kept_empty(k->folder);
    assert_int_equal(rmdir(k->folder), 0);
    assert_true(kept_edit(k, "3", 1, "x", NULL));
    expect_on_disk(k);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, kept_setup, kept_teardown)

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_checksum_is_crc32c),
    CASE(clearing_is_on_disk_as_a_part_of_a_step),
    CASE(random_changes_are_on_disk_after_every_step),
    CASE(another_process_finds_what_a_killed_one_had_staged),
    CASE(instances_never_share_a_file),
    CASE(another_database_is_not_offered_and_another_place_is_named),
    CASE(without_room_the_step_is_taken_back_and_nothing_lost),
    CASE(without_room_everything_can_still_be_taken_back),
    CASE(a_long_story_of_few_changes_is_written_anew),
    CASE(a_group_of_ten_thousand_counts_whole_or_not_at_all),
    CASE(a_file_that_was_cleaned_away_is_made_again),
};

LAB_MAIN(tests, NULL, NULL)
